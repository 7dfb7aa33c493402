"""What is added to dibao for a member's category; one person has the single highest share by default."""

from doudi.engine.vocabulary import div_round, hi, person_rule, rule, total, where
from doudi.law.citing import ASSISTANCE_ORDER, DIBAO_2021, quoted

CITES = quoted(ASSISTANCE_ORDER.art("第十二条第二款"), DIBAO_2021.art("第二十七条"))


@person_rule(unit="permille", cites=CITES)
def supplement_old_or_young(age, tekun_elder_age, supplement_elderly_ratio, supplement_minor_ratio):
    "老年人、未成年人增发比例：达到老年人年龄或未满18周岁的按当地比例，其余为零"
    return where(age >= tekun_elder_age, supplement_elderly_ratio, where(age < 18, supplement_minor_ratio, 0))


@person_rule(unit="permille", cites=CITES)
def supplement_disabled(severe_disability, supplement_disabled_ratio):
    "重度残疾人增发比例：残疾一级、二级的按当地比例，其余为零"
    return where(severe_disability, supplement_disabled_ratio, 0)


@person_rule(unit="permille", cites=CITES)
def supplement_ill(serious_illness, supplement_illness_ratio):
    "重病患者增发比例：患重病的按当地比例，其余为零"
    return where(serious_illness, supplement_illness_ratio, 0)


@person_rule(unit="permille", cites=CITES)
def supplement_ratio(
    category_supplement_enabled,
    supplement_stacking,
    supplement_old_or_young,
    supplement_disabled,
    supplement_ill,
):
    "本人增发比例：当地实行分类施保的，取最高一项，或按当地规定各项相加"
    return where(
        category_supplement_enabled,
        where(
            supplement_stacking == "SUM",
            supplement_old_or_young + supplement_disabled + supplement_ill,
            hi(supplement_old_or_young, supplement_disabled, supplement_ill),
        ),
        0,
    )


@rule(unit="fen/month", cites=CITES)
def category_supplement(dibao_eligible, dibao_standard, counted_member, supplement_ratio):
    "分类施保增发：低保标准 × 家庭成员增发比例之和；不属低保为零"
    return where(
        dibao_eligible, div_round(dibao_standard * total(where(counted_member, supplement_ratio, 0)), 1000), 0
    )


@person_rule(unit="fen/month", cites=CITES)
def single_supplement(dibao_single_eligible, dibao_standard, supplement_ratio):
    "单人保分类施保增发：低保标准 × 本人增发比例；不属单人保为零"
    return where(dibao_single_eligible, div_round(dibao_standard * supplement_ratio, 1000), 0)
