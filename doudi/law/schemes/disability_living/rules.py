"""Living subsidy of disabled people in hardship, and what shuts out of both disability subsidies."""

from doudi.engine.vocabulary import div_down, known, person_rule
from doudi.law.citing import DISABILITY_2015, JIANGXI_2018, quoted

WHO = DISABILITY_2015.art("一").text
NOT_BOTH = DISABILITY_2015.art("二").text
RATE = quoted(DISABILITY_2015.art("一"), JIANGXI_2018.art("五(一)1"))


@person_rule(unit="bool", cites=WHO)
def disability_certified(disability_type):
    "持残疾人证：有残疾类别"
    return disability_type != "NO"


@person_rule(unit="bool", cites=WHO)
def living_subsidy_family(
    dibao_person, dibao_household, custody_from, disability_living_edge_enabled, edge_eligible, co_living
):
    "家庭困难：享受低保待遇，或属低保家庭而正在服刑；当地扩大范围的，低保边缘家庭成员"
    return (
        dibao_person
        or (dibao_household and known(custody_from))
        or (disability_living_edge_enabled and edge_eligible and co_living)
    )


@person_rule(unit="bool", cites=NOT_BOTH)
def no_orphan_allowance(orphan_eligible):
    "不享受孤儿保障：孤儿不领困难残疾人生活补贴，可领护理补贴"
    return not orphan_eligible


@person_rule(unit="bool", cites=NOT_BOTH)
def no_work_injury_care(work_injury_care):
    "不领工伤生活护理费：没有领取工伤保险生活护理费"
    return not work_injury_care


@person_rule(unit="bool", cites=NOT_BOTH)
def not_in_custody(custody_from, detained_from, on):
    "没有因羁押服刑暂停：没有羁押、服刑，或仍在起始当月（次月起暂停）"
    return (not known(custody_from) or div_down(custody_from, 100) >= div_down(on, 100)) and (
        not known(detained_from) or div_down(detained_from, 100) >= div_down(on, 100)
    )


@person_rule(unit="bool", cites=NOT_BOTH)
def no_higher_living_subsidy(similar_living_subsidy, disability_living_rate):
    "没有更高的同类生活补贴：没有领取，或所领不高于困难残疾人生活补贴（择高领取）"
    return not known(similar_living_subsidy) or similar_living_subsidy <= disability_living_rate


@person_rule(unit="fen/month", cites=RATE)
def disability_living_due(disability_living_rate):
    "困难残疾人生活补贴：当地标准"
    return disability_living_rate
