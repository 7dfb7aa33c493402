"""分散供养特困人员居家照料."""

from doudi.law.declared import scheme

SCHEME = scheme(__file__)
