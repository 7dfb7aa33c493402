"""渐退（延退）."""

from doudi.law.declared import scheme

SCHEME = scheme(__file__)
