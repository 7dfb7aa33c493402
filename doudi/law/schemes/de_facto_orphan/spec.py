"""事实无人抚养儿童保障."""

from doudi.law.declared import scheme

SCHEME = scheme(__file__)
