"""Killed in the middle: what was confirmed is not lost, and no half batch stays."""

import os
import subprocess
import sys
import threading
import time
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.conf import settings
from django.db import connections

from doudi.intake.actions import confirm
from doudi.intake.models import ImportBatch
from doudi.office.actions import Refused
from doudi.office.scope import Scope, active
from doudi.registry import actions
from doudi.registry.models import Household, Person
from tests.rooms.imports.books import DIBAO, dibao_row, workbook
from tests.rooms.imports.test_imports import compared
from tests.rooms.people import a_colleague, a_small_country, an_officer, scope_of
from tests.rooms.registry.families import a_family, a_member, an_id

HALF_WAY = Path(__file__).with_name("half_way.py")


@pytest.fixture
def clerk(committed_db: None) -> Scope:
    a_small_country()
    return scope_of(an_officer("clerk"))


def half_way(by: Scope, batch: UUID) -> "subprocess.Popen[str]":
    """Another process that has written one family of the batch and has not committed."""
    environment = {
        **os.environ,
        "DOUDI_HOME": str(settings.DOUDI_HOME),
        "DJANGO_SETTINGS_MODULE": "doudi.settings.base",
        "PYTHONPATH": str(Path.cwd()),
    }
    command = [sys.executable, str(HALF_WAY), by.region, str(by.officer), str(batch)]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "half\n"
    return process


def state(by: Scope) -> tuple[str, int, int]:
    with active(by):
        return ImportBatch.objects.get().state, Household.objects.count(), Person.objects.count()


@pytest.mark.parametrize("victim", ["web", "database"])
def test_no_half_batch_after_a_kill(victim: str, clerk: Scope, admin: psycopg.Connection) -> None:
    rows = [dibao_row(f"K{number}", "户主", "陈国富", an_id()) for number in range(3)]
    batch = compared(clerk, workbook(DIBAO, rows))
    confirm(by=a_colleague(clerk), batch=batch)
    with half_way(clerk, batch) as process:
        assert state(clerk) == ("CONFIRMED", 0, 0)
        if victim == "web":
            process.kill()
        else:
            admin.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                " where state = 'idle in transaction' and usename = 'doudi_web'"
            )
            process.kill()
    deadline = time.monotonic() + 30
    while admin.execute("select 1 from pg_locks where locktype = 'advisory'").fetchone():
        assert time.monotonic() < deadline, "the killed import still holds its lock"
        time.sleep(0.05)
    assert state(clerk) == ("CONFIRMED", 0, 0)
    actions.absorb_import(by=clerk, batch=batch)
    assert state(clerk) == ("APPLIED", 3, 3)


def test_one_number_registered_twice_at_once_is_one_person(clerk: Scope) -> None:
    number = an_id()
    start, said = threading.Barrier(2), list[Any]()

    def run() -> None:
        try:
            start.wait(10)
            said.append(
                actions.register_household(
                    by=clerk, document=a_family(a_member(id_no=number)), since=date(2024, 1, 1)
                )
            )
        except Refused as refused:
            said.append(str(refused))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(type(one).__name__ for one in said) == ["UUID", "str"]
    assert any("本县已有登记" in one for one in said if isinstance(one, str))
    with active(clerk):
        assert (Household.objects.count(), Person.objects.count()) == (1, 1)
