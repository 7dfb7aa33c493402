"""As known on day X about day Y: the fold against a book that keeps every fact of every day separately."""

from datetime import date, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from doudi.registry.facts import pack, unpack
from doudi.registry.history import Stated, fold

START = date(2025, 1, 1)
DAYS = 12


def day(number: int) -> date:
    return START + timedelta(days=number)


FACTS = st.dictionaries(
    st.sampled_from(["student", "employed", "work_months"]),
    st.sampled_from([True, False, 3, None]),
    min_size=1,
)
STATEMENTS = st.lists(
    st.tuples(st.integers(0, DAYS - 1), st.none() | st.integers(1, DAYS), FACTS).filter(
        lambda row: row[1] is None or row[1] > row[0]
    ),
    max_size=8,
)


@given(STATEMENTS)
def test_every_day_at_every_moment(rows: list[tuple[int, int | None, dict[str, Any]]]) -> None:
    """`rows` in the order they became known; moment k knows the first k of them."""
    book: list[dict[str, Any]] = [{} for _ in range(DAYS)]
    for known in range(len(rows) + 1):
        if known:
            first, until, facts = rows[known - 1]
            for number in range(first, DAYS if until is None else until):
                book[number].update(facts)
        stated = [
            Stated(day(first), None if until is None else day(until), facts)
            for first, until, facts in rows[:known]
        ]
        for number in range(DAYS):
            expected = {name: value for name, value in book[number].items() if value is not None}
            assert fold(stated, day(number)) == expected


MONTHS = st.sampled_from([202411, 202412, 202501, 202502, 202503])
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "item": st.sampled_from(["SALARY", "PENSION"]),
            "month": MONTHS,
            "amount": st.sampled_from([None, 100, 250]),
            "deduction": st.sampled_from([0, 10]),
        }
    ),
    max_size=12,
)


def in_order(rows: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return sorted((row["item"], row["month"], row["amount"] or -1, row["deduction"]) for row in rows)


@given(ROWS)
def test_rows_come_back_from_runs(rows: list[dict[str, Any]]) -> None:
    facts = fold([Stated(START, None, {"incomes": pack(rows, "incomes")})], START)
    assert in_order(facts.get("incomes", [])) == in_order(rows)


@given(ROWS, ROWS)
def test_a_later_statement_replaces_the_months_it_names(first: list[Any], then: list[Any]) -> None:
    stated = [Stated(START, None, {"incomes": pack(rows, "incomes")}) for rows in (first, then)]
    named = {(row["item"], row["month"]) for row in then}
    expected = [row for row in first if (row["item"], row["month"]) not in named] + then
    assert in_order(fold(stated, START).get("incomes", [])) == in_order(expected)


def test_a_run_without_amount_says_there_was_nothing() -> None:
    stated = [Stated(START, None, {"incomes": [["SALARY", 202411, 202502, 100, 0]]})]
    stated += [Stated(START, None, {"incomes": [["SALARY", 202412, 202501]]})]
    assert [row["month"] for row in fold(stated, START)["incomes"]] == [202411, 202502]
    assert unpack("incomes", [["SALARY", 202412, 202501]]) == {
        ("incomes", "SALARY", 202412): [],
        ("incomes", "SALARY", 202501): [],
    }


def test_property_holds_for_its_days_and_by_kind() -> None:
    car, house = ["VEHICLE", 1, 3000000, False], ["HOUSE", 1, None, False]
    stated = [Stated(START, None, {"assets": [car, house]}), Stated(day(5), None, {"assets": [["VEHICLE"]]})]
    assert [row["item"] for row in fold(stated, START)["assets"]] == ["HOUSE", "VEHICLE"]
    assert [row["item"] for row in fold(stated, day(5))["assets"]] == ["HOUSE"]


def test_a_year_of_one_wage_is_one_run() -> None:
    year = [*range(202410, 202413), *range(202501, 202510)]
    rows = [{"item": "SALARY", "month": month, "amount": 150000, "deduction": 0} for month in year]
    assert pack(rows, "incomes") == [["SALARY", 202410, 202509, 150000, 0]]
