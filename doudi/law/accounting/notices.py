"""What a receipt says beside its verdicts: nothing here decides. The texts of the codes: labels.toml."""

from doudi.engine.vocabulary import all_of, any_of, is_in, known, rule, value_at, where
from doudi.law.accounting.readings import months_of_wages_told
from doudi.law.citing import ASSISTANCE_ORDER, DIBAO_2012, DIBAO_2021, PANZHOU_2025, quoted


@rule(
    unit="code",
    cites=quoted(ASSISTANCE_ORDER.art("第五十八条"), DIBAO_2021.art("第九条"), PANZHOU_2025.art("二(一)六①")),
)
def wage_notice(imputation_allowed, co_living, outside_worker, wage_cooperation, wage_gross, wage_imputed,
                wage_otherwise_verified, wage_is_imputed, wage_is_verified):  # fmt: skip
    "务工收入提示：外出务工、没有一笔工资，也没有填写是否配合调查；工资既已核实又按最低工资核定；勾选了核定而没有照核定"
    return where(
        any_of(
            co_living
            and known(outside_worker)
            and outside_worker
            and not known(wage_cooperation)
            and wage_gross == 0
        ),
        "NO_WAGE",
        where(
            imputation_allowed
            and any_of(
                co_living
                and known(wage_imputed)
                and wage_imputed
                and known(wage_otherwise_verified)
                and wage_otherwise_verified
            ),
            "TWO_WAGES",
            where(any_of(co_living and known(wage_imputed) and wage_imputed and known(wage_is_imputed)
                         and not (wage_is_imputed or wage_is_verified)),
                  "IMPUTATION_SET_ASIDE", "NONE"),
        ),
    )  # fmt: skip


@rule(unit="code", cites=quoted(DIBAO_2021.art("第十三条末款"), PANZHOU_2025.art("二(一)六①")))
def cost_notice(
    co_living,
    work_months,
    wage_is_imputed,
    wage_gross,
    wage_months,
    employment_cost_rule_then,
    dibao_deducts_employment_cost,
):
    "就业成本提示：按月数扣就业成本，而工资没有分月填写，也没有填务工月数，按默认月数扣了"
    return where(
        dibao_deducts_employment_cost
        and is_in(employment_cost_rule_then, "FIXED", "ACTUAL_CAPPED")
        and any_of(
            co_living
            and not known(work_months)
            and not wage_is_imputed
            and wage_gross > 0
            and not months_of_wages_told(wage_months)
        ),
        "MONTHS_ASSUMED",
        "NONE",
    )


@rule(unit="code", cites=quoted(ASSISTANCE_ORDER.art("第五十八条"), DIBAO_2021.art("第八条、第九条")))
def disability_notice(co_living, disability_type, disability_grade):
    "残疾情况提示：残疾类别填无而有等级，或者有类别而等级填零"
    return where(
        any_of(
            co_living
            and known(disability_type)
            and disability_type == "NO"
            and known(disability_grade)
            and disability_grade >= 1
        ),
        "GRADE_WITHOUT_TYPE",
        where(
            any_of(
                co_living
                and known(disability_type)
                and disability_type != "NO"
                and known(disability_grade)
                and disability_grade == 0
            ),
            "TYPE_WITHOUT_GRADE",
            "NONE",
        ),
    )


@rule(unit="code", cites=quoted(DIBAO_2012.art("第二十七条"), DIBAO_2021.art("第二十三条")))
def payment_notice(dibao_eligible, dibao_top_up, dibao_single_eligible, single_top_up):
    "发放提示：符合低保（单人保）条件而月补差取整后为零"
    return where(
        (dibao_eligible and dibao_top_up == 0) or any_of(dibao_single_eligible and single_top_up == 0),
        "NOTHING_DUE",
        "NONE",
    )


@rule(unit="code", cites=quoted(ASSISTANCE_ORDER.art("第五十八条"), DIBAO_2021.art("第九条")))
def income_notice(income_complete, co_living, wage_is_imputed, wage_gross, business_net, property_net,
                  transfer_in, basic_pension, comfort_payment, family_planning_reward, scholarship,
                  bravery_reward, dibao_received, government_assistance, disability_subsidy, child_allowance,
                  medical_benefit, old_age_allowance):  # fmt: skip
    "收入申报提示：申报称完整，而全家没有一笔收入"
    return where(income_complete and all_of(not co_living or (not wage_is_imputed and wage_gross == 0
                 and business_net == 0 and property_net == 0 and transfer_in == 0 and basic_pension == 0
                 and comfort_payment == 0 and family_planning_reward == 0 and scholarship == 0
                 and bravery_reward == 0 and dibao_received == 0 and government_assistance == 0
                 and disability_subsidy == 0 and child_allowance == 0 and medical_benefit == 0
                 and old_age_allowance == 0)), "NO_INCOME", "NONE")  # fmt: skip


@rule(unit="code", cites=PANZHOU_2025.art("一、二(一)三").text)
def place_notice(region_code, acceptance_day):
    "地区提示：受理日当地有试点乡镇另有规定，而地区代码只填到县"
    return where(
        region_code == value_at("pilot_county", region_code, acceptance_day), "TOWNSHIP_NEEDED", "NONE"
    )
