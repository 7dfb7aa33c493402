"""`doudi template`: an empty workbook for households, with drop-downs, notes and one filled example."""

from __future__ import annotations

import argparse
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from doudi.cli import Exit, Refusal
from doudi.intake.sheets import HOUSEHOLD, INCOME, ITEMS, PERSON, Column, Sheet, sheets
from doudi.intake.workbooks import HEAD
from doudi.law.rulebook import Law

ROWS = 5000
"""Rows that get a drop-down."""
BOLD = Font(bold=True)
REQUIRED, OPTIONAL = PatternFill("solid", fgColor="123F7D"), PatternFill("solid", fgColor=HEAD)
_AS_TEXT = {"text", "id", "region", "place", "month", "date", "code", "bool"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """OUT."""
    parser.add_argument("out", metavar="文件", nargs="?", type=Path, default=Path("低收入家庭填报表.xlsx"))


def run(args: argparse.Namespace) -> int:
    """Writes the workbook; refuses to overwrite a file, which may be filled in already."""
    out: Path = args.out
    if out.suffix.lower() != ".xlsx":
        raise Refusal(f"{out}：模板是 Excel 工作簿，文件名请以 .xlsx 结尾", Exit.USAGE)
    if out.exists():
        raise Refusal(f"{out}：文件已存在，可能已经填过，不覆盖。请换一个名字，或先移走它", Exit.USAGE)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        workbook(Law.load()).save(out)
    except OSError as error:
        raise Refusal(f"{out}：写不进去（{error.strerror}），请换一个位置") from None
    print(f"已写出空白模板：{out}\n填好后测算：doudi assess {out} --on 日期 --out 结果.xlsx")
    return Exit.OK


def workbook(law: Law) -> Workbook:
    """The template: 说明, the five sheets, 示例, and a hidden sheet of choices."""
    texts = tomllib.loads(Path(__file__).with_name("template.toml").read_text(encoding="utf-8"))
    book, known = Workbook(), sheets(law)
    guide = book.active
    guide.title = "说明"
    for line in texts["guide"]:
        guide.append([line])
    guide.column_dimensions["A"].width, guide["A1"].font = 110, Font(bold=True, size=14)
    choices = book.create_sheet("选项")
    for sheet in known.values():
        _empty_sheet(book.create_sheet(sheet.title), sheet, choices)
    _example(book.create_sheet("示例"), known, texts["example"])
    book.move_sheet(choices, len(book.sheetnames))
    choices.sheet_state = "hidden"
    book.active = 1
    return book


def _empty_sheet(page: Worksheet, sheet: Sheet, choices: Worksheet) -> None:
    page.freeze_panes = "C2" if sheet.title in (HOUSEHOLD, PERSON) else "B2"
    page.row_dimensions[1].height = 32
    for at, column in enumerate(sheet.columns, 1):
        letter = get_column_letter(at)
        _head(page.cell(1, at), column)
        width = 22 if column.kind == "id" else max(12, 2 * len(column.label) + 2)
        page.column_dimensions[letter].width = width
        if column.kind in _AS_TEXT:
            page.column_dimensions[letter].number_format = "@"
        rule = _validation(column, choices)
        if rule:
            rule.add(f"{letter}2:{letter}{ROWS}")
            page.add_data_validation(rule)


def _head(cell: Any, column: Column) -> None:
    cell.value, cell.alignment = (
        column.label,
        Alignment(wrap_text=True, vertical="center", horizontal="center"),
    )
    cell.font, cell.fill = (
        (Font(bold=True, color="FFFFFF"), REQUIRED) if column.required else (BOLD, OPTIONAL)
    )
    said = ["必填" if column.required else "可空", column.note]
    said += ["可填：" + "、".join(column.labels.values())] if column.labels else []
    said += ["填“是”或“否”"] if column.kind == "bool" else ["例：2025-10-09"] if column.kind == "date" else []
    cell.comment = Comment("\n".join(line for line in said if line), "doudi", width=300, height=140)


def _validation(column: Column, choices: Worksheet) -> DataValidation | None:
    """A drop-down. It warns and does not forbid: other accepted spellings may be pasted in."""
    if column.kind == "bool":
        formula = '"是,否"'
    elif column.labels:
        # A list typed into the rule itself may have 255 characters; the income items alone have more.
        at = choices.max_column + 1 if choices["A1"].value else 1
        for row, label in enumerate(column.labels.values(), 1):
            choices.cell(row, at, label)
        letter = get_column_letter(at)
        formula = f"选项!${letter}$1:${letter}${len(column.labels)}"
    else:
        return None
    rule = DataValidation(
        "list", formula1=formula, allow_blank=True, errorStyle="warning", showErrorMessage=True
    )
    rule.errorTitle, rule.error = "请核对", "这不是列表中的内容，确定要这样填吗？"
    return rule


def _example(page: Worksheet, known: Mapping[str, Sheet], document: Mapping[str, Any]) -> None:
    key = {"household_id": document["household"]["household_id"]}
    rows: dict[str, list[Mapping[str, Any]]] = {
        HOUSEHOLD: [document["household"]],
        PERSON: [{**member, **key} for member in document["members"]],
        INCOME: [{**item, **key, "name": who} for who, item in _incomes(document)],
    }
    rows |= {
        title: [{**row, **key} for row in document[name]] for title, name in ITEMS.items() if title != INCOME
    }
    for title, sheet in known.items():
        page.append([f"“{title}”表这样填："])
        page.cell(page.max_row, 1).font = BOLD
        page.append([column.label for column in sheet.columns])
        for cell in page[page.max_row]:
            cell.fill = OPTIONAL
        for row in rows[title]:
            page.append([row.get(column.key) for column in sheet.columns])
        page.append([])
    for at in range(1, page.max_column + 1):
        page.column_dimensions[get_column_letter(at)].width = 20


def _incomes(document: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    return ((member["name"], item) for member in document["members"] for item in member.get("incomes", ()))
