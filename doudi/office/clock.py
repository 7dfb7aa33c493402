"""Which day it is here, and where it begins."""

from datetime import date, datetime, time

from django.utils import timezone

# In SQL: `current_date` is the connection's, and Django's connections and many servers keep UTC, so that
# from midnight to eight in the morning who was appointed today would hold nothing yet.
SQL_TODAY = "(now() at time zone 'Asia/Shanghai')::date"


def midnight(day: date) -> datetime:
    """The moment a day of this place begins; the day before ends just before it."""
    return timezone.make_aware(datetime.combine(day, time.min))
