"""`doudi law replay`: who would be answered otherwise by other values or on another day, and which did it."""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from typing import Any

from rich.console import Console
from rich.table import Table

from doudi.assessment.replay import Change, Decided, Difference, Told, replay
from doudi.cli import Exit, Refusal
from doudi.cli.inputs import load_law, read_families
from doudi.engine.scalar import FactError
from doudi.kernel.money import format_yuan
from doudi.kernel.verdict import Verdict
from doudi.law.errors import MissingValue
from doudi.law.parameters import read_toml
from doudi.law.rulebook import ROOT, Law
from doudi.law.worked import load_cases, values_of

VERDICTS = {Verdict.YES: "符合", Verdict.NO: "不符合", Verdict.UNCLEAR: "待核实"}
ENTERS, LEAVES, OPENS, AMOUNT, REASON = "新符合", "不再符合", "变为待核实", "金额变化", "只是理由变化"
# Whom nobody had found eligible loses nothing, and whom nobody had refused is not new.
SETTLED = {Verdict.YES: "由待核实变为符合", Verdict.NO: "由待核实变为不符合"}
KINDS = (ENTERS, LEAVES, *SETTLED.values(), OPENS, AMOUNT, REASON)


def run(args: argparse.Namespace, region: str) -> int:
    """Prints every changed answer. Exit OK whether anybody changes or not; SOME_ROWS_REFUSED when faulty
    families of the file were left out. Raises Refusal.
    """
    if not args.values and args.to is None:
        raise Refusal(
            "请写明要试算什么：--values 改后的数值文件，或 --on 日期 --to 日期 比较两天的政策", Exit.USAGE
        )
    if args.to and args.on is None:
        raise Refusal("比较两天的政策时，--on 写前一天，--to 写后一天", Exit.USAGE)
    before, after = load_law(args.base), load_law([*args.base, *args.values])
    before = after if args.to else before
    refused: list[str] = []
    if args.file:
        decided = _families(args, region, after, refused)
    else:
        given = values_of(load_cases())
        before, after = before.with_values(given), after.with_values(given)
        decided = _worked(args.on, region, after)
    try:
        found = list(replay(decided, before=before, after=after, day=args.to))
    except FactError as problem:
        raise Refusal(f"有一户无法测算：{problem}") from None
    names = {one.key: _names(one.document) for one in decided}
    rows = [_row(one, names, before, after) for one in found]
    if args.json:
        print(json.dumps(_content(rows, len(decided), refused), ensure_ascii=False, indent=1))
    else:
        _print(rows, len(decided), refused, what="户" if args.file else "个案例")
    return Exit.SOME_ROWS_REFUSED if refused else Exit.OK


def _worked(on: date | None, region: str, law: Law) -> list[Decided]:
    return [
        Decided(case.id, case.document(law.book), on or _date(case.on))
        for case in load_cases()
        if case.place.startswith(region)
    ]


def _families(args: argparse.Namespace, region: str, law: Law, refused: list[str]) -> list[Decided]:
    if args.on is None:
        raise Refusal("缺少参数：--on（核定日期，如 2025-10-15）", Exit.USAGE)
    reading = read_families(args.file, law=law, on=args.on, region=region or None, whole=True)
    # Of a Parquet folder the faulty families are not read; their findings name them.
    faulty = {one.household for one in reading.faults if one.household}
    refused += sorted(faulty | {family.key for family in reading.families if family.bad})
    return [Decided(family.key, family.document(), args.on) for family in reading.families if not family.bad]


def _names(document: Mapping[str, Any]) -> list[str]:
    return [str(one.get("name") or f"成员{at}") for at, one in enumerate(document["members"], 1)]


def _row(one: Difference, names: Mapping[str, list[str]], before: Law, after: Law) -> dict[str, Any]:
    schemes = {scheme.key: scheme for law in (before, after) for scheme in law.schemes}
    return {
        "household": one.key,
        "member": None if one.member is None else names[one.key][one.member],
        "scheme": one.scheme,
        "label": schemes[one.scheme].short,
        "kind": _kind(one.before, one.after),
        "before": _told(one.before),
        "after": _told(one.after),
        "because": [_because(change, before, after) for change in one.because],
    }


def _kind(was: Told, becomes: Told) -> str:
    if was.verdict is not becomes.verdict:
        settled = SETTLED if was.verdict is Verdict.UNCLEAR else {Verdict.YES: ENTERS, Verdict.NO: LEAVES}
        return settled.get(becomes.verdict, OPENS)
    return REASON if was.amounts == becomes.amounts else AMOUNT


@cache
def _reasons() -> dict[str, Any]:
    return read_toml(ROOT / "reasons.toml", "reasons.toml")


def _told(one: Told) -> dict[str, Any]:
    known = [part for part in one.amounts if part is not None]
    shown = VERDICTS[one.verdict]
    if one.verdict is not Verdict.NO and one.amounts:
        amount = f"{format_yuan(sum(known))} 元"
        if len(known) < len(one.amounts):  # what is known is said: it is what a change of amount is about
            amount = f"其中 {amount}，其余待核实" if known else "金额待核实"
        shown += f" {amount}"
    reason = _reasons()[one.reason]["text"] if one.reason else ""
    return {
        "verdict": one.verdict.value,
        "amounts": list(one.amounts),
        "reason": one.reason,
        "shown": f"{shown}（{reason}）" if reason else shown,
    }


def _because(change: Change, before: Law, after: Law) -> dict[str, Any]:
    parameter, (first, second) = after.parameters[change.parameter], change.days
    old, new = (_entry(law, change, day) for law, day in ((before, first), (after, second)))
    shown = "→".join(
        "待填写" if one is None else parameter.show(one) for one in (change.before, change.after)
    )
    return {
        "parameter": change.parameter,
        "label": parameter.label,
        "place": change.place,
        "shown": f"{parameter.label}：{shown}",
        "before": {"value": change.before, "on": first, **old},
        "after": {"value": change.after, "on": second, **new},
    }


def _entry(law: Law, change: Change, on: int) -> dict[str, str]:
    """The entry that speaks, value or hole: its document and where it stands."""
    try:
        entry = law.values.explain(change.parameter, change.place, change.area, on).entry
    except MissingValue as missing:
        return {"cites": "", "where": missing.hint}
    return {"cites": entry.cites, "where": f"{entry.file} 第{entry.number}条"}


def _content(rows: list[dict[str, Any]], asked: int, refused: list[str]) -> dict[str, Any]:
    kinds = Counter(row["kind"] for row in rows)
    return {
        "asked": asked,
        "changed": len({row["household"] for row in rows}),
        "counts": {kind: kinds[kind] for kind in KINDS},
        "refused": refused,
        "differences": rows,
    }


def _print(rows: list[dict[str, Any]], asked: int, refused: list[str], *, what: str) -> None:
    # A pipe has no width: rich would fold every row at 80 columns.
    console = Console(highlight=False)
    console = console if console.is_terminal else Console(width=240, highlight=False)
    told = [row for row in rows if row["kind"] != REASON]
    if told:
        table = Table(title="结论或金额有变化的", title_justify="left", header_style="bold")
        for column in ("编号", "成员", "项目", "变化", "原来", "试算后", "因为", "依据"):
            table.add_column(column, overflow="fold")
        for row in told:
            table.add_row(*_cells(row))
        console.print(table)
    changed = {row["household"] for row in told}
    kinds = Counter(row["kind"] for row in rows)
    counted = "，".join(f"{kind} {kinds[kind]} 项" for kind in KINDS[:-1] if kinds[kind])
    console.print(
        f"重算了 {asked} {what}：{len(changed)} {what}有变化{f'（{counted}）' if counted else ''}，"
        f"{asked - len(changed)} {what}不变。"
    )
    if kinds[REASON]:
        console.print(f"另有 {kinds[REASON]} 项结论没有变，只是不符合的理由变了；--json 可以看到。")
    if refused:
        listed = "、".join(refused[:10])
        console.print(f"没有通过检查、没有重算的 {len(refused)} 户（doudi assess 会指出每一处）：{listed}")


def _cells(row: dict[str, Any]) -> Iterator[str]:
    yield from (row["household"], row["member"] or "全户", row["label"], row["kind"])
    yield from (row["before"]["shown"], row["after"]["shown"])
    yield "\n".join(one["shown"] for one in row["because"]) or "核定日期不同（年龄、月数等）"
    yield "\n".join(f"{one['after']['cites']} {one['after']['where']}".strip() for one in row["because"])


def _date(day: int) -> date:
    return date(day // 10000, day // 100 % 100, day % 100)
