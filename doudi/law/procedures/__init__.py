"""Every procedure, read from its table in this folder; see spec.Procedure and spec.Edge for what a row means.

A table is data so that the officer who knows the procedure can read and check it. `like = "<procedure>"`
takes another table's states and edges and changes only what it writes itself (`authority = {a = "b"}`: who
decides); `parts = [...]` adds states
and rows that several procedures share (parts/*.toml).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from doudi.law.errors import BadDeclaration
from doudi.law.parameters import read_toml
from doudi.law.spec import Cite, Edge, Procedure, Within

FOLDER = Path(__file__).parent
_WORDS = "words.toml"
_NAMED = re.compile(r"\{(\w+)\}")
_SPELLED = {"from": "from_"}
_EDGE = {field.name for field in fields(Edge)} - {"from_"} | {"from"}
_PROCEDURE = {field.name for field in fields(Procedure)} - {"key", "edges"} | {
    "edge",
    "like",
    "parts",
    "authority",
}


@dataclass(frozen=True)
class Words:
    """What the codes in the tables mean to an officer (words.toml): actors, units, notice boards, checks."""

    actors: Mapping[str, str]
    units: Mapping[str, str]
    notices: Mapping[str, Mapping[str, str]]
    guards: Mapping[str, str]
    outside: Mapping[str, str]
    regional: Mapping[str, str | list[str]]

    def who(self, code: str) -> str:
        """The actor in Chinese; an unknown code is shown as it stands."""
        return self.actors.get(code, code.removeprefix("CX:"))

    def guard(self, code: str, said: Callable[[str], str]) -> str:
        """A check as an officer reads it; `said` spells the law values it names (`{investigators_least}`)."""
        return _NAMED.sub(lambda found: said(found[1]), self.guards[code])

    def quotable(self, cite: str, place: str) -> bool:
        """True when a citation may be quoted at a place: a region's own document only inside it."""
        return all(
            not cite.startswith(name) or place.startswith(home if isinstance(home, str) else tuple(home))
            for name, home in self.regional.items()
        )


@cache
def words() -> Words:
    """The words of all procedures. Raises LawTextError."""
    return Words(**read_toml(FOLDER / _WORDS, f"procedures/{_WORDS}"))


@cache
def procedures() -> Mapping[str, Procedure]:
    """Every procedure by key, in file order. Raises LawTextError naming file and row."""
    tables = {
        path.stem: read_toml(path, f"procedures/{path.name}")
        for path in sorted(FOLDER.glob("*.toml"))
        if path.name != _WORDS
    }
    return {key: _procedure(key, table, tables) for key, table in tables.items()}


@cache
def _documents() -> Mapping[str, tuple[date, date | None]]:
    table = read_toml(FOLDER.parent / "documents.toml", "documents.toml")["documents"]
    return {name: (row["from"], row.get("until")) for name, row in table.items()}


def citation(text: str) -> Cite:
    """A citation in force while its document is; documents.toml names the documents and their days.

    Raises KeyError for a document that nobody declared.
    """
    name = max((name for name in _documents() if text.startswith(name)), key=len, default=None)
    if name is None:
        raise KeyError(text)
    from_, until = _documents()[name]
    return Cite(text, from_, until)


def _procedure(key: str, table: dict[str, Any], tables: Mapping[str, dict[str, Any]]) -> Procedure:
    shown = f"procedures/{key}.toml"
    whole = {**tables.get(table.get("like", ""), {}), **table}
    if odd := set(whole) - _PROCEDURE:
        raise BadDeclaration(f"不认识的键：{'、'.join(sorted(odd))}", file=shown)
    if missing := {"label", "start", "final", "states", "edge"} - set(whole):
        raise BadDeclaration(f"缺少：{'、'.join(sorted(missing))}", file=shown)
    shared = [
        read_toml(FOLDER / "parts" / f"{name}.toml", f"procedures/parts/{name}.toml")
        for name in whole.get("parts", ())
    ]
    states = {key: label for one in (whole, *shared) for key, label in one["states"].items()}
    rows = [row for one in (whole, *shared) for row in one["edge"]]
    acts = whole.get("authority", {})
    if acts:
        rows = [{**row, "who": [acts.get(code, code) for code in row["who"]]} for row in rows]
    return Procedure(
        key=key,
        label=whole["label"],
        start=whole["start"],
        final=tuple(whole["final"]),
        states=states,
        edges=tuple(read_edge(row, number, states, shown) for number, row in enumerate(rows, 1)),
        total=_within(whole.get("total")),
        extended=_within(whole.get("extended")),
        delegated=_within(whole.get("delegated")),
        instead=tuple(whole["instead"]) if "instead" in whole else None,
        borrowed=whole.get("borrowed"),
    )


def read_edge(row: Mapping[str, Any], number: int, states: Mapping[str, str], shown: str) -> Edge:
    """One row of a table; `number` counts from 1 and `shown` is the file. Raises BadDeclaration."""

    def refuse(problem: str) -> BadDeclaration:
        return BadDeclaration(problem, file=shown, table="edge", entry=number)

    if odd := set(row) - _EDGE:
        raise refuse(f"不认识的键：{'、'.join(sorted(odd))}")
    if missing := {"from", "event", "to", "who", "label", "cites"} - set(row):
        raise refuse(f"缺少：{'、'.join(sorted(missing))}")
    for state in (row["from"], row["to"]):
        if state != "*" and state not in states:
            raise refuse(f"状态“{state}”没有在 [states] 中写明")
    read: dict[str, Any] = {_SPELLED.get(key, key): value for key, value in row.items()}
    read["who"] = tuple(row["who"])
    try:
        read["cites"] = tuple(citation(text) for text in row["cites"])
    except KeyError as unknown:
        raise refuse(f"documents.toml 里没有“{unknown.args[0]}”所引的文件") from None
    read["within"] = _within(row.get("within"))
    return Edge(**read)


def _within(row: list[Any] | None) -> Within | None:
    return None if row is None else Within(*row)
