"""What a desk lists of the register: requests one asked for or decided, and whose families they are."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from doudi.office import audit
from doudi.office.scope import Scope, active
from doudi.registry.documents import memberships, one
from doudi.registry.models import ChangeRequest

MOST = 200


def requests_of(*, by: Scope, since: date | None = None) -> list[ChangeRequest]:
    """Requests of the scope this officer proposed or decided, the latest first; no person."""
    with active(by):
        rows = ChangeRequest.objects.filter(Q(proposed_by=by.officer) | Q(decided_by=by.officer))
        if since:
            rows = rows.filter(Q(decided_at__date__gte=since) | Q(decided_at__isnull=True))
        return list(rows.select_related("household", "proposed_by").order_by("-proposed_at", "id")[:MOST])


def request_shown(*, by: Scope, request: UUID) -> ChangeRequest:
    """One request with its family and both officers. Writes an audit row. Raises OutsideScope."""
    with active(by):
        one(ChangeRequest, request)
        row = ChangeRequest.objects.select_related("household", "proposed_by", "decided_by").get(id=request)
        audit.record_shown(by=by, rows=[(audit.subject_of(row), row.region_code)], purpose="办理变更申请")
    return row


def heads(*, by: Scope, households: Iterable[UUID], purpose: str) -> dict[UUID, str]:
    """Household -> its head's name today, for a list of one's own work; one audit row for each head shown."""
    with active(by):
        rows = memberships().filter(
            Q(until_day__isnull=True) | Q(until_day__gt=timezone.localdate()),
            household__in=set(households),
            relation="HEAD",
            from_day__lte=timezone.localdate(),
        )
        found = list(rows.select_related("person").order_by("id"))
        pairs = [(audit.subject_of(row.person), row.person.region_code) for row in found]
        audit.record_shown(by=by, rows=pairs, purpose=purpose, verb="listed")
    return {row.household_id: row.person.name for row in found}
