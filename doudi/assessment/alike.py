"""What a receipt says alike of all families of a place and day: of figures, law values, the order of both."""

from __future__ import annotations

from datetime import date
from typing import Any

from doudi.assessment.program import program
from doudi.assessment.working import Leaf
from doudi.engine.ir import names
from doudi.engine.program import FACT, LOOKUP, VALUE, Program
from doudi.engine.vocabulary import HOUSEHOLD
from doudi.kernel.keeping import kept
from doudi.law.citing import applicable
from doudi.law.errors import MissingValue
from doudi.law.labels import STATUS_MARKS, UNKNOWN, Labels
from doudi.law.rulebook import Law

MOST_ROWS = 50_000
"""Kept of what all families of a place and day are told alike: some tens of megabytes at most."""

Row = dict[str, Any]


@kept
def order(program: Program) -> dict[str, int]:
    """The figures in the order they are worked out."""
    return {name: at for at, name in enumerate(program.columns) if program.columns[name].kind != VALUE}


class _Rows(dict[tuple[str, str, str, int], Row]):
    """(name, place, area type or "", yyyymmdd) -> a row alike in all receipts of there and then.

    When full it starts anew.
    """

    def __setitem__(self, asked: tuple[str, str, str, int], row: Row) -> None:
        if len(self) >= MOST_ROWS:
            self.clear()
        super().__setitem__(asked, row)


@kept
def _rows(_law: Law) -> _Rows:
    return _Rows()


def said(labels: Labels, name: str) -> Row:
    """What is said of a figure: label, unit, how it is worked out, its articles; not to be changed."""
    rows, asked = _rows(labels.law), (name, labels.place, "", labels.on)
    found = rows.get(asked)
    if found is None:
        column = program(labels.law).columns[name]
        rule, day = column.rule, date.fromisoformat(f"{labels.on}")
        found = rows[asked] = {
            "name": name,
            "kind": "fact" if column.kind == FACT else "rule",
            "label": labels.name(name),
            "unit": labels.unit(name),
            "how": rule.doc.partition("：")[2] if rule else "",
            "cites": applicable(rule.cites, on=day, place=labels.place) if rule else "",
        }
    return found


def law_value(labels: Labels, name: str, place: str, area: str, on: int) -> Row:
    """One law value as the law has it, or the hole where it has none; not to be changed."""
    rows, asked = _rows(labels.law), (name, place, area, on)
    found = rows.get(asked)
    if found is None:
        found = rows[asked] = _law_value(labels, *asked)
    return found


def _law_value(labels: Labels, name: str, place: str, area: str, on: int) -> Row:
    label = labels.name(name)
    row: Row = {"name": name, "label": label, "place": place, "area_type": area, "on": on}
    try:
        found = labels.law.values.explain(name, place, area, on)
    except MissingValue as missing:
        return {**row, "value": None, "shown": UNKNOWN, "missing": missing.hint or str(missing)}
    entry = found.entry
    return {
        **row, "value": found.value, "shown": found.shown, "by_area": found.area, "from": found.from_,
        "until": found.until, "region": entry.region, "region_name": found.region_name,
        "note": entry.note, "cites": entry.cites, "status": entry.status,
        "mark": STATUS_MARKS[entry.status],
    }  # fmt: skip


@kept
def read_only(law: Law) -> list[tuple[Leaf, dict[Leaf, None]]]:
    """The household's rules with what they read, but those that read a law value of another day.

    Such a value would not be among the receipt's.
    """
    columns = program(law).columns
    return [
        ((rule.name, None), {(name, None): None for name in columns[rule.name].inputs})
        for rule in law.rules
        if columns[rule.name].entity == HOUSEHOLD
        and not any(columns[name].kind == LOOKUP for name in names(columns[rule.name].expr))
    ]
