"""医疗救助."""

from doudi.law.declared import scheme

SCHEME = scheme(__file__)
