"""`doudi sample`: an invented county's household file, for trying things out."""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

import demo
from demo.dirt import soil
from demo.recipe import county
from doudi.cli import Exit, Refusal
from doudi.cli.inputs import day
from doudi.engine import duck
from doudi.intake.reading import Kind
from doudi.intake.sheets import HOUSEHOLD, INCOME, ITEMS, PERSON, Column, Sheet, sheets
from doudi.intake.table_checks import FILES, literal
from doudi.intake.writing import Table, write
from doudi.kernel.money import format_yuan
from doudi.law.rulebook import Law

EXCEL_UP_TO = 20_000
"""Households that still make a workbook; more are written as Parquet only."""
VALUES = Path(demo.__file__).with_name("values.toml")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """OUT_DIR, --households, --seed, --region, --on, --dirty."""
    add = parser.add_argument
    add("out", metavar="文件夹", type=Path, help="写到这个文件夹")
    add("--households", metavar="户数", type=int, default=1000, help="多少户（默认 1000）")
    add("--seed", metavar="数字", type=int, default=1, help="换一个数字，换一批虚构家庭（默认 1）")
    add("--region", metavar="代码", default="990101", help="县级6位代码（默认虚构的示例县 990101）")
    add("--on", metavar="日期", type=day, default=date(2025, 10, 15), help="核定日期（默认 2025-10-15）")
    add("--dirty", action="store_true", help="掺入各种常见的填报错误")


def run(args: argparse.Namespace) -> int:
    """Writes county/ (Parquet), county.xlsx and values.toml."""
    if args.households < 1 or len(args.region) != 6 or not args.region.isdigit():
        raise Refusal("--households 至少 1 户，--region 是县级6位代码", Exit.USAGE)
    if args.dirty and not 40 <= args.households <= EXCEL_UP_TO:
        raise Refusal(f"--dirty 需要 40 至 {EXCEL_UP_TO} 户", Exit.USAGE)
    law, out = Law.load(), args.out
    if out.suffix in {".xlsx", ".xls", ".csv", ".json"} or out.is_file():
        raise Refusal(
            f"{out} 要写成一个文件夹的名字，例如 {out.with_suffix('')}；里面会有 county.xlsx。", Exit.USAGE
        )
    out.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(VALUES, out / "values.toml")
    documents = county(households=args.households, seed=args.seed, region=args.region, on=args.on)
    with duck.connected(out) as db:
        made = [_parquet(documents, out / "county", db, law)]
    if args.households <= EXCEL_UP_TO:
        documents = county(households=args.households, seed=args.seed, region=args.region, on=args.on)
        made.insert(0, out / "county.xlsx")
        write(Kind.EXCEL, made[0], _tables(sheet_rows(documents), law, args))
    print(f"已写出虚构的县级文件（{args.households:,} 户，无真实人员）：{'、'.join(map(str, made))}")
    result = out / ("result.xlsx" if made[0].suffix else "result")
    print(f"测算：doudi assess {made[0]} --on {args.on} --values {out / 'values.toml'} --out {result}")
    return Exit.OK


def _parquet(documents: Iterator[Mapping[str, Any]], folder: Path, db: duck.DuckDB, law: Law) -> Path:
    """Writes the folder's five files, the clean ones always: faults of the hand belong to sheets."""
    folder.mkdir(exist_ok=True)
    types = {title: column_types(sheet) for title, sheet in sheets(law).items()}
    for title, columns in types.items():
        declared = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
        db.run(f"CREATE TEMP TABLE {FILES[title]} ({declared})")
    while chunk := list(islice(documents, EXCEL_UP_TO)):
        for title, rows in sheet_rows(chunk).items():
            columns = types[title]
            db.load("chunk", columns, [[row.get(name) for name in columns] for row in rows])
            db.run(f"INSERT INTO {FILES[title]} FROM chunk")
            db.drop("chunk")
    for name in FILES.values():
        db.run(f"COPY {name} TO {literal(folder / f'{name}.parquet')} (FORMAT PARQUET)")
    return folder


def column_types(sheet: Sheet) -> dict[str, str]:
    """Column -> SQL type of a sheet as a Parquet file."""
    kinds = {"bool": "BOOLEAN", "money": "BIGINT", "int": "BIGINT", "date": "BIGINT", "month": "BIGINT"}
    types = {column.key: kinds.get(column.kind, "VARCHAR") for column in sheet.columns}
    return {"household_id": "VARCHAR", "person_id": "VARCHAR", **types} if sheet.title == INCOME else types


def sheet_rows(documents: Iterable[Mapping[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Documents as rows by sheet, every row with its household's number, income with its person's name."""
    rows: dict[str, list[dict[str, Any]]] = {title: [] for title in (HOUSEHOLD, PERSON, *ITEMS)}
    for document in documents:
        key = {"household_id": document["household"]["household_id"]}
        rows[HOUSEHOLD].append(dict(document["household"]))
        for at, member in enumerate(document["members"], 1):
            person = {**member, **key, "person_id": f"{key['household_id']}-{at}"}
            who = {name: person[name] for name in ("household_id", "person_id", "name", "id_no")}
            rows[PERSON].append(person)
            rows[INCOME] += [{**item, **who} for item in member["incomes"]]
        for title, name in ITEMS.items():
            rows[title] += [{**item, **key} for item in document.get(name, ())]
    return rows


def _tables(rows: dict[str, list[dict[str, Any]]], law: Law, args: argparse.Namespace) -> list[Table]:
    known, cells = sheets(law), dict[str, list[dict[str, Any]]]()
    for title, sheet in known.items():
        cells[title] = [{c.key: _cell(c, row.get(c.key)) for c in sheet.columns} for row in rows[title]]
    if args.dirty:
        soil(cells, seed=args.seed)
    return [
        Table(
            title, title, [(column.key, column.label, "text") for column in sheet.columns],
            [[row.get(column.key) for column in sheet.columns] for row in cells[title]],
        )
        for title, sheet in known.items()
    ]  # fmt: skip


def _cell(column: Column, value: Any) -> Any:
    """A canonical value as an office writes it."""
    if value is None:
        return None
    if column.kind == "money":
        return float(format_yuan(value).replace(",", ""))
    if column.kind == "code":
        return column.labels[value]
    if column.kind == "bool":
        return "是" if value else "否"
    if column.kind in {"date", "month"}:
        text = str(value)
        return "-".join((text[:4], text[4:6], text[6:])).rstrip("-")
    return value
