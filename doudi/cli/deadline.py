"""`doudi deadline`: every date of a case, each with the rule it comes from."""

import argparse
import json
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from doudi.cli import Exit, Refusal
from doudi.cli.inputs import refuse_day_before_law
from doudi.intake.cells import told
from doudi.intake.findings import CellError, said
from doudi.kernel.workdays import WorkCalendar, YearWithoutCalendar
from doudi.law.casefile import CaseDateError, timetable
from doudi.law.errors import LawTextError, MissingValue
from doudi.law.parameters import ymd
from doudi.law.procedures import procedures, words
from doudi.law.procedures.enacted import Place
from doudi.law.rulebook import Law
from doudi.law.spec import Procedure
from doudi.law.steps import NO_LIMIT, Step, Timetable

AREAS = {"URBAN": "URBAN", "RURAL": "RURAL", "城镇": "URBAN", "农村": "RURAL"}
STATUS = {"statutory": "", "default": "系统默认", "test": "测试数值"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `doudi deadline`."""
    parser.add_argument("procedure", nargs="?", help="程序代号或名称；不写则列出全部程序")
    parser.add_argument("--region", metavar="代码", help="办理地的行政区划代码（县6位、乡镇9位）")
    parser.add_argument("--area", choices=AREAS, default="RURAL", metavar="城乡", help="城镇或农村，默认农村")
    parser.add_argument(
        "--accept",
        metavar="日期",
        help="开始计算的日期，例如受理日 2025-10-09；按小时算的写到分 2020-12-12T21:30。"
        "还没有受理、已经告知补齐材料的不写，写 --event return_materials=告知日期",
    )
    parser.add_argument(
        "--event", action="append", default=[], metavar="步骤=日期", help="已经发生的步骤，可写多次"
    )
    parser.add_argument(
        "--when", action="append", default=[], metavar="情形", help="已知成立的情形，例如 class_unstable"
    )
    parser.add_argument("--values", action="append", default=[], metavar="文件", help="另外带入的数值文件")
    parser.add_argument("--json", action="store_true", help="输出 JSON")


def run(args: argparse.Namespace) -> int:
    """Prints the timetable of one case, or the list of procedures. Exit LAW_VALUE_MISSING where a value that
    nobody has filled in may change its dates. Raises Refusal.
    """
    if args.procedure is None:
        _list()
        return Exit.OK
    procedure = _procedure(args.procedure)
    if args.region is None or not (args.accept or args.event):
        raise Refusal("请写明办理地 --region 和开始计算的日期 --accept", Exit.USAGE)
    events = {procedure.edges[0].event: _day(args.accept)} if args.accept else {}
    for given in args.event:
        name, _, day = given.partition("=")
        events[_event(procedure, name)] = _day(day)
    try:
        law = Law.load([Path(path) for path in args.values])
        refuse_day_before_law(events.get(procedure.edges[0].event) or min(events.values(), key=ymd), law)
        table = timetable(
            procedure,
            place=Place(law.values, _region(args.region, law), AREAS[args.area]),
            calendar=WorkCalendar.seeded(),
            events=events,
            holds=[_guard(text) for text in args.when],
        )
    except MissingValue as missing:
        raise Refusal(str(missing), Exit.LAW_VALUE_MISSING) from None
    except (CaseDateError, LawTextError, YearWithoutCalendar) as problem:
        raise Refusal(str(problem)) from None
    if args.json:
        print(json.dumps(_as_json(table), ensure_ascii=False, indent=2))
    else:
        _print(table, law.values.region_name(table.region) or "未登记地区")
    return Exit.LAW_VALUE_MISSING if table.missing else Exit.OK


def _region(text: str, law: Law) -> str:
    """The region of a case, read and refused as that of a family in a file. Raises Refusal."""
    try:
        region = str(told("region", text))
    except CellError as fault:
        raise Refusal(f"--region：{fault.what}；{fault.todo}") from None
    if law.values.region_name(region) is None:
        raise Refusal("--region：{}；{}".format(*said("REGION_UNKNOWN", {"region": region})))
    return region


def _procedure(name: str) -> Procedure:
    for key, procedure in procedures().items():
        if name in (key, procedure.label):
            return procedure
    raise Refusal(
        f"没有“{name}”这个程序。可写：{'、'.join(f'{k}（{p.label}）' for k, p in procedures().items())}",
        Exit.USAGE,
    )


def _event(procedure: Procedure, name: str) -> str:
    """An event's key from its key, its label, or the key or label of the state it leads to."""
    states = {label: key for key, label in procedure.states.items()}
    labels = {edge.label: edge.event for edge in procedure.edges}
    return labels.get(name) or states.get(name) or name


def _guard(text: str) -> str:
    known = words().guards
    found = text if text in known else next((key for key, label in known.items() if label == text), None)
    if found is None:
        raise Refusal(f"没有“{text}”这种情形。可写：{'、'.join(known)}", Exit.USAGE)
    return found


def _day(text: str) -> date:
    try:
        return datetime.fromisoformat(text) if re.search("[T ]", text) else date.fromisoformat(text)
    except ValueError:
        raise Refusal(f"日期“{text}”读不出来，请写成 2025-10-09，或 2020-12-12T21:30", Exit.USAGE) from None


def _list() -> None:
    table = Table("代号", "程序", "从何时起算", title="程序")
    for key, procedure in procedures().items():
        table.add_row(key, procedure.label, procedure.edges[0].label)
    Console().print(table)


def _print(table: Timetable, region: str) -> None:
    console = Console()
    area = "城镇" if table.area == "URBAN" else "农村"
    console.print(
        f"[bold]{table.procedure.label}[/]　{region}（{table.region}）　{area}　起算 {_show(table.opened)}"
    )
    console.print(_grid("步骤", table.steps))
    for whole in (table.total, table.extended):
        if whole:
            console.print(f"{whole.label}：[bold]{_due(whole)}[/]　{whole.rule}　{'；'.join(whole.cites)}")
    if not table.begun:
        console.print(
            "还没有受理：补齐材料的期限自告知之日起算；受理后加写 --accept 受理日期，再算以后各步。"
        )
    elif table.total is None:
        console.print("文件没有规定总时限，按各步骤的期限办理。")
    if table.branches:
        console.print(_grid("同时办理或另有情形", table.branches))
    for missing in table.missing:
        console.print(f"[bold red]{missing}[/]。没有填写以前，所列日期按没有这一项推算；填写后请重算。")
    console.print("没给日期的按最后一天推算，没有期限的按当日，决定按所列日期；标“系统默认”的不是文件规定。")


def _grid(title: str, steps: Sequence[Step]) -> Table:
    grid = Table(show_lines=True)
    for heading in (title, "由谁", "最迟", "规则", "依据", "已办"):
        grid.add_column(heading, overflow="fold")
    for step in steps:
        default = STATUS[step.status] if step.limit and step.rule else ""
        marked = f"{step.rule}（{default}）" if default and default not in step.rule else step.rule
        done = _show(step.done) if step.done else ("未给日期，后续已办" if step.passed else "")
        amiss = (f"{done} 超期" if step.late else done, *step.remarks)
        grid.add_row(
            step.label, "、".join(map(words().who, step.who)), _due(step), marked, "；".join(step.cites),
            "\n".join(filter(None, amiss)), style="red" if step.late or step.remarks else None,
        )  # fmt: skip
    return grid


def _due(step: Step) -> str:
    if step.months:
        first, last = step.months[0], step.months[-1]
        return f"{first}" if first == last else f"{first} 至 {last}，{_show(step.due)} 前"
    earliest = f"不早于 {_show(step.earliest)}" if step.earliest and step.earliest != step.due else ""
    if step.due:
        return "\n".join(filter(None, (_show(step.due), earliest)))
    return earliest or ("" if step.done else "没有规定" if step.rule == NO_LIMIT else "待起算")


def _show(day: date | None) -> str:
    if isinstance(day, datetime):
        return day.isoformat(sep=" ", timespec="minutes")
    return day.isoformat() if day else ""


def _as_json(table: Timetable) -> Mapping[str, Any]:
    return {
        "procedure": table.procedure.key, "label": table.procedure.label, "region": table.region,
        "area": table.area, "from": _show(table.opened), "begun": table.begun,
        "total": _step(table.total) if table.total else None,
        "extended": _step(table.extended) if table.extended else None,
        "steps": [_step(step) for step in table.steps],
        "branches": [_step(step) for step in table.branches],
        "missing": [str(missing) for missing in table.missing],
    }  # fmt: skip


def _step(step: Step) -> Mapping[str, Any]:
    limit = step.limit
    return {
        "event": step.event,
        "label": step.label,
        "state": step.state,
        "who": list(step.who),
        "count": limit.count if limit else None,
        "unit": limit.unit if limit else None,
        "start_event": limit.start if limit else None,
        "start": _show(step.started) or None,
        "due": _show(step.due) or None,
        "earliest": _show(step.earliest) or None,
        "months": [str(month) for month in step.months],
        "by_total": step.total,
        "rule": step.rule,
        "status": step.status if limit else None,
        "cites": list(step.cites),
        "done": _show(step.done) or None,
        "passed": step.passed,
        "late": step.late,
        "remarks": list(step.remarks),
    }
