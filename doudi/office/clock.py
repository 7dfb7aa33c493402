"""Where a local day begins."""

from datetime import date, datetime, time

from django.utils import timezone


def midnight(day: date) -> datetime:
    """The moment a day of this place begins; the day before ends just before it."""
    return timezone.make_aware(datetime.combine(day, time.min))
