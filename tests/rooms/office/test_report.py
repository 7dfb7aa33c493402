"""The daily report of the audit: figures for whoever supervises, kept outside the database."""

import json
import logging
import time
from datetime import date, datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Any

import psycopg
import pytest
import time_machine
from django.db import connections
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from doudi.cli import Exit
from doudi.cli.main import main
from doudi.office import audit, chain, report, scope
from tests.rooms.people import COUNTY, TOWNSHIP, a_small_country, an_officer, scope_of

pytestmark = pytest.mark.usefixtures("committed_db")


@pytest.fixture
def anchor(tmp_path: Path, settings: Any) -> Path:
    settings.OFFICE_ANCHOR = tmp_path / "anchor"
    return tmp_path / "anchor"


@pytest.fixture
def day() -> date:
    """A day on which two officers worked and somebody guessed, sealed."""
    a_small_country()
    clerk, handler = an_officer(called="李建国"), an_officer("handler", "county_handler", COUNTY)
    with scope.active(scope_of(clerk)) as by:
        audit.record_shown(by=by, rows=[(f"registry_person:{n}", TOWNSHIP) for n in range(3)])
        audit.record(by=by, verb="revealed", subject="registry_person:1", purpose="核对身份证")
        audit.record(by=by, verb="looked_outside", purpose="查重复登记")
        audit.record(by=by, verb="something_new")
    with scope.active(scope_of(handler)) as by:
        audit.record(by=by, verb="handed_out", subject="registry_household:1", purpose="交给本人")
    audit.record(by=None, verb="sign_in_refused")
    with scope.system(COUNTY, "worker") as by:
        audit.record(by=by, verb="import_staged")
    return timezone.localdate()


def test_it_works(day: date, anchor: Path, capsys: pytest.CaptureFixture[str]) -> None:
    chain.seal(connections["owner"], anchor)
    assert main(["audit", "report", "--json"]) == Exit.OK
    told = json.loads(capsys.readouterr().out)
    assert (told["day"], told["entries"], told["state"], told["verdict"]) == (f"{day}", 9, "unchanged", [])
    assert told["verbs"]["viewed"] == 3
    assert told["first"] == {
        "在辖区外查找": 1, "查人过多被停止": 0, "紧急查看": 0, "查看遮盖项": 1, "打印和下载": 1, "被拒绝": 0,
        "登录失败": 1, "办理时动态口令不对": 0, "账号和岗位": 0, "政策数值变更": 0,
    }  # fmt: skip
    assert {name: sum(row.values()) for name, row in told["departments"].items()} == {
        f"{TOWNSHIP} TOWNSHIP": 6, f"{COUNTY} CCA": 1, "系统": 1, "未登录": 1
    }  # fmt: skip
    assert [(one["name"], one["sign_in_name"]) for one in told["officers"]] == [
        ("李建国", "clerk"), ("handler 同志", "handler")
    ]  # fmt: skip
    head = chain.read_anchors(anchor)[-1]
    assert (told["position"], told["digest"]) == (head.position, head.digest.hex())
    assert main(["audit", "report", "--on", f"{day}"]) == Exit.OK
    words = capsys.readouterr().out
    for line in (
        f"留痕日报 {day}", "共 9 条。", "  查看档案 3", "  something_new 1", "核验：没有发现改动。",
        f"  李建国（clerk，乡镇经办，{TOWNSHIP} TOWNSHIP）6：在辖区外查找 1，查看遮盖项 1",
    ):  # fmt: skip
        assert line in words.splitlines()
    assert "registry_person" not in words
    assert f"封存到第 9 条，封存值 {head.digest.hex()}" in words


def test_another_day_is_another_report(day: date, anchor: Path, capsys: pytest.CaptureFixture[str]) -> None:
    chain.seal(connections["owner"], anchor)
    assert main(["audit", "report", "--on", f"{day - timedelta(days=1)}", "--json"]) == Exit.OK
    told = json.loads(capsys.readouterr().out)
    assert (told["entries"], told["position"], told["officers"]) == (0, 0, [])


def test_what_was_changed_or_cannot_be_told_is_said(
    day: date, anchor: Path, admin: psycopg.Connection, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["audit", "report"]) == Exit.NOT_READY
    assert "核验：不能判断：\n  没有库外锚点" in capsys.readouterr().out
    chain.seal(connections["owner"], anchor)
    admin.execute("set session_replication_role = replica")
    admin.execute("update office_auditentry set verb = 'viewed' where verb = 'revealed'")
    admin.execute("set session_replication_role = origin")
    assert main(["audit", "report"]) == Exit.TAMPERED
    assert "核验：被改动：\n  第 4 条" in capsys.readouterr().out


def test_each_day_is_written_once_beside_the_anchors(
    day: date, anchor: Path, admin: psycopg.Connection
) -> None:
    owner = connections["owner"]
    assert report.write_missing(owner, anchor) == []  # no folder of anchors yet: nothing was ever sealed
    chain.seal(owner, anchor)
    yesterday = day - timedelta(days=1)
    assert report.write_missing(owner, anchor) == [yesterday]
    assert report.write_missing(owner, anchor) == []
    file = anchor / f"report-{yesterday}.json"
    assert file.stat().st_mode & 0o777 == 0o600
    assert json.loads(file.read_text("utf-8"))["day"] == f"{yesterday}"
    assert f"留痕日报 {yesterday}" in (anchor / f"report-{yesterday}.txt").read_text("utf-8")
    with time_machine.travel(datetime.combine(day, datetime.min.time()) + timedelta(days=3, hours=4)):
        assert report.write_missing(owner, anchor) == [day, day + timedelta(days=1), day + timedelta(days=2)]
    told = json.loads((anchor / f"report-{day}.json").read_text("utf-8"))
    assert (told["entries"], told["state"]) == (9, "unchanged")
    with time_machine.travel(datetime.combine(day, datetime.min.time()) + timedelta(days=99)):
        assert len(report.write_missing(owner, anchor)) == report.MOST_DAYS
    assert chain.read_anchors(anchor)  # the reports are no anchors


def test_the_sealer_writes_it(day: date, anchor: Path, django_db_blocker: DjangoDbBlocker) -> None:
    stop, daily = Event(), report.Daily()

    def work() -> None:
        with django_db_blocker.unblock():
            chain.keep_sealing(anchor, 0.01, stop, daily)

    thread = Thread(target=work)
    thread.start()
    while daily.done is None and thread.is_alive():
        stop.wait(0.01)
    stop.set()
    thread.join()
    assert (anchor / f"report-{day - timedelta(days=1)}.json").is_file()


def test_a_report_that_cannot_be_written_stops_no_sealing(
    day: date, anchor: Path, caplog: pytest.LogCaptureFixture
) -> None:
    chain.seal(connections["owner"], anchor)
    next(anchor.glob("*.jsonl")).write_text("no anchor\n")
    daily = report.Daily()
    with caplog.at_level(logging.WARNING):
        daily(connections["owner"], anchor)
        while daily.done is None:
            time.sleep(0.01)
    assert "daily audit report: ValueError" in caplog.text


def test_a_long_report_holds_up_no_sealing(
    day: date, anchor: Path, monkeypatch: pytest.MonkeyPatch, django_db_blocker: DjangoDbBlocker
) -> None:
    stop, verified, daily = Event(), Event(), report.Daily()
    verdict = report.verdict
    monkeypatch.setattr(report, "verdict", lambda *args: (verified.wait(30), verdict(*args))[1])
    chain.seal(connections["owner"], anchor)

    def work() -> None:
        with django_db_blocker.unblock():
            chain.keep_sealing(anchor, 0.01, stop, daily)

    thread = Thread(target=work)
    thread.start()
    audit.record(by=None, verb="sign_in_refused")
    while len(chain.read_anchors(anchor)) < 2 and thread.is_alive():
        time.sleep(0.01)
    assert daily.done is None
    verified.set()
    while daily.done is None:
        time.sleep(0.01)
    stop.set()
    thread.join()
    assert (anchor / f"report-{day - timedelta(days=1)}.json").is_file()
