"""Grace: a family that has outgrown dibao keeps it for some months, by the rule of the day of its exit.

A grace already granted (`grace_months_granted`) runs out as granted, whatever has changed since. Without
a day of exit nothing has begun: a grace that began on the day it is asked about would never end.
"""

from doudi.engine.vocabulary import any_of, div_down, div_round, hi, known, person_rule, rule, value_at, where
from doudi.law.citing import (
    ANQIU_2020,
    DIBAO_2021,
    JIANGMEN_2016,
    JIANGMEN_2018,
    JIANGXI_2018,
    REFORM_2020,
    SAFETY_NET_2022,
    quoted,
)

LOCAL = JIANGMEN_2018.art("一(三)"), JIANGXI_2018.art("五(一)1"), ANQIU_2020.art("做法1")
WRITTEN = quoted(*LOCAL)
WHO = quoted(
    *LOCAL,
    REFORM_2020.art("第十一项"), DIBAO_2021.art("第三十三条"), SAFETY_NET_2022.art("一(三)"),
)  # fmt: skip
STABLE, WAITING = JIANGXI_2018.art("五(一)1").text, ANQIU_2020.art("做法1").text
POLICY = SAFETY_NET_2022.art("一(三)").text
SERIES = quoted(JIANGMEN_2016.art("经验启示"), ANQIU_2020.art("做法1"))


@rule(unit="code", cites=WHO)
def grace_rule_then(region_code, exit_determined_on):
    "渐退对象规定（退出认定日）：认定退出那天当地的规定，以后改了不影响已经开始的渐退"
    return value_at("grace_rule", region_code, exit_determined_on)


@rule(unit="bool", cites=SERIES)
def exit_not_held(exit_awaits_series, exit_moratorium):
    "没有不能认定退出的情形：不在退出监测中，也没有暂停退出（起止日期县里没有填写的，已认定的退出照走渐退）"
    return not (exit_awaits_series or (known(exit_moratorium) and exit_moratorium))


@rule(unit="bool", cites=WHO)
def grace_provided(grace_months_granted, grace_rule_then):
    "有渐退规定：已批准渐退，或认定退出时当地有渐退规定"
    return known(grace_months_granted) or grace_rule_then != "NONE"


@person_rule(unit="bool", cites=STABLE)
def stable_worker(co_living, stable_employment_held, stable_employment_months):
    "就业稳定：连续参保或有劳动合同满规定月数"
    return co_living and known(stable_employment_held) and stable_employment_held >= stable_employment_months


@rule(unit="bool", cites=STABLE)
def has_stable_worker(stable_worker):
    "家庭有就业稳定的成员：至少一名"
    return any_of(stable_worker)


@rule(unit="bool", cites=STABLE)
def has_disabled_stable_worker(stable_worker, disability_type):
    "家庭有就业稳定的残疾成员：至少一名"
    return any_of(stable_worker and disability_type != "NO")


@rule(unit="bool", cites=WHO)
def has_worker(co_living, employed):
    "家庭有就业成员：至少一名共同生活成员就业"
    return any_of(co_living and employed)


@rule(unit="bool", cites=WHO)
def grace_group(
    grace_months_granted,
    grace_rule_then,
    registered_poor,
    has_stable_worker,
    has_worker,
    dibao_income_met,
):
    "属渐退对象：已批准；否则按退出认定时当地规定，因就业等收入超过标准或属建档立卡贫困户"
    return (
        known(grace_months_granted)
        or (grace_rule_then == "REGISTERED_POOR" and registered_poor)
        or (grace_rule_then == "POVERTY_SUPPORT" and registered_poor and not dibao_income_met)
        or (grace_rule_then == "STABLE_EMPLOYMENT" and has_stable_worker and not dibao_income_met)
        or (grace_rule_then == "EMPLOYMENT" and has_worker and not dibao_income_met)
    )


# -- months and money ------------------------------------------------------------------------------


@rule(unit="months", cites=WHO)
def grace_months_due(grace_months_granted, has_disabled_stable_worker, region_code, exit_determined_on):
    "渐退月数：已批准的月数；否则按退出认定日当地规定，就业稳定的残疾对象按残疾对象月数"
    return where(
        known(grace_months_granted),
        grace_months_granted,
        where(
            has_disabled_stable_worker,
            value_at("grace_months_disabled", region_code, exit_determined_on),
            value_at("grace_months", region_code, exit_determined_on),
        ),
    )


@rule(unit="months", cites=WHO)
def grace_month_number(on, exit_determined_on):
    "渐退第几个月：核定月与退出认定月相差的月数，次月为第一个月"
    return (
        div_down(on, 100)
        - div_down(on, 10000) * 88
        - div_down(exit_determined_on, 100)
        + div_down(exit_determined_on, 10000) * 88
    )


@rule(unit="bool", cites=WHO)
def grace_begun(on, exit_determined_on):
    "已经认定退出：认定退出的日期不在核定日之后"
    return exit_determined_on <= on


@rule(unit="bool", cites=WHO)
def grace_running(grace_month_number, grace_months_due):
    "渐退期未满：不晚于渐退最后一个月"
    return grace_month_number <= grace_months_due


@rule(unit="yyyymm", cites=WHO)
def grace_last_month(exit_determined_on, grace_months_due):
    "渐退最后一个月：退出认定月之后第若干个月，月末前重新认定"
    return (
        div_down(exit_determined_on, 100) - div_down(exit_determined_on, 10000) * 88 + grace_months_due
    ) + div_down(
        div_down(exit_determined_on, 100) - div_down(exit_determined_on, 10000) * 88 + grace_months_due - 1,
        12,
    ) * 88


@rule(unit="fen/month", cites=WHO)
def grace_amount_due(
    region_code, exit_determined_on, dibao_amount_before, grace_months_due, grace_month_number
):
    "渐退期月金额：保持认定前月金额；认定退出时当地规定逐步减少的按月等额递减"
    return where(
        value_at("grace_amount_rule", region_code, exit_determined_on) == "UNCHANGED",
        dibao_amount_before,
        div_round(dibao_amount_before * (grace_months_due + 1 - hi(grace_month_number, 1)), grace_months_due),
    )


@rule(unit="fen", cites=WHO)
def grace_total(dibao_amount_before, grace_months_due):
    "渐退期合计（金额不变时）：认定前月金额 × 渐退月数"
    return dibao_amount_before * grace_months_due


@rule(unit="bool", cites=POLICY)
def grace_beyond_policy(region_code, exit_determined_on, grace_months_due):
    "渐退超过国家原则期限：退出认定当时国家有期限，渐退月数大于它（只提示）"
    return value_at(
        "grace_policy_months", region_code, exit_determined_on
    ) > 0 and grace_months_due > value_at("grace_policy_months", region_code, exit_determined_on)


@rule(unit="bool", cites=WRITTEN)
def grace_months_written(grace_months_granted, grace_rule_then):
    "批准的渐退月数可以对照文件：认定退出时当地按本地文件渐退，文件写了月数"
    return known(grace_months_granted) and grace_rule_then != "NONE" and grace_rule_then != "EMPLOYMENT"


@rule(unit="bool", cites=WRITTEN)
def grace_too_short(grace_months_written, grace_months_granted, has_disabled_stable_worker,
                    grace_least_months, grace_least_months_disabled):  # fmt: skip
    "批准的渐退月数过少：少于文件的最低月数；就业稳定的残疾对象少于为其规定的最低月数（只提示）"
    return grace_months_written and (
        grace_months_granted < grace_least_months
        or (grace_months_granted < grace_least_months_disabled and has_disabled_stable_worker)
    )


@rule(unit="bool", cites=WRITTEN)
def grace_too_long(grace_months_written, grace_months_granted, has_disabled_stable_worker,
                   grace_most_months, grace_most_months_disabled):  # fmt: skip
    "批准的渐退月数过多：多于文件的最高月数；就业稳定的残疾对象多于为其规定的最高月数（只提示）"
    return grace_months_written and (
        (grace_most_months_disabled > 0 and grace_months_granted > grace_most_months_disabled)
        or (
            grace_most_months > 0
            and grace_months_granted > grace_most_months
            and not has_disabled_stable_worker
        )
    )


@rule(unit="code", cites=quoted(SAFETY_NET_2022.art("一(三)"), *LOCAL))
def grace_notice(grace_beyond_policy, grace_too_short, grace_too_long, months_above_line,
                 exit_series_months):  # fmt: skip
    "渐退提示：渐退月数超过国家原则期限、与当地文件不符的，连续月数没有达到就认定退出的，应复核"
    return where(grace_beyond_policy, "BEYOND_POLICY", where(grace_too_short, "TOO_SHORT",
           where(grace_too_long, "TOO_LONG",
           where(known(months_above_line) and months_above_line < exit_series_months, "EXIT_EARLY",
           "NONE"))))  # fmt: skip


@rule(unit="bool", cites=WHO)
def dibao_household(dibao_eligible, dibao_continued_eligible, grace_eligible):
    "享受低保待遇的家庭：符合低保，或者低保继续保障、在渐退期内"
    return dibao_eligible or dibao_continued_eligible or grace_eligible


@person_rule(unit="bool", cites=WHO)
def dibao_person(dibao_household, dibao_eligible, dibao_continued_eligible, counted_member,
                 dibao_single_eligible, dibao_either_way):  # fmt: skip
    "享受低保待遇的人员：低保家庭、继续保障或渐退期家庭的成员，或单人保；整户是否属低保都享受的，不等查清"
    return (
        (dibao_household and counted_member)
        or dibao_single_eligible
        or where(known(dibao_eligible) and known(dibao_continued_eligible), False, dibao_either_way)
    )
