"""What other departments give: every programme of the documents as a row that says who may get it, from
whom, on what.

A row's `who` names facts, rules, `<scheme>_eligible` results, and the questions and groups of
questions.toml. A county with rows of its own uses those; elsewhere the national rows hold.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from doudi.law.catalogue import Row, departments, read
from doudi.law.errors import BadDeclaration
from doudi.law.parameters import read_toml
from doudi.law.predicate import Predicate
from doudi.law.spec import Form, Tier

FOLDER = Path(__file__).parent
_QUESTIONS = "questions.toml"
_NEEDS = ("id", "label", "unit", "department", "tier", "form")
_MAY = ("who", "body", "scheme", "amount", "group")


@dataclass(frozen=True)
class Question:
    """What a programme asks beyond the facts of the law: yes or no, of a household or a person."""

    name: str
    entity: str
    label: str


@dataclass(frozen=True)
class Group:
    """People several programmes name together."""

    name: str
    label: str
    unit: str
    who: Predicate


@dataclass(frozen=True)
class Programme:
    """One programme. `unit` is household, person, or body (an enterprise, a village: `body` says which, no
    `who`).

    `scheme` names the scheme that decides it, `amount` the parameter that holds its amount, share or rhythm,
    `group` the development group (产业、就业、创业、金融) it belongs to.
    """

    row: Row
    id: str
    label: str
    unit: str
    who: Predicate | None
    body: str
    department: str
    tier: Tier
    forms: tuple[Form, ...]
    scheme: str
    amount: str
    group: str


@cache
def questions() -> Mapping[str, Question]:
    """Every question by name. Raises LawTextError."""
    rows = read_toml(FOLDER / _QUESTIONS, f"programmes/{_QUESTIONS}")["questions"]
    return {name: Question(name, row["entity"], row["label"]) for name, row in rows.items()}


@cache
def groups() -> Mapping[str, Group]:
    """Every group by name. Raises LawTextError, PredicateError."""
    rows = read_toml(FOLDER / _QUESTIONS, f"programmes/{_QUESTIONS}")["groups"]
    return {
        name: Group(name, row["label"], row["unit"], Predicate.parse(row["who"]))
        for name, row in rows.items()
    }


@cache
def programmes() -> tuple[Programme, ...]:
    """Every programme, in file and row order. Raises LawTextError naming file and row."""
    found: list[Programme] = []
    for path in sorted(FOLDER.glob("*.toml")):
        for number, (row, own) in enumerate(read(path, "programme", needs=_NEEDS, may=_MAY), 1):
            try:
                found.append(read_programme(row, own))
            except ValueError as problem:
                file = f"programmes/{path.name}"
                raise BadDeclaration(str(problem), file=file, table="programme", entry=number) from None
    return tuple(found)


def read_programme(row: Row, own: Mapping[str, Any]) -> Programme:
    """One programme from its row. Raises ValueError."""
    if own["department"] not in departments():
        raise ValueError(f"duties.toml 的 departments 里没有“{own['department']}”")
    if ("who" in own) == (own["unit"] == "body"):
        raise ValueError("unit 为 body 时写 body，其余写 who")
    who = None
    if "who" in own:
        who = Predicate.parse(own["who"], {name: group.who for name, group in groups().items()})
    return Programme(
        row=row, id=own["id"], label=own["label"], unit=own["unit"], who=who, body=own.get("body", ""),
        department=own["department"], tier=Tier(own["tier"]), forms=tuple(Form(form) for form in own["form"]),
        scheme=own.get("scheme", ""), amount=own.get("amount", ""), group=own.get("group", ""),
    )  # fmt: skip


def offered(place: str, on: date) -> tuple[Programme, ...]:
    """The programmes in force at a place on a day: the region's own where it has any, else the nation's."""
    found = [programme for programme in programmes() if programme.row.holds(place, on)]
    own = [programme for programme in found if programme.row.region]
    return tuple(own or found)
