"""Monitoring objects: net income per head, the line, the risk, and which of the three categories."""

from doudi.engine.vocabulary import div_round, person_rule, rule, total, where
from doudi.law.citing import MONITORING_2021, PANZHOU_2025, quoted

UNIFIED = quoted(MONITORING_2021.art(""), PANZHOU_2025.art("二(一)"))
INCOME = PANZHOU_2025.art("二(一)六").text


@person_rule(unit="fen", cites=INCOME)
def monitor_own_income_12m(
    gross_income_12m,
    wage_is_net_for_all,
    monitor_deducts_employment_cost,
    employment_cost_allowed,
    monitor_deducts_work_trip_cost,
    work_trip_cost_allowed,
    dibao_in_monitor_income,
    dibao_payment_excluded,
    dibao_received,
):
    "个人收入（监测口径）：个人收入合计减可扣成本；民政口径不计的低保金按规定计入"
    return (
        gross_income_12m
        - where(wage_is_net_for_all or monitor_deducts_employment_cost, employment_cost_allowed, 0)
        - where(monitor_deducts_work_trip_cost, work_trip_cost_allowed, 0)
        + where(dibao_in_monitor_income and dibao_payment_excluded, dibao_received, 0)
    )


@rule(unit="fen", cites=INCOME)
def monitor_income_12m(co_living, monitor_own_income_12m, monitor_deducts_rigid, rigid_deduction_12m):
    "家庭纯收入（监测口径）：全部共同生活成员之和，减该口径可扣的刚性支出"
    return total(where(co_living, monitor_own_income_12m, 0)) - where(
        monitor_deducts_rigid, rigid_deduction_12m, 0
    )


@rule(unit="fen/year", cites=INCOME)
def monitor_per_capita(monitor_income_12m, household_size):
    "人均纯收入：家庭纯收入 ÷ 共同生活人口（显示时保留到分，比较时不取整）"
    return div_round(monitor_income_12m, household_size)


@rule(unit="bool", cites=UNIFIED)
def income_below_monitoring_line(monitor_income_12m, monitoring_line, household_size):
    "人均纯收入低于监测线：等于即不低于"
    return monitor_income_12m < monitoring_line * household_size


@rule(unit="fen/year", cites=UNIFIED)
def monitoring_distance(monitor_income_12m, monitoring_line, household_size):
    "人均纯收入与监测线之差：正数为高出"
    return div_round(monitor_income_12m - monitoring_line * household_size, household_size)


@rule(unit="bool", cites=UNIFIED)
def rural_household(area_type):
    "农村家庭：城乡类型为农村"
    return area_type == "RURAL"


@rule(unit="bool", cites=UNIFIED)
def monitored_by_income_or_blow(income_below_monitoring_line, sudden_hardship_confirmed):
    "收入或突发情况符合：人均纯收入低于监测线，或经确认突发严重困难"
    return income_below_monitoring_line or sudden_hardship_confirmed


@rule(unit="bool", cites=UNIFIED)
def monitored_at_risk(risk_confirmed, sudden_hardship_confirmed):
    "有返贫致贫风险：经研判存在风险，或经确认突发严重困难"
    return risk_confirmed or sudden_hardship_confirmed


@rule(unit="code", cites=UNIFIED)
def monitoring_category(monitoring_object_eligible, income_below_monitoring_line, risk_confirmed, ex_poor):
    "监测类别：收入低于监测线且有风险的，脱贫户为脱贫不稳定户，其他为边缘易致贫户；其余为突发严重困难户"
    return where(
        monitoring_object_eligible,
        where(
            income_below_monitoring_line and risk_confirmed,
            where(ex_poor, "MONITOR_UNSTABLE", "MONITOR_MARGINAL"),
            "MONITOR_SUDDEN",
        ),
        "NONE",
    )
