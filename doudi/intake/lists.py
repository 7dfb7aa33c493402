"""Lists of other systems: one sheet, a row a person, columns as each province orders and names them.

A mapping (`mappings/*.toml`) says what a list is called, what its columns mean and what being on it says.
Rows become the same records as our own template's, so that the same checks read them.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

from doudi.intake.cells import plain
from doudi.intake.findings import FileRefused
from doudi.intake.grids import Grid, delimited, workbook
from doudi.intake.households import families
from doudi.intake.reading import Kind, Reading, kind_of
from doudi.intake.records import Record, records
from doudi.intake.sheets import HOUSEHOLD, PERSON, Column, Sheet, sheets
from doudi.law.rulebook import Law

UNNUMBERED = "row "
"""Begins the household number of rows that bring none."""
FOLDER = Path(__file__).with_name("mappings")
_VILLAGE = re.compile(r"(社区)?(村民委员会|居民委员会|村委会|居委会)$|(村|社区)$")


@dataclass(frozen=True)
class ListMapping:
    """One list of one province.

    `shape` households: rows of one household_id (or head_id) are a family | persons: each row stands alone.
    `status` says which programme being on the list means and which columns date it; `lead` is the task an
    officer gets for each family newly seen on it, empty for none. Rows never become an award of ours.
    `departments` may send it, and what it says is said by the one that did.
    """

    key: str
    title: str
    kind: str
    shape: str
    departments: tuple[str, ...]
    columns: tuple[Mapping[str, Any], ...]
    status: Mapping[str, Any] = field(default_factory=dict)
    lead: str = ""

    @property
    def numbered(self) -> bool:
        """True when the list has household numbers of its own; else a family goes by its head's ID number."""
        return any(row["key"] == "household_id" for row in self.columns)


@cache
def mappings() -> dict[str, ListMapping]:
    """Every mapping file by its name."""
    found = {}
    for path in sorted(FOLDER.glob("*.toml")):
        told = tomllib.loads(path.read_text(encoding="utf-8"))
        found[path.stem] = ListMapping(
            key=path.stem, **{**told, **{name: tuple(told[name]) for name in ("columns", "departments")}}
        )
    return found


class Places:
    """Region codes by the names offices write: township and village, with or without 村民委员会."""

    def __init__(self, regions: Iterable[tuple[str, str]]) -> None:
        self._codes: dict[tuple[str, str], set[str]] = {}
        names = dict(regions)
        for code, name in names.items():
            above = _short(names.get(code[:9], "")) if len(code) == 12 else ""
            for key in {(above, _short(name)), ("", _short(name))}:
                self._codes.setdefault(key, set()).add(code)

    def code(self, township: str, village: str) -> str | None:
        """The code of a village in a township, of either alone; None when unknown or not unique."""
        found = self._codes.get((_short(township) if village else "", _short(village or township)), set())
        return next(iter(found)) if len(found) == 1 else None


def _short(name: str) -> str:
    return _VILLAGE.sub("", plain(name))


def read_list(
    path: Path, mapping: ListMapping, *, law: Law, on: date, places: Places, region: str
) -> Reading:
    """A list as families and findings; in a list of persons each row is a family of one. Raises FileRefused.

    `on` is the day the list speaks about, `region` where a row belongs that names no place.
    """
    kind = Kind.CSV if path.suffix.lower() == ".csv" and path.is_file() else kind_of(path)
    reading, name, hidden = Reading(path, kind), "", list[str]()
    for grid in [delimited(path)] if kind is Kind.CSV else workbook(path):
        # An empty sheet in front is passed over, those behind the list are not looked at.
        rows = iter(grid.rows) if grid.hidden or not name else iter(())
        first = next(rows, None)
        if first is not None and grid.hidden:
            hidden.append(grid.name)
        elif first is not None:
            name = grid.name
            _read_grid(replace(grid, rows=chain([first], rows)), reading, mapping, law, on, places, region)
    reading.leave_out(hidden, read=name)
    if not reading.families and not reading.faults:
        raise FileRefused("NO_ROWS", path.name)
    return reading


def _read_grid(
    grid: Grid, reading: Reading, mapping: ListMapping, law: Law, on: date, places: Places, region: str
) -> None:
    sheet = _sheet(mapping, law, grid.name)
    rows = _placed(records(grid, sheet, reading.findings, not_needed=frozenset()), reading, places)
    told = _grouped(rows, mapping, law)
    reading.families = families(told, reading.findings, law=law, on=on, region=region)
    for family in reading.families:
        for row in (family.record, *family.members):
            row.sheet = grid.name
    reading.findings = [
        replace(finding, sheet=grid.name) if finding.sheet in (HOUSEHOLD, PERSON) else finding
        for finding in reading.findings
    ]


def _sheet(mapping: ListMapping, law: Law, title: str) -> Sheet:
    known, spellings, columns = sheets(law), dict[str, Column](), []
    for row in mapping.columns:
        key, labels = row["key"], row["labels"]
        like = known[PERSON].column(key) or known[HOUSEHOLD].column(key) or Column(key, labels[0], "text")
        codes = {**like.codes, **{plain(text): code for text, code in row.get("codes", {}).items()}}
        kind = row.get("kind", like.kind)
        column = replace(
            like, label=labels[0], kind=kind, codes=codes, blank=None, required=row.get("required", False),
            lowest=0 if kind == "money" else like.lowest,
        )  # fmt: skip
        columns.append(column)
        spellings |= {plain(text).strip("*:"): column for text in labels}
    return Sheet(title, tuple(columns), spellings)


def _placed(rows: Iterable[Record], reading: Reading, places: Places) -> Iterator[Record]:
    """Rows with a region code in place of the names of township and village."""
    for row in rows:
        township, village = (str(row.values.pop(key, "")) for key in ("township", "village"))
        if "region_code" not in row.values and (township or village):
            code = places.code(township, village)
            if code is None:
                key = "village" if village else "township"
                reading.findings.append(row.fault("PLACE_UNKNOWN", key, place=f"{township}{village}"))
            else:
                row.values["region_code"] = code
        yield row


def _grouped(rows: Iterable[Record], mapping: ListMapping, law: Law) -> Iterator[Record]:
    """A household record for the first row of each family, a person record for every row."""
    of_household = {fact.name for fact in law.facts.values() if fact.entity == "household"}
    of_household |= {row["key"] for row in mapping.columns if row.get("of") == "household"}
    first: dict[str, Record] = {}
    for row in rows:
        own = row.values
        head = own.pop("head_id", None)
        if mapping.shape == "persons" or ("relation" not in own and head and head == own.get("id_no")):
            own["relation"] = "HEAD"
        key = f"{UNNUMBERED}{row.row}" if mapping.shape == "persons" else own.get("household_id") or head
        key = str(key or f"{UNNUMBERED}{row.row}")
        told = {name: own.pop(name) for name in list(own) if name in of_household}
        if key not in first:
            first[key] = _like(row, HOUSEHOLD, {**told, "household_id": key})
            yield first[key]
        yield _like(row, PERSON, {**own, "household_id": key})


def _like(row: Record, sheet: str, values: dict[str, Any]) -> Record:
    return Record(sheet, row.file, row.row, values, row.bad, columns=row.columns)
