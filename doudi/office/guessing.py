"""Guessing from one network address: after so many wrong answers it waits, whatever account it tries.

An account is locked by its own five wrong answers (`actions`); one who tries five passwords on each of a
thousand accounts would never meet that lock. A whole office may share one address, so the limit is wide.
"""

from datetime import timedelta
from math import ceil

from django.db import transaction
from django.utils import timezone

from doudi.office.models import GuessingAddress

WRONG_ALLOWED = 30
WITHIN = timedelta(minutes=15)


def minutes_to_wait(address: str) -> int:
    """How many minutes until the address may try again, rounded up; 0 when it may now."""
    row = GuessingAddress.objects.filter(address=address, closed_until__gt=timezone.now()).first()
    return ceil((row.closed_until - timezone.now()) / timedelta(minutes=1)) if row else 0


def count_wrong(address: str) -> None:
    """One more wrong answer; the thirtieth within a quarter of an hour closes the address for as long."""
    now = timezone.now()
    with transaction.atomic():
        rows = GuessingAddress.objects.select_for_update()
        row, _ = rows.get_or_create(address=address, defaults={"since": now})
        if now - row.since > WITHIN:
            row.since, row.wrong = now, 0
        row.wrong += 1
        if row.wrong >= WRONG_ALLOWED:
            row.since, row.wrong, row.closed_until = now, 0, now + WITHIN
        row.save()
