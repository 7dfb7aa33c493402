"""The web server refuses a database role that could see past row level security."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connections

from doudi.office.dbroles import UnsafeRole, problems_of_role, refuse_unsafe_role
from doudi.office.postgres import OWNER, WEB
from doudi.office.rowsecurity import only_writers, personal_models

pytestmark = pytest.mark.usefixtures("committed_db")


def test_it_works() -> None:
    assert problems_of_role() == []
    refuse_unsafe_role()


@pytest.mark.usefixtures("rls_off")
def test_a_role_that_bypasses_row_security_is_refused() -> None:
    with pytest.raises(UnsafeRole, match="超级用户或可绕过行级权限"):
        refuse_unsafe_role()


def test_a_member_of_the_owner_is_refused(admin: psycopg.Connection) -> None:
    admin.execute(f"grant {OWNER} to {WEB}")
    try:
        with pytest.raises(UnsafeRole, match="是表的所有者"):
            refuse_unsafe_role()
    finally:
        admin.execute(f"revoke {OWNER} from {WEB}")


@pytest.mark.usefixtures("orm_scope_off")
def test_a_switched_off_orm_scope_is_refused() -> None:
    with pytest.raises(UnsafeRole, match="OFFICE_ORM_SCOPE"):
        refuse_unsafe_role()


@pytest.mark.parametrize("undo", ["no force row level security", "disable row level security"])
def test_an_unprotected_table_is_refused(admin: psycopg.Connection, undo: str) -> None:
    admin.execute(f"alter table office_attachment {undo}")
    try:
        with pytest.raises(UnsafeRole, match="office_attachment"):
            refuse_unsafe_role()
    finally:
        admin.execute("alter table office_attachment enable row level security, force row level security")


@pytest.mark.parametrize("verb", ["insert", "update", "delete"])
def test_a_table_that_who_reads_may_write_is_refused(admin: psycopg.Connection, verb: str) -> None:
    (made,) = (sql for sql in only_writers("registry_person", "register").sql if f" writers_{verb} " in sql)
    admin.execute(f"drop policy writers_{verb} on registry_person")
    try:
        with pytest.raises(UnsafeRole, match="registry_person"):
            refuse_unsafe_role()
    finally:
        admin.execute(made)
    refuse_unsafe_role()


def test_every_personal_table_shows_nothing_to_a_raw_connection() -> None:
    tables = [model._meta.db_table for model in personal_models()]
    assert {"office_attachment", "office_auditentry"} <= set(tables)
    with connections["default"].cursor() as cursor:
        for table in tables:
            cursor.execute(f"explain (verbose) select * from {table}")
            plan = "\n".join(line for (line,) in cursor.fetchall())
            assert "app.region" in plan, table


def as_loaded_by_gunicorn(settings: Any, **environment: str) -> subprocess.CompletedProcess[str]:
    """The wsgi module itself."""
    web = settings.DATABASES["default"]
    address = f"postgresql://{web['USER']}:{web['PASSWORD']}@/{web['NAME']}?host={web['HOST']}"
    return subprocess.run(
        [sys.executable, "-c", "import doudi.settings.wsgi"],
        env={
            **os.environ,
            "DATABASE_URL": address,
            "DJANGO_SETTINGS_MODULE": "doudi.settings.base",
            **environment,
        },
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_server_does_not_start_with_a_slip_in_the_county_s_values(settings: Any, tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text("this is [broken", "utf-8")
    loaded = as_loaded_by_gunicorn(settings, DOUDI_VALUES=str(tmp_path))
    assert loaded.returncode == 1
    assert "不能启动：县里的政策数值文件有误" in loaded.stderr


def test_the_server_does_not_start_with_an_unsafe_role(rls_off: None, settings: Any) -> None:
    loaded = as_loaded_by_gunicorn(settings)
    assert loaded.returncode == 1
    assert "UnsafeRole: 网页使用的数据库用户 doudi_web 是超级用户或可绕过行级权限" in loaded.stderr
