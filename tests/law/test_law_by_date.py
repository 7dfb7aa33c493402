"""One family, two days: what changed between them, and which document did it.

The families stand in each of the four regions, without a day of their own. Standards are test values, equal
on every day, so that whatever changes is the work of a document.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from doudi.assessment.evaluate import Assessment, assess
from doudi.assessment.receipt import receipt
from doudi.assessment.text import show
from doudi.law.rulebook import Law

Document = dict[str, Any]
PLACES = {"440703": "URBAN", "360102": "URBAN", "370784": "RURAL", "520281103": "RURAL"}
SAME_EVERY_DAY = {
    "dibao_standard": "600.00",
    "tekun_standard": "800.00",
    "local_disposable_income": "30000.00",
    "rigid_expenditure_ratio": "50%",
    "employment_cost_rule": "NONE",
    "unemployed_aid_amount": "1000.00",
    "disability_living_rate": "100.00",
    "cpi_rise": "0%",
    "food_cpi_rise": "0%",
}
PLAIN = {
    "hukou_local": True, "authorised_all": True, "property_conclusion": "PASS",
    "expenditure_route_approved": False, "medical_cost": 0, "rehabilitation_cost": 0, "education_cost": 0,
    "accident_cost": 0, "living_cost": 0, "other_rigid_cost": 0, "risk_confirmed": False,
}  # fmt: skip
MONEY = (
    "wage_gross", "employment_cost", "work_trip_cost", "business_net", "property_net", "transfer_in",
    "basic_pension", "comfort_payment", "family_planning_reward", "scholarship", "bravery_reward",
    "dibao_received", "government_assistance", "disability_subsidy", "child_allowance", "medical_benefit",
    "old_age_allowance", "transfer_out", "support_paid",
)  # fmt: skip
ADULT = {
    **dict.fromkeys(MONEY, 0), "birth_date": 19850315, "relation": "HEAD", "student": False,
    "serious_illness": False, "chronic_illness": False, "disability_type": "NO", "disability_grade": 0,
    "employed": False, "obligor_state": "CAPABLE", "labour_capacity": "ORDINARY",
}  # fmt: skip


def family(*members: Document, **household: Any) -> Document:
    return {"household": {**PLAIN, **household}, "members": [{**ADULT, **one} for one in members]}


DISABLED = {
    "disability_type": "PHYSICAL",
    "disability_grade": 2,
    "needs_care": False,
    "labour_capacity": "LOST",
}
FAMILIES = {
    "人均700": family({"business_net": 840000}),
    "人均700的重残成员": family({"business_net": 1680000}, DISABLED),
    "人均1000的重残成员": family({"business_net": 2400000}, DISABLED),
    "人均1000支出占六成": family({"business_net": 1200000}, medical_cost=720000),
    "三级精神残疾无义务人": family(
        {
            "disability_type": "MENTAL", "disability_grade": 3, "labour_capacity": "LOST",
            "obligor_state": "NONE", "support_mode": "SCATTERED", "self_care_failed": 0,
        }
    ),
    "就业后超过标准": family(
        {"wage_gross": 1300000, "employed": True}, dibao_recipient=True, dibao_amount_before=20000,
        registered_poor=False,
    ),
    "外地失业农民工": family(
        {"business_net": 1300000}, hukou_local=False, residence_permit_held=False,
        temporary_cause="UNEMPLOYED_MIGRANT",
    ),
}  # fmt: skip
DIBAO_2021, TEKUN_2021 = "民发〔2021〕57号", "民发〔2021〕43号"
SAFETY_NET_2022, RIGID_2024 = "民发〔2022〕83号", "民发〔2024〕57号"
NO, YES, UNCLEAR = "NO", "YES", "UNCLEAR"
Change = tuple[str, int | None, str, tuple[str, int | None], tuple[str, int | None], str]


def by_place(everywhere: set[Change], **more: set[Change]) -> dict[str, set[Change]]:
    return {place: everywhere | more.get(f"at_{place}", set()) for place in PLACES}


# Anqiu took in 支出型贫困个人 already in 2020 (做法1), among families up to 1.5 times the line; its own grace
# ran to June 2021.
EDGE: set[Change] = {
    ("人均700的重残成员", 1, "dibao_single", (NO, 0), (YES, 60000), DIBAO_2021),
    ("人均700的重残成员", 1, "disability_living", (NO, 0), (YES, 10000), DIBAO_2021),
    ("人均700", None, "edge", (NO, None), (YES, None), DIBAO_2021),
    ("人均700的重残成员", None, "edge", (NO, None), (YES, None), DIBAO_2021),
}
# family, member, scheme, (verdict, fen) before, (verdict, fen) after, the document that did it
EXPECTED = {
    (date(2021, 6, 30), date(2021, 7, 1)): by_place(
        {
            ("三级精神残疾无义务人", 0, "tekun", (NO, 0), (YES, 80000), TEKUN_2021),
            ("三级精神残疾无义务人", None, "dibao", (YES, 60000), (NO, 0), TEKUN_2021),
            ("三级精神残疾无义务人", 0, "disability_living", (YES, 10000), (NO, 0), TEKUN_2021),
        },
        at_440703=EDGE,
        at_360102=EDGE,
        at_520281103=EDGE,
        at_370784={
            ("三级精神残疾无义务人", 0, "home_care", (NO, None), (YES, None), TEKUN_2021),
            ("就业后超过标准", None, "grace", (NO, 0), (UNCLEAR, None), DIBAO_2021),
            # 支出型 families enter 按程序, with no approval of its own, until 57号 第十三条 rules deductions.
            ("人均1000支出占六成", None, "dibao", (YES, 20000), (NO, 0), DIBAO_2021),
        },
    ),
    (date(2022, 10, 19), date(2022, 10, 20)): by_place(
        {
            ("人均1000的重残成员", 1, "dibao_single", (NO, 0), (YES, 60000), SAFETY_NET_2022),
            ("人均1000的重残成员", 1, "disability_living", (NO, 0), (YES, 10000), SAFETY_NET_2022),
            ("就业后超过标准", None, "grace", (UNCLEAR, None), (YES, 20000), SAFETY_NET_2022),
            ("外地失业农民工", None, "temporary_assistance", (NO, 0), (YES, 100000), SAFETY_NET_2022),
        }
    ),
    (date(2024, 12, 31), date(2025, 1, 1)): by_place(
        {("人均1000支出占六成", None, "rigid", (NO, None), (YES, None), RIGID_2024)}
    ),
}


@cache
def law() -> Law:
    given = {f"{name}@{place}": value for place in PLACES for name, value in SAME_EVERY_DAY.items()}
    return Law.load().with_values(given)


def at(place: str, name: str, on: date) -> Assessment:
    document = FAMILIES[name]
    exit_today = {"exit_determined_on": int(f"{on:%Y%m%d}")}
    household = {**document["household"], **exit_today, "region_code": place, "area_type": PLACES[place]}
    return assess({**document, "household": household}, on=on, law=law())


def answers(it: Assessment) -> dict[tuple[str, int | None], tuple[str, int | None]]:
    return {(one.scheme.key, one.member): (one.verdict.value, one.amount) for one in it.answers}


def changes(place: str, before: date, after: date) -> dict[tuple[str, int | None, str], tuple[Any, Any]]:
    found = {}
    for name in FAMILIES:
        old, new = answers(at(place, name, before)), answers(at(place, name, after))
        found |= {
            (name, member, key): (old[key, member], new[key, member])
            for key, member in old
            if old[key, member] != new[key, member]
        }
    return found


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("days", list(EXPECTED), ids=lambda days: f"{days[1]}")
def test_exactly_what_the_documents_change_changes(place: str, days: tuple[date, date]) -> None:
    expected = {(name, who, key): (old, new) for name, who, key, old, new, _ in EXPECTED[days][place]}
    assert changes(place, *days) == expected


@pytest.mark.parametrize("days", list(EXPECTED), ids=lambda days: f"{days[1]}")
def test_a_week_earlier_or_later_nothing_changes(days: tuple[date, date]) -> None:
    before, after = days
    for place in PLACES:
        assert changes(place, before.replace(day=before.day - 7), before) == {}
        assert changes(place, after, after.replace(day=after.day + 7)) == {}


@pytest.mark.parametrize("days", list(EXPECTED), ids=lambda days: f"{days[1]}")
def test_the_receipt_names_the_document_that_did_it(days: tuple[date, date]) -> None:
    for place, expected in EXPECTED[days].items():
        for name, _, _, _, _, document in expected:
            told = []
            for on in days:
                into = StringIO()
                show(receipt(at(place, name, on)), Console(file=into, width=400, color_system=None))
                told.append(into.getvalue())
            assert document not in told[0], (place, name)
            assert document in told[1], (place, name)
