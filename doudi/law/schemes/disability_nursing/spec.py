"""重度残疾人护理补贴."""

from doudi.law.declared import scheme

SCHEME = scheme(__file__)
