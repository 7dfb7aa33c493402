"""Dibao that goes on: a family above the line leaves only by an exit that somebody has determined, and may.

Where a series of months is watched (江门) one month above the line is no exit; in a moratorium (安丘) nobody
exits. Such a family is no grace household: no month of a grace runs, and its dibao is what it was.
"""

from doudi.engine.vocabulary import known, rule, where
from doudi.law.citing import ANQIU_2020, DIBAO_2012, DIBAO_2021, JIANGMEN_2016, quoted

SERIES = quoted(JIANGMEN_2016.art("经验启示"), ANQIU_2020.art("做法1"))
RECIPIENT = quoted(DIBAO_2012.art("第三十二条"), DIBAO_2021.art("第三十二条"))


@rule(unit="bool", cites=RECIPIENT)
def leaving_dibao(dibao_recipient):
    "原在享低保：填写了在享低保"
    return known(dibao_recipient) and dibao_recipient


@rule(unit="bool", cites=SERIES)
def exit_awaits_series(on, exit_determined_on, months_above_line, exit_series_months, dibao_but_for_income):
    "退出监测中：当地实行连贯性监测，收入以外仍符合低保条件，还没有认定退出，连续超过标准的月数未达到规定（没有填月数的不详）"
    return (
        exit_series_months > 1
        and not (known(exit_determined_on) and exit_determined_on <= on)
        and months_above_line < exit_series_months
        and dibao_but_for_income
    )


@rule(unit="bool", cites=SERIES)
def exit_held(exit_moratorium, exit_awaits_series):
    "不能认定退出：正在暂停退出，或者退出监测中；一律按原金额继续保障"
    return exit_moratorium or exit_awaits_series


@rule(unit="code", cites=SERIES)
def exit_waits(exit_moratorium, exit_awaits_series):
    "不认定退出的原因：退出监测中，或者暂停退出；不计入渐退期"
    return where(exit_awaits_series, "SERIES", where(exit_moratorium, "MORATORIUM", "NONE"))


@rule(unit="bool", cites=SERIES)
def exit_may_take_effect(exit_moratorium, months_above_line, exit_series_months):
    "可以认定退出：不在暂停退出期间，连续超过标准的月数达到规定"
    return not exit_moratorium and months_above_line >= exit_series_months


@rule(unit="bool", cites=SERIES)
def not_in_grace(grace_eligible):
    "没有进入渐退期：已经认定退出、正在渐退的，按渐退保障"
    return not grace_eligible


@rule(unit="bool", cites=RECIPIENT)
def dibao_not_continued(dibao_continued_eligible):
    "没有按低保继续保障：不是退出监测中或者暂停退出、低保仍在继续的家庭"
    return not dibao_continued_eligible


@rule(unit="fen/month", cites=SERIES)
def dibao_amount_kept(dibao_amount_before):
    "继续保障的月低保金：没有认定退出，在享的金额不变"
    return dibao_amount_before
