"""Key distressed children: the county's own category, below orphans and de-facto orphans."""

from doudi.engine.vocabulary import person_rule
from doudi.law.citing import ANQIU_2020

PAID = ANQIU_2020.art("做法1").text


@person_rule(unit="bool", cites=PAID)
def no_higher_child_allowance(orphan_eligible, de_facto_orphan_eligible):
    "没有更高的儿童保障：不属孤儿，也不属事实无人抚养儿童"
    return not (orphan_eligible or de_facto_orphan_eligible)


@person_rule(unit="fen/month", cites=PAID)
def key_child_living(key_child_standard):
    "重点困境儿童基本生活费：当地标准"
    return key_child_standard
