"""The second path: the same rulebook in Polars, one column after the other, to check the SQL by.

Written apart from the SQL writer on purpose: it folds nothing, keeps no phases, takes no statistics, computes
every integer in 128 bits and asks the law value by value, so a mistake there is not repeated here. Not for
large data.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import reduce

import polars as pl

from doudi.engine.ir import Const, Name, Node, Op, names
from doudi.engine.program import AGGREGATE, CONTEXT, FACT, LOOKUP, VALUE, Column, Program
from doudi.engine.vocabulary import BOOL, HOUSEHOLD, INT, PERSON, TEXT, Value, ValueSource

KEY, MEMBER = "household_id", "person_id"
TYPES = {INT: pl.Int128, BOOL: pl.Boolean, TEXT: pl.String}
Rows = Sequence[Mapping[str, Value]]


def evaluate(
    program: Program,
    values: ValueSource,
    *,
    households: Rows,
    persons: Rows,
    columns: Iterable[str] | None = None,
) -> tuple[list[dict[str, Value]], list[dict[str, Value]]]:
    """Household rows and person rows with their keys and the columns asked for (default: the verdicts)."""
    outputs = tuple(columns or program.outputs())
    path = _Path(program, values, {HOUSEHOLD: households, PERSON: persons})
    for name in program.needed((*outputs, *CONTEXT)):
        path.add(program.columns[name])
    result = []
    for entity, keys in ((HOUSEHOLD, [KEY]), (PERSON, [KEY, MEMBER])):
        picked = [name for name in outputs if program.columns[name].entity == entity]
        result.append(path.frames[entity].select([*keys, *picked]).to_dicts())
    return result[0], result[1]


class _Path:
    def __init__(self, program: Program, values: ValueSource, rows: Mapping[str, Rows]) -> None:
        self.program, self.values, self.frames = program, values, {}
        for entity, keys in ((HOUSEHOLD, [KEY]), (PERSON, [KEY, MEMBER])):
            facts = [c for c in program.columns.values() if c.kind == FACT and c.entity == entity]
            schema = dict.fromkeys(keys, pl.String()) | {c.name: TYPES[c.info.type]() for c in facts}
            data = {name: [row.get(name) for row in rows[entity]] for name in schema}
            self.frames[entity] = pl.DataFrame(data, schema=schema)

    def add(self, column: Column) -> None:
        """Compute one column; everything it reads has been added before."""
        if column.kind == VALUE:
            self._look_up(column, column.name, [pl.col(name) for name in CONTEXT])
        elif column.kind == LOOKUP:
            assert isinstance(column.expr, Op)
            self._look_up(column, column.how, [_expression(arg) for arg in column.expr.args[1:]])
        elif column.kind == AGGREGATE:
            self._aggregate(column)
        elif column.kind != FACT:
            self._broadcast(column)
            frame = self.frames[column.entity]
            self.frames[column.entity] = frame.with_columns(_expression(column.expr).alias(column.name))

    def _broadcast(self, column: Column) -> None:
        """Bring the household figures a person-level expression reads to the persons."""
        per_person = column.entity == PERSON or column.kind == AGGREGATE
        wanted = {name for name in names(column.expr) if name not in self.frames[PERSON].columns}
        if per_person and wanted:
            figures = self.frames[HOUSEHOLD].select([KEY, *sorted(wanted)])
            self.frames[PERSON] = self.frames[PERSON].join(figures, on=KEY, how="left", maintain_order="left")

    def _look_up(self, column: Column, param: str, keys: Sequence[pl.Expr]) -> None:
        frame = self.frames[column.entity]
        asked = frame.select(key.alias(str(at)) for at, key in enumerate(keys)).rows()
        found = [None if None in key else self.values.lookup(param, *key) for key in asked]
        series = pl.Series(column.name, found, dtype=TYPES[column.info.type]())
        self.frames[column.entity] = frame.with_columns(series)

    def _aggregate(self, column: Column) -> None:
        self._broadcast(column)
        body = _expression(column.expr)
        known = body.is_not_null().all()
        figure, empty = {
            "total": (pl.when(known).then(body.sum()), 0),
            "count": (pl.when(known).then(body.cast(pl.Int128).sum()), 0),
            "any_of": (body.any(ignore_nulls=False), False),
            "all_of": (body.all(ignore_nulls=False), True),
            "largest": (pl.when(known).then(body.max()), None),
            "smallest": (pl.when(known).then(body.min()), None),
        }[column.how]
        people = self.frames[PERSON].group_by(KEY).agg(figure.alias(column.name), pl.len().alias("_n"))
        joined = self.frames[HOUSEHOLD].join(people, on=KEY, how="left", maintain_order="left")
        nobody = pl.lit(empty, dtype=TYPES[column.info.type]())
        filled = pl.when(pl.col("_n").is_null()).then(nobody).otherwise(pl.col(column.name))
        self.frames[HOUSEHOLD] = joined.with_columns(filled.alias(column.name)).drop("_n")


def _expression(node: Node) -> pl.Expr:
    match node:
        case Const(value):
            return pl.lit(value, dtype=pl.Int128() if type(value) is int else None)
        case Name(name):
            return pl.col(name)
        case Op(op, args):
            return _WORDS[op](*(_expression(arg) for arg in args))
    raise AssertionError(node)


def _where(condition: pl.Expr, a: pl.Expr, b: pl.Expr) -> pl.Expr:
    return pl.when(condition).then(a).when(~condition).then(b)


def _if_known(args: Sequence[pl.Expr], answer: pl.Expr) -> pl.Expr:
    return pl.when(pl.all_horizontal([arg.is_not_null() for arg in args])).then(answer)


def _div_round(n: pl.Expr, d: pl.Expr) -> pl.Expr:
    away = (2 * n.abs() + d) // (2 * d)
    return pl.when(d > 0).then(pl.when(n < 0).then(0 - away).otherwise(away))


def _month_diff(a: pl.Expr, b: pl.Expr) -> pl.Expr:
    def month(day: pl.Expr) -> pl.Expr:
        return day // 10000 * 12 + (day // 100 - day // 10000 * 100)

    def of_month(day: pl.Expr) -> pl.Expr:
        return day - day // 100 * 100

    return month(b) - month(a) - (of_month(b) < of_month(a)).cast(pl.Int128)


def _is_in(x: pl.Expr, *codes: pl.Expr) -> pl.Expr:
    return reduce(lambda hit, code: hit | (x == code), codes, pl.lit(False))


def _first_false(*pairs: pl.Expr) -> pl.Expr:
    return pl.coalesce(
        [pl.when(~test).then(code) for test, code in zip(pairs[::2], pairs[1::2], strict=True)]
    )


def _names(*pairs: pl.Expr) -> pl.Expr:
    listed = [pl.when(test).then(label) for test, label in zip(pairs[::2], pairs[1::2], strict=True)]
    return pl.concat_str(listed, separator=",", ignore_nulls=True)


_WORDS: Mapping[str, Callable[..., pl.Expr]] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    # Polars has no negation of 128-bit integers.
    "neg": lambda a: 0 - a,
    "lt": lambda a, b: a < b,
    "le": lambda a, b: a <= b,
    "gt": lambda a, b: a > b,
    "ge": lambda a, b: a >= b,
    "eq": lambda a, b: a == b,
    "ne": lambda a, b: a != b,
    "and": lambda *args: reduce(lambda a, b: a & b, args),
    "or": lambda *args: reduce(lambda a, b: a | b, args),
    "not": lambda a: ~a,
    "where": _where,
    "known": lambda a: a.is_not_null(),
    "is_in": _is_in,
    "hi": lambda *args: _if_known(args, pl.max_horizontal(args)),
    "lo": lambda *args: _if_known(args, pl.min_horizontal(args)),
    "div_round": _div_round,
    "div_up": lambda n, d: pl.when(d > 0).then(0 - (0 - n) // d),
    "div_down": lambda n, d: pl.when(d > 0).then(n // d),
    "years": lambda a, b: (b - a) // 10000,
    "month_diff": _month_diff,
    "first_false": _first_false,
    "names": _names,
}
