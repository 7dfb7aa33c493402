"""Nursing subsidy of severely disabled people, whatever the family has."""

from doudi.engine.vocabulary import is_in, known, person_rule
from doudi.law.citing import DISABILITY_2015, JIANGXI_2018, quoted

WHO = DISABILITY_2015.art("一").text
RATE = quoted(DISABILITY_2015.art("一"), JIANGXI_2018.art("五(一)1"))


@person_rule(unit="bool", cites=WHO)
def nursing_grade(
    severe_disability, disability_nursing_grade34_enabled, disability_kind, disability_grade, disability_type
):
    "残疾等级符合护理补贴：一级、二级；当地扩大范围的，三级、四级智力或精神残疾"
    return severe_disability or (
        disability_nursing_grade34_enabled
        and disability_type != "NO"
        and is_in(disability_kind, "INTELLECTUAL", "MENTAL")
        and is_in(disability_grade, 3, 4)
    )


@person_rule(unit="bool", cites=DISABILITY_2015.art("二").text)
def no_higher_nursing_subsidy(similar_nursing_subsidy, disability_nursing_rate):
    "没有更高的同类护理补贴：没有领取，或所领不高于重度残疾人护理补贴（择高领取）"
    return not known(similar_nursing_subsidy) or similar_nursing_subsidy <= disability_nursing_rate


@person_rule(unit="fen/month", cites=RATE)
def disability_nursing_due(disability_nursing_rate):
    "重度残疾人护理补贴：当地标准"
    return disability_nursing_rate
