"""Working days: make-up weekends, holidays, a county's own corrections, years nobody has loaded."""

from datetime import date, timedelta

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from doudi.kernel.workdays import DayKind, WorkCalendar, YearWithoutCalendar

CAL = WorkCalendar.seeded()

# What a county would load from the notice for 2027 (dates invented for the test).
NOTICE = [
    (date(2027, 1, 1), DayKind.HOLIDAY),
    (date(2027, 10, 1), DayKind.HOLIDAY),
    (date(2027, 10, 4), DayKind.HOLIDAY),
    (date(2027, 10, 9), DayKind.WORK),
]


def test_it_works():
    assert CAL.is_working_day(date(2025, 10, 11))


@pytest.mark.parametrize(
    ("day", "working", "holiday"),
    [
        (date(2018, 6, 11), True, False),  # an ordinary Monday
        (date(2018, 6, 18), False, True),  # 端午, a Monday
        (date(2018, 6, 23), False, False),  # an ordinary Saturday
        (date(2021, 1, 1), False, True),  # 元旦
        (date(2025, 9, 28), True, False),  # 调休, a working Sunday
        (date(2025, 10, 8), False, True),  # 国庆 with 中秋, a Wednesday
        (date(2025, 10, 9), True, False),
        (date(2025, 10, 11), True, False),  # 调休, a working Saturday
        (date(2025, 10, 12), False, False),
    ],
)
def test_kinds_of_day(day, working, holiday):
    assert (CAL.is_working_day(day), CAL.is_statutory_holiday(day)) == (working, holiday)


@pytest.mark.parametrize(
    ("day", "following"),
    [
        (date(2025, 9, 30), date(2025, 10, 9)),
        (date(2025, 10, 10), date(2025, 10, 11)),
        (date(2025, 10, 11), date(2025, 10, 13)),
        (date(2020, 12, 31), date(2021, 1, 4)),
    ],
)
def test_next_working_day(day, following):
    assert CAL.next_working_day(day) == following


@given(st.dates(date(2004, 1, 1), date(2026, 12, 30)))
def test_the_seed_is_the_library_unchanged(day):
    assert CAL.is_working_day(day) == chinese_calendar.is_workday(day)
    following = CAL.next_working_day(day) if day < date(2026, 12, 25) else None
    if following:
        between = [day + timedelta(days=n) for n in range(1, (following - day).days)]
        assert chinese_calendar.is_workday(following)
        assert not any(chinese_calendar.is_workday(skipped) for skipped in between)


@pytest.mark.parametrize("ask", ["is_working_day", "is_statutory_holiday", "next_working_day"])
@pytest.mark.parametrize("year", [2003, 2087])
def test_a_year_without_notice_is_an_error_that_names_it(ask, year):
    with pytest.raises(
        YearWithoutCalendar, match=f"没有 {year} 年的工作日历.*请由县级管理员录入国务院"
    ) as missing:
        getattr(CAL, ask)(date(year, 6, 1))
    assert missing.value.year == year


def test_a_county_loads_the_next_notice_from_a_table():
    loaded = WorkCalendar.from_table(NOTICE)
    assert loaded.years == {2027}
    assert loaded.is_working_day(date(2027, 10, 9))
    assert not loaded.is_working_day(date(2027, 10, 4))
    assert loaded.is_working_day(date(2027, 10, 5))


def test_rows_may_come_as_plain_codes():
    plain = [(day, str(kind)) for day, kind in NOTICE]
    assert WorkCalendar.from_table(plain) == WorkCalendar.from_table(NOTICE)
    with pytest.raises(ValueError, match="HALF_DAY"):
        WorkCalendar.from_table([(date(2027, 5, 4), "HALF_DAY")])


@pytest.mark.parametrize(
    "half",
    [
        [],
        [row for row in NOTICE if row[0].month == 1],
        [(date(2027, 10, 1), DayKind.WORK)],
        [*NOTICE, (date(2027, 10, 1), DayKind.REST)],
    ],
)
def test_a_notice_without_national_day_does_not_open_the_year(half):
    with pytest.raises(YearWithoutCalendar, match="2027"):
        WorkCalendar.from_table(half).is_working_day(date(2027, 3, 1))


def test_a_county_corrects_days_and_the_seed_stays():
    strike = {
        date(2025, 10, 11): DayKind.REST,
        date(2025, 10, 13): DayKind.HOLIDAY,
        date(2025, 10, 18): DayKind.WORK,
    }
    corrected = CAL.overridden(strike)
    assert corrected == WorkCalendar.seeded(strike)
    assert corrected.next_working_day(date(2025, 10, 10)) == date(2025, 10, 14)
    assert corrected.is_working_day(date(2025, 10, 18))
    assert not corrected.is_statutory_holiday(date(2025, 10, 11))
    assert CAL.next_working_day(date(2025, 10, 10)) == date(2025, 10, 11)


def test_the_table_cannot_be_changed_in_place():
    with pytest.raises(TypeError):
        CAL.days[date(2025, 10, 11)] = DayKind.REST
