"""A law value changed in the county's files leaves a trace, also one changed back within the hour."""

from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone

from doudi.office.clock import SQL_TODAY
from doudi.office.values import CHANGED, Watched
from tests.rooms.people import COUNTY, a_small_country, an_officer

pytestmark = pytest.mark.usefixtures("committed_db")


@pytest.fixture
def folder(tmp_path: Path, settings: Any) -> Path:
    a_small_country()
    an_officer("overseer", "auditor", COUNTY)
    settings.OFFICE_VALUES = tmp_path / "values"
    settings.OFFICE_VALUES.mkdir()
    return tmp_path / "values"


def told() -> list[tuple[str, str]]:
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "select region_code, purpose from office_auditentry where verb = %s order by id", [CHANGED]
        )
        return list(cursor.fetchall())


def looked(watch: Watched) -> int:
    watch(connections["owner"], Path())
    return len(told())


def test_each_change_of_a_file_is_told_once_to_who_oversees(folder: Path) -> None:
    watch, file = Watched(), folder / "own.toml"
    assert looked(watch) == 0, "a county without values of its own has changed none"
    file.write_text("890", "utf-8")
    assert looked(watch) == looked(watch) == 1
    file.write_text("891", "utf-8")
    assert looked(watch) == 2
    file.write_text("890", "utf-8")
    assert looked(watch) == 3, "back within the minute is a change, too"
    file.unlink()
    assert looked(watch) == 4
    assert {region for region, _ in told()} == {COUNTY}
    assert told()[0] == told()[2] != told()[1]
    assert "已移走" in told()[3][1]


def test_what_changed_while_nothing_ran_is_told_at_the_start(folder: Path) -> None:
    file = folder / "own.toml"
    file.write_text("890", "utf-8")
    assert looked(Watched()) == 1
    assert looked(Watched()) == 1, "as the last run left it"
    file.write_text("900", "utf-8")
    assert looked(Watched()) == 2


def test_a_file_that_cannot_be_read_does_not_stop_the_sealing(folder: Path) -> None:
    (folder / "own.toml").mkdir()
    assert looked(Watched()) == 1
    assert "own.toml" in told()[0][1]


# One of the two has another day than here, whatever the hour.
@pytest.mark.parametrize("zone", ["Etc/GMT+12", "Pacific/Kiritimati"])
def test_who_oversees_from_today_is_told_whatever_day_the_server_keeps(folder: Path, zone: str) -> None:
    with connections["owner"].cursor() as cursor:
        today = timezone.localdate()
        cursor.execute("update office_rolegrant set from_day = %s where role = 'auditor'", [today])
        cursor.execute(f"set timezone = '{zone}'")
    (folder / "own.toml").write_text("890", "utf-8")
    try:
        assert looked(Watched()) == 1
        assert {region for region, _ in told()} == {COUNTY}
        with connections["owner"].cursor() as cursor:
            cursor.execute(f"select {SQL_TODAY}")
            assert cursor.fetchone() == (today,)
    finally:
        connections["owner"].close()
