"""The state about a day, as known at a moment, folded from what was stated. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from doudi.registry.facts import Facts, unpack

MONTHLY = ("incomes", "expenditures")


@dataclass(frozen=True)
class Stated:
    """What one statement says: facts for the days [from_day, until_day). Monthly rows have their own."""

    from_day: date
    until_day: date | None
    facts: Facts

    def covers(self, day: date) -> bool:
        """True when the statement speaks about this day."""
        return self.from_day <= day and (self.until_day is None or day < self.until_day)


def fold(stated: Iterable[Stated], about: date) -> Facts:
    """The facts on a day, from statements in the order they became known: a later one holds, fact by fact.

    Unknown facts are absent. `incomes`, `expenditures` and `assets` come as the rows of a canonical document;
    a statement replaces the rows of each item and month (of each kind of asset) that it names, and no others.
    """
    held: dict[Any, Any] = {}
    for statement in stated:
        now = statement.covers(about)
        for name, value in statement.facts.items():
            if name in MONTHLY:
                held.update(unpack(name, value))
            elif now and name == "assets":
                held.update(_by_item(value))
            elif now:
                held[name] = value
    facts = {name: value for name, value in held.items() if isinstance(name, str) and value is not None}
    return facts | {name: rows for name, rows in _rows(held).items() if rows}


def _by_item(rows: Iterable[list[Any]]) -> dict[tuple[str, str, int], list[tuple[Any, ...]]]:
    found: dict[tuple[str, str, int], list[tuple[Any, ...]]] = {}
    for item, *said in rows:
        found.setdefault(("assets", item, 0), []).extend([tuple(said)] if said else [])
    return found


def _rows(held: dict[Any, Any]) -> dict[str, list[Facts]]:
    lists: dict[str, list[Facts]] = {name: [] for name in (*MONTHLY, "assets")}
    for (name, item, month), said in sorted(
        (key, rows) for key, rows in held.items() if isinstance(key, tuple)
    ):
        for row in said:
            if name == "assets":
                count, value, exempt = row
                lists[name].append({"item": item, "count": count, "value": value, "exempt": exempt})
            else:
                amount, deduction = row
                lists[name].append({"item": item, "month": month, "amount": amount, "deduction": deduction})
                if name == "expenditures":
                    del lists[name][-1]["deduction"]
    return lists
