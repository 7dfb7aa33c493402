"""Care at home for tekun supported at home: hours due, what is short of them, who should move to care."""

from doudi.engine.vocabulary import hi, is_in, person_rule, where
from doudi.law.citing import ANQIU_2020

HOURS, PLACED = ANQIU_2020.art("做法2").text, ANQIU_2020.art("总结3").text


@person_rule(unit="bool", cites=HOURS)
def scattered_support(support_mode):
    "分散供养：供养方式为分散供养"
    return support_mode == "SCATTERED"


@person_rule(unit="hours/month", cites=HOURS)
def care_hours(self_care, care_hours_self, care_hours_partial, care_hours_none):
    "每月照料时长：按生活自理能力"
    return where(
        self_care == "SELF",
        care_hours_self,
        where(self_care == "PARTIAL", care_hours_partial, care_hours_none),
    )


@person_rule(unit="minutes", cites=HOURS)
def care_shortfall(care_hours, care_minutes):
    "照料缺口：应有时长减当月已提供，不小于零；不结转"
    return hi(care_hours * 60 - care_minutes, 0)


@person_rule(unit="bool", cites=PLACED)
def placement_due(tekun_eligible, scattered_support, centralised_care_willingness, self_care):
    "应安排集中供养：分散供养的半自理、不能自理特困人员，本人愿意"
    return (
        tekun_eligible
        and scattered_support
        and centralised_care_willingness == "WILLING"
        and is_in(self_care, "PARTIAL", "NONE")
    )
