"""单人保."""

from dataclasses import replace

from doudi.law.citing import ANQIU_2020, ASSISTANCE_ORDER, DIBAO_2021, SAFETY_NET_2022, UNWRITTEN_BEFORE_2021
from doudi.law.schemes.conditions import AUTHORISED, NOT_CONTINUED, NOT_IN_GRACE, RESIDENT_OR_PERMIT
from doudi.law.spec import Condition, Review, Scheme, Supplement, Unit

PERSONS = replace(ANQIU_2020.art("做法1"), until=DIBAO_2021.from_)
"""将因病、因残等造成的“支出型”贫困家庭和个人，按程序纳入低保: Anqiu's ground until the nation had one."""

SCHEME = Scheme(
    key="dibao_single",
    label="最低生活保障（单人户）",
    short="单人保",
    unit=Unit.PERSON,
    category="DIBAO_SINGLE",
    basis=(UNWRITTEN_BEFORE_2021, PERSONS, DIBAO_2021.art("第八条"), SAFETY_NET_2022.art("一(一)")),
    enabled="dibao_single_enabled",
    conditions=(
        RESIDENT_OR_PERMIT,
        AUTHORISED,
        Condition(
            rule="single_member",
            label="本人属于家庭成员",
            refusal="本人不属于共同生活的家庭成员",
            code="NOT_CO_LIVING",
            cites=(UNWRITTEN_BEFORE_2021, DIBAO_2021.art("第七条")),
        ),
        Condition(
            rule="outside_dibao_household",
            label="整户不符合低保条件",
            refusal="整户符合低保条件，应整户纳入",
            code="ALREADY_IN_OTHER_SYSTEM",
            cites=(UNWRITTEN_BEFORE_2021, DIBAO_2021.art("第八条")),
        ),
        NOT_CONTINUED,
        NOT_IN_GRACE,
        Condition(
            rule="outside_tekun",
            label="本人不属特困人员",
            refusal="本人符合特困人员条件，应按特困人员救助供养",
            code="ALREADY_IN_OTHER_SYSTEM",
            cites=(UNWRITTEN_BEFORE_2021, DIBAO_2021.art("第八条")),
        ),
        Condition(
            rule="single_applicant",
            label="属于可以单独申请低保的人员",
            refusal="不是低保边缘家庭中的重残、重病人员，也不属于其他可以单独申请的人员",
            code="NOT_IN_GROUP",
            cites=(UNWRITTEN_BEFORE_2021, PERSONS, DIBAO_2021.art("第八条"), SAFETY_NET_2022.art("一(一)")),
        ),
        Condition(
            rule="own_income_below_dibao",
            label="本人月收入低于低保标准",
            refusal="本人月收入达到或超过低保标准",
            code="INCOME_ABOVE_LINE",
            cites=(UNWRITTEN_BEFORE_2021, DIBAO_2021.art("第八条")),
            distance="own_income_distance",
        ),
        Condition(
            rule="edge_property_passed",
            label="家庭财产符合规定",
            refusal="家庭财产不符合规定",
            code="PROPERTY_OVER",
            cites=(UNWRITTEN_BEFORE_2021, DIBAO_2021.art("第十四条")),
        ),
    ),
    amount="single_top_up",
    supplements=(
        Supplement(
            "category",
            "分类施保增发",
            "single_supplement",
            (ASSISTANCE_ORDER.art("第十二条"), DIBAO_2021.art("第二十七条")),
        ),
    ),
    yields_to=("tekun", "dibao"),
    low_income=True,
    order=30,
    procedure="unified_recognition",
    profile="dibao",
    review=Review(class_rule=None, months="review_months_a", cites=(DIBAO_2021.art("第三十一条"),)),
    statistics=("persons", "amount"),
)
