"""What gunicorn serves. Refuses to serve with a database role that could see past row level security."""

import gc
import os
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import cache
from typing import Any

from django.core.wsgi import get_wsgi_application
from django.db import OperationalError, connections

from doudi.assessment.program import program
from doudi.law.errors import LawTextError
from doudi.law.rulebook import Law
from doudi.office.dbroles import refuse_unsafe_role
from doudi.office.values import own_values

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "doudi.settings.base")
_django = get_wsgi_application()


@cache
def _refuse_once() -> None:
    refuse_unsafe_role()
    connections["default"].close()  # workers forked from here must not share it


def _refuse_when_reachable() -> None:
    """Asks until the database has answered once: an exception is not cached."""
    with suppress(OperationalError):  # being down is answered by a page that says so
        _refuse_once()


def _read_law() -> None:
    """Once for all processes, which are forked from here: no family of the day waits until it is read."""
    try:
        law = Law.load(extra_values=own_values())
    except LawTextError as wrong:
        sys.exit(f"不能启动：县里的政策数值文件有误：{wrong}。改好以后再启动；可先运行 doudi law check。")
    program(law).scalar(law.values)
    # What is read now stays: the collector need not walk a million objects of law and Django for each page.
    gc.collect()
    gc.freeze()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """The WSGI entry."""
    _refuse_when_reachable()
    return _django(environ, start_response)  # type: ignore[no-any-return]


# A page asks the database ten times. After each answer its thread waits until another gives Python's lock
# up, by default after 5 ms: where eight threads of a process were busy, twice as much was served with this.
sys.setswitchinterval(0.0005)
_refuse_when_reachable()
gc.set_threshold(20_000, 20, 50)
_read_law()
