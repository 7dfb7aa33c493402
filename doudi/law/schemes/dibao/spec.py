"""最低生活保障."""

from doudi.law.citing import ANQIU_2020, ASSISTANCE_ORDER, DIBAO_2012, DIBAO_2021, JIANGXI_2018
from doudi.law.schemes.conditions import AUTHORISED, NOT_ALL_TEKUN, RESIDENT_OR_PERMIT, SOMEBODY
from doudi.law.spec import Condition, Review, Scheme, Supplement, Unit

BY_ROUTE = "not income_below_dibao and expenditure_route"
ROUTE = (JIANGXI_2018.art("五(一)1、五(一)3", when=BY_ROUTE), ANQIU_2020.art("做法1", when=BY_ROUTE))
"""What admits a family above the line: named where it did, and only there."""

SCHEME = Scheme(
    key="dibao",
    label="最低生活保障",
    short="低保",
    unit=Unit.HOUSEHOLD,
    category="DIBAO",
    basis=(ASSISTANCE_ORDER.art("第二章"), DIBAO_2012.art(""), DIBAO_2021.art(""), *ROUTE),
    enabled="dibao_enabled",
    conditions=(
        RESIDENT_OR_PERMIT,
        AUTHORISED,
        SOMEBODY,
        NOT_ALL_TEKUN,
        Condition(
            rule="dibao_income_met",
            label="家庭人均月收入低于低保标准，或按支出型纳入",
            refusal="家庭人均月收入达到或超过低保标准",
            code="INCOME_ABOVE_LINE",
            cites=(DIBAO_2012.art("第四条"), ASSISTANCE_ORDER.art("第九条"), *ROUTE),
            distance="dibao_distance",
        ),
        Condition(
            rule="dibao_property_passed",
            label="家庭财产符合低保规定",
            refusal="家庭财产不符合低保规定",
            code="PROPERTY_OVER",
            cites=(ASSISTANCE_ORDER.art("第九条"), DIBAO_2012.art("第十七条"), DIBAO_2021.art("第十四条")),
        ),
    ),
    amount="dibao_top_up",
    supplements=(
        Supplement(
            "category",
            "分类施保增发",
            "category_supplement",
            (ASSISTANCE_ORDER.art("第十二条"), DIBAO_2021.art("第二十七条")),
        ),
    ),
    yields_to=("tekun",),
    low_income=True,
    order=20,
    procedure="unified_recognition",
    profile="dibao",
    review=Review(
        class_rule="review_class",
        months="review_months",
        cites=(DIBAO_2012.art("第三十三条"), DIBAO_2021.art("第三十一条")),
    ),
    statistics=("households", "persons", "amount", "average_top_up"),
)
