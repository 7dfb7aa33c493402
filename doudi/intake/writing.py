"""Files handed back in the user's own kind: the input with its faulty cells marked, and tables beside it.

Text stays text: a name that starts with = is never a formula, neither in a workbook nor in a CSV file that a
spreadsheet opens.
"""

from __future__ import annotations

import csv
import importlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from doudi.intake.findings import HEADERS, Finding
from doudi.intake.grids import guarded
from doudi.intake.reading import Kind, Reading, grids
from doudi.intake.sheets import sheet_title
from doudi.kernel.money import format_yuan

Marks = Mapping[tuple[str, int], Sequence[Finding]]
"""(sheet, row) -> what to mark in it."""


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


def write(
    kind: Kind, out: Path, tables: Sequence[Table], *, source: Reading | None = None, marked: bool = False
) -> None:
    """Writes tables as a workbook, a CSV folder or a JSON file, whole or not at all. Raises OSError.

    A workbook made from a workbook, and every file when `marked`, holds the input too, marked if so.
    """
    marks: dict[tuple[str, int], list[Finding]] = {}
    for finding in source.findings if source and marked else ():  # a note about a whole sheet marks no cell
        if finding.column or not finding.note:
            marks.setdefault((finding.sheet, finding.row), []).append(finding)
    with _whole(out) as new:
        if kind is Kind.EXCEL:
            # Late: openpyxl, with numpy behind it, is half a second of every start of a web process.
            importlib.import_module("doudi.intake.workbooks").write_workbook(new, tables, source, marks)
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
    if source is None:  # as a sheet's heads, with what must stand beside a figure: that its plan is a default
        content["labels"] = {table.name: {key: label for key, label, _ in table.columns} for table in tables}
    else:
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
