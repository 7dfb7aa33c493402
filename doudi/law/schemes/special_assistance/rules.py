"""Special assistance: unavoidable spending left after all other help, against what the family has."""

from doudi.engine.vocabulary import hi, lo, rule
from doudi.law.accounting.readings import outlays_exceed
from doudi.law.citing import JIANGXI_2018

SPECIAL = JIANGXI_2018.art("五(七)").text


@rule(unit="fen", cites=SPECIAL)
def special_residual(rigid_expenditure_12m, aids_received_12m):
    "剩余刚性支出：刚性支出合计减各种社会保障、社会救助和社会帮扶，不小于零"
    return hi(rigid_expenditure_12m - aids_received_12m, 0)


@rule(unit="bool", cites=SPECIAL)
def special_residual_exceeds(
    special_residual,
    living_of_one_12m,
    income_12m,
    special_residual_ratio,
    open_income_12m,
    open_income_most,
    open_members,
    members_settled,
):
    "远远超出承受能力：剩余刚性支出大于家庭收入 × 当地倍数；有人是否计入待核实的，计与不计都大于才算"
    return outlays_exceed(
        special_residual,
        living_of_one_12m,
        income_12m,
        special_residual_ratio,
        open_income_12m,
        open_income_most,
        open_members,
        members_settled,
    )


@rule(unit="fen", cites=SPECIAL)
def special_payable(special_residual, special_assistance_limit):
    "特别救助金额：剩余刚性支出，不超过特别救助限额"
    return lo(special_residual, special_assistance_limit)
