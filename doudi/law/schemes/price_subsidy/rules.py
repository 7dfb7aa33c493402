"""Price-linked subsidy: has the month's index triggered it, who is in its groups, how much."""

from doudi.engine.vocabulary import div_round, hi, is_in, known, person_rule, rule, where
from doudi.law.citing import ANQIU_2020, quoted, source

PRICES_2016, PRICES_2021 = source("发改价格规〔2016〕1835号"), source("发改价格〔2021〕1553号")
STARTED = quoted(PRICES_2016.art(""), PRICES_2021.art("一"))
WHO = quoted(PRICES_2016.art(""), PRICES_2021.art("二"), ANQIU_2020.art("做法1"))
AMOUNT = quoted(PRICES_2016.art(""), PRICES_2021.art("三"))


@rule(unit="bool", cites=STARTED)
def price_reached(cpi_rise, price_cpi_trigger, food_cpi_rise, price_food_trigger):
    "本月达到启动涨幅：居民消费价格或食品价格同比涨幅达到启动涨幅（等于即达到）"
    return cpi_rise >= price_cpi_trigger or food_cpi_rise >= price_food_trigger


@rule(unit="bool", cites=STARTED)
def price_triggered(price_reached, price_trigger_months, price_months_reached):
    "达到启动条件：本月达到启动涨幅；当地要求连续两个月以上的，连续达到的月数（含本月）也达到"
    return price_reached and (price_trigger_months <= 1 or price_months_reached >= price_trigger_months)


@person_rule(unit="bool", cites=WHO)
def price_group_member(
    dibao_person,
    tekun_eligible,
    orphan_eligible,
    price_group_orphan,
    de_facto_orphan_eligible,
    price_group_de_facto_orphan,
    child,
    edge_eligible,
    co_living,
    price_group_edge,
    price_group,
    price_group_unemployment_subsidy,
):
    "属价格补贴对象：低保、特困、领取失业保险金、优抚对象；按当时规定再加孤儿、困境儿童、失业补助金、低保边缘"
    return (
        dibao_person
        or tekun_eligible
        or is_in(price_group, "UNEMPLOYMENT_BENEFIT", "COMFORT")
        or (price_group_orphan and orphan_eligible)
        or (
            price_group_de_facto_orphan
            and (de_facto_orphan_eligible or (price_group == "HIV_CHILD" and child))
        )
        or (price_group_unemployment_subsidy and price_group == "UNEMPLOYMENT_SUBSIDY")
        or (price_group_edge and edge_eligible and co_living)
    )


@rule(unit="permille", cites=AMOUNT)
def price_rise(scpi_rise, cpi_rise):
    "计算补贴的涨幅：低收入居民基本生活费用价格同比涨幅，没有录入的用居民消费价格"
    return where(known(scpi_rise), scpi_rise, cpi_rise)


@rule(unit="fen", cites=AMOUNT)
def price_subsidy_each(dibao_standard, price_rise, price_subsidy_least):
    "每人价格补贴：月低保标准 × 涨幅，不低于本省最低金额"
    return hi(div_round(dibao_standard * price_rise, 1000), price_subsidy_least)


@person_rule(unit="fen", cites=AMOUNT)
def price_subsidy_due(price_subsidy_each):
    "本人当月价格补贴：每人一份，多重身份不重复"
    return price_subsidy_each
