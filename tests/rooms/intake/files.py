"""Household files as offices send them, made small: one good family that each test spoils in its own way."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from doudi.intake.reading import Reading, read
from doudi.kernel.resident_id import ResidentId
from doudi.law.rulebook import Law

ON = date(2020, 12, 7)
HEADERS = {
    "家庭": ["户编号", "地区代码", "城乡类型", "收入申报完整"],
    "成员": ["户编号", "姓名", "与户主关系", "身份证号", "出生日期", "性别", "残疾等级"],
    "收入": ["户编号", "姓名", "身份证号", "收入项目", "月份", "金额", "扣除"],
    "支出": ["户编号", "支出项目", "月份", "金额"],
    "财产": ["户编号", "财产种类", "数量", "价值", "是否豁免"],
}


def id_no(year: int, serial: int = 1) -> str:
    """A valid number of nobody."""
    return ResidentId.make("999999", date(year, 5, 6), serial).number


ZHANG, LI = id_no(1970, 1), id_no(1972, 2)


def good() -> dict[str, list[list[Any]]]:
    """The rows of a family of two with income, expenditure and property, and of a second family of one."""
    return {
        "家庭": [["1", "370784", "农村", "是"], ["2", "370784101", "城镇", None]],
        "成员": [
            ["1", "张三", "户主", ZHANG, None, None, 0],
            ["1", "李四", "配偶", LI, "1972-05-06", "女", None],
            ["2", "王五", "户主", id_no(1950, 3), None, None, None],
        ],
        "收入": [
            ["1", "张三", None, "工资薪金", "2020-10", 1234.5, 150],
            ["1", None, LI, "种植", "2020-09", "4,800.00", None],
        ],
        "支出": [["1", "医疗自付", "2020-08", 300]],
        "财产": [["1", "存款", None, 5000, None], ["1", "机动车辆", 1, None, "是"]],
    }


def tables(rows: dict[str, list[list[Any]]]) -> dict[str, list[list[Any]]]:
    """Rows under their headers."""
    return {title: [HEADERS[title], *rows[title]] for title in rows}


def excel(path: Path, sheets: dict[str, list[list[Any]]]) -> Path:
    """Writes sheets of raw rows as a workbook; text stays text."""
    book = Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        page = book.create_sheet(title)
        for number, row in enumerate(rows, 1):
            for at, value in enumerate(row, 1):
                cell = page.cell(number, at, value)
                if isinstance(value, str):
                    cell.data_type = "s"
    book.save(path)
    return path


def csv_folder(
    folder: Path, sheets: dict[str, list[list[Any]]], encoding: str = "utf-8", comma: str = ","
) -> Path:
    """Writes sheets of raw rows as a folder of CSV files."""
    folder.mkdir(exist_ok=True)
    for title, rows in sheets.items():
        with (folder / f"{title}.csv").open("w", encoding=encoding, newline="") as file:
            csv.writer(file, delimiter=comma).writerows(rows)
    return folder


def read_rows(tmp_path: Path, rows: dict[str, list[list[Any]]], law: Law, **options: Any) -> Reading:
    """Reads rows through a workbook."""
    return read(excel(tmp_path / "表.xlsx", tables(rows)), law=law, on=ON, **options)


def codes(reading: Reading, *, notes: bool = False) -> list[str]:
    """The codes of what was found, in order."""
    return [finding.code for finding in reading.findings if finding.note == notes]
