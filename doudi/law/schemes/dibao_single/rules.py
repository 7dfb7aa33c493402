"""Single-person dibao: who may apply alone, on the person's own income, and the amount."""

from doudi.engine.vocabulary import div_round, div_up, hi, known, lo, person_rule, where
from doudi.law.citing import DIBAO_2021, SAFETY_NET_2022

GROUP = DIBAO_2021.art("第八条").text
AMOUNT = DIBAO_2021.art("第二十三条").text


@person_rule(unit="bool", cites=GROUP)
def single_in_edge_family(edge_eligible, severe_disability, third_grade_mental, serious_illness):
    "低保边缘家庭中的重残或重病成员：残疾一、二级，智力或精神残疾三级，或患重病"
    return edge_eligible and (severe_disability or third_grade_mental or serious_illness)


@person_rule(unit="bool", cites=SAFETY_NET_2022.art("一(一)").text)
def single_adult_without_work(single_without_work_enabled, age, employed, severe_disability):
    "成年无业重度残疾人：年满18周岁、未就业、残疾一级或二级，且当时有此规定"
    return single_without_work_enabled and age >= 18 and not employed and severe_disability


@person_rule(unit="bool", cites=DIBAO_2021.art("第八条").text)
def single_clergy(clergy_three_years):
    "宗教教职人员：脱离家庭、在宗教场所居住三年以上"
    return known(clergy_three_years) and clergy_three_years


@person_rule(unit="bool", cites=GROUP)
def single_applicant(single_in_edge_family, single_adult_without_work, single_clergy):
    "可以单独申请低保：属低保边缘家庭重残重病成员、成年无业重度残疾人或宗教教职人员"
    return single_in_edge_family or single_adult_without_work or single_clergy


@person_rule(unit="bool", cites=DIBAO_2021.art("第七条、第八条").text)
def single_member(co_living, single_clergy):
    "本人属于家庭成员：共同生活，或为可单独申请的宗教教职人员"
    return co_living or single_clergy


@person_rule(unit="bool", cites=DIBAO_2021.art("第八条").text)
def outside_dibao_household(dibao_eligible):
    "不在低保家庭：本户整户不符合低保条件"
    return not dibao_eligible


@person_rule(unit="bool", cites=DIBAO_2021.art("第八条").text)
def outside_tekun(tekun_eligible):
    "不属特困人员：本人不符合特困人员条件"
    return not tekun_eligible


@person_rule(unit="bool", cites=DIBAO_2021.art("第八条").text)
def own_income_below_dibao(own_income_12m, dibao_standard):
    "本人收入低于低保标准（单人保）：只计本人收入，等于即不低于"
    return own_income_12m < dibao_standard * 12


@person_rule(unit="bool", cites=DIBAO_2021.art("第八条").text)
def dibao_either_way(counted_for_certain, dibao_single_enabled, dibao_resident, cooperating,
                     single_member, outside_tekun, single_applicant, edge_but_for_dibao, severe_disability,
                     third_grade_mental, serious_illness, own_income_below_dibao,
                     edge_property_passed):  # fmt: skip
    "整户是否属低保都享受低保：确定计入家庭人口，整户不属低保时本人符合单人保的其他各项条件"
    return (counted_for_certain and dibao_single_enabled and dibao_resident and cooperating
            and single_member and outside_tekun
            and (single_applicant or (edge_but_for_dibao
                 and (severe_disability or third_grade_mental or serious_illness)))
            and own_income_below_dibao and edge_property_passed)  # fmt: skip


@person_rule(unit="fen/month", cites=DIBAO_2021.art("第八条").text)
def own_income_distance(own_income_12m, dibao_standard):
    "本人月收入与低保标准之差（单人保）：正数为高出"
    return div_round(own_income_12m - dibao_standard * 12, 12)


@person_rule(unit="fen", cites=AMOUNT)
def single_due_12m(dibao_single_rule, dibao_single_fixed, dibao_standard, own_income_12m):
    "单人全年应补：标准减本人收入，或按当地规定全额、定额"
    return where(
        dibao_single_rule == "FIXED",
        dibao_single_fixed * 12,
        where(
            dibao_single_rule == "FULL",
            dibao_standard * 12,
            hi(lo(dibao_standard * 12 - own_income_12m, dibao_standard * 12), 0),
        ),
    )


@person_rule(unit="fen/month", cites=AMOUNT)
def single_top_up(single_due_12m, rounding):
    "单人月低保金：全年应补 ÷ 12，按当地取整方式只取整一次"
    return where(
        rounding == "YUAN_UP",
        div_up(single_due_12m, 1200) * 100,
        where(
            rounding == "YUAN_HALF_UP", div_round(single_due_12m, 1200) * 100, div_round(single_due_12m, 12)
        ),
    )
