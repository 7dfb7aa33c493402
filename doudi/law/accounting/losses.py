"""What a loss of business does to the other kinds of income: no text says, so the county is asked.

Where it has not answered, the income of a family with a loss is unknown. A line is then read both ways
(`readings.below_whatever_loss`): with every loss taken for nothing (the figures here), and with all set off.
"""

from doudi.engine.vocabulary import hi, person_rule, rule, total, value_at, where
from doudi.law.accounting.readings import own_reckoned, reckoned
from doudi.law.citing import DIBAO_2012, DIBAO_2021, PANZHOU_2025, quoted

BUSINESS = quoted(DIBAO_2012.art("第十六条"), DIBAO_2021.art("第十三条"), PANZHOU_2025.art("二(一)六②"))


@rule(unit="code", cites=BUSINESS)
def business_loss_rule_then(region_code, acceptance_day):
    "受理日的经营亏损计入办法：按当地那一天的规定"
    return value_at("business_loss_rule", region_code, acceptance_day)


@person_rule(unit="fen", cites=BUSINESS)
def business_counted(business_net, business_loss_rule_then):
    "经营净收入（计入）：亏损按当地办法冲抵其他收入或者按零计；当地没有规定的不详"
    return where(
        business_net >= 0, business_net, where(business_loss_rule_then == "SET_OFF", business_net, 0)
    )


@rule(unit="fen", cites=BUSINESS)
def business_loss_12m(counted_member, business_net):
    "家庭经营亏损：家庭成员经营净收入为负的，亏损额之和"
    return total(where(counted_member, hi(-business_net, 0), 0))


@rule(unit="fen", cites=BUSINESS)
def base_without_loss_12m(
    counted_member, wage_counted, business_net, property_net, transfer_counted, transfer_paid
):
    "家庭收入合计（扣除前，亏损按零计）：家庭成员四类收入之和，经营亏损为零"
    return total(
        where(
            counted_member,
            wage_counted + hi(business_net, 0) + property_net + transfer_counted - transfer_paid,
            0,
        )
    )


@rule(unit="fen", cites=BUSINESS)
def income_without_loss_12m(base_without_loss_12m, dibao_deducts_employment_cost, employment_cost_12m,
                            dibao_deducts_work_trip_cost, work_trip_cost_12m, dibao_deducts_rigid,
                            rigid_deduction_12m):  # fmt: skip
    "家庭收入（低保口径，亏损按零计）：收入合计减该口径可扣的就业成本、务工成本、刚性支出"
    return reckoned(base_without_loss_12m, dibao_deducts_employment_cost, employment_cost_12m,
                    dibao_deducts_work_trip_cost, work_trip_cost_12m, dibao_deducts_rigid,
                    rigid_deduction_12m)  # fmt: skip


@rule(unit="fen", cites=BUSINESS)
def edge_income_without_loss_12m(base_without_loss_12m, edge_deducts_employment_cost, employment_cost_12m,
                                 edge_deducts_work_trip_cost, work_trip_cost_12m, edge_deducts_rigid,
                                 rigid_deduction_12m):  # fmt: skip
    "家庭收入（低保边缘口径，亏损按零计）：收入合计减该口径可扣的就业成本、务工成本、刚性支出"
    return reckoned(base_without_loss_12m, edge_deducts_employment_cost, employment_cost_12m,
                    edge_deducts_work_trip_cost, work_trip_cost_12m, edge_deducts_rigid,
                    rigid_deduction_12m)  # fmt: skip


@rule(unit="fen", cites=BUSINESS)
def rigid_income_without_loss_12m(base_without_loss_12m, rigid_deducts_employment_cost, employment_cost_12m,
                                  rigid_deducts_work_trip_cost, work_trip_cost_12m, rigid_deducts_rigid,
                                  rigid_deduction_12m):  # fmt: skip
    "家庭收入（刚性支出困难口径，亏损按零计）：收入合计减该口径可扣的就业成本、务工成本、刚性支出"
    return reckoned(base_without_loss_12m, rigid_deducts_employment_cost, employment_cost_12m,
                    rigid_deducts_work_trip_cost, work_trip_cost_12m, rigid_deducts_rigid,
                    rigid_deduction_12m)  # fmt: skip


@person_rule(unit="fen", cites=BUSINESS)
def tekun_income_without_loss_12m(wage_counted, business_net, property_net, tekun_transfer_counted,
                                  transfer_paid, wage_is_net_for_all, tekun_deducts_employment_cost,
                                  employment_cost_allowed, tekun_deducts_work_trip_cost,
                                  work_trip_cost_allowed):  # fmt: skip
    "个人收入（特困口径，亏损按零计）：四类收入减该口径可扣的就业成本、务工成本，经营亏损为零"
    return own_reckoned(
        wage_counted + hi(business_net, 0) + property_net + tekun_transfer_counted - transfer_paid,
        wage_is_net_for_all or tekun_deducts_employment_cost,
        employment_cost_allowed,
        tekun_deducts_work_trip_cost,
        work_trip_cost_allowed,
    )
