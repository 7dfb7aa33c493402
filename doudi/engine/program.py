"""A rulebook made ready: names resolved, types and bounds checked, ordered by dependency, verdicts derived.

Order of work for every evaluator: phase 0 persons, phase 0 households, phase 1 persons, ... A person rule
that reads a household rule of phase k runs in phase k + 1; an aggregate runs in the phase of what it adds up.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import NoReturn

from doudi.engine.ir import Agg, At, Const, Info, Name, Node, Op, TypeMismatch, fold, infer_aggregate, names
from doudi.engine.reading import CALLS, RuleError, read
from doudi.engine.scalar import Scalar
from doudi.engine.vocabulary import (
    BOOL,
    HOUSEHOLD,
    INT,
    PERSON,
    TEXT,
    FactSpec,
    Rule,
    ValueSource,
    ValueSpec,
    VerdictSpec,
)

FACT, VALUE, RULE, AGGREGATE, LOOKUP = "fact", "value", "rule", "aggregate", "lookup"
CONTEXT = ("region_code", "area_type", "on")
KEYS = ("household_id", "person_id")
_CONTEXT_FACTS = {
    "region_code": FactSpec("region_code", HOUSEHOLD, TEXT),
    "area_type": FactSpec("area_type", HOUSEHOLD, TEXT),
    "on": FactSpec("on", HOUSEHOLD, INT, 99991231),
}


_NOT_YET = Info(BOOL)


@dataclass(frozen=True, slots=True)
class Column:
    """One figure of the program; a name that starts with an underscore is the compiler's own.

    `how` is the aggregate's word or the looked-up parameter; a lookup's `expr` is Op("at", (parameter, place,
    area type, date)).
    `inputs` are a rule's parameters in the order written. `phase` is -1 for facts and values.
    """

    name: str
    entity: str
    kind: str
    expr: Node
    info: Info = _NOT_YET
    phase: int = -1
    how: str = ""
    rule: Rule | None = None
    inputs: tuple[str, ...] = ()
    origin: str = ""


Behind = tuple[str, tuple[tuple[str, bool, tuple[str, ...]], ...]]
"""A name for a missing list: (label, ((column, any person?, conditions that depend on it), ...))."""


@dataclass(frozen=True)
class Program:
    """A compiled rulebook. `columns` is in topological order; `behind[key]`: what a missing list may name."""

    columns: Mapping[str, Column]
    verdicts: tuple[VerdictSpec, ...]
    values: Mapping[str, ValueSpec]
    behind: Mapping[str, tuple[Behind, ...]]

    @classmethod
    def compile(
        cls,
        *,
        rules: Iterable[Rule],
        facts: Iterable[FactSpec],
        values: Iterable[ValueSpec] = (),
        schemes: Iterable[VerdictSpec] = (),
    ) -> Program:
        """Make a program.

        Raises RuleError, naming file:line, for bad syntax, unknown or doubly used names, a cycle, a person's
        figure in a household rule, and mixed types.
        """
        return _Compiler(tuple(facts), tuple(values)).program(tuple(rules), tuple(schemes))

    def scalar(self, values: ValueSource) -> Scalar:
        """The evaluator of one household at a time, with its trace."""
        return Scalar(self, values)

    def closure(self, *names_: str) -> frozenset[str]:
        """These names and every fact, value and rule they depend on."""
        return frozenset(name for name in self.needed(names_) if not name.startswith("_"))

    def needed(self, wanted: Iterable[str]) -> tuple[str, ...]:
        """The columns behind `wanted` in topological order, hidden ones included. KeyError if unknown."""
        found: set[str] = set()
        stack = [self.columns[name].name for name in wanted]
        while stack:
            name = stack.pop()
            if name not in found:
                found.add(name)
                stack.extend(names(self.columns[name].expr))
        return tuple(name for name in self.columns if name in found)

    def outputs(self) -> tuple[str, ...]:
        """The verdict columns of every scheme, in scheme order."""
        tails = ("eligible", "reason", "missing", "amount")
        wanted = (f"{spec.key}_{tail}" for spec in self.verdicts for tail in tails)
        return tuple(name for name in wanted if name in self.columns)


class _Compiler:
    def __init__(self, facts: tuple[FactSpec, ...], values: tuple[ValueSpec, ...]) -> None:
        self.drafts: dict[str, Column] = {}
        self.columns: dict[str, Column] = {}
        self.hidden: dict[tuple[str, Node], str] = {}
        self.reading = ""
        self.values = {spec.name: spec for spec in values}
        given = {spec.name: spec for spec in facts}
        if len(given) < len(facts) or len(self.values) < len(values):
            self.refuse("a fact or a value is declared twice")
        for fact in (_CONTEXT_FACTS | given).values():
            if fact.name in KEYS:
                continue
            about = _info(fact.type, fact.bound, nullable=fact.name not in CONTEXT)
            self.declare_input(Column(fact.name, fact.entity, FACT, Const(0), about))
        for value in values:
            about = _info(value.type, value.bound)
            self.declare_input(Column(value.name, HOUSEHOLD, VALUE, Const(0), about))

    def refuse(self, why: str, origin: str = "") -> NoReturn:
        raise RuleError(f"{origin}: {why}" if origin else why)

    def declare_input(self, column: Column) -> None:
        self.draft(column)
        self.columns[column.name] = column

    def draft(self, column: Column) -> None:
        name, before = column.name, self.drafts.get(column.name)
        if before or name in CALLS or name.startswith("_"):
            taken = f"already a {before.kind} {before.origin}".rstrip() if before else "reserved"
            self.refuse(f"{column.kind} {name}: the name is {taken}", column.origin)
        self.drafts[name] = column

    def program(self, rules: tuple[Rule, ...], schemes: tuple[VerdictSpec, ...]) -> Program:
        for rule in rules:
            reading = read(rule)
            for name in reading.parameters:
                if name in KEYS:
                    self.refuse(f"rule {rule.name}: {name} is a key, not a fact", reading.where)
            column = Column(rule.name, rule.entity, RULE, reading.expression, origin=reading.where)
            self.draft(replace(column, rule=rule, inputs=reading.parameters))
        for spec in schemes:
            self.draft_verdict(spec)
        for name in tuple(self.drafts):
            self.resolve(name, ())
        behind = {spec.key: self.behind(spec) for spec in schemes}
        for spec in schemes:
            expr = self.missing(spec, behind[spec.key])
            self.draft(Column(f"{spec.key}_missing", spec.entity, RULE, expr))
            self.resolve(f"{spec.key}_missing", ())
        return Program(self.columns, schemes, self.values, behind)

    def draft_verdict(self, spec: VerdictSpec) -> None:
        if not spec.conditions:
            self.refuse(f"scheme {spec.key} has no condition")
        eligible = f"{spec.key}_eligible"
        tests = tuple(Name(condition.rule) for condition in spec.conditions)
        codes = (Const(condition.code) for condition in spec.conditions)
        pairs = tuple(part for pair in zip(tests, codes, strict=True) for part in pair)
        derived: dict[str, Node] = {
            eligible: Op("and", tests),
            f"{spec.key}_reason": Op("first_false", pairs),
        }
        if spec.amount:
            derived[f"{spec.key}_amount"] = Op("where", (Name(eligible), Name(spec.amount), Const(0)))
        for name, expr in derived.items():
            self.draft(Column(name, spec.entity, RULE, expr, origin=f"scheme {spec.key}"))

    def resolve(self, name: str, path: tuple[str, ...]) -> Column:
        if name in self.columns:
            return self.columns[name]
        draft = self.drafts.get(name)
        if draft is None:
            reader = next((seen for seen in reversed(path) if not seen.startswith("_")), name)
            self.refuse(f"{reader} reads {name}, which is no fact, value or rule", self.drafts[reader].origin)
        if name in path:
            self.refuse("cycle: " + " -> ".join((*path[path.index(name) :], name)), draft.origin)
        self.reading = draft.origin or self.reading
        expr = self.lifted(draft.expr, draft.entity)
        deps = [self.resolve(dep, (*path, name)) for dep in names(expr)]
        if draft.kind != AGGREGATE and draft.entity == HOUSEHOLD:
            for dep in deps:
                if dep.entity == PERSON:
                    self.refuse(
                        f"household rule {name} reads {dep.name} of persons: use an aggregate", draft.origin
                    )
        draft = replace(draft, expr=expr, phase=phase_of(draft, deps))
        self.columns[name] = replace(draft, info=self.infer(draft))
        return self.columns[name]

    def infer(self, draft: Column) -> Info:
        try:
            _, info = fold(draft.expr, {name: self.columns[name].info for name in names(draft.expr)})
            info = infer_aggregate(draft.how, info) if draft.kind == AGGREGATE else info
        except TypeMismatch as wrong:
            self.refuse(str(wrong), draft.origin)
        spec = self.values.get(draft.how)
        return _info(spec.type, spec.bound) if spec and draft.kind == LOOKUP else info

    def lifted(self, node: Node, entity: str) -> Node:
        """The node with aggregates and lookups replaced by the names of columns of their own."""
        match node:
            case Op(op, args):
                return Op(op, tuple(self.lifted(arg, entity) for arg in args), node.line)
            case Agg(how, body):
                body = self.lifted(body, PERSON)
                return self.hide(Agg(how, body), Column("", HOUSEHOLD, AGGREGATE, body, how=how))
            case At(param, place, on):
                if param not in self.values:
                    self.refuse(f"value_at: no value {param} is declared", self.reading)
                area = Name("area_type") if self.values[param].by_area else Const("URBAN")
                keys = tuple(self.atom(self.lifted(part, entity), entity) for part in (place, area, on))
                expr = Op("at", (Const(param), *keys))
                return self.hide(expr, Column("", entity, LOOKUP, expr, how=param))
        return node

    def atom(self, node: Node, entity: str) -> Node:
        draft = self.drafts.get(node.name) if isinstance(node, Name) else None
        if isinstance(node, Const) or (draft and draft.entity == entity):
            return node
        return self.hide(node, Column("", entity, RULE, node))

    def hide(self, key: Node, draft: Column) -> Name:
        name = self.hidden.setdefault((draft.entity, key), f"_{draft.kind[0]}{len(self.hidden)}")
        self.drafts.setdefault(name, replace(draft, name=name, origin=self.reading))
        return Name(name)

    def leaves(
        self, name: str, seen: dict[str, frozenset[tuple[str, str, bool]]]
    ) -> frozenset[tuple[str, str, bool]]:
        """(label, column, any person?) of every fact and value behind a column that may be unknown."""
        if name in seen:
            return seen[name]
        column = self.columns[name]
        found = {leaf for dep in names(column.expr) for leaf in self.leaves(dep, seen)}
        if column.kind == AGGREGATE:
            found = {(label, of, self.columns[of].entity == PERSON) for label, of, _ in found}
        if column.kind in (VALUE, LOOKUP):
            found.add((f"value:{column.how or name}", name, False))
        elif column.kind == FACT and column.info.nullable:
            found.add((name, name, False))
        return seen.setdefault(name, frozenset(found))

    def behind(self, spec: VerdictSpec) -> tuple[Behind, ...]:
        seen: dict[str, frozenset[tuple[str, str, bool]]] = {}
        table: dict[str, dict[tuple[str, bool], list[str]]] = {}
        for condition in spec.conditions:
            for label, column, anyone in sorted(self.leaves(condition.rule, seen)):
                table.setdefault(label, {}).setdefault((column, anyone), []).append(condition.rule)
        return tuple(
            (label, tuple((column, anyone, tuple(tests)) for (column, anyone), tests in table[label].items()))
            for label in sorted(table)
        )

    def missing(self, spec: VerdictSpec, behind: tuple[Behind, ...]) -> Node:
        parts: list[Node] = []
        for label, sources in behind:
            unclear = [
                Op(
                    "and",
                    (self.flag(column, anyone), Op("or", tuple(_unknown(Name(test)) for test in tests))),
                )
                for column, anyone, tests in sources
            ]
            parts += [Op("or", tuple(unclear)), Const(label)]
        listed = Op("names", tuple(parts)) if parts else Const("")
        return Op("where", (Op("known", (Name(f"{spec.key}_eligible"),)), Const(""), listed))

    def flag(self, name: str, anyone: bool) -> Node:
        """Whether this fact or value is itself what is unknown; a lookup is not when its place or date is."""
        column = self.columns[name]
        asked = tuple(Op("known", (Name(dep),)) for dep in names(column.expr))
        flag = Op("and", (*asked, _unknown(Name(name))))
        return Agg("any_of", flag) if anyone else flag


def _unknown(node: Node) -> Op:
    return Op("not", (Op("known", (node,)),))


def _info(kind: str, bound: int, nullable: bool = True) -> Info:
    return Info(kind, -bound, bound, nullable) if kind == INT else Info(kind, nullable=nullable)


def phase_of(column: Column, reads: Iterable[Column]) -> int:
    """The phase in which a rule, aggregate or lookup is computed, given the columns it reads."""
    in_person_stage = column.kind == AGGREGATE or column.entity == PERSON
    late = [dep.phase + (1 if in_person_stage and dep.entity == HOUSEHOLD else 0) for dep in reads]
    return max([-1, *late]) + 1 if column.kind == LOOKUP else max([0, *late])
