"""The real rulebook on random households: scalar, DuckDB and Polars agree on every figure, known or not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from doudi.assessment.program import program
from doudi.engine import duck, polars_path
from doudi.engine.program import Column, Program
from doudi.engine.vocabulary import rule
from doudi.kernel.money import MAX_FEN
from doudi.law.rulebook import Law
from tests.law.cases import load_cases, values_of

Row = dict[str, Any]
Household = tuple[Row, list[Row]]

PLACES = ("440703", "440781", "360102", "360702", "370784", "520281123", "520281103", "110105")
WORK_PLACES = ("330106", "360102", "440703", "520281", "999999")
DAYS = (
    20160630, 20171231, 20180101, 20180611, 20190630, 20190701, 20200229, 20201201, 20201231, 20210630,
    20210701, 20221019, 20221020, 20240101, 20250101, 20250912, 20251231, 20260101,
)  # fmt: skip
BIRTHS = (19491231, 19580611, 19600229, 19610701, 20020611, 20041020, 20080229, 20160101)
FILLED = {
    "dibao_standard": "500.00",
    "tekun_standard": "650.00",
    "minimum_wage": "1890.00",
    "monitoring_line": "8000.00",
    "local_disposable_income": "15000.00",
    "rigid_expenditure_ratio": "60%",
    "employment_cost_rule": "ACTUAL_CAPPED",
    "employment_cost_cap": "200.00",
    "rounding": "YUAN_UP",
    "dibao_deducts_rigid": True,
    "property_financial_multiple": 12,
    "property_vehicle_limit": 0,
    "property_house_limit": 1,
    "property_company_limit": "0.00",
    "property_machinery_limit": "0.00",
}
"""Test values at one place, so that there households run through to an amount; elsewhere the holes stay."""
AMOUNTS = (
    0,
    1,
    60000,
    600000,
    599999,
    600001,
    960000,
    959999,
    2**31 - 1,
    2**31,
    2**31 + 1,
    MAX_FEN - 1,
    MAX_FEN,
)


@cache
def law() -> Law:
    """The shipped law, the test values of every worked case, and FILLED in one county."""
    filled = {f"{name}@520281": value for name, value in FILLED.items()}
    return Law.load().with_values(filled | values_of(load_cases()))


def amounts() -> st.SearchStrategy[int]:
    usual = st.one_of(st.sampled_from(AMOUNTS), st.integers(0, 3_000_000))
    return st.one_of(usual, usual, usual.map(lambda fen: -fen))


def fact_values(column: Column, book: Law) -> st.SearchStrategy[Any]:
    """What a fact may hold, its edges included."""
    fact = book.facts[column.name]
    if fact.kind == "bool":
        return st.booleans()
    if fact.kind == "code":
        return st.sampled_from([*book.codes[fact.codes].labels, "UNHEARD_OF"])
    if fact.kind == "money":
        return amounts()
    if fact.name == "birth_date":
        return st.sampled_from(BIRTHS)
    if fact.kind == "date":
        return st.sampled_from(DAYS)
    if fact.kind == "text":
        return st.sampled_from(WORK_PLACES)
    return st.one_of(st.integers(0, 6), st.sampled_from((12, 10**6)))


def somewhere() -> st.SearchStrategy[Row]:
    """A place, an area and a day: what every household must have."""
    area = st.sampled_from(("URBAN", "RURAL"))
    return st.fixed_dictionaries(
        {"region_code": st.sampled_from(PLACES), "area_type": area, "on": st.sampled_from(DAYS)}
    )


@st.composite
def strangers(draw: st.DrawFn, facts: Mapping[str, Sequence[Column]]) -> Household:
    """A household of random facts, mostly known or mostly unknown: seldom eligible, oddly combined."""
    unknown = draw(st.sampled_from((0, 0, 1, 4)))

    def row(columns: Sequence[Column]) -> Row:
        return {
            column.name: None if draw(st.integers(1, 9)) <= unknown else draw(fact_values(column, law()))
            for column in columns
        }

    persons = [row(facts["person"]) for _ in range(draw(st.integers(0, 4)))]
    return row(facts["household"]) | draw(somewhere()), persons


@st.composite
def neighbours(draw: st.DrawFn, facts: Mapping[str, Sequence[Column]]) -> Household:
    """A worked case with a few facts changed: close to every line the law draws, on either side of it."""
    household, persons = draw(st.sampled_from(worked()))
    household, persons = dict(household), [dict(person) for person in persons]
    if draw(st.booleans()):
        household |= draw(somewhere())
    for _ in range(draw(st.integers(0, 4))):
        row, column = household, draw(st.sampled_from(facts["household"]))
        if persons and draw(st.booleans()):
            row, column = draw(st.sampled_from(persons)), draw(st.sampled_from(facts["person"]))
        if column.name not in ("region_code", "area_type", "on"):
            row[column.name] = draw(st.one_of(st.none(), fact_values(column, law())))
    return household, persons


@cache
def worked() -> tuple[Household, ...]:
    return tuple(case.facts(law().book) for case in load_cases())


def entity_facts(compiled: Program) -> dict[str, list[Column]]:
    facts = [column for column in compiled.columns.values() if column.kind == "fact"]
    return {entity: [f for f in facts if f.entity == entity] for entity in ("household", "person")}


def differences(found: list[Household], *, ours: Program, theirs: Program, run: Any) -> list[str]:
    """Every figure on which the scalar evaluator of one program and a batch of the other do not agree."""
    scalar = ours.scalar(law().values)
    rows, members = [], []
    for number, (household, persons) in enumerate(found):
        rows.append({**household, "household_id": f"h{number}"})
        ids = [f"h{number}/{at}" for at in range(len(persons))]
        members += [
            {**person, "household_id": f"h{number}", "person_id": one}
            for one, person in zip(ids, persons, strict=True)
        ]
    columns = [name for name in theirs.columns if not name.startswith("_")]
    # Batches promise no order of input: persons come last first, away from their households.
    households_, persons_ = run(
        theirs, law().values, households=rows[::-1], persons=members[::-1], columns=columns
    )
    by_id = {row["household_id"]: row for row in households_} | {row["person_id"]: row for row in persons_}
    different = []
    for number, (household, persons) in enumerate(found):
        trace = scalar.evaluate(household, persons)
        expected = {f"h{number}": trace.household}
        expected |= {f"h{number}/{at}": row for at, row in enumerate(trace.persons)}
        for key, row in expected.items():
            for name, value in by_id[key].items():
                if name in row and (value != row[name] or type(value) is not type(row[name])):
                    different.append(f"{key} {name}: scalar {row[name]!r}, batch {value!r}")
    return different


FACTS = entity_facts(program(Law.load()))


@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(neighbours(FACTS), min_size=60, max_size=160),
    st.lists(strangers(FACTS), min_size=4, max_size=12),
)
def test_every_intermediate_is_identical_in_every_evaluator(
    near: list[Household], odd: list[Household]
) -> None:
    compiled = program(law())
    for run in (duck.evaluate, polars_path.evaluate):
        assert differences(near + odd, ours=compiled, theirs=compiled, run=run) == []


def test_the_cases_the_households_are_made_from_decide_their_schemes_both_ways() -> None:
    scalar = program(law()).scalar(law().values)
    seen: dict[str, set[object]] = {scheme.key: set() for scheme in law().schemes}
    for household, persons in worked():
        trace = scalar.evaluate(household, persons)
        for key, answers in seen.items():
            rows = [row for row in (trace.household, *trace.persons) if f"{key}_eligible" in row]
            answers |= {row[f"{key}_eligible"] for row in rows}
    assert {key: {True, False} - answers for key, answers in seen.items()} == {key: set() for key in seen}
    assert None in seen["dibao"]


@rule(unit="bool", cites="planted")
def income_below_dibao(income_12m, dibao_standard_12m):  # type: ignore[no-untyped-def]
    "人均收入低于低保标准：故意写错，等于也算低于"
    return income_12m <= dibao_standard_12m


def test_a_planted_difference_in_one_rule_is_caught() -> None:
    whole = law()
    planted = tuple(income_below_dibao if one.name == "income_below_dibao" else one for one in whole.rules)
    wrong = program(replace(whole, rules=planted))
    facts = entity_facts(wrong)
    zero = {"money": 0, "bool": True, "int": 0, "date": 20251020, "text": "330106"}
    codes = {"property_conclusion": "PASS", "disability_type": "NO", "relation": "HEAD"}

    def row(entity: str, **said: Any) -> Row:
        kinds = {fact.name: whole.facts[fact.name] for fact in facts[entity]}
        return {name: codes.get(name, zero.get(fact.kind)) for name, fact in kinds.items()} | said

    family = row("household", region_code="520281103", area_type="RURAL", on=20251020, dibao_standard=None)
    plain = dict.fromkeys(("wage_imputed", "tekun_recipient", "clergy_three_years"), False)
    plain |= {"custody_from": None}
    at_the_line = [row("person", birth_date=19800101, **plain, business_net=600000)]
    below = [row("person", birth_date=19800101, **plain, business_net=599999)]
    seen = {
        "below": differences([(family, below)], ours=program(whole), theirs=wrong, run=duck.evaluate),
        "at the line": differences(
            [(family, at_the_line)], ours=program(whole), theirs=wrong, run=duck.evaluate
        ),
    }
    assert seen["below"] == []
    assert any("income_below_dibao: scalar False, batch True" in line for line in seen["at the line"])
    assert any("dibao_eligible: scalar False, batch True" in line for line in seen["at the line"])
