"""One household at a time: the rulebook as one generated Python function, with every intermediate kept.

Generated rather than interpreted: walking the IR costs some forty times the generated function.
The source that is executed here is written from checked IR only; no text of a user reaches it unquoted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from doudi.engine.ir import Const, Name, Node, Op, names
from doudi.engine.vocabulary import BOOL, HOUSEHOLD, INT, MAX_PERSONS, PERSON, Value, ValueSource
from doudi.engine.words import AGGREGATES, WORDS

if TYPE_CHECKING:
    from doudi.engine.program import Column, Program

Row = Mapping[str, Value]
Facts = tuple[tuple[str, type, int], ...]
_TYPES = {INT: int, BOOL: bool}


class FactError(ValueError):
    """A fact of the wrong type or outside its bounds; names household, fact and value."""


class Lookup(NamedTuple):
    """One law value that was read: where, for which day, and what the law said (None: no entry)."""

    name: str
    place: str
    area_type: str
    on: int
    value: Value


@dataclass(frozen=True)
class Trace:
    """Every figure of one household: facts, law values, rules and verdict columns by name, unknown as None.

    `persons` holds the same per person, in the order given. `lookups` lists the law values read by value_at;
    with the household's own values and its (region_code, area_type, on) they identify every version used.
    """

    household: dict[str, Value]
    persons: tuple[dict[str, Value], ...]
    lookups: tuple[Lookup, ...]


class Scalar:
    """Evaluates single households against one source of law values; keep it, its caches pay."""

    def __init__(self, program: Program, source: ValueSource) -> None:
        self._program, self._source = program, source
        missing = {f"{key}_missing" for key in program.behind}
        kept = [name for name in program.columns if not name.startswith("_") and name not in missing]
        columns = [program.columns[name] for name in program.needed(kept)]
        self._facts = {entity: facts_of(program, entity) for entity in (HOUSEHOLD, PERSON)}
        self._hidden = [column.name for column in columns if column.name.startswith("_")]
        scope: dict[str, Any] = dict(AGGREGATES) | {f"_{word}": meaning for word, meaning in WORDS.items()}
        exec(compile(_source(columns), "<doudi rulebook>", "exec"), scope)
        self._run: Callable[..., None] = scope["rulebook"]
        self._values: dict[tuple[str, str, int], dict[str, Value]] = {}
        self._looked: dict[tuple[str, str, str, int], Value] = {}

    def evaluate(self, household: Row, persons: Sequence[Row]) -> Trace:
        """Evaluate one household. Keys that are no facts are ignored, absent facts are unknown.

        Raises FactError for a fact of the wrong type or out of bounds, and for an unknown region_code,
        area_type or on.
        """
        who = household.get("household_id")
        if len(persons) > MAX_PERSONS:
            raise FactError(f"household {who}: {len(persons)} persons, more than {MAX_PERSONS}")
        facts = checked(self._facts[HOUSEHOLD], household, who)
        rows = [checked(self._facts[PERSON], person, who) for person in persons]
        place, area, on = (facts[name] for name in ("region_code", "area_type", "on"))
        if place is None or area is None or on is None:
            raise FactError(f"household {who}: region_code, area_type and on must be known")
        context = (str(place), str(area), int(on))
        if context not in self._values:
            values = self._program.values
            self._values[context] = {name: self._source.lookup(name, *context) for name in values}
        facts.update(self._values[context])
        lookups: dict[tuple[str, str, str, int], Lookup] = {}
        self._run(facts, rows, self._reader(lookups))
        self._missing(facts, rows)
        for row in (facts, *rows):
            for name in self._hidden:
                row.pop(name, None)
        return Trace(facts, tuple(rows), tuple(lookups.values()))

    def _reader(self, lookups: dict[tuple[str, str, str, int], Lookup]) -> Callable[..., Value]:
        def read(name: str, place: str | None, area: str, on: int | None) -> Value:
            if place is None or on is None:
                return None
            key = (name, place, area, on)
            if key not in self._looked:
                self._looked[key] = self._source.lookup(*key)
            lookups.setdefault(key, Lookup(*key, self._looked[key]))
            return self._looked[key]

        return read

    def _missing(self, facts: dict[str, Value], rows: list[dict[str, Value]]) -> None:
        for spec in self._program.verdicts:
            for row in [facts] if spec.entity == HOUSEHOLD else rows:
                unclear = row[f"{spec.key}_eligible"] is None
                row[f"{spec.key}_missing"] = self._listed(spec.key, row, facts, rows) if unclear else ""

    def _listed(
        self, key: str, row: dict[str, Value], facts: dict[str, Value], rows: list[dict[str, Value]]
    ) -> str:
        def see(name: str, one: dict[str, Value]) -> Value:
            return one[name] if name in one else facts[name]

        def lacking(name: str, anyone: bool) -> bool:
            column = self._program.columns[name]
            asked = tuple(names(column.expr))
            return any(
                see(name, one) is None and all(see(key, one) is not None for key in asked)
                for one in (rows if anyone else [row])
            )

        return ",".join(
            label
            for label, sources in self._program.behind[key]
            if any(
                lacking(name, anyone) and any(see(test, row) is None for test in tests)
                for name, anyone, tests in sources
            )
        )


def facts_of(program: Program, entity: str) -> Facts:
    """(name, Python type, bound) of an entity's facts, for `checked`."""
    found = [one for one in program.columns.values() if one.kind == "fact" and one.entity == entity]
    return tuple((one.name, _TYPES.get(one.info.type, str), max(-one.info.lo, one.info.hi)) for one in found)


def checked(facts: Facts, row: Row, who: Value) -> dict[str, Value]:
    """The facts of a row, absent ones as None. Raises FactError for a wrong type or a value out of bounds."""
    found: dict[str, Value] = {}
    for name, kind, bound in facts:
        value = found[name] = row.get(name)
        # `type is`, not isinstance: True is an int in Python, and 1 is no answer to a yes-or-no question.
        right = value is None or type(value) is kind
        if not right or (kind is int and value is not None and not -bound <= int(value) <= bound):
            raise FactError(f"household {who}: {name} is {value!r}, not {kind.__name__} within {bound}")
    return found


def _source(columns: Sequence[Column]) -> str:
    """The Python source of the rulebook: `rulebook(h, persons, read)` fills the rows in place."""
    entities = {column.name: column.entity for column in columns}
    lines = ["def rulebook(h, persons, read):"]
    for phase in range(max([0, *(column.phase for column in columns)]) + 1):
        stage = [column for column in columns if column.phase == phase]
        aggregates = [one for one in stage if one.kind == "aggregate"]
        persons = [one for one in stage if one.entity == PERSON]
        lines += [f"    {one.name} = []" for one in aggregates]
        lines += ["    for p in persons:"] if persons or aggregates else []
        for one in stage:
            text = _written(one.expr, entities)
            if one.entity == PERSON:
                lines.append(f"        p[{one.name!r}] = {text}")
            elif one.kind == "aggregate":
                lines.append(f"        {one.name}.append({text})")
        lines += [f"    h[{one.name!r}] = {one.how}({one.name})" for one in aggregates]
        for one in stage:
            if one.entity == HOUSEHOLD and one.kind != "aggregate":
                lines.append(f"    h[{one.name!r}] = {_written(one.expr, entities)}")
    return "\n".join([*lines, "    return None"])


def _written(node: Node, entities: Mapping[str, str]) -> str:
    match node:
        case Const(value):
            return repr(value)
        case Name(name):
            return f"{'p' if entities[name] == PERSON else 'h'}[{name!r}]"
        case Op(op, args):
            word = "read" if op == "at" else f"_{op}"
            return f"{word}({', '.join(_written(arg, entities) for arg in args)})"
    raise AssertionError(node)
