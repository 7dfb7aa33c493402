"""What each word of the vocabulary means for one household: the reference the other evaluators are held to.

Unknown is None. A word answers None as soon as an argument is None, unless it says otherwise here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

Answer = Any
"""int | bool | str | None; the program has checked the types before any of these is called."""


def _and(*args: Answer) -> Answer:
    """False as soon as one is False (Kleene)."""
    return False if False in args else None if None in args else True


def _or(*args: Answer) -> Answer:
    """True as soon as one is True (Kleene)."""
    return True if True in args else None if None in args else False


def _where(condition: Answer, a: Answer, b: Answer) -> Answer:
    """The unchosen side may be unknown; an unknown condition is unknown even when both sides agree."""
    return None if condition is None else a if condition else b


def _div_round(n: Answer, d: Answer) -> Answer:
    """Halves away from zero; a divisor that is not positive gives unknown, in every division."""
    if n is None or d is None or d <= 0:
        return None
    return (n + d // 2) // d if n >= 0 else -((d // 2 - n) // d)


def _month_diff(a: Answer, b: Answer) -> Answer:
    """Completed months from yyyymmdd to yyyymmdd: a month is complete when its day of month is reached."""
    if a is None or b is None:
        return None
    whole = (b // 10000 - a // 10000) * 12 + b // 100 % 100 - a // 100 % 100
    return whole - (b % 100 < a % 100)


def _first_false(*pairs: Answer) -> Answer:
    """The code after the first test that is False; unknown tests are passed over."""
    return next((code for test, code in zip(pairs[::2], pairs[1::2], strict=True) if test is False), None)


WORDS: Mapping[str, Callable[..., Answer]] = {
    "add": lambda a, b: None if a is None or b is None else a + b,
    "sub": lambda a, b: None if a is None or b is None else a - b,
    "mul": lambda a, b: None if a is None or b is None else a * b,
    "neg": lambda a: None if a is None else -a,
    "lt": lambda a, b: None if a is None or b is None else a < b,
    "le": lambda a, b: None if a is None or b is None else a <= b,
    "gt": lambda a, b: None if a is None or b is None else a > b,
    "ge": lambda a, b: None if a is None or b is None else a >= b,
    "eq": lambda a, b: None if a is None or b is None else a == b,
    "ne": lambda a, b: None if a is None or b is None else a != b,
    "and": _and,
    "or": _or,
    "not": lambda a: None if a is None else not a,
    "where": _where,
    "known": lambda a: a is not None,
    "is_in": lambda a, *codes: None if a is None else a in codes,
    "hi": lambda *args: None if None in args else max(args),
    "lo": lambda *args: None if None in args else min(args),
    "div_round": _div_round,
    "div_up": lambda n, d: None if n is None or d is None or d <= 0 else -(-n // d),
    "div_down": lambda n, d: None if n is None or d is None or d <= 0 else n // d,
    # 29 February reaches a year on 1 March: 20250228 - 20240229 = 9999.
    "years": lambda a, b: None if a is None or b is None else (b - a) // 10000,
    "month_diff": _month_diff,
    "first_false": _first_false,
}

AGGREGATES: Mapping[str, Callable[[Sequence[Answer]], Answer]] = {
    "total": lambda each: None if None in each else sum(each),
    "count": lambda each: None if None in each else sum(each),
    "any_of": lambda each: _or(*each),
    "all_of": lambda each: _and(*each),
    "largest": lambda each: None if None in each or not each else max(each),
    "smallest": lambda each: None if None in each or not each else min(each),
}
