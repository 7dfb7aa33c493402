"""A family with open members is read with each of them and without (ADR 0027): held to every reading."""

from __future__ import annotations

import sys
from datetime import date
from itertools import product
from random import Random
from typing import Any

import pytest

from doudi.assessment.evaluate import Assessment, assess
from doudi.engine.vocabulary import Part
from doudi.law.rulebook import Law

LAW = Law.load().with_values({"business_loss_rule": "SET_OFF"})
"""What a loss does is told here, so that incomes below zero are read too; for the hole see `losers`."""
PANZHOU = {
    "dibao_standard": "500.00",
    "employment_cost_rule": "NONE",
    "local_disposable_income": "9000.00",
    "rigid_expenditure_ratio": "60%",
}
SITUATIONS = [
    ("440703", "URBAN", date(2018, 6, 11), {}),
    ("360102", "URBAN", date(2018, 6, 20), {"special_residual_ratio": "2"}),
    ("520281103", "RURAL", date(2025, 10, 20), PANZHOU),
    ("520281103", "RURAL", date(2025, 10, 20), {**PANZHOU, "rigid_living_by_standard": True}),
]
READ = (
    "income_below_dibao",
    "living_below_dibao",
    "within_route_line",
    "within_expenditure_line",
    "income_below_edge",
    "income_below_local_average",
    "rigid_share_exceeded",
    "special_residual_exceeds",
)
BY_INCOME = READ[:6]
OPEN_INCOMES = (0, 200000, 590000, 1200000, 1200000)
LOW_INCOMES = (0, 100000, 250000, 420000, 599900)


def family(
    random: Random,
    open_: int,
    place: str,
    area: str,
    income: str = "old_age_allowance",
    incomes: tuple[int, ...] = OPEN_INCOMES,
) -> dict[str, Any]:
    """A worker with one to four people of seventy or more, whose obligors nobody has named."""
    plain = {
        "counted": True, "student": False, "serious_illness": False, "chronic_illness": False,
        "disability_type": "NO", "disability_grade": 0, "wage_imputed": False, "income_complete": True,
    }  # fmt: skip
    household = {
        "region_code": place, "area_type": area, "hukou_local": True, "income_complete": True,
        "expenditure_complete": True, "property_complete": True, "authorised_all": True,
        "property_conclusion": "PASS", "aids_received_12m": random.choice((0, 300000)),
        "medical_cost": random.choice((0, 400000, 1000000, 2000000)),
    }  # fmt: skip
    worker = {"relation": "HEAD", "birth_date": 19730101, "obligor_state": "CAPABLE",
              "business_net": random.randrange(-1, 25) * 100000}  # fmt: skip
    old = [
        {"relation": "SIBLING", "birth_date": 19400101, income: random.choice(incomes)} for _ in range(open_)
    ]
    return {"household": household, "members": [{**plain, **one} for one in (worker, *old)]}


def said(document: dict[str, Any], states: tuple[str | None, ...], on: date, law: Law) -> Assessment:
    worker, *old = document["members"]
    members = [worker, *({**one, "obligor_state": state} for one, state in zip(old, states, strict=True))]
    return assess({**document, "members": members}, on=on, law=law)


@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda one: f"{one[0]}-{one[2].year}-{len(one[3])}")
@pytest.mark.parametrize("open_", [1, 2, 3])
def test_a_line_is_decided_only_where_every_reading_decides_it(situation: Any, open_: int) -> None:
    place, area, on, values = situation
    law = LAW.with_values(values, region=place) if values else LAW
    random, open_lines, decided = Random(f"{place}{len(values)}{open_}"), 0, 0
    for _ in range(120):
        document = family(random, open_, place, area)
        whole = said(document, (None,) * open_, on, law)
        assert whole.value("open_members") == open_
        readings = [said(document, each, on, law) for each in product(("NONE", "CAPABLE"), repeat=open_)]
        assert {one.value("open_members") for one in readings} == {0}
        assert {one.value("members") for one in readings} == set(range(1, open_ + 2))
        for line in READ:
            each = {one.value(line) for one in readings}
            if (answer := whole.value(line)) is not None:
                assert each == {answer}, (line, document)
                decided += 1
            elif open_ <= 2 and None not in each:
                assert len(each) == 2, (line, document)
                open_lines += 1
    assert decided
    assert open_lines or open_ == 3


@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda one: f"{one[0]}-{one[2].year}-{len(one[3])}")
@pytest.mark.parametrize("open_", [3, 4])
def test_any_number_below_the_line_is_read_exactly(situation: Any, open_: int) -> None:
    """What counts for tekun counts for dibao here: who is open has less than the dibao standard himself."""
    place, area, on, values = situation
    law = LAW.with_values(values, region=place) if values else LAW
    random, answers = Random(f"low{place}{len(values)}{open_}"), set()
    for _ in range(60):
        document = family(random, open_, place, area, "transfer_in", LOW_INCOMES)
        document["members"][0]["business_net"] *= random.choice((1, 3))
        whole = said(document, (None,) * open_, on, law)
        assert whole.value("open_members") == open_
        readings = [said(document, each, on, law) for each in product(("NONE", "CAPABLE"), repeat=open_)]
        for line in BY_INCOME:
            each = {one.value(line) for one in readings}
            answer = whole.value(line)
            assert each == {answer} if answer is not None else None in each or len(each) == 2, (
                line,
                document,
            )
            answers.add(answer)
    assert answers == {True, False, None}


@pytest.mark.parametrize("situation", SITUATIONS[2:], ids=["by-receipts", "by-standard"])
def test_edge_is_what_both_readings_of_one_open_member_say(situation: Any) -> None:
    place, area, on, values = situation
    law, random, between = LAW.with_values(values, region=place), Random("edge"), 0
    for _ in range(250):
        document = family(random, 1, place, area)
        document["members"][0]["business_net"] //= 2
        whole = said(document, (None,), on, law)
        each = {said(document, (state,), on, law).value("edge_eligible") for state in ("NONE", "CAPABLE")}
        assert whole.value("edge_eligible") == (each.pop() if len(each) == 1 else None), document
        open_lines = whole.value("not_dibao"), whole.value("income_below_edge")
        between += open_lines == (None, None) and whole.value("edge_eligible") is False
    assert between


@pytest.mark.parametrize("open_", [1, 2])
def test_who_is_in_dibao_alone_or_with_the_family_is_in_dibao(open_: int) -> None:
    place, area, on, values = SITUATIONS[2]
    law, random, settled = LAW.with_values(values, region=place), Random(f"alone{open_}"), 0
    for _ in range(100):
        document = family(random, open_, place, area)
        grade = random.choice((1, 2, 3))
        son = {**document["members"][0], "relation": "SON", "birth_date": 20000101, "business_net": 0,
               "labour_capacity": "LOST", "disability_type": "PHYSICAL", "disability_grade": grade,
               "serious_illness": random.choice((True, False)), "employed": random.choice((True, False)),
               "old_age_allowance": random.choice((0, 0, 600000))}  # fmt: skip
        document["members"].append(son)
        whole = said(document, (*(None,) * open_, "CAPABLE"), on, law)
        states = product(("NONE", "CAPABLE"), repeat=open_)
        each = {said(document, (*one, "CAPABLE"), on, law).value("dibao_person", open_ + 1) for one in states}
        if (answer := whole.value("dibao_person", open_ + 1)) is not None:
            assert each == {answer}, document
            settled += answer is True and whole.value("dibao_eligible") is None
    assert settled


def losers(random: Random, place: str, area: str) -> dict[str, Any]:
    """One to three people without open members; most have lost money with their farms."""
    document = family(random, 0, place, area)
    document["members"] *= random.choice((1, 2, 3))
    document["members"] = [
        {
            **one,
            "relation": "HEAD" if at == 0 else "SIBLING",
            "birth_date": random.choice((19500101, 19730101)),
            "obligor_state": random.choice(("NONE", "CAPABLE")),
            "business_net": random.choice((-600000, -200000, -1, 0, 300000)),
            "wage_gross": random.randrange(0, 16) * 100000,
        }
        for at, one in enumerate(document["members"])
    ]
    return document


@pytest.mark.parametrize("situation", SITUATIONS[2:], ids=["by-receipts", "by-standard"])
def test_a_loss_is_read_set_off_and_for_nothing(situation: Any) -> None:
    """Where the county has not said: certain where both say the same, open where they differ."""
    place, area, on, values = situation
    law, random, answers = Law.load().with_values(values, region=place), Random("loss"), set()
    said_so = [law.with_values({"business_loss_rule": how}, region=place) for how in ("SET_OFF", "ZERO")]
    lines = ("income_below_dibao", "income_below_edge", "income_below_local_average")
    for _ in range(200):
        document = losers(random, place, area)
        whole = assess(document, on=on, law=law)
        readings = [assess(document, on=on, law=each) for each in said_so]
        for member in range(len(document["members"])):
            each = {one.value("tekun_income_below", member) for one in readings}
            assert whole.value("tekun_income_below", member) == (each.pop() if len(each) == 1 else None)
        for line in lines:
            each, answer = {one.value(line) for one in readings}, whole.value(line)
            assert each == {answer} if answer is not None else len(each) == 2 or whole.value("open_members")
            answers.add((line, answer, whole.value("income_12m") is None))
    assert answers >= {(line, answer, True) for line in lines for answer in (True, False, None)}


def test_every_part_is_called_by_a_rule() -> None:
    modules = [found for name, found in sys.modules.items() if name.startswith("doudi.law.")]
    parts = {one.name: one for each in modules for one in vars(each).values() if isinstance(one, Part)}
    called = [name for rule in LAW.rules for name in rule.function.__code__.co_names if name in parts]
    for name in called:
        called += [inner for inner in parts[name].function.__code__.co_names if inner in parts]
    assert parts
    assert set(called) == set(parts)
