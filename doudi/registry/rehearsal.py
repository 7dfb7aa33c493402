"""A change done and taken back at once: what it would do is thereby what it will do."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from django.db import transaction

from doudi.registry import kin
from doudi.registry.changes import Change, Payload
from doudi.registry.documents import Line, Subject, all_states, members_of, picture
from doudi.registry.loading import refusing_doubles
from doudi.registry.models import Household


class Picture(NamedTuple):
    """The touched families as they are on a day, without and with the change. Nothing is masked."""

    about: date
    without: list[Subject]
    with_: list[Subject]


def rehearse(change: Change, kind: str, payload: Payload, days: Sequence[date] = ()) -> list[Picture]:
    """One picture for each day; nothing stays changed. Raises what `apply` raises, and Refused."""
    role = change.by.role
    with refusing_doubles(), transaction.atomic():
        touched = change.apply(kind, payload)
        after = [_families(touched, about, role) for about in days]
        transaction.set_rollback(True)
    before = [_families(touched, about, role) for about in days]
    return [Picture(*one) for one in zip(days, before, after, strict=True)]


def _families(households: set[UUID], about: date, role: str) -> list[Subject]:
    families = Household.objects.filter(id__in=households).order_by("created_at", "id")
    found: list[Subject] = []
    for family in families:
        members = members_of(family, about, None)
        facts = all_states([family.id], [one.person_id for one in members], about=about, known=None)
        home, *people = picture(family, members, facts, role=role, masked=False)
        standing = kin.lines([person.id for person in people], about)
        for person in people:  # who goes to which family is what a split or merge changes
            person.lines.append(Line("household_no", "所在户", family.household_no, False))
            person.lines.extend(standing[person.id])
        found += [home, *people]
    return found
