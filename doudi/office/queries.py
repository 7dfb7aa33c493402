"""Who is signed in, what may they do today."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from doudi.office import audit
from doudi.office.models import AuditEntry, EmergencyAccess, Officer, Region, RoleGrant
from doudi.office.scope import Scope, looking

LOOKED_TOO_OFTEN = "looked_too_often"


def duties_of(officer: UUID, day: date | None = None) -> list[RoleGrant]:
    """The officer's grants in force on a day (default today) with region and department, oldest first."""
    day = day or timezone.localdate()
    grants = RoleGrant.objects.select_related("region", "department")
    return list(grants.filter(RoleGrant.in_force(day), officer=officer).order_by("from_day", "id"))


def scope_of_session(session: Mapping[str, Any], origin: str = "", *, looks: bool = True) -> Scope | None:
    """The scope of whoever is signed in with this session, read anew for each request; None if nobody is.

    An open emergency widens it for a page that `looks`.

    A grant that has ended, a suspension or a new password ends the session's powers with the next request.
    """
    if "duty" not in session or "officer" not in session:
        return None
    grant = (
        RoleGrant.objects.select_related("officer", "department")
        .filter(
            RoleGrant.in_force(timezone.localdate()),
            id=session["duty"],
            officer=session["officer"],
            officer__generation=session.get("generation"),
            officer__suspended=False,
        )
        .first()
    )
    if grant is None:
        return None
    scope = Scope(
        region=grant.region_id,
        role=grant.role,
        officer=grant.officer_id,
        name=grant.officer.name,
        department=grant.department.kind,
        origin=origin,
    )
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


def stopped_lookers(*, by: Scope, since: datetime) -> list[AuditEntry]:
    """Who in the scope was stopped for looking at too many people outside their place, the latest first."""
    with looking(by):
        rows = AuditEntry.objects.filter(verb=LOOKED_TOO_OFTEN, at__gte=since)
        return list(rows.order_by("-id")[:100])


def traces(
    *,
    by: Scope,
    officer: str = "",
    verb: str = "",
    subject: str = "",
    also: Collection[str] = (),
    before: int = 0,
    most: int = 50,
) -> list[AuditEntry]:
    """The audit of the scope, the latest first, of one officer (by sign-in name), verb, subject (public id).

    `also`: further subjects in full, such as the lists that name a person. `before`: entries older than this
    one. Reading the audit is an entry of its own.
    """
    with looking(by):
        rows = AuditEntry.objects.order_by("-id")
        if officer:
            rows = rows.filter(officer__in=Officer.objects.filter(sign_in_name=officer).values("id"))
        if verb:
            rows = rows.filter(verb=verb)
        if subject:
            rows = rows.filter(Q(subject__endswith=f":{subject}") | Q(subject__in=also))
        found = list((rows.filter(id__lt=before) if before else rows)[:most])
        detail = {"officer": officer[:40], "verb": verb[:60], "subject": subject[:40], "shown": len(found)}
        audit.record(by=by, verb="read_audit", detail=detail)
    return found


def officer_names(ids: set[UUID]) -> dict[UUID, str]:
    """Names for showing who did what; an id nobody has is left out."""
    return dict(Officer.objects.filter(id__in=ids).values_list("id", "name"))


def region_names(codes: set[str]) -> dict[str, str]:
    """Full names for showing where; a code that is not loaded is left out."""
    return dict(Region.objects.filter(code__in=codes).values_list("code", "full_name"))


def region_choices(above: str, *, digits: int) -> dict[str, str]:
    """Code -> full name of every region below another by digits of code (9 townships, 12 villages)."""
    below = Region.objects.filter(code__startswith=above, level=digits).order_by("code")
    return dict(below.values_list("code", "full_name"))
