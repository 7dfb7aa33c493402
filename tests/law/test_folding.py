"""From a household's papers to facts: windows, blanks, declarations complete or not, exempt property."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from doudi.kernel.resident_id import ResidentId
from doudi.law.folding import fact_book, fold

COMPLETE = {"income_complete": True, "expenditure_complete": True, "property_complete": True}
ON = 20251020


def household(**facts: Any) -> dict[str, Any]:
    return {"region_code": "520281123", "area_type": "RURAL", **facts}


def income(item: str, month: int | None, amount: int | None, **more: Any) -> dict[str, Any]:
    return {"item": item, "month": month, "amount": amount, **more}


def folded_member(
    incomes: list[dict[str, Any]], *, complete: bool | None = True, **facts: Any
) -> dict[str, Any]:
    document = {"household": household(income_complete=complete), "members": [{**facts, "incomes": incomes}]}
    return fold(document, on=ON)[1][0]


def test_it_works() -> None:
    document = {
        "household": household(**COMPLETE),
        "members": [{"name": "甲", "incomes": [income("SALARY", 202509, 80000, deduction=15000)]}],
        "expenditures": [{"item": "MEDICAL", "month": 202501, "amount": 120000}],
        "assets": [{"item": "DEPOSIT", "value": 500000}, {"item": "VEHICLE", "count": 1, "exempt": True}],
    }
    facts, persons = fold(document, on=ON)
    assert facts["medical_cost"] == 120000
    assert (facts["financial_assets"], facts["vehicle_count"], facts["exempt_asset_count"]) == (500000, 0, 1)
    assert (persons[0]["wage_gross"], persons[0]["employment_cost"], persons[0]["name"]) == (
        80000,
        15000,
        "甲",
    )


def test_every_declared_fact_is_a_key() -> None:
    facts, persons = fold({"household": household(), "members": [{}]}, on=ON)
    for entity, row in (("household", facts), ("person", persons[0])):
        assert set(row) == {name for name, fact in fact_book().facts.items() if fact.entity == entity}


@pytest.mark.parametrize(
    ("month", "counts"),
    [(202409, False), (202410, True), (202509, True), (202510, False)],
)
def test_the_window_is_the_twelve_months_before_the_month_of_application(month: int, counts: bool) -> None:
    member = folded_member([income("CROP", month, 700)])
    assert member["business_net"] == (700 if counts else 0)


def test_the_window_follows_the_application_not_the_day_of_assessment() -> None:
    document = {
        "household": household(application_date=20250930, **COMPLETE),
        "members": [{"incomes": [income("CROP", 202409, 700), income("CROP", 202509, 9000)]}],
    }
    facts, persons = fold(document, on=ON)
    assert persons[0]["business_net"] == 700
    assert (facts["on"], facts["application_date"]) == (ON, 20250930)


@pytest.mark.parametrize("complete", [False, None])
def test_without_a_complete_declaration_a_sum_is_unknown_even_where_rows_exist(complete: bool | None) -> None:
    member = folded_member([income("CROP", 202501, 700)], complete=complete)
    assert (member["business_net"], member["wage_gross"]) == (None, None)


def test_with_a_complete_declaration_what_is_not_listed_is_zero() -> None:
    assert folded_member([])["wage_gross"] == 0


@pytest.mark.parametrize("row", [income("SALARY", 202501, None), income("SALARY", None, 800)])
def test_a_row_without_amount_or_month_makes_its_sum_unknown_and_no_other(row: dict[str, Any]) -> None:
    member = folded_member([row, income("SALARY", 202502, 800)])
    assert (member["wage_gross"], member["business_net"]) == (None, 0)


def test_a_sum_given_directly_stands_where_no_row_says_otherwise() -> None:
    assert folded_member([], complete=None, wage_gross=960000)["wage_gross"] == 960000
    assert folded_member([income("SALARY", 202501, 800)], wage_gross=960000)["wage_gross"] == 800


def test_a_deduction_lowers_a_net_kind_and_is_kept_apart_for_wages() -> None:
    member = folded_member(
        [income("HOUSE_RENT", 202501, 1000, deduction=300), income("SALARY", 202501, 800, deduction=150)]
    )
    assert (member["property_net"], member["wage_gross"], member["employment_cost"]) == (700, 800, 150)


def test_a_blank_means_what_its_fact_declares() -> None:
    member = folded_member([], counted=None)
    assert (member["counted"], member["wage_imputed"], member["tekun_recipient"]) == (True, False, False)
    assert (member["student"], member["disability_type"]) == (None, None)


def test_the_birth_date_comes_from_the_id_number_when_it_is_not_given() -> None:
    number = ResidentId.make("999999", date(1958, 6, 1), 21).number
    assert folded_member([], id_no=number)["birth_date"] == 19580601
    assert folded_member([], id_no=number, birth_date=19580602)["birth_date"] == 19580602
    assert folded_member([], id_no=number[:-1] + ("0" if number[-1] != "0" else "1"))["birth_date"] is None


def test_property_without_a_complete_declaration_is_unknown() -> None:
    document = {"household": household(), "members": [{}], "assets": [{"item": "DEPOSIT", "value": 5}]}
    facts, _ = fold(document, on=ON)
    assert (facts["financial_assets"], facts["exempt_asset_count"]) == (None, None)


def test_an_item_nobody_knows_is_an_error() -> None:
    with pytest.raises(KeyError, match=r"income\.LOTTERY"):
        folded_member([income("LOTTERY", 202501, 1)])


def test_the_months_with_a_wage_are_counted_once_each_and_an_undated_wage_makes_them_unknown() -> None:
    def months(*rows: tuple[int | None, int | None], complete: bool = True) -> object:
        incomes = [{"item": "SALARY", "month": month, "amount": amount} for month, amount in rows]
        household = {"income_complete": complete, "application_date": 20251009}
        _, (person,) = fold({"household": household, "members": [{"incomes": incomes}]}, on=20251020)
        return person["wage_months"]

    assert months((202410, 100), (202509, 100), (202509, 50)) == 2
    assert months((202409, 100), (202510, 100)) == 0, "before and after the window"
    assert months((202501, 0), (202502, None)) == 1, "no wage that month; a wage nobody knows the sum of"
    assert months((202501, 100), (None, 100)) is None
    assert months((202501, 100), complete=False) is None
