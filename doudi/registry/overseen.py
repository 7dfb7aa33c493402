"""What whoever oversees the desk asks of the register: under which names the audit keeps a family or person,
and what an officer who looked at them was about.

Nobody's data is answered, only public ids; to look for a name is a trace of its own.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from doudi.office import audit
from doudi.office.clock import midnight
from doudi.office.models import AuditEntry
from doudi.office.scope import Scope, looking
from doudi.registry.imports import lists_about
from doudi.registry.models import ChangeRequest, Household, Membership, Person

LOOKED, _HOME = "viewed", f"{Household._meta.db_table}:"
LED = ("found", "found_outside", "listed", "compared", "previewed")
"""What brings an officer before a family: a search, a list of work, a check for doubles, an import."""
DONE = ("revealed", "handed_out", "change_proposed", "change_applied", "change_rejected", "change_withdrawn")
"""What was done about what was seen."""


def traced_as(*, by: Scope, household_no: str, name: str = "") -> UUID | None:
    """The public id of a family of the scope by its number, or of its member of this name, former ones too.

    None for none, or for two of that name. Writes an audit row either way.
    """
    number, called = "".join(household_no.split()), "".join(name.split())
    with looking(by):
        found = list(Household.objects.filter(household_no=number)[:2])
        if called and found:
            whose = Membership.objects.filter(household__in=found).values("person")
            found = list(Person.objects.filter(id__in=whose, name=called)[:2])
        one = found[0] if len(found) == 1 else None
        audit.record(
            by=by,
            verb="traced",
            subject=audit.subject_of(one) if one else "",
            region=one.region_code if one else None,
            detail={"by": "name" if called else "number", "found": len(found)},
        )
    return one.id if one else None


def traced_with(*, by: Scope, subject: UUID) -> list[str]:
    """What else the audit keeps of a family or person: its members and requests, of a person the lists."""
    with looking(by):
        members = Membership.objects.filter(household=subject).values_list("person", flat=True).distinct()
        people = [f"{Person._meta.db_table}:{person}" for person in members.order_by("person")]
        asked = _requests([f"{_HOME}{subject}"])
    return [*people, *asked] or lists_about(by=by, person=subject)


@dataclass(frozen=True, order=True)
class Step:
    """Something an officer did about a family or its people on one day, by its audit verb.

    `told`: how they were found, which list, which field, for what, which kind of change.
    """

    at: datetime
    verb: str
    told: str = ""


def around(*, by: Scope, looks: Iterable[AuditEntry]) -> dict[int, list[Step]]:
    """Of looks without a stated purpose: entry -> what led to it and what came of it, that day.

    The last search or list before the look, then the reveals, papers and change requests of the same
    officer about the same family; empty for a page that was opened by its address alone.
    """
    asked = [row for row in looks if row.verb == LOOKED and row.officer and not row.purpose]
    if not asked:
        return {}
    first = midnight(min(timezone.localdate(row.at) for row in asked))
    last = midnight(max(timezone.localdate(row.at) for row in asked) + timedelta(days=1))
    with looking(by):
        # A page writes a row for the family and one for each member, all in one transaction.
        shown: dict[int, set[str]] = defaultdict(set)
        together = AuditEntry.objects.filter(xid__in={row.xid for row in asked}, verb=LOOKED)
        for xid, subject in together.values_list("xid", "subject"):
            shown[xid].add(subject)
        subjects = {one: one for some in shown.values() for one in some}
        subjects |= _requests(subjects)
        entries = AuditEntry.objects.filter(
            subject__in=subjects, officer__in={row.officer for row in asked}, verb__in=LED + DONE,
            at__gte=first, at__lt=last,
        ).order_by("id")  # fmt: skip
        steps = [(row.officer, subjects[row.subject], _step(row)) for row in entries if _meant(row)]
    found: dict[int, list[Step]] = {}
    for row in asked:
        day = timezone.localdate(row.at)
        own = [
            step
            for officer, subject, step in steps
            if officer == row.officer and subject in shown[row.xid] and timezone.localdate(step.at) == day
        ]
        before = [step for step in own if step.verb in LED and step.at <= row.at]
        found[row.id] = before[-1:] + [step for step in own if step.verb in DONE]
    return found


def _requests(subjects: Iterable[str]) -> dict[str, str]:
    """Change request -> the family it is about, both as the audit names them."""
    homes = {UUID(one.removeprefix(_HOME)) for one in subjects if one.startswith(_HOME)}
    rows = ChangeRequest.objects.filter(household__in=homes).values_list("id", "household")
    return {f"{ChangeRequest._meta.db_table}:{id_}": f"{_HOME}{home}" for id_, home in rows}


def _meant(row: AuditEntry) -> bool:
    """A family's page checks for doubles by itself: only with a purpose somebody went that way."""
    return row.verb != "compared" or bool(row.purpose)


def _step(row: AuditEntry) -> Step:
    told = row.detail.get("field") or row.detail.get("kind") or row.purpose
    return Step(row.at, row.verb, str(told))
