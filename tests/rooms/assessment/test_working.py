"""The arithmetic of a figure in words and numbers, and what a figure was worked out from."""

import pytest

from tests.rooms.assessment.households import (
    anqiu,
    anqiu_couple,
    couple_with_unknown_wage,
    panzhou,
    panzhou_family,
)


def test_it_works() -> None:
    working = panzhou(panzhou_family()).working
    assert working.formula("per_capita_income") == "家庭收入（低保口径）34,480.00 ÷（计入人口 5 × 12）"


@pytest.mark.parametrize(
    ("name", "member", "formula"),
    [
        ("base_income_12m", None, "陈大山 29,880.00 + 李秀英 4,600.00"),
        ("members", None, "陈大山、李秀英、周玉兰、陈小雨、陈小宝"),
        ("dibao_standard_12m", None, "最低生活保障标准 500.00〔测试值〕 × 计入人口 5 × 12"),
        (
            "edge_distance",
            None,
            "（家庭收入（低保边缘口径）34,480.00 − 低保标准合计 30,000.00"
            " × 低保边缘收入线与低保标准之比 1.5 倍）÷（计入人口 5 × 12）",
        ),
        ("imputed_wage", 0, "最低工资标准（杭州市，2025-10-20）2,490.00〔测试值〕 × 务工月数 12"),
        ("gross_income_12m", 1, "经营净收入（计入）6,000.00 + 财产净收入 600.00 − 转移性支出 2,000.00"),
        ("age", 4, "出生日期 2015-01-15 至 核定日期 2025-10-09"),
        ("gross_income_12m", 3, ""),
        ("income_below_dibao", None, ""),
        ("dibao_property", None, ""),
    ],
)
def test_a_figure_is_told_as_arithmetic_with_the_branch_taken(name, member, formula) -> None:
    assert panzhou(panzhou_family()).working.formula(name, member) == formula


def test_the_law_s_thousandths_do_not_show_in_a_share() -> None:
    document = anqiu_couple()
    it = anqiu(document)
    assert "1000" not in it.working.formula("edge_distance")
    cost = "就业成本每月定额 150.00〔测试值〕 × 扣就业成本的月数 12"
    assert it.working.formula("employment_cost_by_rule", 0) == cost


def test_an_unknown_part_is_said_to_be_unknown() -> None:
    working = anqiu(couple_with_unknown_wage()).working
    assert working.formula("base_income_12m") == "王建国 待核实"
    assert working.formula("income_12m") == "家庭收入合计（扣除前）待核实 − 家庭就业成本 待核实"


def test_what_a_figure_rests_on_leaves_out_the_branch_not_taken() -> None:
    imputed = panzhou(panzhou_family()).working.behind([("income_12m", None)])
    declared = anqiu(anqiu_couple()).working.behind([("income_12m", None)])
    assert ("value:minimum_wage", 0) in imputed
    assert ("wage_gross", 0) not in imputed
    assert ("wage_gross", 0) in declared
    assert ("value:minimum_wage", 0) not in declared
    assert ("employment_cost_fixed", None) in declared


def test_the_working_agrees_with_the_evaluator() -> None:
    """Every figure, evaluated once more from its rule's tree, is the one the trace holds."""
    for it in (panzhou(panzhou_family()), anqiu(couple_with_unknown_wage())):
        for rule in it.law.rules:
            for member in range(len(it.who)) if rule.entity == "person" else (None,):
                column = it.program.columns[rule.name]
                again = it.working.of(column.expr, member)
                assert again == it.value(rule.name, member), rule.name
