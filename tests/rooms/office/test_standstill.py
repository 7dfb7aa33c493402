"""While the sealer stands still entries can be deleted past the chain: it is told, by whom it concerns."""

import json
import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Any

import psycopg
import pytest
from django.db import connections, transaction
from pytest_django import DjangoDbBlocker

from doudi.cli import Exit
from doudi.cli.main import main
from doudi.office import audit, chain, report, scope, standstill
from doudi.office.scope import Scope

BY = Scope(region="520281104", role="township_clerk")
pytestmark = pytest.mark.usefixtures("committed_db")


@pytest.fixture
def anchor(tmp_path: Path, settings: Any, admin: psycopg.Connection) -> Path:
    """Numbers from 1 on: tests that are rolled back have burnt some."""
    admin.execute("alter sequence office_auditentry_id_seq restart")
    settings.OFFICE_ANCHOR = tmp_path / "anchor"
    return tmp_path / "anchor"


@pytest.fixture
def sealed(anchor: Path) -> None:
    """Three entries, sealed."""
    three_entries()
    seal(anchor)


def three_entries() -> None:
    with scope.active(BY):
        for number in range(3):
            audit.record(by=BY, verb="viewed", subject=f"person:{number}")


def seal(anchor: Path) -> None:
    chain.seal(connections["owner"], anchor)


def told(anchor: Path) -> list[str]:
    with connections["owner"].cursor() as cursor:
        return standstill.told(cursor, anchor)


def silent(anchor: Path, minutes: int = 10) -> str:
    """The sealer was killed so long ago; since when, as it is told."""
    file = anchor / standstill.BEAT
    beat = json.loads(file.read_text())
    at = datetime.fromisoformat(beat["at"]) - timedelta(minutes=minutes)
    file.write_text(json.dumps({**beat, "at": at.isoformat()}))
    return f"{at.astimezone():%Y-%m-%d %H:%M:%S}"


def cut(admin: psycopg.Connection, after: int) -> None:
    """What an attacker does with the tail that nobody has sealed."""
    admin.execute("set session_replication_role = replica")
    admin.execute("delete from office_auditentry where id > %s", [after])
    admin.execute("set session_replication_role = origin")


def roll_back() -> None:
    """A page that fails on its way: its numbers are used, its entries are not there."""
    with transaction.atomic():
        three_entries()
        transaction.set_rollback(True)


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str]) -> Iterator[Any]:
    def run(*arguments: str) -> tuple[int, str]:
        code = main(arguments)
        connections.close_all()
        return code, "".join(capsys.readouterr())

    return run


@pytest.mark.usefixtures("sealed")
def test_it_works(anchor: Path, admin: psycopg.Connection, cli: Any) -> None:
    assert cli("audit", "verify")[0] == Exit.OK
    three_entries()
    since = silent(anchor)
    cut(admin, after=3)
    lost = f"封存程序自 {since} 起停着：其间用掉的留痕序号（4 至 6）有 3 个在库里没有"
    for command in (("audit", "verify"), ("doctor",), ("audit", "report")):
        code, words = cli(*command)
        assert (code, lost in words, "没有发现改动。" in words) == (Exit.NOT_READY, True, False), words
    assert "请运行 doudi audit seal --every 1" in cli("audit", "verify")[1]


@pytest.mark.usefixtures("sealed")
def test_what_was_lost_stays_told_when_the_sealer_goes_on(
    anchor: Path, admin: psycopg.Connection, cli: Any
) -> None:
    three_entries()
    since = silent(anchor)
    cut(admin, after=3)
    three_entries()
    seal(anchor)
    three_entries()
    seal(anchor)
    assert report.verdict(connections["owner"], anchor)[0] == "cannot_tell"
    for command in (("audit", "verify"), ("doctor",)):
        code, words = cli(*command)
        assert code == Exit.NOT_READY
        assert f"封存程序自 {since} 至 20" in words
        assert "停过：其间用掉的留痕序号（4 至 9）有 3 个在库里没有" in words
    (file,) = anchor.glob("standstill-*.txt")
    assert file.name in words
    assert file.stat().st_mode & 0o777 == 0o600
    file.rename(anchor.parent / "looked-into.txt")
    assert cli("audit", "verify")[0] == Exit.OK


@pytest.mark.usefixtures("sealed")
def test_entries_that_wait_are_told_since_when_and_are_no_proof(
    anchor: Path, admin: psycopg.Connection, cli: Any
) -> None:
    three_entries()
    admin.execute("set session_replication_role = replica")
    admin.execute("update office_auditentry set at = '2025-10-15 09:00:00+08' where id > 4")
    admin.execute("set session_replication_role = origin")
    code, words = cli("audit", "verify")
    assert code == Exit.NOT_READY
    assert "自 2025-10-15 09:00:00 起有 2 条留痕超过 1 分钟没有封存" in words
    assert "不能判断：封存过的没有发现改动" in words


@pytest.mark.usefixtures("sealed")
def test_numbers_burnt_while_the_sealer_lives_are_none_of_it(anchor: Path) -> None:
    roll_back()
    seal(anchor)
    silent(anchor)
    assert told(anchor) == []
    three_entries()
    seal(anchor)
    assert told(anchor) == []


@pytest.mark.usefixtures("sealed")
def test_a_silence_in_which_nothing_was_lost_costs_nothing(anchor: Path) -> None:
    three_entries()
    silent(anchor)
    seal(anchor)
    assert told(anchor) == []


@pytest.mark.usefixtures("sealed")
@pytest.mark.parametrize("comes", [True, False])
def test_who_was_under_way_is_waited_for(anchor: Path, comes: bool) -> None:
    silent(anchor)
    with transaction.atomic():
        three_entries()
        seal(anchor)
        seal(anchor)
        assert told(anchor) == []
        transaction.set_rollback(not comes)
    seal(anchor)
    assert ["有 3 个在库里没有" in line for line in told(anchor)] == ([] if comes else [True])


@pytest.mark.usefixtures("sealed")
def test_killed_again_before_all_was_settled(anchor: Path, admin: psycopg.Connection) -> None:
    since = silent(anchor)
    with transaction.atomic():
        three_entries()
        seal(anchor)
        silent(anchor, minutes=2)
    three_entries()
    cut(admin, after=6)
    seal(anchor)
    (line,) = told(anchor)
    assert f"自 {since} 至" in line
    assert "（4 至 9）有 3 个" in line


@pytest.mark.usefixtures("sealed")
def test_numbers_that_go_back_are_told(anchor: Path, admin: psycopg.Connection) -> None:
    three_entries()
    seal(anchor)
    cut(admin, after=2)
    admin.execute("select setval('office_auditentry_id_seq', 2)")
    assert any("留痕序号从 6 退到 2" in line for line in told(anchor))
    seal(anchor)
    assert any("留痕序号从 6 退到 2" in line for line in told(anchor))


@pytest.mark.usefixtures("sealed")
@pytest.mark.parametrize("text", [None, "", "{}", "[1]"])
def test_without_a_beat_it_cannot_be_told(anchor: Path, text: str | None) -> None:
    file = anchor / standstill.BEAT
    file.unlink()
    if text is not None:
        file.write_text(text)
    (line,) = told(anchor)
    assert "没有封存程序的运行记录" in line
    seal(anchor)
    assert told(anchor) == []


@pytest.mark.usefixtures("sealed")
def test_a_server_that_counts_from_the_beginning_holds_nothing_up(anchor: Path) -> None:
    file = anchor / standstill.BEAT
    beat = json.loads(file.read_text())
    file.write_text(json.dumps({**beat, "settled": 2, "before": 10**12}))
    seal(anchor)
    assert json.loads(file.read_text())["settled"] == 3


@pytest.mark.parametrize("problem", [OSError("disk"), ValueError("file"), KeyError("x"), RuntimeError("?")])
def test_nothing_but_its_stop_ends_the_sealer(
    anchor: Path, problem: Exception, caplog: pytest.LogCaptureFixture, django_db_blocker: DjangoDbBlocker
) -> None:
    stop, rounds = Event(), []

    def beside(owner: Any, anchor: Path) -> None:
        rounds.append(len(rounds))
        if len(rounds) < 4:
            raise problem
        stop.set()

    def work() -> None:
        with django_db_blocker.unblock():
            chain.keep_sealing(anchor, 0.01, stop, beside)

    three_entries()
    with caplog.at_level(logging.ERROR):
        thread = Thread(target=work)
        thread.start()
        thread.join(timeout=30)
    assert not thread.is_alive()
    assert len(rounds) == 5  # once more after the stop
    assert [row.getMessage() for row in caplog.records] == [
        f"the audit is not sealed: {type(problem).__name__}"
    ]
    assert len(chain.read_anchors(anchor)) == 1


def test_what_came_before_the_stop_is_sealed(anchor: Path) -> None:
    stop = Event()
    stop.set()
    three_entries()
    chain.keep_sealing(anchor, 60, stop)
    assert chain.read_anchors(anchor)[-1].position == 3
    assert told(anchor) == []
