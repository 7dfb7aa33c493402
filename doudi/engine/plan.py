"""The order of work of a batch: households phase by phase, keeping only what is still read.

Persons' figures are worked out again wherever an aggregate or the result reads them, and never stored.
One plan for every SQL engine. The data at hand decides what is written: a fact without NULLs needs no guards,
a value that is the same everywhere becomes a literal, and what that decides is folded away before any SQL.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from doudi.engine.backend import KEY, MEMBER, Backend
from doudi.engine.contexts import ContextError, Contexts
from doudi.engine.ir import (
    Const,
    Info,
    Name,
    Node,
    Op,
    decided,
    fold,
    infer_aggregate,
    info_of,
    info_over,
    names,
)
from doudi.engine.program import AGGREGATE, CONTEXT, FACT, LOOKUP, RULE, VALUE, Column, Program, phase_of
from doudi.engine.sql import Layers, filled
from doudi.engine.vocabulary import HOUSEHOLD, INT, PERSON, TEXT, Value, ValueSource


class Plan:
    """One run of a program over two relations that hold facts in their declared types."""

    def __init__(
        self,
        program: Program,
        source: ValueSource,
        backend: Backend,
        *,
        outputs: Iterable[str],
        facts: Mapping[str, Info],
        tables: Mapping[str, str],
        prefix: str = "",
        before: Plan | None = None,
    ) -> None:
        """`facts` says what is known of the data (see Info); `tables` names both relations by entity.

        The persons' must hold no row whose household the other does not. `before` is an earlier plan of the
        same program and source: what the next chunk's data decides in the same way is taken from it.
        """
        self.program, self.source, self.backend, self.prefix = program, source, backend, prefix
        self.literal = backend.dialect.literal
        self.outputs = tuple(outputs)
        self.tables = dict(tables)
        self.infos: dict[str, Info] = dict(facts)
        self.columns: dict[str, Column] = {}
        self.looked: dict[str, Contexts] = before.looked if before else {}
        self.reasons: dict[str, str] = before.reasons if before else {}
        self.before = before if before and before.outputs == self.outputs else None
        self.wanted: list[Column] = self.before.wanted if self.before else self._wanted()
        self.contexts: Contexts | None = self.before.contexts if self.before else None
        self.given: dict[str, Info] = {}
        self.settled: dict[str, Column] = {}
        self.coded: set[str] = set()
        self.same: dict[str, str] = {}
        self.asked: set[str] = set()
        self._made: list[str] = []
        per_person = any(program.columns[name].entity == PERSON for name in self.outputs)
        self.keys = {HOUSEHOLD: [KEY], PERSON: [KEY, MEMBER] if per_person else [KEY]}

    def _wanted(self) -> list[Column]:
        """The columns behind the outputs, each before its readers, a reason before its verdict."""
        listed = dict.fromkeys(self.program.needed((*self.outputs, *CONTEXT)))
        reasons = {f"{spec.key}_eligible": f"{spec.key}_reason" for spec in self.program.verdicts}
        self.reasons = {name: reason for name, reason in reasons.items() if {name, reason} <= {*listed}}
        order = (part for name in listed for part in (self.reasons.get(name, name), name))
        return [self.program.columns[name] for name in dict.fromkeys(order)]

    def run(self) -> dict[str, str]:
        """Do the work. Returns, for household and person, the SELECT of the key columns and the outputs."""
        values = [column.name for column in self.wanted if column.kind == VALUE]
        rows = self._contexts(values)
        self.given = dict(self.infos)
        if not (self.before and self._repeat(self.before, rows)):
            self._specialise(self.wanted, rows)
        self.before = None
        self._base([*values, *self.settled], rows)
        phases = [column.phase for column in self.columns.values()]
        for phase in range(max(phases, default=-1) + 1):
            self._households(phase)
        return {entity: self._result(entity) for entity in (HOUSEHOLD, PERSON)}

    def close(self) -> None:
        """Drop every table the run made."""
        for table in self._made:
            self.backend.drop(table)

    # --- before the first phase ---------------------------------------------------------------------------

    def _contexts(self, wanted: Sequence[str]) -> list[list[Value]]:
        """The one row of law values of each (region_code, area_type, on) that occurs, after those three."""
        keys = ", ".join(map(self._q, CONTEXT))
        contexts = self.contexts = self.contexts or Contexts(self.source, wanted)
        found = self.backend.rows(f"SELECT DISTINCT {keys} FROM {self.tables[HOUSEHOLD]}")
        rows = [[*key, *self._values(contexts, key)] for key in found]
        for at, name in enumerate(wanted, start=len(CONTEXT)):
            self.infos[name] = info_over(self.program.values[name].type, [row[at] for row in rows])
        return rows

    def _base(self, wanted: Sequence[str], rows: Sequence[Sequence[Value]]) -> None:
        """The households with the live facts, the law values that differ between them, and what those alone
        decide: known before the first person is read, it saves the persons a phase."""
        joined = [name for name in wanted if name in self.columns]
        early = [c for c in self.columns.values() if c.phase < 0 and c.kind in (RULE, LOOKUP)]
        if not joined and not early:
            return
        facts = [c.name for c in self.columns.values() if c.kind == FACT and c.entity == HOUSEHOLD]
        base = {name: f"h.{self._q(name)}" for name in facts}
        source = f"{self.tables[HOUSEHOLD]} AS h"
        if joined:
            types = {name: self.backend.dialect.type(self.infos[name]) for name in (*CONTEXT, *joined)}
            places = [0, 1, 2, *(wanted.index(name) + len(CONTEXT) for name in joined)]
            self._load("c", types, [[row[at] for at in places] for row in rows])
            base |= {name: f"c.{self._q(name)}" for name in joined}
            match = " AND ".join(f"h.{self._q(name)} = c.{self._q(name)}" for name in CONTEXT)
            source += f" JOIN {self.prefix}c AS c ON {match}"
        layers = self._layers(HOUSEHOLD, source, base, early)
        self.tables[HOUSEHOLD] = f"({layers.select([KEY, *base, *(column.name for column in early)])})"

    def _values(self, contexts: Contexts, key: tuple[Value, ...]) -> tuple[Value, ...]:
        place, area, on = key
        values = contexts.find(place, area, on)
        if values is None:
            tests = [
                f"{self._q(name)} {'IS NULL' if value is None else '= ' + self.literal(value)}"
                for name, value in zip(CONTEXT, key, strict=True)
            ]
            test = " AND ".join(tests)
            who = self.backend.rows(f"SELECT {KEY} FROM {self.tables[HOUSEHOLD]} WHERE {test} LIMIT 1")[0][0]
            raise ContextError(f"household {who}: no law values for region {place}, area {area}, day {on}")
        return values

    def _repeat(self, before: Plan, rows: Sequence[list[Value]]) -> bool:
        """Take what an earlier plan decided; False if its data or its places were others."""
        if before.given != self.given:
            return False
        infos = {name: self._settle(before.settled[name], rows) for name in before.settled}
        if any(before.infos[name] != info for name, info in infos.items()):
            for row in rows:
                del row[len(row) - len(infos) :]
            return False
        self.columns, self.infos, self.same = before.columns, before.infos, before.same
        self.coded, self.asked, self.settled = before.coded, before.asked, before.settled
        return True

    def _settle(self, column: Column, rows: Sequence[list[Value]]) -> Info:
        """What a lookup says at each place and day, written behind its row."""
        assert isinstance(column.expr, Op)
        find, args = self.looked[column.how].find, column.expr.args[1:]
        for row in rows:
            known = dict(zip(CONTEXT, row, strict=False))
            row += find(
                *(arg.value if isinstance(arg, Const) else known[next(names(arg))] for arg in args)
            ) or (None,)
        return info_over(self.program.values[column.how].type, [row[-1] for row in rows])

    def _specialise(self, wanted: Sequence[Column], rows: Sequence[list[Value]]) -> None:
        """Fold what the data already decides, then keep only the columns the outputs still read.

        A lookup by the household's own place, area and day, or by constants, is one more law value of those.
        """
        folded: dict[str, Column] = {}
        first: dict[tuple[str, str, str, Node], str] = {}
        read = set(self._read_by(wanted))
        for column in wanted:
            name = column.name
            if column.kind in (FACT, VALUE):
                folded[name] = replace(column, info=self.infos[name])
                continue
            expr, info = self._folded(column)
            # Regions switch whole chains of rules into copies of each other: one figure, one column.
            twin = first.setdefault((column.entity, column.kind, column.how, expr), name)
            if column.kind == RULE and isinstance(expr, Name) and folded[expr.name].entity == column.entity:
                twin = expr.name
            if twin != name:
                self.same[name] = twin
            elif column.kind == LOOKUP and column.entity == HOUSEHOLD and {*names(expr)} <= {*CONTEXT}:
                self.settled[name] = replace(column, expr=expr)
                info = self._settle(self.settled[name], rows)
                column, expr = replace(column, kind=VALUE, phase=-1), Const(0)
            elif isinstance(expr, Op) and name not in read:
                expr, info = self._coded(name, expr, info)
            self.infos[name] = info
            # What is folded away no longer delays: a value_at on a constant day needs no earlier phase.
            phase = -1 if column.kind == VALUE else _phase(column, [folded[dep] for dep in names(expr)])
            folded[name] = replace(column, expr=expr, info=info, phase=phase)
        live: set[str] = set()
        self.asked = {self.same.get(name, name) for name in self.outputs}
        stack = list(self.asked)
        while stack:
            name = stack.pop()
            if name not in live and self.infos[name].const is None:
                live.add(name)
                stack.extend(names(folded[name].expr))
        self.columns = {name: column for name, column in folded.items() if name in live}

    def _folded(self, column: Column) -> tuple[Node, Info]:
        if column.kind != LOOKUP:
            expr, info = fold(column.expr, self.infos, self.same)
            return expr, infer_aggregate(column.how, info) if column.kind == AGGREGATE else info
        assert isinstance(column.expr, Op)
        if column.how not in self.looked:
            self.looked[column.how] = Contexts(self.source, (column.how,))
        said = [row.values[0] for rows in self.looked[column.how].rows.values() for row in rows]
        info = info_over(self.program.values[column.how].type, [*said, None])
        return Op("at", tuple(fold(arg, self.infos, self.same)[0] for arg in column.expr.args)), info

    def _coded(self, name: str, expr: Op, info: Info) -> tuple[Node, Info]:
        """A reason, or a missing list with the verdict it waits for, as a column of few texts."""
        listed = expr.args[-1]
        if expr.op == "first_false":
            self.coded.add(name)
            return Op("reason", expr.args), info
        if expr.op != "where" or not isinstance(listed, Op) or listed.op != "names":
            return expr, info
        pairs = zip(listed.args[::2], listed.args[1::2], strict=True)
        flags = [part for pair in pairs if pair[0] != Const(False) for part in pair]
        if not flags:
            return Const(""), info_of("")
        self.coded.add(name)
        return Op("listed", (expr.args[0], *flags)), info

    # --- one phase ----------------------------------------------------------------------------------------

    def _read_by(self, columns: Iterable[Column]) -> list[str]:
        return list(dict.fromkeys(name for column in columns for name in names(column.expr)))

    def _behind(self, wanted: Iterable[str]) -> list[Column]:
        """The persons' rules and lookups to compute for these columns, in order."""
        found: set[str] = set()
        stack = list(wanted)
        while stack:
            column = self.columns.get(stack.pop())
            computed = column is not None and column.entity == PERSON and column.kind != FACT
            if column and computed and column.name not in found:
                found.add(column.name)
                stack.extend(names(column.expr))
        return [column for column in self.columns.values() if column.name in found]

    def _people(self, wanted: Iterable[str]) -> Layers:
        """The persons with these columns, computed from the facts up.

        Computed whenever they are read, never kept: to store a value in a table costs thirteen nanoseconds,
        to work it out again some five. A phase is a subquery of its own, for lookups by its figures to join.
        """
        wanted = list(wanted)
        columns = self._behind(wanted)
        stages: dict[int, list[Column]] = {}
        for column in sorted(columns, key=lambda column: column.phase):
            stages.setdefault(column.phase, []).append(column)
        base = {
            name: f"{self.columns[name].entity[0]}.{self._q(name)}"
            for name in dict.fromkeys([*self._read_by(columns), *wanted])
            if self.columns[name] not in columns
        }
        source = f"{self.tables[PERSON]} AS p"
        if any(self.columns[name].entity == HOUSEHOLD for name in base):
            source += f" JOIN {self.tables[HOUSEHOLD]} AS h ON p.{KEY} = h.{KEY}"
        for phase, stage in stages.items():
            layers = self._layers(PERSON, source, base, stage)
            later = {*wanted, *self._read_by(c for c in columns if c.phase > phase)}
            kept = [name for name in (*base, *(column.name for column in stage)) if name in later]
            source = f"({layers.select([*self.keys[PERSON], *kept])}) AS p"
            base = {name: f"p.{self._q(name)}" for name in kept}
        return self._layers(PERSON, source, base, [])

    def _kept(self, phase: int) -> list[str]:
        """The household columns, known by now, that a later phase, a person's figure or the output reads."""
        later = [c for c in self.columns.values() if c.phase > phase and c.entity == HOUSEHOLD]
        read = {*self._read_by(later), *self.asked}
        read.update(self._read_by(self._behind(read)))
        known = (c for c in self.columns.values() if c.entity == HOUSEHOLD and c.phase <= phase)
        return [column.name for column in known if column.name in read]

    def _households(self, phase: int) -> None:
        found = [c for c in self.columns.values() if c.phase == phase and c.entity == HOUSEHOLD]
        aggregates = [column for column in found if column.kind == AGGREGATE]
        stage = [column for column in found if column.kind != AGGREGATE]
        if not found:
            return
        kept = self._kept(phase)
        read = dict.fromkeys([*self._read_by(stage), *kept])
        base = {name: f"h.{self._q(name)}" for name in read if self.columns[name] not in stage}
        source = f"{self.tables[HOUSEHOLD]} AS h"
        if aggregates:
            source += f" LEFT JOIN {self._grouped(aggregates)} AS a ON h.{KEY} = a.{KEY}"
            for column in aggregates:
                joined = filled(column.how, f"a.{self._q(column.name)}", "a._n", column.info.nullable)
                base[column.name] = joined
        layers = self._layers(HOUSEHOLD, source, base, stage)
        before, self.tables[HOUSEHOLD] = self.tables[HOUSEHOLD], f"{self.prefix}h{phase}"
        self.backend.make(self.tables[HOUSEHOLD], layers.select([KEY, *kept]))
        self._made.append(self.tables[HOUSEHOLD])
        if before in self._made:
            self._made.remove(before)
            self.backend.drop(before)

    def _grouped(self, aggregates: Sequence[Column]) -> str:
        layers = self._people(self._read_by(aggregates))
        bodies = [(column, layers.add(f"_b{column.name}", column.expr)) for column in aggregates]
        texts = [f"{layers.aggregate(c.how, body, c.info)} AS {self._q(c.name)}" for c, body in bodies]
        inner = layers.select([KEY, *(f"_b{column.name}" for column in aggregates)])
        return f"(SELECT {', '.join([KEY, 'COUNT(*) AS _n', *texts])} FROM ({inner}) AS b GROUP BY {KEY})"

    def _layers(self, entity: str, source: str, base: Mapping[str, str], stage: Sequence[Column]) -> Layers:
        alias = entity[0]
        columns = {key: (f"{alias}.{key}", Info(TEXT)) for key in self.keys[entity]}
        columns |= {name: (sql, self.infos[name]) for name, sql in base.items()}
        for column in stage:
            if column.kind == LOOKUP:
                source += self._lookup(column, alias)
                columns[column.name] = (f"{column.name}.value", column.info)
        layers = Layers(self.backend.dialect, source, columns)
        held = {column.name for column in stage}
        for column in stage:
            if column.kind != LOOKUP:
                reason = self.reasons.get(column.name, "")
                expr = decided(column.expr, reason, self.infos) if reason in held else column.expr
                layers.add(column.name, expr)
        return layers

    def _lookup(self, column: Column, alias: str) -> str:
        """The join that brings in a value_at, resolved once for every place and day that occurs."""
        assert isinstance(column.expr, Op)
        keys = [
            self.literal(arg.value) if isinstance(arg, Const) else f"{alias}.{self._q(next(names(arg)))}"
            for arg in column.expr.args[1:]
        ]
        name = column.name
        infos = {"place": Info(TEXT), "area": Info(TEXT), "day": Info(INT, hi=2**32), "value": column.info}
        if f"{self.prefix}{name}" not in self._made:
            find, rows, source = self.looked[column.how].find, list[list[Value]](), self.tables[HOUSEHOLD]
            if column.entity == PERSON:
                read = list(names(column.expr))
                source = f"({self._people(read).select([KEY, *read])})"
            for key in self.backend.rows(f"SELECT DISTINCT {', '.join(keys)} FROM {source} AS {alias}"):
                rows.append([*key, *(find(*key) or (None,))])
            self._load(name, {part: self.backend.dialect.type(info) for part, info in infos.items()}, rows)
        match = " AND ".join(f"{key} = {name}.{part}" for key, part in zip(keys, infos, strict=False))
        return f" LEFT JOIN {self.prefix}{name} AS {name} ON {match}"

    # --- tables -------------------------------------------------------------------------------------------

    def _result(self, entity: str) -> str:
        dialect, parts = self.backend.dialect, list(self.keys[entity])
        picked = [name for name in self.outputs if self.program.columns[name].entity == entity]
        for name in picked:
            info, const, twin = (
                self.program.columns[name].info,
                self.infos[name].const,
                self.same.get(name, name),
            )
            sql = self._q(twin) if const is None else self.literal(const)
            if twin not in self.coded:
                few = const is not None and info.type == TEXT
                sql = f"CAST({sql} AS {dialect.enum([sql]) if few else dialect.output(info)})"
            parts.append(f"{sql} AS {self._q(name)}")
        source = self.tables[entity]
        if entity == PERSON:
            live = dict.fromkeys(self.same.get(name, name) for name in picked)
            wanted = [name for name in live if name in self.columns]
            source = f"({self._people(wanted).select([*self.keys[PERSON], *wanted])}) AS p"
        return f"SELECT {', '.join(parts)} FROM {source}"

    def _q(self, name: str) -> str:
        return self.backend.dialect.name(name)

    def _load(self, name: str, types: Mapping[str, str], rows: Sequence[Sequence[Value]]) -> None:
        self.backend.load(self.prefix + name, types, rows)
        self._made.append(self.prefix + name)


def _phase(column: Column, reads: Sequence[Column]) -> int:
    """The phase of a column; -1 for what a household's facts and law values settle without its persons."""
    known = {FACT} if column.kind == LOOKUP else {FACT, VALUE, RULE, LOOKUP}
    early = column.entity == HOUSEHOLD and column.kind in (RULE, LOOKUP)
    settled = early and all(dep.phase < 0 and dep.kind in known for dep in reads)
    return -1 if settled else phase_of(column, reads)
