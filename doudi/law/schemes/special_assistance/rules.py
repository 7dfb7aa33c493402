"""Special assistance: unavoidable spending left after all other help, against what the family has."""

from doudi.engine.vocabulary import hi, lo, rule, where
from doudi.law.citing import JIANGXI_2018

SPECIAL = JIANGXI_2018.art("五(七)").text


@rule(unit="fen", cites=SPECIAL)
def special_residual(rigid_expenditure_12m, aids_received_12m):
    "剩余刚性支出：刚性支出合计减各种社会保障、社会救助和社会帮扶，不小于零"
    return hi(rigid_expenditure_12m - aids_received_12m, 0)


@rule(unit="bool", cites=SPECIAL)
def special_residual_exceeds(
    open_members,
    special_residual,
    income_12m,
    special_residual_ratio,
    open_income_most,
    open_income_least,
    living_of_one_12m,
    members_settled,
):
    "远远超出承受能力：剩余刚性支出大于家庭收入 × 当地倍数；有人是否计入待核实的，计与不计都大于才算"
    return where(
        open_members == 0,
        special_residual * 1000 > hi(income_12m, 0) * special_residual_ratio,
        lo(
            (special_residual - living_of_one_12m * open_members) * 1000,
            special_residual * 1000
            + lo(open_income_most * special_residual_ratio - living_of_one_12m * 1000, 0)
            + (open_members - 1)
            * lo(open_income_least * special_residual_ratio - living_of_one_12m * 1000, 0)
            - income_12m * special_residual_ratio,
        )
        > 0
        or (
            lo(
                special_residual * 1000,
                special_residual * 1000
                + hi(open_income_least * special_residual_ratio - living_of_one_12m * 1000, 0)
                + (open_members - 1)
                * hi(open_income_most * special_residual_ratio - living_of_one_12m * 1000, 0)
                - income_12m * special_residual_ratio,
            )
            > 0
            and members_settled
        ),
    )


@rule(unit="fen", cites=SPECIAL)
def special_payable(special_residual, special_assistance_limit):
    "特别救助金额：剩余刚性支出，不超过特别救助限额"
    return lo(special_residual, special_assistance_limit)
