"""The same rules in OpenFisca-Core: every rule of the rulebook becomes a Variable over NumPy arrays.

OpenFisca knows no unknown: unknown figures enter as one no file can hold, and only what Doudi knows compares.
Its own int32 would overflow, so every Variable computes in int64; texts are coded as small integers, which is
what an Enum costs it. Household facts and law values are inputs; one period, as a monthly run has.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any

import numpy as np
from openfisca_core.entities import build_entity
from openfisca_core.periods import DateUnit
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

from doudi.engine.ir import Const, Name, Node, Op
from doudi.engine.program import AGGREGATE, CONTEXT, FACT, LOOKUP, VALUE, Column, Program
from doudi.engine.vocabulary import BOOL, HOUSEHOLD, INT, PERSON, TEXT, ValueSource

PERIOD = "2025-10"
UNKNOWN = -(2**40) - 1
Array = Any


class Codes(dict[str, int]):
    """Texts as small integers, numbered as they are met."""

    def __missing__(self, text: str) -> int:
        self[text] = len(self) + 1
        return self[text]


def system(program: Program, values: ValueSource, codes: Codes) -> TaxBenefitSystem:
    """A tax and benefit system with one Variable for each figure the verdicts and amounts need."""
    household = build_entity(
        key="household",
        plural="households",
        label="household",
        roles=[{"key": "member", "plural": "members"}],
    )
    person = build_entity(key="person", plural="persons", label="person", is_person=True)
    made = TaxBenefitSystem([person, household])
    for name in program.needed((*outputs(program), *CONTEXT)):
        column = program.columns[name]
        made.add_variable(
            _variable(column, program, values, codes, person if column.entity == PERSON else household)
        )
    for variable in made.variables.values():
        variable.dtype = np.bool_ if variable.value_type is bool else np.int64
    return made


def outputs(program: Program) -> list[str]:
    """Verdict and amount of every scheme; reasons and missing lists are texts OpenFisca has no type for."""
    return [name for name in program.outputs() if name.endswith(("_eligible", "_amount"))]


def simulation(made: TaxBenefitSystem, facts: Mapping[str, Array], membership: Array, households: int) -> Any:
    """A simulation over arrays: `facts` by name, `membership` the household's position for each person."""
    builder = SimulationBuilder()
    builder.create_entities(made)
    builder.declare_person_entity("person", np.arange(len(membership)))
    entity = builder.declare_entity("household", np.arange(households))
    builder.join_with_persons(entity, membership, roles=np.array(["member"] * len(membership)))
    ready = builder.build(made)
    for name, array in facts.items():
        if name in made.variables:
            ready.set_input(name, PERIOD, array)
    return ready


def _variable(
    column: Column, program: Program, values: ValueSource, codes: Codes, entity: Any
) -> type[Variable]:
    body: dict[str, Any] = {
        "value_type": bool if column.info.type == BOOL else int,
        "entity": entity,
        "definition_period": DateUnit.MONTH,
    }
    if column.kind == VALUE:
        body["formula"] = _value(column.name, values, codes)
    elif column.kind == LOOKUP:
        body["formula"] = _lookup(column, program, values, codes)
    elif column.kind == AGGREGATE:
        body["formula"] = _aggregate(column, program, codes)
    elif column.kind != FACT:
        body["formula"] = _rule(column, program, codes)
    return type(column.name, (Variable,), body)


def _rule(column: Column, program: Program, codes: Codes) -> Callable[..., Array]:
    def formula(population: Any, period: Any) -> Array:
        return _evaluate(column.expr, _reader(population, period, program, column.entity == PERSON), codes)

    return formula


def _reader(population: Any, period: Any, program: Program, of_person: bool) -> Callable[[str], Array]:
    def read(name: str) -> Array:
        if of_person and program.columns[name].entity == HOUSEHOLD:
            return population.household(name, period)
        return population(name, period)

    return read


def _aggregate(column: Column, program: Program, codes: Codes) -> Callable[..., Array]:
    how = column.how

    def formula(population: Any, period: Any) -> Array:
        members = population.members
        body = _evaluate(column.expr, _reader(members, period, program, True), codes)
        if how in ("total", "count"):
            # `sum` weighs in floating point; the position of each person's household is exact in integers.
            total = np.zeros(population.count, dtype=np.int64)
            np.add.at(total, population.members_entity_id, body.astype(np.int64))
            return total
        return {
            "any_of": population.any,
            "all_of": population.all,
            "largest": population.max,
            "smallest": population.min,
        }[how](body)

    return formula


def _value(name: str, values: ValueSource, codes: Codes) -> Callable[..., Array]:
    def formula(population: Any, period: Any) -> Array:
        place, area, on = (population(key, period) for key in ("region_code", "area_type", "on"))
        return _looked_up(name, (place, area, on), values, codes)

    return formula


def _lookup(column: Column, program: Program, values: ValueSource, codes: Codes) -> Callable[..., Array]:
    assert isinstance(column.expr, Op)
    keys = column.expr.args[1:]

    def formula(population: Any, period: Any) -> Array:
        read = _reader(population, period, program, column.entity == PERSON)
        return _looked_up(column.how, tuple(_evaluate(key, read, codes) for key in keys), values, codes)

    return formula


def _looked_up(name: str, keys: tuple[Array, ...], values: ValueSource, codes: Codes) -> Array:
    """One look-up for each distinct place, area and date: what OpenFisca's own parameters do by hand."""
    texts = {number: text for text, number in codes.items()}
    place, area, on = keys
    joined = (place.astype(np.int64) * 1000 + area) * 100_000_000 + on
    distinct, inverse = np.unique(joined, return_inverse=True)
    found = []
    for key in distinct.tolist():
        where, day = divmod(key, 100_000_000)
        where, area_code = divmod(where, 1000)
        value = values.lookup(name, texts.get(where, ""), texts.get(area_code, ""), day)
        found.append(codes[value] if isinstance(value, str) else int(value or 0))
    return np.array(found, dtype=np.int64)[inverse]


def _evaluate(node: Node, read: Callable[[str], Array], codes: Codes) -> Array:
    match node:
        case Const(value):
            return codes[value] if isinstance(value, str) else value
        case Name(name):
            return read(name)
        case Op(op, args):
            return _WORDS[op](*(_evaluate(arg, read, codes) for arg in args))
    raise AssertionError(node)


def _div_round(n: Array, d: Array) -> Array:
    return np.sign(n) * ((2 * np.abs(n) + d) // np.maximum(2 * d, 1))


def _month_diff(a: Array, b: Array) -> Array:
    months = b // 10000 * 12 + b // 100 % 100 - a // 10000 * 12 - a // 100 % 100
    return months - (b % 100 < a % 100)


_WORDS: Mapping[str, Callable[..., Array]] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "neg": lambda a: -a,
    "lt": lambda a, b: a < b,
    "le": lambda a, b: a <= b,
    "gt": lambda a, b: a > b,
    "ge": lambda a, b: a >= b,
    "eq": lambda a, b: a == b,
    "ne": lambda a, b: a != b,
    "and": lambda *args: reduce(np.logical_and, args),
    "or": lambda *args: reduce(np.logical_or, args),
    "not": np.logical_not,
    "where": np.where,
    "known": lambda a: a != UNKNOWN,
    "is_in": lambda x, *options: reduce(np.logical_or, (x == option for option in options)),
    "hi": lambda *args: reduce(np.maximum, args),
    "lo": lambda *args: reduce(np.minimum, args),
    "div_round": _div_round,
    "div_up": lambda n, d: -(-n // np.maximum(d, 1)),
    "div_down": lambda n, d: n // np.maximum(d, 1),
    "years": lambda a, b: (b - a) // 10000,
    "month_diff": _month_diff,
}
_TYPES = {INT: np.int64, BOOL: np.bool_, TEXT: np.int64}


def arrays(table: Any, program: Program, entity: str, codes: Codes) -> dict[str, Array]:
    """A DuckDB relation's columns as the arrays OpenFisca takes; unknown becomes UNKNOWN or false."""
    found = {}
    for name, array in table.fetchnumpy().items():
        column = program.columns.get(name)
        if column is None or column.kind != FACT or column.entity != entity:
            continue
        if column.info.type == TEXT:
            texts, inverse = np.unique(np.ma.filled(array, "").astype(str), return_inverse=True)
            found[name] = np.array([codes[text] for text in texts.tolist()], dtype=np.int64)[inverse]
        else:
            blank = UNKNOWN if column.info.type == INT else 0
            found[name] = np.ma.filled(np.ma.asarray(array, dtype=_TYPES[column.info.type]), blank)
    return found
