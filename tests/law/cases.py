"""Worked cases held to what they expect; they are read by `doudi.law.worked`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from doudi.engine.program import Program
from doudi.kernel.money import parse_yuan
from doudi.kernel.verdict import Verdict
from doudi.law.worked import Case, load_cases, values_of

__all__ = ["Case", "Expected", "load_cases", "values_of"]


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
