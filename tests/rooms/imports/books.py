"""Invented lists as offices hand them in: workbooks and CSV files with a header and rows of text."""

import io
from collections.abc import Sequence
from typing import Any

from openpyxl import Workbook

DIBAO = (
    "乡镇（街道）", "村（社区）", "户编号", "与户主关系", "姓名", "身份证号码", "低保类别", "主要致困原因",
    "劳动能力", "联系电话", "起始年月", "月保障金额（元）", "银行账号",
)  # fmt: skip
DIBAO_SHANDONG = (
    "户月保障金（元）", "批准时间", "户主身份证号", "姓名", "身份证号", "与户主关系",
    "保障类型", "残疾类别", "镇街", "村居名称",
)  # fmt: skip
MONITORING = (
    "乡镇", "行政村", "户编号", "姓名", "证件号码", "与户主关系", "户类型", "监测对象类别", "识别监测时间",
    "风险是否已消除", "致贫/返贫风险1", "人均纯收入（元）", "在校生状况",
)  # fmt: skip
DISABLED = ("姓名", "身份证号", "残疾人证号", "残疾类别", "残疾等级", "乡镇", "村")


def workbook(header: Sequence[str], rows: Sequence[Sequence[Any]], title: str = "名册（2025年）") -> bytes:
    """An .xlsx with a title above the header; every value as text, the way an ID number must be."""
    book = Workbook()
    sheet = book.active
    sheet.title = "Sheet1"
    for row in ([title], header, *rows):
        sheet.append(list(row))
    with io.BytesIO() as kept:
        book.save(kept)
        return kept.getvalue()


def csv_file(header: Sequence[str], rows: Sequence[Sequence[str]], encoding: str = "gb18030") -> bytes:
    """A CSV file as Excel saves it in Chinese Windows."""
    return "\r\n".join(",".join(row) for row in (header, *rows)).encode(encoding)


def dibao_row(number: str, relation: str, name: str, id_no: str, **other: str) -> list[str]:
    """One row of the Guizhou ledger."""
    told = {
        "town": "民主镇", "village": "小白岩村", "kind": "农村低保", "cause": "因病", "labour": "无劳动力",
        "phone": "", "since": "2023-05", "amount": "412.50", "account": "", **other,
    }  # fmt: skip
    return [
        told["town"], told["village"], number, relation, name, id_no, told["kind"], told["cause"],
        told["labour"], told["phone"], told["since"], told["amount"], told["account"],
    ]  # fmt: skip
