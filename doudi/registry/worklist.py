"""What a desk lists of the register: requests one asked for or decides, and whose families they are."""

import json
from collections.abc import Collection, Iterable
from datetime import date, datetime
from functools import cache
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from doudi.office import audit
from doudi.office.asked import Question
from doudi.office.scope import Scope, looking
from doudi.registry.documents import memberships, one
from doudi.registry.finding import called
from doudi.registry.kin import filings
from doudi.registry.models import ChangeRequest, Membership, NearRelative

GROUPS = ("decide", "returned", "asked", "done")
"""To decide; sent back to its proposer; proposed and not decided; decided by or for this officer."""


def tally(*, by: Scope, kinds: Collection[str], since: datetime) -> dict[str, dict[str, int]]:
    """Group -> kind -> how many, in one query. `kinds`: those this officer decides; `since`: see `listed`."""
    with looking(by):
        found = _tallied(by.officer, list(kinds), since)
    return {group: {row["kind"]: row[group] for row in found if row[group]} for group in GROUPS}


@Question
def _tallied(officer: UUID | None, kinds: list[str], since: datetime) -> QuerySet:
    fits = {group: _fits(officer, group, kinds, since) for group in GROUPS}
    rows = ChangeRequest.objects.filter(fits["decide"] | fits["returned"] | fits["asked"] | fits["done"])
    counts = {group: Count("id", filter=fit) for group, fit in fits.items()}
    return rows.values("kind").annotate(**counts).order_by("kind")


def listed(
    *,
    by: Scope,
    group: str,
    kinds: Collection[str],
    since: datetime,
    most: int,
    kind: str = "",
    who: str = "",
) -> list[ChangeRequest]:
    """Requests of one group, the longest waiting first, of those done the latest; no person.

    Sent back and done are those decided `since`. `kind` keeps one kind, `who` families whose number holds it
    or whose head is called so (characters or initials).
    """
    with looking(by):
        if not kind and not who:
            return _listing(group, most)(by.officer, list(kinds), since)
        rows = _of_group(group, by.officer, kinds, since)
        if kind:
            rows = rows.filter(kind=kind)
        if who:
            heads = _heads(timezone.localdate()).filter(
                household=OuterRef("household"), person__in=called(who)
            )
            rows = rows.filter(Q(household__household_no__contains=who) | Exists(heads))
        return list(rows[:most])


@cache
def _listing(group: str, most: int) -> Question:
    return Question(lambda officer, kinds, since: _of_group(group, officer, kinds, since)[:most])


def _of_group(
    group: str, officer: UUID | None, kinds: Collection[str], since: datetime
) -> "QuerySet[ChangeRequest]":
    order = {"done": "-decided_at", "returned": "decided_at"}.get(group, "proposed_at")
    rows = ChangeRequest.objects.filter(_fits(officer, group, kinds, since))
    return rows.select_related("household", "proposed_by").order_by(order, "id")


def _fits(officer: UUID | None, group: str, kinds: Collection[str], since: datetime) -> Q:
    own, open_ = Q(proposed_by=officer), Q(state="PROPOSED")
    match group:
        case "decide":
            return open_ & Q(kind__in=list(kinds)) & (Q(proposed_by=None) | ~own)
        case "asked":
            return open_ & own
        case "returned":
            return Q(state="REJECTED", decided_at__gte=since) & own
    return Q(decided_at__gte=since) & (own | Q(decided_by=officer))


def request_shown(*, by: Scope, request: UUID) -> ChangeRequest:
    """One request with its family and both officers. Writes an audit row. Raises OutsideScope."""
    with looking(by):
        row: ChangeRequest = one(ChangeRequest, request, "household", "proposed_by", "decided_by")
        audit.record_shown(by=by, rows=[(audit.subject_of(row), row.region_code)], purpose="办理变更申请")
    return row


def filed(*, by: Scope, request: ChangeRequest) -> list[NearRelative]:
    """近亲属备案 of the family a request is about, and of who comes into it; a trace for each shown."""
    with looking(by):
        payload = json.loads(request.payload.open())
        homes = [one for one in (request.household_id, payload.get("other")) if one]
        rows = filings(homes, request.day, payload)
        pairs = [(audit.subject_of(row), row.region_code) for row in rows]
        audit.record_shown(by=by, rows=pairs, purpose="办理变更申请")
    return rows


def heads(*, by: Scope, households: Iterable[UUID], purpose: str, who: str = "") -> dict[UUID, str]:
    """Household -> its head's name today, for a list of one's own work; one audit row for each head shown.

    `who` keeps the families whose number holds it or whose head is called so.
    """
    wanted = set(households)
    if not wanted:
        return {}
    with looking(by):
        found = _named(list(wanted), timezone.localdate()) if not who else []
        if who:
            rows = _heads(timezone.localdate()).filter(household__in=wanted)
            rows = rows.filter(Q(household__household_no__contains=who) | Q(person__in=called(who)))
            found = list(rows.values_list(*_NAMED))
        pairs = [(f"registry_person:{person}", region) for _, person, region, _ in found]
        audit.record_shown(by=by, rows=pairs, purpose=purpose, verb="listed")
    return {household: name for household, _, _, name in found}


_NAMED = ("household_id", "person_id", "person__region_code", "person__name")
_named = Question(
    lambda households, today: _heads(today).filter(household__in=households).values_list(*_NAMED)
)


def _heads(today: date) -> "QuerySet[Membership]":
    return memberships().filter(
        Q(until_day__isnull=True) | Q(until_day__gt=today), relation="HEAD", from_day__lte=today
    )
