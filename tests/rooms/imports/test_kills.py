"""kill -9 of worker, web server and database in the middle of an import, in a database of its own."""

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from doudi.office.postgres import ADMIN, Cluster, stop

KILLED = "tests.rooms.imports.killed"
AFTER = {"stage": "STAGED", "confirm": "APPLIED", "undo": "UNDONE"}
RECOVERY_SECONDS = 30


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """A data folder the server's account can pass through; its database starts with the first command."""
    folder = Path(tempfile.mkdtemp(prefix="doudi-kills-"))
    folder.chmod(0o711)
    yield folder
    if any(folder.iterdir()):
        stop(folder)
    shutil.rmtree(folder)


def started(home: Path, *command: str) -> "subprocess.Popen[str]":
    environment = {
        **os.environ,
        "DOUDI_HOME": str(home),
        "DJANGO_SETTINGS_MODULE": "doudi.settings.base",
        "PYTHONPATH": str(Path.cwd()),
    }
    return subprocess.Popen(
        [sys.executable, "-m", *command], env=environment, stdout=subprocess.PIPE, text=True
    )


def said(home: Path, *command: str) -> str:
    with started(home, KILLED, *command) as process:
        told, _ = process.communicate(timeout=120)
    assert process.returncode == 0
    return told


def kill_database(home: Path) -> None:
    os.kill(int((Cluster(home).data / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)


@pytest.mark.parametrize("victim", ["worker", "database"])
@pytest.mark.parametrize("step", list(AFTER))
def test_a_step_killed_half_way_is_done_once_or_not_at_all(home: Path, step: str, victim: str) -> None:
    with started(home, KILLED, "half", step) as process:
        assert process.stdout is not None
        before: dict[str, Any] = json.loads(process.stdout.readline())
        assert process.stdout.readline() == "half\n"
        if victim == "database":
            kill_database(home)
        process.kill()
    batch = before.pop("batch")
    told = json.loads(said(home, "finish", step, batch))
    assert told["found"] == before
    assert told["left"]["state"] == AFTER[step]
    assert (told["left"]["register"] != before["register"]) == (step != "stage")


def within_recovery(question: Callable[[], object], wanted: object) -> None:
    deadline, answer = time.monotonic() + RECOVERY_SECONDS, None
    while time.monotonic() < deadline:
        try:
            answer = question()
        except (OSError, http.client.HTTPException, psycopg.OperationalError) as problem:
            answer = problem
        if answer == wanted:
            return
        time.sleep(0.1)
    pytest.fail(f"{wanted} wanted, after {RECOVERY_SECONDS} s still {answer}")


@contextmanager
def desk(home: Path, port: int) -> "Iterator[subprocess.Popen[str]]":
    """`doudi serve`, answering; told to end when the block ends, and then the last line is looked at."""
    with started(home, "doudi", "serve", "--port", str(port)) as process:
        try:
            assert process.stdout is not None
            assert next(line for line in process.stdout if "办件台" in line)
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            last = process.communicate(timeout=60)[0]
    assert (process.returncode, last.splitlines()[-1]) == (0, "已停止。")


def test_the_desk_comes_back_by_itself(home: Path) -> None:
    batch = said(home, "ready", "preview").strip()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]

    def page() -> int:
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
            connection.request("GET", "/sign-in/")
            with connection.getresponse() as response:
                return response.status

    def state() -> str:
        with psycopg.connect(**Cluster(home).connection(ADMIN)) as admin:
            row = admin.execute("select state from intake_importbatch where id = %s", [batch]).fetchone()
        assert row is not None
        return str(row[0])

    with desk(home, port) as process:
        kill_database(home)
        within_recovery(state, "COMPARED")
        within_recovery(page, 200)
        said(home, "confirm", "-", batch)
        within_recovery(state, "APPLIED")
        for worker in web_workers(process.pid):
            os.kill(worker, signal.SIGKILL)
        within_recovery(page, 200)
    assert not (Cluster(home).data / "postmaster.pid").exists()


def web_workers(desk: int) -> list[int]:
    """The processes below the one gunicorn started."""
    (master,) = children(desk)
    return children(master)


def children(process: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{process}/task/{process}/children").read_text().split()]
