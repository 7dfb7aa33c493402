"""A household file, whatever its kind, read into families and findings."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any

from doudi.intake.findings import FileRefused, Finding
from doudi.intake.grids import Grid, delimited, workbook
from doudi.intake.households import Family, families
from doudi.intake.json_file import json_records, load_json
from doudi.intake.records import Record, looks_like, records
from doudi.intake.sheets import HOUSEHOLD, PERSON, Sheet, sheet_title, sheets
from doudi.law.rulebook import Law


class Kind(StrEnum):
    """The kinds of input and output."""

    EXCEL = "excel"
    CSV = "csv"
    JSON = "json"
    PARQUET = "parquet"


@dataclass
class Reading:
    """What a file says. `families` holds the faulty ones too (`bad`); `findings` every fault and note.

    `content` is what a JSON file held, for writing it back with its problems.
    """

    path: Path
    kind: Kind
    families: list[Family] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    content: list[Any] = field(default_factory=list)

    @property
    def good(self) -> list[Family]:
        """The families to assess."""
        return [family for family in self.families if not family.bad]

    @property
    def faults(self) -> list[Finding]:
        """What was refused."""
        return [finding for finding in self.findings if not finding.note]

    def leave_out(self, hidden: Collection[str], *, read: str) -> None:
        """Says that these hidden sheets were not read. Raises FileRefused if no other one was."""
        if hidden:
            told = {"hidden": "”“".join(hidden), "sheet": read}
            if not read:
                raise FileRefused("ONLY_HIDDEN", self.path.name, **told)
            self.findings.append(Record("", self.path.name, 0).note("SHEET_HIDDEN", **told))


_KINDS = {**dict.fromkeys((".xlsx", ".xlsm", ".xlsb", ".xls"), Kind.EXCEL), ".json": Kind.JSON}
OURS = frozenset(("说明", "示例", "选项", "结果", "成员结果", "测算过程", "成员测算过程", "问题"))
"""Sheets and files that the template and the results bring along: no families in them."""
_ZIP, _OLD_OFFICE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


def kind_of(path: Path) -> Kind:
    """What kind of input lies at a path, by its content as well as its name. Raises FileRefused."""
    if path.is_dir():
        if (path / "household.parquet").exists():
            return Kind.PARQUET
        if any(sheet_title(file.stem) == HOUSEHOLD for file in path.glob("*.csv")):
            return Kind.CSV
        raise FileRefused("KIND", path)
    if not path.is_file():
        raise FileRefused("NOT_A_FILE" if path.exists() else "NOT_FOUND", path)
    with path.open("rb") as file:
        start = file.read(2**20)
    kind = _KINDS.get(path.suffix.lower())
    if not start.strip():
        raise FileRefused("EMPTY", path.name)
    if kind is None:
        raise FileRefused("KIND", path.name)
    if start.startswith(_OLD_OFFICE) and "EncryptedPackage".encode("utf-16-le") in start:
        raise FileRefused("ENCRYPTED", path.name)
    if (kind is Kind.EXCEL) != start.startswith((_ZIP, _OLD_OFFICE)) or start.startswith(b"PAR1"):
        raise FileRefused("WRONG_SUFFIX", path.name, suffix=path.suffix)
    return kind


def read(path: Path, *, law: Law, on: date, region: str | None = None) -> Reading:
    """Reads an Excel workbook, a CSV folder or a JSON file (Parquet: tables.py). Raises FileRefused.

    `on` is the day of assessment of families that name none, `region` the code for blank region columns.
    """
    reading = Reading(path, kind_of(path))
    known = sheets(law)
    if region:
        known[HOUSEHOLD] = known[HOUSEHOLD].waiving("region_code")
    if reading.kind is Kind.JSON:
        reading.content = load_json(path)
        rows: Iterable[Record] = json_records(path.name, reading.content, known, reading.findings)
    else:
        rows = _rows(reading, known)
    reading.families = families(rows, reading.findings, law=law, on=on, region=region)
    order = {title: at for at, title in enumerate(known)}
    reading.findings.sort(key=lambda finding: (order.get(finding.sheet, -1), finding.row))
    if not reading.families and not reading.faults:
        raise FileRefused("NO_ROWS", path.name)
    return reading


def grids(reading: Reading) -> Iterator[Grid]:
    """The sheets of a workbook or the files of a CSV folder, to be read in order. Raises FileRefused."""
    if reading.kind is Kind.EXCEL:
        return workbook(reading.path)
    return (delimited(file) for file in sorted(reading.path.glob("*.csv")) if sheet_title(file.stem))


def _rows(reading: Reading, known: Mapping[str, Sheet]) -> Iterator[Record]:
    seen, strangers, hidden = dict[str, str](), dict[str, list[str]](), dict[str, list[str]]()
    for file in sorted(reading.path.glob("*.csv")):  # none below a workbook
        if not sheet_title(file.stem) and file.stem not in OURS:
            with suppress(FileRefused):  # whatever else lies in the folder need not be readable
                strangers[file.name] = looks_like(delimited(file), known)
    for grid in grids(reading):
        title = sheet_title(grid.name)
        if title is not None and grid.hidden:
            if len([row for _, row in zip(range(2), grid.rows, strict=False)]) == 2:  # more than a header
                hidden.setdefault(title, []).append(grid.name)
            continue
        if title in seen:
            raise FileRefused("SHEET_TWICE", grid.file, first=seen[title], second=grid.name)
        if title is not None:
            seen[title] = grid.name
            yield from records(grid, known[title], reading.findings)
        elif grid.name not in OURS:
            strangers[grid.name] = looks_like(grid, known)
    for name, alike in strangers.items():
        # Left out in silence, an income sheet of another name would turn into no income at all.
        if unread := [title for title in alike if title not in seen]:
            raise FileRefused("SHEET_UNKNOWN", reading.path.name, sheet=name, alike="”或“".join(unread))
        if alike:
            said = {"sheet": name, "alike": "”或“".join(alike)}
            reading.findings.append(Record("", reading.path.name, 0).note("SHEET_IGNORED", **said))
    for title, names in hidden.items():
        reading.leave_out(names, read=seen.get(title, ""))
    missing = [title for title in (HOUSEHOLD, PERSON) if title not in seen]
    if missing:
        raise FileRefused("SHEET_MISSING", reading.path.name, sheets="”“".join(missing))
