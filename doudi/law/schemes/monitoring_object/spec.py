"""防止返贫监测对象."""

from doudi.law.citing import LOW_INCOME_2023, MONITORING_2021, PANZHOU_2025
from doudi.law.spec import Condition, Scheme, Unit

SCHEME = Scheme(
    key="monitoring_object",
    label="防止返贫监测对象",
    short="监测对象",
    unit=Unit.HOUSEHOLD,
    category="MONITOR",
    basis=(MONITORING_2021.art(""), LOW_INCOME_2023.art("二"), PANZHOU_2025.art("二(一)")),
    enabled="monitoring_object_enabled",
    conditions=(
        Condition(
            rule="rural_household",
            label="农村家庭",
            refusal="监测对象限于农村家庭",
            code="URBAN_HOUSEHOLD",
            cites=(MONITORING_2021.art(""), PANZHOU_2025.art("二(一)")),
        ),
        Condition(
            rule="hukou_local",
            label="户籍在本地",
            refusal="户籍不在本地",
            code="NOT_HUKOU_OR_RESIDENT",
            cites=(MONITORING_2021.art(""), PANZHOU_2025.art("二(一)")),
        ),
        Condition(
            rule="monitored_by_income_or_blow",
            label="人均纯收入低于监测线，或突发严重困难",
            refusal="人均纯收入达到或超过监测线，也没有突发严重困难",
            code="INCOME_ABOVE_LINE",
            cites=(MONITORING_2021.art(""), PANZHOU_2025.art("二(一)六")),
            distance="monitoring_distance",
        ),
        Condition(
            rule="monitored_at_risk",
            label="经研判存在返贫致贫风险",
            refusal="经研判没有返贫致贫风险",
            code="INSUFFICIENT_RISK",
            cites=(MONITORING_2021.art(""), PANZHOU_2025.art("二(一)五")),
        ),
    ),
    low_income=True,
    order=60,
    procedure="monitoring_recognition",
    profile="monitor",
    statistics=("households", "persons", "monitoring_category"),
    default_basis="三类监测对象的划分和监测线依国家防止返贫监测政策的通行做法，尚待与正式文件核对",
)
