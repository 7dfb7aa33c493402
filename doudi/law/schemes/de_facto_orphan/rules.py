"""De-facto orphans: which parents count, and what is topped up over help already given for the child."""

from doudi.engine.vocabulary import div_round, hi, is_in, person_rule, where
from doudi.law.citing import ORPHANS_2019

WHO = ORPHANS_2019.art("一").text
PAID = ORPHANS_2019.art("三(一)").text


@person_rule(unit="bool", cites=WHO)
def parents_cannot_raise(father_state, father_unable, mother_state, mother_unable, parents_gone):
    "父母都不能抚养：双方都属规定情形，或一方死亡、被宣告失踪而另一方属规定情形（查找不到满规定月数的按失联）；双方死亡或失踪的是孤儿"
    return not parents_gone and (
        (father_unable and (mother_unable or is_in(mother_state, "DEAD", "MISSING")))
        or (is_in(father_state, "DEAD", "MISSING") and mother_unable)
    )


@person_rule(unit="fen/month", cites=PAID)
def de_facto_orphan_standard(orphan_scattered_standard, de_facto_orphan_ratio):
    "事实无人抚养儿童标准：散居孤儿标准 × 当地比例"
    return div_round(orphan_scattered_standard * de_facto_orphan_ratio, 1000)


@person_rule(unit="fen/month", cites=PAID)
def child_aid_share(
    tekun_eligible,
    tekun_amount,
    counted_member,
    dibao_amount,
    dibao_continued_amount,
    grace_amount,
    members,
    dibao_single_amount,
    disability_living_amount,
):
    "本人已得的基本救助：特困基本生活费，或按人平均的低保金（继续保障、渐退期内的也是）、单人保低保金，加困难残疾人生活补贴"
    return (
        where(
            tekun_eligible,
            tekun_amount,
            where(counted_member, div_round(dibao_amount + dibao_continued_amount + grace_amount, members), 0)
            + dibao_single_amount,
        )
        + disability_living_amount
    )


@person_rule(unit="fen/month", cites=PAID)
def de_facto_orphan_top_up(de_facto_orphan_standard, child_aid_share):
    "事实无人抚养儿童补差：标准减本人已得的基本救助，不小于零"
    return hi(de_facto_orphan_standard - child_aid_share, 0)
