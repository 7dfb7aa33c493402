"""A long dirty list from an Excel file into the register and out again, through the real actions.

python -m bench.imports [--rows 100000] [--keep returned.xlsx]
A private PostgreSQL in a scratch folder holds a fifth of the families already. Each step runs in a process of
its own, so that its peak memory is its own; the workbook's parser and the database's process are told apart.
After undo every row of every table of the register, and every lead, is compared with what was there before.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from importlib.metadata import version
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

import psycopg
import xlsxwriter

from demo.places import COUNTY, LIVING
from demo.recipe import GIVEN, PREFIX, SURNAMES
from doudi.kernel.resident_id import ResidentId
from doudi.office.home import data_folder
from doudi.office.postgres import ADMIN, Cluster, stop
from doudi.settings.boot import prepare

ON = date(2026, 9, 30)
HEADER = (
    "乡镇（街道）", "村（社区）", "户编号", "与户主关系", "姓名", "身份证号码", "出生日期", "低保类别",
    "主要致困原因", "劳动能力", "联系电话", "起始年月", "月保障金额（元）", "开户银行", "银行账号", "经办人",
)  # fmt: skip
SOIL = (
    ("身份证号码", 9.99999e17), ("身份证号码", "999999199002300012"), ("身份证号码", "12345"),
    ("村（社区）", "没有这个村"), ("与户主关系", "当家的"), ("劳动能力", "一般般"), ("姓名", ""),
    ("月保障金额（元）", "四百"), ("月保障金额（元）", "-5"), ("起始年月", "2025年13月"),
    ("联系电话", "　１３９ "), ("低保类别", "农村　低保"), ("出生日期", "1931-02-03"),
)  # fmt: skip
STEPS = ("stage", "compare", "return", "confirm", "undo")
TABLES = (
    "registry_household", "registry_person", "registry_nametoken", "registry_membership",
    "registry_statement", "registry_externalstatus", "intake_lead",
)  # fmt: skip


# --- the workbook -----------------------------------------------------------------------------------------


def families(rows: int) -> Iterator[list[list[Any]]]:
    """So many rows of invented families without a fault; the first ones are the same for every number."""
    random, number = Random("families"), 0
    names = dict(LIVING.regions())
    places = [(names[code[:9]], name) for code, name in names.items() if len(code) == 12]
    while rows > 0:
        number, surname = number + 1, random.choice(SURNAMES)
        place, amount = random.choice(places), f"{random.randrange(100, 900)}.50"
        family = []
        for at in range(min(rows, random.choice((1, 1, 1, 1, 2, 2, 3)))):
            block, serial = divmod(number * 3 + at, 1000)
            born = date(1936, 1, 1) + timedelta(days=block * 97 % 27000)
            head = at == 0
            family.append([
                *place, f"D{number:06}", "户主" if head else random.choice(("配偶", "子", "女")),
                surname + "".join(random.sample(GIVEN, random.choice((1, 2, 2)))),
                ResidentId.make(PREFIX, born, serial).number, f"{born:%Y-%m-%d}", "农村低保",
                random.choice(("因病", "因残", "缺劳力")), random.choice(("普通劳动力", "无劳动力")),
                f"100{random.randrange(10**8):08}" if head else "",
                f"{random.randrange(2020, 2026)}-03", amount, "示例农村商业银行" if head else "",
                f"000000{random.randrange(10**13):013}" if head else "", "张庆云",
            ])  # fmt: skip
        rows -= len(family)
        yield family


def write(path: Path, rows: int, *, dirty: bool) -> None:
    """The list under a title; when dirty, one family in eight has a fault that offices really send."""
    random = Random("soil")
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        sheet = book.add_worksheet("名册")
        sheet.write(0, 0, "最低生活保障对象名册")
        sheet.write_row(1, 0, HEADER)
        number = 1
        for family in families(rows):
            if dirty and random.random() < 0.125:
                column, value = random.choice(SOIL)
                random.choice(family)[HEADER.index(column)] = value
            if dirty and random.random() < 0.3:
                for row in family:
                    row[HEADER.index("月保障金额（元）")] = "455.00"
            for row in family:
                number += 1
                sheet.write_row(number, 0, row)


# --- one step, in a process of its own --------------------------------------------------------------------


def step(name: str, told: str) -> dict[str, Any]:
    """What one step took; `told` is the workbook to receive, else the batch."""
    prepare(migrate=False)
    began = time.perf_counter()
    said = _done(name, told)
    seconds = time.perf_counter() - began
    own, parser = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    with importlib.import_module("django.db").connection.cursor() as cursor:
        cursor.execute("select pg_backend_pid()")
        server = Path(f"/proc/{cursor.fetchone()[0]}")
    ticks = server.joinpath("stat").read_text().rsplit(")", 1)[1].split()[11:13]
    memory = server.joinpath("status").read_text().partition("VmHWM:")[2].split()[0]
    return {
        "said": said,
        "seconds": round(seconds, 1),
        "cpu": round(own.ru_utime + own.ru_stime, 1),
        "parser_cpu": round(parser.ru_utime + parser.ru_stime, 1),
        "server_cpu": round(sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK"), 1),
        "peak_mb": own.ru_maxrss // 1024,
        "parser_mb": parser.ru_maxrss // 1024,
        "server_mb": int(memory) // 1024,
    }


def _done(name: str, told: str) -> str:
    """The real action; returns the batch, or what became of it."""
    intake = importlib.import_module("doudi.intake.actions")
    queries = importlib.import_module("doudi.intake.queries")
    registry = importlib.import_module("doudi.registry.imports")
    officers = importlib.import_module("doudi.office.models").Officer.objects
    scope = importlib.import_module("doudi.office.scope").Scope
    by, colleague = (
        scope(region=COUNTY, role=role, department="CCA", officer=officers.get(sign_in_name=officer).id)
        for officer, role in (("minzheng1", "county_handler"), ("minzheng2", "county_reviewer"))
    )
    if name == "receive":
        file = Path(told)
        return str(
            intake.receive(by=by, name=file.name, data=file.read_bytes(), mapping="dibao_guizhou", on=ON)
        )
    batch = UUID(told)
    if name == "return":
        data = queries.returned_file(by=by, batch=batch, purpose="性能测量")[1]
        Path(os.environ["BENCH_RETURNED"]).write_bytes(data)
        return f"{len(data) / 2**20:.1f} MB"
    if name == "confirm":
        intake.confirm(by=colleague, batch=batch)
    verbs = {"stage": intake.stage, "compare": registry.compare_import}
    verbs |= {"confirm": registry.absorb_import, "undo": registry.undo_import}
    verbs[name](by=by, batch=batch)
    row = queries.batch_of(by=by, batch=batch)
    return f"{row.state} {json.dumps(row.counts)}"


def run(name: str, told: str) -> dict[str, Any]:
    """The step in a new process."""
    command = [sys.executable, "-m", "bench.imports", "--step", name, "--told", told]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{name} failed:\n{done.stderr[-3000:]}")
    said: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return said


# --- the register before and after ------------------------------------------------------------------------


def keep_rows(admin: psycopg.Connection) -> None:
    """Every row as text beside the tables, to compare with later."""
    for table in TABLES:
        admin.execute(f"create table kept_{table} as select t::text as said from {table} t")


def differences(admin: psycopg.Connection) -> dict[str, tuple[int, int]]:
    """table -> (rows compared, rows that are there on one side only)."""
    found = {}
    for table in TABLES:
        kept, now = f"select said from kept_{table}", f"select t::text as said from {table} t"
        differ = f"({kept} except all {now}) union all ({now} except all {kept})"
        counts = admin.execute(
            f"select count(*), (select count(*) from ({differ}) d) from {table}"
        ).fetchone()
        assert counts is not None
        found[table] = counts
    return found


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--keep", type=Path, help="keep the returned workbook here")
    parser.add_argument("--step", help=argparse.SUPPRESS)
    parser.add_argument("--told", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.step:
        print(json.dumps(step(args.step, args.told)))
        return
    with tempfile.TemporaryDirectory(prefix="doudi-imports-") as scratch:
        Path(scratch).chmod(0o711)
        os.environ["DOUDI_HOME"] = f"{scratch}/home"
        os.environ["BENCH_RETURNED"] = str(args.keep or Path(scratch, "returned.xlsx"))
        prepare()
        try:
            importlib.import_module("demo.living").settle()
            measured(Path(scratch), args.rows)
        finally:
            stop(data_folder())


def measured(scratch: Path, rows: int) -> None:
    """Every step in order, a line of the table each."""
    versions = ", ".join(f"{name} {version(name)}" for name in ("django", "psycopg", "python-calamine"))
    versions = f"Python {platform.python_version()}, {versions}"
    with psycopg.connect(**Cluster(data_folder()).connection(ADMIN), autocommit=True) as admin:
        server = admin.info.server_version // 10000
        print(
            f"{date.today()}, {platform.machine()}, {os.cpu_count()} cores, {versions}, PostgreSQL {server}"
        )
        earlier, dirty = scratch / "earlier.xlsx", scratch / "list.xlsx"
        write(earlier, rows // 5, dirty=False)
        write(dirty, rows, dirty=True)
        batch = run("receive", str(earlier))["said"]
        for name in ("stage", "compare", "confirm"):
            run(name, batch)
        keep_rows(admin)
        batch = run("receive", str(dirty))["said"]
        print(f"{rows:,} rows, {dirty.stat().st_size / 2**20:.1f} MB; CPU and peak MB: here, parser, server")
        for name in STEPS:
            load = os.getloadavg()[0]
            told = run(name, batch)
            cpu = [told[key] for key in ("cpu", "parser_cpu", "server_cpu")]
            memory = [told[key] for key in ("peak_mb", "parser_mb", "server_mb")]
            print(
                f"{name:<8} {told['seconds']:>6} s  CPU {cpu}  MB {memory}  load {load:.1f}  {told['said']}",
                flush=True,
            )
        for table, (compared, differ) in differences(admin).items():
            print(f"after undo {table}: {compared:,} rows, {differ} differ")


if __name__ == "__main__":
    main()
