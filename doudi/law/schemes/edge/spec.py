"""低保边缘家庭."""

from dataclasses import replace

from doudi.law.citing import DIBAO_2021, JIANGMEN_2018, LOW_INCOME_2023, UNWRITTEN_BEFORE_2021
from doudi.law.schemes.conditions import (
    AUTHORISED,
    NOT_ALL_TEKUN,
    NOT_CONTINUED,
    NOT_DIBAO,
    RESIDENT,
    SOMEBODY,
)
from doudi.law.spec import Condition, Review, Scheme, Unit

NAMED = replace(JIANGMEN_2018.art("一(三)"), until=DIBAO_2021.from_)
"""低收入家庭 are among the people to be helped; their line is the county's to fill in."""

SCHEME = Scheme(
    key="edge",
    label="低保边缘家庭",
    short="低保边缘",
    unit=Unit.HOUSEHOLD,
    category="EDGE",
    basis=(UNWRITTEN_BEFORE_2021, NAMED, DIBAO_2021.art("第八条"), LOW_INCOME_2023.art("二")),
    enabled="edge_enabled",
    conditions=(
        RESIDENT,
        AUTHORISED,
        SOMEBODY,
        NOT_ALL_TEKUN,
        NOT_DIBAO,
        NOT_CONTINUED,
        Condition(
            rule="income_below_edge",
            label="家庭人均月收入低于低保边缘线",
            refusal="家庭人均月收入达到或超过低保边缘线",
            code="INCOME_ABOVE_LINE",
            cites=(UNWRITTEN_BEFORE_2021, NAMED, DIBAO_2021.art("第八条"), LOW_INCOME_2023.art("二")),
            distance="edge_distance",
        ),
        Condition(
            rule="between_the_lines",
            label="不属低保，又低于低保边缘线",
            refusal="有成员是否计入待核实；计入与不计入，一种符合低保条件，一种达到低保边缘线，都不属低保边缘家庭",
            code="NO_READING_MEETS",
            cites=(UNWRITTEN_BEFORE_2021, DIBAO_2021.art("第八条"), LOW_INCOME_2023.art("二")),
        ),
        Condition(
            rule="edge_property_passed",
            label="家庭财产符合低保边缘规定",
            refusal="家庭财产不符合低保边缘规定",
            code="PROPERTY_OVER",
            cites=(UNWRITTEN_BEFORE_2021, DIBAO_2021.art("第十四条"), LOW_INCOME_2023.art("二")),
        ),
    ),
    yields_to=("tekun", "dibao"),
    low_income=True,
    order=40,
    procedure="unified_recognition",
    profile="edge",
    review=Review(class_rule=None, months="edge_review_months", cites=(LOW_INCOME_2023.art("二"),)),
    statistics=("households", "persons"),
)
