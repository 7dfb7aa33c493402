"""Who is signed in, what may they do today."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.utils import timezone

from doudi.office import audit
from doudi.office.asked import Question
from doudi.office.clock import midnight
from doudi.office.models import AuditEntry, EmergencyAccess, Officer, Region, RoleGrant
from doudi.office.roles import DEPARTMENTS
from doudi.office.scope import OutsideScope, Scope, looking

LOOKED_TOO_OFTEN = "looked_too_often"


def duties_of(officer: UUID, day: date | None = None) -> list[RoleGrant]:
    """The officer's grants in force on a day (default today) with region and department, oldest first."""
    day = day or timezone.localdate()
    grants = RoleGrant.objects.select_related("region", "department")
    return list(grants.filter(RoleGrant.in_force(day), officer=officer).order_by("from_day", "id"))


_grant_in_force = Question(
    lambda duty, officer, generation, today: RoleGrant.objects.filter(
        RoleGrant.in_force(today),
        id=duty,
        officer=officer,
        officer__generation=generation,
        officer__suspended=False,
        officer__start_until=None,
    ).values_list("region_id", "role", "officer_id", "officer__name", "department__kind")
)


def scope_of_session(session: Mapping[str, Any], origin: str = "", *, looks: bool = True) -> Scope | None:
    """The scope of whoever is signed in with this session, read anew for each request; None if nobody is.

    An open emergency widens it for a page that `looks`.

    A grant that has ended, a suspension or a new password ends the session's powers with the next request.
    """
    if "duty" not in session or "officer" not in session:
        return None
    who = UUID(session["duty"]), UUID(session["officer"]), int(session.get("generation", -1))
    found = _grant_in_force(*who, timezone.localdate())
    if not found:
        return None
    region, role, officer, name, department = found[0]
    scope = Scope(region, role, officer, name, department, origin)
    emergency = emergency_of(session) if looks else None
    if emergency is None:
        return scope
    return replace(scope, region=emergency.region_id, reason=f"紧急查看：{emergency.reason}")


def emergency_of(session: Mapping[str, Any]) -> EmergencyAccess | None:
    """The emergency access this session has opened, while it lasts."""
    if not session.get("emergency"):
        return None
    return EmergencyAccess.objects.filter(
        id=session["emergency"], officer=session["officer"], ends_at__gt=timezone.now()
    ).first()


def told_since(*verbs: str, by: Scope, since: datetime) -> list[AuditEntry]:
    """The latest audit rows of some verbs in the scope (who was stopped for looking, was given a role)."""
    with looking(by):
        return list(AuditEntry.objects.filter(verb__in=verbs, at__gte=since).order_by("-id")[:100])


@dataclass(frozen=True)
class Colleague:
    """An officer's account as its administrator sees it: roles of the place that are not over, state."""

    one: Officer
    roles: tuple[RoleGrant, ...]
    state: str
    last_signed_in: datetime | None


STATES = {
    "in_use": "在用",
    "unbound": "待首次登录",
    "unchecked": "手机绑定待核对",
    "locked": "已锁定",
    "idle": "没有在任岗位",
    "suspended": "停用",
}


def places_below(region: str, field: str) -> Q:
    """Condition: the region code in a column lies at or below a region."""
    return Q(**{f"{field}__gte": region, f"{field}__lt": region + "~"})


def administered(by: Scope) -> QuerySet[Officer]:
    """The accounts with a role at the administrator's place, now or once."""
    here = RoleGrant.objects.filter(places_below(by.region, "region"), officer=OuterRef("id"))
    return Officer.objects.filter(Exists(here))


_UNCHECKED = Q(totp_confirmed=True, start_until__isnull=False)
_awaiting = Question(
    lambda region, end, kinds, today: Officer.objects.filter(
        _UNCHECKED,
        Exists(
            RoleGrant.objects.filter(
                RoleGrant.not_over(today),
                region__gte=region,
                region__lt=end,
                officer=OuterRef("id"),
                department__kind__in=kinds,
            )
        ),
        suspended=False,
    ).order_by("sign_in_name")
)


def awaiting_check(*, by: Scope) -> list[Officer]:
    """Who has bound a phone that nobody has checked: of the place, or of one's own office.

    All of the place for who keeps accounts; a township's office has its villages' people.
    """
    kinds = {"administrator": list(DEPARTMENTS), "township_chief": ["TOWNSHIP", "VILLAGE"]}
    return _awaiting(by.region, f"{by.region}~", kinds.get(by.role, [by.department]), timezone.localdate())


def colleagues(
    *, by: Scope, text: str = "", role: str = "", state: str = "", skip: int = 0, most: int = 50
) -> list[Colleague]:
    """Accounts of the administrator's place by sign-in name; `text`: of a name, sign-in name or office."""
    now, today = timezone.now(), timezone.localdate()
    grants = RoleGrant.objects.filter(places_below(by.region, "region"), officer=OuterRef("id"))
    rows = administered(by).annotate(held=Exists(grants.filter(RoleGrant.in_force(today))))
    if text:
        office = Exists(grants.filter(RoleGrant.not_over(today), department__name__contains=text))
        rows = rows.filter(Q(name__contains=text) | Q(sign_in_name__startswith=text) | office)
    if role:
        rows = rows.filter(Exists(grants.filter(RoleGrant.not_over(today), role=role)))
    locked = Q(locked_until__gt=now)
    wanted = {
        "suspended": Q(suspended=True),
        "locked": Q(suspended=False) & locked,
        "unbound": Q(suspended=False, totp_confirmed=False) & ~locked,
        "unchecked": Q(_UNCHECKED, suspended=False) & ~locked,
        "idle": Q(suspended=False, totp_confirmed=True, start_until=None, held=False) & ~locked,
    }
    if state == "in_use":
        rows = rows.filter(suspended=False, totp_confirmed=True, start_until=None, held=True).exclude(locked)
    elif state in wanted:
        rows = rows.filter(wanted[state])
    return _told(by, rows.order_by("sign_in_name"), skip, most)


def colleague(*, by: Scope, officer: UUID) -> Colleague:
    """One account of the administrator's place. Raises OutsideScope."""
    for found in _told(by, administered(by).filter(id=officer), 0, 1):
        return found
    raise OutsideScope(f"账号 {officer} 不在 {by.region} 之内")


def _told(by: Scope, rows: QuerySet[Officer], skip: int, most: int) -> list[Colleague]:
    now, today = timezone.now(), timezone.localdate()
    open_here = RoleGrant.objects.filter(RoleGrant.not_over(today), places_below(by.region, "region"))
    roles = Prefetch("grants", open_here.select_related("region", "department"), to_attr="open_here")
    with looking(by):
        entries = AuditEntry.objects.filter(officer=OuterRef("id"), verb="signed_in").order_by("-id")
        rows = rows.annotate(signed_in=Subquery(entries.values("at")[:1])).prefetch_related(roles)
        return [
            Colleague(row, tuple(row.open_here), _state(row, row.open_here, now, today), row.signed_in)
            for row in rows[skip : skip + most]
        ]


def _state(row: Officer, roles: list[RoleGrant], now: datetime, today: date) -> str:
    if row.suspended:
        return "suspended"
    if row.is_locked(now):
        return "locked"
    if not row.totp_confirmed:
        return "unbound"
    if row.awaits_check:
        return "unchecked"
    return "in_use" if any(role.from_day <= today for role in roles) else "idle"


def traces(
    *,
    by: Scope,
    officer: str = "",
    verb: str = "",
    subject: str = "",
    also: Collection[str] = (),
    without: str = "",
    days: tuple[date | None, date | None] = (None, None),
    before: int = 0,
    most: int = 50,
) -> list[AuditEntry]:
    """The audit of the scope, the latest first, of one officer (by sign-in name), verb, subject (public id).

    `days`: the first and the last one, both of them included.

    `also`: further subjects in full, such as the lists that name a person. `without`: a verb left out.
    `before`: entries older than this one. Reading the audit is an entry of its own.
    """
    with looking(by):
        rows = AuditEntry.objects.order_by("-id")
        if officer:
            rows = rows.filter(officer__in=Officer.objects.filter(sign_in_name=officer).values("id"))
        if verb:
            rows = rows.filter(verb=verb)
        if without:
            rows = rows.exclude(verb=without)
        if subject:
            rows = rows.filter(Q(subject__endswith=f":{subject}") | Q(subject__in=also))
        first, last = days
        if first:
            rows = rows.filter(at__gte=midnight(first))
        if last:
            rows = rows.filter(at__lt=midnight(last + timedelta(days=1)))
        found = list((rows.filter(id__lt=before) if before else rows)[:most])
        detail: dict[str, Any] = {
            "officer": officer[:40],
            "verb": verb[:60],
            "subject": subject[:40],
            "shown": len(found),
        }
        detail |= {name: f"{day}" for name, day in (("from", first), ("to", last)) if day}
        audit.record(by=by, verb="read_audit", detail=detail)
    return found


def officer_names(ids: set[UUID]) -> dict[UUID, str]:
    """Names for showing who did what; an id nobody has is left out."""
    return dict(Officer.objects.filter(id__in=ids).values_list("id", "name"))


def names_given(ids: set[UUID]) -> dict[UUID, str]:
    """The names accounts were appointed with, as the audit of the active scope keeps them.

    The column of today is protected by nothing: who renames an account would blame another.
    """
    subjects = {f"{Officer._meta.db_table}:{one}": one for one in ids}
    rows = AuditEntry.objects.filter(verb="appointed", subject__in=subjects, detail__has_key="name")
    latest_first = rows.order_by("-id").values_list("subject", "detail")
    return {subjects[subject]: str(detail["name"]) for subject, detail in latest_first}


def holders(*, role: str, region: str) -> dict[str, list[str]]:
    """Region code -> the names of who holds a role there today, at or below a region."""
    found: dict[str, list[str]] = {}
    held = RoleGrant.objects.filter(
        RoleGrant.in_force(timezone.localdate()), places_below(region, "region"),
        role=role, officer__suspended=False,
    )  # fmt: skip
    for place, name in held.order_by("officer__sign_in_name").values_list("region_id", "officer__name"):
        found.setdefault(place, []).append(name)
    return found


def region_names(codes: set[str]) -> dict[str, str]:
    """Full names for showing where; a code that is not loaded is left out."""
    return dict(Region.objects.filter(code__in=codes).values_list("code", "full_name"))


def region_choices(above: str, *, digits: int) -> dict[str, str]:
    """Code -> full name of every region below another by digits of code (9 townships, 12 villages)."""
    below = Region.objects.filter(code__startswith=above, level=digits).order_by("code")
    return dict(below.values_list("code", "full_name"))
