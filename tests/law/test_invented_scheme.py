"""A scheme nobody has heard of, made here: declared, assessed, batched and listed, no other code touched."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import date

import pytest

from doudi.assessment.evaluate import assess
from doudi.assessment.program import program
from doudi.engine import duck, polars_path
from doudi.engine.vocabulary import any_of, person_rule, rule, rules_of, where
from doudi.kernel.verdict import Verdict
from doudi.law.procedures import citation
from doudi.law.rulebook import Law
from doudi.law.spec import Condition, Scheme, Unit
from tests.law.cases import load_cases

CITES = (citation("《社会救助暂行办法》（国务院令第649号） 第四十七条"),)


@person_rule(unit="bool", cites="示例")
def feels_the_cold(age, chronic_illness):  # type: ignore[no-untyped-def]
    "怕冷：满70周岁，或长期慢性病"
    return age >= 70 or chronic_illness


@rule(unit="bool", cites="示例")
def somebody_feels_the_cold(counted, feels_the_cold):  # type: ignore[no-untyped-def]
    "家中有人怕冷：至少一名"
    return any_of(counted and feels_the_cold)


@rule(unit="fen/month", cites="示例")
def winter_fuel(dibao_eligible, dibao_standard):  # type: ignore[no-untyped-def]
    "取暖补助：低保家庭为月低保标准，其余为100元"
    return where(dibao_eligible, dibao_standard, 10000)


WINTER_FUEL = Scheme(
    key="winter_fuel",
    label="冬季取暖补助",
    short="取暖补助",
    unit=Unit.HOUSEHOLD,
    category="WINTER_FUEL",
    basis=CITES,
    enabled="temporary_assistance_enabled",
    conditions=(
        Condition("hukou_local", "户籍在本地", "户籍不在本地", "NOT_HUKOU_OR_RESIDENT", CITES),
        Condition("somebody_feels_the_cold", "家中有人怕冷", "家中没有人怕冷", "NOT_IN_GROUP", CITES),
    ),
    amount="winter_fuel",
    order=200,
)
CASES = {case.id: case for case in load_cases()}
TAILS = ("eligible", "reason", "missing", "amount")


@pytest.fixture(scope="module")
def law() -> Law:
    shipped = Law.load()
    own = rules_of(sys.modules[__name__])
    return replace(shipped, schemes=(*shipped.schemes, WINTER_FUEL), rules=(*shipped.rules, *own))


def test_one_household_has_its_answer_reason_and_amount(law: Law) -> None:
    document = CASES["supplement-13"].document(law.book)
    document["members"][0]["birth_date"] = 19400101
    it = assess(document, on=date(2020, 6, 1), law=law)
    (answer,) = [one for one in it.answers if one.scheme is WINTER_FUEL]
    assert (answer.verdict, answer.amount) == (Verdict.YES, 53700)
    document["members"][0]["birth_date"] = 19800101
    it = assess(document, on=date(2020, 6, 1), law=law)
    (answer,) = [one for one in it.answers if one.scheme is WINTER_FUEL]
    reason = it.reason(answer)
    assert answer.verdict is Verdict.NO
    assert reason is not None
    assert (reason.code, reason.article) == ("NOT_IN_GROUP", CITES[0].text)


def test_what_is_unknown_is_asked_for(law: Law) -> None:
    document = CASES["supplement-13"].document(law.book)
    document["members"][0] |= {"birth_date": None, "chronic_illness": None}
    it = assess(document, on=date(2020, 6, 1), law=law)
    (answer,) = [one for one in it.answers if one.scheme is WINTER_FUEL]
    assert answer.verdict is Verdict.UNCLEAR
    assert {name for name, _ in it.lacking(answer)} == {"birth_date", "chronic_illness"}


@pytest.mark.parametrize("run", [duck.evaluate, polars_path.evaluate], ids=["duckdb", "polars"])
def test_a_table_of_households_has_the_scalars_answers(law: Law, run) -> None:  # type: ignore[no-untyped-def]
    compiled = program(law)
    chosen = [case for case in CASES.values() if not case.values]
    folded = [case.facts(law.book) for case in chosen]
    scalar = compiled.scalar(law.values)
    expected = {
        case.id: [scalar.evaluate(*facts).household[f"winter_fuel_{tail}"] for tail in TAILS]
        for case, facts in zip(chosen, folded, strict=True)
    }
    households, _ = run(
        compiled,
        law.values,
        households=[household for household, _ in folded],
        persons=[person for _, persons in folded for person in persons],
        columns=[f"winter_fuel_{tail}" for tail in TAILS],
    )
    found = {row["household_id"]: [row[f"winter_fuel_{tail}"] for tail in TAILS] for row in households}
    assert found == expected
    assert {answer[0] for answer in expected.values()} == {True, False, None}
