"""`doudi audit`: seals the audit, verifies it against the anchor outside the database, exports, reports."""

import argparse
import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from threading import Event
from typing import Any

import django
from django.conf import settings
from django.db import Error, connections
from django.utils import timezone

from doudi.cli import Exit, Refusal
from doudi.office import chain, report, standstill
from doudi.office.home import data_folder
from doudi.office.postgres import Cluster, running
from doudi.office.programs import PostgresProblem
from doudi.settings.database import embedded


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`seal` runs beside the web server, `verify` any time, `export` for the auditors' own verification."""
    parser.add_argument(
        "action",
        metavar="动作",
        choices=("verify", "seal", "export", "report"),
        help="verify、seal、export 或 report（一天的留痕日报）",
    )
    parser.add_argument(
        "file", metavar="文件", nargs="?", help="verify：只核验这份导出文件；export：写到这里"
    )
    parser.add_argument("--on", metavar="日期", type=date.fromisoformat, help="report：哪一天，默认今天")
    parser.add_argument("--json", action="store_true", help="report：输出 JSON")
    parser.add_argument("--anchor", metavar="位置", type=Path, help="锚点文件夹或文件，默认按设置")
    parser.add_argument(
        "--every", metavar="秒", type=float, help="seal：每隔几秒封存一次，不停；默认只做一次"
    )


def run(args: argparse.Namespace) -> int:
    """0 when nothing was tampered with; 8 when something was; 7 when it cannot be told."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "doudi.settings.base")
    django.setup()
    anchor = args.anchor or Path(settings.OFFICE_ANCHOR)
    try:
        if args.action == "verify" and args.file:
            return _verify_file(Path(args.file), anchor)
        if not embedded():
            return _in_database(args, anchor)
        if not (Cluster(data_folder()).data / "PG_VERSION").exists():
            raise Refusal(f"{data_folder()} 里还没有数据库。请设好 DOUDI_HOME，或先运行 doudi demo。")
        with running(data_folder()):
            return _in_database(args, anchor)
    except (PostgresProblem, ValueError) as problem:
        raise Refusal(str(problem)) from None
    except OSError as problem:
        raise Refusal(f"文件 {problem.filename} 无法读写：{problem.strerror}") from None
    except Error as problem:
        raise Refusal(f"数据库报错：{str(problem).splitlines()[0]}。请先运行 doudi doctor。") from None


def _in_database(args: argparse.Namespace, anchor: Path) -> int:
    owner = connections["owner"]
    try:
        if args.action == "verify":
            with owner.cursor() as cursor:
                verdict = chain.verify_database(cursor, _anchors(anchor))
                verdict = replace(verdict, findings=[*verdict.findings, *chain.renamed(cursor)])
                return _tell(verdict, anchor, standstill.told(cursor, anchor))
        if args.action == "export":
            return _export(owner, args.file)
        if args.action == "report":
            return _report(owner, anchor, args)
        return _seal(owner, anchor, args.every)
    finally:
        owner.close()


def _seal(owner: Any, anchor: Path, every: float | None) -> int:
    count = chain.seal(owner, anchor)
    print(f"已封存 {count} 条留痕，锚点写在 {anchor}。")
    if every:
        chain.keep_sealing(anchor, every, Event(), report.Daily())
    return Exit.OK


def _export(owner: Any, file: str | None) -> int:
    if not file:
        raise Refusal("请写明导出到哪个文件：doudi audit export 文件", Exit.USAGE)
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as out, owner.cursor() as cursor:
        head = chain.export(cursor, out)
    print(f"已导出 {head.position} 条到 {file}。末条封存值：{head.digest.hex()}")
    return Exit.OK


def _report(owner: Any, anchor: Path, args: argparse.Namespace) -> int:
    """Ends as `verify` would: a report on an audit that was changed says so in its exit code, too."""
    found = report.report(owner, anchor, args.on or timezone.localdate(), report.verdict(owner, anchor))
    print(report.as_json(found) if args.json else report.in_words(found), end="")
    return {"unchanged": Exit.OK, "cannot_tell": Exit.NOT_READY, "changed": Exit.TAMPERED}[found.state]


def _verify_file(file: Path, anchor: Path) -> int:
    with file.open(encoding="utf-8") as lines:
        return _tell(chain.verify(chain.exported_links(lines), _anchors(anchor)), anchor)


def _anchors(anchor: Path) -> list[chain.Head]:
    return chain.read_anchors(anchor) if anchor.exists() else []


def _tell(verdict: chain.Verdict, anchor: Path, unproven: Sequence[str] = ()) -> int:
    anchors = _anchors(anchor)  # read again: the sealer may have gone on while we verified
    print(f"核验了 {verdict.links} 条留痕，对照 {verdict.anchors} 个库外锚点。")
    print(f"末条：第 {verdict.head.position} 条，封存值 {verdict.head.digest.hex()}")
    print(f"{chain.last_sealed(anchors)}。")
    for line in unproven:
        print(f"[提醒] {line}")
    for finding in verdict.findings:
        print(f"[被改动] {finding}")
    if verdict.findings:
        print("请保留现场，不要再封存，把本结果和锚点文件交审计监督部门。")
        return Exit.TAMPERED
    if why := chain.cannot_tell(verdict.head, anchors):
        raise Refusal(
            f"不能判断：{why}（{anchor}）。请从另外保存的备份恢复锚点文件，再核验。", Exit.NOT_READY
        )
    if unproven:
        raise Refusal("不能判断：封存过的没有发现改动，封存停着的那段时间见上面的提醒。", Exit.NOT_READY)
    print("没有发现改动。")
    return Exit.OK
