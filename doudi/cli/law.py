"""`doudi law`: what the law says, where and when, by which document; and whether its values can stand."""

from __future__ import annotations

import argparse
import importlib
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from doudi.cli import Exit, Refusal
from doudi.kernel.region import RegionCode, RegionError
from doudi.law.checks import ERROR, HOLE, KINDS, WARNING, Finding, check
from doudi.law.coverage import coverage, holes, load_claims, own_gaps
from doudi.law.errors import LawTextError, MissingValue
from doudi.law.parameters import Parameter, ymd
from doudi.law.readers import readers
from doudi.law.rulebook import ROOT, Law
from doudi.law.texts import AREAS, STATUSES
from doudi.law.values import Found

HELP = "列出、查询、检查、试算政策数值"
AREA_LABELS = {"URBAN": "城镇", "RURAL": "农村", "": "不分"}

Answer = Found | MissingValue


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """list, show, check and replay, each with the same `--values`, `--region`, `--on` and `--json`."""
    parser.add_argument(
        "action", metavar="做什么", choices=("list", "show", "check", "replay"),
        help="list 列出一地一天的数值；show 查一个参数的数值、依据和历次变化；check 检查数值；"
             "replay 用改后的数值（--values）或另一天（--to）重算，列出谁会变、为什么",
    )  # fmt: skip
    parser.add_argument("name", metavar="参数", nargs="?", help="show 要查的参数，英文名或中文名")
    parser.add_argument("--region", default="", metavar="代码", help="地区代码，如 370784；不写为全国")
    parser.add_argument("--area", choices=AREAS, help="URBAN 城镇，RURAL 农村；不写两者都列")
    parser.add_argument(
        "--on", type=date.fromisoformat, default=None, metavar="日期", help="如 2020-12-07；不写为今天"
    )
    parser.add_argument("--topic", metavar="主题", help="list 只列这个主题，如 标准、程序与时限")
    parser.add_argument("--holes", action="store_true", help="list 只列待填写的")
    parser.add_argument("--values", action="append", default=[], metavar="文件", type=Path,
                        help="县里自己的数值文件或文件夹，可写多次")  # fmt: skip
    replay = parser.add_argument_group("只用于 replay")
    replay.add_argument(
        "--file", metavar="输入", type=Path, help="重算这份家庭文件；不写则重算随附的全部案例"
    )
    replay.add_argument("--base", action="append", default=[], metavar="文件", type=Path,
                        help="改动之前就在用的数值文件，可写多次")  # fmt: skip
    replay.add_argument(
        "--to", type=date.fromisoformat, default=None, metavar="日期", help="与 --on 比较的另一天"
    )
    parser.add_argument("--json", action="store_true", help="输出 JSON")


def run(args: argparse.Namespace) -> int:
    """Exit code OK; INPUT_REFUSED when a values file cannot be used or a check finds an error;
    LAW_VALUE_MISSING when the value asked for is missing.
    """
    try:
        law = Law.load([*args.base, *args.values])
    except LawTextError as problem:
        raise Refusal(f"数值文件不能使用：{problem}") from None
    region = _region(law, args.region)
    if args.action == "replay":
        # Loaded when asked for: it brings the engine and the file readers, for which `show` need not wait.
        return int(importlib.import_module("doudi.cli.law_replay").run(args, region))
    if args.action == "check":
        return _check(law, args, region)
    on = ymd(args.on or date.today())
    if args.action == "show":
        return _show(law, args, region, on)
    return _list(law, args, region, on)


# --- list -------------------------------------------------------------------------------------------------


def _list(law: Law, args: argparse.Namespace, region: str, on: int) -> int:
    topics = sorted({parameter.topic for parameter in law.parameters.values()})
    if args.topic and not any(args.topic in topic for topic in topics):
        raise Refusal(f"没有“{args.topic}”这个主题。可选：{'、'.join(topics)}", Exit.USAGE)
    rows = [
        (parameter, area, answer)
        for parameter in law.parameters.values()
        if not args.topic or args.topic in parameter.topic
        for area in _areas(parameter, args.area)
        for answer in [_answer(law, parameter.name, region, area, on)]
        if not args.holes or isinstance(answer, MissingValue)
    ]
    if args.json:
        _print_json([_as_json(parameter, area, answer) for parameter, area, answer in rows])
        return Exit.OK
    where = law.values.region_name(region)
    table = _table(f"{where} {_day(on)}", "主题", "参数", "城乡", "数值", "状态", "依据", "自", "出自地区")
    for parameter, area, answer in rows:
        table.add_row(
            parameter.topic, f"{parameter.label}\n{parameter.name}", AREA_LABELS[area], *_cells(answer)
        )
    _console().print(table)
    _console().print(
        f"共 {len(rows)} 条，其中待填写 {sum(isinstance(row[2], MissingValue) for row in rows)} 条"
    )
    return Exit.OK


def _cells(answer: Answer) -> tuple[str, ...]:
    if isinstance(answer, MissingValue):
        return "待填写", "", answer.hint or "文件没有规定，当地也没有填写", "", ""
    entry = answer.entry
    return answer.shown, STATUSES[entry.status], entry.cites, _day(answer.from_), answer.region_name


# --- show -------------------------------------------------------------------------------------------------


def _show(law: Law, args: argparse.Namespace, region: str, on: int) -> int:
    parameter = _parameter(law, args.name)
    areas = _areas(parameter, args.area)
    answers = {area: _answer(law, parameter.name, region, area, on) for area in areas}
    histories = {area: law.values.history(parameter.name, region, area) for area in areas}
    missing = any(isinstance(answer, MissingValue) for answer in answers.values())
    if args.json:
        _print_json(
            [
                {
                    **_as_json(parameter, area, answers[area]),
                    "read_by": readers(law)[parameter.name],
                    "history": [_as_json(parameter, area, row, from_, until) for from_, until, row in rows],
                }
                for area, rows in histories.items()
            ]
        )
        return Exit.LAW_VALUE_MISSING if missing else Exit.OK
    console = _console()
    for area, answer in answers.items():
        console.print(_headline(parameter, area, answer, law.values.region_name(region) or region, on))
    table = _table("历次数值", "城乡", "自", "至（不含）", "数值", "状态", "依据", "文件与说明")
    for area, rows in histories.items():
        for from_, until, row in rows:
            table.add_row(AREA_LABELS[area], _day(from_), _day(until), *_history_cells(row))
    console.print(table)
    if parameter.about:
        console.print(f"说明：{parameter.about}")
    console.print(f"谁用它：{'、'.join(readers(law)[parameter.name])}")
    return Exit.LAW_VALUE_MISSING if missing else Exit.OK


def _headline(parameter: Parameter, area: str, answer: Answer, where: str, on: int) -> str:
    if isinstance(answer, MissingValue):
        return f"[bold]{answer}[/bold]"
    entry = answer.entry
    lines = [
        f"[bold]{parameter.label}[/bold]（{where}{AREA_LABELS[area] if area else ''}，{_day(on)}）："
        f"[bold]{answer.shown}[/bold]",
        f"  依据：{entry.cites}（{STATUSES[entry.status]}），核对于 {_day(entry.reviewed)}",
        f"  自 {_day(answer.from_)} 起" + (f"，至 {_day(answer.until)} 前" if answer.until else "，现行"),
        f"  出自：{answer.region_name}（{entry.region or '全国'}），{entry.file} 第{entry.number}条",
    ]
    lines += [f"  可选：{' 至 '.join(map(parameter.show, entry.range))}"] if len(set(entry.range)) > 1 else []
    lines += [f"  说明：{entry.note}"] if entry.note else []
    lines += [f"  存疑：{entry.flag}"] if entry.flag else []
    lines += [
        f"  替代了：{parameter.show(under.values.get(area))}（{STATUSES[under.status]}，{under.cites}）"
        for under in answer.overrides
    ]
    return "\n".join(lines)


def _history_cells(answer: Answer) -> tuple[str, ...]:
    if isinstance(answer, MissingValue):
        return "待填写", "", "", answer.hint
    entry = answer.entry
    remarks = "\n".join(filter(None, (f"{entry.file} 第{entry.number}条", entry.note, entry.flag)))
    return answer.shown, STATUSES[entry.status], entry.cites, remarks


# --- check ------------------------------------------------------------------------------------------------


def _check(law: Law, args: argparse.Namespace, region: str) -> int:
    findings = check(law.values) + own_gaps(law.values)
    findings += coverage(law.values, load_claims(ROOT / "claims.toml", law.values))
    if args.region:
        on = ymd(args.on or date.today())
        findings = [finding for finding in findings if _concerns(finding, region)]
        findings += [hole for hole in holes(law.values, region=region, on=on) if hole not in findings]
    counts = {kind: sum(finding.kind == kind for finding in findings) for kind in KINDS}
    code = Exit.INPUT_REFUSED if counts[ERROR] else Exit.OK
    if args.json:
        replaced = [
            {"parameter": under.parameter, "region": under.region, "by": over.file, "instead_of": under.file}
            for over, under in law.values.overridden()
        ]
        told = [_finding_json(finding) for finding in findings]
        _print_json({"findings": told, "overridden": replaced, **counts})
        return code
    console = _console()
    for kind in (ERROR, WARNING, HOLE):
        _print_findings(law, kind, [finding for finding in findings if finding.kind == kind])
    for over, under in law.values.overridden():
        label = law.parameters[over.parameter].label
        done, cites = ("已填写", over.cites) if under.holes else ("已替代", under.cites)
        console.print(f"{done}：{label}（{under.region or '全国'}，{cites}）← {over.file} 第{over.number}条")
    tests = sum(entry.status == "test" for entry in law.values.entries)
    console.print(
        f"检查了 {len(law.values.entries)} 条数值：错误 {counts[ERROR]}，提醒 {counts[WARNING]}，"
        f"待填写 {counts[HOLE]}，测试数值 {tests}"
    )
    return code


def _finding_json(finding: Finding) -> dict[str, Any]:
    return {key.rstrip("_"): value for key, value in asdict(finding).items()}


def _concerns(finding: Finding, region: str) -> bool:
    return region.startswith(finding.region) or finding.region.startswith(region)


def _print_findings(law: Law, kind: str, findings: Sequence[Finding]) -> None:
    if not findings:
        return
    table = _table(KINDS[kind], "地区", "城乡", "参数", "自", "至（不含）", "内容", "位置")
    grouped: dict[tuple[Any, ...], list[str]] = {}
    for found in findings:
        key = (found.area, found.parameter, found.from_, found.until, found.text, found.where)
        grouped.setdefault(key, []).append(found.region)
    for (area, name, from_, until, text, where), places in grouped.items():
        names = "、".join(law.values.region_name(place) or place for place in places)
        label = law.parameters[name].label
        table.add_row(names, AREA_LABELS[area], label, _day(from_), _day(until), text, where)
    _console().print(table)


# --- common to all three ----------------------------------------------------------------------------------


def _region(law: Law, code: str) -> str:
    if not code:
        return ""
    try:
        region = RegionCode.parse(code).digits
    except RegionError as problem:
        raise Refusal(str(problem), Exit.USAGE) from None
    if law.values.region_name(region) is None:
        raise Refusal(
            f"地区代码 {code} 不在行政区划名录中，请核对；新设的地区可在数值文件的 [regions] 表里写明",
            Exit.USAGE,
        )
    return region


def _parameter(law: Law, name: str | None) -> Parameter:
    if not name:
        raise Refusal(
            "show 后面要写参数名，例如 doudi law show dibao_standard；doudi law list 列出全部参数", Exit.USAGE
        )
    by_label = {parameter.label: parameter for parameter in law.parameters.values()}
    full = name if "最低生活保障" in name else name.replace("低保", "最低生活保障")
    if found := law.parameters.get(name) or by_label.get(name) or by_label.get(full):
        return found
    words = [*law.parameters, *by_label]
    near = sorted((word for word in words if name in word or full in word), key=len)[:5]
    near = near or get_close_matches(name, words, 5, 0.5)
    hint = f"您要查的是不是：{'、'.join(near)}" if near else "用 doudi law list 可以看到全部参数"
    raise Refusal(f"没有“{name}”这个参数。{hint}", Exit.USAGE)


def _areas(parameter: Parameter, area: str | None) -> Iterable[str]:
    if not parameter.by_area:
        return ("",)
    return (area,) if area else AREAS


def _answer(law: Law, name: str, region: str, area: str, on: int) -> Answer:
    try:
        return law.values.explain(name, region, area, on)
    except MissingValue as missing:
        return missing


def _as_json(
    parameter: Parameter, area: str, answer: Answer, from_: int | None = None, until: int | None = None
) -> dict[str, Any]:
    common = {
        "parameter": parameter.name,
        "label": parameter.label,
        "unit": parameter.unit,
        "area": area or None,
    }
    if isinstance(answer, MissingValue):
        return {**common, "value": None, "missing": answer.hint or str(answer), "from": from_, "until": until}
    entry = answer.entry
    return {
        **common,
        "value": answer.value,
        "shown": answer.shown,
        "from": from_ or answer.from_,
        "until": until or answer.until,
        "region": entry.region,
        "region_name": answer.region_name,
        "cites": entry.cites,
        "status": entry.status,
        "reviewed": entry.reviewed,
        "note": entry.note,
        "flag": entry.flag,
        "file": entry.file,
        "entry": entry.number,
    }


def _day(day: int | None) -> str:
    if day is None or day >= 99990000:
        return "—"
    return f"{day // 10000}-{day // 100 % 100:02}-{day % 100:02}"


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", header_style="bold", show_lines=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _console() -> Console:
    # A pipe has no width: rich would fold every row at 80 columns and no `grep` would find a citation.
    return Console(file=sys.stdout, width=None if sys.stdout.isatty() else 240, highlight=False)


def _print_json(content: Any) -> None:
    print(json.dumps(content, ensure_ascii=False, indent=1))
