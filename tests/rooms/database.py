"""Fixtures for everything that needs the database: one embedded server per test session, the web role's eyes.

`db` (pytest-django) rolls back after each test; `committed_db` really commits, then empties the tables.
Tests under `doudi/` import what they need in their own conftest: `from tests.rooms.database import *`.
"""

from collections.abc import Iterator

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from pytest_django import DjangoDbBlocker

from doudi.office.postgres import ADMIN, WEB, Cluster, running

__all__ = ["admin", "committed_db", "django_db_setup", "orm_scope_off", "rls_off", "without_either_lock"]

FOR_TESTS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """In place of pytest-django's own, whose test database the web role would make and own."""
    with running(settings.DOUDI_HOME, FOR_TESTS), django_db_blocker.unblock():
        call_command("migrate", database="owner", interactive=False, verbosity=0, skip_checks=True)
        connections.close_all()
        yield
        connections.close_all()


@pytest.fixture
def admin(django_db_setup: None) -> Iterator[psycopg.Connection]:
    """A superuser's connection: what an attacker with the database's own password has."""
    with psycopg.connect(**Cluster(settings.DOUDI_HOME).connection(ADMIN), autocommit=True) as connection:
        yield connection


@pytest.fixture
def committed_db(admin: psycopg.Connection, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The database with real commits, through both aliases; all rows of all tables are gone afterwards."""
    with django_db_blocker.unblock():
        yield
        connections.close_all()
    with admin.transaction():
        admin.execute("set local session_replication_role = replica")  # past the append-only triggers
        tables = admin.execute(
            "select quote_ident(relname) from pg_class where relnamespace = 'public'::regnamespace"
            " and relkind in ('r', 'p') and relname <> 'django_migrations'"
        ).fetchall()
        admin.execute("truncate " + ", ".join(name for (name,) in tables) + " restart identity cascade")


@pytest.fixture
def rls_off(admin: psycopg.Connection) -> Iterator[None]:
    """Row level security switched off for the web role: the ORM's scope must hold alone."""
    admin.execute(f"alter role {WEB} bypassrls")
    yield
    admin.execute(f"alter role {WEB} nobypassrls")


@pytest.fixture
def orm_scope_off() -> Iterator[None]:
    """The ORM's scope switched off: row level security must hold alone."""
    settings.OFFICE_ORM_SCOPE = False
    yield
    settings.OFFICE_ORM_SCOPE = True


@pytest.fixture
def without_either_lock(rls_off: None, orm_scope_off: None) -> None:
    """Both off: a test that a lock holds must fail under this, or it proves nothing."""
