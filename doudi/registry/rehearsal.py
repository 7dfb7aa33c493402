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
from doudi.registry.models import Household, Membership, Person

NOWHERE = "不在任何一户"


class Picture(NamedTuple):
    """The touched families as they are on a day, without and with the change."""

    about: date
    without: list[Subject]
    with_: list[Subject]


def rehearse(
    change: Change, kind: str, payload: Payload, days: Sequence[date] = (), *, masked: bool = True
) -> list[Picture]:
    """One picture for each day; nothing stays changed. Raises what `apply` raises, and Refused."""
    sees = change.by.role, masked
    with refusing_doubles(), transaction.atomic():
        touched = change.apply(kind, payload)
        after = [_families(touched, about, *sees) for about in days]
        transaction.set_rollback(True)
    before = [_families(touched, about, *sees) for about in days]
    for about, without, with_ in zip(days, before, after, strict=True):
        without += _from_nowhere({one.id for one in with_} - {one.id for one in without}, about, *sees)
    return [Picture(*one) for one in zip(days, before, after, strict=True)]


def _families(households: set[UUID], about: date, role: str, masked: bool) -> list[Subject]:
    families = Household.objects.filter(id__in=households).order_by("created_at", "id")
    found: list[Subject] = []
    for family in families:
        home, *people = _shown(family, members_of(family, about, None), about, role, masked)
        if family.ended_on:
            home.lines.append(Line("ended_on", "销户日期", f"{family.ended_on}", False))
        for person in people:  # who goes to which family is what a split or merge changes
            person.lines.append(Line("household_no", "所在户", family.household_no, False))
        found += [home, *people]
    return found


def _from_nowhere(people: set[UUID], about: date, role: str, masked: bool) -> list[Subject]:
    """Those who are registered and belong to no family yet: what is known of them comes back unchanged."""
    rows = list(Person.objects.filter(id__in=people).order_by("sort_key", "id"))
    members = [Membership(person=person, relation=NOWHERE) for person in rows]
    _, *found = _shown(Household(), members, about, role, masked)
    for row, subject in zip(rows, found, strict=True):
        if row.died_on:
            subject.lines.append(Line("died_on", "死亡日期", f"{row.died_on}", False))
        subject.lines.append(Line("household_no", "所在户", "", False))
    return found


def _shown(
    family: Household, members: list[Membership], about: date, role: str, masked: bool
) -> list[Subject]:
    facts = all_states([family.id], [one.person_id for one in members], about=about, known=None)
    home, *people = picture(family, members, facts, role=role, masked=masked)
    standing = kin.lines([person.id for person in people], about)
    for person in people:
        person.lines.extend(standing[person.id])
    return [home, *people]
