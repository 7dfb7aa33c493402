"""The law's folding of rows into facts (doudi/law/folding.py) written as SQL, for files too large for Python.

The two must give the same facts for the same rows; tests/rooms/intake/test_tables.py holds them together.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from doudi.intake.sheets import ASSET, EXPENDITURE, INCOME
from doudi.law.folding import WINDOW
from doudi.law.rulebook import Law

SHEETS = {INCOME: "income", EXPENDITURE: "expenditure", ASSET: "asset"}
"""The item sheets and the names the law gives their items."""
COMPLETE = {INCOME: "income_complete", EXPENDITURE: "expenditure_complete", ASSET: "property_complete"}
_KEYS = {INCOME: ("household_id", "person_id"), EXPENDITURE: ("household_id",), ASSET: ("household_id",)}
_COUNTED = {ASSET: "exempt_asset_count", INCOME: "wage_months"}


def summed(law: Law, sheet: str) -> list[str]:
    """The facts that rows of an item sheet are summed into."""
    items = [item for item in law.items.values() if item.sheet == SHEETS[sheet]]
    facts = dict.fromkeys(name for item in items for name in (item.fact, item.deduction) if name)
    return [*facts, *([_COUNTED[sheet]] if sheet in _COUNTED else [])]


def facts(law: Law, sheet: str, owner: str, *, counted: bool) -> list[str]:
    """The facts of a sheet as SQL over `owner` (their table), h (the household) and, if `counted`, `totals`.

    A sum given directly stands where there are no rows; only a complete declaration makes absent rows zero.
    """
    found = []
    for name in summed(law, sheet):
        rows, known, total = (f'COALESCE({sheet}."{tag}_{name}", 0)' if counted else "0" for tag in "nks")
        direct = f'{owner}."{name}"'
        complete = f"h.{COMPLETE[sheet]} AND {rows} = {known}"
        case = f"CASE WHEN {rows} = 0 AND {direct} IS NOT NULL THEN {direct} WHEN {complete} THEN {total} END"
        found.append(f'CAST({case} AS BIGINT) AS "{name}"')
    return found


def totals(law: Law, sheet: str, owner: str) -> str:
    """A join that brings in, under the sheet's name, each fact's rows (n), known rows (k) and sum (s).

    Summed by fact first, then laid side by side: a FILTER a fact over every row takes three times as long.
    """
    keys, names = ", ".join(_KEYS[sheet]), summed(law, sheet)
    parts = " UNION ALL ".join(
        _asset_parts(law, names) if sheet == ASSET else _dated_parts(law, sheet, names)
    )
    sums = (
        f"SELECT {keys}, f, COUNT(*) AS n, COUNT(part) AS k, SUM(part) AS s FROM ({parts}) GROUP BY {keys}, f"
    )
    side_by_side = ", ".join(
        f'MAX({tag}) FILTER (WHERE f = {at}) AS "{tag}_{name}"'
        for at, name in enumerate(names)
        for tag in "nks"
    )
    match = " AND ".join(f"{owner}.{key} = {sheet}.{key}" for key in _KEYS[sheet])
    return f" LEFT JOIN (SELECT {keys}, {side_by_side} FROM ({sums}) GROUP BY {keys}) AS {sheet} ON {match}"


def _rows(law: Law, sheet: str, names: Sequence[str]) -> str:
    """The sheet's rows r, each with i: number of its fact, number of its cost (or NULL), is it counted."""
    items = [item for item in law.items.values() if item.sheet == SHEETS[sheet]]
    numbers = {name: number for number, name in enumerate(names)} | {"": "NULL"}
    rows = ", ".join(
        f"('{i.code}', {numbers[i.fact]}, {numbers[i.deduction]}, {i.measure == 'count'})" for i in items
    )
    return f"raw_{SHEETS[sheet]} AS r JOIN (VALUES {rows}) AS i(code, fact, cost, counted) ON r.item = i.code"


def _asset_parts(law: Law, names: Sequence[str]) -> Iterator[str]:
    source, measure = _rows(law, ASSET, names), "CASE WHEN i.counted THEN r.count ELSE r.value END"
    yield f"SELECT household_id, i.fact AS f, {measure} AS part FROM {source} WHERE r.exempt IS NOT TRUE"
    yield f"SELECT household_id, {names.index(_COUNTED[ASSET])} AS f, 1 AS part FROM {source} WHERE r.exempt"


def _dated_parts(law: Law, sheet: str, names: Sequence[str]) -> Iterator[str]:
    """Amounts of the window; an undated row counts as a row whose amount nobody knows."""
    keys = ", ".join(f"r.{key}" for key in _KEYS[sheet])
    applied, month = (
        f"{name} // 100 * 12 + {name} % 100" for name in ("(h.application_date // 100)", "r.month")
    )
    source = f"{_rows(law, sheet, names)} JOIN dated AS h ON r.household_id = h.household_id"
    inside = f"(r.month IS NULL OR {month} BETWEEN {applied} - {WINDOW} AND {applied} - 1)"
    cost = "COALESCE(r.deduction, 0)" if sheet == INCOME else "0"
    amount = f"CASE WHEN i.cost IS NULL THEN r.amount - {cost} ELSE r.amount END"
    known = "CASE WHEN r.month IS NOT NULL THEN"
    yield f"SELECT {keys}, i.fact AS f, {known} {amount} END AS part FROM {source} WHERE {inside}"
    if sheet == INCOME:
        costs = f"SELECT {keys}, i.cost AS f, {known} {cost} ELSE 0 END AS part FROM {source}"
        yield f"{costs} WHERE {inside} AND i.cost IS NOT NULL"
        months = f"SELECT DISTINCT {keys}, {names.index(_COUNTED[INCOME])} AS f, r.month FROM {source}"
        earned = f"{months} WHERE {inside} AND i.cost IS NOT NULL AND r.amount IS DISTINCT FROM 0"
        yield f"SELECT {', '.join(_KEYS[sheet])}, f, {known.replace('r.', '')} 1 END AS part FROM ({earned})"
