"""What the commands that read a household file share: arguments, the law they load, the file they read."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from doudi.cli import Exit, Refusal
from doudi.engine import duck
from doudi.intake.findings import FileRefused
from doudi.intake.reading import Kind, Reading, kind_of, read
from doudi.intake.table_checks import literal
from doudi.intake.tables import families_of, read_tables
from doudi.kernel.region import RegionCode, RegionError
from doudi.law.errors import LawTextError
from doudi.law.parameters import ymd
from doudi.law.rulebook import Law

MOST_ONE_BY_ONE = 20_000
"""Families of a Parquet folder that are assessed one by one: a county's, in a minute."""


def add_input(parser: argparse.ArgumentParser) -> None:
    """INPUT, --on, --region, --values."""
    add = parser.add_argument
    add("input", metavar="输入", type=Path, help="Excel 工作簿、JSON 文件，或 CSV、Parquet 文件夹")
    add("--on", metavar="日期", type=day, required=True, help="核定日期，如 2025-10-15")
    add("--region", metavar="代码", help="只看这个地区的家庭；没有填地区代码的按它填")
    add("--values", metavar="文件", type=Path, action="append", default=[], help="县里的政策数值（TOML）")


def day(text: str) -> date:
    """A date as an argument."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"“{text}”不是日期，请按 2025-10-15 的样子写") from None


def region_digits(text: str | None) -> str | None:
    """The significant digits of --region. Raises Refusal."""
    try:
        return RegionCode.parse(text).digits if text else None
    except RegionError as error:
        raise Refusal(f"--region：{error}", Exit.USAGE) from None


def load_law(values: Sequence[Path]) -> Law:
    """The shipped law with the user's values on top. Raises Refusal."""
    try:
        return Law.load(values)
    except LawTextError as error:
        raise Refusal(str(error)) from None


def refuse_day_before_law(on: date, law: Law) -> None:
    """One sentence instead of a list of every rule that did not exist yet. Raises Refusal."""
    if ymd(on) < law.first_day:
        first = date.fromisoformat(str(law.first_day))
        raise Refusal(
            f"系统收录的规定自 {first} 起，{on:%Y-%m-%d} 没有可以依据的规定，请核对日期",
            Exit.LAW_VALUE_MISSING,
        )


def read_families(
    path: Path, *, law: Law, on: date, region: str | None, household: str | None = None, whole: bool = False
) -> Reading:
    """A file's families, of one region (its digits) when given, and its findings. Raises Refusal.

    A region of a county or below also fills blank region codes. Of a Parquet folder only `household` is read,
    or without it the first of its households; with `whole` all of them, up to MOST_ONE_BY_ONE.
    """
    refuse_day_before_law(on, law)
    try:
        if kind_of(path) is Kind.PARQUET:
            return _some_of_register(path, law=law, on=on, region=region, household=household, whole=whole)
        reading = read(path, law=law, on=on, region=region if region and len(region) >= 6 else None)
    except FileRefused as refused:
        raise Refusal(refused.text) from None
    if region:
        codes = [str(family.record.values.get("region_code", region)) for family in reading.families]
        inside = zip(codes, reading.families, strict=True)
        reading.families = [family for code, family in inside if code.startswith(region)]
    return reading


def _some_of_register(
    path: Path, *, law: Law, on: date, region: str | None, household: str | None, whole: bool
) -> Reading:
    most = MOST_ONE_BY_ONE if whole else 20
    with TemporaryDirectory(prefix="doudi-") as folder, duck.connected(folder) as db:
        found = read_tables(path, Path(folder), db=db, law=law, on=on, region=region, shown=max(most, 100))
        chosen = f"= {literal(household)}" if household else f"IS NOT NULL ORDER BY household_id LIMIT {most}"
        rows = f"FROM read_parquet({literal(found.households)})"
        there = int(str(db.rows(f"SELECT COUNT(*) {rows}")[0][0]))
        if whole and there > most:
            raise Refusal(
                f"{path} 有 {there:,} 户，逐户重算最多 {most:,} 户：请用 --region 取一个乡镇，"
                "或者两次用 doudi assess 全量测算后比较"
            )
        which = f"SELECT household_id {rows} WHERE household_id {chosen}"
        reading = Reading(path, Kind.PARQUET, families_of(found, which, db=db), found.findings)
    return reading
