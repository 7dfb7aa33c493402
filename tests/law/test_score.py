"""The twelve indicators: a default plan, shown as such, that never admits or refuses anybody."""

from __future__ import annotations

import re

import pytest

from doudi.assessment.program import conditions, program
from doudi.law.labels import Labels
from doudi.law.rulebook import Law
from doudi.law.worked import load_cases
from tests.law.test_cases import results

LAW = Law.load()
SCORED = frozenset(rule.name for rule in LAW.rules if "accounting/score" in rule.origin)
PARAMETERS = [name for name, one in LAW.parameters.items() if "DEFAULT-12-2026" in one.topic]


def test_it_works() -> None:
    household, _ = results("scalar")["score-c15"]
    assert [household[f"i{number:02d}_score"] for number in range(1, 13)] == [
        7, 2, 8, 6, 5, 7, 7, 5, 3, 8, 7, 5,
    ]  # fmt: skip
    assert (household["hardship_score"], household["hardship_band"]) == (581, "HARD")
    labels = Labels(LAW, "440703", "URBAN", 20200601)
    assert labels.shown("hardship_score", 581) == "58.1 分"
    assert labels.shown("hardship_band", "HARD") == "困难"


# The default plan's own table, in this order: income 40 (I01 to I04), structure 30 (I05 to I08), living 30.
PLAN = (
    ("i01", "人均收入与低保线之比", 20), ("i02", "收入稳定性", 7), ("i03", "金融资产", 8),
    ("i04", "赡养扶养来源", 5),
    ("i05", "劳动力系数", 10), ("i06", "抚养负担", 6), ("i07", "残疾成员", 8), ("i08", "重病慢病成员", 6),
    ("i09", "住房", 9), ("i10", "车辆与高值物品", 5), ("i11", "日常消费", 4), ("i12", "刚性支出负担", 12),
)  # fmt: skip


@pytest.mark.parametrize(("one", "called", "weight"), PLAN, ids=[row[0] for row in PLAN])
def test_an_indicator_alone_gives_its_own_weight(one: str, called: str, weight: int) -> None:
    """积分管理 by a plan that anybody can check: ten points in one indicator, none in the eleven others."""
    case = next(case for case in load_cases() if case.id == "score-c15")
    points = {name: 10 if name.startswith(one) else 0 for name in PARAMETERS if "_points" in name}
    law = LAW.with_values({**case.test_values, **{f"{name}@{case.place}": n for name, n in points.items()}})
    found = program(LAW).scalar(law.values).evaluate(*case.facts(LAW.book)).household
    assert [found[f"{other}_score"] for other, _, _ in PLAN] == [
        10 if other == one else 0 for other, _, _ in PLAN
    ]
    assert found["hardship_score"] == weight * 10
    assert LAW.values.lookup(f"{one}_weight", "4407", "URBAN", 20200601) == weight
    labels = Labels(LAW, "440703", "URBAN", 20200601)
    assert labels.name(f"{one}_score") == f"{one.upper()} {called}（默认方案，非法定）"
    assert labels.name(f"{one}_weight") == f"{one.upper()}{called}：权重"


@pytest.mark.parametrize("scheme", LAW.schemes, ids=lambda scheme: scheme.key)
def test_no_answer_and_no_amount_rests_on_the_score(scheme) -> None:  # type: ignore[no-untyped-def]
    names = [f"{scheme.key}_eligible", f"{scheme.key}_reason", f"{scheme.key}_missing"]
    names += [condition.rule for condition in conditions(scheme)]
    names += filter(None, (scheme.amount, *(supplement.amount for supplement in scheme.supplements)))
    closure = program(LAW).closure(*names)
    assert SCORED & closure == set()
    assert set(PARAMETERS) & closure == set()


def test_the_closure_would_show_it_if_one_did() -> None:
    assert {"i01_score", "i01_weight", "hardship_score"} <= program(LAW).closure("possible_inclusion_error")


@pytest.mark.parametrize("case", ["score-inclusion-01", "score-exclusion-01"])
def test_a_score_that_disagrees_prompts_and_leaves_the_answer_alone(case: str) -> None:
    household, _ = results("scalar")[case]
    below = household["income_below_dibao"]
    assert household["possible_inclusion_error"] is below
    assert household["possible_exclusion_error"] is not below
    assert household["dibao_eligible"] is below


def test_weights_make_a_hundred_and_points_at_most_ten() -> None:
    shipped = {name: LAW.values.lookup(name, "4407", "URBAN", 20200601) for name in PARAMETERS}
    weights = [value for name, value in shipped.items() if name.endswith("_weight")]
    assert (len(weights), sum(weights)) == (12, 100)
    points = [value for name, value in shipped.items() if re.search(r"_points\d", name)]
    assert len(points) == 47
    assert {0 <= int(value) <= 10 for value in points} == {True}


def test_every_figure_of_the_plan_is_marked_as_no_law() -> None:
    entries = [entry for entry in LAW.values.entries if entry.parameter in PARAMETERS]
    assert {entry.parameter for entry in entries} == set(PARAMETERS)
    assert {entry.status for entry in entries} == {"default"}
    for rule in LAW.rules:
        if rule.name in SCORED:
            assert "非法定" in rule.cites, rule.name
