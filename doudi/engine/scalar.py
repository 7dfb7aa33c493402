"""One household at a time: the rulebook as one generated Python function, with every intermediate kept.

Generated rather than interpreted: walking the IR costs some forty times the generated function.
The source that is executed here is written from checked IR only; no text of a user reaches it unquoted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from doudi.engine.ir import Const, Name, Node, Op, names
from doudi.engine.vocabulary import BOOL, HOUSEHOLD, INT, MAX_PERSONS, PERSON, Value, ValueSource
from doudi.engine.words import AGGREGATES, WORDS

if TYPE_CHECKING:
    from doudi.engine.program import Column, Program

Row = Mapping[str, Value]
Facts = tuple[tuple[str, type, int], ...]
_GIVEN = ("fact", "value")
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
        self._asked: dict[str, dict[str, tuple[str, ...]]] = {HOUSEHOLD: {}, PERSON: {}}
        self._behind: dict[str, dict[tuple[str, bool], list[tuple[str, frozenset[str]]]]] = {}
        for key, table in program.behind.items():
            behind = self._behind.setdefault(key, {})
            for label, sources in table:
                for name, anyone, tests in sources:
                    column = program.columns[name]
                    self._asked[column.entity][name] = tuple(names(column.expr))
                    behind.setdefault((name, anyone), []).append((label, frozenset(tests)))
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
        """The missing lists. What household and persons lack is looked up once, when a first list asks."""
        lacked: list[set[tuple[str, bool]]] = []
        anyone: set[tuple[str, bool]] = set()
        for spec in self._program.verdicts:
            eligible, missing, behind = f"{spec.key}_eligible", f"{spec.key}_missing", self._behind[spec.key]
            tests = [condition.rule for condition in spec.conditions]
            for at, row in enumerate([facts] if spec.entity == HOUSEHOLD else rows, spec.entity != HOUSEHOLD):
                row[missing] = ""
                if row[eligible] is not None:
                    continue
                if not lacked:
                    lacked = [self._lacked(HOUSEHOLD, facts, facts)]
                    lacked += [self._lacked(PERSON, one, facts) for one in rows]
                    anyone = {(name, True) for of in lacked[1:] for name, _ in of}
                unknown = {test for test in tests if row.get(test, facts.get(test)) is None}
                found = [behind[one] for one in lacked[0] | lacked[at] | anyone if one in behind]
                labels = {name for of in found for name, needs in of if not needs.isdisjoint(unknown)}
                row[missing] = ",".join(sorted(labels))

    def _lacked(self, entity: str, row: dict[str, Value], facts: dict[str, Value]) -> set[tuple[str, bool]]:
        """The row's facts and values that are themselves unknown: what they were asked with is known."""
        unknown = [name for name in self._asked[entity] if row[name] is None]
        asked = self._asked[entity]
        return {
            (name, False)
            for name in unknown
            if not asked[name]
            or all((row[key] if key in row else facts[key]) is not None for key in asked[name])
        }


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
    """The Python source of the rulebook: `rulebook(h, persons, read)` fills the rows in place.

    A figure is also kept in a variable, which costs a tenth of a row to read: a person's within one loop.
    """
    entities = {column.name: column.entity for column in columns}
    given = [column.name for column in columns if column.entity == HOUSEHOLD and column.kind in _GIVEN]
    near = set(given)
    lines = ["def rulebook(h, persons, read):", *(f"    h_{name} = h[{name!r}]" for name in given)]
    for phase in range(max([0, *(column.phase for column in columns)]) + 1):
        stage = [column for column in columns if column.phase == phase]
        aggregates = [one for one in stage if one.kind == "aggregate"]
        persons = [one for one in stage if one.entity == PERSON and one.kind not in _GIVEN]
        asked = Counter(name for one in (*persons, *aggregates) for name in names(one.expr))
        often = [name for name, times in asked.items() if times > 1 and entities[name] == PERSON]
        early = [name for name in often if name not in {one.name for one in persons}]
        near = {name for name in near if entities[name] == HOUSEHOLD} | set(early)
        lines += [f"    {one.name} = []" for one in aggregates]
        lines += ["    for p in persons:"] if persons or aggregates else []
        lines += [f"        p_{name} = p[{name!r}]" for name in early]
        for one in stage:
            if one in persons:
                lines.append(
                    f"        p[{one.name!r}] = p_{one.name} = {_Writer(entities, near).write(one.expr)}"
                )
                near.add(one.name)
            elif one.kind == "aggregate":
                lines.append(f"        {one.name}.append({_Writer(entities, near).write(one.expr)})")
        for one in stage:
            if one.entity == HOUSEHOLD and one.kind not in _GIVEN:
                text = (
                    f"{one.how}({one.name})" if one in aggregates else _Writer(entities, near).write(one.expr)
                )
                lines.append(f"    h[{one.name!r}] = h_{one.name} = {text}")
                near.add(one.name)
    return "\n".join([*lines, "    return None"])


_COMPARE = {"lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "==", "ne": "!="}
_INFIX = {"add": "+", "sub": "-", "mul": "*", **_COMPARE}


class _Writer:
    """An expression as Python. The commonest words are written out: to call one costs as much as ten of them.

    An argument that is looked at twice is kept in a local variable by the way.
    """

    def __init__(self, entities: Mapping[str, str], near: Set[str]) -> None:
        """`near` are the names at hand in a variable."""
        self.entities, self.near = entities, near
        self.kept = 0

    def write(self, node: Node) -> str:
        """The node as an expression over `h`, `p` and `read`."""
        match node:
            case Const(value):
                return repr(value)
            case Name(name):
                row = "p" if self.entities[name] == PERSON else "h"
                return f"{row}_{name}" if name in self.near else f"{row}[{name!r}]"
            case Op(op, args):
                return self._word(op, [self.write(arg) for arg in args])
        raise AssertionError(node)

    def _word(self, op: str, args: list[str]) -> str:
        if op in _INFIX:
            (first, a), (second, b) = self._keep(args[0]), self._keep(args[1])
            return f"(None if {first} is None or {second} is None else {a} {_INFIX[op]} {b})"
        if op in ("and", "or"):
            kept = [self._keep(arg) for arg in args]
            decided = " or ".join(f"{first} is {op == 'or'}" for first, _ in kept)
            unknown = " or ".join(f"{again} is None" for _, again in kept)
            return f"({op == 'or'} if {decided} else None if {unknown} else {op == 'and'})"
        if op == "where":
            first, again = self._keep(args[0])
            return f"({args[1]} if {first} else None if {again} is None else {args[2]})"
        if op == "known":
            return f"({args[0]} is not None)"
        if op in ("not", "is_in"):
            first, again = self._keep(args[0])
            answer = f"not {again}" if op == "not" else f"{again} in ({', '.join(args[1:])},)"
            return f"(None if {first} is None else {answer})"
        if op == "first_false":
            pairs = zip(args[::2], args[1::2], strict=True)
            return f"({' else '.join(f'{code} if {test} is False' for test, code in pairs)} else None)"
        return f"{'read' if op == 'at' else f'_{op}'}({', '.join(args)})"

    def _keep(self, text: str) -> tuple[str, str]:
        """What to write where an argument is first looked at, and where it is looked at again."""
        self.kept += 1
        return f"(_{self.kept} := {text})", f"_{self.kept}"
