"""What a receipt says beside the verdict: warnings of a grace, and whose value a township goes by."""

from __future__ import annotations

import re
from datetime import date
from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from doudi.assessment.batch import Tally, outcomes
from doudi.assessment.evaluate import assess
from doudi.assessment.receipt import receipt
from doudi.assessment.text import show
from doudi.law.rulebook import Law
from doudi.law.worked import load_cases

LAW = Law.load()


def told(on: date, law: Law, worker: dict[str, Any] | None = None, **household: Any) -> str:
    """The receipt of one worker with 1,000 a month who had 300 before, as `doudi explain` prints it."""
    document = {
        "household": {
            "hukou_local": True, "authorised_all": True, "property_conclusion": "PASS",
            "income_complete": True, "expenditure_complete": True, "property_complete": True,
            "dibao_recipient": True, "dibao_amount_before": 30000, "registered_poor": False, **household,
        },
        "members": [
            {
                "relation": "HEAD", "birth_date": 19800101, "student": False, "disability_type": "NO",
                "serious_illness": False, "chronic_illness": False, "obligor_state": "CAPABLE",
                "income_complete": True, "employed": True, "wage_gross": 1200000, **(worker or {}),
            }
        ],
    }  # fmt: skip
    page = Console(file=StringIO(), width=160)
    show(receipt(assess(document, on=on, law=law)), page)
    return page.file.getvalue()  # type: ignore[attr-defined,no-any-return]


def test_a_grace_longer_than_the_nation_s_six_months_is_paid_with_a_warning() -> None:
    """民发〔2022〕83号 一(三)：渐退期原则上不超过6个月."""
    law = LAW.with_values({"dibao_standard": "700.00"}, region="110105")
    given = {"region_code": "110105", "area_type": "URBAN", "exit_determined_on": 20221115}
    assert "请复核并说明理由" in told(date(2022, 12, 15), law, **given, grace_months_granted=12)
    assert "请复核并说明理由" not in told(date(2022, 12, 15), law, **given, grace_months_granted=6)


@pytest.mark.parametrize(
    ("months", "said"), [(6, "少于认定退出时当地文件规定的最低月数"), (37, "多于认定退出")]
)
def test_a_grace_granted_beyond_what_the_document_allows_is_paid_with_a_warning(
    months: int, said: str
) -> None:
    """赣发〔2018〕7号 五(一)1: 就业稳定后实施 1 至 2 年的低保待遇延退; what was granted runs as granted."""
    given = {"region_code": "360102", "area_type": "URBAN", "exit_determined_on": 20180610}
    worker = {"stable_employment_held": 3}
    page = told(date(2018, 7, 1), LAW, worker, **given, grace_months_granted=months)
    assert said in "".join(page.split())
    assert "300.00" in page
    page = told(date(2018, 7, 1), LAW, worker, **given, grace_months_granted=18)
    assert "认定退出时当地文件规定" not in "".join(page.split())


def test_a_family_whose_series_is_not_full_is_told_that_it_has_not_left() -> None:
    """江门“经验启示”：采用连贯性监测的方式实施贫困人口的退出管理."""
    given = {"region_code": "440703", "area_type": "URBAN"}
    watched = "".join(told(date(2018, 9, 14), LAW, **given, months_above_line=1).split())
    assert "这户符合低保继续保障条件（不认定退出的原因：退出监测中" in watched
    assert "符合低保渐退" not in watched
    assert "300.00" in watched
    assert "退出监测中，连续" not in told(date(2018, 9, 14), LAW, **given, months_above_line=3)


def test_a_family_whose_exit_is_watched_is_counted_as_dibao_that_goes_on_and_not_as_grace() -> None:
    """“退不应退”: the table and its totals must not show an exit that nobody has determined."""
    cases = {one.id: one for one in load_cases()}
    tally = Tally(LAW)
    for name in ("dibao-continued-01", "dibao-continued-02"):
        case = cases[name]
        (outcome,) = outcomes([case.document(LAW.book)], law=LAW, on=date(2018, 10, 1))
        tally.add(outcome)
    assert (tally.lines["dibao_continued"].households, tally.lines["dibao_continued"].amount) == (1, 90000)
    assert (tally.lines["grace"].households, tally.lines["grace"].amount) == (1, 90000)


def test_a_worker_far_away_without_a_single_wage_is_pointed_out() -> None:
    """57号第九条: 如实申报. Nobody said whether he co-operates: somebody should look."""
    law = LAW.with_values({"dibao_standard": "700.00"}, region="110105")
    given = {"region_code": "110105", "area_type": "URBAN", "dibao_recipient": False}
    away = told(date(2023, 3, 1), law, {"outside_worker": True, "wage_gross": 0}, **given)
    assert "外出务工而没有工资记录" in away
    asked = {"outside_worker": True, "wage_cooperation": True, "wage_gross": 0}
    assert "没有工资记录" not in told(date(2023, 3, 1), law, asked, **given)
    assert "没有工资记录" not in told(
        date(2023, 3, 1), law, {"outside_worker": False, "wage_gross": 0}, **given
    )


def test_a_proposed_sum_or_float_cut_by_the_rule_is_told() -> None:
    """安丘 做法3, 赣发〔2018〕7号 五(七): what was proposed, the bound, the record that would carry it."""
    cases = {one.id: one for one in load_cases()}

    def said(name: str) -> str:
        case = cases[name]
        law = LAW.with_values(case.test_values)
        return "".join(printed(case.document(law.book), case.on, law).split())

    cut = said("temporary-cut-01")
    assert "拟定金额没有照给" in cut
    assert "一事一议”会商记录" in cut
    assert "9,000.00" in cut
    assert "没有照给" not in said("temporary-cut-02")
    high = said("temporary-float-02")
    assert "拟上浮没有照给" in high
    assert "×1000" not in high
    assert "没有照给" not in said("temporary-float-01")


def test_a_tick_never_stands_before_nothing() -> None:
    """A proposed sum of nought, a cost within the deductible, a cap used up: each says what it is."""
    cases = {one.id: one for one in load_cases()}

    def said(name: str) -> str:
        case = cases[name]
        return "".join(printed(case.document(LAW.book), case.on, LAW.with_values(case.test_values)).split())

    zero = said("temporary-zero-01")
    assert re.search("✓这户符合临时救助条件[^。]*，金额为零，请核对。", zero)
    assert "拟给金额为零，请核对：要给的，改填金额后重算" in zero
    assert "请核对" not in said("temporary-zero-02")
    within = said("medical-deductible-06")
    assert "符合医疗救助条件" not in within
    assert "费用没有超过起付线" in within
    assert "赣发〔2018〕7号五(三)" not in within, "its deductible is that of the expenditure-poor"
    assert re.search("费用没有超过起付线[^。]*赣发〔2018〕7号五\\(三\\)", said("medical-deductible-02"))
    assert "本年度医疗救助已经达到限额" in said("medical-cap-02")


@pytest.mark.parametrize(
    ("case", "cut"),
    [
        # 国务院令第649号 第四十九条: the annual cap; 4 × 580 was due, 9,000 of 10,000 had been paid.
        (
            "temporary-cap-01",
            "应给临时救助 2,320.00 元，超过临时救助年度封顶线 10,000.00〔测试值〕"
            " − 本年度已发临时救助金 9,000.00 = 1,000.00 元，按 1,000.00 元计",
        ),
        # 赣发〔2018〕7号 五(三): the medical cap; 75 % of 10,000 was due, 45,000 of 50,000 had been paid.
        ("medical-cap-01", " = 5,000.00 元，按 5,000.00 元计"),
        (
            "special-05",
            "剩余刚性支出 20,000.01 元，超过特别救助限额 20,000.00〔测试值〕 元，按 20,000.00 元计",
        ),
        (
            "dibao-cost-02",
            "就业成本（实际支出） 3,600.00 元，超过就业成本每月上限 200.00〔测试值〕 × 扣就业成本的月数 12",
        ),
    ],
)
def test_an_amount_cut_by_a_bound_tells_the_bound_and_the_figure_before(case: str, cut: str) -> None:
    family = next(one for one in load_cases() if one.id == case)
    law = LAW.with_values(family.test_values)
    said = printed(family.document(law.book), family.on, law).replace("\n", "")
    assert "受封顶限制：" in said
    assert re.sub(r"\s", "", cut) in re.sub(r"\s", "", said)
    assert "（依据：" in said[said.index("受封顶限制") :]


@pytest.mark.parametrize("case", ["temporary-cut-02", "medical-cap-03", "medical-cap-04", "special-04"])
def test_an_amount_within_its_bound_tells_of_none(case: str) -> None:
    family = next(one for one in load_cases() if one.id == case)
    law = LAW.with_values(family.test_values)
    assert "受封顶限制" not in printed(family.document(law.book), family.on, law)


def test_a_county_whose_pilot_township_is_not_named_is_asked_for_it() -> None:
    """盘州 一: 2025年底前…在保基乡、盘关镇试点运行. Which law holds cannot be told from a county's code."""
    law = LAW.with_values({"dibao_standard": "500.00"}, region="520281")
    given = {"area_type": "RURAL", "dibao_recipient": False, "application_date": 20251009}
    county = told(date(2025, 10, 20), law, region_code="520281", **given)
    assert "请填到乡镇（9位）后重算" in "".join(county.split())
    for township in ("520281123", "520281103"):
        page = told(date(2025, 10, 20), law, region_code=township, **given)
        assert "填到乡镇" not in "".join(page.split())
    given["application_date"] = 20250911
    assert "填到乡镇" not in told(date(2025, 10, 20), law, region_code="520281", **given)


def test_a_disability_that_contradicts_itself_is_told() -> None:
    """Type 无 with a grade, or a type with grade 0: one of the two is wrong, and it may decide."""
    case = next(one for one in load_cases() if one.id == "dibao-jiangmen-01")
    law = LAW.with_values(case.test_values)
    document = case.document(law.book)
    assert "请对照残疾人证" not in printed(document, case.on, law)
    document["members"][0] |= {"disability_type": "NO", "disability_grade": 3}
    assert "残疾类别填“无”，又填了残疾等级" in printed(document, case.on, law)
    document["members"][0] |= {"disability_type": "PHYSICAL", "disability_grade": 0}
    assert "填了残疾类别，残疾等级填0" in "".join(printed(document, case.on, law).split())


def test_a_wage_both_verified_and_reckoned_is_told_as_a_contradiction() -> None:
    """盘州 二(一)六①: where the wage is known nothing is left to reckon."""
    case = next(one for one in load_cases() if one.id == "dibao-verified-01")
    law = LAW.with_values(case.test_values)
    document = case.document(law.book)
    assert "两者只能有一个" in printed(document, 20251020, law)
    document["members"][0]["wage_imputed"] = False
    assert "两者只能有一个" not in printed(document, 20251020, law)


def test_a_family_one_fen_under_the_line_is_told_that_nothing_is_paid() -> None:
    law = LAW.with_values({"dibao_standard": "700.00"}, region="110105")
    given = {"region_code": "110105", "area_type": "URBAN", "dibao_recipient": False}
    assert "没有可发的金额" in told(date(2023, 3, 1), law, {"wage_gross": 839999}, **given)
    assert "没有可发的金额" not in told(date(2023, 3, 1), law, {"wage_gross": 839900}, **given)
    alone = {"wage_gross": 839999, "clergy_three_years": True}
    assert "没有可发的金额" in told(date(2023, 3, 1), law, alone, **given), "single dibao as well"


def test_an_income_sheet_without_a_row_that_says_it_is_complete_is_told() -> None:
    law = LAW.with_values({"dibao_standard": "700.00"}, region="110105")
    given = {"region_code": "110105", "area_type": "URBAN", "dibao_recipient": False}
    note = "申报收入为零（收入表没有记录，申报称完整）"
    assert note in told(date(2023, 3, 1), law, {"wage_gross": None, "incomes": []}, **given)
    assert note not in told(date(2023, 3, 1), law, {"wage_gross": 100}, **given)
    pension = {"wage_gross": None, "incomes": [{"item": "BASIC_PENSION", "month": 202212, "amount": 15000}]}
    assert note not in told(date(2023, 3, 1), law, pension, **given), "left out by the rules, yet declared"
    open_ = told(date(2023, 3, 1), law, {"wage_gross": None}, **given, income_complete=False)
    assert note not in open_


def test_a_family_is_told_that_its_amount_waits_for_a_member_s_tekun() -> None:
    """国发〔2016〕14号: who is supported as tekun is not in dibao; until that is known he is counted."""
    family = next(one for one in load_cases() if one.id == "dibao-counted-04")
    document = family.document(LAW.book)
    document["members"][1]["name"] = "王大爷"
    assert "金额可能变化：王大爷是否符合特困人员救助供养条件尚待核实。" in printed(document, 20180620)
    document["members"][1]["obligor_state"] = "CAPABLE"
    assert "金额可能变化" not in printed(document, 20180620), "an able obligor: no tekun, nothing is open"


def test_the_highest_income_of_open_members_names_whose_it_is() -> None:
    case = next(one for one in load_cases() if one.id == "rigid-open-01")
    said = printed(case.document(LAW.book), case.on, LAW.with_values(case.test_values))
    assert "待核实成员的最高收入（刚性支出困难口径） = 成员2 12,000.00" in said
    assert "10,000,000,000.00" not in said


def test_a_family_whose_verdict_waits_for_a_member_s_tekun_is_told_so() -> None:
    """With him 500 a head, without him 1,000, the line is 800: no verdict, and the reason why."""
    cases = {one.id: one for one in load_cases()}
    law = LAW.with_values(
        {
            name: value
            for key in ("01", "13")
            for name, value in cases[f"dibao-open-{key}"].test_values.items()
        }
    )
    document = cases["dibao-open-01"].document(LAW.book)
    document["members"][1]["name"] = "王大爷"
    said = "".join(printed(document, 20180611).split())
    assert (
        "最低生活保障、低保边缘家庭的结论取决于谁计入家庭人口：王大爷是否符合特困人员救助供养条件尚待核实"
        in said
    )
    document["members"][1]["obligor_state"] = "CAPABLE"
    assert "取决于谁计入" not in printed(document, 20180611)
    edge = printed(cases["dibao-open-13"].document(LAW.book), 20251020, law)
    assert "这户符合低保边缘家庭条件。" in edge
    assert "可能变化" not in edge, "an edge family has no amount"


def printed(document: dict[str, Any], on: int, law: Law = LAW) -> str:
    page = Console(file=StringIO(), width=200)
    show(receipt(assess(document, on=date.fromisoformat(str(on)), law=law)), page)
    return page.file.getvalue()  # type: ignore[attr-defined,no-any-return]


def score_case(on: date, name: str = "score-c15") -> str:
    """C15 (or another worked case of the score), the family as its receipt is printed."""
    case = next(one for one in load_cases() if one.id == name)
    law = LAW.with_values(case.test_values)
    page = Console(file=StringIO(), width=200)
    document = case.document(law.book)
    document["household"]["on"] = None
    show(receipt(assess(document, on=on, law=law)), page)
    return page.file.getvalue()  # type: ignore[attr-defined,no-any-return]


def test_the_score_is_told_where_it_is_used_and_as_what_it_is() -> None:
    """江门 具体做法1: from 2020 twelve indicators; ours are a default, and they decide nothing."""
    said = score_case(date(2020, 6, 1))
    assert "家庭状况评分（默认方案，非法定）" in said
    assert "58.1 分" in said
    assert "困难程度（默认方案，非法定）" in said
    assert "请复查" not in said
    assert "家庭状况评分" not in score_case(date(2019, 6, 1))
    wide_apart = next(
        one for one in load_cases() if one.table.get("expect", {}).get("possible_inclusion_error")
    )
    assert "可能错保，请复查（不影响认定）" in score_case(date(2020, 6, 1), wide_apart.id)


def test_a_score_that_lacks_an_entry_asks_for_it_where_it_is_shown() -> None:
    """江门 具体做法1: from 2020 every applicant is scored; what is lacking is asked for."""
    case = next(one for one in load_cases() if one.id == "score-c15")
    law = LAW.with_values(case.test_values)
    document = case.document(law.book)
    document["household"] |= {"on": None, "vehicle_class": None}
    said = "".join(printed(document, 20200601, law).split())
    assert "待核实，还缺车辆与高值物品；补填后才能评分，不影响认定" in said
    assert "困难程度（默认方案" not in said
    assert "还缺" not in "".join(printed(document, 20190601, law).split()), "no score before 2020"


def test_what_the_county_fills_in_holds_in_its_pilot_townships() -> None:
    """The plan leaves the employment cost open; its hole must not stand before the county figure."""
    filled = LAW.with_values({"employment_cost_fixed": "100.00"}, region="520281").values
    assert filled.require("employment_cost_fixed", "520281123", "RURAL", 20251009) == 10000
    hole = LAW.values.history("employment_cost_fixed", "520281123", "RURAL")
    assert "520281" in str(hole[-1][2])
