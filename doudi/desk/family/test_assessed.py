"""收入变了会怎样: what is not touched stays as it is, what is touched stays on its months."""

from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from doudi.desk.family.assessed import changed, compared, yearly
from doudi.kernel.money import format_yuan, parse_yuan
from doudi.law.rulebook import Law
from doudi.law.worked import PLAIN_HOUSEHOLD, PLAIN_MEMBER
from doudi.office.actions import Refused

TODAY = date(2026, 11, 23)
MONTHS = (202511, 202512, *range(202601, 202611))
"""The twelve months that count."""


@cache
def county() -> Law:
    """The invented county, which deducts a fixed cost a month of employment."""
    return Law.load(extra_values=(Path(__file__).parents[3] / "demo/values.toml",))


def rows(item: str, amount: int | None, *months: int, deduction: int = 0) -> list[dict[str, Any]]:
    """One row of so many yuan for each month."""
    fen = None if amount is None else amount * 100
    return [{"item": item, "month": month, "amount": fen, "deduction": deduction * 100} for month in months]


def one(*incomes: dict[str, Any]) -> dict[str, Any]:
    """A man who lives alone and of whom nothing else is open."""
    home = {"household_id": "H1", "region_code": "990101101", "area_type": "RURAL", "obligor_state": "NONE"}
    him = {"person_id": "甲", "relation": "HEAD", "incomes": list(incomes), "employed": True}
    him |= {"labour_capacity": "FULL", "outside_worker": False, "wage_is_imputed": False}
    members = [PLAIN_MEMBER | {"birth_date": 19800101} | him]
    return {"household": PLAIN_HOUSEHOLD | home, "members": members, "expenditures": [], "assets": []}


def untouched(document: dict[str, Any]) -> dict[str, str]:
    """The form as it is sent when nobody typed anything."""
    found = yearly("甲", document["members"][0]["incomes"], TODAY)
    return {row.field: "" if row.amount is None else format_yuan(row.amount) for row in found}


def incomes(document: dict[str, Any], item: str, text: str) -> dict[int, int]:
    """Month -> fen of the item after `text` was typed for the year."""
    new = changed(document, {f"income:甲:{item}": text}, TODAY)["members"][0]["incomes"]
    return {row["month"]: row["amount"] for row in new if row["item"] == item}


@pytest.mark.parametrize(
    "document",
    [
        one(*rows("SALARY", 3000, 202609, 202610)),
        one(*rows("SALARY", 0, 202610, deduction=10), *rows("CROP", 0, 202609, deduction=300)),
        one(*rows("SALARY", 900, 202609), *rows("SALARY", None, 202610)),
        one(*rows("SALARY", 900, 202501, 202610), *rows("CROP", -500, 202609), *rows("CROP", 100, 202601)),
    ],
    ids=["two-months", "zero", "unknown", "loss"],
)
def test_a_form_nobody_touched_changes_nothing(document: dict[str, Any]) -> None:
    typed = untouched(document)
    assert changed(document, typed, TODAY) == document
    found, (before, after) = compared(document, typed, TODAY, law=county())
    assert before == after
    assert not any(row.differs for row in found)


def test_a_wage_stays_on_the_months_it_was_earned_in() -> None:
    document = one(*rows("SALARY", 2000, 202501, 202609), *rows("SALARY", 1000, 202610, deduction=400))
    assert incomes(document, "SALARY", "1,000") == {202501: 200000, 202609: 66666, 202610: 33334}
    new = changed(document, {"income:甲:SALARY": "600"}, TODAY)["members"][0]["incomes"]
    assert [row["deduction"] for row in new] == [0, 0, 20000]
    assert incomes(document, "SALARY", "0") == {202501: 200000, 202609: 0, 202610: 0}


def test_a_touched_wage_bears_the_cost_of_its_own_months_only() -> None:
    document = one(*rows("SALARY", 3000, 202609, 202610))
    before, after = compared(document, {"income:甲:SALARY": "6,600"}, TODAY, law=county())[1]
    assert before is not None
    assert after is not None
    assert before - after == 5000  # 600 more in the year; the fixed cost stays that of two months


def test_what_nobody_registered_is_spread_over_the_year() -> None:
    assert incomes(one(), "SALARY", "1,000.07") == dict(
        zip(MONTHS, [8333, 8334, 8334, 8334, 8334, 8334, 8334, 8334, 8334, 8334, 8334, 8334], strict=True)
    )
    assert sum(incomes(one(), "SALARY", "1,000.07").values()) == parse_yuan("1000.07")


def test_a_month_that_was_not_known_has_its_share() -> None:
    document = one(*rows("SALARY", 900, 202609), *rows("SALARY", None, 202610))
    assert incomes(document, "SALARY", "3000") == {202609: 150000, 202610: 150000}


def test_an_empty_field_is_no_zero() -> None:
    document = one(*rows("SALARY", 3000, 202609, 202610))
    assert changed(document, {"income:甲:SALARY": " ", "income:甲:CROP": ""}, TODAY) == document


def net(document: dict[str, Any], text: str) -> int:
    """What is left of 种植 in the year, after its costs, when `text` was typed (fen)."""
    new = changed(document, {"income:甲:CROP": text}, TODAY)["members"][0]["incomes"]
    return sum(row["amount"] - row["deduction"] for row in new if row["item"] == "CROP")


def test_a_loss_of_farming_is_kept() -> None:
    assert net(one(), "-3,000") == -300000
    assert net(one(*rows("CROP", 500, 202609, 202610)), "-3,000") == -300000
    assert net(one(*rows("CROP", 2000, 202609, deduction=800)), "600") == -20000
    assert net(one(*rows("CROP", -700, 202609), *rows("CROP", 300, 202601)), "-100.01") == -10001
    # Against a wage it is set off, as the county says.
    document = one(*rows("SALARY", 900, *MONTHS))
    before, after = compared(document, {"income:甲:CROP": "-3,000"}, TODAY, law=county())[1]
    assert before is not None
    assert after == before + 25000


def test_nothing_but_a_business_has_a_loss() -> None:
    with pytest.raises(Refused, match="不能是负数，只有经营项目可以亏损"):
        changed(one(), {"income:甲:HOUSE_RENT": "-1"}, TODAY)
