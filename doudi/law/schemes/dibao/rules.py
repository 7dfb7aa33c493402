"""Dibao: the line, the distance to it, and the amount.

Incomes are compared multiplied out (`income < standard * members * 12`): a per-head figure rounded first
moves a family across a strict line. Only the amount is rounded, once.

While it is open whether a member is tekun (or an orphan), the family is read with him and without: a line is
met where every reading meets it, missed where every reading misses it, else unknown. Amounts are those with
him in. How a line is read so stands in `accounting/readings.py`.
"""

from doudi.engine.vocabulary import (
    any_of,
    div_round,
    div_up,
    hi,
    lo,
    rule,
    where,
)
from doudi.law.accounting.readings import below, below_each_way, highest_of_open, income_of_open, within
from doudi.law.citing import (
    ANQIU_2020,
    ASSISTANCE_ORDER,
    DIBAO_2012,
    DIBAO_2021,
    JIANGMEN_2018,
    JIANGXI_2018,
    TEKUN_2021,
    quoted,
)

LINE = quoted(DIBAO_2012.art("第四条"), ASSISTANCE_ORDER.art("第九条"))
AMOUNT = quoted(ASSISTANCE_ORDER.art("第十二条"), DIBAO_2012.art("第二十七条"), DIBAO_2021.art("第二十三条"))


@rule(unit="fen", cites=LINE)
def dibao_standard_12m(dibao_standard, members):
    "低保标准合计：月低保标准 × 计入人口 × 12"
    return dibao_standard * members * 12


ROUTE = quoted(JIANGXI_2018.art("五(一)1、五(一)3"), ANQIU_2020.art("做法1"))


@rule(unit="fen", cites=LINE)
def open_income_12m(open_member, own_income_12m, income_12m):
    "待核实成员的收入合计：是否计入尚待核实的成员，本人收入之和"
    return income_of_open(open_member, own_income_12m, income_12m)


@rule(unit="fen", cites=LINE)
def open_income_most(open_member, own_income_12m, income_12m):
    "待核实成员的最高收入：是否计入尚待核实的成员中，本人收入最高的"
    return highest_of_open(open_member, own_income_12m, income_12m)


@rule(unit="bool", cites=LINE)
def income_below_dibao(income_12m, dibao_standard_12m, dibao_standard, income_without_loss_12m,
                       business_loss_12m, open_income_12m, open_income_most, open_members,
                       members_settled):  # fmt: skip
    "人均收入低于低保标准：家庭收入小于低保标准合计（等于即不低于）；有待核实的，各种计法都低于才算"
    return below_each_way(
        income_12m,
        dibao_standard_12m,
        dibao_standard * 12,
        income_without_loss_12m,
        business_loss_12m,
        open_income_12m,
        open_income_most,
        open_members,
        members_settled,
    )


@rule(unit="fen/month", cites=LINE)
def dibao_distance(income_12m, dibao_standard_12m, members):
    "人均月收入与低保标准之差：正数为高出"
    return div_round(income_12m - dibao_standard_12m, members * 12)


@rule(unit="fen", cites=ROUTE)
def route_expenditure_12m(
    dibao_route_outlays, medical_cost, rehabilitation_cost, education_cost, accident_cost
):
    "支出型核减的支出：医疗自付、残疾康复支出，按当地规定加教育、事故灾害支出"
    return (
        medical_cost
        + rehabilitation_cost
        + where(dibao_route_outlays == "ALL", education_cost + accident_cost, 0)
    )


@rule(unit="fen", cites=ROUTE)
def living_level_12m(income_12m, dibao_deducts_rigid, rigid_deduction_12m, route_expenditure_12m):
    "实际生活水平：家庭收入减支出型核减的支出（低保口径已扣的刚性支出不重复扣）"
    return income_12m + where(dibao_deducts_rigid, rigid_deduction_12m, 0) - route_expenditure_12m


@rule(unit="bool", cites=JIANGXI_2018.art("五(一)3").text)
def within_route_line(
    income_12m,
    dibao_standard_12m,
    dibao_standard,
    dibao_expenditure_route_ratio,
    open_income_12m,
    open_income_most,
    open_members,
    members_settled,
):
    "在支出型纳入的收入上限以内：家庭收入不大于低保标准合计 × 倍数（等于即在以内）；当地没有上限的不看"
    return dibao_expenditure_route_ratio == 0 or within(
        income_12m * 1000,
        dibao_standard_12m * dibao_expenditure_route_ratio,
        dibao_standard * 12 * dibao_expenditure_route_ratio,
        open_income_12m * 1000,
        open_income_most * 1000,
        open_members,
        members_settled,
    )


@rule(unit="bool", cites=ROUTE)
def living_below_dibao(
    living_level_12m,
    dibao_standard_12m,
    dibao_standard,
    open_income_12m,
    open_income_most,
    open_members,
    members_settled,
):
    "实际生活水平低于低保标准：有人是否计入待核实的，计与不计都低于才算"
    return below(
        living_level_12m,
        dibao_standard_12m,
        dibao_standard * 12,
        open_income_12m,
        open_income_most,
        open_members,
        members_settled,
    )


@rule(unit="bool", cites=ROUTE)
def expenditure_route(
    dibao_expenditure_route_enabled,
    within_route_line,
    living_below_dibao,
    dibao_expenditure_route_approval,
    expenditure_route_approved,
):
    "支出型纳入：当地允许，收入在上限以内，实际生活水平低于低保标准；当地要求另行审批的已经审批（没有填审批结果的不详）"
    return where(
        dibao_expenditure_route_enabled,
        within_route_line
        and living_below_dibao
        and (not dibao_expenditure_route_approval or expenditure_route_approved),
        False,
    )


@rule(unit="bool", cites=quoted(ASSISTANCE_ORDER.art("第九条"), JIANGXI_2018.art("五(一)1")))
def dibao_income_met(income_below_dibao, expenditure_route):
    "收入符合低保条件：人均收入低于低保标准，或按支出型纳入"
    return income_below_dibao or expenditure_route


@rule(unit="bool", cites=quoted(DIBAO_2012.art("第五条"), DIBAO_2021.art("第七条")))
def has_co_living_member(co_living):
    "有共同生活的家庭成员：至少一名"
    return any_of(co_living)


@rule(unit="bool", cites=TEKUN_2021.art("第四条").text)
def has_non_tekun_member(co_living, tekun_eligible):
    "有成员不属特困人员：至少一名共同生活成员不符合特困人员条件"
    return any_of(co_living and not tekun_eligible)


@rule(unit="fen", cites=AMOUNT)
def dibao_counted_income_12m(income_12m, dibao_standard_12m, living_level_12m):
    "计算补差的收入：家庭收入；按支出型纳入的为实际生活水平"
    return where(income_12m < dibao_standard_12m, income_12m, living_level_12m)


@rule(unit="fen", cites=AMOUNT)
def dibao_difference_12m(dibao_standard_12m, dibao_counted_income_12m):
    "全年补差：低保标准合计减计算补差的收入，不小于零，不大于低保标准合计"
    return hi(lo(dibao_standard_12m - dibao_counted_income_12m, dibao_standard_12m), 0)


@rule(unit="fen", cites=DIBAO_2021.art("第二十三条").text)
def dibao_tier_12m(
    income_12m,
    dibao_standard_12m,
    members,
    dibao_tier_one_ratio,
    dibao_tier_one_amount,
    dibao_tier_two_ratio,
    dibao_tier_two_amount,
    dibao_tier_three_amount,
):
    "全年分档金额：人均收入在一档、二档比例以内的按该档，其余按三档"
    return (
        where(
            income_12m * 1000 <= dibao_standard_12m * dibao_tier_one_ratio,
            dibao_tier_one_amount,
            where(
                income_12m * 1000 <= dibao_standard_12m * dibao_tier_two_ratio,
                dibao_tier_two_amount,
                dibao_tier_three_amount,
            ),
        )
        * members
        * 12
    )


@rule(unit="fen", cites=quoted(JIANGMEN_2018.art("二(一)1")))
def dibao_floor_12m(dibao_standard_12m, top_up_floor_mode, top_up_ratio_target):
    "全年逐户保底：当地选择逐户保底时，为低保标准合计 × 补差水平下限；否则为零（下限是全县平均的考核指标）"
    return where(top_up_floor_mode == "PER_CASE", div_up(dibao_standard_12m * top_up_ratio_target, 1000), 0)


@rule(unit="fen", cites=AMOUNT)
def dibao_due_12m(dibao_amount_rule, dibao_difference_12m, dibao_tier_12m, dibao_floor_12m):
    "全年应补：补差或分档金额，不低于逐户保底"
    return hi(where(dibao_amount_rule == "TIERED", dibao_tier_12m, dibao_difference_12m), dibao_floor_12m)


@rule(unit="fen/month", cites=AMOUNT)
def dibao_top_up(dibao_due_12m, rounding):
    "家庭月低保金：全年应补 ÷ 12，按当地取整方式只取整一次"
    return where(
        rounding == "YUAN_UP",
        div_up(dibao_due_12m, 1200) * 100,
        where(rounding == "YUAN_HALF_UP", div_round(dibao_due_12m, 1200) * 100, div_round(dibao_due_12m, 12)),
    )


@rule(unit="code", cites=quoted(DIBAO_2012.art("第三十三条"), DIBAO_2021.art("第三十一条")))
def review_class(has_labour):
    "核查类别：没有有劳动能力成员、收入基本无变化的为A类，有的为C类；相对稳定的B类由经办人改定"
    return where(has_labour, "C", "A")
