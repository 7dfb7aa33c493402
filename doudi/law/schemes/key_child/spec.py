"""重点困境儿童."""

from doudi.law.declared import scheme

SCHEME = scheme(__file__)
