"""`doudi schema`: the JSON Schema of a household document, made from the law's declared facts."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from doudi.cli import Exit
from doudi.intake.sheets import ASSET, EXPENDITURE, HOUSEHOLD, INCOME, PERSON, Column, Sheet, sheets
from doudi.law.rulebook import Law

_TYPES: dict[str, dict[str, Any]] = {
    "money": {"type": ["string", "number", "null"], "description": "元，最多两位小数"},
    "int": {"type": ["integer", "null"]},
    "bool": {"enum": [True, False, "是", "否", None]},
    "date": {
        "type": ["string", "null"],
        "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
        "examples": ["2025-10-09"],
    },
    "month": {"type": ["string", "null"], "pattern": "^[0-9]{4}-[0-9]{2}$", "examples": ["2025-09"]},
    "id": {"type": ["string", "null"], "description": "18位身份证号，必须是文本"},
    "region": {"type": ["string", "null"], "pattern": "^[0-9]{6,12}$"},
    "place": {"type": ["string", "null"], "pattern": "^[0-9]{2,12}$"},
    "text": {"type": ["string", "null"]},
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """OUT."""
    parser.add_argument("out", metavar="文件", nargs="?", type=Path, help="写到文件；不写则输出到屏幕")


def run(args: argparse.Namespace) -> int:
    """Prints or writes the schema."""
    text = json.dumps(schema(Law.load()), ensure_ascii=False, indent=2)
    if args.out:
        args.out.write_text(text + "\n", encoding="utf-8")
        print(f"已写出：{args.out}")
    else:
        print(text)
    return Exit.OK


def schema(law: Law) -> dict[str, Any]:
    """The JSON Schema (2020-12) of one household, a list of them, or an object with `households`."""
    known = sheets(law)
    rows = {
        title: _object(known[title], without=("household_id", "name", "id_no"))
        for title in (INCOME, EXPENDITURE, ASSET)
    }
    member = _object(known[PERSON], without=("household_id",), optional=("name",))
    member["properties"]["incomes"] = _list(rows[INCOME])
    household = {
        "type": "object",
        "required": ["household", "members"],
        "properties": {
            "household": _object(known[HOUSEHOLD], optional=("household_id",)),
            "members": {**_list(member), "minItems": 1},
            "expenditures": _list(rows[EXPENDITURE]),
            "assets": _list(rows[ASSET]),
        },
        "additionalProperties": False,
    }
    many = _list({"$ref": "#/$defs/household"})
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "家庭",
        "description": "一户、多户的列表，或带 households 的对象。null 与不写都表示不详，不表示没有",
        "oneOf": [
            {"$ref": "#/$defs/household"},
            many,
            {"type": "object", "required": ["households"], "properties": {"households": many}},
        ],
        "$defs": {"household": household},
    }


def _list(of: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": of}


def _object(sheet: Sheet, *, without: Iterable[str] = (), optional: Iterable[str] = ()) -> dict[str, Any]:
    """Sums are allowed beside the sheet's own columns, for a tool that has them instead of rows."""
    columns = {column.key: column for column in sheet.spellings.values() if column.key not in set(without)}
    required = [key for key, column in columns.items() if column.required and key not in set(optional)]
    properties = {key: _property(column) for key, column in columns.items()}
    return {"type": "object", "required": required, "properties": properties, "additionalProperties": False}


def _property(column: Column) -> dict[str, Any]:
    found: dict[str, Any] = {"title": column.label, **_TYPES.get(column.kind, {})}
    if column.labels:
        found["enum"] = [*column.labels, *column.labels.values(), *([] if column.required else [None])]
    if column.note:
        found["description"] = column.note
    if column.kind == "int":
        found |= {"minimum": column.lowest, "maximum": column.highest}
    return found
