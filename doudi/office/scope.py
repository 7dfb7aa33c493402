"""Whose eyes a transaction looks through: one officer in one role over one region.

Two locks that each hold alone. The ORM lock: personal tables inherit `PersonalModel`, whose manager filters
by the active scope and raises without one. The database lock: row level security (`rowsecurity.py`) compares
each row with `app.region`, set with SET LOCAL here. A session-level SET would travel with the pooled
connection to the next officer: 3,031 rows leaked that way when it was tried.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from django.conf import settings
from django.db import connections, models, transaction

from doudi.office.roles import ROLES, Writes
from doudi.office.rowsecurity import EVERY_OFFICE

REGION_DIGITS = (2, 4, 6, 9, 12)
# The first digits of all province codes: nine ranges that together are every region.
EVERYWHERE = tuple("123456789")


class NoScope(RuntimeError):
    """Personal data was asked for outside any scope: a programming error that fails closed."""


class OutsideScope(LookupError):
    """The row lies outside the region this officer may see. Screens answer 404, never 403."""


@dataclass(frozen=True)
class Scope:
    """An officer acting in one role over one region: what every action receives as `by`.

    `region` is a region code of 2, 4, 6, 9 or 12 significant digits (a single digit for system jobs);
    `origin` is the network address or the job's name, `reason` why one looks outside: both for the audit.
    """

    region: str
    role: str
    officer: UUID | None = None
    name: str = ""
    department: str = ""
    origin: str = ""
    reason: str = ""

    def __post_init__(self) -> None:
        if not (self.region.isascii() and self.region.isdigit() and len(self.region) in (1, *REGION_DIGITS)):
            raise ValueError(f"区划代码 {self.region!r} 不能作为查看范围")

    @property
    def offices(self) -> str:
        """Whose papers this scope handles: its own department's kind, or EVERY_OFFICE.

        Jobs work for all; civil affairs' approver answers for the register and may take out what is wrong.
        """
        keeper = self.role == "county_approver" and self.department == "CCA"
        return EVERY_OFFICE if keeper or self.role == "system" else self.department

    @property
    def writes(self) -> str:
        """The kinds of personal tables the database lets this scope write; a wider look writes nothing."""
        if self.role == "system":
            return " ".join(Writes)
        return " ".join(ROLES[self.role].writes) if self.role in ROLES and not self.reason else ""

    def covers(self, region: str) -> bool:
        """True if this region is the scope's own region or lies below it."""
        return region.startswith(self.region)


_active: ContextVar[Scope | None] = ContextVar("doudi_scope", default=None)


def current() -> Scope:
    """The active scope. Raises NoScope."""
    scope = _active.get()
    if scope is None:
        raise NoScope("没有设定查看范围就读取个人信息：请在 office.scope.active(...) 之内执行")
    return scope


def current_or_none() -> Scope | None:
    """The active scope, or None outside any."""
    return _active.get()


@contextmanager
def active_as(scope: Scope | None) -> Iterator[None]:
    """The ORM's lock alone set to a scope, for writing SQL that is not sent."""
    token = _active.set(scope)
    try:
        yield
    finally:
        _active.reset(token)


@contextmanager
def active(scope: Scope, *, using: str = "default") -> Iterator[Scope]:
    """A transaction seen through this scope; the scope before it returns when the block ends."""
    connection = connections[using]
    token = _active.set(scope)
    try:
        with transaction.atomic(using=using):
            _tell(connection, scope)
            yield scope
    finally:
        _active.reset(token)
        # The end of the outermost transaction ends SET LOCAL by itself; an inner one must give back.
        if connection.in_atomic_block and not connection.needs_rollback:
            _tell(connection, _active.get())


@contextmanager
def own_account(officer: UUID) -> Iterator[None]:
    """Somebody who is about to be signed in: sees no region, may change this one account (rowsecurity)."""
    connection = connections["default"]
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("select set_config('app.officer', %s, true)", [f"{officer}"])
        yield
        _tell(connection, _active.get())


@contextmanager
def looking(scope: Scope) -> Iterator[Scope]:
    """`active` for a question: within the same scope it asks the database for no savepoint.

    What raises halfway has written nothing but its own audit rows; an action, which has, needs `active`.
    """
    if _active.get() == scope:
        yield scope
    else:
        with active(scope):
            yield scope


@contextmanager
def system(region: str, job: str) -> Iterator[Scope]:
    """The scope of a job (worker, import, rotation) over one region; `job` names it in the audit."""
    with active(Scope(region=region, role="system", origin=job)) as scope:
        yield scope


def _tell(connection: Any, scope: Scope | None) -> None:
    told = (scope.region, str(scope.officer or ""), scope.offices, scope.writes) if scope else ("",) * 4
    with connection.cursor() as cursor:
        cursor.execute(
            "select set_config('app.region', %s, true), set_config('app.officer', %s, true),"
            " set_config('app.department', %s, true), set_config('app.writes', %s, true)",
            told,
        )


def sql_range(column: str) -> tuple[str, list[str]]:
    """The active scope as a condition for hand-written SQL: ('<column> >= %s and …', parameters)."""
    region = current().region
    return f'({column} collate "C" >= %s and {column} collate "C" < %s)', [region, region + "~"]


def check_inside(region: str) -> None:
    """Raises OutsideScope when a row of this region may not be written here and now."""
    if settings.OFFICE_ORM_SCOPE and not current().covers(region):
        raise OutsideScope(f"区划 {region} 不在当前查看范围 {current().region} 之内")


class RegionField(models.CharField):
    """A region code of significant digits (GB/T 2260 and the 12-digit statistical code), in collation "C".

    Without the collation a server in zh_CN sorts "~" elsewhere and the half-open ranges of scope.py break.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["max_length"] = 12
        kwargs["db_collation"] = "C"
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        """Leaves out what __init__ fixes."""
        name, path, args, kwargs = super().deconstruct()
        del kwargs["max_length"], kwargs["db_collation"]
        return name, path, args, kwargs


class ScopedQuerySet(models.QuerySet):
    """Rows inside the active scope; refuses to write rows outside it."""

    def bulk_create(self, objs: Iterable[Any], *args: Any, **kwargs: Any) -> Any:
        """As Django's. Raises OutsideScope if any row lies outside the scope."""
        rows = list(objs)
        for region in {getattr(row, self.model.region_field) for row in rows}:
            check_inside(region)
        return super().bulk_create(rows, *args, **kwargs)

    def update(self, **kwargs: Any) -> int:
        """As Django's. Raises OutsideScope when rows would be moved out of the scope."""
        if self.model.region_field in kwargs:
            check_inside(kwargs[self.model.region_field])
        return int(super().update(**kwargs))


class ScopedManager(models.Manager.from_queryset(ScopedQuerySet)):  # type: ignore[misc]
    """The only manager of a personal table. Raises NoScope outside a scope."""

    def get_queryset(self) -> models.QuerySet:
        """Rows of the active scope's region and below."""
        rows = super().get_queryset()
        # Only tests switch this off, to prove that the database alone holds.
        if not settings.OFFICE_ORM_SCOPE:
            return rows
        region, field, office = current().region, self.model.region_field, self.model.office_field
        rows = rows.filter(**{f"{field}__gte": region, f"{field}__lt": region + "~"})
        if office and current().offices != EVERY_OFFICE:
            return rows.filter(**{office: current().offices})
        return rows


class PersonalModel(models.Model):
    """A table with personal data. Its migration must add `rowsecurity.enable_rls(table)`; a check insists.

    A subclass has its own region column (default `region_code`): a policy that joins to the parent's region
    costs 87-141 ms for a page of fifty rows, the range on the row's own column 0.22 ms.
    """

    region_field: ClassVar[str] = "region_code"
    office_field: ClassVar[str] = ""
    """The column that holds the department's kind, where only the department that sent a row sees it."""
    objects = ScopedManager()

    class Meta:
        abstract = True
        # Also for following foreign keys and reloading: the plain manager would look past the scope.
        base_manager_name = "objects"
        default_manager_name = "objects"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """As Django's. Raises OutsideScope for a row outside the active scope."""
        check_inside(getattr(self, self.region_field))
        super().save(*args, **kwargs)
