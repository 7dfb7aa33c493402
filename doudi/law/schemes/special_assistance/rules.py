"""Special assistance: unavoidable spending left after all other help, against what the family has."""

from doudi.engine.vocabulary import hi, lo, rule
from doudi.law.citing import JIANGXI_2018

SPECIAL = JIANGXI_2018.art("五(七)").text


@rule(unit="fen", cites=SPECIAL)
def special_residual(rigid_expenditure_12m, aids_received_12m):
    "剩余刚性支出：刚性支出合计减各种社会保障、社会救助和社会帮扶，不小于零"
    return hi(rigid_expenditure_12m - aids_received_12m, 0)


@rule(unit="bool", cites=SPECIAL)
def special_residual_exceeds(special_residual, income_12m, special_residual_ratio):
    "远远超出承受能力：剩余刚性支出大于家庭收入 × 当地倍数"
    return special_residual * 1000 > hi(income_12m, 0) * special_residual_ratio


@rule(unit="fen", cites=SPECIAL)
def special_payable(special_residual, special_assistance_limit):
    "特别救助金额：剩余刚性支出，不超过特别救助限额"
    return lo(special_residual, special_assistance_limit)
