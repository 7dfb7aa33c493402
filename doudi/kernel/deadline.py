"""When a time limit ends (民法典 第二百条 to 第二百零四条): the last day or moment that is still in time.

A deadline reached exactly is kept: 以内 and 届满 include the number (民法典 第一千二百五十九条).
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from doudi.kernel.month import Month

if TYPE_CHECKING:
    from doudi.kernel.workdays import WorkCalendar


def working_days(start: date, n: int, cal: WorkCalendar) -> date:
    """The n-th working day after `start`; the day it starts is not counted (民法典 第二百零一条第一款).

    `start` may itself be a weekend; n = 0 is the same day (当日). Raises YearWithoutCalendar and ValueError
    (n < 0).
    """
    _not_negative(n)
    day = start
    for _ in range(n):
        day = cal.next_working_day(day)
    return day


def calendar_days(start: date, n: int, cal: WorkCalendar | None = None, *, roll: bool = False) -> date:
    """The n-th day after `start`, every day counted: a public notice of 7 days from 07-03 ends on 07-10.

    With `roll` a last day on a holiday or rest day moves to the next working day (民法典
    第二百零三条第一款), as limits for a party's own act do; it needs the calendar. A public notice only has
    to hang long enough and does not move. Raises YearWithoutCalendar and ValueError (n < 0, `roll` without
    a calendar).
    """
    _not_negative(n)
    last = start + timedelta(days=n)
    return _rolled(last, cal) if roll else last


def calendar_months(start: date, n: int, cal: WorkCalendar | None = None, *, roll: bool = False) -> date:
    """The same day n months on, or the last day of that month when it has none (民法典 第二百零二条).

    `roll` and errors as in `calendar_days`.
    """
    _not_negative(n)
    month = Month.of(start).plus(n).first_day()
    last = month.replace(day=min(start.day, monthrange(month.year, month.month)[1]))
    return _rolled(last, cal) if roll else last


def clock_hours(start: datetime, n: int) -> datetime:
    """n hours after the moment of `start`; nights, weekends and holidays count (民法典 第二百零一条第二款).

    Raises ValueError (n < 0).
    """
    _not_negative(n)
    return start + timedelta(hours=n)


def months_following(decided: date, n: int) -> list[Month]:
    """The n payment months after the month of a decision, in order: the months of a grace period (渐退期).

    Decided 2018-09-14 with n = 6 gives 2018-10 to 2019-03, and the new determination is due on the last day
    of the last one. Raises ValueError (n < 0).
    """
    _not_negative(n)
    return [Month.of(decided).plus(offset) for offset in range(1, n + 1)]


def _rolled(last: date, cal: WorkCalendar | None) -> date:
    if cal is None:
        raise ValueError("roll=True needs a WorkCalendar")
    return last if cal.is_working_day(last) else cal.next_working_day(last)


def _not_negative(n: int) -> None:
    if n < 0:
        raise ValueError(f"a time limit cannot be negative, got {n}")
