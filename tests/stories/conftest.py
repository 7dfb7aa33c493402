"""Stories that need the register have the database fixtures, and a world made once for a whole file."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from django.conf import settings
from django.db import connections
from pytest_django import DjangoDbBlocker

from doudi.office.postgres import ADMIN, Cluster
from tests.rooms.database import *  # noqa: F403
from tests.stories.one_of_each import OneOfEach, a_world

_TABLES = (
    "select string_agg(quote_ident(relname), ', ') from pg_class where relkind in ('r', 'p')"
    " and relnamespace = 'public'::regnamespace and relname <> 'django_migrations'"
)


@contextmanager
def emptied_after(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Real commits, as `committed_db`, for fixtures that live longer than one test."""
    with django_db_blocker.unblock():
        yield
        connections.close_all()
    with psycopg.connect(**Cluster(settings.DOUDI_HOME).connection(ADMIN)) as admin:
        admin.execute("set local session_replication_role = replica")  # past the append-only triggers
        (tables,) = admin.execute(_TABLES).fetchone() or ("",)
        admin.execute(f"truncate {tables} restart identity cascade")


@contextmanager
def the_database_s_day(day: str) -> Iterator[None]:
    """What the database takes for today where it refuses what begins in the past: its clock cannot travel."""
    was = "select pg_get_functiondef('office_lately'::regproc)"
    stands = (
        f"create or replace function office_lately() returns date language sql as $$select date '{day}'$$"
    )
    with psycopg.connect(**Cluster(settings.DOUDI_HOME).connection(ADMIN), autocommit=True) as admin:
        (written,) = admin.execute(was).fetchone() or ("",)
        admin.execute(stands)
        yield
        admin.execute(written)


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[dict[str, OneOfEach]]:
    """`a_world`, committed: making it takes longer than any test that looks at it."""
    with emptied_after(django_db_blocker):
        yield a_world()
