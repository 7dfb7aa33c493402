"""A receipt on a terminal: the same parts in the same order as the page; columns know Chinese width."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from doudi.assessment.view import LONGEST_FIGURE, view

SIGNS = {"YES": ("✓", "green"), "NO": ("✗", "red"), "UNCLEAR": ("？", "yellow")}


def show(made: Mapping[str, Any], console: Console) -> None:
    """Print a receipt. Names are printed as they are: nothing in them is read as markup."""
    shown = view(made)
    console.print(Text(f"{shown['title']}：救助资格与金额测算依据", style="bold"))
    number = f" · 户编号 {shown['number']}" if shown["number"] else ""
    console.print(Text(f"{shown['place']} · {shown['size']}{number} · 核定日期 {shown['on']}", style="dim"))
    for title, parts in _sections(shown):
        console.print()
        console.print(Text(title, style="bold"))
        for part in parts:
            console.print(Padding(part, (0, 0, 0, 2)))
    console.print()
    console.print(Text(f"校验值 {shown['hashes']['results']}；政策版本 {shown['law'][:12]}", style="dim"))


def _sections(shown: Mapping[str, Any]) -> Iterator[tuple[str, list[RenderableType]]]:
    yield "结论", list(_answer(shown))
    if shown["unclear"]:
        rows = [
            (f"{row['label']}\n{row['who']}", f"{row['ask']}\n关系到：{row['schemes']}")
            for row in shown["unclear"]
        ]
        yield f"需要补充的情况（{len(rows)}项）", [_columns(rows)]
    if shown["refused"] or shown["elsewhere"] or shown["unasked"]:
        yield "为什么不是其他类别", list(_refused(shown))
    for part in shown["met"]:
        yield f"逐项条件：{part['label']} {part['who']}".rstrip(), [_conditions(part["conditions"])]
    for part in shown["working"]:
        yield f"怎么算出来的：{part['who']}", list(_working(part))
    if shown["uncounted"]:
        yield (
            "没有计入的收入",
            [Text("；".join(shown["uncounted"]) + "。按核定日的口径，这些收入不参与计算。")],
        )
    if shown["values"] or shown["assumed"]:
        yield "用到的政策数值", list(_values(shown))


def _answer(shown: Mapping[str, Any]) -> Iterator[RenderableType]:
    for one in shown["sentences"]:
        yield Text.assemble(("✓ ", "green"), (one["text"], "bold"))
        yield Padding(Text(f"依据：{one['basis']}", style="dim"), (0, 0, 0, 2))
    if shown["undecided"]:
        yield Text.assemble(("？", "yellow"), shown["undecided"])
    if shown["opening"]:
        yield Text(shown["opening"])
    if shown["total"]:
        yield Text.assemble("已能确定的金额合计：" if shown["partly"] else "合计：", (shown["total"], "bold"))
    if shown["marks"]:
        yield Text(f"用到的数值里，这些没有文件明文规定：{shown['marks']}。", style="yellow")


def _refused(shown: Mapping[str, Any]) -> Iterator[RenderableType]:
    if shown["refused"]:
        yield _columns((row["label"], _reasons(row)) for row in shown["refused"])
    if shown["unasked"]:
        yield Text(f"这次没有提出：{shown['unasked']}。需要时可以另行申请。", style="dim")
    if shown["elsewhere"]:
        yield Text(f"核定日在本地没有实行：{shown['elsewhere']}。", style="dim")


def _reasons(row: Mapping[str, Any]) -> Text:
    told = Text()
    for at, reason in enumerate(row["reasons"]):
        who = f"{reason['who']}：" if reason["who"] else ""
        detail = f"：{reason['detail']}" if reason["detail"] else ""
        told.append(f"{'' if at == 0 else chr(10)}{who}{reason['text']}").append(detail, style="bold")
        told.append(f"。{reason['next']}。" if row["low_income"] and reason["next"] else "").append(
            f"\n{reason['article']}", "dim"
        )
    return told


def _conditions(tests: Iterable[Mapping[str, Any]]) -> Table:
    table = _grid(1)
    table.add_column()
    table.add_column(overflow="fold")
    for test in tests:
        detail = f"（{test['detail']}）" if test["detail"] else ""
        table.add_row(
            Text(*SIGNS[test["verdict"]]), Text.assemble(test["label"], detail, (f"  {test['cites']}", "dim"))
        )
    return table


def _working(part: Mapping[str, Any]) -> Iterator[RenderableType]:
    if part["facts"]:
        yield Text("；".join(f"{row['label']} {row['shown']}" for row in part["facts"]), style="dim")
    table = _grid(2, expand=True)
    table.add_column(ratio=1, overflow="fold")
    table.add_column(justify="right", no_wrap=True)
    for row in part["rows"]:
        formula = f" = {row['formula']}" if row["formula"] else ""
        # A notice is a sentence: in the column of the figures it would leave the working no room.
        said, figure = ("", row["shown"]) if len(row["shown"]) <= LONGEST_FIGURE else (row["shown"], "")
        table.add_row(
            Text.assemble(
                row["label"], formula, (f"：{said}" if said else "", "bold"), (f"\n{row['cites']}", "dim")
            ),
            Text(figure, style="bold"),
        )
    yield table


def _values(shown: Mapping[str, Any]) -> Iterator[RenderableType]:
    table = _grid(2, expand=True)
    table.add_column(ratio=1, overflow="fold")
    table.add_column(justify="right", overflow="fold")
    for row in shown["values"]:
        since = f"，{row['since']}起" if row["since"] else ""
        named = Text.assemble(row["label"], (f"\n{row.get('cites', '')}{since}", "dim"))
        table.add_row(
            named, Text.assemble((row["shown"], "bold"), (f" {row['mark']}" if row["mark"] else "", "yellow"))
        )
    yield table
    if shown["assumed"]:
        yield Text("另按下列口径处理。" + "".join(shown["assumed"]), style="dim")


def _columns(rows: Iterable[tuple[RenderableType | str, RenderableType | str]]) -> Table:
    table = _grid(3)
    table.add_column(max_width=32, overflow="fold")
    table.add_column(overflow="fold")
    for left, right in rows:
        table.add_row(*(Text(one) if isinstance(one, str) else one for one in (left, right)))
    return table


def _grid(gap: int, *, expand: bool = False) -> Table:
    return Table.grid(padding=(0, gap), expand=expand)
