"""Replaying decided cases before a value changes: exactly who changes, and how."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from doudi.assessment.replay import Change, Decided, Difference, Told, replay
from doudi.kernel.verdict import Verdict
from doudi.law.rulebook import Law
from tests.law.cases import load_cases

LAW = Law.load()
CASES = [
    Decided(case.id, case.document(LAW.book), date(case.on // 10000, case.on // 100 % 100, case.on % 100))
    for case in load_cases()
    if not case.values
]


def family(key: str, yuan: int) -> Decided:
    """Two people in rural Anqiu, June 2020, with a farm; dibao 537, so 12,888 a year is the line."""
    plain = next(case for case in CASES if case.key == "supplement-13")
    farmer = {**plain.document["members"][0], "birth_date": 19800101, "business_net": yuan * 100}
    child = {**plain.document["members"][0], "birth_date": 20120101, "obligor_state": "CAPABLE"}
    household = {**plain.document["household"], "household_id": key}
    return Decided(key, {**plain.document, "household": household, "members": [farmer, child]}, plain.on)


FAMILIES = [family("poor", 6000), family("below", 12000), family("between", 13000), family("above", 20000)]


def test_it_works() -> None:
    """537 -> 560: the line for two becomes 13,440; who is below it gets 46 a month more."""
    raised = LAW.with_values({"dibao_standard": "560.00"}, region="370784")
    found = [one for one in replay(FAMILIES, before=LAW, after=raised) if one.scheme == "dibao"]
    because = (Change("dibao_standard", 53700, 56000, "370784", "RURAL", (20200601, 20200601)),)
    yes, no = Verdict.YES, Verdict.NO
    assert found == [
        Difference("poor", "dibao", None, Told(yes, (57400, 0), ""), Told(yes, (62000, 0), ""), because),
        Difference("below", "dibao", None, Told(yes, (7400, 0), ""), Told(yes, (12000, 0), ""), because),
        Difference(
            "between", "dibao", None, Told(no, (0,), "INCOME_ABOVE_LINE"), Told(yes, (3667, 0), ""), because
        ),
    ]


def test_of_two_values_changed_the_one_that_did_it_is_named() -> None:
    """The standard admits the family between; the rounding has a part in its amount but changes nothing."""
    changed = LAW.with_values({"dibao_standard": "560.00", "rounding": "CENT"}, region="370784")
    rounded = LAW.with_values({"dibao_standard": "560.00", "rounding": "YUAN_UP"}, region="370784")

    def because(after: Law) -> dict[str, set[str]]:
        found = [one for one in replay(FAMILIES, before=LAW, after=after) if one.scheme == "dibao"]
        return {one.key: {change.parameter for change in one.because} for one in found}

    assert because(changed) == {key: {"dibao_standard"} for key in ("poor", "below", "between")}
    # 620.00 and 120.00 are whole yuan already; 36.67 becomes 37.
    assert because(rounded) == {
        "poor": {"dibao_standard"},
        "below": {"dibao_standard"},
        "between": {"dibao_standard", "rounding"},
    }


def test_the_same_papers_on_a_later_day_change_by_the_values_of_that_day() -> None:
    """Edge families become YES in 2020; Anqiu's standard of 2021 is a hole: the answer waits for it."""
    found = [
        one
        for one in replay(FAMILIES, before=LAW, after=LAW, day=date(2021, 7, 1))
        if (one.key, one.scheme) == ("between", "edge")
    ]
    assert [(one.before.verdict, one.after.verdict) for one in found] == [(Verdict.YES, Verdict.UNCLEAR)]
    days = (20200601, 20210701)
    assert found[0].because == (Change("dibao_standard", 53700, None, "370784", "RURAL", days),)


def test_the_same_law_changes_nobody() -> None:
    assert list(replay(FAMILIES, before=LAW, after=LAW.with_values({}))) == []


def test_a_value_of_another_place_or_day_changes_nobody() -> None:
    elsewhere = LAW.with_values({"dibao_standard": "9000.00"}, region="520281")
    assert list(replay(FAMILIES, before=LAW, after=elsewhere)) == []


def test_over_all_worked_cases_only_those_change_whose_law_reads_the_value() -> None:
    """980 becomes 1000 for Anqiu's key distressed children: they, and nobody and nothing else."""
    raised = LAW.with_values({"key_child_standard": "1000.00"}, region="370784")
    found = list(replay(CASES, before=LAW, after=raised))
    assert {one.scheme for one in found} == {"key_child"}
    granted = {(one.key, one.before[1], one.after[1]) for one in found}
    assert granted == {
        (key, (98000,), (100000,))
        for key in (
            "key-child-01", "key-child-02", "key-child-age-01", "key-child-orphan-03", "key-child-date-02",
            "key-child-dibao-01",
        )
    }  # fmt: skip


def test_a_scheme_that_the_new_law_adds_is_seen() -> None:
    without = replace(LAW, schemes=tuple(scheme for scheme in LAW.schemes if scheme.key != "home_care"))
    found = list(replay(CASES, before=without, after=LAW))
    assert {one.scheme for one in found} == {"home_care"}
    (one,) = [one for one in found if one.key == "home-care-hours-01"]
    assert (one.before, one.after) == ((Verdict.NO, (), ""), (Verdict.YES, (), ""))
