"""特困人员救助供养."""

from doudi.law.citing import ASSISTANCE_ORDER, JIANGXI_2018, TEKUN_2016, TEKUN_2021
from doudi.law.schemes.conditions import PERSON_AUTHORISED, RESIDENT
from doudi.law.spec import Cite, Condition, Review, Scheme, Supplement, Unit


def cites(before: str, since: str) -> tuple[Cite, ...]:
    """The order's article, and the article of the recognition measures before and since July 2021."""
    return (ASSISTANCE_ORDER.art("第十四条"), TEKUN_2016.art(before), TEKUN_2021.art(since))


SCHEME = Scheme(
    key="tekun",
    label="特困人员救助供养",
    short="特困",
    unit=Unit.PERSON,
    category="TEKUN",
    basis=(ASSISTANCE_ORDER.art("第三章"), TEKUN_2016.art(""), TEKUN_2021.art("")),
    enabled="tekun_enabled",
    conditions=(
        RESIDENT,
        PERSON_AUTHORISED,
        Condition(
            rule="co_living",
            label="属于共同生活的家庭成员",
            refusal="不属于共同生活的家庭成员（如在狱、强制戒毒、失踪）",
            code="NOT_CO_LIVING",
            cites=cites("第四条", "第四条、第二十四条"),
        ),
        Condition(
            rule="tekun_no_labour",
            label="属老年人、未成年人或规定等级的残疾人，无劳动能力",
            refusal="不属于规定的老年人、未成年人或残疾人，不认定为无劳动能力",
            code="HAS_LABOUR_CAPACITY",
            cites=cites("第五条", "第五条"),
        ),
        Condition(
            rule="tekun_income_below",
            label="本人收入低于低保标准，无生活来源",
            refusal="本人月收入达到或超过低保标准，有生活来源",
            code="INCOME_ABOVE_LINE",
            cites=cites("第六条", "第六条"),
            distance="tekun_distance",
        ),
        Condition(
            rule="tekun_property_passed",
            label="财产符合特困人员规定",
            refusal="财产不符合特困人员规定",
            code="PROPERTY_OVER",
            cites=cites("第六条", "第六条"),
        ),
        Condition(
            rule="no_capable_obligor",
            label="没有法定义务人，或义务人无履行义务能力",
            refusal="法定赡养、抚养、扶养义务人有履行义务能力",
            code="CAPABLE_OBLIGOR",
            cites=cites("第八条", "第八条"),
        ),
        Condition(
            rule="not_orphan_first",
            label="不属应先纳入孤儿保障的儿童",
            refusal="符合孤儿条件，应当纳入孤儿基本生活保障，不再认定为特困人员",
            code="ALREADY_IN_OTHER_SYSTEM",
            cites=cites("第九条", "第九条"),
        ),
        Condition(
            rule="not_on_child_allowance",
            label="没有选择孤儿或事实无人抚养儿童保障",
            refusal="已选择孤儿或事实无人抚养儿童基本生活保障",
            code="CHOSE_OTHER_BENEFIT",
            cites=cites("第九条", "第九条"),
        ),
    ),
    amount="tekun_living",
    supplements=(
        Supplement(
            key="nursing",
            label="照料护理费",
            amount="tekun_nursing",
            cites=(JIANGXI_2018.art("五(一)2"), TEKUN_2021.art("第二十条")),
        ),
    ),
    low_income=True,
    order=10,
    procedure="tekun_recognition",
    profile="tekun",
    review=Review(class_rule=None, months="tekun_review_months", cites=(TEKUN_2021.art("第二十五条"),)),
    statistics=("persons", "amount", "self_care"),
)
