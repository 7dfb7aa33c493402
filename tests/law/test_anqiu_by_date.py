"""Which document governs in Anqiu, and what its article prints as law though not from which day: the article
is of 2020; 民发〔2021〕57号 and 43号 hold since 2021-07-01, 民发〔2022〕83号 since 2022-10-20.
"""

from pathlib import Path

import pytest

from doudi.law.checks import ERROR, check
from doudi.law.rulebook import Law
from tests.law.own_values import with_own
from tests.law.test_procedures_dates import ANQIU, dates, step

LAW = Law.load()
ARTICLE = "《织密扎牢民生兜底脱贫保障“安全网”》（安丘市）"


@pytest.mark.parametrize(
    ("accepted", "cites", "status"),
    [
        ("2020-12-01", (f"{ARTICLE} 总结2",), "statutory"),
        ("2021-06-30", (f"{ARTICLE} 总结2",), "statutory"),
        ("2021-07-01", (f"{ARTICLE} 总结2", "民发〔2021〕57号 第二十二条"), "default"),
        ("2022-10-19", (f"{ARTICLE} 总结2", "民发〔2021〕57号 第二十二条"), "default"),
        ("2022-10-20", ("民发〔2022〕83号 四(一)",), "statutory"),
    ],
)
def test_the_total_and_the_document_it_comes_from(accepted: str, cites: tuple[str, ...], status: str) -> None:
    """总结2 压缩到20个工作日内; 57号 第二十二条 30日 is a most, which nothing says undid the shorter promise;
    83号 四(一) 审核确认权限下放的…20个工作日.
    """
    total = dates("unified_recognition", ANQIU, accept=accepted).total
    assert total is not None
    assert total.limit is not None
    assert (total.limit.count, total.cites, total.status) == (20, cites, status)


@pytest.mark.parametrize(("accepted", "due"), [("2021-06-30", "2021-07-28"), ("2021-07-02", "2021-07-30")])
def test_two_days_later_is_not_ten_working_days_later(accepted: str, due: str) -> None:
    total = dates("unified_recognition", ANQIU, accept=accepted).total
    assert total is not None
    assert str(total.due) == due


@pytest.mark.parametrize("name", ["recognition_total_days", "recognition_delegated_days", "tekun_total_days"])
def test_the_shorter_promise_goes_on_until_the_county_says_otherwise(name: str, tmp_path: Path) -> None:
    """Also where a case is not decided in the township. The nation's thirty days still bind the county."""
    before, after = (LAW.values.explain(name, "370784", "RURAL", on) for on in (20210630, 20210701))
    assert (before.value, before.entry.status) == (20, "statutory")
    assert (after.value, after.entry.status) == (20, "default")
    assert "请安丘市核实" in after.entry.flag
    for days, bound in ((30, False), (31, name != "tekun_total_days")):
        own = f'[[{name}]]\nregion = "370784"\nfrom = 2021-07-01\nuntil = 2022-10-20\nvalue = {days}\n'
        found = [one for one in check(with_own(tmp_path, own)) if one.kind == ERROR and one.parameter == name]
        assert bool(found) is bound, (days, found)


@pytest.mark.parametrize("accepted", ["2020-12-01", "2021-06-30", "2021-07-01"])
def test_a_tekun_case_has_the_article_s_total_also_under_the_new_measures(accepted: str) -> None:
    """总结2 names 特困人员供养 too; 43号 第十三条 and 第十六条: fifteen and fifteen days, no total."""
    table = dates("tekun_recognition", ANQIU, accept=accepted)
    assert table.total is not None
    assert table.total.limit is not None
    assert table.total.limit.count == 20
    if accepted == "2021-07-01":
        township, county = step(table, "give_opinion"), step(table, "confirm")
        assert township.limit is not None
        assert county.limit is not None
        assert (township.limit.count, county.limit.count) == (15, 15)
        assert county.due == table.total.due


@pytest.mark.parametrize(
    ("name", "document", "asked"),
    [
        ("dibao_authority", "57号 第二条", True),
        ("tekun_authority", "43号 第三条", True),
        ("employment_cost_rule", "57号 第十三条", False),
    ],
)
def test_what_goes_on_under_the_measures_of_2021(name: str, document: str, asked: bool) -> None:
    """57号 第二条 leaves it to the county to delegate 按程序, 43号 第三条 names the county alone: that the
    delegation of 做法3 goes on is our reading until the county enters its document.
    """
    before, after = (LAW.values.explain(name, "370784", "RURAL", on) for on in (20210630, 20210701))
    assert before.value == after.value
    assert document not in before.entry.cites
    assert document in after.entry.cites
    assert after.entry.status == "default"
    assert bool(after.entry.flag) is asked, "the county is asked for its document"


@pytest.mark.parametrize("name", ["dibao_authority", "tekun_authority"])
def test_elsewhere_the_county_decides_by_the_measures_themselves(name: str) -> None:
    found = LAW.values.explain(name, "110101", "RURAL", 20210701)
    assert (found.value, found.entry.status) == ("CCA", "statutory")


@pytest.mark.parametrize(
    ("name", "on"),
    [
        ("emergency_hours", 20201201),  # 做法3 "由镇街区在24小时先行救助"
        ("temporary_small_authority", 20201201),  # 做法3 "将1000元以下小额临时救助审批权限下放至各镇街区"
        ("temporary_small_limit", 20201201),
        ("reserve_fund_enabled", 20201201),  # 做法3 "建立小额临时救助备用金市级统筹制度"
        ("reserve_fund_level", 20201201),
        ("recognition_total_days", 20201201),  # 总结2 "压缩到20个工作日内"
        ("recognition_delegated_days", 20201201),
        ("tekun_total_days", 20201201),
        ("review_notice", 20201201),  # 总结2 "取消…审核阶段公示和民主评议两个环节"
        ("democratic_appraisal", 20201201),
        ("tekun_appraisal", 20201201),
        ("temporary_green_channel", 20201201),  # 总结2 "绿色通道"
    ],
)
def test_what_the_article_prints_is_law_and_its_first_day_ours(name: str, on: int) -> None:
    entry = LAW.values.explain(name, "370784", "RURAL", on).entry
    assert entry.cites.startswith(ARTICLE)
    assert entry.status == "statutory"
    assert "起始日取2020年12月1日（系统默认）" in entry.note


@pytest.mark.parametrize(("name", "value"), [("emergency_hours", 48), ("recognition_total_days", 45)])
def test_a_county_may_not_go_beyond_what_the_article_prints(name: str, value: int, tmp_path: Path) -> None:
    own = f'[[{name}]]\nregion = "370784"\nfrom = 2020-12-01\nuntil = 2021-07-01\nvalue = {value}\n'
    found = [one for one in check(with_own(tmp_path, own)) if one.kind == ERROR and one.parameter == name]
    assert [one.from_ for one in found] == [20201201]


def test_aid_within_a_day_is_not_called_a_default() -> None:
    aid = step(dates("emergency_aid", ANQIU, report="2020-12-12T21:30"), "aid")
    assert aid.status == "statutory"
    assert (
        step(dates("emergency_aid", ("110101", "URBAN"), report="2020-12-12T21:30"), "aid").status
        == "default"
    )
