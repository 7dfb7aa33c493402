"""Excel workbooks written: the office's own with faulty cells marked, and tables as further sheets.

A small workbook is changed in place and keeps its looks. A large one is copied row by row, values only:
openpyxl would hold fifty times the file in memory and take five times as long.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter
from openpyxl import Workbook, load_workbook
from openpyxl.cell import Cell
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter

from doudi.intake.findings import Finding
from doudi.intake.reading import Kind, Reading, grids
from doudi.intake.records import HEADER_WITHIN
from doudi.intake.sheets import sheet_title
from doudi.intake.writing import Marks

IN_PLACE_BYTES = 2**18
MAX_COMMENTS = 3000
RED, AMBER, HEAD = "FDECEA", "FFF3E0", "E9F1FB"
MONEY = "#,##0.00"
_ILLEGAL = dict.fromkeys([*(i for i in range(32) if i not in (9, 10, 13)), 0xFFFE, 0xFFFF])
_PLAIN = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
_WIDE = {"问题": 50, "怎么办": 50}


def write_workbook(out: Path, tables: Sequence[Any], source: Reading | None, marks: Marks) -> None:
    """Writes `source`, if it is a workbook, with its marks, then the tables. Raises OSError."""
    source = source if source and source.kind is Kind.EXCEL else None
    book = _loaded(source.path) if source else None
    if book is None:
        _fresh(out, tables, source, marks)
    else:
        _in_place(book, out, tables, marks)


def _loaded(path: Path) -> Workbook | None:
    if path.suffix.lower() != ".xlsx" or path.stat().st_size > IN_PLACE_BYTES:
        return None
    try:
        return load_workbook(path)
    except Exception:
        # openpyxl trips over unusual styles and extensions in a dozen ways; the cells can still be copied.
        return None


def _said(findings: Sequence[Finding]) -> str:
    return "\n".join(f"{finding.what}。{finding.todo}。" for finding in findings)


def _by_column(findings: Iterable[Finding], headers: Mapping[str, int]) -> dict[int, list[Finding]]:
    """What to say at each column (counted from 0); without a known column, at the first."""
    found: dict[int, list[Finding]] = {}
    for finding in findings:
        found.setdefault(headers.get(finding.column, 0), []).append(finding)
    return found


def _colour(findings: Sequence[Finding]) -> str:
    return AMBER if all(finding.note for finding in findings) else RED


# --- in place -------------------------------------------------------------------------------------


def _in_place(book: Workbook, out: Path, tables: Sequence[Any], marks: Marks) -> None:
    for sheet in book.worksheets:
        title, headers = sheet_title(sheet.title) or sheet.title, dict[str, int]()
        for row in sheet.iter_rows(max_row=HEADER_WITHIN):
            headers |= {str(cell.value).strip(): cell.column - 1 for cell in row if cell.value is not None}
        for (where, number), findings in marks.items() if sheet.sheet_state == "visible" else ():
            for at, said in _by_column(findings if where == title else (), headers).items():
                cell = sheet.cell(max(number, 1), at + 1)
                cell.fill = PatternFill("solid", fgColor=_colour(said))
                cell.comment = Comment(_said(said), "doudi", width=320, height=120)
    for table in tables:
        if table.title in book.sheetnames:
            del book[table.title]
        sheet = book.create_sheet(table.title)
        sheet.freeze_panes = "A2"
        for at, (_, header, _) in enumerate(table.columns, 1):
            sheet.column_dimensions[get_column_letter(at)].width = _width(header)
            _set(sheet.cell(1, at), header, "text")
            sheet.cell(1, at).font, sheet.cell(1, at).fill = (
                Font(bold=True),
                PatternFill("solid", fgColor=HEAD),
            )
        for number, values in enumerate(table.rows, 2):
            for at, (value, (_, _, kind)) in enumerate(zip(values, table.columns, strict=True), 1):
                _set(sheet.cell(number, at), value, kind)
    book.save(out)


def _set(cell: Cell, value: Any, kind: str) -> None:
    value = _cell(value, kind)
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"  # openpyxl takes "=1+1" for a formula and "#N/A" for an error
        cell.number_format = "@"
    elif kind == "money":
        cell.number_format = MONEY


def _cell(value: Any, kind: str) -> Any:
    if kind == "coded" and value is not None:
        value = value[1]
    if isinstance(value, str):
        return value.translate(_ILLEGAL)[:32000] or None
    return Decimal(value).scaleb(-2) if kind == "money" and value is not None else value


def _width(header: str) -> int:
    return _WIDE.get(header, max(12, 2 * len(header) + 2))


# --- copied ---------------------------------------------------------------------------------------


def _fresh(out: Path, tables: Sequence[Any], source: Reading | None, marks: Marks) -> None:
    ours = {table.title for table in tables}
    with xlsxwriter.Workbook(str(out), _PLAIN) as book:
        looks = {
            "text": book.add_format({"num_format": "@"}),
            "money": book.add_format({"num_format": MONEY}),
            RED: book.add_format({"num_format": "@", "bg_color": f"#{RED}", "font_color": "#A4261C"}),
            AMBER: book.add_format({"num_format": "@", "bg_color": f"#{AMBER}", "font_color": "#8A4B00"}),
            HEAD: book.add_format({"num_format": "@", "bg_color": f"#{HEAD}", "bold": True}),
        }  # fmt: skip
        for grid in grids(source) if source else ():
            if grid.name not in ours:
                sheet = book.add_worksheet(grid.name)
                _copy(sheet, grid.name, grid.rows, {} if grid.hidden else marks, looks)
                if grid.hidden:
                    sheet.hide()
        for table in tables:
            sheet = book.add_worksheet(table.title)
            sheet.freeze_panes(1, 0)
            for at, (_, header, _) in enumerate(table.columns):
                sheet.set_column(at, at, _width(header))
                sheet.write_string(0, at, header, looks[HEAD])
            kinds = [kind for _, _, kind in table.columns]
            for number, values in enumerate(table.rows, 1):
                for at, (value, kind) in enumerate(zip(values, kinds, strict=True)):
                    _put(sheet, number, at, _cell(value, kind), looks["money" if kind == "money" else "text"])


def _copy(sheet: Any, name: str, rows: Iterable[tuple[int, list[Any]]], marks: Marks, looks: Any) -> None:
    """A sheet's values, row by row: nothing of a large workbook is ever held but one row."""
    title, headers, comments = sheet_title(name) or name, dict[str, int](), 0
    sheet.set_column(0, 60, 20)  # an ID number fits
    for number, values in rows:
        if number <= HEADER_WITHIN:
            headers |= {str(value).strip(): at for at, value in enumerate(values) if value is not None}
        said = _by_column(marks.get((title, number), ()), headers)
        for at in range(max([len(values), *(at + 1 for at in said)])):
            value = _cell(values[at], "text") if at < len(values) else None
            _put(sheet, number - 1, at, value, looks[_colour(said[at])] if at in said else looks["text"])
            if at in said and comments < MAX_COMMENTS:
                sheet.write_comment(number - 1, at, _said(said[at]), {"author": "doudi", "x_scale": 3})
                comments += 1


def _put(sheet: Any, row: int, column: int, value: Any, look: Any) -> None:
    if value is None:
        sheet.write_blank(row, column, None, look)
    elif isinstance(value, str):
        sheet.write_string(row, column, value, look)
    elif isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    else:
        sheet.write_number(row, column, value, look)
