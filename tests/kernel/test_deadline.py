"""Deadlines of the worked cases, counted as the Civil Code counts them."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doudi.kernel.deadline import calendar_days, calendar_months, clock_hours, months_following, working_days
from doudi.kernel.month import Month
from doudi.kernel.workdays import WorkCalendar, YearWithoutCalendar

CAL = WorkCalendar.seeded()
BEIJING = timezone(timedelta(hours=8))


def test_it_works():
    assert working_days(date(2025, 10, 9), 3, CAL) == date(2025, 10, 13)


@pytest.mark.parametrize(
    ("what", "start", "n", "end"),
    [
        ("C01 survey, 端午 on 06-18", date(2018, 6, 11), 10, date(2018, 6, 26)),
        ("C01 appraisal", date(2018, 6, 26), 5, date(2018, 7, 3)),
        ("C01 county opinion", date(2018, 7, 10), 5, date(2018, 7, 17)),
        ("C01 decision", date(2018, 7, 24), 3, date(2018, 7, 27)),
        ("C09 all, 元旦 on 01-01", date(2020, 12, 7), 20, date(2021, 1, 5)),
        ("C10 re-assessment", date(2020, 12, 3), 10, date(2020, 12, 17)),
        ("C11 paperwork after a Saturday", date(2020, 12, 12), 10, date(2020, 12, 25)),
        ("C12 investigation, 10-11 works", date(2025, 10, 9), 3, date(2025, 10, 13)),
        ("C12 all", date(2025, 10, 9), 20, date(2025, 11, 5)),
        ("C12 extended", date(2025, 10, 9), 30, date(2025, 11, 19)),
        ("the same day", date(2025, 10, 12), 0, date(2025, 10, 12)),
    ],
)
def test_working_days(what, start, n, end):
    assert working_days(start, n, CAL) == end, what


def test_the_whole_jiangmen_timetable():
    survey = working_days(date(2018, 6, 11), 10, CAL)
    appraisal = working_days(survey, 5, CAL)
    first_notice = calendar_days(appraisal, 7)
    opinion = working_days(first_notice, 5, CAL)
    second_notice = calendar_days(opinion, 7)
    decision = working_days(second_notice, 3, CAL)
    steps = (survey, appraisal, first_notice, opinion, second_notice, decision)
    assert [f"{day:%m-%d}" for day in steps] == ["06-26", "07-03", "07-10", "07-17", "07-24", "07-27"]
    assert str(months_following(decision, 1)[0]) == "2018-08"


def test_a_deadline_in_a_year_without_notice_is_not_guessed():
    with pytest.raises(YearWithoutCalendar, match="2004"):
        working_days(date(2004, 12, 28), 10, WorkCalendar.from_table([]))
    last_year = max(CAL.years)
    with pytest.raises(YearWithoutCalendar, match=str(last_year + 1)):
        working_days(date(last_year, 12, 28), 10, CAL)


@pytest.mark.parametrize(
    ("start", "n", "stays", "rolls"),
    [
        (date(2018, 7, 3), 7, date(2018, 7, 10), date(2018, 7, 10)),
        (date(2025, 10, 5), 7, date(2025, 10, 12), date(2025, 10, 13)),  # ends on a Sunday
        (date(2025, 10, 4), 7, date(2025, 10, 11), date(2025, 10, 11)),  # ends on a working Saturday
        (date(2025, 9, 24), 7, date(2025, 10, 1), date(2025, 10, 9)),  # ends in the long holiday
        (date(2020, 12, 25), 7, date(2021, 1, 1), date(2021, 1, 4)),
        (date(2025, 10, 12), 0, date(2025, 10, 12), date(2025, 10, 13)),
    ],
)
def test_calendar_days(start, n, stays, rolls):
    assert calendar_days(start, n) == calendar_days(start, n, CAL) == stays
    assert calendar_days(start, n, CAL, roll=True) == rolls


@pytest.mark.parametrize(
    ("start", "n", "stays", "rolls"),
    [
        (date(2025, 1, 31), 1, date(2025, 2, 28), date(2025, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29), date(2024, 2, 29)),
        (date(2024, 2, 29), 12, date(2025, 2, 28), date(2025, 2, 28)),
        (date(2018, 9, 14), 6, date(2019, 3, 14), date(2019, 3, 14)),
        (date(2025, 8, 12), 2, date(2025, 10, 12), date(2025, 10, 13)),
        (date(2025, 12, 31), 0, date(2025, 12, 31), date(2025, 12, 31)),
    ],
)
def test_calendar_months(start, n, stays, rolls):
    assert calendar_months(start, n) == stays
    assert calendar_months(start, n, CAL, roll=True) == rolls


@pytest.mark.parametrize("count", [calendar_days, calendar_months])
def test_moving_the_last_day_needs_the_calendar(count):
    with pytest.raises(ValueError, match="WorkCalendar"):
        count(date(2025, 10, 5), 7, roll=True)


@pytest.mark.parametrize(
    ("start", "n", "end"),
    [
        # C11: a fire on Saturday evening, help is due on Sunday evening.
        (datetime(2020, 12, 12, 21, 30, tzinfo=BEIJING), 24, datetime(2020, 12, 13, 21, 30, tzinfo=BEIJING)),
        (datetime(2020, 12, 31, 9, 0, tzinfo=BEIJING), 48, datetime(2021, 1, 2, 9, 0, tzinfo=BEIJING)),
        (datetime(2020, 12, 12, 13, 30, tzinfo=UTC), 24, datetime(2020, 12, 13, 21, 30, tzinfo=BEIJING)),
    ],
)
def test_clock_hours(start, n, end):
    assert clock_hours(start, n) == end


def test_the_grace_months_of_jiangmen():
    grace = months_following(date(2018, 9, 14), 6)
    assert [int(month) for month in grace] == [201810, 201811, 201812, 201901, 201902, 201903]
    assert grace[-1].last_day() == date(2019, 3, 31)
    assert months_following(date(2018, 9, 14), 0) == []
    assert months_following(date(2018, 12, 31), 1) == [Month(201901)]


@pytest.mark.parametrize(
    "count",
    [
        lambda: working_days(date(2025, 1, 2), -1, CAL),
        lambda: calendar_days(date(2025, 1, 2), -1),
        lambda: calendar_months(date(2025, 1, 2), -1),
        lambda: clock_hours(datetime(2025, 1, 2, tzinfo=BEIJING), -1),
        lambda: months_following(date(2025, 1, 2), -1),
    ],
)
def test_no_limit_is_negative(count):
    with pytest.raises(ValueError, match="negative"):
        count()


@given(st.dates(date(2005, 1, 1), date(2025, 6, 30)), st.integers(0, 60), st.integers(0, 60))
def test_limits_add_up(start, first, second):
    assert working_days(working_days(start, first, CAL), second, CAL) == working_days(
        start, first + second, CAL
    )
    end = working_days(start, first + 1, CAL)
    assert CAL.is_working_day(end)
    assert (end - start).days >= first + 1
