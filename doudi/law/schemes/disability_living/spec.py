"""困难残疾人生活补贴."""

from doudi.law.declared import scheme

SCHEME = scheme(__file__)
