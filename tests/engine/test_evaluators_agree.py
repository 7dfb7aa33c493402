"""Random households, every evaluator, every intermediate."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from doudi.engine.sql import Layers
from doudi.engine.vocabulary import PERSON, div_down, hi, rule
from doudi.engine.words import WORDS
from tests.engine.small_law import (
    FACTS,
    RULES,
    by_duckdb,
    by_polars,
    by_scalar,
    differences,
    small_program,
)

PROGRAM = small_program()
AMOUNTS = st.sampled_from(
    [
        0,
        1,
        -1,
        5,
        11,
        40000,
        480000,
        1799999,
        1800000,
        -250001,
        2**31 - 1,
        2**31,
        -(2**31) - 1,
        2**53,
        -(2**53),
    ]
) | st.integers(-(10**7), 10**7)
DAYS = st.sampled_from(
    [
        20080229,
        20240229,
        20250228,
        20250301,
        20241231,
        20200630,
        20200701,
        20141231,
        20150101,
        19500131,
        19650301,
    ]
)
HOUSEHOLD = st.fixed_dictionaries(
    {
        "region_code": st.sampled_from(
            ["440703001002", "440783", "520281103001", "520221", "520000", "360000", "44"]
        ),
        "area_type": st.sampled_from(["URBAN", "RURAL"]),
        "on": DAYS,
        "support_paid": st.none() | AMOUNTS,
        "cars": st.none() | st.integers(0, 3),
        "hukou": st.none() | st.sampled_from(["AGRI", "O'NON", ""]),
        "refused": st.none() | st.booleans(),
        "applied": st.none() | DAYS,
    }
)
MEMBER = st.fixed_dictionaries(
    {
        "birth_date": st.none() | DAYS,
        "hired": st.none() | DAYS,
        "wage": st.none() | AMOUNTS,
        "transfer": st.none() | AMOUNTS,
        "student": st.none() | st.booleans(),
        "labour": st.none() | st.sampled_from(["SKILLED", "ORDINARY", "NONE"]),
        "work_place": st.none() | st.sampled_from(["440703", "520000", "520281", "no place", ""]),
    }
)


@st.composite
def register(draw):
    """Households and persons in no order, some households empty, some facts known of everyone."""
    households = draw(st.lists(HOUSEHOLD, min_size=1, max_size=6))
    groups = [draw(st.lists(MEMBER, max_size=4)) for _ in households]
    complete = draw(st.booleans())
    for at, household in enumerate(households):
        household["household_id"] = f"H{at}"
    persons = [
        {"household_id": f"H{at}", "person_id": f"P{at}-{number}", **person}
        for at, group in enumerate(groups)
        for number, person in enumerate(group)
    ]
    if complete:
        # Without a single NULL the SQL writer drops its guards: that text has to be right too.
        stand_ins = {
            "hukou": "AGRI",
            "refused": False,
            "student": False,
            "labour": "SKILLED",
            "work_place": "44",
        }
        for row in (*households, *persons):
            row.update({name: stand_ins.get(name, 20080229) for name, value in row.items() if value is None})
            row["cars"] = row.get("cars", 0) % 1000
    return draw(st.permutations(households)), draw(st.permutations(persons))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(register())
def test_scalar_duckdb_and_polars_agree_on_every_figure(rows):
    households, persons = rows
    expected = by_scalar(PROGRAM, households, persons)
    assert differences(expected, by_duckdb(PROGRAM, households, persons)) == set()
    assert differences(expected, by_polars(PROGRAM, households, persons)) == set()


A_FAMILY = (
    [
        {
            "household_id": "H",
            "region_code": "440703",
            "area_type": "URBAN",
            "on": 20250301,
            "support_paid": 0,
            "cars": 0,
            "hukou": "O'NON",
            "refused": False,
            "applied": 20250301,
        }
    ],
    [
        {
            "household_id": "H",
            "person_id": "P",
            "birth_date": 19700101,
            "hired": 20200101,
            "wage": 1,
            "transfer": 0,
            "student": False,
            "labour": "NONE",
            "work_place": "440703",
        }
    ],
)
EVALUATORS = (by_scalar, by_duckdb, by_polars)


def with_facts(**facts):
    households, persons = A_FAMILY
    own = {spec.name for spec in FACTS if spec.entity == PERSON}
    mine = {name: value for name, value in facts.items() if name in own}
    theirs = {name: value for name, value in facts.items() if name not in own}
    return [households[0] | theirs], [persons[0] | mine]


@pytest.mark.parametrize("evaluate", EVALUATORS)
def test_a_poor_family_is_granted(evaluate):
    household = evaluate(PROGRAM, *A_FAMILY)[0][0]
    assert (household["dibao_eligible"], household["dibao_missing"]) == (True, "")
    assert household["dibao_amount"] == household["top_up"] == 58333


@pytest.mark.parametrize("evaluate", EVALUATORS)
def test_an_unknown_wage_is_unclear_never_granted_never_refused(evaluate):
    household = evaluate(PROGRAM, *with_facts(wage=None))[0][0]
    assert household["dibao_eligible"] is None
    assert household["dibao_reason"] is None
    assert household["dibao_amount"] is None
    assert household["dibao_missing"] == "wage"


@pytest.mark.parametrize("evaluate", EVALUATORS)
def test_a_certain_refusal_outweighs_an_unknown(evaluate):
    household = evaluate(PROGRAM, *with_facts(wage=None, cars=1))[0][0]
    assert household["dibao_eligible"] is False
    assert household["dibao_reason"] == "CARS_OK"
    assert household["dibao_missing"] == ""


@pytest.mark.parametrize("evaluate", EVALUATORS)
def test_a_value_the_law_does_not_have_is_named(evaluate):
    facts = {
        "region_code": "520100",
        "work_place": "520100",
        "hired": 20100101,
        "labour": "SKILLED",
        "cars": 1,
    }
    household = evaluate(PROGRAM, *with_facts(**facts))[0][0]
    assert household["dibao_eligible"] is None
    assert household["dibao_missing"] == "value:car_rule,value:minimum_wage"


@rule(unit="fen/month", cites="test law 10")
def top_up(dibao_standard, members, income_12m):
    "The planted error: rounded down instead of half up."
    return hi(div_down(dibao_standard * members * 12 - income_12m, 12), 0)


def test_an_altered_rule_is_caught():
    altered = small_program([top_up if known.name == "top_up" else known for known in RULES])
    family = with_facts(wage=5)
    caught = differences(by_scalar(PROGRAM, *family), by_duckdb(altered, *family))
    assert caught == {"top_up", "dibao_amount", "share", "paid"}


def test_a_writer_that_skips_unknown_amounts_is_caught(monkeypatch):
    honest = Layers.aggregate

    def careless(self, how, body, info):
        return honest(self, how, replace(body, info=replace(body.info, nullable=False)), info)

    monkeypatch.setattr(Layers, "aggregate", careless)
    households, persons = with_facts(wage=None)
    rows = households, [*persons, {**A_FAMILY[1][0], "person_id": "Q"}]
    assert "income_12m" in differences(by_scalar(PROGRAM, *rows), by_duckdb(PROGRAM, *rows))


def test_a_division_that_truncates_is_caught(monkeypatch):
    monkeypatch.setitem(WORDS, "div_down", lambda n, d: None if n is None or d is None else int(n / d))
    rows = with_facts(wage=-7, labour="NONE", hired=20250201)
    assert "income" in differences(by_scalar(PROGRAM, *rows), by_duckdb(PROGRAM, *rows))
