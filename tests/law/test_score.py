"""The twelve indicators: a default plan, shown as such, that never admits or refuses anybody."""

from __future__ import annotations

import re

import pytest

from doudi.assessment.program import conditions, program
from doudi.law.labels import Labels
from doudi.law.rulebook import Law
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
