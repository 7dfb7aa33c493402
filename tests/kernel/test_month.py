"""Months: spellings, arithmetic, the twelve-month income window."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doudi.kernel.month import Month, MonthError, months_before

MONTHS = st.builds(
    lambda year, month: Month(year * 100 + month),
    st.integers(1950, 2900),
    st.integers(1, 12),
)


def test_it_works():
    assert Month.parse("2025-09").plus(1) == Month(202510)


@pytest.mark.parametrize(
    "typed",
    [
        "2025-09",
        "2025-9",
        "2025/9",
        "2025年9月",
        "2025年09月",
        "2025年9",
        "202509",
        "２０２５-０９",
        " 2025 - 09 ",
        202509,
    ],
)
def test_spellings_of_one_month(typed):
    assert Month.parse(typed) == Month(202509)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "2025",
        "2025-13",
        "2025-00",
        "2025.1",
        "25-09",
        "20225",
        "0202-05",
        "2025-09-01",
        "九月",
        2025.1,
        None,
        True,
    ],
)
def test_other_spellings_are_refused(typed):
    with pytest.raises(MonthError, match="请按“2025-09”填写"):
        Month.parse(typed)


@pytest.mark.parametrize(
    ("start", "n", "end"),
    [
        (202512, 1, 202601),
        (202601, -1, 202512),
        (202509, 0, 202509),
        (201809, 6, 201903),
        (202502, 24, 202702),
        (202502, -26, 202212),
    ],
)
def test_months_are_added_across_years(start, n, end):
    assert Month(start).plus(n) == Month(end)
    assert Month(end).since(Month(start)) == n


@given(MONTHS, st.integers(-500, 500))
def test_adding_and_counting_agree(month, n):
    later = month.plus(n)
    assert later.since(month) == n
    assert later.plus(-n) == month
    assert (later > month) == (n > 0)


@pytest.mark.parametrize(
    ("month", "first", "last"),
    [
        (202402, date(2024, 2, 1), date(2024, 2, 29)),
        (202502, date(2025, 2, 1), date(2025, 2, 28)),
        (202512, date(2025, 12, 1), date(2025, 12, 31)),
        (201903, date(2019, 3, 1), date(2019, 3, 31)),
    ],
)
def test_first_and_last_day(month, first, last):
    assert (Month(month).first_day(), Month(month).last_day()) == (first, last)


@given(st.dates(date(1900, 1, 1), date(2999, 11, 30)))
def test_a_day_lies_in_its_month(day):
    month = Month.of(day)
    assert month.first_day() <= day <= month.last_day()
    assert int(month) == day.year * 100 + day.month


def test_the_income_window_of_an_october_application():
    window = months_before(Month.of(date(2025, 10, 9)), 12)
    assert [str(month) for month in window] == [
        "2024-10", "2024-11", "2024-12", "2025-01", "2025-02", "2025-03",
        "2025-04", "2025-05", "2025-06", "2025-07", "2025-08", "2025-09",
    ]  # fmt: skip
    assert months_before(Month(202510), 0) == []


def test_a_refused_month_is_quoted_as_it_was_typed():
    with pytest.raises(MonthError, match="“2025年13月”"):
        Month.parse("2025年13月")
