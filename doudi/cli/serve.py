"""`doudi serve`: database, web server, worker and sealer of the audit together, until Ctrl-C."""

import argparse
import http.client
import importlib
import ipaddress
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from threading import Event, Thread
from typing import Any

from django.conf import settings
from django.db import connections

from doudi.cli import Exit, Refusal
from doudi.office import chain
from doudi.office.home import data_folder
from doudi.office.postgres import keep_running, stop
from doudi.office.programs import PostgresProblem
from doudi.office.report import Daily
from doudi.office.values import Watched
from doudi.settings.boot import prepare
from doudi.settings.database import embedded

# Written by `doudi demo`: names, password and one-time codes of the invented officers; printed here only.
DEMO_NOTE = "demo-sign-in.txt"
SEAL_EVERY = 1.0
START_SECONDS = 60
WATCH_EVERY = 2.0
_restarted = Event()


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where to listen. Other machines should come through the county's gateway, which ends TLS."""
    parser.add_argument("--port", metavar="端口", type=int, default=8000, help="默认 8000")
    parser.add_argument("--host", metavar="地址", default="127.0.0.1", help="默认 127.0.0.1，只供本机使用")
    parser.add_argument("--workers", metavar="个数", type=int, default=4, help="进程数，默认 4")
    # Threads of a process take turns at one lock: two processes of four served a third less, and later.
    parser.add_argument("--threads", metavar="个数", type=int, default=2, help="每个进程的线程数，默认 2")


def run(args: argparse.Namespace) -> int:
    """0 after Ctrl-C or a signal to end; refuses in Chinese when it cannot start."""
    _check_port(args.host, args.port)
    if _is_loopback(args.host):
        os.environ.setdefault("DOUDI_HTTPS", "0")  # browsers return no Secure cookie over plain http
    for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, signal.default_int_handler)
    try:
        started = prepare()
    except (PostgresProblem, ValueError) as problem:
        raise Refusal(str(problem), Exit.NOT_READY) from None
    try:
        _load_regions()
        return _serve(args)
    finally:
        connections.close_all()
        if started or _restarted.is_set():
            stop(data_folder())
        print("已停止。", flush=True)


def _serve(args: argparse.Namespace) -> int:
    over = Event()
    beside = [Thread(target=work, args=(over,), daemon=True) for work in (_seal, _work, _watch)]
    # A session of its own: Ctrl-C reaches this process alone, and requests under way come to their end.
    with subprocess.Popen(_gunicorn(args), start_new_session=True) as server:
        try:
            for thread in beside:
                thread.start()
            _wait_until_it_answers(server, args)
            print(_greeting(args), flush=True)
            return Exit.INTERNAL if server.wait() else Exit.OK
        except KeyboardInterrupt:
            print("\n正在停止：等正在处理的请求办完。", flush=True)
            return Exit.OK
        finally:
            server.terminate()
            server.wait()  # what the last requests did is sealed before we go
            over.set()
            for thread in filter(Thread.is_alive, beside):
                thread.join(timeout=10)


def _gunicorn(args: argparse.Namespace) -> list[str]:
    return [
        sys.executable, "-m", "gunicorn", "doudi.settings.wsgi:application",
        "--bind", f"{args.host}:{args.port}",
        "--workers", str(args.workers), "--threads", str(args.threads), "--worker-class", "gthread",
        "--timeout", "120", "--graceful-timeout", "20", "--log-level", "warning",
        "--preload",  # read once, shared by all processes: four times the reading delayed the first page
    ]  # fmt: skip


def _seal(over: Event) -> None:
    beside = (Watched(), Daily())

    def each(owner: Any, anchor: Path) -> None:
        for work in beside:
            work(owner, anchor)

    try:
        chain.keep_sealing(Path(settings.OFFICE_ANCHOR), SEAL_EVERY, over, each)
    finally:
        connections.close_all()


def _watch(over: Event) -> None:
    """The embedded database comes back by itself, whoever killed or stopped it."""
    if embedded() and keep_running(data_folder(), WATCH_EVERY, over):
        _restarted.set()


def _work(over: Event) -> None:
    """The worker. Late, and after the web server is on its way: its rooms take a second to read."""
    importlib.import_module("doudi.cli.steps").keep_working(over)


def _load_regions() -> None:
    """The divisions that ship, when there are none yet. Late: models exist only after `prepare`."""
    queries = importlib.import_module("doudi.office.queries")
    if not queries.region_names({"52"}):
        regions = importlib.import_module("doudi.office.regions")
        print("首次启动：载入行政区划。", flush=True)
        regions.load_shipped(*regions.shipped_counties())


def _greeting(args: argparse.Namespace) -> str:
    note = data_folder() / DEMO_NOTE
    told = note.read_text("utf-8") if note.is_file() else "还没有示范县；可另开一个终端运行 doudi demo 建立。"
    return f"办件台：http://{_shown(args.host)}:{args.port}/\n{told.rstrip()}\n按 Ctrl-C 停止。"


def _check_port(host: str, port: int) -> None:
    try:
        with socket.create_server((host, port)):
            return
    except (OSError, OverflowError) as problem:
        raise Refusal(
            f"不能使用 {host} 的端口 {port}：{problem}。可用 --port 换一个端口。", Exit.NOT_READY
        ) from None


def _wait_until_it_answers(server: subprocess.Popen[bytes], args: argparse.Namespace) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        connection = http.client.HTTPConnection(_shown(args.host), args.port, timeout=10)
        try:
            connection.request("GET", settings.OFFICE_SIGN_IN_URL)
            if connection.getresponse().status < 500:
                return
        except OSError:
            pass
        finally:
            connection.close()
        time.sleep(0.1)
    raise Refusal("网页服务没有启动，原因见上面的提示；可先运行 doudi doctor。", Exit.NOT_READY)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _shown(host: str) -> str:
    return "127.0.0.1" if host in ("0.0.0.0", "") else host
