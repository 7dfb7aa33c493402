"""Every fact the register may hold, and how one is stored: in the clear, or sealed.

The law's facts (`law/facts`) and the register's own (`facts.toml`). Rows of income, expenditure and property
are stored as runs, `[item, first month, last month, amount, deduction]`, not as one row a month: a wage that
does not change for a year is one thing that was said.
"""

import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from doudi.kernel.money import format_yuan
from doudi.law.folding import fact_book
from doudi.office.roles import Fields, may_see

Facts = dict[str, Any]

ROWS = {"incomes": "income", "expenditures": "expenditure", "assets": "asset"}
"""The lists of a canonical document and the sheet of items each of them holds."""
IDENTITY = ("name", "sex", "birth_date", "id_no")
"""Columns of Person; as facts they appear only where they were corrected."""
NOT_HELD = frozenset({"household_id", "person_id", "relation", "on", "application_date", *ROWS})
"""Parts of a document that are columns, or belong to a case and not to the register."""

_encoded = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
MASK = "********"
_MASKS = {"id_no": (6, 4), "phone": (3, 4), "bank_account": (4, 4)}


class UnknownFact(ValueError):
    """A fact, item or value that is not declared; the text is Chinese."""


@dataclass(frozen=True)
class Held:
    """One fact as the register holds it. `sees` is the set of fields a role needs; sealed ones are encrypted.

    `law` is True for the facts an assessment may read.
    """

    name: str
    entity: str
    label: str
    kind: str
    sees: str
    sealed: bool
    law: bool
    codes: Mapping[str, str]

    @property
    def masked(self) -> bool:
        """True if it is shown in part only until somebody asks for it, with a trace.

        The birth date is eight digits of the ID number, those its mask hides: beside it, it would be told.
        """
        return self.sealed or self.name == "birth_date"


def may_state(held: Held, role: str, department: str) -> bool:
    """True if this role of this department may state the fact by a change request (facts.toml, `owned`)."""
    owner = _own()["owned"].get(held.sees)
    return not owner or role == "system" or (role in owner["roles"] and department == owner["department"])


@lru_cache(maxsize=1)
def _own() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("facts.toml").read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def catalogue() -> dict[str, Held]:
    """Every fact by name."""
    book = fact_book()
    own = _own()
    group = {
        name: sees
        for sees, by_entity in own["sealed"].items()
        for names in by_entity.values()
        for name in names
    }
    found = {}
    for fact in book.facts.values():
        codes = book.codes[fact.codes].labels if fact.codes else {}
        found[fact.name] = (fact.entity, fact.label, fact.kind, True, codes)
    for entity in ("person", "household"):
        for name, row in own[entity].items():
            found[name] = (entity, row["label"], row["kind"], False, row.get("codes", {}))
    return {
        name: Held(name, entity, label, kind, group.get(name, "MONEY"), name in group, law, codes)
        for name, (entity, label, kind, law, codes) in found.items()
    }


@lru_cache(maxsize=16)
def untold(role: str) -> frozenset[str]:
    """Sealed facts that no words may tell this role: it opens them one by one with a trace, or not at all.

    Who works with what was verified needs the reasons of a decision, and reads them.
    """
    works = may_see(role, Fields.VERIFIED)
    held = catalogue().values()
    return frozenset(
        one.name for one in held if one.sealed and not (works and may_see(role, Fields(one.sees)))
    )


@lru_cache(maxsize=16)
def always_masked(role: str) -> tuple[str, ...]:
    """A member's health facts that this role reads only one by one: masked of everybody, stated or not.

    A masked line that stands beside some names only tells who is ill.
    """
    if not may_see(role, Fields.HEALTH):
        return ()
    told = (one for one in catalogue().values() if one.entity == "person" and one.sees == Fields.HEALTH)
    return tuple(one.name for one in told if one.name in untold(role))


@lru_cache(maxsize=1)
def by_change_only() -> frozenset[str]:
    """The facts that a list never writes to a family or person who is registered."""
    own = _own()
    sealed = {name for name, held in catalogue().items() if held.sees in ("BANK", "VERIFIED")}
    return frozenset({*own["by_change_only"]["facts"], "id_no", *sealed})


def check(entity: str, facts: Mapping[str, Any]) -> None:
    """Raises UnknownFact when a fact is not one of this entity's, or its value not of its kind."""
    for name, value in facts.items():
        held = catalogue().get(name)
        if held is None or held.entity != entity:
            raise UnknownFact(f"登记册没有“{name}”这一项（{'家庭' if entity == 'household' else '人员'}）")
        kinds = {"bool": bool, "text": str, "code": str}
        wanted = kinds.get(held.kind, int)
        if value is not None and (type(value) is not wanted or (held.codes and value not in held.codes)):
            choices = f"从下列值中选：{'、'.join(held.codes.values())}" if held.codes else "核对后重新填写"
            raise UnknownFact(f"“{held.label}”的值不对，请{choices}。")


def divide(facts: Mapping[str, Any]) -> tuple[Facts, Facts]:
    """(what is stored in the clear, what is sealed)."""
    held = catalogue()
    sealed = {name: value for name, value in facts.items() if name in held and held[name].sealed}
    return {name: value for name, value in facts.items() if name not in sealed}, sealed


def shown(name: str, value: Any, *, masked: bool = True) -> str:
    """A fact as an officer reads it in Chinese; a sealed one masked unless asked for in full."""
    held = catalogue()[name]
    if name == "birth_date" and masked:
        return f"{str(value)[:4]} 年"
    if held.sealed and masked:
        head, tail = _MASKS.get(name, (0, 0))
        return f"{value[:head]}{MASK}{value[-tail:]}" if head + tail and len(value) > head + tail else MASK
    match held.kind:
        case "bool":
            return "是" if value else "否"
        case "money":
            return f"{format_yuan(value)} 元"
        case "date":
            return f"{value // 10000}-{value // 100 % 100:02d}-{value % 100:02d}"
    return str(held.codes.get(value, value))


def row_text(name: str, row: Mapping[str, Any]) -> tuple[str, str]:
    """(what, how much) of one row of income, expenditure or property in Chinese."""
    what, value = fact_book().items[f"{ROWS[name]}.{row['item']}"].label, row.get("amount", row.get("value"))
    amount = "金额不详" if value is None else f"{format_yuan(value)} 元"
    if name == "assets":
        return what, f"{row.get('count') or 1} 件，{amount}"
    return f"{what} {row['month'] // 100}-{row['month'] % 100:02d}", amount


def masked(name: str) -> bool:
    """True for a fact of the register that pages show masked."""
    held = catalogue().get(name)
    return held is not None and held.masked


def partly_masked(name: str) -> bool:
    """True for a sealed fact whose mask leaves enough to tell two values apart: a number, a telephone."""
    return name in _MASKS or name == "birth_date"


def pack(rows: Iterable[Mapping[str, Any]], name: str) -> list[list[Any]]:
    """Rows of a document's list as runs. Raises UnknownFact for an item that is not declared."""
    items = fact_book().items
    found = []
    for row in rows:
        if f"{ROWS[name]}.{row['item']}" not in items:
            raise UnknownFact(f"没有声明过的项目：{row['item']}")
        if name == "assets":
            found.append([row["item"], row.get("count"), row.get("value"), bool(row.get("exempt"))])
        else:
            found.append(
                [row["item"], row["month"], row["month"], row.get("amount"), row.get("deduction") or 0]
            )
    return found if name == "assets" else _joined(found)


def _joined(rows: list[list[Any]]) -> list[list[Any]]:
    runs: list[list[Any]] = []
    for row in sorted(rows, key=lambda row: (row[0], row[4], row[3] is None, row[3] or 0, row[1])):
        last = runs[-1] if runs else None
        if last and [last[0], *last[3:]] == [row[0], *row[3:]] and row[1] == _following(last[2]):
            last[2] = row[2]
        else:
            runs.append(list(row))
    return runs


def _following(month: int) -> int:
    return month + 1 if month % 100 < 12 else month + 89


def unpack(name: str, runs: Iterable[list[Any]]) -> dict[tuple[str, str, int], list[tuple[Any, ...]]]:
    """(list, item, month) -> what was said of that month; a run of three says that there is nothing."""
    found: dict[tuple[str, str, int], list[tuple[Any, ...]]] = {}
    for item, first, last, *said in runs:
        month = first
        while month <= last:
            found.setdefault((name, item, month), []).extend([tuple(said)] if said else [])
            month = _following(month)
    return found


def to_json(facts: Facts) -> str:
    """The text that is encrypted."""
    return _encoded(facts)
