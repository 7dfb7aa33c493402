"""Rows with meaning: a grid's header read, its cells converted, every fault named with its place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from doudi.intake.cells import LONGEST_OF, Raw, Value, is_blank, told
from doudi.intake.findings import CellError, FileRefused, Finding, said
from doudi.intake.grids import Grid, Row
from doudi.intake.sheets import ITEMS, Column, Sheet
from doudi.kernel.money import format_yuan

HEADER_WITHIN = 10
"""A header stands in the first rows; offices put a title and a date above it."""


@dataclass(slots=True)
class Record:
    """One row: its known values by column key (unknown ones absent). `bad` when any cell was refused.

    `within` ties an item of a JSON document to its member; rows of a sheet name the person instead. `columns`
    are the headers as the file spells them; a JSON row has its `path` instead.
    """

    sheet: str
    file: str
    row: int
    values: dict[str, Value] = field(default_factory=dict)
    bad: bool = False
    within: Record | None = None
    path: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)

    @property
    def household(self) -> str:
        """The household's number as the row says it, or empty."""
        return str(self.values.get("household_id") or "")

    def fault(self, code: str, key: str = "", **blanks: object) -> Finding:
        """A fault of this row, which spoils it. `key` names the column, `blanks` fill the message."""
        self.bad = True
        return self._finding(code, key, *said(code, blanks))

    def note(self, code: str, key: str = "", **blanks: object) -> Finding:
        """Something to look at; the row stands."""
        return self._finding(code, key, *said(code, blanks), note=True)

    def _finding(self, code: str, key: str, what: str, todo: str, note: bool = False) -> Finding:
        column = self.columns.get(key, self.path + key)
        person = str(self.values.get("name") or "")
        return Finding(
            code, what, todo, self.file, self.sheet, self.row, column, self.household, person, note
        )

    def read(self, cells: Iterable[tuple[Column, Raw]]) -> Iterator[Finding]:
        """Converts the cells of the row into `values`, yielding what is wrong with them."""
        faults: list[tuple[str, CellError]] = []
        amount: Column | None = None
        for column, raw in cells:
            try:
                value = column.blank if is_blank(raw) else _bounded(column, raw)
                if value is None and column.required:
                    raise CellError("REQUIRED", column=column.label)
                amount = column if column.losses else amount
            except CellError as error:
                faults.append((column.key, error))
                continue
            if value is not None:
                self.values[column.key] = value
            if column.kind == "id" and value is not None and len("".join(str(raw).split())) == 15:
                yield self.note("ID_CONVERTED", column.key)
        # After the loop: by now the row knows its household and person, whatever the order of the columns.
        if amount and self.values.get("item") not in amount.losses:
            faults.extend(_below_nothing(amount, self.values))
        for key, fault in faults:
            self.bad = True
            yield self._finding(fault.code, key, fault.what, fault.todo)


def _bounded(column: Column, raw: Raw) -> Value:
    value = told(column.kind, raw, column.codes)
    low, high = column.lowest, column.highest
    longest = LONGEST_OF.get(column.key)
    if isinstance(value, str) and longest and len(value) > longest:
        raise CellError("TEXT_TOO_LONG", limit=longest)
    if isinstance(value, int) and low == 0 and value < 0 and not column.losses:
        raise _negative(column, value)
    if isinstance(value, int) and high is not None and value > high:
        raise CellError("OUT_OF_RANGE", raw=value, lowest=low, highest=high, note=column.note)
    return value


def _below_nothing(column: Column, values: Mapping[str, Value]) -> Iterator[tuple[str, CellError]]:
    """What makes a row a loss, typed as one or by a deduction above the amount."""
    amount, deduction = values.get(column.key), values.get("deduction")
    if isinstance(amount, int) and amount < 0:
        yield column.key, _negative(column, amount)
    elif isinstance(amount, int) and isinstance(deduction, int) and deduction > amount:
        yield "deduction", CellError("DEDUCTION_ABOVE", raw=format_yuan(deduction))


def _negative(column: Column, value: int) -> CellError:
    shown = format_yuan(value) if column.kind == "money" else value
    return CellError("NEGATIVE", raw=shown, note=column.note)


def records(
    grid: Grid, sheet: Sheet, findings: list[Finding], *, not_needed: frozenset[str] = frozenset()
) -> Iterator[Record]:
    """The rows of one grid; the columns `not_needed` may be missing though the sheet asks for them.

    Raises FileRefused when there is no header, a required column is missing, or two columns have one meaning.
    """
    rows = iter(grid.rows)
    looked, heading = _heading(rows, sheet)
    if heading is None and not looked:
        return
    if heading is None:
        raise FileRefused("NO_HEADER", grid.file, sheet=grid.name, rows=HEADER_WITHIN)
    columns = _columns(grid, heading, sheet, findings, not_needed)
    labels = {column.key: str(heading[1][at]).strip() for at, column in columns.items()}
    whole = Record(sheet.title, grid.file, heading[0], columns=labels)
    # Where each row is a person (our sheet of members, every list), no merged cell names two of them.
    whose = set() if sheet.title in ITEMS else {"name", "id_no"}
    fill = _fill_down(grid, columns, whose, whole, findings)
    first: dict[tuple[int, int], Raw] = {}
    for number, cells in rows:
        if all(is_blank(cell) for cell in cells):
            continue
        cells, shared = cells + [None] * (len(heading[1]) - len(cells)), list[str]()
        for at, column in columns.items():
            top = fill.get((number, at), 0)
            if top == number:
                first[top, at] = cells[at]
            elif top:
                shared += whose & {column.key}
                if column.key != "id_no" or not whose:
                    cells[at] = first.get((top, at))
        record = Record(sheet.title, grid.file, number, columns=labels)
        findings.extend(record.read((column, cells[at]) for at, column in columns.items()))
        findings.extend(record.fault("MERGED_PERSON", key, column=labels[key]) for key in shared)
        if number in grid.hidden_rows:
            findings.append(record.note("ROW_HIDDEN"))
        # Of a CSV file only: 1,800 without quotes makes two cells. In a workbook it is a clerk's scribble.
        if grid.file.endswith(".csv") and not all(map(is_blank, cells[len(heading[1]) :])):
            findings.append(record.fault("ROW_TOO_LONG", more=len(cells) - len(heading[1])))
        if grid.encoding and not first:
            first[0, 0] = None
            sample = " ".join(str(cell) for cell in cells if cell is not None)[:60]
            findings.append(whole.note("ENCODING", encoding=grid.encoding, sample=sample))
        yield record


def _heading(rows: Iterator[Row], sheet: Sheet) -> tuple[int, Row | None]:
    """How many rows were looked at, and the first one that holds at least two of the sheet's headers."""
    looked = 0
    for row in rows:
        looked += 1
        known = {column.key for cell in row[1] if cell is not None and (column := sheet.column(cell))}
        if len(known) >= 2:
            return looked, row
        if looked == HEADER_WITHIN:
            break
    return looked, None


def looks_like(grid: Grid, known: Mapping[str, Sheet]) -> list[str]:
    """The sheets whose rows a grid of another name may hold, told by its headers; most often none."""
    rows, alike = [row for _, row in zip(range(HEADER_WITHIN), grid.rows, strict=False)], []
    for title, sheet in known.items():
        _, cells = _heading(iter(rows), sheet)[1] or (0, [])
        found = {column.key for cell in cells if cell is not None and (column := sheet.column(cell))}
        if {column.key for column in sheet.columns if column.required} | {"household_id"} <= found:
            alike.append(title)
    return alike


def _columns(
    grid: Grid, heading: Row, sheet: Sheet, findings: list[Finding], not_needed: frozenset[str]
) -> dict[int, Column]:
    number, cells = heading
    found: dict[int, Column] = {}
    others: list[str] = []
    for at, cell in enumerate(cells):
        column = None if cell is None else sheet.column(cell)
        if column in found.values() and column is not None:
            raise FileRefused("HEADER_TWICE", grid.file, sheet=grid.name, row=number, column=column.label)
        if column is not None:
            found[at] = column
        elif cell is not None:
            others.append(str(cell).strip())
    present = {column.key for column in found.values()} | not_needed
    missing = [column.label for column in sheet.columns if column.required and column.key not in present]
    if missing:
        raise FileRefused(
            "COLUMN_MISSING", grid.file, sheet=grid.name, row=number, columns="”“".join(missing)
        )
    if others:
        whole = Record(sheet.title, grid.file, number)
        findings.append(whole.note("COLUMN_IGNORED", columns="、".join(others)))
    return found


def _fill_down(
    grid: Grid, columns: Mapping[int, Column], whose: set[str], whole: Record, findings: list[Finding]
) -> dict[tuple[int, int], int]:
    """(row, column) -> first row of its merged cell, for the columns that say whose row it is.

    Also for those of `whose`: there each row below the first is refused.
    """
    keys = {"household_id", "head_id", "name", "id_no"} - whose
    filled: dict[tuple[int, int], int] = {}
    seen: dict[str, list[tuple[int, int]]] = {}
    for top, left, bottom, right in grid.merged:
        for at in range(left - 1, right):
            if at in columns and whole.row < top < bottom:
                if columns[at].key not in whose:
                    seen.setdefault(columns[at].key, []).append((top, bottom))
                if columns[at].key in keys | whose:
                    filled |= {(row, at): top for row in range(top, bottom + 1)}
    for key, ranges in seen.items():
        code = "MERGED_KEY" if key in keys else "MERGED_OTHER"
        findings.append(whole.note(code, key, count=len(ranges), top=ranges[0][0], bottom=ranges[0][1]))
    return filled
