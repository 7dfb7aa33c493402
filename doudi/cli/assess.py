"""`doudi assess`: who in a file belongs to which category, how much, why, and what is still unknown."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table as Screen

from doudi.assessment.batch import Tally, outcomes
from doudi.assessment.results import Done, tables
from doudi.cli import Exit, Refusal
from doudi.cli.inputs import add_input, load_law, read_families, region_digits
from doudi.intake.reading import Kind, Reading
from doudi.intake.writing import problem_table, write
from doudi.kernel.money import format_yuan
from doudi.law.rulebook import Law

SHOWN = 8
"""How many faults and missing facts the screen lists; the files have all."""
_KINDS = {".xlsx": Kind.EXCEL, ".json": Kind.JSON, "": Kind.CSV}
_SUFFIXES = {kind: suffix for suffix, kind in _KINDS.items()}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """INPUT, --on, --region, --values, --out, --trace."""
    add_input(parser)
    parser.add_argument("--out", metavar="文件", type=Path, help="结果写到：.xlsx、.json，或一个文件夹")
    parser.add_argument("--trace", action="store_true", help="结果里附上每一个中间数")


def run(args: argparse.Namespace) -> int:
    """Assesses the file; prints the totals and writes what was asked for."""
    law, console = load_law(args.values), Console(highlight=False)
    reading = read_families(args.input, law=law, on=args.on, region=region_digits(args.region))
    _refuse_bad_out(args.out, args.input)
    good, tally = reading.good, Tally(law)
    with _progress() as bar:
        task = bar.add_task("测算", total=len(good))
        source = outcomes(
            [family.document() for family in good], law=law, on=args.on, every=args.trace,
            progress=lambda done, total: bar.update(task, completed=done),
        )  # fmt: skip
        done = [(family, tally.add(outcome)) for family, outcome in zip(good, source, strict=True)]
    written = _write(args.out, reading, done, law, args.trace) if args.out else []
    show(console, tally, on=args.on)
    _show_findings(console, reading, bool(written))
    for path in written:
        console.print(f"已写出：{path}", soft_wrap=True)
    if tally.holes:
        return Exit.LAW_VALUE_MISSING
    return Exit.SOME_ROWS_REFUSED if reading.faults else Exit.OK


def _progress() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=Console(stderr=True), transient=True)


# --- what is printed ------------------------------------------------------------------------------


def show(console: Console, tally: Tally, *, on: date) -> None:
    """The totals by category, what is most often missing, and the gaps of the law."""
    title = f"测算结果（核定日 {on}）：{tally.households:,} 户 {tally.persons:,} 人"
    table = Screen("类别", title=title, title_justify="left")
    for header in ("户数", "人数", "月金额（元）", "待核实户数"):
        table.add_column(header, justify="right", no_wrap=True)
    absent = []
    for scheme in tally.law.schemes:
        line = tally.lines[scheme.key]
        if not line.in_force and tally.households:
            absent.append(scheme.short)
            continue
        more = f" + {line.unpriced:,} 笔待定" if line.unpriced else ""
        amount = f"{format_yuan(line.amount)}{more}" if scheme.amount else "—"
        counts = (f"{line.households:,}", f"{line.persons:,}", amount, f"{line.unclear:,}")
        table.add_row(scheme.label, *counts)
    console.print(table)
    console.print(
        f"不属于以上任何一类 {tally.none:,} 户；尚无结论、有待核实 {tally.unclear:,} 户。一户可同时属于几类。"
    )
    if absent:
        console.print(f"核定日当地没有实行：{'、'.join(absent)}。")
    lacking = sorted((-count, name) for name, count in tally.missing.items() if name in tally.law.facts)
    if lacking:
        console.print("\n[bold]待核实最多的情况[/bold]（补齐后可得出结论）")
    for count, name in lacking[:SHOWN]:
        console.print(f"  {tally.law.facts[name].label}：{-count:,} 户")
    if tally.holes:
        console.print(
            "\n[bold red]政策数值有缺口[/bold red]（请按 doudi law 的说明补在数值文件里，用 --values 带入）"
        )
    for text, count in tally.holes.items():
        console.print(f"  {text}（涉及 {count:,} 户）", markup=False)


def _show_findings(console: Console, reading: Reading, written: bool) -> None:
    faults, bad = reading.faults, sum(family.bad for family in reading.families)
    if faults:
        console.print(
            f"\n[bold red]没有通过检查 {len(faults):,} 处，{bad:,} 户没有测算[/bold red]（其余的户已测算）"
        )
    for finding in faults[:SHOWN]:
        console.print(f"  {finding}", markup=False)
    if len(faults) > SHOWN:
        console.print(
            f"  ……共 {len(faults):,} 处，{'见问题文件' if written else '加 --out 写出完整的问题文件'}"
        )
    if notes := len(reading.findings) - len(faults):
        console.print(f"另有提示 {notes:,} 处，不影响测算{'，见问题文件' if written else ''}。")


# --- what is written ------------------------------------------------------------------------------


def _refuse_bad_out(out: Path | None, source: Path) -> None:
    if out is None:
        return
    if out.suffix.lower() not in _KINDS:
        raise Refusal(f"--out {out}：只能写 .xlsx、.json，或不带扩展名的文件夹", Exit.USAGE)
    if out.exists() and out.samefile(source):
        raise Refusal(f"--out {out}：不能覆盖输入文件，请换一个名字", Exit.USAGE)


def _write(out: Path, reading: Reading, done: Done, law: Law, every: bool) -> Sequence[Path]:
    problems = out.with_name(f"{out.stem}-问题{_SUFFIXES[reading.kind]}")
    try:
        write(_KINDS[out.suffix.lower()], out, tables(done, law, every=every), source=reading)
        if not reading.findings:
            problems.unlink(missing_ok=True)  # of an earlier run: everything has been put right
            return [out]
        write(reading.kind, problems, [problem_table(reading.findings)], source=reading, marked=True)
    except OSError as error:
        raise Refusal(f"{out}：写不进去（{error.strerror}）。请换一个位置，或先关闭正在打开的文件") from None
    return [out, problems]
