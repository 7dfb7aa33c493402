"""The dates of worked cases, to the day: holidays, make-up weekends, hours, payment months, who decides."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import pytest

from doudi.kernel.workdays import WorkCalendar, YearWithoutCalendar
from doudi.law.casefile import CaseDateError, timetable
from doudi.law.errors import MissingValue
from doudi.law.procedures import procedures
from doudi.law.procedures.enacted import Place
from doudi.law.rulebook import Law
from doudi.law.steps import NO_LIMIT, Step, Timetable

LAW = Law.load()
CALENDAR = WorkCalendar.seeded()
JIANGMEN, ANQIU, PANGUAN = ("440703", "URBAN"), ("370784", "RURAL"), ("520281123", "RURAL")


def dates(
    procedure: str,
    place: tuple[str, str],
    values: Mapping[str, Any] | None = None,
    holds: tuple[str, ...] = (),
    /,
    **events: str,
) -> Timetable:
    region, area = place
    known = LAW.values.with_plain(values, region=region) if values else LAW.values
    return timetable(
        procedures()[procedure],
        place=Place(known, region, area),
        calendar=CALENDAR,
        events={name: moment(text) for name, text in events.items()},
        holds=holds,
    )


def moment(text: str) -> date:
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)


def step(table: Timetable, event: str) -> Step:
    return next(step for step in (*table.steps, *table.branches) if step.event == event)


def test_it_works() -> None:
    assert dates("small_sum_aid", ANQIU, accept="2020-12-07").due("approve") == date(2020, 12, 14)


@pytest.mark.parametrize(
    ("place", "event", "adopted", "due"),
    [
        (JIANGMEN, "adjust", "2018-06-30", "2018-12-31"),
        (JIANGMEN, "adjust", "2018-12-31", "2019-06-30"),
        (JIANGMEN, "adjust", "2018-03-15", "2018-06-30"),
        (JIANGMEN, "adjust", "2018-01-02", "2018-06-30"),
        (JIANGMEN, "adjust", "2018-07-01", "2018-12-31"),
        (("360102", "URBAN"), "compare", "2018-06-30", "2018-12-31"),  # 六(三) 每半年同步开展一次比对
        (("360102", "URBAN"), "compare", "2019-12-31", "2020-06-30"),
        (PANGUAN, "refresh", "2025-10-31", "2025-11-30"),  # 二(三)三 按月
        (PANGUAN, "refresh", "2025-11-01", "2025-11-30"),
        (PANGUAN, "compare", "2025-09-30", "2025-12-31"),  # 民发〔2022〕83号 三(三) 每季度或每半年
    ],
)
def test_every_half_year_ends_in_june_and_december(
    place: tuple[str, str], event: str, adopted: str, due: str
) -> None:
    """江府〔2018〕6号 二(二)1 每半年调整一次, 赣发〔2018〕7号 六(三): by 06-30 and 12-31, never a year."""
    assert dates("list_upkeep", place, adopt=adopted).due(event) == moment(due)


def test_a_list_is_refreshed_and_compared_between_its_adjustments() -> None:
    """江府〔2018〕6号 二(二)1 每半年调整; 盘州 二(三)三 按月动态更新, 二(四)三 定期会商 (ours: monthly)."""
    jiangmen = dates("list_upkeep", JIANGMEN, adopt="2018-06-30")
    assert jiangmen.due("adjust") == date(2018, 12, 31)
    assert step(jiangmen, "adjust").rule == "每 6 个月一次，自“确定名单”起的第一个期末（当期最后一天）前"
    assert "江府〔2018〕6号 二(二)1" in step(jiangmen, "adjust").cites
    assert step(jiangmen, "adjust").who == step(jiangmen, "adopt").who == ("CCA", "CAG"), (
        "牵头：扶贫办、民政局"
    )
    panguan = dates("list_upkeep", PANGUAN, adopt="2025-10-09", verify="2025-10-20")
    assert panguan.due("refresh") == panguan.due("confer") == date(2025, 10, 31)
    assert panguan.due("feed_back") == date(2025, 11, 3), "10 working days, ours"
    assert step(panguan, "adjust").who == ("CCA",)
    with pytest.raises(KeyError):
        jiangmen.due("confer")


def test_a_change_is_reported_within_three_months_and_three_refusals_cost_the_refuser_his_share() -> None:
    """民发〔2022〕83号 五(五); 《社会救助暂行办法》第四十五条."""
    table = dates(
        "periodic_review", ("110101", "URBAN"), None, ("situation_changed",), last_review="2025-01-31",
        change="2025-03-10",
    )  # fmt: skip
    assert table.due("report_change") == date(2025, 6, 10)
    refused = dates("periodic_review", ("110101", "URBAN"), None, ("work_refused",), last_review="2025-01-31")
    assert "reduce_share" in [one.event for one in refused.steps]


def test_a_watched_family_s_aid_goes_first_in_anqiu() -> None:
    """安丘 总结2: 开通边缘易致贫户等困难家庭临时救助绿色通道."""
    assert step(dates("expenditure_aid", ANQIU, accept="2020-12-07"), "put_first").guard == "watched_family"
    with pytest.raises(KeyError):
        dates("expenditure_aid", ANQIU, accept="2020-11-30").due("put_first")


@pytest.mark.parametrize(
    ("procedure", "place", "first", "event", "article"),
    [
        # read again against the texts: the notice is article 25's, 24 is about appraisals
        ("unified_recognition", JIANGMEN, "accept=2018-06-11", "object", "民发〔2012〕220号 第二十五条"),
        ("exit_with_grace", ("110101", "URBAN"), "determine=2020-10-09", "enter_grace",
         "《关于改革完善社会救助制度的意见》 第十一项"),
        ("exit_with_grace", ANQIU, "determine=2020-10-09", "stop", "民发〔2012〕220号 第三十二条"),
        ("periodic_review", JIANGMEN, "last_review=2018-01-31", "find_over_line",
         "民发〔2012〕220号 第三十二条"),
        ("periodic_review", ("110101", "URBAN"), "last_review=2025-01-31", "report_change",
         "民发〔2021〕57号 第三十条"),
    ],
)  # fmt: skip
def test_a_step_quotes_the_article_that_orders_it(
    procedure: str, place: tuple[str, str], first: str, event: str, article: str
) -> None:
    name, _, day = first.partition("=")
    table = dates(procedure, place, {"grace_months": 6, "exit_moratorium": False}, **{name: day})
    assert article in step(table, event).cites


# --- C01: 江门 2018, trial measures, 端午 2018-06-18 ----------------------------------------


@pytest.mark.parametrize(
    ("event", "due"),
    [
        ("finish_investigation", "2018-06-26"),
        ("appraise", "2018-07-03"),
        ("notice_over", "2018-07-10"),
        ("approval_opinion", "2018-07-17"),
        ("approval_notice_over", "2018-07-24"),
        ("confirm", "2018-07-27"),
    ],
)
def test_c01_every_step_of_the_trial_measures(event: str, due: str) -> None:
    assert dates("unified_recognition", JIANGMEN, accept="2018-06-11").due(event) == moment(due)


def test_c01_first_payment_and_no_total() -> None:
    table = dates("unified_recognition", JIANGMEN, accept="2018-06-11")
    assert [str(month) for month in step(table, "take_effect").months] == ["2018-08"]
    assert table.total is None
    assert step(table, "confirm").who == ("CCA",)


def test_c01_refusal_under_2012_counts_calendar_days() -> None:
    """民发〔2012〕220号 第二十六条: 3日内. 2018-07-27 is a Friday; a Monday is the third day."""
    table = dates("unified_recognition", JIANGMEN, accept="2018-06-11", refuse="2018-07-27")
    assert table.due("notify_refusal") == date(2018, 7, 30)
    assert "3 日内" in step(table, "notify_refusal").rule


def test_refusal_since_2021_counts_working_days() -> None:
    table = dates("unified_recognition", ("110101", "URBAN"), accept="2023-01-03", refuse="2023-01-19")
    assert table.due("notify_refusal") == date(2023, 1, 29), "after 春节 the weekend works"


# --- C03: 江门 2018, grace ----------------------------------------


def test_c03_grace_months_and_the_new_determination() -> None:
    table = dates("exit_with_grace", JIANGMEN, determine="2018-09-14")
    months = [str(month) for month in step(table, "redetermine").months]
    assert months == ["2018-10", "2018-11", "2018-12", "2019-01", "2019-02", "2019-03"]
    due = table.due("redetermine")
    assert due == date(2019, 3, 31)
    assert due.weekday() == 6, "a Sunday: an internal task does not move"
    assert table.due("prepare_redetermination") == date(2019, 3, 1)
    assert step(table, "redetermine").who[0] == "CCA"


def test_c03_again_eligible_resumes_and_leaves_no_exit() -> None:
    table = dates("exit_with_grace", JIANGMEN, determine="2018-09-14", resumed="2019-03-29")
    assert [row.event for row in table.steps] == ["determine", "enter_grace", "redetermine", "resume"]


def test_a_disabled_worker_s_grace_is_told_and_dated() -> None:
    """赣发〔2018〕7号 五(一)1: 就业稳定后实施1至2年（其中残疾对象实施2至3年）的低保待遇延退."""
    place = ("360102", "URBAN")
    table = dates("exit_with_grace", place, determine="2018-09-28")
    assert table.due("redetermine") == date(2019, 9, 30)
    assert "文件写 12 至 24 个月，由县里定" in step(table, "redetermine").rule
    beside = next(row for row in table.branches if row.event == "redetermine_disabled")
    assert (beside.due, beside.status) == (date(2020, 9, 30), "default")
    assert "文件写 24 至 36 个月，由县里定" in beside.rule
    disabled = dates("exit_with_grace", place, None, ("disabled_worker",), determine="2018-09-28")
    assert [row.event for row in disabled.steps][2] == "redetermine_disabled"
    assert disabled.due("prepare_redetermination") == date(2020, 8, 31)
    assert disabled.due("stop") == date(2020, 10, 12)
    with pytest.raises(KeyError):
        dates("exit_with_grace", JIANGMEN, determine="2018-09-14").due("redetermine_disabled")


def test_no_grace_where_the_law_had_none() -> None:
    table = dates("exit_with_grace", ("110101", "URBAN"), determine="2018-09-14")
    assert [row.event for row in table.steps] == ["determine", "stop", "notify"]


def test_in_a_moratorium_the_exit_waits() -> None:
    values = {"exit_moratorium": True}
    table = dates("exit_with_grace", ANQIU, values, determine="2020-03-02", moratorium_over="2020-09-30")
    assert [row.event for row in table.steps][:3] == ["determine", "queue", "recheck"]
    assert table.due("recheck") == date(2020, 10, 21), (
        "ten working days after 09-30, 国庆 between, 10-10 works"
    )


def test_the_six_months_of_the_registered_poor_need_no_moratorium() -> None:
    """安丘 做法1: “建档立卡贫困户延期保障6个月，疫情期间暂停低保退出工作”, and no dates."""
    table = dates("exit_with_grace", ANQIU, determine="2020-11-30")
    months = [str(month) for month in step(table, "redetermine").months]
    assert months == ["2020-12", "2021-01", "2021-02", "2021-03", "2021-04", "2021-05"]
    assert table.due("redetermine") == date(2021, 5, 31)
    assert [missing.parameter for missing in table.missing] == ["exit_moratorium"]
    told = dates("exit_with_grace", ANQIU, {"exit_moratorium": False}, determine="2020-11-30")
    assert (told.steps, told.missing) == (table.steps, ())
    assert dates("exit_with_grace", JIANGMEN, determine="2018-09-14").missing == ()
    # Who says that the exit waits in the queue must say by which moratorium.
    with pytest.raises(MissingValue, match="暂停低保退出"):
        dates("exit_with_grace", ANQIU, determine="2020-11-30", queue="2020-12-02")
    with pytest.raises(CaseDateError, match="没有“quue”这一步"):
        dates("exit_with_grace", ANQIU, determine="2020-11-30", quue="2020-12-02")


# --- C09: 安丘 2020 ----------------------------------------


def test_c09_total_authority_notice_and_payment() -> None:
    table = dates("unified_recognition", ANQIU, accept="2020-12-07", confirmed="2020-12-29")
    assert table.total is not None
    assert table.total.due == date(2021, 1, 5)
    assert step(table, "confirm").who == ("TL",)
    assert not step(table, "confirm").late
    assert [str(month) for month in step(table, "take_effect").months] == ["2021-01"]
    events = [row.event for row in table.steps]
    assert "post_notice" not in events
    assert "appraise" not in events
    assert "approval_notice_over" in events


def test_c09_the_seven_days_fit_inside_the_limit() -> None:
    table = dates("unified_recognition", ANQIU, accept="2020-12-07")
    assert table.due("post_approval_notice") == date(2020, 12, 29)
    assert table.due("approval_notice_over") == table.due("confirm") == date(2021, 1, 5)


@pytest.mark.parametrize(("decided", "who"), [("2020-11-30", "CCA"), ("2020-12-01", "TL")])
def test_c09_who_decides_goes_by_the_day_of_the_decision(decided: str, who: str) -> None:
    table = dates("unified_recognition", ANQIU, accept="2020-11-02", confirmed=decided)
    assert step(table, "confirm").who == (who,)


def test_a_decision_after_the_total_is_late() -> None:
    table = dates("unified_recognition", ANQIU, accept="2020-12-07", confirmed="2021-01-06")
    assert step(table, "confirm").late
    assert table.total is not None
    assert table.total.late


# --- C10: 安丘 2020, self-care ----------------------------------------


def test_c10_reassessment_and_new_hours() -> None:
    table = dates("self_care_review", ("370784", "RURAL"), report="2020-12-03", assess="2020-12-17")
    assert table.due("assess") == date(2020, 12, 17)
    assert [str(month) for month in step(table, "adjust").months] == ["2021-01"]


# --- C11: 安丘 2020, emergency ----------------------------------------


def test_c11_twenty_four_clock_hours_on_a_weekend() -> None:
    table = dates("emergency_aid", ANQIU, report="2020-12-12T21:30", aid="2020-12-13T20:50")
    aid = step(table, "aid")
    assert aid.due == moment("2020-12-13T21:30")
    assert not aid.late
    assert aid.who == ("TL",)
    assert table.due("complete_paperwork") == date(2020, 12, 25)


def test_c11_one_minute_late_is_late() -> None:
    table = dates("emergency_aid", ANQIU, report="2020-12-12T21:30", aid="2020-12-13T21:31")
    assert step(table, "aid").late


def test_c11_hours_need_a_moment() -> None:
    with pytest.raises(CaseDateError, match="T21:30"):
        dates("emergency_aid", ANQIU, report="2020-12-12")


@pytest.mark.parametrize(("decided", "who"), [("2020-11-30", "CCA"), ("2020-12-14", "TL")])
def test_c11_above_the_small_sum_the_ordinary_authority_decides(decided: str, who: str) -> None:
    above = dates("emergency_aid", ANQIU, None, ("above_small_sum",), report="2020-12-12T21:30")
    assert above.steps[-1].state == "to_ordinary"
    table = dates("expenditure_aid", ANQIU, accept="2020-11-23", approve=decided)
    assert step(table, "approve").who == (who,)


# --- C12: 盘州 2025 ----------------------------------------


def test_c12_start_total_extension_and_effect() -> None:
    table = dates("unified_recognition", PANGUAN, accept="2025-10-09", confirmed="2025-10-30")
    assert table.due("start_investigation") == date(2025, 10, 13), "10-11 is a working Saturday"
    assert table.total is not None
    assert table.total.due == date(2025, 11, 5)
    assert table.extended is not None
    assert table.extended.due == date(2025, 11, 19)
    assert [str(month) for month in step(table, "take_effect").months] == ["2025-11"]
    assert step(table, "confirm_civil").who == ("CCA",)
    assert step(table, "confirm_agriculture").who == ("CAG",)


def test_c12_an_extension_moves_the_steps_in_front_of_the_decision() -> None:
    plain = dates("unified_recognition", PANGUAN, accept="2025-10-09")
    longer = dates("unified_recognition", PANGUAN, accept="2025-10-09", extend="2025-11-03")
    assert plain.due("confirm_agriculture") == date(2025, 11, 5)
    assert longer.due("confirm_agriculture") == date(2025, 11, 19)
    assert plain.due("give_opinion") == date(2025, 10, 29), "seven days of notice before 11-05"
    assert longer.due("give_opinion") == date(2025, 11, 12)


def test_c12_an_extension_after_the_limit_extends_nothing() -> None:
    """延长须在原期限届满之前批准: 2025-11-05 is the last day."""
    for granted, due in (("2025-11-05", "2025-11-19"), ("2025-11-06", "2025-11-05")):
        table = dates("unified_recognition", PANGUAN, accept="2025-10-09", extend=granted)
        assert table.due("confirm_agriculture") == moment(due)


@pytest.mark.parametrize(
    ("region", "accepted", "total", "extended"),
    [
        ("520281123", "2025-09-11", "2025-10-29", "2025-11-19"),  # the day before the pilot: 30 and 45
        ("520281123", "2025-09-12", "2025-10-16", "2025-10-30"),  # 20 and 30; 09-28 and 10-11 work
        ("520281214", "2025-12-31", "2026-01-29", "2026-02-12"),
        ("520281102", "2025-10-09", "2025-11-19", "2025-12-10"),  # another township of the same city
    ],
)
def test_the_pilot_holds_in_its_townships_and_days(
    region: str, accepted: str, total: str, extended: str
) -> None:
    table = dates("unified_recognition", (region, "RURAL"), accept=accepted)
    assert table.total is not None
    assert table.extended is not None
    assert (table.total.due, table.extended.due) == (moment(total), moment(extended))


@pytest.mark.parametrize(
    ("region", "accepted", "told"),
    [
        ("520281", "2025-09-11", False),
        ("520281", "2025-09-12", True),
        ("520281", "2025-12-31", True),
        ("520281", "2026-01-01", False),
        ("520281123", "2025-10-09", False),
        ("520281102", "2025-10-09", False),
    ],
)
def test_a_county_without_its_township_is_told_of_the_pilot(region: str, accepted: str, told: bool) -> None:
    """盘州 一: in 保基乡 and 盘关镇 twenty days, elsewhere thirty; a county's code does not say which."""
    total = dates("unified_recognition", (region, "RURAL"), accept=accepted).total
    assert total is not None
    assert ("请把地区代码填到乡镇（9位）" in total.rule) is told


def test_since_october_2022_a_delegated_county_has_twenty_days() -> None:
    for accepted, days in (("2022-10-19", 30), ("2022-10-20", 20)):
        table = dates("unified_recognition", ("110101", "URBAN"), {"dibao_authority": "TL"}, accept=accepted)
        assert table.total is not None
        assert table.total.limit is not None
        assert table.total.limit.count == days


def test_an_objection_leads_back_to_the_township() -> None:
    table = dates("unified_recognition", PANGUAN, accept="2025-10-09", object="2025-10-24")
    events = [row.event for row in table.steps]
    assert events[events.index("object") : events.index("object") + 3] == [
        "object",
        "renew_opinion",
        "confirm_civil",
    ]


# --- other procedures ----------------------------------------


def test_tekun_since_2021_fifteen_and_fifteen_with_seven_between() -> None:
    table = dates("tekun_recognition", ("110101", "URBAN"), accept="2023-03-01")
    assert table.due("give_opinion") == date(2023, 3, 22)
    assert table.due("notice_over") == date(2023, 3, 29)
    assert table.due("confirm") == date(2023, 4, 20), "清明 04-05"
    assert table.total is None


def test_tekun_objection_is_posted_again() -> None:
    table = dates("tekun_recognition", ("110101", "URBAN"), accept="2023-03-01", object="2023-03-24")
    events = [row.event for row in table.steps]
    assert events.count("post_notice") == 2
    assert step(table, "renew_opinion").due == date(2023, 4, 17), (
        "15 working days after 03-24, 清明 04-05 between"
    )


def test_rigid_family_outside_and_inside_the_pilot() -> None:
    for region, days in (("520281", 30), ("520281214", 20)):
        table = dates("rigid_recognition", (region, "RURAL"), accept="2025-10-09")
        assert table.total is not None
        assert table.total.limit is not None
        assert table.total.limit.count == days


def test_a_rigid_family_s_steps_outside_the_pilot_are_borrowed_and_say_so() -> None:
    """民发〔2024〕57号 第八条 gives thirty days; its 第十三条 leaves the steps to the provinces."""
    table = dates("rigid_recognition", ("520281101", "RURAL"), accept="2025-10-09")
    notice = step(table, "notice_over")
    assert notice.status == "default"
    assert "参照 民发〔2021〕57号 第十九条" in notice.cites
    assert table.total is not None
    assert (table.total.status, table.total.cites) == ("statutory", ("民发〔2024〕57号 第八条",))
    inside = dates("rigid_recognition", PANGUAN, accept="2025-10-09")
    assert not any("参照" in cite for s in inside.steps for cite in s.cites)


def test_child_allowance_has_two_times_fifteen_days() -> None:
    table = dates("child_allowance", ANQIU, receive="2020-09-01")
    assert table.due("verify") == table.due("submit") == date(2020, 9, 22)
    assert table.due("confirm") == date(2020, 10, 19), "09-27 and 10-10 work, 国庆 off"


def test_an_orphan_of_2018_has_dates_and_none_is_a_document_s() -> None:
    """国办发〔2010〕54号 has orphans and no days; 民发〔2019〕62号 writes the days, from 2020."""
    table = dates("child_allowance", ("360102", "URBAN"), receive="2018-09-27")
    assert table.total is None
    for event in ("verify", "submit", "confirm"):
        one = step(table, event)
        assert (one.undated, one.status, one.cites[0]) == (True, "default", "参照 国办发〔2010〕54号")
        assert not any("62号" in cite for cite in one.cites)
    paid = step(table, "take_effect")
    assert ([str(month) for month in paid.months], paid.status) == (["2018-11"], "default"), (
        "confirmed by 10-09"
    )
    assert not step(dates("child_allowance", ("360102", "URBAN"), receive="2020-01-02"), "confirm").undated


@pytest.mark.parametrize(
    ("place", "last", "holds", "due"),
    [
        (JIANGMEN, "2018-01-31", "class_stable", "2019-01-31"),
        (JIANGMEN, "2018-01-31", "class_relatively_stable", "2018-07-31"),
        (JIANGMEN, "2018-01-31", "class_unstable", "2018-02-28"),  # urban: every month
        (("440781", "RURAL"), "2018-01-31", "class_unstable", "2018-04-30"),  # rural: every quarter
        (("440781", "RURAL"), "2021-07-01", "class_unstable", "2022-01-01"),  # since 2021: half a year
        (("440781", "RURAL"), "2021-07-01", "class_tekun", "2022-07-01"),
    ],
)
def test_review_by_class(place: tuple[str, str], last: str, holds: str, due: str) -> None:
    table = dates("periodic_review", place, None, (holds,), last_review=last)
    assert table.steps[1].guard == holds
    assert table.steps[1].due == moment(due)


def test_death_is_checked_within_three_months() -> None:
    table = dates(
        "periodic_review",
        ("110101", "URBAN"),
        None,
        ("member_died",),
        last_review="2023-01-10",
        death="2023-03-31",
    )
    assert table.steps[1].due == date(2023, 6, 30)


@pytest.mark.parametrize(("decided", "who"), [("2020-11-30", "CCA"), ("2020-12-01", "TL")])
def test_disability_subsidies_are_decided_in_the_township_since_december(decided: str, who: str) -> None:
    table = dates("disability_subsidies", ANQIU, accept="2020-11-16", grant=decided)
    assert step(table, "grant").who == (who,)
    month = "2020-12" if decided < "2020-12" else "2021-01"
    assert [str(month) for month in step(table, "take_effect").months] == [month]


@pytest.mark.parametrize(
    ("place", "accepted", "granted", "who", "month"),
    [
        (ANQIU, "2020-11-25", "2020-12-02", "TL", "2021-01"),  # 做法3: 自2020年12月1日起 in the township
        (ANQIU, "2020-11-20", "2020-11-27", "CCA", "2020-12"),
        (("360102", "URBAN"), "2018-09-27", "2018-10-09", "CCA", "2018-11"),  # 国庆 between
        (("110101", "RURAL"), "2021-04-28", "2021-05-08", "CCA", "2021-06"),  # 05-08 is a make-up Saturday
    ],
)
def test_the_first_month_goes_by_the_day_the_grant_s_row_shows(
    place: tuple[str, str], accepted: str, granted: str, who: str, month: str
) -> None:
    """国发〔2015〕52号: from the month after the grant; row, authority and month are of one day."""
    table = dates("disability_subsidies", place, accept=accepted)
    assert (step(table, "grant").due, step(table, "grant").who) == (moment(granted), (who,))
    assert step(table, "take_effect").started == moment(granted)
    assert [str(one) for one in step(table, "take_effect").months] == [month]


def test_relatives_are_visited_by_the_county() -> None:
    table = dates("near_relative_filing", JIANGMEN, accept="2018-06-11")
    assert table.due("register") == date(2018, 6, 14)
    assert step(table, "visit").who == ("CCA",)


def test_monitoring_object_is_listed_in_fifteen_days_and_helped_in_ten() -> None:
    table = dates("monitoring_recognition", ("520281", "RURAL"), discover="2025-03-03", confirm="2025-03-17")
    assert table.total is not None
    assert table.total.due == date(2025, 3, 18)
    assert table.due("support") == date(2025, 3, 27)
    listed = dates("risk_elimination", ("520281", "RURAL"), list="2025-03-17")
    assert listed.due("propose") is None
    assert step(listed, "propose").earliest == date(2025, 9, 17)
    assert "起满 6 个月才可办理" in step(listed, "propose").rule


def test_a_notice_begins_early_enough_to_hang_its_days() -> None:
    """民发〔2012〕220号 第二十五条: 公示期为7天. Nobody posts on the day on which the notice is over."""
    for region, area in (("440703", "URBAN"), ("360102", "URBAN"), ("520281101", "RURAL")):
        for procedure in ("unified_recognition", "tekun_recognition"):
            table = dates(procedure, (region, area), accept="2018-06-11" if area == "URBAN" else "2025-10-09")
            posted, over = step(table, "post_notice").due, step(table, "notice_over").due
            assert over is not None
            if posted is None:  # no document sets a day: then none is invented, either
                assert step(table, "post_notice").rule == NO_LIMIT
                events = [one.event for one in table.steps]
                dated = [one.due for one in table.steps[1 : events.index("post_notice")] if one.due]
                posted = max(dated)
            assert (over - posted).days >= 7, (region, procedure)


def test_no_step_before_a_notice_falls_on_a_saturday() -> None:
    for day in ("2025-10-09", "2025-11-03", "2025-12-31", "2026-01-05"):
        for s in dates("unified_recognition", PANGUAN, accept=day).steps:
            if s.total and s.due:
                assert CALENDAR.is_working_day(s.due), (day, s.event, s.due)


def test_an_extension_granted_too_late_says_so() -> None:
    """盘州方案 二(一)三: 特殊情况下，可以延长 — before the twenty days are over."""
    late = dates("unified_recognition", PANGUAN, accept="2025-10-09", extend="2025-11-06")
    assert late.extended is not None
    assert "已过原期限 2025-11-05，不能延长" in late.extended.rule
    in_time = dates("unified_recognition", PANGUAN, accept="2025-10-09", extend="2025-11-04")
    assert in_time.extended is not None
    assert "不能延长" not in in_time.extended.rule


# --- the pilot: every kind of low-income person goes one road -----------------------------------------


def test_in_the_pilot_a_monitoring_object_goes_the_unified_road() -> None:
    """盘州方案 二(一)一: 监测对象统一纳入低收入人口; 二(一)三: 乡镇受理、初审，两部门审核确认."""
    table = dates("monitoring_recognition", PANGUAN, discover="2025-10-09")
    assert table.procedure.key == "unified_recognition"
    assert table.total is not None
    assert table.total.due == date(2025, 11, 5)
    assert [s.event for s in table.steps if s.event.startswith("confirm")] == [
        "confirm_civil",
        "confirm_agriculture",
    ]
    outside = dates("monitoring_recognition", ("520281101", "RURAL"), discover="2025-10-09")
    after = dates("monitoring_recognition", PANGUAN, discover="2026-01-05")
    assert outside.procedure.key == after.procedure.key == "monitoring_recognition"


def test_in_the_pilot_two_departments_confirm_a_tekun_person() -> None:
    """盘州方案 二(一)五、七: 统一分析研判; 抽查复核 (特困 30%, 43号第十六条) 后两部门审核确认."""
    table = dates("tekun_recognition", PANGUAN, accept="2025-10-09")
    assert [s.event for s in table.steps] == [
        "accept", "finish_investigation", "analyse", "give_opinion", "spot_check", "post_notice",
        "notice_over", "confirm_civil", "confirm_agriculture", "assess_self_care", "mark_systems",
        "take_effect",
    ]  # fmt: skip
    assert step(table, "spot_check").who == ("CCA", "CAG")
    assert table.due("confirmed") == date(2025, 11, 5)
    assert LAW.values.require("tekun_spot_check_ratio", "520281123", "RURAL", 20251009) == 300
    outside = dates("tekun_recognition", ("520281101", "RURAL"), accept="2025-10-09")
    assert "county_check" in {s.event for s in outside.steps}
    assert step(outside, "confirm").who == ("CCA",)


@pytest.mark.parametrize("procedure", ["unified_recognition", "tekun_recognition", "rigid_recognition"])
def test_the_pilot_plan_is_quoted_in_its_townships_and_days_only(procedure: str) -> None:
    """盘州方案 一: 在保基乡、盘关镇试点运行，2025年底前."""

    def quotes(region: str, day: str) -> bool:
        table = dates(procedure, (region, "RURAL"), accept=day)
        return any("盘州" in cite for s in (*table.steps, *table.branches) for cite in s.cites)

    assert quotes("520281123", "2025-10-09")
    assert quotes("520281214", "2025-12-31")
    assert not quotes("520281101", "2025-10-09")
    assert not quotes("520281", "2025-10-09")
    assert not quotes("520281123", "2026-01-05")
    assert not quotes("520281123", "2025-09-11")


# --- before Anqiu's own rules ---------------------------------------------------------------------------


def test_a_small_sum_goes_the_ordinary_way_until_the_reserve_fund_exists() -> None:
    """安丘 做法3: 建立小额临时救助备用金市级统筹制度，将1000元以下小额审批权限下放 — from December 2020."""
    before = dates("small_sum_aid", ANQIU, accept="2020-10-12")
    assert before.procedure.key == "expenditure_aid"
    assert step(before, "approve").who == ("CCA",)
    after = dates("small_sum_aid", ANQIU, accept="2020-12-07")
    assert after.procedure.key == "small_sum_aid"
    assert step(after, "approve").who == ("TL",)


@pytest.mark.parametrize(("report", "quoted"), [("2020-06-12T09:00", False), ("2020-12-12T21:30", True)])
def test_twenty_four_hours_are_anqiu_s_only_since_it_said_so(report: str, quoted: bool) -> None:
    """安丘 做法3: 对急难型临时救助对象，由镇街区在24小时先行救助，后补齐相关手续."""
    table = dates("emergency_aid", ANQIU, report=report)
    for event in ("judge", "aid", "complete_paperwork"):
        assert any("安丘" in cite for cite in step(table, event).cites) is quoted, event


# --- refusals ----------------------------------------


def test_the_starting_event_is_asked_for() -> None:
    with pytest.raises(CaseDateError, match="受理申请"):
        dates("unified_recognition", PANGUAN, confirmed="2025-10-30")


def test_an_event_the_region_does_not_have_is_refused_with_what_it_has() -> None:
    with pytest.raises(CaseDateError, match="没有“appraise”这一步。可写"):
        dates("unified_recognition", PANGUAN, accept="2025-10-09", appraise="2025-10-20")


def test_a_step_before_the_beginning_is_refused() -> None:
    with pytest.raises(CaseDateError, match="早于"):
        dates("unified_recognition", PANGUAN, accept="2025-10-09", confirmed="2025-10-08")


def test_a_year_without_a_calendar_is_not_guessed() -> None:
    with pytest.raises(YearWithoutCalendar):
        dates("unified_recognition", ("110101", "URBAN"), accept="2031-06-02")


def test_before_the_law_there_is_no_answer() -> None:
    with pytest.raises(MissingValue):
        dates("unified_recognition", ("110101", "URBAN"), accept="2011-06-02")


def test_a_figure_of_ours_is_marked() -> None:
    table = dates("emergency_aid", ("110101", "URBAN"), report="2023-05-05T09:00")
    assert step(table, "aid").status == "default"
    assert step(dates("unified_recognition", JIANGMEN, accept="2018-06-11"), "confirm").status == "statutory"
