"""Worked cases beside schemes and shared figures (`cases.toml`): read, made documents, held to a result.

A case is written as an officer writes: yuan as text, dates as 2025-10-09, months as "2024-10".
`defaults = "plain"` fills what the case is not about: everyone counted and healthy, papers complete, property
passed. `values` are test values at the household's own region (`name@330106` for another), or the name of a
set in `[values.<name>]` of the same file. `expect` holds scheme keys (YES, NO, UNCLEAR), `<key>_amount`,
`<key>_reason` and any other figure of the household; `expect_members` the same by person; UNKNOWN: not known.
`expect_missing.<key>` names facts or `value:` names that must stand in the list of what is missing.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from doudi.engine.program import Program
from doudi.kernel.money import parse_yuan
from doudi.kernel.verdict import Verdict
from doudi.law.facts import Facts
from doudi.law.folding import fold

SCHEMES = Path(__file__).parents[2] / "doudi" / "law" / "schemes"
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
        return _ymd(self.table["on"])

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
            members.append({**_facts(given, book), "incomes": incomes})
        return {
            "household": _facts(household, book),
            "members": members,
            "expenditures": [_row(row) for row in self.table.get("expenditures", ())],
            "assets": [_row(row) for row in self.table.get("assets", ())],
        }

    def facts(self, book: Facts) -> tuple[Row, list[Row]]:
        """The household's facts and its members', ready for every evaluator."""
        household, persons = fold(self.document(book), on=self.on)
        return household, [{**person, "household_id": self.id} for person in persons]


def load_cases(folder: Path = SCHEMES) -> tuple[Case, ...]:
    """Every case of every scheme, by file. AssertionError for an id used twice, an unknown key."""
    places: dict[Any, str] = {}
    files = [*folder.glob("*/cases.toml"), *folder.parent.glob("accounting/*/cases.toml")]
    cases = [case for path in sorted(files) for case in _cases(path, places)]
    seen: set[str] = set()
    for case in cases:
        assert case.id not in seen, f"{case.file}: case {case.id} stands twice"
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
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    sets = content.get("values", {})
    name = f"{path.parent.name}/{path.name}"
    for table in content["case"]:
        odd = set(table) - _KEYS
        assert not odd, f"{name}: case {table['id']} has {odd}"
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


def _facts(given: Mapping[str, Any], book: Facts) -> Row:
    unknown = [name for name in given if name not in book.facts]
    assert not unknown, f"no such fact: {unknown}"
    return {name: _fact(book.facts[name].kind, value) for name, value in given.items()}


def _fact(kind: str, value: Any) -> Any:
    if kind == "money":
        return parse_yuan(value)
    return _ymd(value) if kind == "date" else value


def _ymd(day: date) -> int:
    return day.year * 10000 + day.month * 100 + day.day


def _row(given: Mapping[str, Any]) -> Row:
    read = {"amount": parse_yuan, "deduction": parse_yuan, "value": parse_yuan, "month": _month}
    return {name: read.get(name, lambda same: same)(value) for name, value in given.items()}


def _month(text: str) -> int:
    year, _, month = text.partition("-")
    return int(year) * 100 + int(month)


@dataclass(frozen=True)
class Expected:
    """What a case expects, in the engine's own terms."""

    case: Case
    program: Program

    @cached_property
    def verdicts(self) -> frozenset[str]:
        """The keys of all schemes."""
        return frozenset(spec.key for spec in self.program.verdicts)

    def differences(self, household: Mapping[str, Any], persons: Sequence[Mapping[str, Any]]) -> list[str]:
        """Every figure that is not as expected, readable; empty when the case holds."""
        table = self.case.table
        found = list(self._of(table.get("expect", {}), household, "户"))
        wanted = table.get("expect_members", [])
        assert len(wanted) in (0, len(persons)), f"{self.case.id}: expect_members must name every member"
        for number, (expected, person) in enumerate(zip(wanted, persons, strict=False), start=1):
            found += self._of(expected, person, f"成员{number}")
        for key, names in table.get("expect_missing", {}).items():
            found += self._lacks(key, names, household, persons)
        return found

    def _of(self, expected: Mapping[str, Any], row: Mapping[str, Any], who: str) -> Iterator[str]:
        for name, value in expected.items():
            column = f"{name}_eligible" if name in self.verdicts else name
            assert column in row, f"{self.case.id}: {who} has no figure {column}"
            wanted = self._value(name, value)
            if row[column] != wanted or type(row[column]) is not type(wanted):
                yield f"{self.case.id} {who} {column}: expected {wanted!r}, got {row[column]!r}"

    def _value(self, name: str, value: Any) -> Any:
        if value == "UNKNOWN":
            return None
        if name in self.verdicts:
            return Verdict(value).as_bool()
        column = self.program.columns[name]
        return parse_yuan(value) if isinstance(value, str) and column.info.type == "INT" else value

    def _lacks(
        self,
        key: str,
        names: Sequence[str],
        household: Mapping[str, Any],
        persons: Sequence[Mapping[str, Any]],
    ) -> Iterator[str]:
        column = f"{key}_missing"
        rows = [household] if column in household else persons
        listed = {name for row in rows for name in str(row[column]).split(",")}
        yield from (
            f"{self.case.id} {column}: {name} is not listed in {listed}"
            for name in names
            if name not in listed
        )
