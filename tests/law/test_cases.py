"""Every worked case through every evaluator: one household at a time, DuckDB, and Polars, the second path."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from doudi.assessment.program import program
from doudi.engine import duck, polars_path
from doudi.law.rulebook import Law
from tests.law.cases import Expected, load_cases, values_of

CASES = load_cases()
BY_ID = {case.id: case for case in CASES}
PATHS = ("scalar", "duckdb", "polars")
Results = Mapping[str, tuple[dict[str, Any], list[dict[str, Any]]]]


@cache
def shipped() -> Law:
    return Law.load()


@cache
def law_of_all_cases() -> Law:
    """The shipped law with the test values of every case on top, each at its own invented village."""
    return shipped().with_values(values_of(CASES))


@cache
def results(path: str) -> Results:
    """case id -> (household figures, figures of each person), as one evaluator sees them."""
    law, compiled = law_of_all_cases(), program(shipped())
    folded = {case.id: case.facts(law.book) for case in CASES}
    if path == "scalar":
        scalar = compiled.scalar(law.values)
        traces = {key: scalar.evaluate(household, persons) for key, (household, persons) in folded.items()}
        return {key: (trace.household, list(trace.persons)) for key, trace in traces.items()}
    run = duck.evaluate if path == "duckdb" else polars_path.evaluate
    households, persons = run(
        compiled,
        law.values,
        households=[household for household, _ in folded.values()],
        persons=[person for _, rows in folded.values() for person in rows],
        columns=[name for name in compiled.columns if not name.startswith("_")],
    )
    by_household: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for person in persons:
        by_household[person["household_id"]].append(person)
    for rows in by_household.values():
        rows.sort(key=lambda row: int(row["person_id"].rpartition("/")[2]))
    return {row["household_id"]: (row, by_household[row["household_id"]]) for row in households}


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("case_id", BY_ID)
def test_the_case_holds(case_id: str, path: str) -> None:
    expected = Expected(BY_ID[case_id], program(shipped()))
    household, persons = results(path)[case_id]
    assert expected.differences(household, persons) == []


@pytest.mark.parametrize("path", PATHS[1:])
def test_every_intermediate_of_every_case_is_the_scalars(path: str) -> None:
    for case_id, (household, persons) in results(path).items():
        whole, members = results("scalar")[case_id]
        for theirs, ours in ((household, whole), *zip(persons, members, strict=True)):
            different = {name for name in theirs if name in ours and theirs[name] != ours[name]}
            assert different == set(), f"{case_id}: {sorted(different)}"


def test_a_case_that_expects_the_wrong_amount_fails() -> None:
    case = next(case for case in CASES if "dibao_amount" in case.table.get("expect", {}))
    wrong = {**case.table, "expect": {**case.table["expect"], "dibao_amount": "0.01"}}
    expected = Expected(replace(case, table=wrong), program(shipped()))
    assert any("dibao_amount" in line for line in expected.differences(*results("scalar")[case.id]))


def test_every_scheme_has_its_fifteen_cases() -> None:
    counted = Counter(case.file.partition("/")[0] for case in CASES)
    own = [*(scheme.key for scheme in shipped().schemes), "score", "supplement"]
    assert {key: counted[key] for key in own if counted[key] < 15} == {}
    assert {case.file for case in CASES if case.file.startswith("accounting/")} == {
        f"accounting/cases_{what}.toml"
        for what in ("imputation", "income", "open", "people", "property", "residence")
    }


def test_a_tick_left_unknown_in_a_fact_table_is_a_tick_not_made() -> None:
    """A tick is an act of an officer (R-203): a table of bare facts has no blank to read, it holds NULL."""
    case = BY_ID["dibao-anqiu-0004"]
    household, (person,) = case.facts(shipped().book)
    ticks = (
        "wage_imputed",
        "tekun_recipient",
        "clergy_three_years",
        "child_allowance_recipient",
        "work_months",
    )
    unknown = {**person, **dict.fromkeys(ticks)}
    trace = program(shipped()).scalar(shipped().values).evaluate(household, [unknown])
    assert trace.household["dibao_eligible"] is True
    assert trace.persons[0]["counted_work_months"] == 12
    assert trace.persons[0]["single_clergy"] is False
    assert trace.persons[0]["not_on_child_allowance"] is True
