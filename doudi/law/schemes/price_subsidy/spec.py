"""价格临时补贴."""

from doudi.law.declared import scheme

SCHEME = scheme(__file__)
