"""What stands in the register, past the screens: for tests beside a screen, which may know no table."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from uuid import UUID

from django.utils import timezone

from doudi.cli.steps import tick
from doudi.intake.models import Lead
from doudi.office import audit
from doudi.office.fields import new_id
from doudi.office.guessing import WRONG_ALLOWED, count_wrong
from doudi.office.models import AuditEntry, GuessingAddress, Officer
from doudi.office.scope import Scope, active, system
from doudi.registry import kin
from doudi.registry.models import ChangeRequest, Household, Membership, NearRelative, Obligor, Person
from tests.rooms.people import COUNTY

__all__ = [
    "a_lead",
    "appointed_as",
    "dead",
    "entries",
    "forget_code",
    "guessed_from",
    "households",
    "kin_of",
    "moved",
    "person",
    "proposals",
    "relations",
    "tick",
    "waits_for_check",
    "write_again",
]
HERE = "5"


def entries(verb: str) -> list[AuditEntry]:
    """The audit's rows of one verb, in order."""
    with system(HERE, "test"):
        return list(AuditEntry.objects.filter(verb=verb).order_by("id"))


def person(name: str) -> str:
    """The public id of the one person of this name."""
    with system(HERE, "test"):
        return str(Person.objects.get(name=name).id)


def waits_for_check(officer: Officer) -> None:
    """They have bound a phone that nobody has checked; who stands above gives them a role and stops them."""
    with system(HERE, "test") as by:
        Officer.objects.filter(id=officer.id).update(start_until=timezone.now() + timedelta(days=1))
        for verb in ("granted_role", "looked_too_often"):
            audit.record(by=by, verb=verb, subject=audit.subject_of(officer), region=COUNTY)


def write_again(name: str) -> None:
    """Writes the one person of this name once more. Raises IntegrityError."""
    with system(HERE, "test"):
        row = Person.objects.get(name=name)
        row.pk = new_id()
        row.save(force_insert=True)


def relations(family: UUID) -> dict[str, str]:
    """Name -> relation to the head of those in the family today."""
    with system(HERE, "test"):
        rows = Membership.objects.filter(household=family, until_day=None, known_until=None).order_by("id")
        return dict(rows.values_list("person__name", "relation"))


def dead(family: UUID, day: date) -> None:
    """Its members are registered dead, and belong to it as before."""
    with system(HERE, "test"):
        Person.objects.filter(memberships__household=family).update(died_on=day)


def households() -> list[str]:
    """The numbers of all families."""
    with system(HERE, "test"):
        return list(Household.objects.order_by("household_no").values_list("household_no", flat=True))


def moved(family: UUID, region: str) -> None:
    """The family lives elsewhere by now; its requests stay where they were decided."""
    with system(HERE, "test"):
        Household.objects.filter(id=family).update(region_code=region)
        Membership.objects.filter(household=family).update(region_code=region)


def proposals() -> list[str]:
    """What all change requests ask for, as their JSON text, the oldest first."""
    with system(HERE, "test"):
        return [row.payload.open() for row in ChangeRequest.objects.order_by("proposed_at", "id")]


def a_lead(family: UUID, region: str, kind: str, said: str) -> UUID:
    """An open lead about the family."""
    with system(HERE, "test"):
        lead = Lead(
            region_code=region, source="VISIT", kind=kind, said=said, subject=f"registry_household:{family}"
        )
        lead.save()
    return lead.id


@contextmanager
def guessed_from(address: str) -> Iterator[None]:
    """Somebody guessed from this address until it was closed."""
    for _ in range(WRONG_ALLOWED):
        count_wrong(address)
    yield
    GuessingAddress.objects.filter(address=address).delete()


def forget_code(officer: Officer) -> None:
    """The officer has not bound a phone yet."""
    officer.totp_key, officer.totp_confirmed = None, False
    officer.start_until = timezone.now() + timedelta(days=1)
    _rebound(officer)


def _rebound(officer: Officer) -> None:
    with system(HERE, "test"):
        officer.save(update_fields=["totp_key", "totp_confirmed", "start_until"])


def appointed_as(officer: UUID, name: str, region: str) -> None:
    """The audit says of this account that it was given in another name than it bears today."""
    with system(HERE, "test") as by:
        detail, subject = {"name": name, "sign_in_name": "told"}, f"office_officer:{officer}"
        audit.record(by=by, verb="appointed", subject=subject, region=region, detail=detail)


def kin_of(name: str, by: Scope, day: date, *, official: str, post: str, obligor: str) -> None:
    """Files an official as the person's sibling, and records a son who owes support."""
    with active(by):
        member = Person.objects.get(name=name)
        kin.add(
            NearRelative,
            member,
            {"official": official, "post": post, "kin": "SIBLING"},
            day=day,
            now=timezone.now(),
        )
        kin.add(Obligor, member, {"name": obligor, "kin": "SON"}, day=day, now=timezone.now())
