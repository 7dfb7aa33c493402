"""`doudi demo`: the invented county in the register, its other departments' files, its officers' codes."""

import argparse
import importlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connections

from demo import plan as plans
from demo.plan import Plan
from doudi.cli import Exit, Refusal
from doudi.office.home import data_folder
from doudi.office.postgres import stop
from doudi.office.programs import PostgresProblem
from doudi.settings.boot import prepare

FIRST = 1500
HOUSEHOLDS, LEAST = 33_000, 400
"""How many by default; how many at least, so that every township has families for its work under way."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to make, and whether to serve it."""
    add = parser.add_argument
    add(
        "--households",
        metavar="户数",
        type=int,
        help=f"多少户（默认 {HOUSEHOLDS}，约 6 万人；载入登记册至少 {LEAST}）",
    )
    add("--seed", metavar="数字", type=int, default=1, help="换一个数字，换一批虚构家庭（默认 1）")
    add("--code", metavar="登录名", help="显示这位虚构工作人员现在的动态口令")
    add("--if-empty", action="store_true", help="已经有示范县时不算错误（未载完的接着载）")
    add("--first", metavar="户数", type=int, help="只先载入这么多户；再运行一次接着载入其余各户")
    add("--serve", action="store_true", help=f"载入前 {FIRST} 户后启动网页工作台，其余各户在后台载入")
    add("--extracts", metavar="文件夹", type=Path, help="写出各部门关于示范县同一批人的数据文件和埋设的答案")
    add(
        "--files-only",
        metavar="文件夹",
        type=Path,
        help="不用数据库，把家庭和各部门数据都写成文件（可达百万户）",
    )
    add("--port", metavar="端口", type=int, default=8000, help="与 --serve 同用，默认 8000")


def run(args: argparse.Namespace) -> int:
    """Makes the county once and goes on where an earlier run stopped; a complete one is refused or served."""
    asked, args.households = args.households, HOUSEHOLDS if args.households is None else args.households
    least = 1 if args.extracts or args.files_only else LEAST
    if args.households < least or (args.first is not None and args.first < least):
        raise Refusal(f"--households 和 --first 至少 {least} 户。", Exit.USAGE)
    if args.extracts or args.files_only:
        # Late: what writes files (duckdb, openpyxl) is a second that a start of the desk should not wait.
        return int(importlib.import_module("doudi.cli.demo_files").write(args))
    with _database():
        living = importlib.import_module("demo.living")  # its models exist only after `prepare`
        if args.code:
            return _show_code(living, args.code)
        plan = plans.read(data_folder()) or _begun(living, args)
        if asked not in (None, plan.households):
            raise Refusal(
                f"示范县是按 {plan.households} 户建立的，不能改为 {asked} 户：接着使用的，去掉 --households；"
                "要重新建立，请停止服务后删除数据文件夹再运行。",
                Exit.USAGE,
            )
        if plan.complete and not (args.if_empty or args.serve):
            raise Refusal("示范县已经建立；要重新建立，请停止服务后删除数据文件夹再运行。", Exit.USAGE)
        if not plan.complete:
            first = min(args.first or (FIRST if args.serve else plan.households), plan.households)
            # A second start does not go through the first families again: the rest comes beside the desk.
            if not args.serve or first == plan.households or living.standing() < first:
                plan = _go_on(living, plan, first)
        if args.serve:
            return _serve(plan, args)
        # `doudi serve` seals what it does; nobody would seal what was done here.
        importlib.import_module("doudi.office.chain").seal(connections["owner"], Path(settings.OFFICE_ANCHOR))
        connections.close_all()
        print(living.note_path(data_folder()).read_text("utf-8"), end="")
    return Exit.OK


@contextmanager
def _database() -> Iterator[None]:
    try:
        started = prepare()
    except (PostgresProblem, ValueError) as problem:
        raise Refusal(str(problem), Exit.NOT_READY) from None
    try:
        yield
    finally:
        if started:
            stop(data_folder())


def _show_code(living: Any, sign_in_name: str) -> int:
    code = living.code_of(sign_in_name)
    if code is None:
        raise Refusal(f"没有登录名“{sign_in_name}”。", Exit.USAGE)
    print(code)
    return Exit.OK


def _begun(living: Any, args: argparse.Namespace) -> Plan:
    """Places, officers and their password; only then the plan, so that a stop in between begins anew."""
    home = data_folder()
    if living.standing():
        raise Refusal("登记册里已有示例县的家庭，但不是本命令建立的；请换一个数据文件夹。", Exit.USAGE)
    note = living.note_path(home)
    password = living.settle()
    note.touch(0o600)
    note.write_text(living.sign_in_note(password), "utf-8")
    plan = Plan(households=args.households, seed=args.seed, on=date.today().isoformat())
    plans.write(home, plan)
    return plan


def _go_on(living: Any, plan: Plan, until: int) -> Plan:
    """The plan's households up to `until`, then the work under way; returns the plan as it stands then."""
    began = time.monotonic()
    persons = living.families(plan=plan, until=until, progress=_told(until))
    importlib.import_module("demo.cases").begin(date.today())
    spent = time.monotonic() - began
    if until == plan.households:
        plan = replace(plan, complete=True)
        plans.write(data_folder(), plan)
        print(f"示范县已全部载入：{until:,} 户（本次 {persons:,} 人，用时 {spent:.0f} 秒）。", flush=True)
    elif persons:
        print(f"示范县已载入前 {until:,} 户（{persons:,} 人，用时 {spent:.0f} 秒）。", flush=True)
    return plan


def _told(until: int) -> Callable[[int], None]:
    def progress(number: int) -> None:
        if sys.stderr.isatty():
            end = "\n" if number >= until else ""
            print(f"\r正在载入示范县：{number:,} / {until:,} 户", end=end, file=sys.stderr, flush=True)

    return progress


def _serve(plan: Plan, args: argparse.Namespace) -> int:
    """`doudi serve`; what is missing of the county is put in beside it by a process of its own."""
    serve = importlib.import_module("doudi.cli.serve")
    parser = argparse.ArgumentParser()
    serve.add_arguments(parser)
    given = parser.parse_args(["--port", str(args.port)])
    if plan.complete:
        return int(serve.run(given))
    print(
        f"其余 {plan.households:,} 户中未载入的在后台继续载入，可先登录使用；停止后再启动会接着载入。",
        flush=True,
    )
    # A session of its own, as the web server has: Ctrl-C ends it through us, between two portions or in one.
    with subprocess.Popen(
        [sys.executable, "-m", "doudi", "demo", "--if-empty"],
        start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        preexec_fn=lambda: os.nice(10) and None,
    ) as rest:  # fmt: skip
        try:
            return int(serve.run(given))
        finally:
            rest.send_signal(signal.SIGTERM)
