"""Medical assistance: whose costs, from what deductible, at what ratio, under what cap."""

from doudi.engine.vocabulary import div_round, hi, known, lo, person_rule, where
from doudi.law.citing import ASSISTANCE_ORDER, JIANGXI_2018, ORPHANS_2019, quoted, source

MEDICAL_2021 = source("国办发〔2021〕42号")
ORPHANS = quoted(source("国办发〔2010〕54号").art(""), ORPHANS_2019.art("三(二)"))
WHO = quoted(ASSISTANCE_ORDER.art("第二十八条"), JIANGXI_2018.art("五(三)"), MEDICAL_2021.art(""))
HOW = quoted(ASSISTANCE_ORDER.art("第二十九条"), JIANGXI_2018.art("五(三)"), MEDICAL_2021.art(""))


@person_rule(unit="bool", cites=HOW)
def medical_claimed(in_policy_cost):
    "有医疗费用申请救助：填写了政策范围内个人负担费用"
    return known(in_policy_cost)


@person_rule(unit="bool", cites=ORPHANS)
def medical_child(orphan_eligible, de_facto_orphan_eligible, medical_group_de_facto_orphan):
    "按规定纳入医疗救助的儿童：孤儿；事实无人抚养儿童按当地规定"
    return orphan_eligible or (de_facto_orphan_eligible and medical_group_de_facto_orphan)


@person_rule(unit="bool", cites=WHO)
def medical_basic_group(dibao_person, tekun_eligible, medical_child):
    "低保、特困对象：享受低保待遇，或属特困人员；孤儿等儿童同特困人员"
    return dibao_person or tekun_eligible or medical_child


@person_rule(unit="bool", cites=WHO)
def medical_group(
    medical_basic_group,
    medical_group_expenditure,
    expenditure_poor_eligible,
    rigid_eligible,
    medical_group_wider,
    edge_eligible,
    monitoring_object_eligible,
    co_living,
):
    "属医疗救助对象：低保、特困对象，刚性支出困难家庭成员，当地纳入的支出型贫困家庭成员；2021年起加低保边缘家庭成员、监测对象"
    return medical_basic_group or (
        co_living
        and (
            (medical_group_expenditure and expenditure_poor_eligible)
            or rigid_eligible
            or (medical_group_wider and (edge_eligible or monitoring_object_eligible))
        )
    )


@person_rule(unit="permille", cites=HOW)
def medical_ratio_due(
    medical_basic_group, medical_ratio, medical_ratio_other, medical_extra_points, dibao_person
):
    "医疗救助比例：低保、特困按其比例，低保对象再提高规定的百分点，不超过100%；其他对象按其他对象比例"
    return where(
        medical_basic_group,
        lo(medical_ratio + where(dibao_person, medical_extra_points, 0), 1000),
        medical_ratio_other,
    )


@person_rule(unit="fen", cites=HOW)
def medical_deductible_due(
    medical_basic_group,
    medical_deductible,
    expenditure_poor_eligible,
    rigid_eligible,
    medical_deductible_expenditure,
    medical_deductible_edge,
):
    "医疗救助起付线：低保、特困、孤儿按低保、特困的，支出型、刚性支出困难家庭另有起付线，低保边缘家庭成员、监测对象又另有"
    return where(
        medical_basic_group,
        medical_deductible,
        where(
            expenditure_poor_eligible or rigid_eligible,
            medical_deductible_expenditure,
            medical_deductible_edge,
        ),
    )


@person_rule(unit="fen", cites=HOW)
def medical_base(in_policy_cost, medical_deductible_due):
    "可救助的费用：政策范围内个人负担费用减起付线，不小于零"
    return hi(in_policy_cost - medical_deductible_due, 0)


@person_rule(unit="bool", cites=HOW)
def medical_over_deductible(medical_base):
    "费用超过起付线：可救助的费用大于零；起付线没有填写的不作判断，金额待定"
    return not known(medical_base) or medical_base > 0


@person_rule(unit="bool", cites=HOW)
def medical_cap_left(medical_annual_cap, medical_assistance_paid):
    "医疗救助年度限额没有用完：本年度已救助的金额小于限额；限额、已救助金额没有填写的不作判断，金额待定"
    return (
        not known(medical_annual_cap)
        or not known(medical_assistance_paid)
        or medical_assistance_paid < medical_annual_cap
    )


@person_rule(unit="fen", cites=HOW)
def medical_payable(medical_base, medical_ratio_due, medical_annual_cap, medical_assistance_paid):
    "医疗救助金额：可救助的费用 × 比例，不超过年度限额余额"
    return hi(
        lo(div_round(medical_base * medical_ratio_due, 1000), medical_annual_cap - medical_assistance_paid), 0
    )
