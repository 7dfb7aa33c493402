"""A register in files, chunk by chunk: what the files prove, what cannot be placed, what is unclear.

Chunks of whole households keep the joins in memory and the peak flat however large the register is. Missing
lists need a scan of every nullable fact, so they are made in a second pass over the unclear households only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, NamedTuple, Protocol

from doudi.engine.backend import KEY, MEMBER, Backend
from doudi.engine.ir import Info
from doudi.engine.plan import Plan
from doudi.engine.program import CONTEXT, FACT, Column, Program
from doudi.engine.scalar import FactError
from doudi.engine.vocabulary import BOOL, HOUSEHOLD, INT, MAX_PERSONS, PERSON, TEXT, ValueSource

NAMED = 100
FEW = 8
"""With no more nullable facts than this, missing lists are cheap enough to be made in the first pass."""
_ACCEPTED = {
    INT: ("TINYINT", "SMALLINT", "INT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"),
    BOOL: ("BOOLEAN",),
    TEXT: ("VARCHAR", "STRING"),
}
_ALWAYS = {"false": (0, 0), "true": (1, 1)}
CUT_OFF = 32
"""A text of fewer bytes stands whole in a file's statistics, whoever wrote them."""
Progress = Callable[[int, int], None]


class Group(NamedTuple):
    """One column of one row group: least and greatest value (None: not recorded), NULLs, rows."""

    column: str
    low: Any
    high: Any
    nulls: int | None
    rows: int


class Database(Backend, Protocol):
    """A backend that also reads and writes Parquet."""

    chunk: int
    """Households to hold at a time."""

    def run(self, statement: str) -> None:
        """Run a statement without a result."""

    def open(self, entity: str, files: Sequence[str]) -> str:
        """The name of a relation over Parquet files (paths or globs)."""

    def groups(self, files: Sequence[str]) -> list[Group]:
        """What the files' statistics record; empty when there is no way to ask."""

    def spread(self, sources: Mapping[str, str], parts: int) -> Iterator[dict[str, str]]:
        """The relations cut by household into about equal parts, as SELECTs."""

    def write(self, entity: str, select: str, number: int) -> str:
        """Write a result as the entity's file with that number; returns a SELECT that reads it back."""


@dataclass
class Report:
    """What a run did, and the rows it could not place: counted, the first hundred named, none dropped unsaid.

    `orphans`: persons (household_id, person_id) of no known household, not assessed. `empty`: households
    without a person, assessed as having nobody. `unclear`: households with an unknown verdict, theirs or a
    person's (0 when no missing list was asked for). `absent`: fact columns the files do not have, unknown for
    everyone.
    """

    households: int = 0
    persons: int = 0
    unclear: int = 0
    orphans: int = 0
    orphan_names: tuple[tuple[Any, ...], ...] = ()
    empty: int = 0
    empty_names: tuple[Any, ...] = ()
    absent: tuple[str, ...] = ()
    seconds: int = 0


class Batch:
    """One run of a program over household and person files."""

    def __init__(
        self, program: Program, values: ValueSource, database: Database, outputs: Iterable[str] | None
    ) -> None:
        self.program, self.values, self.database = program, values, database
        self.outputs = tuple(outputs or program.outputs())
        live = set(program.needed((*self.outputs, *CONTEXT)))
        self.facts = [c for c in program.columns.values() if c.kind == FACT and c.name in live]
        late = [spec for spec in program.verdicts if f"{spec.key}_missing" in self.outputs]
        self.late = [f"{spec.key}_missing" for spec in late]
        self.eligible = [f"{spec.key}_eligible" for spec in late]
        self.infos: dict[str, Info] = {}
        self.unproved: list[Column] = []
        self.report = Report()
        self.at_once = False
        self.before: Plan | None = None

    def run(self, files: Mapping[str, Sequence[str]], progress: Progress | None = None) -> Report:
        """Evaluate the files of each entity; the database writes the results."""
        sources = {entity: self._source(entity, listed) for entity, listed in files.items()}
        groups = {entity: self.database.groups(listed) for entity, listed in files.items()}
        total = self._count(sources[HOUSEHOLD])
        for fact in self.facts:
            self._prove(fact, [group for group in groups[fact.entity] if group.column == fact.name])
        for number, chunk in enumerate(self._chunks(sources, groups, total)):
            for entity, select in chunk.items():
                self.database.run(f"CREATE OR REPLACE TEMP VIEW in_{entity} AS {select}")
            self._measure()
            self._place(chunk)
            self._evaluate(number)
            if progress:
                progress(self.report.households, total)
        return self.report

    def _q(self, name: str) -> str:
        return self.database.dialect.name(name)

    def _count(self, relation: str) -> int:
        return int(self.database.rows(f"SELECT COUNT(*) FROM {relation}")[0][0] or 0)

    def _entity(self, name: str) -> str:
        return self.program.columns[name].entity

    # --- what the files hold and prove ----------------------------------------------------------------

    def _source(self, entity: str, files: Sequence[str]) -> str:
        """An entity's keys and live facts as a relation; FactError for a missing key or a wrong type."""
        relation = self.database.open(entity, files)
        types = {str(row[0]): str(row[1]).upper() for row in self.database.rows(f"DESCRIBE {relation}")}
        keys = [KEY] if entity == HOUSEHOLD else [KEY, MEMBER]
        absent = [key for key in (*keys, *(CONTEXT if entity == HOUSEHOLD else ())) if key not in types]
        if absent:
            raise FactError(f"{entity} files: no column {', '.join(absent)}")
        parts = list(keys)
        for fact in (fact for fact in self.facts if fact.entity == entity):
            kind, name = types.get(fact.name), self._q(fact.name)
            if kind and kind not in _ACCEPTED[fact.info.type]:
                raise FactError(
                    f"{entity} files: {fact.name} is {kind}, not {' or '.join(_ACCEPTED[fact.info.type])}"
                )
            if not kind:
                self.report.absent += (fact.name,)
            parts.append(name if kind else f"CAST(NULL AS {self.database.dialect.type(fact.info)}) AS {name}")
        source = f"(SELECT {', '.join(parts)} FROM {relation})"
        if lost := self._count(f"{source} WHERE {KEY} IS NULL"):
            raise FactError(f"{entity} files: {lost} rows have no {KEY}")
        return source

    def _prove(self, fact: Column, groups: Sequence[Group]) -> None:
        """Narrow a fact's Info to what its row groups record: bounds, or the one answer that everybody gave.

        What they do not record is measured chunk by chunk.
        """
        ends = {end for group in groups if group.nulls != group.rows for end in (group.low, group.high)}
        if not groups or (fact.info.type == INT and None in ends):
            self.unproved.append(fact)
            return
        only = str(next(iter(ends))) if len(ends) == 1 else ""
        low, high = _ALWAYS.get(only, (0, 1)) if fact.info.type == BOOL else (0, 1)
        if fact.info.type == INT:
            low, high = min(map(int, ends), default=0), max(map(int, ends), default=0)
        self._learn(fact, low, high, any(group.nulls != 0 for group in groups))
        # Other writers cut long texts off: two ends that look alike may be two texts.
        if fact.info.type == TEXT and None not in ends and 0 < len(only.encode()) < CUT_OFF:
            self.infos[fact.name] = replace(self.infos[fact.name], text=only)

    def _learn(self, fact: Column, low: int, high: int, nullable: bool) -> None:
        if low < fact.info.lo or high > fact.info.hi:
            raise FactError(f"{fact.entity} files: {fact.name} holds {low} to {high}, beyond {fact.info.hi}")
        self.infos[fact.name] = Info(fact.info.type, low, high, nullable)

    def _measure(self) -> None:
        for entity in (HOUSEHOLD, PERSON):
            facts = [fact for fact in self.unproved if fact.entity == entity]
            asked = [
                f"MIN({self._q(f.name)}), MAX({self._q(f.name)}), COUNT({self._q(f.name)})" for f in facts
            ]
            found = (
                self.database.rows(f"SELECT COUNT(*), {', '.join(asked)} FROM in_{entity}")[0]
                if facts
                else ()
            )
            for at, fact in enumerate(facts):
                low, high, known = found[3 * at + 1 : 3 * at + 4]
                numbers = (int(low or 0), int(high or 0)) if fact.info.type == INT else (0, 1)
                self._learn(fact, *numbers, known != found[0])

    # --- chunks ---------------------------------------------------------------------------------------

    def _chunks(
        self, sources: Mapping[str, str], groups: Mapping[str, list[Group]], total: int
    ) -> Iterator[dict[str, str]]:
        """Both relations, chunk by chunk: cut along the keys of sorted files, else spread by hash first."""
        size, literal = self.database.chunk, self.database.dialect.literal
        edges = [] if total <= size else _edges(groups, size)
        if edges is None:
            yield from self.database.spread(sources, total // size + 1)
            return
        for low, high in pairwise([None, *edges, None]):
            sides = [
                f"{KEY} {sign} {literal(at)}" for sign, at in ((">=", low), ("<", high)) if at is not None
            ]
            test = " AND ".join(sides) or "TRUE"
            yield {entity: f"SELECT * FROM {source} WHERE {test}" for entity, source in sources.items()}

    # --- one chunk ------------------------------------------------------------------------------------

    def _place(self, chunk: Mapping[str, str]) -> None:
        """Refuse what would be wrong, note what cannot be placed, and leave in_person without orphans."""
        database, report, using = self.database, self.report, f"USING ({KEY})"
        every = f"SELECT {KEY}, 1 AS h FROM in_household UNION ALL SELECT {KEY}, NULL FROM in_person"
        sizes = f"(SELECT {KEY}, COUNT(h) AS h, COUNT(*) - COUNT(h) AS p FROM ({every}) GROUP BY {KEY})"
        none = "COUNT(CASE WHEN h = 0 THEN 1 END), COUNT(CASE WHEN p = 0 THEN 1 END)"
        asked = f"SUM(h), SUM(p), MAX(h), MAX(p), {none}"
        found = [int(count or 0) for count in database.rows(f"SELECT {asked} FROM {sizes}")[0]]
        households, persons, rows, most, strange, empty = found
        for side, held, limit, what in (("h", rows, 1, "rows"), ("p", most, MAX_PERSONS, "persons")):
            if held > limit:
                who = database.rows(f"SELECT {KEY} FROM {sizes} WHERE {side} = {held} LIMIT 1")[0][0]
                raise FactError(f"household {who}: {held} {what}, more than {limit}")
        report.households += households
        report.persons += persons
        if strange:
            lost = f"in_person ANTI JOIN in_household {using}"
            report.orphans += self._count(lost)
            left = NAMED - len(report.orphan_names)
            report.orphan_names += tuple(database.rows(f"SELECT {KEY}, {MEMBER} FROM {lost} LIMIT {left}"))
            placed = f"SELECT * FROM ({chunk[PERSON]}) SEMI JOIN in_household {using}"
            database.run(f"CREATE OR REPLACE TEMP VIEW in_person AS {placed}")
        if empty:
            report.empty += empty
            left = NAMED - len(report.empty_names)
            bare = f"SELECT {KEY} FROM {sizes} WHERE p = 0 LIMIT {left}"
            report.empty_names += tuple(row[0] for row in database.rows(bare))

    def _evaluate(self, number: int) -> None:
        self.at_once |= sum(self.infos[fact.name].nullable for fact in self.facts) <= FEW
        asked = [name for name in self.outputs if self.at_once or name not in self.late]
        first = self._plan([*dict.fromkeys([*asked, *self.eligible])], "in", "m_", self.before)
        self.before = first
        results, redone = first.run(), dict[str, str]()
        plans = [first]
        if not self.at_once and self._unclear(first, results):
            for entity in (HOUSEHOLD, PERSON):
                again = f"SELECT * FROM in_{entity} SEMI JOIN unclear USING ({KEY})"
                self.database.run(f"CREATE OR REPLACE TEMP VIEW again_{entity} AS {again}")
            plans.append(self._plan(self.outputs, "again", "u_"))
            redone = plans[1].run()
        written = dict(results)
        for entity in (HOUSEHOLD, PERSON):
            picked = [name for name in self.outputs if self._entity(name) == entity]
            if picked or entity == HOUSEHOLD:
                merged = self._merged(picked, results[entity], redone.get(entity))
                written[entity] = self.database.write(entity, merged, number)
        if self.at_once:
            # To read verdicts back costs a twentieth of working them out once more.
            self._unclear(first, written if {*self.eligible} <= {*self.outputs} else results)
        unclear = self._count("unclear")
        for plan in plans:
            plan.close()
        self.database.drop("unclear")
        self.report.unclear += unclear
        self.at_once |= self.report.unclear * 3 > self.report.households

    def _plan(self, outputs: Sequence[str], tables: str, prefix: str, before: Plan | None = None) -> Plan:
        return Plan(
            self.program,
            self.values,
            self.database,
            outputs=outputs,
            facts=self.infos,
            tables={entity: f"{tables}_{entity}" for entity in (HOUSEHOLD, PERSON)},
            prefix=prefix,
            before=before,
        )

    def _unclear(self, plan: Plan, results: Mapping[str, str]) -> int:
        """Make the table `unclear` of the households with an unknown verdict, their own or a person's."""
        parts = [f"SELECT {KEY} FROM in_household WHERE FALSE"]
        for entity, select in results.items():
            doubtful = [n for n in self.eligible if self._entity(n) == entity and plan.infos[n].nullable]
            if doubtful:
                test = " OR ".join(f"{self._q(name)} IS NULL" for name in doubtful)
                parts.append(f"SELECT {KEY} FROM ({select}) WHERE {test}")
        self.database.make("unclear", " UNION ".join(parts))
        return self._count("unclear")

    def _merged(self, picked: Sequence[str], first: str, second: str | None) -> str:
        """The result of an entity: what the second pass redid in place of what the first said of it."""
        keys = [KEY] if all(self._entity(name) == HOUSEHOLD for name in picked) else [KEY, MEMBER]
        full = ", ".join([*keys, *map(self._q, picked)])
        none = f"CAST('' AS {self.database.dialect.enum([repr('')])})"
        blank = ", ".join(
            [*keys, *(f"{none} AS {self._q(n)}" if n in self.late else self._q(n) for n in picked)]
        )
        if self.at_once:
            return f"SELECT {full} FROM ({first})"
        if second is None:
            return f"SELECT {blank} FROM ({first})"
        return (
            f"SELECT {blank} FROM ({first}) ANTI JOIN unclear USING ({KEY})"
            f" UNION ALL SELECT {full} FROM ({second})"
        )


def _edges(groups: Mapping[str, list[Group]], size: int) -> list[Any] | None:
    """Keys to cut at so that each row group is read about once, or None for files not sorted enough."""
    keys = {entity: [group for group in found if group.column == KEY] for entity, found in groups.items()}
    every = [group for found in keys.values() for group in found]
    if any(group.low is None or group.high is None for group in every):
        return None
    if len({type(group.low) for group in every}) != 1:
        return None
    cuts: list[Any] = []
    held = 0
    for group in sorted(keys[HOUSEHOLD], key=lambda group: group.low):
        if held >= size:
            cuts.append(group.low)
            held = 0
        held += group.rows
        if held > 2 * size:
            return None
    touched = sum(
        group.rows
        for group in every
        for start, end in pairwise([None, *cuts, None])
        if (end is None or group.low < end) and (start is None or group.high >= start)
    )
    return cuts if touched * 2 <= sum(group.rows for group in every) * 3 else None
