"""Worked cases (`cases.toml`, `cases_income.toml`) beside schemes and what several share: made documents.

A case is written as an officer writes: yuan as text, dates as 2025-10-09, months as "2024-10".
`defaults = "plain"` fills what the case is not about: everyone counted and healthy, papers complete, property
passed. `values` are test values at the household's own region (`name@330106` for another), or the name of a
set in `[values.<name>]` of the same file. `expect` holds scheme keys (YES, NO, UNCLEAR), `<key>_amount`,
`<key>_reason` and any other figure of the household; `expect_members` the same by person; UNKNOWN: not known.
`expect_missing.<key>` names facts or `value:` names that must stand in the list of what is missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from doudi.kernel.money import parse_yuan
from doudi.law.errors import BadDeclaration
from doudi.law.facts import Facts
from doudi.law.folding import fold
from doudi.law.parameters import read_toml, ymd
from doudi.law.rulebook import ROOT

PLAIN_HOUSEHOLD: dict[str, Any] = {
    "hukou_local": True,
    "income_complete": True,
    "expenditure_complete": True,
    "property_complete": True,
    "authorised_all": True,
    "property_conclusion": "PASS",
}
PLAIN_MEMBER: dict[str, Any] = {
    "birth_date": date(1980, 1, 1),
    "counted": True,
    "student": False,
    "serious_illness": False,
    "chronic_illness": False,
    "disability_type": "NO",
    "disability_grade": 0,
    "wage_imputed": False,
}
"""What a case with `defaults = "plain"` does not say of a member; the first member is also the head."""

Row = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """One worked case as written, with the file it stands in and the test values it asks for."""

    table: Mapping[str, Any]
    file: str
    values: tuple[tuple[str, Any], ...]
    place: str

    @property
    def id(self) -> str:
        """The case's own name, unique over all files."""
        return str(self.table["id"])

    @property
    def on(self) -> int:
        """The day of assessment, yyyymmdd."""
        return ymd(self.table["on"])

    @property
    def test_values(self) -> dict[str, Any]:
        """The case's test values as `name@place`, so that one law can hold those of all cases."""
        return {name if "@" in name else f"{name}@{self.place}": value for name, value in self.values}

    def document(self, book: Facts) -> Row:
        """The canonical household document of the case."""
        plain = self.table.get("defaults") == "plain"
        household = {**(PLAIN_HOUSEHOLD if plain else {}), **self.table["household"], "household_id": self.id}
        household["region_code"] = self.place
        members = []
        for number, row in enumerate(self.table["members"]):
            given = {**(PLAIN_MEMBER if plain else {}), **row}
            if plain and number == 0:
                given.setdefault("relation", "HEAD")
            given["person_id"] = f"{self.id}/{number + 1}"
            incomes = [_row(income) for income in given.pop("incomes", ())]
            members.append({**self._facts(given, book), "incomes": incomes})
        return {
            "household": self._facts(household, book),
            "members": members,
            "expenditures": [_row(row) for row in self.table.get("expenditures", ())],
            "assets": [_row(row) for row in self.table.get("assets", ())],
        }

    def facts(self, book: Facts) -> tuple[Row, list[Row]]:
        """The household's facts and its members', ready for every evaluator."""
        household, persons = fold(self.document(book), on=self.on)
        return household, [{**person, "household_id": self.id} for person in persons]

    def _facts(self, given: Mapping[str, Any], book: Facts) -> Row:
        if unknown := [name for name in given if name not in book.facts]:
            raise BadDeclaration(
                f"案例 {self.id} 写了没有的事实：{'、'.join(unknown)}", file=self.file, table="case"
            )
        return {name: _fact(book.facts[name].kind, value) for name, value in given.items()}


def load_cases(folder: Path = ROOT / "schemes") -> tuple[Case, ...]:
    """Every case of every scheme, by file. Raises BadDeclaration for an id used twice or an unknown key."""
    places: dict[Any, str] = {}
    files = [*folder.glob("*/cases.toml"), *folder.parent.glob("accounting/**/cases*.toml")]
    cases = [case for path in sorted(files) for case in _cases(path, places)]
    seen: set[str] = set()
    for case in cases:
        if case.id in seen:
            raise BadDeclaration(f"案例 {case.id} 出现两次", file=case.file, table="case")
        seen.add(case.id)
    return tuple(cases)


def values_of(cases: Iterable[Case]) -> dict[str, Any]:
    """The test values of many cases, each at its own invented village, for `Law.with_values`."""
    return {name: value for case in cases for name, value in case.test_values.items()}


_KEYS = {
    "id", "title", "trace", "on", "defaults", "values", "household", "members", "expenditures", "assets",
    "expect", "expect_members", "expect_missing",
}  # fmt: skip


def _cases(path: Path, places: dict[Any, str]) -> Iterator[Case]:
    name = f"{path.parent.name}/{path.name}"
    content = read_toml(path, name)
    sets = content.get("values", {})
    for number, table in enumerate(content["case"], 1):
        if odd := set(table) - _KEYS:
            raise BadDeclaration(
                f"不认识的键：{'、'.join(sorted(odd))}", file=name, table="case", entry=number
            )
        values = table.get("values", {})
        given = sets[values] if isinstance(values, str) else values
        own = tuple(sorted(given.items()))
        yield Case(table, name, own, _place(str(table["household"]["region_code"]), own, places))


def _place(region: str, values: tuple[tuple[str, Any], ...], places: dict[Any, str]) -> str:
    """Where a case is assessed: its region or, with test values, an invented village for each set of them.

    All cases then fit in one law, and one batch evaluates them all: a law for each set takes minutes.
    """
    if not values:
        return region
    township = "" if len(region) == 9 else "999"
    taken = sum(village.startswith(region + township) for village in places.values())
    return places.setdefault((region, values), f"{region}{township}{900 + taken}")


def _fact(kind: str, value: Any) -> Any:
    if kind == "money":
        return parse_yuan(value)
    return ymd(value) if kind == "date" else value


def _row(given: Mapping[str, Any]) -> Row:
    read = {"amount": parse_yuan, "deduction": parse_yuan, "value": parse_yuan, "month": _month}
    return {name: read.get(name, lambda same: same)(value) for name, value in given.items()}


def _month(text: str) -> int:
    year, _, month = text.partition("-")
    return int(year) * 100 + int(month)
