"""刚性支出困难家庭."""

from doudi.law.citing import LOW_INCOME_2023, RIGID_2024
from doudi.law.schemes.conditions import (
    AUTHORISED,
    NOT_ALL_TEKUN,
    NOT_CONTINUED,
    NOT_DIBAO,
    RESIDENT,
    SOMEBODY,
)
from doudi.law.spec import Condition, Review, Scheme, Unit

SCHEME = Scheme(
    key="rigid",
    label="刚性支出困难家庭",
    short="刚性支出困难",
    unit=Unit.HOUSEHOLD,
    category="RIGID",
    basis=(LOW_INCOME_2023.art("二"), RIGID_2024.art("")),
    enabled="rigid_enabled",
    conditions=(
        RESIDENT,
        AUTHORISED,
        SOMEBODY,
        NOT_ALL_TEKUN,
        NOT_DIBAO,
        NOT_CONTINUED,
        Condition(
            rule="not_edge",
            label="不属低保边缘家庭",
            refusal="符合低保边缘家庭条件，应认定为低保边缘家庭",
            code="ALREADY_IN_OTHER_SYSTEM",
            cites=(RIGID_2024.art("第四条"),),
        ),
        Condition(
            rule="income_below_local_average",
            label="家庭人均年收入低于上年度当地人均可支配收入",
            refusal="家庭人均年收入达到或超过上年度当地人均可支配收入",
            code="INCOME_ABOVE_LINE",
            cites=(RIGID_2024.art("第四条"),),
            distance="local_average_distance",
        ),
        Condition(
            rule="rigid_property_passed",
            label="家庭财产符合规定",
            refusal="家庭财产不符合规定",
            code="PROPERTY_OVER",
            cites=(RIGID_2024.art("第四条"),),
        ),
        Condition(
            rule="rigid_share_exceeded",
            label="刚性支出占家庭收入的比例超出当地规定",
            refusal="刚性支出占家庭收入的比例没有超出当地规定",
            code="EXPENDITURE_WITHIN_RATIO",
            cites=(RIGID_2024.art("第四条、第五条"),),
        ),
    ),
    yields_to=("tekun", "dibao", "edge"),
    low_income=True,
    order=50,
    procedure="rigid_recognition",
    profile="rigid",
    review=Review(class_rule=None, months="rigid_validity_months", cites=(RIGID_2024.art("第十条"),)),
    statistics=("households", "persons"),
)
