"""Files handed back in the user's own kind: the input with its faulty cells marked, and tables beside it.

Text stays text: a name that starts with = is never a formula, neither in a workbook nor in a CSV file that a
spreadsheet opens.
"""

from __future__ import annotations

import csv
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from doudi.intake.findings import HEADERS, Finding
from doudi.intake.grids import guarded
from doudi.intake.reading import Kind, Reading, grids
from doudi.intake.sheets import sheet_title
from doudi.kernel.money import format_yuan

IN_PLACE_BYTES = 2**20
"""A workbook up to this size is changed in place and keeps its looks; openpyxl needs 50 times its size."""
MAX_COMMENTS = 3000
RED, AMBER, HEAD = (PatternFill("solid", fgColor=color) for color in ("FDECEA", "FFF3E0", "E9F1FB"))
BOLD, WRAP = Font(bold=True), Alignment(vertical="top", wrap_text=True)
_ILLEGAL = dict.fromkeys(i for i in range(32) if i not in (9, 10, 13))

Marks = Mapping[tuple[str, int], Sequence[Finding]]


@dataclass(frozen=True)
class Table:
    """A table to write: `columns` are (key, Chinese header, text | money | int | coded), rows in that order.

    Money is fen; it is written as yuan, in a workbook as a number. A coded value is (code, Chinese label):
    programs get the code, people the label. None is an empty cell.
    """

    title: str
    name: str
    columns: Sequence[tuple[str, str, str]]
    rows: Iterable[Sequence[Any]]


def problem_table(findings: Iterable[Finding]) -> Table:
    """Every finding as a row of a table 问题."""
    rows = [finding.cells() for finding in findings]
    return Table("问题", "problems", [(header, header, "text") for header in HEADERS], rows)


def write(kind: Kind, out: Path, tables: Sequence[Table], *, source: Reading, marked: bool = False) -> None:
    """Writes tables as a workbook, a CSV folder or a JSON file, whole or not at all. Raises OSError.

    A workbook made from a workbook, and every file when `marked`, holds the input too, marked if so.
    """
    marks: dict[tuple[str, int], list[Finding]] = {}
    for finding in source.findings if marked else ():  # a note about a whole sheet marks no cell
        if finding.column or not finding.note:
            marks.setdefault((finding.sheet, finding.row), []).append(finding)
    with _whole(out) as new:
        if kind is Kind.EXCEL:
            _workbook(new, tables, source, marks)
        elif kind is Kind.CSV:
            _folder(new, tables, source if marked else None, marks)
        else:
            _json(new, tables, source if marked else None, marks)


@contextmanager
def _whole(out: Path) -> Iterator[Path]:
    """A path to write to that takes the place of `out` only when everything is written."""
    out.parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=out.parent, prefix=".doudi-"))
    try:
        new = folder / out.name
        yield new
        if new.is_dir() and out.is_dir():
            for file in new.iterdir():
                os.replace(file, out / file.name)
        else:
            os.replace(new, out)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


# --- workbook -------------------------------------------------------------------------------------


def _workbook(out: Path, tables: Sequence[Table], source: Reading, marks: Marks) -> None:
    book = _loaded(source)
    if book is None:
        book = Workbook(write_only=True)
        for grid in grids(source) if source.kind is Kind.EXCEL else ():
            _copy(book, grid.name, grid.rows, marks)
    else:
        _mark(book, marks)
    for table in tables:
        if table.title in book.sheetnames:
            del book[table.title]
        sheet = book.create_sheet(table.title)
        kinds = [kind for _, _, kind in table.columns]
        for at, (_, header, kind) in enumerate(table.columns, 1):
            width = 60 if header in {"问题", "怎么办"} else 14 if kind == "text" else 12
            sheet.column_dimensions[get_column_letter(at)].width = max(width, 2 * len(header) + 2)
        sheet.freeze_panes = "A2"
        sheet.append([_text(sheet, header, head=True) for _, header, _ in table.columns])
        for row in table.rows:
            sheet.append([_cell(sheet, value, kind) for value, kind in zip(row, kinds, strict=True)])
    book.save(out)


def _loaded(source: Reading) -> Workbook | None:
    """The user's workbook to be changed in place; None when it is large, old, or odd: then it is copied."""
    if source.kind is not Kind.EXCEL or source.path.suffix.lower() != ".xlsx":
        return None
    if source.path.stat().st_size > IN_PLACE_BYTES:
        return None
    try:
        return load_workbook(source.path)
    except (
        Exception
    ):  # openpyxl trips over unusual styles and extensions in a dozen ways; the cells can still be had
        return None


def _mark(book: Workbook, marks: Marks) -> None:
    for sheet in book.worksheets:
        title = sheet_title(sheet.title)
        for (where, row), findings in marks.items():
            for finding in findings if where == title and row else ():
                cells = [cell for cell in _header_row(sheet, finding) if cell.row == row] or [
                    sheet.cell(row, 1)
                ]
                cells[0].fill = AMBER if finding.note else RED
                cells[0].comment = _comment(finding, cells[0].comment)


def _header_row(sheet: Any, finding: Finding) -> list[Any]:
    for row in sheet.iter_rows(min_row=1, max_row=10):
        for cell in row:
            if finding.column and str(cell.value or "").strip() == finding.column:
                return [sheet.cell(finding.row, cell.column)]
    return []


def _comment(finding: Finding, before: Comment | None = None) -> Comment:
    text = f"{finding.what}。{finding.todo}。"
    return Comment(f"{before.text}\n{text}" if before else text, "doudi", width=320, height=120)


def _copy(book: Workbook, name: str, rows: Iterable[tuple[int, list[Any]]], marks: Marks) -> None:
    """A sheet's values, row by row: nothing of a large workbook is ever held but one row."""
    sheet, title = book.create_sheet(name), sheet_title(name)
    headers: dict[str, int] = {}
    last = comments = 0
    for number, values in rows:
        for _ in range(last + 1, number):
            sheet.append([])
        last = number
        if number <= 10:
            headers |= {str(value).strip(): at for at, value in enumerate(values) if value is not None}
        cells = [_cell(sheet, value, "text") for value in values]
        for finding in marks.get((title or "", number), ()):
            at = headers.get(finding.column, 0)
            cells += [_text(sheet, "") for _ in range(at + 1 - len(cells))]
            if cells[at] is None:
                cells[at] = _text(sheet, "")
            cells[at].fill = AMBER if finding.note else RED
            comments += 1
            if comments <= MAX_COMMENTS:
                cells[at].comment = _comment(finding, cells[at].comment)
        sheet.append(cells)


def _cell(sheet: Any, value: Any, kind: str) -> Any:
    if value is None:
        return None
    if kind == "coded":
        value = value[1]
    if kind == "money":
        cell = WriteOnlyCell(sheet, value=Decimal(value).scaleb(-2))
        cell.number_format = "#,##0.00"
        return cell
    return _text(sheet, value) if isinstance(value, str) else WriteOnlyCell(sheet, value=value)


def _text(sheet: Any, text: str, *, head: bool = False) -> Any:
    cell = WriteOnlyCell(sheet, value=text.translate(_ILLEGAL)[:32000])
    cell.data_type = "s"  # openpyxl takes "=1+1" for a formula and "#N/A" for an error
    cell.number_format = "@"
    if head:
        cell.font, cell.fill, cell.alignment = BOLD, HEAD, WRAP
    return cell


# --- CSV and JSON ---------------------------------------------------------------------------------


def _folder(out: Path, tables: Sequence[Table], source: Reading | None, marks: Marks) -> None:
    out.mkdir()
    for table in tables:
        texts = (
            [_plain(v, kind) for v, (_, _, kind) in zip(row, table.columns, strict=True)]
            for row in table.rows
        )
        _csv(out / f"{table.title}.csv", [[header for _, header, _ in table.columns]], texts)
    for grid in grids(source) if source else ():
        rows = ([*map(str, _blanks(cells)), _said(marks, grid.name, number)] for number, cells in grid.rows)
        _csv(out / grid.file, rows)


def _blanks(cells: Iterable[Any]) -> Iterator[Any]:
    return ("" if cell is None else cell for cell in cells)


def _said(marks: Marks, name: str, row: int) -> str:
    found = marks.get((sheet_title(name) or "", row), ())
    return "；".join(f"{finding.column}：{finding.what}" for finding in found)


def _csv(path: Path, *parts: Iterable[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        for rows in parts:
            writer.writerows([guarded(text) for text in row] for row in rows)


def _plain(value: Any, kind: str) -> str:
    if value is None:
        return ""
    if kind == "money":
        return format_yuan(value).replace(",", "")
    return str(value[1]) if kind == "coded" else str(value)


def _json(out: Path, tables: Sequence[Table], source: Reading | None, marks: Marks) -> None:
    content: dict[str, Any] = {table.name: list(_objects(table)) for table in tables}
    if source:
        said: dict[int, list[str]] = {}
        for (_, number), findings in marks.items():
            said.setdefault(number, []).extend(map(str, findings))
        content["households"] = [
            {**household, "problems": said[number]} if isinstance(household, dict) else household
            for number, household in enumerate(source.content, 1)
            if number in said
        ]
    with out.open("w", encoding="utf-8") as file:
        json.dump(content, file, ensure_ascii=False, indent=1, default=str)


def _objects(table: Table) -> Iterator[dict[str, Any]]:
    for row in table.rows:
        yield {
            key: value
            if value is None or kind in {"text", "int"}
            else value[0]
            if kind == "coded"
            else _plain(value, kind)
            for (key, _, kind), value in zip(table.columns, row, strict=True)
        }
