"""The invented county as files: households, what other departments hold of them, and the planted truth."""

import argparse
import sys
import time
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from demo import plan as plans
from demo.extracts import writing as extracts
from demo.plan import Plan
from doudi.cli import Exit, Refusal
from doudi.cli.sample import column_types, sheet_rows
from doudi.intake.sheets import sheets
from doudi.intake.table_checks import FILES
from doudi.law.rulebook import Law
from doudi.office.home import data_folder


def write(args: argparse.Namespace) -> int:
    """The register's own people when it is begun and only their extracts are asked for; else as told."""
    out: Path = args.extracts or args.files_only
    if out.exists() and any(out.iterdir()):
        raise Refusal(f"文件夹 {out} 不是空的，请另选一个。", Exit.USAGE)
    told = Plan(households=args.households, seed=args.seed, on=date.today().isoformat())
    plan = (plans.read(data_folder()) if args.extracts else None) or told
    known = sheets(Law.load())
    types = {
        FILES[title]: {"household_id": "VARCHAR"} | column_types(sheet) for title, sheet in known.items()
    }
    types["person"]["person_id"] = "VARCHAR"

    def rows(documents: list[Mapping[str, Any]]) -> dict[str, list[dict[str, Any]]]:
        return {FILES[title]: found for title, found in sheet_rows(documents).items()}

    began = time.monotonic()
    made = extracts.write(
        out, types, rows, households=plan.households, seed=plan.seed, on=plan.day,
        tables=bool(args.files_only), said=lambda text: print(text, file=sys.stderr, flush=True),
    )  # fmt: skip
    count = sum(row["rows"] for row in made["deliveries"])
    spent = time.monotonic() - began
    print(
        f"已写出 {out}：{made['households']:,} 户、{made['persons']:,} 人，"
        f"{len(made['deliveries'])} 份数据 {count:,} 行，用时 {spent:.0f} 秒。答案在 truth.parquet。"
    )
    return Exit.OK
