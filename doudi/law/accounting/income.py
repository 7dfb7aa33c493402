"""Income of the twelve months before the application: four kinds, one record, and one result per profile.

Profiles differ only in what they deduct or leave out (Panzhou plan 二(一)六⑤): dibao (`income_12m`), edge,
rigid and monitor at the household, tekun and single-person dibao at the person.
"""

from doudi.engine.vocabulary import any_of, div_round, known, lo, person_rule, rule, total, value_at, where
from doudi.law.accounting.readings import months_of_wages_told, own_reckoned, reckoned
from doudi.law.citing import (
    ASSISTANCE_ORDER,
    DIBAO_2012,
    DIBAO_2021,
    DISABILITY_2015,
    ORPHANS_2019,
    PANZHOU_2025,
    REFORM_2020,
    TEKUN_2021,
    quoted,
)

INCOME = quoted(DIBAO_2012.art("第十六条"), DIBAO_2021.art("第十三条"), PANZHOU_2025.art("二(一)六"))
WITHHELD = quoted(ASSISTANCE_ORDER.art("第五十八条"), DIBAO_2021.art("第九条、第二十九条"))
PILOT = PANZHOU_2025.art("一、二(一)三").text
IMPUTED = PANZHOU_2025.art("二(一)六①").text
DEDUCTED = quoted(REFORM_2020.art("第十一项"), DIBAO_2021.art("第十三条末款"), PANZHOU_2025.art("二(一)六⑤"))
PER_CAPITA = quoted(DIBAO_2012.art("第四条"), DIBAO_2021.art("第十三条"), PANZHOU_2025.art("二(一)六"))
TRANSFERS = quoted(DIBAO_2012.art("第十六条"), DIBAO_2021.art("第十三条"), PANZHOU_2025.art("二(一)六④"))
NOT_COUNTED = quoted(
    DIBAO_2021.art("第十三条"), DISABILITY_2015.art("残疾人两项补贴"), ORPHANS_2019.art("不计入")
)
TEKUN_INCOME = TEKUN_2021.art("第六条").text

# -- how this application is reckoned ----------------------------------------------------------------


@rule(unit="ymd", cites=PILOT)
def acceptance_day(application_date, on):
    "受理日：填写的申请（受理）日期，没有填写的为核定日期；怎样核算收入按这一天的规定，标准按发放月份"
    return where(known(application_date), application_date, on)


@rule(unit="bool", cites=IMPUTED)
def imputation_allowed(region_code, acceptance_day):
    "受理日当地允许按最低工资核定：试点乡镇、试点期内受理的"
    return value_at("wage_imputation_enabled", region_code, acceptance_day)


@rule(unit="code", cites=DEDUCTED)
def employment_cost_rule_then(region_code, acceptance_day):
    "受理日的就业成本扣除办法：按当地那一天的规定"
    return value_at("employment_cost_rule", region_code, acceptance_day)


@rule(unit="bool", cites=DEDUCTED)
def wage_is_net_for_all(region_code, acceptance_day):
    "各类对象的工资都扣除就业成本：受理日当地统一了收入核算口径"
    return value_at("unified_income_reckoning", region_code, acceptance_day)


# -- wages -----------------------------------------------------------------------------------------


@person_rule(unit="bool", cites=IMPUTED)
def wage_is_verified(wage_otherwise_verified, wage_gross):
    "工资已核实：已由其他办法核实，并且填了工资"
    return where(
        known(wage_otherwise_verified) and wage_otherwise_verified,
        known(wage_gross) and wage_gross > 0,
        False,
    )


@person_rule(unit="bool", cites=IMPUTED)
def wage_is_imputed(imputation_allowed, wage_imputed, outside_worker, wage_cooperation, wage_is_verified):
    "工资按最低工资核定：受理日当地允许，外出务工且不配合调查，调查人勾选；工资已核实的按核实的，不再核定"
    return (
        imputation_allowed
        and known(wage_imputed)
        and wage_imputed
        and outside_worker
        and not wage_cooperation
        and not wage_is_verified
    )


@person_rule(unit="months", cites=IMPUTED)
def counted_work_months(work_months, imputed_months):
    "务工月数：有证据的按实际月数，否则按默认月数"
    return where(known(work_months), work_months, imputed_months)


@person_rule(unit="fen", cites=IMPUTED)
def imputed_wage(work_place, verification_date, counted_work_months):
    "核定工资：核查日务工地月最低工资 × 务工月数"
    return value_at("minimum_wage", work_place, verification_date) * counted_work_months


@person_rule(unit="bool", cites=WITHHELD)
def wage_withheld(outside_worker, wage_cooperation, wage_is_imputed):
    "工资没有如实申报：外出务工且不配合调查，又没有按最低工资核定"
    return (
        known(outside_worker)
        and outside_worker
        and known(wage_cooperation)
        and not wage_cooperation
        and not wage_is_imputed
    )


@person_rule(unit="bool", cites=WITHHELD)
def wage_unverifiable(wage_withheld, wage_otherwise_verified):
    "工资核实不了：不配合调查，从别处也没有核实到"
    return wage_withheld and known(wage_otherwise_verified) and not wage_otherwise_verified


@rule(unit="bool", cites=WITHHELD)
def cooperating(authorised_all, co_living, wage_unverifiable):
    "授权并配合核对：全部成员已授权，没有人不配合调查而工资核实不了"
    return authorised_all and not any_of(co_living and wage_unverifiable)


@person_rule(unit="bool", cites=WITHHELD)
def person_cooperating(authorised_all, wage_unverifiable):
    "授权并配合核对（本人）：家庭已授权，本人没有不配合调查而工资核实不了；别人的工资不影响本人"
    return authorised_all and not wage_unverifiable


@person_rule(unit="fen", cites=INCOME)
def wage_counted(wage_is_imputed, imputed_wage, wage_withheld, wage_otherwise_verified, wage_gross):
    "工资性收入（扣除前）：十二个月劳动报酬合计，或核定工资；不配合调查又没有核实的不详，不当作零"
    return where(
        wage_is_imputed,
        imputed_wage,
        where(wage_withheld and not wage_otherwise_verified, div_round(wage_gross, 0), wage_gross),
    )


@person_rule(unit="months", cites=DEDUCTED)
def cost_months(work_months, wage_is_imputed, wage_months, imputed_months):
    "扣就业成本的月数：填写的务工月数；没有填写的，工资分月填写的数有工资的月数，其余按默认月数"
    return where(
        known(work_months),
        work_months,
        where(not wage_is_imputed and months_of_wages_told(wage_months), wage_months, imputed_months),
    )


@person_rule(unit="fen", cites=DEDUCTED)
def employment_cost_by_rule(wage_counted, cost_months, employment_cost_rule_then, employment_cost_fixed,
                            employment_cost_percent, employment_cost_cap, employment_cost):  # fmt: skip
    "就业成本（按当地办法）：不扣、每月定额、工资比例，或据实扣除但每月不超过上限"
    return where(
        employment_cost_rule_then == "NONE",
        0,
        where(
            employment_cost_rule_then == "FIXED",
            employment_cost_fixed * cost_months,
            where(
                employment_cost_rule_then == "PERCENT",
                div_round(wage_counted * employment_cost_percent, 1000),
                lo(employment_cost, employment_cost_cap * cost_months),
            ),
        ),
    )


@person_rule(unit="fen", cites=DEDUCTED)
def employment_cost_allowed(
    wage_counted, wage_is_imputed, imputed_deducts_employment_cost, employment_cost_by_rule
):
    "可扣就业成本：不超过工资本身；核定的工资默认不再扣除"
    return where(
        wage_counted <= 0 or (wage_is_imputed and not imputed_deducts_employment_cost),
        0,
        lo(employment_cost_by_rule, wage_counted),
    )


@person_rule(unit="fen", cites=DEDUCTED)
def work_trip_cost_allowed(
    wage_counted, wage_is_imputed, imputed_deducts_employment_cost, employment_cost_allowed, work_trip_cost
):
    "可扣务工成本：不超过扣除就业成本后的工资；核定的工资默认不再扣除"
    return where(
        wage_counted <= 0 or (wage_is_imputed and not imputed_deducts_employment_cost),
        0,
        lo(work_trip_cost, wage_counted - employment_cost_allowed),
    )


# -- transfers -------------------------------------------------------------------------------------


@person_rule(unit="fen", cites=NOT_COUNTED)
def assistance_counted(
    family_planning_reward_excluded,
    family_planning_reward,
    scholarship_excluded,
    scholarship,
    bravery_reward_excluded,
    bravery_reward,
    dibao_payment_excluded,
    dibao_received,
    government_assistance_excluded,
    government_assistance,
    disability_subsidy_excluded,
    disability_subsidy,
    child_allowance_excluded,
    child_allowance,
):
    "计入收入的奖补与救助：按当时规定不计入的项目为零"
    return (
        where(family_planning_reward_excluded, 0, family_planning_reward)
        + where(scholarship_excluded, 0, scholarship)
        + where(bravery_reward_excluded, 0, bravery_reward)
        + where(dibao_payment_excluded, 0, dibao_received)
        + where(government_assistance_excluded, 0, government_assistance)
        + where(disability_subsidy_excluded, 0, disability_subsidy)
        + where(child_allowance_excluded, 0, child_allowance)
    )


@person_rule(unit="fen", cites=NOT_COUNTED)
def transfer_counted(
    transfer_in,
    assistance_counted,
    basic_pension_excluded,
    basic_pension,
    comfort_payment_excluded,
    comfort_payment,
    medical_benefit_excluded,
    medical_benefit,
    old_age_allowance_excluded,
    old_age_allowance,
):
    "转移性收入（民政口径）：经常性转移收入，加按规定仍须计入的单列项目"
    return (
        transfer_in
        + assistance_counted
        + where(basic_pension_excluded, 0, basic_pension)
        + where(comfort_payment_excluded, 0, comfort_payment)
        + where(medical_benefit_excluded, 0, medical_benefit)
        + where(old_age_allowance_excluded, 0, old_age_allowance)
    )


@person_rule(unit="fen", cites=TEKUN_INCOME)
def tekun_transfer_counted(
    transfer_in,
    assistance_counted,
    tekun_basic_pension_excluded,
    basic_pension,
    tekun_comfort_payment_excluded,
    comfort_payment,
    tekun_medical_benefit_excluded,
    medical_benefit,
    tekun_old_age_allowance_excluded,
    old_age_allowance,
):
    "转移性收入（特困口径）：基础养老金、基本医疗保险待遇、优待抚恤金、高龄津贴不计入"
    return (
        transfer_in
        + assistance_counted
        + where(tekun_basic_pension_excluded, 0, basic_pension)
        + where(tekun_comfort_payment_excluded, 0, comfort_payment)
        + where(tekun_medical_benefit_excluded, 0, medical_benefit)
        + where(tekun_old_age_allowance_excluded, 0, old_age_allowance)
    )


@person_rule(unit="fen", cites=TRANSFERS)
def transfer_paid(transfer_out, support_paid_deducted, support_paid):
    "转移性支出：税款与社会保障支出；按规定可扣的，加赡养及其他转移性支出（金额不详的不当作零）"
    return transfer_out + where(support_paid_deducted, support_paid, 0)


# -- one person ------------------------------------------------------------------------------------


@person_rule(unit="fen", cites=INCOME)
def gross_income_12m(wage_counted, business_counted, property_net, transfer_counted, transfer_paid):
    "个人收入合计（扣除就业成本前）：工资性、经营净、财产净收入加转移净收入"
    return wage_counted + business_counted + property_net + transfer_counted - transfer_paid


@person_rule(unit="fen", cites=INCOME)
def own_income_12m(
    gross_income_12m,
    dibao_deducts_employment_cost,
    employment_cost_allowed,
    dibao_deducts_work_trip_cost,
    work_trip_cost_allowed,
):
    "个人收入（低保口径）：个人收入合计减可扣就业成本、务工成本"
    return (
        gross_income_12m
        - where(dibao_deducts_employment_cost, employment_cost_allowed, 0)
        - where(dibao_deducts_work_trip_cost, work_trip_cost_allowed, 0)
    )


@person_rule(unit="fen", cites=TEKUN_INCOME)
def tekun_income_12m(
    wage_counted,
    business_counted,
    property_net,
    tekun_transfer_counted,
    transfer_paid,
    wage_is_net_for_all,
    tekun_deducts_employment_cost,
    employment_cost_allowed,
    tekun_deducts_work_trip_cost,
    work_trip_cost_allowed,
):
    "个人收入（特困口径）：四类收入，转移性收入按特困口径"
    return own_reckoned(
        wage_counted + business_counted + property_net + tekun_transfer_counted - transfer_paid,
        wage_is_net_for_all or tekun_deducts_employment_cost,
        employment_cost_allowed,
        tekun_deducts_work_trip_cost,
        work_trip_cost_allowed,
    )


# -- the household ---------------------------------------------------------------------------------


@rule(unit="fen", cites=INCOME)
def base_income_12m(counted_member, gross_income_12m):
    "家庭收入合计（扣除前）：家庭成员个人收入合计之和"
    return total(where(counted_member, gross_income_12m, 0))


@rule(unit="fen", cites=DEDUCTED)
def employment_cost_12m(counted_member, employment_cost_allowed):
    "家庭就业成本：家庭成员可扣就业成本之和"
    return total(where(counted_member, employment_cost_allowed, 0))


@rule(unit="fen", cites=DEDUCTED)
def work_trip_cost_12m(counted_member, work_trip_cost_allowed):
    "家庭务工成本：家庭成员可扣务工成本之和"
    return total(where(counted_member, work_trip_cost_allowed, 0))


@rule(unit="fen", cites=DEDUCTED)
def rigid_deduction_12m(medical_cost, rehabilitation_cost, rigid_deduction_share):
    "可扣刚性支出：医疗自付与残疾康复支出 × 当地扣除比例"
    return div_round((medical_cost + rehabilitation_cost) * rigid_deduction_share, 1000)


@rule(unit="fen", cites=INCOME)
def income_12m(
    base_income_12m,
    dibao_deducts_employment_cost,
    employment_cost_12m,
    dibao_deducts_work_trip_cost,
    work_trip_cost_12m,
    dibao_deducts_rigid,
    rigid_deduction_12m,
):
    "家庭收入（低保口径）：收入合计减就业成本、务工成本和按规定可扣的刚性支出"
    return reckoned(base_income_12m, dibao_deducts_employment_cost, employment_cost_12m,
                    dibao_deducts_work_trip_cost, work_trip_cost_12m, dibao_deducts_rigid,
                    rigid_deduction_12m)  # fmt: skip


@rule(unit="fen/month", cites=PER_CAPITA)
def per_capita_income(income_12m, members):
    "家庭人均月收入：家庭收入 ÷ 12 ÷ 计入人口（显示时保留到分，比较时不取整）"
    return div_round(income_12m, members * 12)


@rule(unit="fen/year", cites=PER_CAPITA)
def per_capita_income_year(income_12m, members):
    "家庭人均年收入：家庭收入 ÷ 计入人口（显示时保留到分，比较时不取整）"
    return div_round(income_12m, members)
