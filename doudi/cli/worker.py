"""`doudi worker`: does what waits in the database; `doudi serve` has a worker of its own."""

import argparse
import importlib
from threading import Event

from doudi.cli import Exit, Refusal
from doudi.office.programs import PostgresProblem
from doudi.settings.boot import prepare


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Nothing to choose."""


def run(args: argparse.Namespace) -> int:
    """Works until Ctrl-C. Refuses in Chinese when the database cannot be started."""
    try:
        prepare()
    except (PostgresProblem, ValueError) as problem:
        raise Refusal(str(problem), Exit.NOT_READY) from None
    print("后台处理已启动，按 Ctrl-C 停止。", flush=True)
    importlib.import_module("doudi.cli.steps").keep_working(
        Event()
    )  # late: models exist only after `prepare`
    return Exit.OK
