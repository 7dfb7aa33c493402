"""A Parquet folder as two tables of facts, checked and folded by SQL: millions of rows, none in Python.

household.parquet and person.parquet hold facts under their identifiers (money in fen, dates yyyymmdd or
DATE); income.parquet, expenditure.parquet and asset.parquet, if there, hold rows like those of the sheets.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Protocol

from doudi.intake.findings import HEADERS, FileRefused, Finding, said
from doudi.intake.folding_sql import COMPLETE, SHEETS, facts, summed, totals
from doudi.intake.households import Family
from doudi.intake.records import Record
from doudi.intake.sheets import ASSET, EXPENDITURE, HOUSEHOLD, INCOME, PERSON, Column, sheet_title, sheets
from doudi.intake.table_checks import (
    ASKED,
    BORN,
    FILES,
    Check,
    literal,
    of_cell,
    of_places,
    of_rows_that_meet,
)
from doudi.law.rulebook import Law

PROBLEMS = "问题.parquet"
_SIZES = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT")
_INTS = frozenset({*_SIZES, *(f"U{size}" for size in _SIZES[:3])})
_TYPES = {
    "bool": {"BOOLEAN"},
    "money": _INTS,
    "int": _INTS,
    "date": _INTS | {"DATE"},
    "month": _INTS | {"DATE"},
}
_DATES = {"date": "%Y%m%d", "month": "%Y%m"}


class Backend(Protocol):
    """What is needed of DuckDB (doudi.engine.duck.DuckDB)."""

    def run(self, statement: str) -> None:
        """Run a statement without a result."""

    def rows(self, select: str) -> list[tuple[Any, ...]]:
        """Run a SELECT with a small result."""


@dataclass
class Tables:
    """Where the facts to assess lie, and what was refused on the way (`findings` holds the first of them)."""

    households: Path
    persons: Path
    problems: Path | None = None
    faults: int = 0
    bad: int = 0
    findings: list[Finding] = field(default_factory=list)


def read_tables(
    folder: Path, work: Path, *, db: Backend, law: Law, on: date, region: str | None, shown: int = 100
) -> Tables:
    """Checks a folder and writes the facts of its good households, and its faults, to the folder `work`.

    `region` fills blank codes and, as a prefix, leaves other households out. Raises FileRefused when a file
    or a column cannot be read.
    """
    reader = _Reader(folder, db, law, int(f"{on:%Y%m%d}"), region)
    for title in FILES:
        reader.open(title)
    for name in sorted({file.stem for file in folder.glob("*.parquet")} - set(FILES.values())):
        if alike := sheet_title(name):  # unread, it would mean that nobody has an income
            raise FileRefused("SHEET_UNKNOWN", folder.name, sheet=name, alike=FILES[alike])
    reader.check()
    return reader.write(work, shown)


def families_of(tables: Tables, which: str, *, db: Backend) -> list[Family]:
    """Families out of checked tables, with sums instead of rows. `which` is a SELECT of household_id."""
    found: dict[str, Family] = {}
    for title, file in ((HOUSEHOLD, tables.households), (PERSON, tables.persons)):
        select = f"FROM read_parquet({literal(file)}) SEMI JOIN ({which}) USING (household_id)"
        names = [str(row[0]) for row in db.rows(f"DESCRIBE {select}")]
        for number, row in enumerate(db.rows(select), 1):
            values = {name: value for name, value in zip(names, row, strict=True) if value is not None}
            record = Record(title, file.name, number, values)
            if title == HOUSEHOLD:
                # Folded already: asked again, a sum nobody knows must not become zero.
                record.values = {
                    name: value for name, value in values.items() if name not in COMPLETE.values()
                }
                found[record.household] = Family(record)
            else:
                found[record.household].members.append(record)
    return list(found.values())


class _Reader:
    def __init__(self, folder: Path, db: Backend, law: Law, on: int, region: str | None) -> None:
        self.folder, self.db, self.law, self.on, self.region = folder, db, law, on, region
        self.sheets = sheets(law)
        self.given: dict[str, dict[str, Column]] = {}
        self.notes: list[Finding] = []
        self.checks: list[Check] = []

    # --- opening --------------------------------------------------------------------------------------

    def open(self, title: str) -> None:
        """Makes a view raw_<file> of every column the law knows, in its own type; NULL if it has none."""
        path = self.folder / f"{FILES[title]}.parquet"
        if not path.exists():
            if title in SHEETS:
                return
            raise FileRefused("SHEET_MISSING", self.folder, sheets=path.name)
        source = f"read_parquet({literal(path)}, file_row_number = true)"
        try:
            found = {
                str(name): str(kind) for name, kind, *_ in self.db.rows(f"DESCRIBE SELECT * FROM {source}")
            }
        except Exception as error:  # DuckDB's own class may only be known to the engine
            raise FileRefused("PARQUET_BROKEN", path.name, problem=str(error).splitlines()[0][:100]) from None
        columns = {column.key: column for column in self.sheets[title].spellings.values()}
        if title == INCOME:
            columns["person_id"] = self.sheets[PERSON].spellings["人员编号"]
        asked = [key for key in ASKED if key in columns and not (key == "region_code" and self.region)]
        missing = [key for key in (*asked, *(["person_id"] if title == INCOME else [])) if key not in found]
        if missing:
            raise FileRefused("COLUMN_MISSING", path.name, sheet=title, row=1, columns="”“".join(missing))
        self.given[title] = {key: column for key, column in columns.items() if key in found}
        others = "、".join(sorted(found.keys() - columns.keys() - {"file_row_number"}))
        if others:
            what, todo = said("COLUMN_IGNORED", {"columns": others})
            self.notes.append(Finding("COLUMN_IGNORED", what, todo, path.name, title, note=True))
        parts = [self._select(path, column, found.get(key)) for key, column in columns.items()]
        self.db.run(f"CREATE TEMP VIEW raw_{FILES[title]} AS SELECT {', '.join(parts)} FROM {source}")

    def _select(self, path: Path, column: Column, kind: str | None) -> str:
        text, own = f'"{column.key}"', "VARCHAR"
        if column.kind in _TYPES:
            own = "BOOLEAN" if column.kind == "bool" else "BIGINT"
        if kind is None:
            text = "NULL"
        elif kind not in _TYPES.get(
            column.kind, _INTS | {"VARCHAR"} if column.key.endswith("_id") else {"VARCHAR"}
        ):
            raise FileRefused("PARQUET_TYPE", path.name, column=column.key, found=kind, wanted=own)
        elif kind == "DATE":
            text = f"strftime({text}, '{_DATES[column.kind]}')"
        sql = f"CAST({text} AS {own})"
        if column.key == "person_id":
            sql = f"COALESCE({sql}, CAST(file_row_number AS VARCHAR))"
        return f'{sql} AS "{column.key}"'

    # --- checking -------------------------------------------------------------------------------------

    def check(self) -> None:
        """Fills the table `fault`: number of the check, household_id, person_id, the cell as text."""
        self.db.run(
            "CREATE TEMP TABLE fault (n INTEGER, household_id VARCHAR, person_id VARCHAR, raw VARCHAR)"
        )
        for title, columns in self.given.items():
            tests: list[Check] = []
            for key, column in columns.items():
                filled = key == "region_code" and self.region is not None
                tests += of_cell(title, column, filled=filled)
                if column.kind in ("region", "place"):
                    codes = self.db.rows(f"SELECT DISTINCT {key} FROM raw_{FILES[title]}")
                    tests += of_places(title, column, [code for (code,) in codes], self.law)
            self._one_scan(title, tests)
        for check in of_rows_that_meet(self.given, self.on):
            self.checks.append(check)
            found = f"FROM ({check.test}) AS f(household_id, person_id)"
            self.db.run(
                f"INSERT INTO fault SELECT {len(self.checks) - 1}, household_id, person_id, NULL {found}"
            )

    def _one_scan(self, title: str, checks: Sequence[Check]) -> None:
        """All the checks of single cells of a file in one scan of it."""
        if not checks:
            return
        tests = [f"COALESCE({check.test}, FALSE)" for check in checks]
        cases = ", ".join(
            f"CASE WHEN {test} THEN {{'n': {at}, 'raw': CAST(\"{check.column}\" AS VARCHAR)}} END"
            for at, (test, check) in enumerate(zip(tests, checks, strict=True), len(self.checks))
        )
        self.checks += checks
        person = "person_id" if title in (PERSON, INCOME) else "NULL"
        found = f"SELECT household_id, {person} AS person_id, unnest([{cases}]) AS f FROM raw_{FILES[title]}"
        select = f"SELECT f.n, household_id, person_id, f.raw FROM ({found} WHERE {' OR '.join(tests)})"
        self.db.run(f"INSERT INTO fault {select} WHERE f IS NOT NULL")

    # --- writing --------------------------------------------------------------------------------------

    def write(self, work: Path, shown: int) -> Tables:
        """Writes the facts of the households without fault, and the faults."""
        tables = Tables(work / "household.parquet", work / "person.parquet", findings=self.notes)
        self.db.run(
            "CREATE TEMP TABLE bad AS SELECT DISTINCT household_id FROM fault WHERE household_id IS NOT NULL"
        )
        applied = f'COALESCE(application_date, "on", {self.on})'
        self.db.run(
            f"CREATE TEMP VIEW dated AS SELECT household_id, {applied} AS application_date FROM raw_household"
        )
        self._copy(self._households(applied), tables.households)
        good = f"read_parquet({literal(tables.households)}) AS h USING (household_id)"
        self._copy(self._persons(f"raw_person AS p JOIN {good}"), tables.persons)
        [(tables.faults, tables.bad)] = self.db.rows(
            "SELECT (SELECT COUNT(*) FROM fault), (SELECT COUNT(*) FROM bad)"
        )
        if tables.faults:
            tables.problems = work / PROBLEMS
            self._copy(self._problems(), tables.problems)
            for cells in self.db.rows(f"FROM read_parquet({literal(tables.problems)}) LIMIT {shown}"):
                _, file, sheet, _, column, household, person, what, todo, code = (
                    cell or "" for cell in cells
                )
                tables.findings.append(Finding(code, what, todo, file, sheet, 0, column, household, person))
        return tables

    def _copy(self, select: str, path: Path) -> None:
        self.db.run(f"COPY ({select}) TO {literal(path)} (FORMAT PARQUET)")

    def _households(self, applied: str) -> str:
        region = f"COALESCE(region_code, '{self.region}')" if self.region else "region_code"
        made = {"on": f'COALESCE("on", {self.on})', "application_date": applied, "region_code": region}
        made |= {name: name for name in COMPLETE.values()}  # the persons' sums ask for them
        parts, joins = self._facts(HOUSEHOLD, "h", made, (EXPENDITURE, ASSET))
        inside = f" WHERE starts_with({region}, '{self.region}')" if self.region else ""
        return (
            f"SELECT {parts} FROM (FROM raw_household ANTI JOIN bad USING (household_id)) AS h{joins}{inside}"
        )

    def _persons(self, source: str) -> str:
        made = {"birth_date": f"COALESCE(birth_date, {BORN})"}
        parts, joins = self._facts(PERSON, "p", made, (INCOME,))
        return f"SELECT {parts} FROM {source}{joins}"

    def _facts(self, title: str, owner: str, made: Mapping[str, str], rows: Sequence[str]) -> tuple[str, str]:
        """The columns to select and the joins they need. A fact nobody gave and nothing fills is left out."""
        sums = {name for sheet in rows for name in summed(self.law, sheet)}
        blank = {
            column.key: column.blank for column in self.sheets[title].columns if column.blank is not None
        }
        keys = ["household_id", *(["person_id"] if title == PERSON else [])]
        parts = [f'{owner}."{key}"' for key in keys]
        for key in dict.fromkeys([*self.given[title], *made, *blank]):
            if key in sums or key in keys:
                continue
            sql = made.get(key, f'{owner}."{key}"')
            if key in blank:
                value = str(blank[key])
                sql = f"COALESCE({sql}, {value if isinstance(blank[key], bool) else repr(value)})"
            parts.append(f'{sql} AS "{key}"')
        joins = "".join(totals(self.law, sheet, owner) for sheet in rows if sheet in self.given)
        for sheet in rows:
            parts += facts(self.law, sheet, owner, counted=sheet in self.given)
        return ", ".join(parts), joins

    def _problems(self) -> str:
        rows = []
        for number, check in enumerate(self.checks):
            what, todo = said(check.code, {"raw": "{raw}", **check.blanks})
            texts = (f"{FILES[check.sheet]}.parquet", check.sheet, check.column, what, todo, check.code)
            listed = ", ".join(map(literal, texts))
            rows.append(f"({number}, {listed})")
        shown = "replace(what, '{raw}', COALESCE(raw, ''))"
        cells = ("'未通过'", "file", "sheet", "''", "key", "household_id", "person_id", shown, "todo", "code")
        picked = ", ".join(f'{sql} AS "{header}"' for sql, header in zip(cells, HEADERS, strict=True))
        source = f"(VALUES {', '.join(rows)}) AS c(n, file, sheet, key, what, todo, code)"
        return f"SELECT {picked} FROM fault JOIN {source} USING (n) ORDER BY household_id, n"
