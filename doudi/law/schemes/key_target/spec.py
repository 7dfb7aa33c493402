"""城乡精准扶贫重点帮扶对象（江门，2016年）."""

from doudi.law.citing import JIANGMEN_2016
from doudi.law.spec import Condition, Scheme, Unit

CITES = (JIANGMEN_2016.art("具体做法（一）"),)

SCHEME = Scheme(
    key="key_target",
    label="城乡精准扶贫重点帮扶对象",
    short="重点帮扶对象",
    unit=Unit.HOUSEHOLD,
    category="KEY_TARGET",
    basis=CITES,
    enabled="key_target_2016_enabled",
    conditions=(
        Condition(
            rule="dibao_recipient",
            label="是低保家庭",
            refusal="不是低保家庭",
            code="NOT_IN_GROUP",
            cites=CITES,
        ),
        Condition(
            rule="has_labour",
            label="家庭有劳动能力",
            refusal="家庭没有有劳动能力的成员，由低保兜底",
            code="NO_LABOUR_CAPACITY",
            cites=CITES,
        ),
        Condition(
            rule="income_2015_below_line",
            label="2015年人均可支配收入低于识别线",
            refusal="2015年人均可支配收入达到或超过识别线",
            code="INCOME_ABOVE_LINE",
            cites=CITES,
            distance="identification_distance",
        ),
        Condition(
            rule="county_confirmed",
            label="市（区）政府已确认",
            refusal="市（区）政府没有确认",
            code="NOT_CONFIRMED",
            cites=CITES,
        ),
    ),
    order=70,
    statistics=("households", "persons"),
)
