"""A register in files, chunk by chunk: what the files prove, where to cut, what cannot be placed, what is unclear.

Chunks of whole households keep the joins in memory and the peak flat however large the register is. Missing lists
need a scan of every nullable fact, so they are made in a second pass over the unclear households only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Protocol

from doudi.engine.ir import Info
from doudi.engine.plan import KEY, MEMBER, Backend, Plan
from doudi.engine.program import CONTEXT, FACT, Column, Program
from doudi.engine.scalar import FactError
from doudi.engine.sql import DUCKDB, literal
from doudi.engine.vocabulary import BOOL, HOUSEHOLD, INT, MAX_PERSONS, PERSON, TEXT, ValueSource

CHUNK = 500_000
NAMED = 100
_ACCEPTED = {
    INT: ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"),
    BOOL: ("BOOLEAN",),
    TEXT: ("VARCHAR",),
}
_FILES = {HOUSEHOLD: "households", PERSON: "persons"}
Progress = Callable[[int, int], None]
Group = tuple[Any, Any, int]
"""Least key, greatest key (None: no statistics) and rows of a row group."""


class Database(Backend, Protocol):
    """A backend that also reads and writes files."""

    def run(self, statement: str) -> None:
        """Run a statement without a result."""


@dataclass
class Report:
    """What a run did, and the rows it could not place: counted, the first hundred named, never dropped silently.

    `orphans`: persons (household_id, person_id) of no known household, not assessed. `empty`: households without
    a person, assessed as having nobody. `unclear`: households with an unknown verdict, theirs or a person's (0
    when no missing list was asked for). `absent`: fact columns the files do not have, unknown for everyone.
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
        self, program: Program, values: ValueSource, database: Database, outputs: tuple[str, ...]
    ) -> None:
        self.program, self.values, self.database, self.outputs = program, values, database, outputs
        live = set(program.needed((*outputs, *CONTEXT)))
        self.facts = [c for c in program.columns.values() if c.kind == FACT and c.name in live]
        late = [spec for spec in program.verdicts if f"{spec.key}_missing" in outputs]
        self.late = [f"{spec.key}_missing" for spec in late]
        self.eligible = [f"{spec.key}_eligible" for spec in late]
        self.infos: dict[str, Info] = {}
        self.unproved: set[str] = set()
        self.sources: dict[str, str] = {}
        self.report = Report()
        self.mostly_unclear = False

    def run(self, files: Mapping[str, str], work: Path, progress: Progress | None) -> Report:
        """Evaluate `files` (entity -> SQL list of paths) into Parquet files in `work`."""
        groups: dict[str, list[Group]] = {}
        for entity, listed in files.items():
            self.sources[entity] = f"(SELECT {self._picked(entity, listed)} FROM read_parquet({listed}))"
            groups[entity] = self._statistics(entity, listed)
        total = sum(rows for _, _, rows in groups[HOUSEHOLD])
        for number, chunk in enumerate(self._chunks(groups, total, work)):
            for entity, select in chunk.items():
                self.database.run(f"CREATE OR REPLACE TEMP VIEW in_{entity} AS {select}")
            self._check(chunk)
            self._evaluate(work, number)
            if progress:
                progress(self.report.households, total)
        return self.report

    def _of(self, entity: str) -> list[Column]:
        return [fact for fact in self.facts if fact.entity == entity]

    def _count(self, relation: str) -> int:
        return int(self.database.rows(f"SELECT COUNT(*) FROM {relation}")[0][0] or 0)

    # --- what the files hold and prove --------------------------------------------------------------------------

    def _picked(self, entity: str, listed: str) -> str:
        rows = self.database.rows(f"DESCRIBE SELECT * FROM read_parquet({listed})")
        found = {str(row[0]): str(row[1]) for row in rows}
        parts = [KEY] if entity == HOUSEHOLD else [KEY, MEMBER]
        needed = [*parts, *CONTEXT] if entity == HOUSEHOLD else parts
        if any(key not in found for key in needed):
            raise FactError(
                f"{entity} files: no column {', '.join(key for key in needed if key not in found)}"
            )
        for fact in self._of(entity):
            kind, name = found.get(fact.name), fact.name
            if kind is not None and kind not in _ACCEPTED[fact.info.type]:
                raise FactError(
                    f"{entity} files: {name} is {kind}, not {' or '.join(_ACCEPTED[fact.info.type])}"
                )
            if kind is None:
                self.report.absent += (name,)
            parts.append(f'"{name}"' if kind else f'CAST(NULL AS {DUCKDB.type(fact.info)}) AS "{name}"')
        return ", ".join(parts)

    def _statistics(self, entity: str, listed: str) -> list[Group]:
        """The row groups' keys; on the way, what the row groups' statistics prove of each fact."""
        rows: list[tuple[Any, ...]] = self.database.rows(
            "SELECT path_in_schema, stats_min_value, stats_max_value, stats_null_count, num_values, type"
            f" FROM parquet_metadata({listed})"
        )
        for fact in self._of(entity):
            self._prove(fact, [row[1:5] for row in rows if row[0] == fact.name])
        keys = [row for row in rows if row[0] == KEY]
        source = self.sources[entity]
        if any(row[3] != 0 for row in keys) and (lost := self._count(f"{source} WHERE {KEY} IS NULL")):
            raise FactError(f"{entity} files: {lost} rows have no {KEY}")
        read = int if all(row[5] in ("INT32", "INT64") for row in keys) else str
        return [(*(None if edge is None else read(edge) for edge in row[1:3]), row[4]) for row in keys]

    def _prove(self, fact: Column, groups: Sequence[tuple[Any, ...]]) -> None:
        """Narrow a fact's Info to (least, greatest, nulls, rows) of its row groups, where they all say."""
        nullable = any(nulls != 0 for _, _, nulls, _ in groups) or not groups
        edges = [group for group in groups if group[2] != group[3]]
        low, high = fact.info.lo, fact.info.hi
        if fact.info.type == INT and groups:
            if any(least is None or most is None for least, most, _, _ in edges):
                self.unproved.add(fact.name)
            else:
                low = min((int(least) for least, *_ in edges), default=0)
                high = max((int(most) for _, most, *_ in edges), default=0)
        self._bounded(fact, low, high)
        self.infos[fact.name] = Info(fact.info.type, low, high, nullable)

    def _bounded(self, fact: Column, low: int, high: int) -> None:
        if low < fact.info.lo or high > fact.info.hi:
            raise FactError(f"{fact.entity} files: {fact.name} holds {low} to {high}, beyond {fact.info.hi}")

    # --- chunks -------------------------------------------------------------------------------------------------

    def _chunks(self, groups: Mapping[str, list[Group]], total: int, work: Path) -> Iterator[dict[str, str]]:
        """The two relations, chunk by chunk: cut along the keys of sorted files, else spread by hash first."""
        edges = _edges(groups) if total > CHUNK else []
        if edges is None:
            yield from self._spread(total // CHUNK + 1, work)
            return
        for low, high in pairwise([None, *edges, None]):
            tests = [
                f"{KEY} {sign} {literal(at)}" for sign, at in ((">=", low), ("<", high)) if at is not None
            ]
            test = " AND ".join(tests) or "TRUE"
            yield {entity: f"SELECT * FROM {source} WHERE {test}" for entity, source in self.sources.items()}

    def _spread(self, parts: int, work: Path) -> Iterator[dict[str, str]]:
        for entity, source in self.sources.items():
            folder = literal(str(work.joinpath(entity)))
            spread = f"SELECT *, hash({KEY}) % {parts} AS _part FROM {source}"
            self.database.run(f"COPY ({spread}) TO {folder} (FORMAT PARQUET, PARTITION_BY (_part))")
        for part in range(parts):
            chunk = {}
            for entity, source in self.sources.items():
                found = work.joinpath(entity, f"_part={part}")
                files = literal(str(found.joinpath("*.parquet")))
                read = f"SELECT * FROM read_parquet({files}, hive_partitioning = false)"
                chunk[entity] = read if found.exists() else f"SELECT * FROM {source} LIMIT 0"
            yield chunk

    # --- one chunk ----------------------------------------------------------------------------------------------

    def _check(self, chunk: Mapping[str, str]) -> None:
        """Refuse what would be wrong, note what cannot be placed, and leave in_person without orphans."""
        for fact in (fact for fact in self.facts if fact.name in self.unproved):
            found = self.database.rows(f'SELECT MIN("{fact.name}"), MAX("{fact.name}") FROM in_{fact.entity}')
            low, high = (int(edge or 0) for edge in found[0])
            self._bounded(fact, low, high)
        sizes = f"SELECT {KEY}, COUNT(*) AS n FROM in_%s GROUP BY {KEY}"
        self.database.make("sizes", sizes % PERSON)
        for relation, most, what in (
            (f"({sizes % HOUSEHOLD})", 1, "rows"),
            ("sizes", MAX_PERSONS, "persons"),
        ):
            bad = self.database.rows(f"SELECT {KEY}, n FROM {relation} WHERE n > {most} LIMIT 1")
            if bad:
                raise FactError(f"household {bad[0][0]}: {bad[0][1]} {what}, more than {most}")
        self.report.persons += int(
            self.database.rows("SELECT COALESCE(SUM(n), 0)::BIGINT FROM sizes")[0][0] or 0
        )
        lost = f"in_person ANTI JOIN in_household USING ({KEY})"
        bare = f"in_household ANTI JOIN sizes USING ({KEY})"
        if self._count(f"sizes ANTI JOIN in_household USING ({KEY})"):
            self.report.orphans += self._count(lost)
            self.report.orphan_names += tuple(
                self.database.rows(
                    f"SELECT {KEY}, {MEMBER} FROM {lost} LIMIT {NAMED - len(self.report.orphan_names)}"
                )
            )
            placed = f"SELECT * FROM ({chunk[PERSON]}) SEMI JOIN in_household USING ({KEY})"
            self.database.run(f"CREATE OR REPLACE TEMP VIEW in_person AS {placed}")
        if empty := self._count(bare):
            self.report.empty += empty
            names = self.database.rows(
                f"SELECT {KEY} FROM {bare} LIMIT {NAMED - len(self.report.empty_names)}"
            )
            self.report.empty_names += tuple(row[0] for row in names)
        self.database.drop("sizes")

    def _evaluate(self, work: Path, number: int) -> None:
        asked = (
            self.outputs if self.mostly_unclear else [name for name in self.outputs if name not in self.late]
        )
        first = self._plan(tuple(dict.fromkeys([*asked, *self.eligible])), "in", "m_")
        results = first.run()
        households = self._count("in_household")
        self.report.households += households
        unclear = self._unclear(first, results)
        second = None
        if unclear and not self.mostly_unclear:
            for entity in (HOUSEHOLD, PERSON):
                again = f"SELECT * FROM in_{entity} SEMI JOIN unclear USING ({KEY})"
                self.database.run(f"CREATE OR REPLACE TEMP VIEW again_{entity} AS {again}")
            second = self._plan(self.outputs, "again", "u_")
        redone = second.run() if second else {}
        for entity, title in _FILES.items():
            picked = [name for name in self.outputs if self.program.columns[name].entity == entity]
            if picked or entity == HOUSEHOLD:
                select = self._merged(entity, picked, results[entity], redone.get(entity))
                file = literal(str(work.joinpath(f"{title}-{number:05}.parquet")))
                self.database.run(f"COPY ({select}) TO {file} (FORMAT PARQUET)")
        for plan in (first, second):
            if plan:
                plan.close()
        self.database.drop("unclear")
        self.report.unclear += unclear
        self.mostly_unclear = unclear * 3 > households

    def _plan(self, outputs: tuple[str, ...], tables: str, prefix: str) -> Plan:
        return Plan(
            self.program,
            self.values,
            self.database,
            outputs=outputs,
            facts=self.infos,
            households=f"{tables}_household",
            persons=f"{tables}_person",
            prefix=prefix,
        )

    def _unclear(self, plan: Plan, results: Mapping[str, str]) -> int:
        """Make the table `unclear` of the households with an unknown verdict, their own or a person's."""
        parts = []
        for entity, select in results.items():
            possible = [
                n
                for n in self.eligible
                if self.program.columns[n].entity == entity and plan.infos[n].nullable
            ]
            if possible:
                test = " OR ".join(f'"{name}" IS NULL' for name in possible)
                parts.append(f"SELECT {KEY} FROM ({select}) WHERE {test}")
        none = f"SELECT {KEY} FROM in_household LIMIT 0"
        self.database.make("unclear", " UNION ".join(parts) or none)
        return self._count("unclear")

    def _merged(self, entity: str, picked: Sequence[str], first: str, second: str | None) -> str:
        """The result of an entity: what the second pass redid in place of what the first said of it."""
        keys = [KEY] if entity == HOUSEHOLD else [KEY, MEMBER]
        columns = ", ".join([*keys, *(f'"{name}"' for name in picked)])
        if self.mostly_unclear:
            return f"SELECT {columns} FROM ({first})"
        blank = ", ".join([*keys, *(f"'' AS \"{n}\"" if n in self.late else f'"{n}"' for n in picked)])
        if second is None:
            return f"SELECT {blank} FROM ({first})"
        kept = f"SELECT {blank} FROM ({first}) ANTI JOIN unclear USING ({KEY})"
        return f"{kept} UNION ALL SELECT {columns} FROM ({second})"


def _edges(groups: Mapping[str, list[Group]]) -> list[Any] | None:
    """Keys to cut at so that each row group is read about once, or None when the files are not sorted enough."""
    every = [group for one in groups.values() for group in one]
    if (
        any(low is None or high is None for low, high, _ in every)
        or len({type(low) for low, _, _ in every}) > 1
    ):
        return None
    edges, held = [], 0
    for low, _, rows in sorted(groups[HOUSEHOLD]):
        if held >= CHUNK:
            edges.append(low)
            held = 0
        held += rows
        if held > 2 * CHUNK:
            return None
    bounds = list(pairwise([None, *edges, None]))
    touched = sum(
        rows
        for low, high, rows in every
        for start, end in bounds
        if (end is None or low < end) and (start is None or high >= start)
    )
    return edges if touched * 2 <= sum(rows for _, _, rows in every) * 3 else None
