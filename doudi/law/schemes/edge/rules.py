"""Edge families: their income profile, their line, and the distance to it."""

from doudi.engine.vocabulary import div_round, part, person_rule, rule, where
from doudi.law.accounting.readings import below_each_way, highest_of_open, income_of_open, reckoned
from doudi.law.citing import DIBAO_2021, LOW_INCOME_2023, PANZHOU_2025, quoted

LINE = quoted(DIBAO_2021.art("第八条"), LOW_INCOME_2023.art("二"))


@part
def between(dibao_but_for_income, dibao_room, edge_room):
    "这样计算属低保边缘：低于低保边缘线，而收入不低于低保标准或者其他低保条件不符合"
    return edge_room > 0 and not (dibao_but_for_income and dibao_room > 0)


@rule(unit="fen", cites=PANZHOU_2025.art("二(一)六⑤").text)
def edge_income_12m(
    base_income_12m,
    edge_deducts_employment_cost,
    employment_cost_12m,
    edge_deducts_work_trip_cost,
    work_trip_cost_12m,
    edge_deducts_rigid,
    rigid_deduction_12m,
):
    "家庭收入（低保边缘口径）：收入合计减该口径可扣的就业成本、务工成本、刚性支出"
    return reckoned(base_income_12m, edge_deducts_employment_cost, employment_cost_12m,
                    edge_deducts_work_trip_cost, work_trip_cost_12m, edge_deducts_rigid,
                    rigid_deduction_12m)  # fmt: skip


@person_rule(unit="fen", cites=PANZHOU_2025.art("二(一)六⑤").text)
def edge_own_income_12m(
    gross_income_12m,
    edge_deducts_employment_cost,
    employment_cost_allowed,
    edge_deducts_work_trip_cost,
    work_trip_cost_allowed,
):
    "个人收入（低保边缘口径）：个人收入合计减该口径可扣的就业成本、务工成本"
    return (
        gross_income_12m
        - where(edge_deducts_employment_cost, employment_cost_allowed, 0)
        - where(edge_deducts_work_trip_cost, work_trip_cost_allowed, 0)
    )


@rule(unit="fen", cites=LINE)
def open_edge_income_12m(open_member, edge_own_income_12m, edge_income_12m):
    "待核实成员的收入合计（低保边缘口径）：是否计入尚待核实的成员，本人收入之和"
    return income_of_open(open_member, edge_own_income_12m, edge_income_12m)


@rule(unit="fen", cites=LINE)
def open_edge_income_most(open_member, edge_own_income_12m, edge_income_12m):
    "待核实成员的最高收入（低保边缘口径）：是否计入尚待核实的成员中，本人收入最高的"
    return highest_of_open(open_member, edge_own_income_12m, edge_income_12m)


@rule(unit="bool", cites=LINE)
def income_below_edge(edge_income_12m, dibao_standard_12m, dibao_standard, edge_ratio,
                      edge_income_without_loss_12m, business_loss_12m, open_edge_income_12m,
                      open_edge_income_most, open_members, members_settled):  # fmt: skip
    "人均收入低于低保边缘线：家庭收入小于低保标准合计 × 倍数（等于即不低于）；有待核实的，各种计法都低于才算"
    return below_each_way(
        edge_income_12m * 1000,
        dibao_standard_12m * edge_ratio,
        dibao_standard * 12 * edge_ratio,
        edge_income_without_loss_12m * 1000,
        business_loss_12m * 1000,
        open_edge_income_12m * 1000,
        open_edge_income_most * 1000,
        open_members,
        members_settled,
    )


@rule(unit="bool", cites=LINE)
def dibao_but_for_income(dibao_enabled, dibao_resident, cooperating, dibao_property_passed):
    "收入以外符合低保条件：户籍或居住证、授权核对、家庭财产"
    return dibao_enabled and dibao_resident and cooperating and dibao_property_passed


@rule(unit="bool", cites=LINE)
def between_the_lines(not_dibao, income_below_edge, open_members, dibao_but_for_income, income_12m,
                      open_income_12m, edge_income_12m, open_edge_income_12m, dibao_standard_12m,
                      dibao_standard, edge_ratio):  # fmt: skip
    "不属低保，又低于低保边缘线：两项一起看；只有一人待核实，计入、不计入都或者属低保、或者不低于边缘线的为否"
    return (
        not_dibao
        and income_below_edge
        and where(
            open_members == 1,
            between(
                dibao_but_for_income,
                dibao_standard_12m - income_12m,
                dibao_standard_12m * edge_ratio - edge_income_12m * 1000,
            )
            or between(
                dibao_but_for_income,
                dibao_standard_12m - income_12m - (dibao_standard * 12 - open_income_12m),
                (dibao_standard_12m - dibao_standard * 12) * edge_ratio
                - (edge_income_12m - open_edge_income_12m) * 1000,
            ),
            True,
        )
    )


@rule(unit="bool", cites=LINE)
def edge_but_for_dibao(edge_enabled, hukou_local, cooperating, has_counted_member, income_below_edge,
                       edge_property_passed):  # fmt: skip
    "不论是否属低保，其他低保边缘条件都符合：不属低保时即属低保边缘"
    return (edge_enabled and hukou_local and cooperating and has_counted_member and income_below_edge
            and edge_property_passed)  # fmt: skip


@rule(unit="fen/month", cites=LINE)
def edge_distance(edge_income_12m, dibao_standard_12m, edge_ratio, members):
    "人均月收入与低保边缘线之差：正数为高出"
    return div_round(edge_income_12m * 1000 - dibao_standard_12m * edge_ratio, members * 12000)


@rule(unit="bool", cites=LINE)
def not_dibao(dibao_eligible):
    "不属低保家庭：整户不符合低保条件"
    return not dibao_eligible
