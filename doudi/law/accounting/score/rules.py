"""Twelve indicators in three dimensions, each 0 to 10 points by its steps, weighted to 0 to 100.

The provincial measure that prescribes them is not public: steps and weights are a default plan, in
`values/national/score.toml`. Ratios are compared multiplied out. No scheme reads any of this.
"""

from doudi.engine.vocabulary import any_of, count, hi, is_in, known, lo, person_rule, rule, total, where
from doudi.law.citing import JIANGMEN_2016

PLAN = f"默认方案 DEFAULT-12-2026，非法定（{JIANGMEN_2016.art('具体做法1').text}只写了十二项指标）"


# The steps are read as a table: one line for the names, one line a step or two.
# fmt: off
@rule(unit="points", cites=PLAN)
def i01_score(income_12m, dibao_standard_12m, i01_line1, i01_line2, i01_line3, i01_line4, i01_line5,
              i01_points1, i01_points2, i01_points3, i01_points4, i01_points5):
    "I01 人均收入与低保线之比（默认方案，非法定）：家庭收入与低保标准合计相比，按档得分"
    return where(income_12m * 1000 < dibao_standard_12m * i01_line1, i01_points1,
           where(income_12m * 1000 < dibao_standard_12m * i01_line2, i01_points2,
           where(income_12m * 1000 < dibao_standard_12m * i01_line3, i01_points3,
           where(income_12m * 1000 <= dibao_standard_12m * i01_line4, i01_points4,
           where(income_12m * 1000 <= dibao_standard_12m * i01_line5, i01_points5, 0)))))


@rule(unit="points", cites=PLAN)
def i02_score(regular_income_months, i02_line1, i02_line2, i02_line3, i02_line4,
              i02_points1, i02_points2, i02_points3, i02_points4):
    "I02 收入稳定性（默认方案，非法定）：有固定收入的月数，按档得分"
    return where(regular_income_months <= i02_line1, i02_points1,
           where(regular_income_months <= i02_line2, i02_points2,
           where(regular_income_months <= i02_line3, i02_points3,
           where(regular_income_months <= i02_line4, i02_points4, 0))))


@rule(unit="points", cites=PLAN)
def i03_score(financial_assets, dibao_standard, household_size, i03_line1, i03_line2, i03_line3, i03_line4,
              i03_points1, i03_points2, i03_points3, i03_points4):
    "I03 金融资产（默认方案，非法定）：与12个月低保标准 × 共同生活人口相比，按档得分"
    return where(financial_assets * 1000 < dibao_standard * 12 * household_size * i03_line1, i03_points1,
           where(financial_assets * 1000 < dibao_standard * 12 * household_size * i03_line2, i03_points2,
           where(financial_assets * 1000 < dibao_standard * 12 * household_size * i03_line3, i03_points3,
           where(financial_assets * 1000 < dibao_standard * 12 * household_size * i03_line4, i03_points4,
           0))))


@rule(unit="points", cites=PLAN)
def i04_score(support_ability, i04_points1, i04_points2, i04_points3):
    "I04 赡养扶养来源（默认方案，非法定）：按赡养扶养人能力得分"
    return where(support_ability == "NONE", i04_points1, where(support_ability == "WEAK", i04_points2,
           where(support_ability == "CAPABLE", i04_points3, 0)))


@person_rule(unit="permille", cites=PLAN)
def score_labour(workable, labour_capacity, labour_coefficient_half, labour_coefficient_full):
    "劳动力系数（评分用）：无劳动能力为零，弱劳动力或半劳动力为半，其余为全"
    return where(workable, where(known(labour_capacity) and labour_capacity == "WEAK_HALF",
                                 labour_coefficient_half, labour_coefficient_full), 0)


@rule(unit="permille", cites=PLAN)
def score_labour_sum(counted_member, score_labour):
    "家庭劳动力系数之和（评分用）：家庭成员劳动力系数之和"
    return total(where(counted_member, score_labour, 0))


@rule(unit="points", cites=PLAN)
def i05_score(score_labour_sum, members, i05_line1, i05_line2, i05_line3, i05_line4,
              i05_points1, i05_points2, i05_points3, i05_points4):
    "I05 劳动力系数（默认方案，非法定）：系数之和 ÷ 计入人口，按档得分"
    return where(score_labour_sum <= members * i05_line1, i05_points1,
           where(score_labour_sum <= members * i05_line2, i05_points2,
           where(score_labour_sum <= members * i05_line3, i05_points3,
           where(score_labour_sum <= members * i05_line4, i05_points4, 0))))


@rule(unit="persons", cites=PLAN)
def score_dependants(counted_member, age, student):
    "需抚养人数（评分用）：未满16周岁、满60周岁或全日制在校的家庭成员"
    return count(counted_member and (age < 16 or age >= 60 or student))


@rule(unit="points", cites=PLAN)
def i06_score(score_dependants, members, i06_line1, i06_line2, i06_line3, i06_line4,
              i06_points1, i06_points2, i06_points3, i06_points4):
    "I06 抚养负担（默认方案，非法定）：需抚养人数 ÷ 计入人口，按档得分"
    return where(score_dependants * 1000 >= members * i06_line1, i06_points1,
           where(score_dependants * 1000 >= members * i06_line2, i06_points2,
           where(score_dependants * 1000 >= members * i06_line3, i06_points3,
           where(score_dependants * 1000 > members * i06_line4, i06_points4, 0))))


@rule(unit="persons", cites=PLAN)
def score_disabled(counted_member, disability_type):
    "残疾成员数（评分用）：有残疾的家庭成员"
    return count(counted_member and disability_type != "NO")


@rule(unit="points", cites=PLAN)
def score_disability_best(counted_member, severe_disability, disability_type, disability_kind,
                          score_disabled, i07_points1, i07_points2, i07_points3):
    "最重残疾成员得分（评分用）：一、二级，三、四级智力或精神，其他三、四级，没有为零"
    return where(any_of(counted_member and severe_disability), i07_points1,
           where(any_of(counted_member and disability_type != "NO"
                        and is_in(disability_kind, "INTELLECTUAL", "MENTAL")), i07_points2,
           where(score_disabled > 0, i07_points3, 0)))


@rule(unit="points", cites=PLAN)
def i07_score(score_disability_best, score_disabled, i07_points4):
    "I07 残疾成员（默认方案，非法定）：最重一名的得分，另有第二名的加分，不超过10分"
    return lo(score_disability_best + where(score_disabled >= 2, i07_points4, 0), 10)


@rule(unit="points", cites=PLAN)
def i08_score(counted_member, serious_illness, chronic_illness, i08_points1, i08_points2):
    "I08 重病慢病成员（默认方案，非法定）：有患重病的，或有长期慢性病的"
    return where(any_of(counted_member and serious_illness), i08_points1,
           where(any_of(counted_member and chronic_illness), i08_points2, 0))


@rule(unit="points", cites=PLAN)
def i09_score(housing_class, housing_area, housing_area_line, household_size,
              i09_points1, i09_points2, i09_points3, i09_points4, i09_points5, i09_points6):
    "I09 住房（默认方案，非法定）：按自有住房和安全等级得分，人均面积低于当地界限的加分，不超过10分"
    return lo(where(housing_class == "NONE", i09_points1, where(housing_class == "D", i09_points2,
              where(housing_class == "C", i09_points3,
              where(housing_class == "B", i09_points4, i09_points5)))) + where(
              housing_area_line == 0, 0,
              where(housing_area < housing_area_line * household_size, i09_points6, 0)), 10)


@rule(unit="points", cites=PLAN)
def i10_score(vehicle_class, i10_points1, i10_points2, i10_points3):
    "I10 车辆与高值物品（默认方案，非法定）：没有、低值两轮车、低值四轮车，其他为零"
    return where(vehicle_class == "NONE", i10_points1, where(vehicle_class == "TWO_WHEELER", i10_points2,
           where(vehicle_class == "FOUR_WHEELER", i10_points3, 0)))


@rule(unit="points", cites=PLAN)
def i11_score(utility_cost, utility_mean, household_size, i11_line1, i11_line2, i11_line3, i11_line4,
              i11_points1, i11_points2, i11_points3, i11_points4):
    "I11 日常消费（默认方案，非法定）：人均水电燃气通信费与当地平均相比，按档得分"
    return where(utility_cost * 1000 < utility_mean * household_size * i11_line1, i11_points1,
           where(utility_cost * 1000 < utility_mean * household_size * i11_line2, i11_points2,
           where(utility_cost * 1000 < utility_mean * household_size * i11_line3, i11_points3,
           where(utility_cost * 1000 < utility_mean * household_size * i11_line4, i11_points4, 0))))


@rule(unit="points", cites=PLAN)
def i12_score(rigid_expenditure_12m, income_12m, i12_line1, i12_line2, i12_line3, i12_line4,
              i12_points1, i12_points2, i12_points3, i12_points4):
    "I12 刚性支出负担（默认方案，非法定）：刚性支出与家庭收入相比，按档得分；没有刚性支出为零"
    return where(rigid_expenditure_12m <= 0, 0,
           where(rigid_expenditure_12m * 1000 >= hi(income_12m, 0) * i12_line1, i12_points1,
           where(rigid_expenditure_12m * 1000 >= hi(income_12m, 0) * i12_line2, i12_points2,
           where(rigid_expenditure_12m * 1000 >= hi(income_12m, 0) * i12_line3, i12_points3,
           where(rigid_expenditure_12m * 1000 >= hi(income_12m, 0) * i12_line4, i12_points4, 0)))))


@rule(unit="tenths", cites=PLAN)
def hardship_score(
    i01_score, i01_weight, i02_score, i02_weight, i03_score, i03_weight, i04_score, i04_weight,
    i05_score, i05_weight, i06_score, i06_weight, i07_score, i07_weight, i08_score, i08_weight,
    i09_score, i09_weight, i10_score, i10_weight, i11_score, i11_weight, i12_score, i12_weight):
    "家庭状况评分（默认方案，非法定）：十二项得分 × 权重之和 ÷ 10，0至100，越高越困难"
    return (
        i01_score * i01_weight + i02_score * i02_weight + i03_score * i03_weight + i04_score * i04_weight
        + i05_score * i05_weight + i06_score * i06_weight + i07_score * i07_weight + i08_score * i08_weight
        + i09_score * i09_weight + i10_score * i10_weight + i11_score * i11_weight + i12_score * i12_weight)
# fmt: on


@rule(unit="code", cites=PLAN)
def hardship_band(hardship_score, band_very_hard, band_hard, band_review):
    "困难程度（默认方案，非法定）：按评分分为很困难、困难、需复核、不困难"
    return where(
        hardship_score >= band_very_hard * 10,
        "VERY_HARD",
        where(
            hardship_score >= band_hard * 10,
            "HARD",
            where(hardship_score >= band_review * 10, "REVIEW", "NOT_HARD"),
        ),
    )


@rule(unit="bool", cites=PLAN)
def possible_inclusion_error(twelve_indicators_enabled, income_below_dibao, hardship_score, band_review):
    "可能错保（默认方案，非法定；只提示复查）：收入低于低保标准，而评分低于需复核的最低分"
    return twelve_indicators_enabled and income_below_dibao and hardship_score < band_review * 10


@rule(unit="bool", cites=PLAN)
def possible_exclusion_error(
    twelve_indicators_enabled,
    income_below_dibao,
    income_12m,
    dibao_standard_12m,
    i01_line5,
    hardship_score,
    band_very_hard,
):
    "可能漏保（默认方案，非法定；只提示复查）：收入在低保标准至其1.5倍之间，而评分达到很困难"
    return (
        twelve_indicators_enabled
        and not income_below_dibao
        and income_12m * 1000 <= dibao_standard_12m * i01_line5
        and hardship_score >= band_very_hard * 10
    )


@rule(unit="code", cites=PLAN)
def score_notice(twelve_indicators_enabled, possible_inclusion_error, possible_exclusion_error):
    "评分提示（默认方案，非法定）：收入和评分相差很大的提示复查，不影响认定"
    return where(
        not twelve_indicators_enabled,
        "UNUSED",
        where(possible_inclusion_error, "INCLUSION", where(possible_exclusion_error, "EXCLUSION", "NONE")),
    )
