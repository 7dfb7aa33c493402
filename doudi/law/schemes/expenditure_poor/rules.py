"""Between the poverty line and a multiple of it, for a cause the province lists."""

from doudi.engine.vocabulary import div_round, is_in, rule
from doudi.law.accounting.readings import within
from doudi.law.citing import JIANGXI_2018, quoted

LINE = quoted(JIANGXI_2018.art("四(三)"), JIANGXI_2018.art("五(一)3"))


@rule(unit="bool", cites=LINE)
def reaches_poverty_line(income_below_dibao):
    "达到贫困线：人均收入不低于当年低保标准（等于即达到）"
    return not income_below_dibao


@rule(unit="bool", cites=LINE)
def within_expenditure_line(
    income_12m,
    dibao_standard_12m,
    dibao_standard,
    expenditure_poor_ratio,
    open_income_12m,
    open_income_most,
    open_members,
    members_settled,
):
    "在支出型收入线以内：家庭收入不大于低保标准合计 × 倍数（等于即在以内）；有人待核实的，计不计都在以内才算"
    return within(
        income_12m * 1000,
        dibao_standard_12m * expenditure_poor_ratio,
        dibao_standard * 12 * expenditure_poor_ratio,
        open_income_12m * 1000,
        open_income_most * 1000,
        open_members,
        members_settled,
    )


@rule(unit="fen/month", cites=LINE)
def expenditure_distance(income_12m, dibao_standard_12m, expenditure_poor_ratio, members):
    "人均月收入与支出型收入线之差：正数为高出"
    return div_round(income_12m * 1000 - dibao_standard_12m * expenditure_poor_ratio, members * 12000)


@rule(unit="bool", cites=LINE)
def expenditure_cause(hardship_cause):
    "属支出型致困原因：因病、因残、因祸（意外；按默认口径也含因灾）、因子女上学、因失业、因无住房"
    return is_in(
        hardship_cause,
        "ILLNESS",
        "DISABILITY",
        "ACCIDENT",
        "DISASTER",
        "SCHOOLING",
        "UNEMPLOYMENT",
        "NO_HOUSING",
    )
