"""`doudi demo`: the invented county in the register, and the one-time codes of its officers."""

import argparse
import importlib
import sys
import time

from doudi.cli import Exit, Refusal
from doudi.office.home import data_folder
from doudi.office.postgres import stop
from doudi.office.programs import PostgresProblem
from doudi.settings.boot import prepare


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """--households, --seed, --code."""
    add = parser.add_argument
    add("--households", metavar="户数", type=int, default=31_000, help="多少户（默认 31000，约 6 万人）")
    add("--seed", metavar="数字", type=int, default=1, help="换一个数字，换一批虚构家庭（默认 1）")
    add("--code", metavar="登录名", help="显示这位虚构工作人员现在的动态口令")
    add("--if-empty", action="store_true", help="已经有示范县时什么也不做")


def run(args: argparse.Namespace) -> int:
    """Makes the county once; refuses to add a second one to a register that has families."""
    try:
        started = prepare()
    except (PostgresProblem, ValueError) as problem:
        raise Refusal(str(problem), Exit.NOT_READY) from None
    living = importlib.import_module("demo.living")  # its models exist only after `prepare`
    try:
        if args.code:
            return _show_code(living, args.code)
        if living.is_there():
            if args.if_empty:
                return Exit.OK
            raise Refusal("示范县已经建立；要重新建立，请停止服务后删除数据文件夹再运行。", Exit.USAGE)
        return _make(living, args)
    finally:
        if started:
            stop(data_folder())


def _show_code(living: object, sign_in_name: str) -> int:
    code = living.code_of(sign_in_name)  # type: ignore[attr-defined]
    if code is None:
        raise Refusal(f"没有登录名“{sign_in_name}”。", Exit.USAGE)
    print(code)
    return Exit.OK


def _make(living: object, args: argparse.Namespace) -> int:
    began = time.monotonic()
    note = data_folder() / "demo-sign-in.txt"
    password = living.settle()  # type: ignore[attr-defined]
    note.touch(0o600)
    note.write_text(living.sign_in_note(password), "utf-8")  # type: ignore[attr-defined]

    def progress(number: int) -> None:
        if sys.stderr.isatty() and number % 500 == 0:
            print(f"\r正在建立示范县：{number:,} / {args.households:,} 户", end="", file=sys.stderr)

    persons = living.families(households=args.households, seed=args.seed, progress=progress)  # type: ignore[attr-defined]
    print(f"示范县已建立：{args.households:,} 户、{persons:,} 人，用时 {time.monotonic() - began:.0f} 秒。")
    print(note.read_text("utf-8"), end="")
    return Exit.OK
