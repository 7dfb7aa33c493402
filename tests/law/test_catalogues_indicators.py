"""Indicators: exact figures, targets of the law by place and day, and what is missing to meet them."""

from datetime import date
from fractions import Fraction

import pytest

from doudi.law.indicators import Indicator, asked_for, indicators, read_indicator, reading
from doudi.law.rulebook import Law

LAW = Law.load()


def an(id_: str) -> Indicator:
    return next(indicator for indicator in indicators() if indicator.id == id_)


def judged(id_: str, place: str, on: date, **counted: int) -> tuple[Fraction | None, bool | None, int | None]:
    indicator = an(id_)
    target = indicator.target.of(LAW.values, place, on) if indicator.target else None
    found = reading(indicator, counted, target)
    return found.figure, found.met, found.gap


IN_2018 = ("440703", date(2018, 6, 1))
JIANGXI_2018 = ("360102", date(2018, 6, 1))


@pytest.mark.parametrize(
    ("part", "met"),
    [(2000, True), (2001, False), (0, True)],
)
def test_incidence_two_percent_is_still_within(part: int, met: bool) -> None:
    """控制在2%以内: 以内 includes the number."""
    assert judged("jm-incidence", *IN_2018, part=part, whole=100_000)[1] is met


def test_top_up_is_an_average_and_says_what_is_missing() -> None:
    """C01: one family at 37.5 % is no error; the county of two families may still reach 75 %."""
    figure, met, gap = judged("jm-top-up-urban", *IN_2018, paid=90_000, persons=3, standard=80_000)
    assert (figure, met, gap) == (Fraction(3, 8), False, 90_000)
    assert judged("jm-top-up-urban", *IN_2018, paid=90_000 + 270_000, persons=6, standard=80_000)[1] is True
    assert judged("jm-top-up-rural", *IN_2018, paid=120_000, persons=3, standard=80_000) == (
        Fraction(1, 2),
        True,
        None,
    )
    assert judged("jm-top-up-rural", *IN_2018, paid=119_999, persons=3, standard=80_000)[1:] == (False, 1)


def test_a_share_of_nobody_is_unknown() -> None:
    assert judged("jm-top-up-urban", *IN_2018, paid=0, persons=0, standard=80_000) == (None, None, None)
    assert judged("jm-pension", *IN_2018, part=0, whole=0) == (None, None, None)


@pytest.mark.parametrize(
    ("id_", "place", "counted", "met", "gap"),
    [
        ("jm-medical-full", IN_2018, {"part": 16_658, "whole": 16_659}, False, 1),
        ("jm-medical-full", IN_2018, {"part": 16_659, "whole": 16_659}, True, None),
        ("jm-incubators", IN_2018, {"figure": 0}, False, None),
        ("jm-incubators", IN_2018, {"figure": 1}, True, None),
        ("jm-rice", IN_2018, {"part": 900, "whole": 1000}, True, None),
        ("jm-rice", IN_2018, {"part": 899, "whole": 1000}, False, 1),
        ("jm-collective", IN_2018, {"figure": 20_000_000}, True, None),
        ("jm-collective", IN_2018, {"figure": 19_999_999}, False, None),
        ("jm-pension", IN_2018, {"part": 99, "whole": 100}, False, 1),
        ("jm-line-gap", IN_2018, {"first": 80_000, "second": 80_000}, True, None),
        ("jm-line-gap", IN_2018, {"first": 80_000, "second": 79_900}, False, None),
        ("jx-top-up", JIANGXI_2018, {"total": 380_000, "count": 10}, True, None),
        ("jx-top-up", JIANGXI_2018, {"total": 379_999, "count": 10}, False, 1),
        ("jx-dibao-growth-low", JIANGXI_2018, {"now": 62_640, "before": 58_000}, True, None),  # 8 %
        ("jx-dibao-growth-low", JIANGXI_2018, {"now": 62_639, "before": 58_000}, False, None),
        ("jx-dibao-growth-high", JIANGXI_2018, {"now": 64_960, "before": 58_000}, True, None),  # 12 %
        ("jx-dibao-growth-high", JIANGXI_2018, {"now": 64_961, "before": 58_000}, False, None),
        ("jx-nursing-homes", JIANGXI_2018, {"figure": 1}, True, None),
        ("jx-nursing-cover", JIANGXI_2018, {"part": 99, "whole": 100}, False, 1),
        ("jx-fund-dibao", JIANGXI_2018, {"first": 100, "second": 100}, True, None),
        ("jx-fund-dibao", JIANGXI_2018, {"first": 99, "second": 100}, False, None),
        ("jx-zero-employment", JIANGXI_2018, {"figure": 0}, True, None),
        ("aq-placement", ("370784", date(2020, 12, 7)), {"part": 7, "whole": 8}, False, 1),
        ("aq-child-supervisors", ("370784", date(2020, 12, 7)), {"figure": 0}, False, None),
        ("pz-spot-check", ("520281123", date(2025, 10, 9)), {"part": 1, "whole": 10}, True, None),
        ("pz-spot-check", ("520281123", date(2025, 10, 9)), {"part": 1, "whole": 11}, False, 1),
        ("pz-not-included", ("520281123", date(2025, 10, 9)), {"figure": 1}, False, None),
    ],
)  # fmt: skip
def test_targets_of_the_documents(
    id_: str, place: tuple[str, date], counted: dict[str, int], met: bool, gap: int | None
) -> None:
    assert judged(id_, *place, **counted)[1:] == (met, gap)


@pytest.mark.parametrize("id_", ["jm-inclusion-error", "jm-exclusion-error", "cn-inclusion-error"])
def test_error_rates_are_exact_and_have_no_target(id_: str) -> None:
    assert judged(id_, *IN_2018, part=1, whole=3) == (Fraction(1, 3), None, None)


def test_published_figures_agree_with_their_formulas() -> None:
    mean = an("aq-temporary-mean")
    assert round(mean.figure(mean.published) or 0) == 231_591  # 2,316 yuan
    hours = an("aq-care-hours")
    assert (hours.figure(hours.published) or 0) * 10 // 1 == 1216  # 121.6..., printed as about 121.7
    for indicator in indicators():
        if indicator.published:
            assert set(indicator.published) == set(indicator.inputs), indicator.id
            assert indicator.figure(indicator.published) is not None


@pytest.mark.parametrize("indicator", indicators(), ids=lambda i: i.id)
def test_a_target_named_by_the_law_is_there_for_its_region_and_days(indicator: Indicator) -> None:
    if indicator.target is None or indicator.target.number is not None:
        assert indicator.row.trace
        return
    places = ("520281123",) if indicator.row.region == "520281" else (indicator.row.region,)
    for place in places:
        assert indicator.target.of(LAW.values, place, indicator.row.from_) is not None


def test_fund_lines_name_their_budget_value() -> None:
    lines = [indicator for indicator in indicators() if indicator.line]
    assert len(lines) == 7
    assert {line.line for line in lines} <= set(LAW.parameters)


def test_indicators_hold_in_their_year() -> None:
    assert an("jm-incidence") in asked_for("440703", date(2018, 12, 31))
    assert an("jm-incidence") not in asked_for("440703", date(2019, 1, 1))
    assert an("jm-incidence") not in asked_for("360102", date(2018, 12, 31))
    assert an("cn-inclusion-error") in asked_for("110101", date(2024, 1, 1))


@pytest.mark.parametrize(
    ("place", "asked"), [("520281123", True), ("520281214", True), ("520281", True), ("520281124", False)]
)
def test_the_pilot_is_measured_in_its_townships_and_by_the_city(place: str, asked: bool) -> None:
    assert (an("pz-refresh") in asked_for(place, date(2025, 10, 9))) is asked
    assert an("pz-refresh") not in asked_for(place, date(2026, 1, 1))


def test_an_indicator_row_that_cannot_compute_is_refused() -> None:
    row = an("jm-rice").row
    good = {"id": "x", "label": "x", "formula": "share", "inputs": {"part": "a", "whole": "b"},
            "unit": "比例", "level": ["county"], "period": "year", "target": ">= 90%"}  # fmt: skip
    assert read_indicator(row, good).target is not None
    for wrong, said in (
        ({**good, "formula": "magic"}, "magic"),
        ({**good, "inputs": {"part": "a"}}, "share"),
        ({**good, "target": "about 90%"}, "about"),
        ({**good, "target": ">= 0.9"}, "0.9"),
    ):
        with pytest.raises(ValueError, match=said):
            read_indicator(row, wrong)
