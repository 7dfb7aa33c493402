"""What the given dates leave wrong, and the days on which nobody is late: from the texts of the documents."""

from datetime import date

import pytest

from doudi.law.casefile import CaseDateError
from doudi.law.steps import NO_LIMIT, Timetable
from tests.law.test_procedures_dates import ANQIU, CALENDAR, JIANGMEN, PANGUAN, dates, moment, step

NATION = ("110101", "URBAN")


def remarks(table: Timetable) -> dict[str, str]:
    """What is remarked, by event."""
    return {one.event: "；".join(one.remarks) for one in (*table.steps, *table.branches) if one.remarks}


# --- 公示期为7天 (民发〔2012〕220号 第二十五条、第二十九条; 民发〔2021〕57号 第十九条; 43号 第十五条)


@pytest.mark.parametrize(
    ("procedure", "place", "accept", "posted", "over", "full"),
    [
        ("unified_recognition", PANGUAN, "2025-10-09", "2025-10-20", "2025-10-25", "2025-10-27"),
        ("unified_recognition", PANGUAN, "2025-10-09", "2025-10-20", "2025-10-26", "2025-10-27"),
        ("unified_recognition", JIANGMEN, "2018-06-11", "2018-07-02", "2018-07-04", "2018-07-09"),
        ("tekun_recognition", NATION, "2023-03-01", "2023-03-20", "2023-03-24", "2023-03-27"),
    ],
)
def test_a_notice_cut_short_is_said(
    procedure: str, place: tuple[str, str], accept: str, posted: str, over: str, full: str
) -> None:
    table = dates(procedure, place, accept=accept, post_notice=posted, notice_over=over)
    assert step(table, "notice_over").earliest == moment(full)
    assert remarks(table) == {"notice_over": f"公示不满 7 日：{posted} 起公示，{full} 才满"}


def test_a_notice_of_its_full_seven_days_is_not_remarked() -> None:
    table = dates(
        "unified_recognition", PANGUAN, accept="2025-10-09", post_notice="2025-10-20",
        notice_over="2025-10-27", confirmed="2025-10-27",
    )  # fmt: skip
    assert remarks(table) == {}


def test_the_step_behind_a_notice_waits_for_its_end() -> None:
    table = dates("unified_recognition", PANGUAN, accept="2025-10-09", post_notice="2025-10-20")
    assert step(table, "confirm_civil").earliest == date(2025, 10, 27)
    early = dates(
        "unified_recognition", PANGUAN, accept="2025-10-09", post_notice="2025-10-20",
        confirm_civil="2025-10-24", confirm_agriculture="2025-10-26",
    )  # fmt: skip
    assert remarks(early) == {
        "confirm_civil": "办理日期 2025-10-24 早于公示满期（2025-10-27）",
        "confirm_agriculture": "办理日期 2025-10-26 早于公示满期（2025-10-27）",
    }


def test_a_decision_without_the_notice_of_the_approval_is_said() -> None:
    """民发〔2012〕220号 第二十九条: 拟批准的公示7天. 两次公示 take two times seven days after 07-02."""
    table = dates(
        "unified_recognition", JIANGMEN, accept="2018-06-11", post_notice="2018-07-02",
        notice_over="2018-07-09", confirm="2018-07-10",
    )  # fmt: skip
    assert remarks(table) == {
        "approval_notice_over": "没有给出开始公示的日期，不能核对是否公示满 7 日",
        "confirm": "办理日期 2018-07-10 早于公示满期（2018-07-16）",
    }


def test_a_decision_two_days_after_acceptance_cannot_have_hung() -> None:
    """安丘 总结2 cancels the notice of the review only; that of the approval stays (第二十九条)."""
    table = dates("unified_recognition", ANQIU, accept="2020-12-07", confirm="2020-12-09")
    assert remarks(table)["confirm"] == "办理日期 2020-12-09 早于公示满期（2020-12-14）"
    assert "confirm" not in remarks(
        dates("unified_recognition", ANQIU, accept="2020-12-07", confirm="2020-12-14")
    )


def test_a_notice_put_up_too_late_ends_after_the_total() -> None:
    table = dates("unified_recognition", PANGUAN, accept="2025-10-09", post_notice="2025-11-03")
    assert remarks(table)["notice_over"] == "公示到 2025-11-10 才满，已过最迟日期 2025-11-05"


def test_a_step_before_the_one_in_front_of_it_is_said() -> None:
    table = dates(
        "unified_recognition", PANGUAN, accept="2025-10-09", finish_investigation="2025-10-22",
        give_opinion="2025-10-20",
    )  # fmt: skip
    assert remarks(table) == {
        "give_opinion": "办理日期 2025-10-20 早于前面的“完成调查核实，签字”（2025-10-22）"
    }
    published = dates(
        "unified_recognition", NATION, accept="2023-01-03", confirm="2023-02-20", announce="2023-02-17"
    )
    assert "announce" not in remarks(published), "no document dates it: the row is not on the table"
    refused = dates(
        "unified_recognition", NATION, accept="2023-01-03", refuse="2023-02-20", notify_refusal="2023-02-17"
    )
    assert (
        remarks(refused)["notify_refusal"]
        == "办理日期 2023-02-17 早于前面的“作出不予确认（不予批准）决定”（2023-02-20）"
    )


def test_an_answer_before_the_visit_it_reports_is_said() -> None:
    """盘州方案 二(三)三: the result of the visit is fed back; it cannot be before it."""
    table = dates("list_upkeep", PANGUAN, adopt="2025-10-09", verify="2025-10-20", feed_back="2025-10-17")
    assert remarks(table) == {"feed_back": "办理日期 2025-10-17 早于前面的步骤（2025-10-20）"}


def test_a_notice_after_an_objection_is_a_new_one() -> None:
    """民发〔2021〕43号 第十五条: 重新公示. The first posting's day is not the second's."""
    table = dates(
        "tekun_recognition", NATION, accept="2023-03-01", post_notice="2023-03-20", object="2023-03-22",
        renew_opinion="2023-03-30",
    )  # fmt: skip
    assert [one.done for one in table.steps if one.event == "post_notice"] == [moment("2023-03-20"), None]
    assert remarks(table) == {}


def test_risk_eliminated_before_its_months_is_said() -> None:
    table = dates("risk_elimination", ("520281", "RURAL"), list="2025-03-17", propose="2025-09-16")
    assert remarks(table) == {"propose": "办理日期 2025-09-16 早于可以办理的日期（2025-09-17）"}


# --- 期间的最后一日是法定休假日的 (民法典 第二百零三条第一款)


@pytest.mark.parametrize(
    ("place", "events", "event", "due"),
    [
        # 国庆 10-01 to 10-07; the notice itself is over on 10-01
        (JIANGMEN, {"accept": "2018-06-11", "post_notice": "2018-09-24"}, "object", "2018-10-08"),
        # 元旦 2021-01-01 to 01-03
        (ANQIU, {"accept": "2020-11-20"}, "object_to_approval", "2021-01-04"),
        # 3日内 from a Wednesday ends on a Saturday; from a Friday on a Monday
        (ANQIU, {"accept": "2020-11-20", "refuse": "2021-01-06"}, "notify_refusal", "2021-01-11"),
        (ANQIU, {"accept": "2020-11-20", "refuse": "2021-01-08"}, "notify_refusal", "2021-01-11"),
        # the make-up Saturday of 2025-10-11 is worked: nothing moves
        (PANGUAN, {"accept": "2025-09-25", "post_notice": "2025-10-04"}, "object", "2025-10-11"),
    ],
)
def test_a_limit_of_ones_own_act_never_ends_on_a_holiday(
    place: tuple[str, str], events: dict[str, str], event: str, due: str
) -> None:
    table = dates("unified_recognition", place, **events)
    assert step(table, event).due == moment(due)
    assert CALENDAR.is_working_day(moment(due))


def test_a_moved_day_says_that_it_moved_and_the_notice_s_own_days_do_not() -> None:
    table = dates("unified_recognition", JIANGMEN, accept="2018-06-11", post_notice="2018-09-24")
    assert step(table, "object").rule.endswith("，末日逢休息日顺延")
    assert step(table, "notice_over").due == step(table, "notice_over").earliest == date(2018, 10, 1)


def test_a_family_s_months_to_report_end_on_a_working_day() -> None:
    """民发〔2022〕83号 五(五): three months from 2025-07-04 end on 10-04, inside 国庆 (to 10-08)."""
    table = dates(
        "periodic_review", NATION, None, ("situation_changed",), last_review="2025-01-31", change="2025-07-04"
    )
    assert table.due("report_change") == date(2025, 10, 9)


# --- 一次性告知、补齐材料 (民发〔2021〕57号 第十条)


@pytest.mark.parametrize(
    ("procedure", "asked", "due"),
    [
        ("unified_recognition", "2025-09-03", "2025-10-09"),  # 10-03 is 国庆
        ("unified_recognition", "2025-08-06", "2025-09-05"),
        ("tekun_recognition", "2025-08-06", "2025-09-05"),
        ("expenditure_aid", "2025-08-06", "2025-09-05"),
    ],
)
def test_papers_asked_for_before_acceptance_have_their_last_day(procedure: str, asked: str, due: str) -> None:
    table = dates(procedure, ("520281101", "RURAL"), return_materials=asked, accept="2025-09-22")
    assert [one.event for one in table.steps][:3] == ["return_materials", "supplement", "accept"]
    assert table.due("supplement") == moment(due)
    assert step(table, "supplement").status == "default", "no document says thirty days"
    with pytest.raises(CaseDateError, match="晚于“受理申请”"):
        dates(procedure, ("520281101", "RURAL"), return_materials="2025-09-23", accept="2025-09-22")
    waiting = dates(procedure, ("520281101", "RURAL"), return_materials=asked)
    assert [(one.event, one.due) for one in waiting.steps[:2]] == [
        ("return_materials", None),
        ("supplement", moment(due)),
    ]
    assert (waiting.opened, waiting.begun, waiting.total, waiting.branches) == (
        moment(asked),
        False,
        None,
        (),
    )


def test_a_case_that_is_not_accepted_ends_with_its_acceptance() -> None:
    """57号 第十条: what is missing is told at once; 第二十二条: the total runs from 受理, so not yet."""
    waiting = dates("unified_recognition", ("520281101", "RURAL"), return_materials="2025-09-03")
    assert [one.event for one in waiting.steps] == ["return_materials", "supplement", "accept"]
    assert waiting.due("accept") is None
    assert waiting.steps[-1].rule == "总时限和以后各步自“受理申请”之日起算"
    late = dates(
        "unified_recognition",
        ("520281101", "RURAL"),
        return_materials="2025-09-03",
        supplement="2025-10-10",
    )
    assert [one.late for one in late.steps] == [False, True, False], "the last day was 10-09"
    with pytest.raises(CaseDateError, match="请给出它的日期（accept=日期）"):
        dates("unified_recognition", ANQIU, return_materials="2020-12-07", confirm="2020-12-09")


# --- what no document dates


def test_a_step_without_a_limit_in_front_of_a_notice_has_no_last_day() -> None:
    """民发〔2021〕43号 第二十五、二十六条 say 及时: no day to keep, none to miss."""
    table = dates("tekun_termination", ANQIU, report="2021-07-05")
    for event in ("verify", "propose", "post_notice"):
        one = step(table, event)
        assert (one.due, one.rule, one.limit) == (None, NO_LIMIT, None), event
    kept = dates("tekun_termination", ANQIU, report="2021-07-05", verify="2021-07-06")
    assert not any(one.late for one in kept.steps)
    assert step(kept, "notice_over").earliest == date(2021, 7, 13)
    trial = dates("unified_recognition", JIANGMEN, accept="2018-06-11")
    assert step(trial, "give_opinion").due is step(trial, "post_notice").due is None


def test_our_reminder_is_nobody_s_limit() -> None:
    """民发〔2012〕220号 sets no day for posting: a notice put up late is not out of time."""
    table = dates("unified_recognition", JIANGMEN, accept="2018-06-11", post_notice="2018-09-24")
    assert step(table, "post_notice").undated
    assert not step(table, "post_notice").late


def test_work_after_an_objection_keeps_to_the_total() -> None:
    """民发〔2021〕57号 第十九条 gives no days: ours end with the printed total (盘州方案 二(一)三)."""
    table = dates("unified_recognition", PANGUAN, accept="2025-10-09")
    again = step(table, "renew_opinion")
    assert (again.due, again.status) == (date(2025, 11, 5), "default")
    trial = dates("unified_recognition", ANQIU, accept="2020-12-07")
    assert step(trial, "reexamine").due == date(2021, 2, 2), "20 working days of 第二十九条, from 01-05"


@pytest.mark.parametrize(
    ("procedure", "place", "accept", "event", "named"),
    [
        ("unified_recognition", PANGUAN, "2025-10-09", "take_effect", "共同确认"),
        ("unified_recognition", NATION, "2023-01-03", "take_effect", "作出确认（批准）决定"),
        ("tekun_recognition", NATION, "2023-03-01", "take_effect", "作出确认决定"),
        ("rigid_recognition", PANGUAN, "2025-10-09", "take_effect", "共同确认"),
    ],
)
def test_payment_runs_from_the_confirmation(
    procedure: str, place: tuple[str, str], accept: str, event: str, named: str
) -> None:
    """民发〔2021〕57号 第二十一条: 自作出确认同意决定之日下月起, not from the announcement."""
    rule = step(dates(procedure, place, accept=accept), event).rule
    assert named in rule
    assert "公布" not in rule


def test_what_no_longer_happens_names_the_confirmation_too() -> None:
    """A refused case never comes to the payment; the row still tells the rule of 第二十一条."""
    table = dates(
        "unified_recognition", PANGUAN, accept="2025-10-09", confirm_civil="2025-10-28", refuse="2025-10-29"
    )
    assert step(table, "take_effect").rule == "自“农业农村部门出具意见，共同确认”起下月"
    other = dates(
        "unified_recognition", PANGUAN, accept="2025-10-09", confirm_agriculture="2025-10-28",
        confirm_civil="2025-10-29",
    )  # fmt: skip
    assert step(other, "take_effect").rule == "自“民政部门出具意见，共同确认”起下月"
