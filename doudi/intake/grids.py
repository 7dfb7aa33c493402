"""Sheets of a workbook and files of a CSV folder as they stand: rows of raw cells with their row numbers."""

from __future__ import annotations

import codecs
import csv
import io
import json
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from doudi.intake.cells import Raw
from doudi.intake.findings import FileRefused

MAX_BYTES = 200 * 2**20
DELIMITERS = (",", "\t", ";", "，", "|")
_PARSER = Path(__file__).with_name("sheet_parser.py")
_MARKS = {codecs.BOM_UTF8: "utf-8", b"\x84\x31\x95\x33": "gb18030"}
_MARKS |= dict.fromkeys((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE), "utf-16")
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")

Row = tuple[int, list[Raw]]


@dataclass(frozen=True)
class Grid:
    """One sheet. `rows` can be read once and, for a workbook, before the next grid; blank rows are left out.

    `merged` holds (first row, first column, last row, last column), counted from 1. `encoding` is set when it
    had to be found out, so that the reader can ask for a look. A spreadsheet does not show what is `hidden`.
    """

    file: str
    name: str
    rows: Iterable[Row]
    merged: tuple[tuple[int, ...], ...] = ()
    encoding: str = ""
    hidden: bool = False
    hidden_rows: frozenset[int] = frozenset()


def refuse_large(path: Path) -> None:
    """Raises FileRefused for a file that would not fit in memory once read."""
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise FileRefused("FILE_TOO_LARGE", path.name, size=size // 2**20, limit=MAX_BYTES // 2**20)


def workbook(path: Path) -> Iterator[Grid]:
    """The sheets of an .xlsx, .xlsm, .xlsb or .xls, in their order. Raises FileRefused.

    The file is parsed in a process of its own, with limited memory and time (see sheet_parser.py).
    """
    command = [sys.executable, "-I", "-X", "utf8", str(_PARSER), str(path.resolve())]
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, stdin=quiet, stdout=subprocess.PIPE, stderr=quiet) as parser:
        try:
            assert parser.stdout is not None
            lines = (json.loads(line) for line in parser.stdout)
            said = next(lines, None)
            while said and "sheet" in said:
                rest = _Rest(lines)
                yield Grid(
                    path.name, said["sheet"], rest, tuple(map(tuple, said["merged"])),
                    hidden=said["hidden"], hidden_rows=frozenset(said["hidden_rows"]),
                )  # fmt: skip
                for _ in rest:  # what the caller did not want
                    pass
                said = rest.after
        finally:
            parser.kill()
    if not said:
        raise FileRefused("PARSER_STOPPED", path.name)
    if "refused" in said:
        raise FileRefused(said["refused"], path.name, **said["blanks"])


class _Rest:
    """The rows up to the next sheet, and then in `after` the line that opened it."""

    def __init__(self, lines: Iterator[Any]) -> None:
        self.lines, self.after = lines, dict[str, Any]()

    def __iter__(self) -> Iterator[Row]:
        for line in () if self.after else self.lines:
            if isinstance(line, dict):
                self.after = line
                return
            yield line[0], line[1]


def delimited(path: Path) -> Grid:
    """One CSV file: encoding by mark, else strict UTF-8, else GB18030; delimiter from the first line.

    A row's number is the one a spreadsheet shows: a quoted line break starts no row. Raises FileRefused.
    """
    refuse_large(path)
    text, encoding = _decode(path)
    if "\x00" in text:
        raise FileRefused("NOT_TEXT", path.name)
    first = next((line for line in text.splitlines() if line.strip()), "")
    return Grid(
        path.name, path.stem, _csv_rows(path, text, max(DELIMITERS, key=first.count)), encoding=encoding
    )


def _decode(path: Path) -> tuple[str, str]:
    content = path.read_bytes()
    marked = next((name for mark, name in _MARKS.items() if content.startswith(mark)), None)
    for encoding in (marked,) if marked else ("utf-8", "gb18030"):
        try:
            text = content.decode(encoding)
            return text.removeprefix("\ufeff"), "" if marked or encoding == "utf-8" else "GB18030"
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
    raise FileRefused("TEXT_ENCODING", path.name, line=line)


def _csv_rows(path: Path, text: str, delimiter: str) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for number, cells in enumerate(reader, 1):
            if any(cell.strip() for cell in cells):
                yield number, [unguarded(cell) or None for cell in cells]
    except csv.Error:
        raise FileRefused("CSV_BROKEN", path.name, line=reader.line_num) from None


def guarded(text: str) -> str:
    """Text for a CSV cell: a spreadsheet that opens the file must not compute it."""
    return f"'{text}" if text.startswith(_DANGEROUS) else text


def unguarded(text: str) -> str:
    """What `guarded` protected."""
    return text[1:] if text.startswith("'") and text[1:].startswith(_DANGEROUS) else text
