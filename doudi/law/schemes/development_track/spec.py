"""建档立卡贫困人口（江门试点期间）: a subset of dibao."""

from doudi.law.citing import JIANGMEN_2018
from doudi.law.spec import Condition, Scheme, Unit

CITES = (JIANGMEN_2018.art("一(三)"),)

SCHEME = Scheme(
    key="development_track",
    label="建档立卡贫困人口（扶贫开发对象）",
    short="扶贫开发",
    unit=Unit.HOUSEHOLD,
    category="REGISTERED_POOR",
    basis=CITES,
    enabled="registered_poor_track_enabled",
    conditions=(
        Condition(
            rule="dibao_household",
            label="享受低保待遇的家庭",
            refusal="不是享受低保待遇的家庭",
            code="NOT_IN_GROUP",
            cites=CITES,
        ),
        Condition(
            rule="has_labour",
            label="家庭有劳动能力",
            refusal="家庭没有有劳动能力的成员，继续由低保兜底",
            code="NO_LABOUR_CAPACITY",
            cites=CITES,
        ),
    ),
    order=80,
    statistics=("households", "persons"),
)
