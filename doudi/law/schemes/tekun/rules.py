"""Tekun: no labour, no source of living, nobody obliged and able; the standard and the nursing money."""

from doudi.engine.vocabulary import div_round, div_up, hi, is_in, known, person_rule, where
from doudi.law.accounting.readings import below_whatever_loss
from doudi.law.citing import JIANGXI_2018, REFORM_2020, TEKUN_2016, TEKUN_2021, quoted

NO_LABOUR = quoted(TEKUN_2016.art("第五条"), TEKUN_2021.art("第五条"))
MINOR = quoted(TEKUN_2021.art("第五条、第二十四条"), REFORM_2020.art("第五项"))
NO_SOURCE = quoted(TEKUN_2016.art("第六条"), TEKUN_2021.art("第六条"))
OBLIGOR = quoted(TEKUN_2016.art("第八条"), TEKUN_2021.art("第八条"))
NURSING = quoted(JIANGXI_2018.art("五(一)2"))


@person_rule(unit="bool", cites=MINOR)
def tekun_minor(
    age,
    tekun_minor_age,
    tekun_recipient,
    tekun_minor_until_age,
    tekun_school_continues,
    student,
    school_stage,
):
    "特困未成年人：未满认定年龄；已供养的到供养年龄，其后仍在义务教育、高中或中职就读的继续"
    return age < tekun_minor_age or (
        known(tekun_recipient)
        and tekun_recipient
        and (
            age < tekun_minor_until_age
            or (
                tekun_school_continues
                and student
                and is_in(school_stage, "COMPULSORY", "SENIOR_HIGH", "VOCATIONAL")
            )
        )
    )


@person_rule(unit="bool", cites=NO_LABOUR)
def tekun_no_labour(age, tekun_elder_age, tekun_minor, disability_without_labour):
    "无劳动能力（特困）：老年人、未成年人，或残疾类别与等级在规定以内"
    return age >= tekun_elder_age or tekun_minor or disability_without_labour


@person_rule(unit="bool", cites=NO_SOURCE)
def tekun_income_below(tekun_income_12m, dibao_standard, tekun_income_without_loss_12m, business_net):
    "本人收入低于低保标准（特困）：特困口径，等于即不低于"
    return below_whatever_loss(
        tekun_income_12m, dibao_standard * 12, tekun_income_without_loss_12m, hi(-business_net, 0)
    )


@person_rule(unit="fen/month", cites=NO_SOURCE)
def tekun_distance(tekun_income_12m, dibao_standard):
    "本人月收入与低保标准之差（特困）：特困口径，正数为高出"
    return div_round(tekun_income_12m - dibao_standard * 12, 12)


@person_rule(unit="bool", cites=OBLIGOR)
def no_capable_obligor(obligor_state, obligor_at_home):
    "无人可履行义务：无法定义务人或义务人无履行能力；未填时，同户有可履行义务的配偶、父母、子女即为有"
    return where(
        known(obligor_state),
        is_in(obligor_state, "NONE", "INCAPABLE"),
        not (obligor_at_home or obligor_state == "CAPABLE"),
    )


@person_rule(unit="bool", cites=quoted(TEKUN_2016.art("第九条")))
def not_orphan_first(orphan_enabled, age, orphan_first_age, parents_gone):
    "不属应先纳入孤儿保障的：当时规定年龄以下的孤儿，应当纳入孤儿保障，不认定特困"
    return not (orphan_enabled and age < orphan_first_age and parents_gone)


@person_rule(unit="bool", cites=quoted(TEKUN_2021.art("第九条")))
def not_on_child_allowance(child_allowance_recipient, child, parents_gone):
    "未选择儿童保障：没有选择孤儿或事实无人抚养儿童基本生活保障；孤儿没有填选择的不详，其他人没有填的即没有选择"
    return not (child_allowance_recipient and (known(child_allowance_recipient) or (child and parents_gone)))


# -- money -----------------------------------------------------------------------------------------


@person_rule(unit="fen/month", cites=quoted(JIANGXI_2018.art("五(一)2"), TEKUN_2021.art("第二十条")))
def tekun_living(tekun_standard):
    "基本生活标准：当地特困人员基本生活月标准"
    return tekun_standard


@person_rule(unit="permille", cites=NURSING)
def nursing_ratio(self_care, tekun_nursing_self_ratio, tekun_nursing_partial_ratio, tekun_nursing_full_ratio):
    "照料护理费比例：按生活自理能力，占当地月最低工资的千分比"
    return where(
        self_care == "SELF",
        tekun_nursing_self_ratio,
        where(self_care == "PARTIAL", tekun_nursing_partial_ratio, tekun_nursing_full_ratio),
    )


@person_rule(unit="fen/month", cites=NURSING)
def nursing_fixed(
    self_care, tekun_nursing_self_amount, tekun_nursing_partial_amount, tekun_nursing_full_amount
):
    "照料护理费定额：按生活自理能力"
    return where(
        self_care == "SELF",
        tekun_nursing_self_amount,
        where(self_care == "PARTIAL", tekun_nursing_partial_amount, tekun_nursing_full_amount),
    )


@person_rule(unit="fen/month", cites=NURSING)
def tekun_nursing_due(tekun_nursing_rule, minimum_wage, nursing_ratio, nursing_fixed):
    "应计照料护理费：按比例的为当地月最低工资 × 比例（不低于，进到分），按定额的为定额"
    return where(tekun_nursing_rule == "RATIO", div_up(minimum_wage * nursing_ratio, 1000), nursing_fixed)


@person_rule(unit="fen/month", cites=NURSING)
def tekun_nursing(tekun_eligible, tekun_nursing_due):
    "照料护理费：符合特困条件的按照料护理费，否则为零"
    return where(tekun_eligible, tekun_nursing_due, 0)


@person_rule(unit="fen/month", cites=NURSING)
def tekun_total(tekun_amount, tekun_nursing):
    "特困供养合计：基本生活费加照料护理费，分两条科目列支"
    return tekun_amount + tekun_nursing
