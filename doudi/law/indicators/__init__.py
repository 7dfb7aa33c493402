"""Indicators (考核指标) and published figures as rows: what is counted, by which formula, against which
target, where, when.

A target is `>= 75%`, `<= low_income_incidence_most` (a value of the law) or `>= top_up_ratio_target@URBAN`
(its value for an area type). A row without target is only reported; `published` is what a document printed,
for checking.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cache
from inspect import signature
from pathlib import Path
from typing import Any

from doudi.law.catalogue import Row, read
from doudi.law.errors import BadDeclaration
from doudi.law.indicators.formulas import FORMULAS, GAPS
from doudi.law.parameters import ymd
from doudi.law.values import Values

FOLDER = Path(__file__).parent
_NEEDS = ("id", "label", "formula", "inputs", "unit", "level", "period")
_MAY = ("target", "published", "line")
_TARGET = re.compile(
    r"(?P<sign>>=|<=|=) (?:(?P<percent>\d+)%|(?P<number>\d+)|(?P<name>[a-z][a-z0-9_]*)(?:@(?P<area>\w+))?)"
)
_PER_MILLE = 1000


@dataclass(frozen=True)
class Target:
    """What is asked of a figure: a sign and a number, or the law's value that holds it; `text` as written."""

    text: str
    sign: str
    number: Fraction | None
    name: str
    area: str

    def of(self, values: Values, place: str, on: date) -> Fraction:
        """The number asked for at a place on a day (a ratio as a fraction of one). Raises MissingValue."""
        if self.number is not None:
            return self.number
        found = values.explain(self.name, place, self.area, ymd(on))
        return Fraction(int(found.value), _PER_MILLE if found.parameter.type == "ratio" else 1)


@dataclass(frozen=True)
class Indicator:
    """One indicator. `inputs`: the formula's names -> what is counted, in Chinese with its unit."""

    row: Row
    id: str
    label: str
    formula: str
    inputs: Mapping[str, str]
    unit: str
    target: Target | None
    level: tuple[str, ...]
    period: str
    published: Mapping[str, int]
    line: str

    def figure(self, counted: Mapping[str, int]) -> Fraction | None:
        """The figure; None where nothing was counted. Raises TypeError for other inputs than its own."""
        return FORMULAS[self.formula](**counted)


@dataclass(frozen=True)
class Reading:
    """A figure held against its target: `met` None without target or figure; `gap` how much more would have
    met it.
    """

    figure: Fraction | None
    target: Fraction | None
    met: bool | None
    gap: int | None


def reading(indicator: Indicator, counted: Mapping[str, int], target: Fraction | None) -> Reading:
    """What the indicator says of what was counted. Pure; the target comes from `Target.of`."""
    figure = indicator.figure(counted)
    if figure is None or target is None or indicator.target is None:
        return Reading(figure, target, None, None)
    met = {">=": figure >= target, "<=": figure <= target, "=": figure == target}[indicator.target.sign]
    gap = GAPS.get(indicator.formula)
    return Reading(figure, target, met, gap(target, **counted) if gap and not met else None)


@cache
def indicators() -> tuple[Indicator, ...]:
    """Every indicator, in file and row order. Raises LawTextError naming file and row."""
    found: list[Indicator] = []
    for path in sorted(FOLDER.glob("*.toml")):
        for number, (row, own) in enumerate(read(path, "indicator", needs=_NEEDS, may=_MAY), 1):
            try:
                found.append(read_indicator(row, own))
            except ValueError as problem:
                file = f"indicators/{path.name}"
                raise BadDeclaration(str(problem), file=file, table="indicator", entry=number) from None
    return tuple(found)


def read_indicator(row: Row, own: Mapping[str, Any]) -> Indicator:
    """One indicator from its row. Raises ValueError."""
    formula = FORMULAS.get(own["formula"])
    if formula is None or set(signature(formula).parameters) != set(own["inputs"]):
        raise ValueError(f"公式“{own['formula']}”与 inputs 不相配")
    asked = _TARGET.fullmatch(own["target"]) if "target" in own else None
    if "target" in own and asked is None:
        raise ValueError(f"目标“{own['target']}”写法不对，例如 >= 75%、<= low_income_incidence_most")
    return Indicator(
        row=row, id=own["id"], label=own["label"], formula=own["formula"], inputs=own["inputs"],
        unit=own["unit"], target=_target(asked) if asked else None, level=tuple(own["level"]),
        period=own["period"], published=own.get("published", {}), line=own.get("line", ""),
    )  # fmt: skip


def _target(asked: re.Match[str]) -> Target:
    number = None
    if asked["percent"]:
        number = Fraction(int(asked["percent"]), 100)
    elif asked["number"]:
        number = Fraction(int(asked["number"]))
    return Target(asked[0], asked["sign"], number, asked["name"] or "", asked["area"] or "")


def asked_for(place: str, on: date) -> tuple[Indicator, ...]:
    """The indicators in force at a place on a day, the nation's among them."""
    return tuple(indicator for indicator in indicators() if indicator.row.counts_at(place, on))
