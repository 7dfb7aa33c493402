"""Which track a household is on: development (开发) or safety net (兜底)."""

from doudi.engine.vocabulary import rule, where
from doudi.law.citing import JIANGMEN_2016, JIANGMEN_2018, quoted


@rule(unit="code", cites=quoted(JIANGMEN_2016.art("具体做法（一）"), JIANGMEN_2018.art("一(三)")))
def support_track(has_labour):
    "帮扶方式：家庭有劳动能力的为扶贫开发，否则由低保兜底"
    return where(has_labour, "DEVELOPMENT", "SAFETY_NET")
