"""The 2016 identification line on disposable income per head at the end of 2015."""

from doudi.engine.vocabulary import rule
from doudi.law.citing import JIANGMEN_2016

LINE = JIANGMEN_2016.art("具体做法（一）").text


@rule(unit="bool", cites=LINE)
def income_2015_below_line(disposable_income_2015, identification_line_2015):
    "2015年人均可支配收入低于识别线：等于即不低于"
    return disposable_income_2015 < identification_line_2015


@rule(unit="fen/year", cites=LINE)
def identification_distance(disposable_income_2015, identification_line_2015):
    "2015年人均可支配收入与识别线之差：正数为高出"
    return disposable_income_2015 - identification_line_2015
