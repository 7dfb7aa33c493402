"""Another key folder than the database's is told, and nothing is served or written with new keys."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connections

from doudi.cli.doctor import WRONG, report
from doudi.office.dbroles import UnsafeRole, refuse_unsafe_role
from doudi.office.keycheck import problem_of_keys, remember_keys
from doudi.office.models import KeyCheck
from doudi.office.programs import PostgresProblem
from doudi.office.rotation import add_key_version, reencrypt
from doudi.settings.boot import prepare
from tests.rooms.people import a_small_country, an_officer


@pytest.fixture
def keys(committed_db: None, settings: Any, tmp_path: Path) -> Path:
    """A database of its own keys, set up by `prepare` as `doudi serve` does."""
    settings.OFFICE_KEYS = tmp_path / "keys"
    prepare()
    return tmp_path / "keys"


def test_the_same_keys_fit_also_after_a_rotation(keys: Path) -> None:
    assert problem_of_keys() == ""
    add_key_version()
    list(reencrypt())
    assert KeyCheck.objects.get().sealed.ciphertext[0] == 2
    (keys / "field-1").unlink()
    remember_keys()
    assert problem_of_keys() == ""
    assert KeyCheck.objects.count() == 1


@pytest.mark.parametrize("lost", ["index", "field-1", ""])
def test_a_lost_key_is_told_and_no_other_is_made(keys: Path, lost: str) -> None:
    if lost:
        (keys / lost).unlink()
    else:
        shutil.rmtree(keys)
    left = sorted(keys.glob("*"))
    assert "缺少文件" in problem_of_keys()
    assert any(line.level == WRONG and "缺少文件" in line.text for line in report())
    with pytest.raises(PostgresProblem, match="从备份恢复 keys"):
        prepare()
    with pytest.raises(UnsafeRole, match="从备份恢复 keys"):
        refuse_unsafe_role()
    assert sorted(keys.glob("*")) == left


@pytest.mark.parametrize("other", ["index", "field-1"])
def test_another_key_is_told(keys: Path, other: str) -> None:
    (keys / other).write_text("00" * 32, "ascii")
    moved = shutil.copytree(keys, keys.parent / "other")  # keys once read are kept: asked under another name
    told = subprocess.run(
        [sys.executable, "-W", "error", "-m", "doudi", "doctor"],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "doudi.settings.base", "DOUDI_KEYS": str(moved)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "密钥与数据库不符" in told.stdout
    assert "可以使用。" not in told.stdout


def test_a_database_older_than_the_check_is_asked_by_its_officers(
    committed_db: None, settings: Any, tmp_path: Path
) -> None:
    a_small_country()
    an_officer("clerk")
    settings.OFFICE_KEYS = tmp_path / "other"
    assert "缺少文件" in problem_of_keys()
    with pytest.raises(PostgresProblem, match="缺少文件"):
        prepare()
    assert not KeyCheck.objects.exists()


def test_the_web_role_neither_makes_nor_removes_it(keys: Path) -> None:
    for statement in (
        "delete from office_keycheck",
        "update office_keycheck set index = 'x'",
        "insert into office_keycheck (id, sealed, index) values (gen_random_uuid(), 'x', 'x')",
    ):
        with (
            pytest.raises(DatabaseError, match="permission denied"),
            connections["default"].cursor() as cursor,
        ):
            cursor.execute(statement)
