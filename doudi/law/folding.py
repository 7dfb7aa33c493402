"""A household document folded into facts: rows of income, expenditure and property summed, blanks read.

Only a complete declaration turns what is not listed into zero. Without it a sum is unknown even where rows
exist: the rows say what came in, not that nothing else did, and a sum that is too small would grant help on a
gap in the papers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from doudi.kernel.month import Month, months_before
from doudi.kernel.resident_id import IdError, ResidentId
from doudi.law.facts import Fact, Facts, Item, load_facts

WINDOW = 12
"""Months before the month of application whose income and expenditure count (R-197)."""
Value = int | bool | str | None
Row = Mapping[str, Any]

_COMPLETE = {"income": "income_complete", "expenditure": "expenditure_complete", "asset": "property_complete"}
_COUNTED = {"asset": "exempt_asset_count", "income": "wage_months"}
"""Facts that count where the others sum: assets left out, months with a wage."""
_YES_NO = {"true": True, "false": False}


def fold(document: Row, *, on: int) -> tuple[dict[str, Value], list[dict[str, Value]]]:
    """The facts of a canonical household document: (household facts, one dict of facts per member).

    Every declared fact is a key, unknown as None; amounts in fen, dates yyyymmdd. `on` (yyyymmdd) is the day
    of assessment of a household that names none. Income and expenditure count in the twelve months before the
    month of application (or else of assessment). A row without amount or month makes its sum unknown. A sum
    given directly stands where no row of the window says otherwise. Raises KeyError for an unknown item code.
    """
    book = fact_book()
    given = dict(document.get("household", {}))
    given["on"] = given.get("on") or on
    given["application_date"] = given.get("application_date") or given["on"]
    household = _asked("household", given)
    window = frozenset(
        month.yyyymm for month in months_before(Month(int(given["application_date"]) // 100), WINDOW)
    )
    sums = _Sums(book, given, window)
    household |= sums.of("expenditure", document.get("expenditures") or (), given)
    household |= sums.of("asset", document.get("assets") or (), given)
    persons = []
    for member in document.get("members") or ():
        facts = _asked("person", member)
        facts["birth_date"] = facts["birth_date"] or _born(facts["id_no"])
        persons.append(facts | sums.of("income", member.get("incomes") or (), member))
    return household, persons


@lru_cache(maxsize=1)
def fact_book() -> Facts:
    """The shipped facts, items and code lists, read once."""
    return load_facts(Path(__file__).with_name("facts"))


@lru_cache(maxsize=3)
def _summed(sheet: str) -> tuple[str, ...]:
    """The facts that rows of a sheet are summed into."""
    items = [item for item in fact_book().items.values() if item.sheet == sheet]
    facts = dict.fromkeys(name for item in items for name in (item.fact, item.deduction) if name)
    return (*facts, *([_COUNTED[sheet]] if sheet in _COUNTED else ()))


@lru_cache(maxsize=2)
def _filled_in(entity: str) -> tuple[tuple[str, Value], ...]:
    """The facts somebody fills in, and what a blank means."""
    facts = [fact for fact in fact_book().facts.values() if fact.entity == entity and not fact.is_sum]
    return tuple((fact.name, _blank(fact)) for fact in facts)


def _asked(entity: str, given: Row) -> dict[str, Value]:
    """The facts somebody fills in, with what a blank means where that is not "unknown"."""
    return {
        name: blank if (value := given.get(name)) is None else value for name, blank in _filled_in(entity)
    }


def _blank(fact: Fact) -> Value:
    if fact.blank is None:
        return None
    return _YES_NO[fact.blank] if fact.kind == "bool" else fact.blank


def _born(id_no: object) -> int | None:
    """The birth date an ID number carries; None for none or a wrong one, refused where it is read."""
    if not isinstance(id_no, str):
        return None
    try:
        return int(f"{ResidentId.parse(id_no).birth_date:%Y%m%d}")
    except IdError:
        return None


@dataclass(frozen=True)
class _Sums:
    """Sums rows into facts: `household` says which declarations are complete, `window` which months count."""

    book: Facts
    household: Row
    window: frozenset[int]

    def of(self, sheet: str, rows: Sequence[Row], direct: Row) -> dict[str, Value]:
        """Every fact that rows of `sheet` are summed into; `direct` may hold sums already made."""
        complete = self.household.get(_COMPLETE[sheet]) is True
        parts: dict[str, list[int | None]] = {fact: [] for fact in _summed(sheet)}
        for row in rows:
            for fact, part in self._parts(sheet, row):
                parts[fact].append(part)
        if sheet == "income":
            parts[_COUNTED[sheet]] = [None if month is None else 1 for month in self._wage_months(rows)]
        return {fact: _total(found, direct.get(fact), complete) for fact, found in parts.items()}

    def _wage_months(self, rows: Sequence[Row]) -> set[int | None]:
        """The months of the window with a wage, or one of unknown amount; None: one without a month."""
        wages = (
            row for row in rows
            if self.book.items[f"income.{row['item']}"].kind == "WAGE" and row.get("amount") != 0
        )  # fmt: skip
        return {row.get("month") for row in wages if row.get("month") in (None, *self.window)}

    def _parts(self, sheet: str, row: Row) -> Iterable[tuple[str, int | None]]:
        item = self.book.items[f"{sheet}.{row['item']}"]
        if sheet == "asset":
            return [(_COUNTED[sheet], 1)] if row.get("exempt") else [(item.fact, row.get(item.measure))]
        month = row.get("month")
        if month is not None and month not in self.window:
            return []
        return _amounts(item, row if month is not None else {})


def _amounts(item: Item, row: Row) -> list[tuple[str, int | None]]:
    """What one row adds: the amount, and for wages the cost of earning it; for other kinds the difference."""
    amount, deduction = row.get("amount"), row.get("deduction") or 0
    if item.deduction:
        return [(item.fact, amount), (item.deduction, deduction)]
    return [(item.fact, None if amount is None else amount - deduction)]


def _total(found: Sequence[int | None], direct: Value, complete: bool) -> Value:
    if not found and direct is not None:
        return direct
    known = [part for part in found if part is not None]
    return sum(known) if complete and len(known) == len(found) else None
