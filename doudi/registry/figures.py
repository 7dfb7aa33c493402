"""Sums by place for who leads: how many, never who."""

from collections import defaultdict
from datetime import date, datetime

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Left

from doudi.intake.models import Lead
from doudi.office.scope import Scope, looking
from doudi.registry.documents import memberships
from doudi.registry.models import ChangeRequest, Household

WHAT = ("families", "people", "asked", "late", "leads")


def figures(*, by: Scope, digits: int, today: date, late: datetime) -> dict[str, dict[str, int]]:
    """Region code of so many digits -> WHAT -> how many of the scope stand there today.

    `late`: what was asked for before this moment and waits still. A row kept at a shorter code counts there.
    """
    asked = ChangeRequest.objects.filter
    lives = Q(from_day__lte=today) & (Q(until_day=None) | Q(until_day__gt=today))
    found: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(WHAT, 0))
    with looking(by):
        for what, rows in (
            ("families", Household.objects.filter(Q(ended_on=None) | Q(ended_on__gt=today))),
            ("people", memberships().filter(lives)),
            ("asked", asked(state="PROPOSED")),
            ("late", asked(state="PROPOSED", proposed_at__lt=late)),
            ("leads", Lead.objects.filter(closed_at=None)),
        ):
            for place, number in _by_place(rows, digits):
                found[place][what] = number
    return dict(found)


def _by_place(rows: QuerySet, digits: int) -> QuerySet:
    return rows.order_by().values_list(Left("region_code", digits)).annotate(Count("id"))
