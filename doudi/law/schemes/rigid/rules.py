"""Rigid-expenditure families: income profile, expenditure, and its share of income."""

from doudi.engine.vocabulary import (
    div_round,
    person_rule,
    rule,
    where,
)
from doudi.law.accounting.readings import (
    below_each_way,
    highest_of_open,
    income_of_open,
    outlays_exceed,
    reckoned,
)
from doudi.law.citing import PANZHOU_2025, RIGID_2024

LINE = RIGID_2024.art("第四条").text


@rule(unit="fen", cites=PANZHOU_2025.art("二(一)六⑤").text)
def rigid_income_12m(
    base_income_12m,
    rigid_deducts_employment_cost,
    employment_cost_12m,
    rigid_deducts_work_trip_cost,
    work_trip_cost_12m,
    rigid_deducts_rigid,
    rigid_deduction_12m,
):
    "家庭收入（刚性支出困难口径）：收入合计减该口径可扣的就业成本、务工成本、刚性支出"
    return reckoned(base_income_12m, rigid_deducts_employment_cost, employment_cost_12m,
                    rigid_deducts_work_trip_cost, work_trip_cost_12m, rigid_deducts_rigid,
                    rigid_deduction_12m)  # fmt: skip


@person_rule(unit="fen", cites=PANZHOU_2025.art("二(一)六⑤").text)
def rigid_own_income_12m(
    gross_income_12m,
    rigid_deducts_employment_cost,
    employment_cost_allowed,
    rigid_deducts_work_trip_cost,
    work_trip_cost_allowed,
):
    "个人收入（刚性支出困难口径）：个人收入合计减该口径可扣的就业成本、务工成本"
    return (
        gross_income_12m
        - where(rigid_deducts_employment_cost, employment_cost_allowed, 0)
        - where(rigid_deducts_work_trip_cost, work_trip_cost_allowed, 0)
    )


@rule(unit="fen", cites=LINE)
def open_rigid_income_12m(open_member, rigid_own_income_12m, rigid_income_12m):
    "待核实成员的收入合计（刚性支出困难口径）：是否计入尚待核实的成员，本人收入之和"
    return income_of_open(open_member, rigid_own_income_12m, rigid_income_12m)


@rule(unit="fen", cites=LINE)
def open_rigid_income_most(open_member, rigid_own_income_12m, rigid_income_12m):
    "待核实成员的最高收入（刚性支出困难口径）：是否计入尚待核实的成员中，本人收入最高的"
    return highest_of_open(open_member, rigid_own_income_12m, rigid_income_12m)


@rule(unit="bool", cites=LINE)
def income_below_local_average(rigid_income_12m, local_disposable_income, members,
                               rigid_income_without_loss_12m, business_loss_12m, open_rigid_income_12m,
                               open_rigid_income_most, open_members, members_settled):  # fmt: skip
    "人均年收入低于当地平均：小于上年度当地居民人均可支配收入（等于即不低于）；有待核实的，各种计法都低于才算"
    return below_each_way(
        rigid_income_12m,
        local_disposable_income * members,
        local_disposable_income,
        rigid_income_without_loss_12m,
        business_loss_12m,
        open_rigid_income_12m,
        open_rigid_income_most,
        open_members,
        members_settled,
    )


@rule(unit="fen/year", cites=LINE)
def local_average_distance(rigid_income_12m, local_disposable_income, members):
    "人均年收入与当地人均可支配收入之差：正数为高出"
    return div_round(rigid_income_12m - local_disposable_income * members, members)


@rule(unit="fen", cites=RIGID_2024.art("第五条").text)
def living_expenditure_12m(rigid_living_by_standard, dibao_standard_12m, living_cost):
    "基本生活支出：据实，或当地按低保标准合计计算"
    return where(rigid_living_by_standard, dibao_standard_12m, living_cost)


@rule(unit="fen", cites=RIGID_2024.art("第五条").text)
def rigid_expenditure_12m(
    living_expenditure_12m, medical_cost, education_cost, rehabilitation_cost, accident_cost, other_rigid_cost
):
    "刚性支出合计：基本生活、医疗自付、教育、残疾康复、事故灾害和其他必要支出"
    return (
        living_expenditure_12m
        + medical_cost
        + education_cost
        + rehabilitation_cost
        + accident_cost
        + other_rigid_cost
    )


@rule(unit="permille", cites=LINE)
def rigid_share(rigid_expenditure_12m, rigid_income_12m):
    "刚性支出占家庭收入：千分比，仅供显示；收入为零时无法计算"
    return div_round(rigid_expenditure_12m * 1000, rigid_income_12m)


@rule(unit="fen", cites=RIGID_2024.art("第五条").text)
def living_of_one_12m(rigid_living_by_standard, dibao_standard):
    "一人的基本生活支出：当地按低保标准计算的为一人全年标准；据实的不分到人，为零"
    return where(rigid_living_by_standard, dibao_standard * 12, 0)


@rule(unit="bool", cites=LINE)
def rigid_share_exceeded(
    rigid_expenditure_12m,
    living_of_one_12m,
    rigid_income_12m,
    rigid_expenditure_ratio,
    open_rigid_income_12m,
    open_rigid_income_most,
    open_members,
    members_settled,
):
    "刚性支出超出比例：刚性支出大于家庭收入 × 当地比例（等于即未超出）；有人待核实的，计不计都超出才算"
    return outlays_exceed(
        rigid_expenditure_12m,
        living_of_one_12m,
        rigid_income_12m,
        rigid_expenditure_ratio,
        open_rigid_income_12m,
        open_rigid_income_most,
        open_members,
        members_settled,
    )


@rule(unit="bool", cites=LINE)
def not_edge(edge_eligible):
    "不属低保边缘家庭：不符合低保边缘家庭条件"
    return not edge_eligible
