"""The facts the law may ask about, read from `facts/*.toml`: facts, code lists, items that sum."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from doudi.law.errors import BadDeclaration
from doudi.law.parameters import read_toml

KINDS = {"money": "INT", "int": "INT", "date": "INT", "bool": "BOOL", "code": "TEXT", "text": "TEXT"}
ASKED = {"家庭": "household", "成员": "person"}
SUM_SHEETS = {
    "income": ("收入", "person"),
    "expenditure": ("支出", "household"),
    "asset": ("财产", "household"),
}
SHEETS = {**ASKED, **dict(SUM_SHEETS.values())}

_FACT_FIELDS = {"entity", "kind", "label", "sheet", "codes", "required", "blank", "below_zero", "note"}
_ITEM_FIELDS = {"label", "kind", "fact", "deduction", "measure", "also", "note"}


@dataclass(frozen=True)
class Fact:
    """One fact. `entity` household | person; `kind` a key of KINDS; `codes` names its code list.

    `sheet` is the sheet it is filled in on, or whose rows are summed into it; `blank` is what an empty cell
    means where that is not "unknown". `below_zero`: a sum of money that may be a loss.
    """

    name: str
    entity: str
    kind: str
    label: str
    sheet: str
    codes: str = ""
    required: bool = False
    blank: str | None = None
    below_zero: bool = False
    note: str = ""

    @property
    def engine_type(self) -> str:
        """INT, BOOL or TEXT."""
        return KINDS[self.kind]

    @property
    def is_sum(self) -> bool:
        """True for a fact that is summed from item rows, not asked directly."""
        return self.sheet not in ASKED


@dataclass(frozen=True)
class Item:
    """One kind of row of the sheets 收入, 支出, 财产 and the fact its amount is added to.

    `sheet` is income | expenditure | asset; `kind` WAGE ... TRANSFER_OUT for income; `measure` value | count
    for assets.
    """

    code: str
    sheet: str
    label: str
    fact: str
    kind: str = ""
    deduction: str = ""
    measure: str = "value"
    also: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class CodeList:
    """The values a coded fact may take: code -> label, and every spelling read as that code."""

    name: str
    labels: Mapping[str, str]
    spellings: Mapping[str, str] = field(default_factory=dict)

    def read(self, text: str) -> str | None:
        """The code meant by a code, its label or another accepted spelling; None when it is none of them."""
        return text if text in self.labels else self.spellings.get(text)


@dataclass(frozen=True)
class Facts:
    """All of `facts/*.toml`."""

    facts: Mapping[str, Fact]
    items: Mapping[str, Item]
    codes: Mapping[str, CodeList]

    def may_lose(self, item: Item) -> bool:
        """True for an item of a sum that may end in a loss: a business."""
        return item.fact in self.facts and self.facts[item.fact].below_zero

    @cached_property
    def by_label(self) -> dict[tuple[str, str], Fact]:
        """(sheet, label) -> fact, for reading column headers."""
        return {(fact.sheet, fact.label): fact for fact in self.facts.values() if not fact.is_sum}

    @cached_property
    def item_of(self) -> dict[tuple[str, str], Item]:
        """(sheet, code or label or other spelling) -> item."""
        spellings: dict[tuple[str, str], Item] = {}
        for item in self.items.values():
            for text in (item.code, item.label, *item.also):
                spellings[item.sheet, text] = item
        return spellings

    def canonical(self) -> list[Any]:
        """What of the facts decides, for the law's version."""
        return [
            sorted((fact.name, fact.entity, fact.kind, fact.codes) for fact in self.facts.values()),
            sorted(
                (key, item.fact, item.kind, item.deduction, item.measure) for key, item in self.items.items()
            ),
            sorted((name, sorted(codes.labels)) for name, codes in self.codes.items()),
        ]


def load_facts(folder: Path) -> Facts:
    """Every fact, item (keyed `income.SALARY`) and code list. Raises BadDeclaration naming file and table."""
    codes = {
        name: _code_list(name, rows)
        for name, rows in read_toml(folder / "codes.toml", "facts/codes.toml").items()
    }
    items = _items(read_toml(folder / "items.toml", "facts/items.toml"))
    facts: dict[str, Fact] = {}
    for path in sorted(folder.glob("*.toml")):
        if path.stem in ("codes", "items"):
            continue
        for name, row in read_toml(path, f"facts/{path.name}").items():
            if name in facts:
                raise BadDeclaration("这个事实已经声明过", file=f"facts/{path.name}", table=name)
            facts[name] = _fact(name, row, codes, f"facts/{path.name}")
    _refuse_stray_items(items, facts)
    loaded = Facts(facts, items, codes)
    _refuse_equal_labels(loaded)
    return loaded


def _fact(name: str, row: Mapping[str, Any], codes: Mapping[str, CodeList], shown: str) -> Fact:
    odd, missing = set(row) - _FACT_FIELDS, {"entity", "kind", "label", "sheet"} - set(row)
    if odd or missing:
        problem = f"缺少或多了：{'、'.join(sorted(odd | missing))}"
    elif row["kind"] not in KINDS or SHEETS.get(row["sheet"]) != row["entity"]:
        problem = f"kind“{row['kind']}”不在可选范围，或 sheet“{row['sheet']}”与 entity“{row['entity']}”不相符"
    elif (row["kind"] == "code") != (row.get("codes") in codes):
        problem = "kind 为 code 时、也只有这时，codes 要指向 codes.toml 中的一张代码表"
    else:
        return Fact(name=name, **row)
    raise BadDeclaration(problem, file=shown, table=name)


def _code_list(name: str, rows: Mapping[str, Any]) -> CodeList:
    labels: dict[str, str] = {}
    spellings: dict[str, str] = {}
    for code, row in rows.items():
        label, also = (row, ()) if isinstance(row, str) else (row["label"], row.get("also", ()))
        labels[code] = label
        for text in (label, *also):
            if spellings.setdefault(text, code) != code:
                raise BadDeclaration(f"“{text}”对应了两个代码", file="facts/codes.toml", table=name)
    return CodeList(name, labels, spellings)


def _items(tables: Mapping[str, Any]) -> dict[str, Item]:
    items = {}
    for sheet, rows in tables.items():
        for code, row in rows.items():
            odd = set(row) - _ITEM_FIELDS
            if sheet not in SUM_SHEETS or odd or not {"label", "fact"} <= set(row):
                problem = f"应写 label 与 fact；不认识的键：{'、'.join(sorted(odd)) or '无'}"
                raise BadDeclaration(problem, file="facts/items.toml", table=f"{sheet}.{code}")
            also = tuple(row.get("also", ()))
            items[f"{sheet}.{code}"] = Item(**{**row, "code": code, "sheet": sheet, "also": also})
    return items


def _refuse_stray_items(items: Mapping[str, Item], facts: Mapping[str, Fact]) -> None:
    for key, item in items.items():
        for name in filter(None, (item.fact, item.deduction)):
            if name not in facts or facts[name].sheet != SUM_SHEETS[item.sheet][0]:
                raise BadDeclaration(
                    f"{name} 不是“{SUM_SHEETS[item.sheet][0]}”表的合计项", file="facts/items.toml", table=key
                )


def _refuse_equal_labels(facts: Facts) -> None:
    seen: dict[tuple[str, str], str] = {}
    rows = [(fact.sheet, fact.label, name) for name, fact in facts.facts.items()]
    rows += [(SUM_SHEETS[item.sheet][0], item.label, key) for key, item in facts.items.items()]
    for sheet, label, name in rows:
        if seen.setdefault((sheet, label), name) != name:
            raise BadDeclaration(
                f"“{sheet}”表里已有“{label}”（{seen[sheet, label]}）", file="facts", table=name
            )
