"""`doudi recheck`: a receipt computed again, offline, and held against itself and the present law."""

from __future__ import annotations

import argparse
from pathlib import Path

from doudi.assessment.receipt import BadReceipt
from doudi.assessment.recheck import recheck
from doudi.cli import Exit, Refusal
from doudi.cli.explain import load_receipt
from doudi.cli.inputs import load_law


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """RECEIPT, --values."""
    parser.add_argument(
        "receipt", metavar="测算依据", type=Path, help="doudi explain --format json 写出的文件"
    )
    parser.add_argument(
        "--values",
        metavar="文件",
        type=Path,
        action="append",
        default=[],
        help="出具时用过的县级数值文件（可多次）",
    )


def run(args: argparse.Namespace) -> int:
    """Prints what differs; exit 0 when everything comes out identical, 6 when it does not."""
    made, law = load_receipt(args.receipt), load_law(args.values)
    try:
        found = recheck(made, law)
    except BadReceipt as problem:
        raise Refusal(f"{args.receipt}：{problem}") from None
    for line in (*found.notes, *found.differences):
        print(line)
    if found.identical:
        print(
            f"一致：{len(made['results'])} 项结论、{len(made['figures'])} 个数字，与凭据和现行政策完全相同。"
        )
        return Exit.OK
    print(f"不一致：共 {len(found.differences)} 处。如果出具时用了县级数值文件，请用 --values 一并带上再核。")
    return Exit.RECHECK_DIFFERS
