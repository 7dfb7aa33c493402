"""The law made into an engine program: the only place where declarations and engine meet."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from doudi.engine.program import Program
from doudi.engine.vocabulary import ConditionRef, FactSpec, Rule, ValueSpec, VerdictSpec
from doudi.kernel.money import MAX_FEN
from doudi.law.facts import Fact
from doudi.law.parameters import Parameter
from doudi.law.rulebook import Law
from doudi.law.spec import Condition, Scheme

NOT_IN_FORCE = "NOT_IN_FORCE"
LAST_DAY = 99991231
MOST = 10**9
"""Largest count a sheet accepts: months, rooms, grades, heads of cattle."""

_FACT_BOUNDS = {"money": MAX_FEN, "date": LAST_DAY}
_VALUE_BOUNDS = {"money": MAX_FEN, "ratio": 10**8}


def program(law: Law) -> Program:
    """The compiled rulebook of a law; it does not depend on the values, so one program serves every county.

    Facts and values that no rule and no scheme asks for are left out. Raises RuleError naming file:line.
    """
    asked = _asked(law)
    return _compiled(
        tuple(law.rules),
        tuple(_fact(fact) for name, fact in law.facts.items() if name in asked),
        tuple(_value(parameter) for name, parameter in law.parameters.items() if name in asked),
        tuple(verdict(scheme) for scheme in law.schemes),
    )


@lru_cache(maxsize=8)
def _compiled(
    rules: tuple[Rule, ...],
    facts: tuple[FactSpec, ...],
    values: tuple[ValueSpec, ...],
    verdicts: tuple[VerdictSpec, ...],
) -> Program:
    return Program.compile(rules=rules, facts=facts, values=values, schemes=verdicts)


def in_force(scheme: Scheme) -> Condition:
    """The condition every scheme has before its own: it is in force there and then."""
    return Condition(
        rule=scheme.enabled,
        label=f"{scheme.short}在本地已实施",
        refusal=f"核定日本地没有实行{scheme.short}",
        code=NOT_IN_FORCE,
        cites=scheme.basis,
    )


def conditions(scheme: Scheme) -> tuple[Condition, ...]:
    """Everything a scheme asks, in the order it is tested: in force first, then its own conditions."""
    return (in_force(scheme), *scheme.conditions)


def verdict(scheme: Scheme) -> VerdictSpec:
    """What the engine needs of a scheme."""
    refs = tuple(ConditionRef(condition.rule, condition.code) for condition in conditions(scheme))
    return VerdictSpec(scheme.key, scheme.unit.value, refs, scheme.amount)


def _fact(fact: Fact) -> FactSpec:
    return FactSpec(fact.name, fact.entity, fact.engine_type, _FACT_BOUNDS.get(fact.kind, MOST))


def _value(parameter: Parameter) -> ValueSpec:
    return ValueSpec(
        parameter.name, parameter.engine_type, parameter.by_area, _VALUE_BOUNDS.get(parameter.type, MOST)
    )


def _asked(law: Law) -> frozenset[str]:
    """Every name a rule or a scheme mentions; the parameter of value_at is a text constant of its rule."""
    return frozenset({*_mentioned(law.rules), *_declared(law.schemes)})


def _mentioned(rules: Iterable[Rule]) -> Iterable[str]:
    for rule in rules:
        code = rule.function.__code__
        yield from code.co_varnames
        yield from (text for text in code.co_consts if isinstance(text, str))


def _declared(schemes: Iterable[Scheme]) -> Iterable[str]:
    for scheme in schemes:
        yield from (condition.rule for condition in conditions(scheme))
        yield from filter(None, (scheme.amount, *(condition.distance for condition in scheme.conditions)))
