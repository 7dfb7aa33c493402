"""How an indicator's figure comes from what was counted: exact fractions of whole numbers, never a float.

Each formula takes counts or amounts in fen by name and answers None where nothing was counted (a share of
nobody is not 0 %). Each has a gap: how much more of what is counted would have met a target, in the same
unit, rounded up.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import ceil

Formula = Callable[..., Fraction | None]
Gap = Callable[..., int]


def entry(*, figure: int) -> Fraction:
    """The figure as it was reported."""
    return Fraction(figure)


def share(*, part: int, whole: int) -> Fraction | None:
    """part / whole."""
    return Fraction(part, whole) if whole else None


def average(*, total: int, count: int) -> Fraction | None:
    """total / count: fen per person-month, persons per household."""
    return Fraction(total, count) if count else None


def difference(*, first: int, second: int) -> Fraction:
    """first - second: this year's budget less last year's, one line less the other."""
    return Fraction(first - second)


def growth(*, now: int, before: int) -> Fraction | None:
    """now / before - 1."""
    return Fraction(now, before) - 1 if before else None


def top_up(*, paid: int, persons: int, standard: int) -> Fraction | None:
    """补差水平: what was paid per person-month as a share of the standard (江府〔2018〕6号 二(一)1). An
    average.
    """
    return Fraction(paid, persons * standard) if persons and standard else None


def share_gap(target: Fraction, *, part: int, whole: int) -> int:
    """How many more of `part`; below zero how many too many for a target not to be exceeded."""
    return ceil(target * whole - part)


def average_gap(target: Fraction, *, total: int, count: int) -> int:
    """How much more in total."""
    return ceil(target * count - total)


def top_up_gap(target: Fraction, *, paid: int, persons: int, standard: int) -> int:
    """补差缺口: required share x standard x persons less what was paid, in fen."""
    return ceil(target * standard * persons - paid)


FORMULAS: dict[str, Formula] = {
    "entry": entry,
    "share": share,
    "average": average,
    "difference": difference,
    "growth": growth,
    "top_up": top_up,
}
GAPS: dict[str, Gap] = {"share": share_gap, "average": average_gap, "top_up": top_up_gap}
