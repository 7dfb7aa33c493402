"""`doudi assess`: who in a file belongs to which category, how much, why, and what is still unknown."""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table as Screen

from doudi.assessment.batch import Tally, outcomes
from doudi.assessment.register import assess_tables
from doudi.assessment.results import Done, tables
from doudi.cli import Exit, Refusal
from doudi.cli.inputs import add_input, load_law, read_families, refuse_day_before_law, region_digits
from doudi.engine import duck
from doudi.intake.findings import FileRefused, Finding
from doudi.intake.reading import Kind, Reading, kind_of
from doudi.intake.tables import Tables, read_tables
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
    law, console, region = load_law(args.values), Console(highlight=False), region_digits(args.region)
    try:
        kind = kind_of(args.input)
    except FileRefused as refused:
        raise Refusal(refused.text) from None
    _refuse_bad_out(args.out, args.input, kind)
    if kind is Kind.PARQUET:
        return _assess_register(args, law, region, console)
    reading = read_families(args.input, law=law, on=args.on, region=region)
    good, tally = reading.good, Tally(law)
    with _progress() as progress:
        documents = [family.document() for family in good]
        source = outcomes(documents, law=law, on=args.on, every=args.trace, progress=progress)
        done = [(family, tally.add(outcome)) for family, outcome in zip(good, source, strict=True)]
    written = _write(args.out, reading, done, law, args.trace) if args.out else []
    show(console, tally, on=args.on)
    faults, bad = reading.faults, sum(family.bad for family in reading.families)
    _show_faults(console, faults, len(faults), bad, bool(written))
    if notes := len(reading.findings) - len(faults):
        where = "见问题文件" if written else "加 --out 写出"
        console.print(f"另有提示 {notes:,} 处，请核对（{where}）；所在的户已测算。")
    return _ended(console, tally, written, bool(faults))


def _assess_register(args: argparse.Namespace, law: Law, region: str | None, console: Console) -> int:
    """A Parquet folder: everything stays in files, nothing comes into memory but totals."""
    refuse_day_before_law(args.on, law)
    with tempfile.TemporaryDirectory(prefix="doudi-", dir=_beside(args.out)) as folder:
        work = Path(folder)
        with duck.connected(work) as db, _progress() as progress:
            try:
                found = read_tables(args.input, work, db=db, law=law, on=args.on, region=region)
            except FileRefused as refused:
                raise Refusal(refused.text) from None
            results = work / "results"
            tally = assess_tables(found, results, db=db, law=law, on=args.on, progress=progress)
        written = _keep(results, found, args.out) if args.out else []
    show(console, tally, on=args.on)
    _show_faults(
        console, [one for one in found.findings if not one.note], found.faults, found.bad, bool(written)
    )
    return _ended(console, tally, written, bool(found.faults))


def _beside(out: Path | None) -> Path | None:
    """Results are made where they are to lie: a rename is then all that is left to do."""
    if out is None:
        return None
    out.mkdir(parents=True, exist_ok=True)
    return out


def _keep(results: Path, found: Tables, out: Path) -> list[Path]:
    for old in (*out.glob("households-*.parquet"), *out.glob("persons-*.parquet"), *out.glob("问题.parquet")):
        old.unlink()
    made = [*results.glob("*.parquet"), *([found.problems] if found.problems else [])]
    for file in made:
        os.replace(file, out / file.name)
    return [out, *([out / found.problems.name] if found.problems else [])]


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None]]:
    columns = (TextColumn("测算"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _ended(console: Console, tally: Tally, written: Sequence[Path], refused: bool) -> int:
    for path in written:
        console.print(f"已写出：{path}", soft_wrap=True)
    if not tally.households and not refused:
        raise Refusal("没有一户可以测算：请核对文件里有没有家庭，--region 是不是这些家庭所在的地区")
    if tally.holes:
        return Exit.LAW_VALUE_MISSING
    return Exit.SOME_ROWS_REFUSED if refused else Exit.OK


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
    none, unclear = f"不属于以上任何一类 {tally.none:,} 户", f"尚无结论、有待核实 {tally.unclear:,} 户"
    console.print(f"{none}；{unclear}。一户可同时属于几类。")
    if absent:
        console.print(f"核定日当地没有实行：{'、'.join(absent)}。")
    _show_missing(console, tally)


def _show_missing(console: Console, tally: Tally) -> None:
    lacking = sorted((-count, name) for name, count in tally.missing.items() if name in tally.law.facts)
    of = f"（抽查 {tally.explained:,} 户）" if tally.explained else "（补齐后可得出结论）"
    if lacking:
        console.print(f"\n[bold]待核实最多的情况[/bold]{of}")
    for count, name in lacking[:SHOWN]:
        console.print(f"  {tally.law.facts[name].label}：{-count:,} 户")
    if tally.holes:
        console.print("\n[bold red]政策数值有缺口[/bold red]（请写在数值文件里，用 --values 带入）")
    for text, count in tally.holes.items():
        console.print(f"  {text}（涉及 {count:,} 户）", markup=False)


def _show_faults(console: Console, shown: Sequence[Finding], faults: int, bad: int, written: bool) -> None:
    if faults:
        refused = f"没有通过检查 {faults:,} 处，{bad:,} 户没有测算"
        console.print(f"\n[bold red]{refused}[/bold red]（其余的户已测算）")
    for finding in shown[:SHOWN]:
        console.print(f"  {finding}", markup=False)
    if faults > SHOWN:
        more = "见问题文件" if written else "加 --out 写出完整的问题文件"
        console.print(f"  ……共 {faults:,} 处，{more}")


# --- what is written ------------------------------------------------------------------------------


def _refuse_bad_out(out: Path | None, source: Path, kind: Kind) -> None:
    if out is None:
        return
    if out.name in ("", ".."):
        raise Refusal(f"--out {out}：要写出文件或文件夹的名字，例如 结果.xlsx", Exit.USAGE)
    if kind is Kind.PARQUET and (out.suffix or out.is_file()):
        raise Refusal(f"--out {out}：Parquet 的结果要写到一个文件夹", Exit.USAGE)
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
