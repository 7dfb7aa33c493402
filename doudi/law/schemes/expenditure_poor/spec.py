"""支出型贫困低收入家庭（江西城镇，2018至2020年）."""

from doudi.law.declared import scheme

SCHEME = scheme(__file__)
