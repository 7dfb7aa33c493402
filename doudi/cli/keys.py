"""`doudi keys`: a new encryption key for what is stored, while officers go on working."""

import argparse
import importlib

from django.db import connections

from doudi.cli import Exit, Refusal
from doudi.office.home import data_folder
from doudi.office.postgres import stop
from doudi.office.programs import PostgresProblem
from doudi.settings import boot


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`rotate` makes a new key version first; `reencrypt` goes on with an interrupted rotation."""
    parser.add_argument(
        "action", metavar="动作", choices=("rotate", "reencrypt"), help="rotate 或 reencrypt（续做）"
    )


def run(args: argparse.Namespace) -> int:
    """0 when every stored value is under the newest key."""
    try:
        started = boot.prepare(migrate=False)
    except PostgresProblem as problem:
        raise Refusal(str(problem)) from None
    try:
        _reencrypt(make_key=args.action == "rotate")
    finally:
        connections.close_all()
        if started:
            stop(data_folder())
    return Exit.OK


def _reencrypt(*, make_key: bool) -> None:
    rotation = importlib.import_module("doudi.office.rotation")  # its models need Django set up first
    if make_key:
        version = rotation.add_key_version()
        print(f"已生成第 {version} 版密钥，新写入的内容从现在起使用它。请立即备份 keys 文件夹。")
    total = 0
    for column, done in rotation.reencrypt():
        total += done
        print(f"{column}：{done} 项")
    print(f"已重新加密 {total} 项。旧密钥文件请保留：以前的备份还要用它打开。")
