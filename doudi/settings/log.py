"""What a log line may say: where it failed and what kind of failure, never the values it failed on."""

import logging
import traceback
from typing import Any

from django.core.exceptions import PermissionDenied

# Their words name things of the program; those of any other error may hold what somebody typed.
_OF_THE_PROGRAM = (AttributeError, ImportError, NameError, NotImplementedError)


class Discreet(logging.Formatter):
    """Writes every frame of a failure and of those behind it, and of each only its kind.

    PostgreSQL adds `DETAIL: Key (name)=(…)` to a broken constraint and quotes what it could not read; Python
    quotes keys and literals. The constraint's name and the five-digit code of the database say as much.
    """

    def format(self, record: logging.LogRecord) -> str:
        """As logging's, but never with a trace that another formatter has written into the record."""
        record.exc_text = None
        return super().format(record)

    def formatException(self, ei: Any) -> str:
        """The trace, the innermost failure first, without any value; of a page not for the asker none."""
        if isinstance(ei[1], PermissionDenied):
            return ""  # the one line says it; a trace each would bury those of real faults
        told, seen, problem = [], set[int](), ei[1]
        while problem is not None and id(problem) not in seen:
            seen.add(id(problem))
            frames = "".join(traceback.format_tb(problem.__traceback__))
            told.append(f"Traceback (most recent call last):\n{frames}{_kind(problem)}")
            problem = problem.__cause__ or (None if problem.__suppress_context__ else problem.__context__)
        return "\n\n".join(reversed(told))


def _kind(problem: BaseException) -> str:
    kind = f"{type(problem).__module__}.{type(problem).__qualname__}"
    if isinstance(problem, _OF_THE_PROGRAM):
        return f"{kind}: {problem}"
    diagnosis = getattr(problem, "diag", None)
    named = ("sqlstate", "schema_name", "table_name", "column_name", "constraint_name")
    told = [f"{name}={value}" for name in named if (value := getattr(diagnosis, name, None))]
    return f"{kind}（{' '.join(told)}）" if told else kind
