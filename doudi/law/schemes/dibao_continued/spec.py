"""低保继续保障（退出监测中、暂停退出）."""

from doudi.law.declared import scheme

SCHEME = scheme(__file__)
