"""Temporary assistance: what kind it is, who may have it, how much, and who approves it.

An emergency is aided first and asks neither hukou nor papers; the expenditure type asks both. The annual cap
and the number of times hold for the expenditure type, of which the documents speak.
"""

from doudi.engine.vocabulary import any_of, div_down, div_round, is_in, known, lo, rule, where
from doudi.law.citing import (
    ANQIU_2020,
    ASSISTANCE_ORDER,
    JIANGXI_2018,
    REFORM_2020,
    SAFETY_NET_2022,
    quoted,
    source,
)

RECEIVED, TEMPORARY_2018 = source("国发〔2014〕47号"), source("民发〔2018〕23号")
TYPE = quoted(ASSISTANCE_ORDER.art("第四十七条"), TEMPORARY_2018.art("二(一)"))
FIRST = quoted(TEMPORARY_2018.art("二(二)"), REFORM_2020.art("第十四项"))
PLACE = quoted(RECEIVED.art("三(一)"), TEMPORARY_2018.art("二(二)"), REFORM_2020.art("第十四项"))
FULL = TEMPORARY_2018.art("二(二)").text
AMOUNT = quoted(TEMPORARY_2018.art("二(三)"), JIANGXI_2018.art("五(七)"))
RAISED = JIANGXI_2018.art("五(七)").text
DECIDED = quoted(ASSISTANCE_ORDER.art("第四十八条"), JIANGXI_2018.art("五(七)"), ANQIU_2020.art("做法3"))


@rule(unit="code", cites=TYPE)
def temporary_type(temporary_cause):
    "临时救助类型：火灾、意外、突发重病等须立即救助的为急难型，教育、医疗等必需支出的为支出型"
    return where(
        temporary_cause == "NONE",
        "NONE",
        where(
            is_in(temporary_cause, "MEDICAL", "EDUCATION", "OTHER_ESSENTIAL", "RESIDUAL_HARDSHIP"),
            "EXPENDITURE",
            "EMERGENCY",
        ),
    )


@rule(unit="bool", cites=ASSISTANCE_ORDER.art("第四十七条").text)
def temporary_cause_named(temporary_cause):
    "提出了临时救助的事由：已填写事由"
    return temporary_cause != "NONE"


@rule(unit="bool", cites=SAFETY_NET_2022.art("二(一)").text)
def temporary_cause_provided(temporary_cause, unemployed_migrant_aid_enabled):
    "事由在当时可以救助：失业农民工的一次性救助以当时有此规定为限"
    return temporary_cause != "UNEMPLOYED_MIGRANT" or unemployed_migrant_aid_enabled


@rule(unit="bool", cites=FIRST)
def temporary_emergency(temporary_type):
    "急难型：先行救助，可以不经核对、评议、公示，手续后补"
    return temporary_type == "EMERGENCY"


@rule(
    unit="bool",
    cites=quoted(RECEIVED.art("三(一)"), TEMPORARY_2018.art("二(二)"), REFORM_2020.art("第十四项")),
)
def temporary_place(hukou_local, residence_permit_held, temporary_emergency, emergency_without_hukou):
    "可在此地救助：有本地户籍或持当地居住证；急难型由急难发生地救助、不限户籍（当时有此规定的）"
    return hukou_local or residence_permit_held or (temporary_emergency and emergency_without_hukou)


@rule(unit="bool", cites=FULL)
def temporary_hardship(temporary_emergency, temporary_hardship_confirmed):
    "生活陷入困境：急难型，或必需支出超出家庭承受能力"
    return temporary_emergency or temporary_hardship_confirmed


@rule(unit="bool", cites=FULL)
def means_already_checked(dibao_eligible, has_non_tekun_member, dibao_recipient):
    "收入财产已核过：低保、特困家庭只核支出"
    return dibao_eligible or not has_non_tekun_member or (known(dibao_recipient) and dibao_recipient)


@rule(unit="bool", cites=FULL)
def temporary_income_met(temporary_emergency, means_already_checked, income_below_local_average):
    "收入符合临时救助规定：急难型或已核过的不核；其余人均年收入低于上年度当地人均可支配收入"
    return temporary_emergency or means_already_checked or income_below_local_average


@rule(unit="bool", cites=FULL)
def temporary_property_met(temporary_emergency, means_already_checked, edge_property_passed):
    "财产符合临时救助规定：急难型或已核过的不核；其余财产符合当地规定"
    return temporary_emergency or means_already_checked or edge_property_passed


@rule(unit="bool", cites=JIANGXI_2018.art("四").text)
def in_poor_categories(dibao_household, expenditure_poor_eligible, co_living, tekun_eligible):
    "属三类困难家庭：低保、支出型贫困低收入家庭，或有成员属特困人员"
    return dibao_household or expenditure_poor_eligible or any_of(co_living and tekun_eligible)


# -- how often, how much ---------------------------------------------------------------------------


@rule(unit="bool", cites=quoted(source("国发〔2014〕47号").art(""), JIANGXI_2018.art("五(七)")))
def temporary_times_left(
    temporary_emergency, temporary_times, temporary_base_times, temporary_extra_times, in_poor_categories
):
    "次数未用完：急难型不限；其余本年度已救助次数少于规定次数，三类困难家庭可再增加规定的次数"
    return (
        temporary_emergency
        or temporary_times < temporary_base_times
        or (in_poor_categories and temporary_times < temporary_base_times + temporary_extra_times)
    )


@rule(unit="bool", cites=RAISED)
def temporary_under_cap(temporary_emergency, temporary_paid, temporary_annual_cap):
    "未达年度封顶线：急难型不受限；其余本年度已发金额小于封顶线"
    return temporary_emergency or temporary_paid < temporary_annual_cap


@rule(unit="permille", cites=RAISED)
def temporary_float_ratio(temporary_float):
    "临时救助上浮：拟上浮的比例，未填为不上浮"
    return where(known(temporary_float), temporary_float, 0) * 10


@rule(unit="bool", cites=RAISED)
def temporary_float_allowed(
    temporary_float_ratio,
    temporary_float_most,
    temporary_emergency,
    in_poor_categories,
    temporary_float_reason,
):
    "上浮符合规定：不上浮；或三类困难家庭的支出型救助，不超过规定比例，并写明理由"
    return temporary_float_ratio == 0 or (
        temporary_float_ratio > 0
        and temporary_float_ratio <= temporary_float_most
        and not temporary_emergency
        and in_poor_categories
        and temporary_float_reason != ""
    )


@rule(unit="permille", cites=AMOUNT)
def temporary_multiple(
    temporary_degree, temporary_light_multiple, temporary_medium_multiple, temporary_heavy_multiple
):
    "临时救助档次倍数：按困难程度，月低保标准的倍数（千分之一倍）"
    return where(
        temporary_degree == "LIGHT",
        temporary_light_multiple,
        where(temporary_degree == "MEDIUM", temporary_medium_multiple, temporary_heavy_multiple),
    )


@rule(unit="fen", cites=AMOUNT)
def temporary_tier(temporary_base, dibao_standard, temporary_multiple):
    "临时救助档次金额：当地基准额；没有的为月低保标准 × 档次倍数"
    return where(known(temporary_base), temporary_base, div_round(dibao_standard * temporary_multiple, 1000))


@rule(unit="fen", cites=AMOUNT)
def temporary_tier_raised(
    temporary_tier, temporary_float_ratio, temporary_float_allowed, dibao_standard, temporary_most_multiple
):
    "上浮后的档次金额：档次金额 ×（1＋上浮比例），不超过单次封顶；上浮不符合规定的不上浮"
    return lo(
        where(
            temporary_float_allowed and temporary_float_ratio != 0,
            div_round(temporary_tier * (1000 + temporary_float_ratio), 1000),
            temporary_tier,
        ),
        div_down(dibao_standard * temporary_most_multiple, 1000),
    )


@rule(unit="bool", cites=quoted(ASSISTANCE_ORDER.art("第四十八条"), ANQIU_2020.art("做法3")))
def temporary_amount_lawful(
    temporary_proposed, temporary_small_limit, conference_recorded, temporary_tier_raised
):
    "拟定金额符合规定：未另拟；在小额限额以内；一事一议有会商记录；或不超过上浮后的档次金额"
    return (
        not known(temporary_proposed)
        or conference_recorded
        or temporary_proposed <= temporary_small_limit
        or temporary_proposed <= temporary_tier_raised
    )


@rule(unit="fen", cites=quoted(TEMPORARY_2018.art("二(三)"), SAFETY_NET_2022.art("二(一)")))
def temporary_due(
    temporary_cause,
    unemployed_aid_amount,
    temporary_proposed,
    temporary_amount_lawful,
    temporary_tier_raised,
):
    "应给临时救助：符合规定的拟定金额，没有拟定或超过规定又没有一事一议的为上浮后的档次金额；失业农民工为一次性定额"
    return where(
        known(temporary_proposed) and temporary_amount_lawful,
        temporary_proposed,
        where(temporary_cause == "UNEMPLOYED_MIGRANT", unemployed_aid_amount, temporary_tier_raised),
    )


@rule(unit="fen", cites=AMOUNT)
def temporary_payable(temporary_due, temporary_emergency, temporary_annual_cap, temporary_paid):
    "实给临时救助：应给金额；支出型不超过年度封顶线余额"
    return where(temporary_emergency, temporary_due, lo(temporary_due, temporary_annual_cap - temporary_paid))


@rule(unit="bool", cites=DECIDED)
def temporary_small(temporary_payable, temporary_small_limit):
    "小额临时救助：金额在小额限额以内（含）"
    return temporary_payable <= temporary_small_limit


@rule(unit="code", cites=DECIDED)
def temporary_approver(temporary_emergency, temporary_small, temporary_small_authority, temporary_authority):
    "临时救助由谁审批：急难或小额的按委托，其余按临时救助审批权限；两者相同的不看金额"
    return where(
        temporary_small_authority == temporary_authority,
        temporary_authority,
        where(temporary_emergency or temporary_small, temporary_small_authority, temporary_authority),
    )


@rule(unit="code", cites=DECIDED)
def temporary_cut_notice(
    temporary_assistance_eligible,
    temporary_proposed,
    temporary_amount_lawful,
    temporary_small_limit,
    temporary_float_ratio,
    temporary_float_allowed,
    temporary_float_most,
):
    "拟定与实给的差别：拟定金额、拟上浮比例超过规定的没有照给；拟给金额为零的请核对"
    return where(not temporary_assistance_eligible, "NONE", where(
        known(temporary_proposed) and temporary_proposed == 0, "PROPOSED_ZERO", where(
            known(temporary_proposed) and not temporary_amount_lawful,
            where(temporary_proposed > temporary_small_limit, "PROPOSED_SET_ASIDE", "NONE"),
            where(temporary_float_allowed, "NONE",
                where(temporary_float_ratio > temporary_float_most, "FLOAT_TOO_HIGH", "FLOAT_NOT_FOR_THIS")),
        )))  # fmt: skip
