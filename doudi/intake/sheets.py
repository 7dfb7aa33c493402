"""The five sheets of a household file: columns from the law's facts, and every accepted spelling."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from doudi.intake.cells import Value, convert, plain
from doudi.law.facts import Fact
from doudi.law.rulebook import Law

HOUSEHOLD, PERSON, INCOME, EXPENDITURE, ASSET = "家庭", "成员", "收入", "支出", "财产"
ITEMS = {INCOME: "incomes", EXPENDITURE: "expenditures", ASSET: "assets"}
"""The sheets whose rows are items, and the list of a document they become."""
_ENTITIES = {HOUSEHOLD: "household", PERSON: "person"}
_KINDS = {"region_code": "region", "work_place": "place", "id_no": "id"}


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """One column: `key` is the fact or the field of an item row, `codes` maps accepted spellings to codes.

    `blank` is what an empty cell says (None: unknown). `lowest` and `highest` bound a number (fen, count).
    `losses` are the items in whose rows a number may be below zero. `labels` are the codes with their Chinese
    names, as a drop-down offers them.
    """

    key: str
    label: str
    kind: str
    codes: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    required: bool = False
    note: str = ""
    blank: Value = None
    lowest: int | None = None
    highest: int | None = None
    losses: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Sheet:
    """One sheet. `spellings` maps every accepted header (see `_header`) to its column."""

    title: str
    columns: tuple[Column, ...]
    spellings: Mapping[str, Column]

    def waiving(self, key: str) -> Sheet:
        """The sheet without insisting on a column: the command line gives what is blank there."""
        eased = {column: replace(column, required=False) for column in self.columns if column.key == key}
        columns = tuple(eased.get(column, column) for column in self.columns)
        return Sheet(self.title, columns, {text: eased.get(c, c) for text, c in self.spellings.items()})

    def column(self, text: object) -> Column | None:
        """The column a header means; None for a column of the office's own. 金额（元） means 金额."""
        exact = _header(text)
        return self.spellings.get(exact) or self.spellings.get(re.sub(r"\([^()]*\)$", "", exact))


def sheets(law: Law) -> dict[str, Sheet]:
    """The five sheets by title, their columns in the order of the template."""
    found: dict[str, Sheet] = {}
    for title in (HOUSEHOLD, PERSON, *ITEMS):
        facts = [fact for fact in law.facts.values() if fact.sheet == title and not fact.is_sum]
        # Sums an office already has (全年工资性收入) are read too, but the template asks for their rows.
        sums = [fact for fact in law.facts.values() if fact.is_sum and fact.entity == _ENTITIES.get(title)]
        columns = [_fact(law, fact) for fact in facts] + [
            _item(law, row) for row in _data("columns").get(title, ())
        ]
        if title == PERSON:
            columns.insert(0, found[HOUSEHOLD].spellings["户编号"])
        spelled = _spelled((*columns, *(_fact(law, fact) for fact in sums)))
        found[title] = Sheet(title, tuple(columns), spelled)
    return found


def sheet_title(name: object) -> str | None:
    """Which of the five sheets a sheet's or file's name means; None for another."""
    for title, names in _data("spellings")["sheets"].items():
        if plain(name) in {plain(title), *map(plain, names)}:
            return str(title)
    return None


@cache
def _data(name: str) -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name(f"{name}.toml").read_text(encoding="utf-8"))


def _header(text: object) -> str:
    return plain(text).strip("*:")


def _spelled(columns: Iterable[Column]) -> dict[str, Column]:
    spelled = {_header(column.label): column for column in columns}
    for column in columns:
        for text in (column.key, *_data("spellings")["headers"].get(column.key, ())):
            spelled.setdefault(_header(text), column)
    return spelled


def _fact(law: Law, fact: Fact) -> Column:
    kind = _KINDS.get(fact.name, fact.kind)
    labels = law.codes[fact.codes].labels if fact.codes else {}
    codes = _codes(fact.codes, labels)
    return Column(
        fact.name, fact.label, kind, codes, labels, fact.required, fact.note,
        blank=None if fact.blank is None else convert(kind, fact.blank, codes),
        lowest=0 if kind in {"int", "money"} and not fact.below_zero else None,
        highest=_data("columns")["highest"].get(fact.name, 1000) if kind == "int" else None,
    )  # fmt: skip


def _item(law: Law, row: Mapping[str, Any]) -> Column:
    labels = {item.code: item.label for item in law.items.values() if item.sheet == row.get("items")}
    others = {key: value for key, value in row.items() if key not in {"items", "blank"}}
    blank = convert(row["kind"], row.get("blank"))
    amount = row["key"] == "amount"
    losses = (item.code for item in law.items.values() if amount and law.book.may_lose(item))
    codes = _codes(row.get("items", ""), labels)
    return Column(**others, codes=codes, labels=labels, blank=blank, losses=frozenset(losses))


def _codes(name: str, labels: Mapping[str, str]) -> dict[str, str]:
    """Every accepted spelling of a code list -> code; the Chinese label of each code comes first."""
    spelled = {plain(label): code for code, label in labels.items()}
    for code in labels:
        for text in (code, *_data("spellings")["codes"].get(name, {}).get(code, ())):
            spelled.setdefault(plain(text), code)
    return spelled
