"""孤儿基本生活保障."""

from doudi.law.declared import scheme

SCHEME = scheme(__file__)
