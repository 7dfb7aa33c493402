"""A connection that the server has ended is noticed before a request uses it."""

import time

from django.db import connection


def test_it_works(db: None) -> None:
    assert connection.is_usable()


def test_a_connection_ended_by_the_server_is_not_used(db: None) -> None:
    other = connection.copy()
    other.connect()
    try:
        assert other.is_usable()
        with connection.cursor() as cursor:
            cursor.execute("select pg_terminate_backend(%s)", [other.connection.info.backend_pid])
            assert cursor.fetchone() == (True,)
        until = time.monotonic() + 10
        while other.is_usable() and time.monotonic() < until:
            time.sleep(0.01)
        assert not other.is_usable()
    finally:
        other.close()
