"""A JSON file of households as rows, so that the same checks read it (its form: `doudi schema`)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, NoReturn

from doudi.intake.cells import Raw
from doudi.intake.findings import FileRefused, Finding
from doudi.intake.grids import refuse_large
from doudi.intake.records import Record
from doudi.intake.sheets import ASSET, EXPENDITURE, HOUSEHOLD, INCOME, PERSON, Column, Sheet

OURS = {"problems", "results"}
"""Keys that our own output files add to a household; passed over when such a file is read again."""
LISTS = {"expenditures": EXPENDITURE, "assets": ASSET}


def load_json(path: Path) -> list[Any]:
    """The households of a file: a list, an object with `households`, or one household. Raises FileRefused.

    Amounts keep their digits: 1234.50 never becomes a binary fraction.
    """
    refuse_large(path)
    reading: dict[str, Any] = {
        "parse_float": Decimal,
        "parse_constant": _refuse,
        "object_pairs_hook": _no_twice,
    }
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"), **reading)
    except UnicodeDecodeError as error:
        raise FileRefused(
            "TEXT_ENCODING", path.name, line=error.object.count(b"\n", 0, error.start) + 1
        ) from None
    except json.JSONDecodeError as error:
        raise FileRefused("NOT_JSON", path.name, place=f"第 {error.lineno} 行第 {error.colno} 列") from None
    except (ValueError, RecursionError) as error:
        place = str(error)[:80] if isinstance(error, ValueError) else "嵌套太深"
        raise FileRefused("NOT_JSON", path.name, place=place) from None
    if isinstance(content, dict):
        content = content.get("households", [content])
    if not isinstance(content, list):
        raise FileRefused("NOT_HOUSEHOLDS", path.name)
    return content


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"不能有 {name}")


def _no_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError(f"同一个对象里有重复的键：{'、'.join(key for key, _ in pairs)}")
    return found


def json_records(
    file: str, content: list[Any], sheets: Mapping[str, Sheet], findings: list[Finding]
) -> Iterator[Record]:
    """All households' rows. A row's number is the household's place in the list, its column the path."""
    reader = _Reader(file, sheets, findings)
    for number, household in enumerate(content, 1):
        yield from reader.household(number, household)
    if reader.ignored:
        findings.append(Record("", file, 0).note("COLUMN_IGNORED", columns="、".join(sorted(reader.ignored))))


class _Reader:
    def __init__(self, file: str, sheets: Mapping[str, Sheet], findings: list[Finding]) -> None:
        self.file, self.sheets, self.findings = file, sheets, findings
        self.ignored: set[str] = set()

    def household(self, number: int, content: Any) -> Iterator[Record]:
        own = content.get("household") if isinstance(content, dict) else None
        if not isinstance(own, dict):
            self.findings.append(Record(HOUSEHOLD, self.file, number).fault("NOT_A_HOUSEHOLD"))
            return
        self.ignored |= content.keys() - {"household", "members", *LISTS, *OURS}
        key = {"household_id": own.get("household_id") or str(number)}
        record = self._row(HOUSEHOLD, number, {**own, **key}, "household.")
        yield record
        for at, member in enumerate(self._list(content, "members", record)):
            facts = {name: value for name, value in member.items() if name != "incomes"}
            person = self._row(PERSON, number, {**facts, **key}, f"members[{at}].")
            yield person
            for n, income in enumerate(self._list(member, "incomes", person)):
                item = self._row(INCOME, number, {**income, **key}, f"members[{at}].incomes[{n}].")
                item.within = person
                yield item
        for name, sheet in LISTS.items():
            for at, row in enumerate(self._list(content, name, record)):
                yield self._row(sheet, number, {**row, **key}, f"{name}[{at}].")

    def _list(self, content: dict[str, Any], name: str, record: Record) -> list[dict[str, Any]]:
        rows = content.get(name) or []
        if isinstance(rows, list) and all(isinstance(row, dict) for row in rows):
            return rows
        self.findings.append(record.fault("NOT_ROWS", name=name))
        return []

    def _row(self, title: str, number: int, content: dict[str, Any], path: str) -> Record:
        sheet, record = self.sheets[title], Record(title, self.file, number, path=path)
        # A tool that sends sums without names is not asked for names.
        asked = [column for column in sheet.columns if column.required and column.key != "name"]
        cells: dict[str, tuple[Column, Raw]] = {column.key: (column, None) for column in asked}
        for name, raw in content.items():
            column = sheet.column(name)
            if column is None:
                self.ignored.add(name)
            elif isinstance(raw, dict | list):
                cells.pop(column.key, None)
                self.findings.append(record.fault("NOT_A_VALUE", column.key, column=name))
            else:
                cells[column.key] = (column, raw)
        self.findings.extend(record.read(cells.values()))
        return record
