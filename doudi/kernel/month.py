"""A calendar month as the register counts in them: income windows, payment months, grace."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta

_SPELLINGS = re.compile(r"(?P<year>[0-9]{4})(?:[-/年](?P<month>[0-9]{1,2})月?|(?P<packed>[0-9]{2}))")


class MonthError(ValueError):
    """A month that cannot be read; the text is Chinese."""


@dataclass(frozen=True, order=True, slots=True)
class Month:
    """One month, held as the integer yyyymm that the engine uses; months compare and sort by time.

    Raises MonthError outside 1900-01..2999-12: a typed 20225 or 0202 is a slip, not a date.
    """

    yyyymm: int

    def __post_init__(self) -> None:
        year, month = divmod(self.yyyymm, 100)
        if not (1900 <= year <= 2999 and 1 <= month <= 12):
            raise _no_month(self.yyyymm)

    @classmethod
    def parse(cls, text: str | int) -> Month:
        """Read 2025-09, 2025/9, 2025年9月, 202509 or the number 202509. Raises MonthError.

        2025.1 is refused: a spreadsheet shows October 2025 typed with a dot exactly like January.
        """
        found = _SPELLINGS.fullmatch("".join(unicodedata.normalize("NFKC", str(text)).split()))
        if found is None:
            raise _no_month(text)
        try:
            return cls(int(found["year"]) * 100 + int(found["month"] or found["packed"]))
        except MonthError:
            raise _no_month(text) from None  # as it was typed: 2025年13月, not the 202513 nobody wrote

    @classmethod
    def of(cls, day: date) -> Month:
        """The month a day lies in."""
        return cls(day.year * 100 + day.month)

    def plus(self, n: int) -> Month:
        """The month n months later; earlier when n is negative."""
        year, month = divmod(self.yyyymm // 100 * 12 + self.yyyymm % 100 - 1 + n, 12)
        return Month(year * 100 + month + 1)

    def since(self, earlier: Month) -> int:
        """How many months this month lies after another; negative when it lies before."""
        return (self.yyyymm // 100 - earlier.yyyymm // 100) * 12 + self.yyyymm % 100 - earlier.yyyymm % 100

    def first_day(self) -> date:
        """The first day of the month."""
        return date(self.yyyymm // 100, self.yyyymm % 100, 1)

    def last_day(self) -> date:
        """The last day of the month."""
        return self.plus(1).first_day() - timedelta(days=1)

    def __int__(self) -> int:
        return self.yyyymm

    def __str__(self) -> str:
        return f"{self.yyyymm // 100}-{self.yyyymm % 100:02d}"


def months_before(month: Month, n: int) -> list[Month]:
    """The n months before a month, oldest first, the month itself left out.

    This is the income window (R-197, 按申请前12个月收入平均值计算): for an application in 2025-10 and n = 12
    it runs from 2024-10 to 2025-09.
    """
    return [month.plus(offset) for offset in range(-n, 0)]


def _no_month(typed: str | int) -> MonthError:
    return MonthError(f"“{str(typed)[:20]}”不是有效的年月，请按“2025-09”填写")
