"""What is wrong with a file, said so that a clerk can put it right: where, who, what, what to do."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

HEADERS = ("程度", "文件", "表", "行", "列", "户编号", "人员", "问题", "怎么办", "代码")
"""The columns of every 问题 sheet, file and table, in the order of `Finding.cells`."""


@cache
def messages() -> dict[str, list[str]]:
    """code -> [what is wrong, what to do, and what instead at the desk], with the blanks `said` fills."""
    return tomllib.loads(Path(__file__).with_name("messages.toml").read_text(encoding="utf-8"))


def said(code: str, blanks: dict[str, object]) -> tuple[str, str]:
    """(what is wrong, what to do) in Chinese, without the last stop: whoever shows them ends the sentence."""
    what, todo, *_ = messages()[code]
    return what.format(**blanks), todo.format(**blanks).rstrip("。")


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault (the household is not assessed) or one note (it is, and the officer should know).

    `row` counts as the spreadsheet shows it; 0 means the whole sheet. `column` is the header as the file
    spells it. `person` names whom the row is about, as far as the row itself says. `code` is stable.
    """

    code: str
    what: str
    todo: str
    file: str = ""
    sheet: str = ""
    row: int = 0
    column: str = ""
    household: str = ""
    person: str = ""
    note: bool = False

    def cells(self) -> tuple[str, ...]:
        """The finding as one row under HEADERS, all text."""
        place = (self.file, self.sheet, str(self.row or ""), self.column)
        return (
            "提示" if self.note else "未通过",
            *place,
            self.household,
            self.person,
            self.what,
            self.todo,
            self.code,
        )

    def __str__(self) -> str:
        sheet, row = f"《{self.sheet}》" if self.sheet else self.file, f"第{self.row}行" if self.row else ""
        who = f"（户{self.household}{' ' + self.person if self.person else ''}）" if self.household else ""
        return f"{sheet}{row}{f'“{self.column}”' if self.column else ''}{who}：{self.what}。{self.todo}。"


class FileRefused(Exception):
    """The file as a whole cannot be used; `text` says which, why and what to do, in Chinese."""

    def __init__(self, code: str, file: object = "", **blanks: object) -> None:
        what, todo = said(code, blanks)
        self.code, self.text = code, f"{file}：{what}。{todo}。"
        # At the desk nobody has the command line: no folders, no Parquet, no template of `doudi template`.
        self.at_desk = f"{file}：{what}。{[todo, *messages()[code][2:]][-1].format(**blanks)}。"
        super().__init__(self.text)


class CellError(ValueError):
    """A cell that cannot be read: `code`, `what` is wrong, what `todo`; a kernel error brings its text."""

    def __init__(self, code: str, text: str = "", **blanks: object) -> None:
        if text:
            self.what, _, self.todo = text.replace("，请", "；请", 1).partition("；")
            self.todo = self.todo or "请核对后重新填写"
        else:
            self.what, self.todo = said(code, blanks)
        self.code = code
        super().__init__(self.what)
