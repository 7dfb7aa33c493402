"""Half-open spans: which day lies inside, where the holes are, who claims a day twice."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doudi.kernel.span import Span, SpanError, gaps, overlaps

ORIGIN = date(2020, 1, 1)


def span(first, until=None):
    """A span by day numbers: span(0, 3) holds days 0, 1 and 2."""
    return Span(day(first), None if until is None else day(until))


def day(number):
    return ORIGIN + timedelta(days=number)


SPANS = st.builds(
    lambda first, length: span(first, None if length is None else first + length),
    st.integers(0, 30),
    st.none() | st.integers(1, 10),
)
# Far enough that every bounded span has ended: on it only the open ones are left.
DAYS = [day(number) for number in range(45)]


def test_it_works():
    assert gaps([span(0, 3), span(5)], span(0)) == [span(3, 5)]


@pytest.mark.parametrize(
    ("stretch", "number", "inside"),
    [
        (span(2, 5), 1, False),
        (span(2, 5), 2, True),
        (span(2, 5), 4, True),
        (span(2, 5), 5, False),
        (span(2), 2, True),
        (span(2), 9_999, True),
    ],
)
def test_the_first_day_is_inside_and_the_last_is_not(stretch, number, inside):
    assert stretch.contains(day(number)) is inside


def test_a_span_without_end_holds_the_last_day_of_time():
    assert Span(date(2020, 1, 1)).contains(date.max)


@pytest.mark.parametrize(("first", "until"), [(5, 5), (5, 4)])
def test_a_span_without_a_day_is_refused(first, until):
    with pytest.raises(SpanError, match="必须晚于开始日期"):
        span(first, until)


def test_officers_read_the_last_day():
    assert str(span(0, 366)) == "2020-01-01 至 2020-12-31"
    assert str(span(0)) == "2020-01-01 起"
    assert span(0).last_day is None


@pytest.mark.parametrize(
    ("one", "other", "common"),
    [
        (span(0, 3), span(3, 5), None),  # they meet, they do not overlap
        (span(0, 3), span(2, 5), span(2, 3)),
        (span(0), span(2, 5), span(2, 5)),
        (span(0), span(2), span(2)),
        (span(0, 9), span(2, 5), span(2, 5)),
    ],
)
def test_common_days(one, other, common):
    assert one.common(other) == other.common(one) == common
    assert one.overlaps(other) == other.overlaps(one) == (common is not None)


@pytest.mark.parametrize(
    ("spans", "whole", "holes"),
    [
        ([], span(0, 9), [span(0, 9)]),
        ([], span(0), [span(0)]),
        ([span(0, 9)], span(0, 9), []),
        ([span(0, 4), span(4)], span(0), []),
        ([span(5, 7), span(1, 3)], span(0, 9), [span(0, 1), span(3, 5), span(7, 9)]),
        ([span(0, 8), span(1, 2)], span(0, 9), [span(8, 9)]),  # the inner span must not open the hole early
        ([span(2, 5)], span(0), [span(0, 2), span(5)]),
        ([span(20, 30)], span(0, 9), [span(0, 9)]),
    ],
)
def test_holes_in_coverage(spans, whole, holes):
    assert gaps(spans, whole) == holes


@pytest.mark.parametrize(
    ("spans", "pairs"),
    [
        ([span(0, 3), span(3, 5), span(5)], []),
        ([span(2, 5), span(0, 3)], [(span(0, 3), span(2, 5))]),
        ([span(0), span(1, 2), span(3, 4)], [(span(0), span(1, 2)), (span(0), span(3, 4))]),
        ([span(0, 3), span(0, 3)], [(span(0, 3), span(0, 3))]),
    ],
)
def test_days_claimed_twice(spans, pairs):
    assert overlaps(spans) == pairs


@given(st.lists(SPANS, max_size=6), SPANS)
def test_each_day_is_covered_or_in_a_hole(spans, whole):
    holes = gaps(spans, whole)
    for number in DAYS:
        covered = any(stretch.contains(number) for stretch in spans)
        in_hole = [hole for hole in holes if hole.contains(number)]
        assert len(in_hole) == (1 if whole.contains(number) and not covered else 0)


@given(st.lists(SPANS, max_size=6))
def test_every_pair_that_shares_a_day_is_found(spans):
    shared = sum(
        any(one.contains(number) and other.contains(number) for number in DAYS)
        for index, one in enumerate(spans)
        for other in spans[:index]
    )
    assert len(overlaps(spans)) == shared
