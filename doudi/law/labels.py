"""What every figure is called and how it is shown to an officer: Chinese label, unit, codes by name.

A rule is called by its docstring (`名称：怎样算出来的`). A law value that no document states is marked.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from doudi.engine.vocabulary import Value
from doudi.kernel.keeping import kept
from doudi.kernel.money import format_yuan
from doudi.law.errors import MissingValue
from doudi.law.parameters import Parameter, read_toml
from doudi.law.rulebook import Law

UNKNOWN = "待核实"
STATUS_MARKS = {"statutory": "", "default": "默认（非法定）", "test": "测试值"}
"""Shown beside every figure taken from the law that no document states."""
UNITS = {
    "fen": "元", "fen/month": "元/月", "fen/year": "元/年",
    "months": "个月", "persons": "人", "years": "岁", "permille": "%",
    "tenths": "分", "points": "分", "hours/month": "小时/月", "minutes": "分钟",
}  # fmt: skip
ASIDES = ("hardship_score", "hardship_band", "score_notice")
"""Figures that decide nothing and are told all the same, where the twelve indicators are in use."""
NOTICES = (
    "place_notice", "wage_notice", "cost_notice", "disability_notice", "parents_notice", "payment_notice",
    "income_notice", "temporary_cut_notice",
)  # fmt: skip
"""What an officer should see beside the verdicts, whatever they are."""
_CODES = Path(__file__).with_name("labels.toml")
_REASONS = Path(__file__).with_name("reasons.toml")


@dataclass(frozen=True)
class Labels:
    """The labels of one law, and the marks of its values at one place, area type and day (yyyymmdd)."""

    law: Law
    place: str
    area: str
    on: int

    @cached_property
    def _rules(self) -> dict[str, tuple[str, str]]:
        return _of_rules(self.law)

    @cached_property
    def coded(self) -> dict[str, dict[str, str]]:
        """The Chinese names of the codes each rule with unit="code" gives."""
        return _of_codes(self.law)

    @cached_property
    def advice(self) -> dict[str, str]:
        """What a family or an officer can do next, by the code of the reason."""
        return {code: str(row["next"]) for code, row in _read(_REASONS).items()}

    def name(self, name: str) -> str:
        """The Chinese label of a rule, fact, parameter or `value:parameter`."""
        name = name.removeprefix("value:")
        if name in self._rules:
            return self._rules[name][0]
        return (self.law.facts.get(name) or self.law.parameters[name]).label

    def unit(self, name: str) -> str:
        """The unit as rules write it: fen, fen/month, persons, permille, bool, code, ymd, text ..."""
        if name in self._rules:
            return self._rules[name][1]
        fact = self.law.facts.get(name)
        kind = fact.kind if fact else self.law.parameters[name].type
        return {"money": "fen", "ratio": "permille", "int": "count", "date": "ymd"}.get(kind, kind)

    def amount(self, unit: str, value: Value) -> str:
        """A value with two decimals, thousands and no unit, as it stands in a calculation."""
        if value is None:
            return UNKNOWN
        if isinstance(value, bool):
            return "是" if value else "否"
        if isinstance(value, str):
            return value
        if unit.startswith("fen"):
            return format_yuan(value)
        if unit == "permille":
            whole, part = divmod(value, 10)
            return f"{whole}.{part}%" if part else f"{whole}%"
        if unit == "tenths":
            return f"{value // 10}.{value % 10}"
        if unit == "yyyymm":
            return f"{value // 100}-{value % 100:02d}"
        if unit == "ymd":
            return f"{value // 10000}-{value // 100 % 100:02d}-{value % 100:02d}"
        return f"{value:,}"

    def shown(self, name: str, value: Value) -> str:
        """A figure with its unit: 574.67 元/月, 5 人, 是, 符合; 待核实 when unknown, never zero."""
        if value is None:
            return UNKNOWN
        fact, unit = self.law.facts.get(name), self.unit(name)
        codes = self.law.codes[fact.codes].labels if fact and fact.codes else self.coded.get(name, {})
        if isinstance(value, str):
            return codes.get(value, value)
        if name in self.law.parameters:
            return self.law.parameters[name].show(value)
        text = self.amount(unit, value)
        return (
            text if isinstance(value, bool) or text.endswith("%") else f"{text} {UNITS.get(unit, '')}".strip()
        )

    def named(self, name: str, value: Value, *, place: str | None = None, on: int | None = None) -> str:
        """A figure inside a calculation: label and value; for a law value its mark and where it was read."""
        parameter = self.law.parameters.get(name)
        text = self._spelled(parameter, value) if parameter else self.amount(self.unit(name), value)
        where = ""
        if place is not None and on is not None:
            where = f"（{self.law.values.region_name(place) or place}，{self.amount('ymd', on)}）"
        mark = self.mark(name, place=place, on=on) if parameter and value is not None else ""
        return f"{self.name(name)}{where} {text}{f'〔{mark}〕' if mark else ''}"

    def _spelled(self, parameter: Parameter, value: Value) -> str:
        """A law value in a calculation: money without its unit (the line has one), the rest as declared."""
        if value is None:
            return UNKNOWN
        return self.amount("fen", value) if parameter.type == "money" else parameter.show(value)

    def mark(self, name: str, *, place: str | None = None, on: int | None = None) -> str:
        """默认（非法定）, 测试值, or nothing for a value that a document states or that is missing."""
        try:
            found = self.law.values.explain(name, place or self.place, self.area, on or self.on)
        except MissingValue:
            return ""
        return STATUS_MARKS[found.entry.status]


@lru_cache(maxsize=2)
def _read(path: Path) -> dict[str, Any]:
    return dict(read_toml(path, path.name))


@kept
def _of_rules(law: Law) -> dict[str, tuple[str, str]]:
    """Figure -> (what it is called, its unit)."""
    derived = {f"{one.key}_eligible": (f"符合{one.short}条件", "bool") for one in law.schemes}
    derived |= {f"{one.key}_amount": (f"{one.short}金额", one.amount_unit) for one in law.schemes}
    return derived | {rule.name: (rule.doc.partition("：")[0], rule.unit) for rule in law.rules}


@kept
def _of_codes(law: Law) -> dict[str, dict[str, str]]:
    return {
        name: dict(law.codes[codes].labels) if isinstance(codes, str) else codes
        for name, codes in _read(_CODES).items()
    }
