"""Reads one spreadsheet in a process of its own and prints its rows as JSON lines.

Run as `python -I sheet_parser.py FILE`. A crafted file may claim any size, so this process first looks at
what the archive declares, then limits its own memory and time, and dies alone.
Lines: {"sheet": name, "merged": [...], "hidden": bool, "hidden_rows": [...]} opens a sheet (of .xls and .xlsb
no rows are known as hidden), [row, cells] is one row that is not blank,
{"refused": code, "blanks": {...}} ends badly (codes in messages.toml), {"end": true} ends well.
Dates are ISO text; a formula without a result is BROKEN.
"""

from __future__ import annotations

import json
import re
import signal
import sys
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from pathlib import PurePosixPath
from xml.etree import ElementTree

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetVisibleEnum

with suppress(ImportError):  # not on Windows
    import resource

MAX_UNPACKED, MAX_RATIO, MAX_PARTS = 200 * 2**20, 100, 5000
MAX_ROWS, MAX_COLUMNS, MAX_CELLS = 300_000, 300, 12_000_000
MEMORY, SECONDS = 3 * 2**29, 180
BROKEN = "#公式无结果#"
_CELL = re.compile(
    rb"<(?:\w+:)?c\s([^>]*)>"
    rb"(\s*<(?:\w+:)?f\b[^>]*(?:/>|>[^<]*</(?:\w+:)?f>)\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</(?:\w+:)?c>)?"
)
_PLACE = re.compile(rb"\br=[\"']([A-Z]{1,3})([0-9]{1,7})")
_USED = re.compile(rb"<(?:\w+:)?c\s[^>]*?\br=[\"']([A-Z]{1,3})([0-9]{1,7})[^>]*(?<!/)>")
_HIDDEN = re.compile(rb"<(?:\w+:)?row\s(?=[^>]*\bhidden=[\"'](?:1|true)[\"'])[^>]*?\br=[\"']([0-9]{1,7})")
_WHOLE_ROW = 0
_CHUNK = 4 * 2**20


class Refused(Exception):
    """The file is not safe or not readable: a code of messages.toml and what fills its blanks."""

    def __init__(self, code: str, **blanks: object) -> None:
        super().__init__(code)
        self.code, self.blanks = code, blanks


def main(path: str) -> None:
    """Prints the file's rows; what is refused is printed too, so the exit code is 0 in both cases."""
    if "resource" in globals():
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        signal.alarm(2 * SECONDS)
    answer: dict[str, object] = {"end": True}
    try:
        _print_rows(path, _inspect(path) if zipfile.is_zipfile(path) else {})
    except Refused as refused:
        answer = {"refused": refused.code, "blanks": refused.blanks}
    except PasswordError:
        answer = {"refused": "ENCRYPTED", "blanks": {}}
    except (
        CalamineError,
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        ElementTree.ParseError,
        KeyError,
        EOFError,
    ):
        answer = {"refused": "UNREADABLE", "blanks": {}}
    except (RuntimeError, NotImplementedError, ValueError, OSError):  # an encrypted or oddly packed archive
        answer = {"refused": "UNREADABLE", "blanks": {}}
    print(json.dumps(answer))


def _inspect(path: str) -> dict[str, set[tuple[int, int]]]:
    """Refuses a bomb, a document type, too large a range; returns the marked places by sheet.

    Those are (row, column) of a broken formula, (row, _WHOLE_ROW) of a hidden row.
    """
    broken: dict[str, set[tuple[int, int]]] = {}
    with zipfile.ZipFile(path) as archive:
        parts = archive.infolist()
        unpacked, packed = sum(p.file_size for p in parts), sum(p.compress_size for p in parts)
        if unpacked > MAX_UNPACKED or len(parts) > MAX_PARTS:
            raise Refused("FILE_TOO_LARGE", size=unpacked // 2**20, limit=MAX_UNPACKED // 2**20)
        if unpacked > 2**20 and unpacked > MAX_RATIO * packed:
            raise Refused("ZIP_BOMB", limit=MAX_RATIO)
        names: dict[str, str] = {}
        for part in sorted(parts, key=lambda part: "worksheets/" in part.filename):
            if PurePosixPath(part.filename).suffix.lower() in {".xml", ".rels", ".vml"}:
                if (
                    "worksheets/" in part.filename and not names
                ):  # by now the workbook's own part is inspected
                    names = {where: name for name, where in _sheets(archive).items()}
                broken[part.filename] = _inspect_part(archive, part, names.get(part.filename, part.filename))
        return {name: broken.get(part, set()) for name, part in _sheets(archive).items()}


def _inspect_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo, name: str) -> set[tuple[int, int]]:
    sheet = "worksheets/" in part.filename
    broken: set[tuple[int, int]] = set()
    rows = columns = 0
    for text in _blocks(archive, part, split=b"row>" if sheet else b">"):
        if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
            raise Refused("DTD")
        places = _USED.findall(text) if sheet else ()
        rows = max([rows, *map(int, {row for _, row in places})])
        columns = max([columns, *map(_column, {letters for letters, _ in places})])
        if sheet and b"hidden=" in text:
            broken |= {(int(row), _WHOLE_ROW) for row in _HIDDEN.findall(text) if int(row) <= MAX_ROWS}
        # Few sheets have formulas; looking at each cell of those that have none took half the time.
        if places and any(sign in text for sign in (b"<f", b":f", b't="e"')):
            broken |= _broken(text)
        _refuse_beyond(name, rows, columns)
    return broken


def _broken(text: bytes) -> set[tuple[int, int]]:
    """The places of cells that hold an error, or a formula that was never computed."""
    found = set()
    for cell in _CELL.finditer(text):
        attributes, no_result = cell.groups()
        place = _PLACE.search(attributes)
        if place and not attributes.endswith(b"/") and (no_result or b't="e"' in attributes):
            found.add((int(place[2]), _column(place[1])))
    return found


def _refuse_beyond(sheet: str, rows: int, columns: int) -> None:
    if rows > MAX_ROWS or columns > MAX_COLUMNS or rows * columns > MAX_CELLS:
        limits = {"max_rows": MAX_ROWS, "max_columns": MAX_COLUMNS}
        raise Refused("TOO_MANY_ROWS", sheet=sheet, rows=rows, columns=columns, **limits)


def _blocks(archive: zipfile.ZipFile, part: zipfile.ZipInfo, *, split: bytes) -> Iterator[bytes]:
    """The part in pieces that end after `split`, so no tag is cut in two."""
    rest = b""
    with archive.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            text = rest + chunk
            if text[:2] in (b"\xff\xfe", b"\xfe\xff") or text[:1] == b"\0" or text[1:2] == b"\0":
                raise Refused("UNREADABLE")  # UTF-16 would hide a document type from the search
            cut = text.rfind(split) + len(split)
            if cut < len(split):
                cut = len(text) if len(text) > 4 * _CHUNK else 0
            rest = text[cut:]
            yield text[:cut]
    yield rest


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _sheets(archive: zipfile.ZipFile) -> dict[str, str]:
    """Sheet name -> name of its part; empty for a workbook of another build (.xlsb)."""
    book, links_of = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
    if not {book, links_of} <= set(archive.namelist()):
        return {}
    links = {
        link.get("Id"): link.get("Target", "") for link in ElementTree.fromstring(archive.read(links_of))
    }
    found = {}
    for element in ElementTree.fromstring(archive.read(book)).iter():
        if element.tag.endswith("}sheet"):
            link = next((value for name, value in element.attrib.items() if name.endswith("}id")), "")
            target = links.get(link, "")
            found[element.get("name", "")] = target[1:] if target.startswith("/") else f"xl/{target}"
    return found


def _print_rows(path: str, broken: dict[str, set[tuple[int, int]]]) -> None:
    workbook = CalamineWorkbook.from_path(path)
    for name, visible in [(one.name, one.visible) for one in workbook.sheets_metadata]:
        sheet = workbook.get_sheet_by_name(name)
        _refuse_beyond(name, sheet.total_height, sheet.total_width)
        merged = [[a[0] + 1, a[1] + 1, b[0] + 1, b[1] + 1] for a, b in sheet.merged_cell_ranges or []]
        wrong = broken.get(name, set())
        unseen = {
            "hidden": visible != SheetVisibleEnum.Visible,
            "hidden_rows": [row for row, at in wrong if at == _WHOLE_ROW],
        }
        print(json.dumps({"sheet": name, "merged": merged, **unseen}))
        wrong_rows = {row for row, _ in wrong}
        left = [None] * (sheet.start or (0, 0))[1]  # rows come without the empty columns before the data
        for number, row in enumerate(sheet.iter_rows(), 1):
            cells = left + [_plain(cell) for cell in row]
            if number in wrong_rows:
                cells = [BROKEN if (number, at) in wrong else cell for at, cell in enumerate(cells, 1)]
            while cells and cells[-1] is None:
                cells.pop()
            if cells:
                print(json.dumps([number, cells]))


def _plain(cell: object) -> object:
    if type(cell) is str:
        return cell or None
    if isinstance(cell, datetime) and cell.time() == time():
        return cell.date().isoformat()
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return str(cell)
    return cell


if __name__ == "__main__":
    main(sys.argv[1])
