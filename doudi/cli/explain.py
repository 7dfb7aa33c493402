"""`doudi explain`: the receipt of one household as text, as JSON to recheck, or as a page to print."""

from __future__ import annotations

import argparse
import importlib
import io
from pathlib import Path

from rich.console import Console

from doudi.assessment.evaluate import assess
from doudi.assessment.receipt import BadReceipt, Receipt, read, receipt, says_receipt, written
from doudi.assessment.text import show
from doudi.cli import Exit, Refusal
from doudi.cli.inputs import day, load_law, read_families, region_digits
from doudi.engine.scalar import FactError
from doudi.intake.households import Family
from doudi.intake.reading import Reading

FORMATS = {".txt": "text", ".json": "json", ".html": "html", ".htm": "html"}
LISTED = 10
WIDTH = 100


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """INPUT, --household, --on, --region, --values, --format, --out."""
    parser.add_argument(
        "input", metavar="输入", type=Path, help="与 assess 相同的家庭文件，或一份 JSON 测算依据"
    )
    parser.add_argument("--household", metavar="户编号", help="要说明的一户；文件里只有一户时可以不写")
    parser.add_argument(
        "--on", metavar="日期", type=day, help="核定日期，如 2025-10-15；输入是测算依据时不用写"
    )
    parser.add_argument("--region", metavar="代码", help="只看这个地区的家庭；地区代码空白的按它填")
    parser.add_argument(
        "--values",
        metavar="文件",
        type=Path,
        action="append",
        default=[],
        help="县里自己的政策数值（TOML，可多次）",
    )
    parser.add_argument(
        "--format", choices=("text", "json", "html"), help="不写时看 --out 的扩展名，再不然是 text"
    )
    parser.add_argument("--out", metavar="文件", type=Path, help="写到文件；不写则显示在屏幕上")


def run(args: argparse.Namespace) -> int:
    """Prints or writes the receipt of one household."""
    form = args.format or (FORMATS.get(args.out.suffix.lower(), "text") if args.out else "text")
    made = load_receipt(args.input) if says_receipt(args.input) else _made(args)
    if args.out is None and form == "text":
        show(made, Console())
        return Exit.OK
    text = _page(made) if form == "html" else written(made) if form == "json" else _plain(made)
    if args.out is None:
        print(text, end="")
        return Exit.OK
    if args.out.exists() and args.out.samefile(args.input):
        raise Refusal(f"--out {args.out}：不能覆盖输入文件，请换一个名字", Exit.USAGE)
    try:
        args.out.write_text(text, encoding="utf-8")
    except OSError as problem:
        raise Refusal(f"{args.out}：写不进去（{problem.strerror}），请换一个位置") from None
    print(f"已写出：{args.out}（含个人信息，请妥善保管）")
    return Exit.OK


def load_receipt(path: Path) -> Receipt:
    """A receipt from a file. Raises Refusal."""
    try:
        return read(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError):
        raise Refusal(f"{path}：没有这个文件，或不是文本文件。请核对路径") from None
    except BadReceipt as problem:
        raise Refusal(f"{path}：{problem}") from None


def _made(args: argparse.Namespace) -> Receipt:
    if args.on is None:
        raise Refusal("缺少参数：--on（核定日期，如 2025-10-15）", Exit.USAGE)
    law = load_law(args.values)
    region = region_digits(args.region)
    asked = {"law": law, "on": args.on, "region": region, "household": args.household}
    family = _one(read_families(args.input, **asked), args.household)
    try:
        return receipt(assess(family.document(), on=args.on, law=law))
    except FactError as problem:
        raise Refusal(f"户 {family.key} 无法测算：{problem}") from None


def _one(reading: Reading, wanted: str | None) -> Family:
    """The household asked for. Raises Refusal when it is not there, not single, or failed the checks."""
    keys = [family.key for family in reading.families]
    listed = "、".join(keys[:LISTED]) + ("……" if len(keys) > LISTED else "")
    if wanted is None and len(keys) != 1:
        raise Refusal(f"文件里有 {len(keys):,} 户，请用 --household 写明户编号，例如：{listed}", Exit.USAGE)
    family = next((one for one in reading.families if wanted in (None, one.key)), None)
    if family is None:
        raise Refusal(f"没有户编号为“{wanted}”的家庭。文件里有：{listed}", Exit.USAGE)
    if family.bad:
        faults = "\n".join(f"  {fault}" for fault in reading.faults if fault.household == family.key)
        raise Refusal(f"户 {family.key} 没有通过检查，改正后才能测算：\n{faults}")
    return family


def _plain(made: Receipt) -> str:
    into = io.StringIO()
    show(made, Console(file=into, width=WIDTH, color_system=None))
    return "\n".join(line.rstrip() for line in into.getvalue().splitlines()) + "\n"


def _page(made: Receipt) -> str:
    # Imported when asked for: it loads Django's templates, for which a text on the screen need not wait.
    return str(importlib.import_module("doudi.assessment.page").page(made))
