"""Questions that every page asks: written as SQL once, then asked with other values.

Django takes about a millisecond to write a query that PostgreSQL answers in a tenth of that. A `Question`
keeps what Django wrote, the active scope's condition in it, and puts each call's values in their places.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import chain, count
from typing import Any, ClassVar
from uuid import UUID

from django.conf import settings
from django.core.exceptions import EmptyResultSet
from django.db import connections, models

from doudi.office.rowsecurity import EVERY_OFFICE
from doudi.office.scope import Scope, active_as, current_or_none

LONGEST = 64
"""A list with more values is written anew."""
_REGION, _OFFICE = "000000000000", "\ue000office"
_MARKS: dict[type, Callable[[int], Any]] = {
    type(None): lambda _: None,
    UUID: lambda n: UUID(int=0xD0 << 120 | n),
    datetime: lambda n: datetime(1, 1, 2, tzinfo=UTC) + timedelta(days=n),
    date: lambda n: date(1, 1, 2) + timedelta(days=n),
    str: lambda n: f"\ue000{n}",
    bytes: lambda n: f"\ue000{n}".encode(),
    int: lambda n: 2_000_000_000 + n,
}


class Question:
    """A queryset as a function of values: called with them, it gives the rows.

    `write` gets each value (None, a UUID, a date, text, a whole number, or a list of them) and gives the
    queryset. Whatever else it reads is kept for good: today's date and all that changes must be a value.
    """

    def __init__(self, write: Callable[..., models.QuerySet]) -> None:
        self.write = write
        self.written: dict[Any, _Written] = {}

    def __call__(self, *values: Any) -> list[Any]:
        """The rows in the active scope. Raises NoScope where the queryset would."""
        if any(isinstance(value, list) and len(value) > LONGEST for value in values):
            return list(self.write(*values))
        given = [_filled(value) if isinstance(value, list) else value for value in values]
        scope = current_or_none()
        shape = tuple([len(value) if isinstance(value, list) else type(value) for value in given])
        key = shape, settings.OFFICE_ORM_SCOPE, scope and scope.offices == EVERY_OFFICE
        written = self.written.get(key)
        if written is None:
            written = self.written[key] = _Written(self.write, given, scope)
        return written.asked(given, scope)


def _filled(values: list[Any]) -> list[Any]:
    """As many values as the next power of two, the last repeated: lists of 5 to 8 are one statement."""
    return values + values[-1:] * ((1 << max(0, len(values) - 1).bit_length()) - len(values))


class _Written:
    """One spelling of a question, with the place of each value among its parameters."""

    def __init__(self, write: Callable[..., Any], values: list[Any], scope: Scope | None) -> None:
        with active_as(scope and _marked(scope)):
            self.rows = self._spell(write, values, first=10_000)
            other = self.sql, [(place, place or one) for place, one in self.places]
            self.rows = self._spell(write, values, first=0)
        if other != (self.sql, [(place, place or one) for place, one in self.places]):
            raise ValueError("a question's values must be parameters of its SQL and nothing else")

    def _spell(self, write: Callable[..., Any], values: list[Any], *, first: int) -> Any:
        at = count(first)
        marks = [
            [_mark(one, at) for one in value] if isinstance(value, list) else _mark(value, at)
            for value in values
        ]
        rows = write(*marks)
        self.compiler = rows.query.get_compiler(rows.db)
        try:
            self.sql, given = self.compiler.as_sql()
        except EmptyResultSet:  # a list without values
            self.sql, given = "", ()
        flat = [_REGION, f"{_REGION}~", _OFFICE, *_flat(marks)]
        self.places = [(_place(one, flat), one) for one in given]
        self.converters = self.compiler.get_converters([column[0] for column in self.compiler.select])
        return rows

    def asked(self, values: list[Any], scope: Scope | None) -> list[Any]:
        """The rows for these values."""
        if not self.sql:
            return []
        region, office = (scope.region, scope.offices) if scope else ("", "")
        flat = [region, f"{region}~", office, *_flat(values)]
        given = [
            mark if place is None else type(mark)(flat[place]) if isinstance(mark, int) else flat[place]
            for place, mark in self.places
        ]
        return list(self.rows._iterable_class(_Rows(self, given)))


class _Rows:
    """What Django's iterables take for a queryset, its query and its compiler; the SQL is written already."""

    _known_related_objects: ClassVar[dict[Any, Any]] = {}

    def __init__(self, written: _Written, given: list[Any]) -> None:
        self.written, self.given, self.query = written, given, self
        self.db, self.model = written.rows.db, written.rows.model
        compiler = written.compiler
        self.select, self.klass_info = compiler.select, compiler.klass_info
        self.annotation_col_map = compiler.annotation_col_map

    def __getattr__(self, name: str) -> Any:
        return getattr(self.written.rows.query, name)

    def get_compiler(self, *_: Any, **__: Any) -> "_Rows":
        """The compiler that was used."""
        return self

    def execute_sql(self, *_: Any, **__: Any) -> list[list[tuple[Any, ...]]]:
        """The rows, as one chunk."""
        with connections[self.db].cursor() as cursor:
            cursor.execute(self.written.sql, self.given)
            return [cursor.fetchall()]

    def results_iter(self, results: Any = None, *, tuple_expected: bool = False, **_: Any) -> Any:
        """The rows with each column as its field has it."""
        rows = chain.from_iterable(self.execute_sql() if results is None else results)
        if self.written.converters:
            rows = self.written.compiler.apply_converters(rows, self.written.converters)
        return map(tuple, rows) if tuple_expected and self.written.converters else rows


def _marked(scope: Scope) -> Scope:
    if scope.offices == EVERY_OFFICE:
        return Scope(region=_REGION, role="system")
    return Scope(region=_REGION, role="", department=_OFFICE)


def _mark(value: Any, at: Iterator[int]) -> Any:
    return _MARKS[type(value)](next(at))


def _place(parameter: Any, flat: list[Any]) -> int | None:
    parameter = getattr(parameter, "obj", parameter)  # bytes come wrapped
    known = isinstance(parameter, tuple(_MARKS)) and not isinstance(parameter, bool)
    return flat.index(parameter) if known and parameter in flat else None


def _flat(values: Iterable[Any]) -> Iterator[Any]:
    for value in values:
        if isinstance(value, list):
            yield from value
        elif value is not None:
            yield value
