"""Working days (工作日) by the State Council's yearly notices, make-up weekends (调休) counted as work.

The table is seeded from chinesecalendar and is data: a county loads next year's notice, or corrects a day,
without waiting for a release. A year without a notice is an error, never weekends alone: that would put a
deadline wrong by up to a week around Spring Festival.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from types import MappingProxyType

from chinese_calendar.constants import holidays, workdays


class DayKind(StrEnum):
    """What a notice says about one day. REST makes it a plain day off (a make-up day called off)."""

    HOLIDAY = "HOLIDAY"
    WORK = "WORK"
    REST = "REST"


class YearWithoutCalendar(LookupError):
    """No notice is loaded for the `year`; the text says in Chinese what to do."""

    def __init__(self, year: int) -> None:
        super().__init__(
            f"没有 {year} 年的工作日历，无法推算期限；"
            f"请由县级管理员录入国务院办公厅关于 {year} 年部分节假日安排的通知（放假日和调休上班日）后重试"
        )
        self.year = year


@dataclass(frozen=True)
class WorkCalendar:
    """Days named by the notices; every other day of a covered year works Monday to Friday.

    A year is covered when 1 October is a holiday in it. Every notice names that day, and a half-loaded one
    (or the December days that a notice borrows from the year before) does not.
    """

    days: Mapping[date, DayKind]
    years: frozenset[int]

    @classmethod
    def from_table(cls, rows: Iterable[tuple[date, DayKind]]) -> WorkCalendar:
        """A calendar of exactly these rows; a later row for the same day replaces an earlier one."""
        days = {day: DayKind(kind) for day, kind in rows}
        covered = frozenset(
            day.year
            for day, kind in days.items()
            if (day.month, day.day) == (10, 1) and kind is DayKind.HOLIDAY
        )
        return cls(MappingProxyType(days), covered)

    @classmethod
    def seeded(cls, overrides: Mapping[date, DayKind] | None = None) -> WorkCalendar:
        """The calendar shipped with the software (2004 onwards), with a county's own days on top."""
        seed = dict.fromkeys(holidays, DayKind.HOLIDAY) | dict.fromkeys(workdays, DayKind.WORK)
        return cls.from_table((seed | dict(overrides or {})).items())

    def overridden(self, overrides: Mapping[date, DayKind]) -> WorkCalendar:
        """A new calendar with these days replaced or added; this one stays as it is."""
        return self.from_table((dict(self.days) | dict(overrides)).items())

    def is_working_day(self, day: date) -> bool:
        """True on a working day, make-up weekends included. Raises YearWithoutCalendar."""
        kind = self._kind(day)
        return day.weekday() < 5 if kind is None else kind is DayKind.WORK

    def is_statutory_holiday(self, day: date) -> bool:
        """True on a day given off under a festival's name, days moved there included; no ordinary weekend.

        A weekend that merely adjoins a festival is marked in some years of the seed and not in others, so
        deadlines ask `is_working_day`, which is certain. Raises YearWithoutCalendar.
        """
        return self._kind(day) is DayKind.HOLIDAY

    def next_working_day(self, day: date) -> date:
        """The first working day after a day, the day itself left out. Raises YearWithoutCalendar."""
        following = day + timedelta(days=1)
        while not self.is_working_day(following):
            following += timedelta(days=1)
        return following

    def _kind(self, day: date) -> DayKind | None:
        if day.year not in self.years:
            raise YearWithoutCalendar(day.year)
        return self.days.get(day)
