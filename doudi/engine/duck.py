"""Batches in DuckDB: Parquet or Python rows in, Parquet or rows out. The only module that speaks to DuckDB."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from doudi.engine.ir import Info, info_over
from doudi.engine.plan import KEY, MEMBER, Plan
from doudi.engine.program import CONTEXT, FACT, Program
from doudi.engine.scalar import FactError
from doudi.engine.sql import DUCKDB, literal, width
from doudi.engine.vocabulary import BOOL, HOUSEHOLD, INT, MAX_PERSONS, PERSON, TEXT, Value, ValueSource

CHUNK = 500_000
_ACCEPTED = {
    INT: ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"),
    BOOL: ("BOOLEAN",),
    TEXT: ("VARCHAR",),
}
Progress = Callable[[int, int], None]


class DuckDB:
    """A plan's backend on one connection."""

    dialect = DUCKDB

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection

    def make(self, table: str, select: str) -> None:
        """Create a temporary table from a SELECT."""
        self.connection.execute(f"CREATE TEMP TABLE {table} AS {select}")

    def load(self, table: str, types: Mapping[str, str], rows: Sequence[Sequence[Value]]) -> None:
        """Create a temporary table from Python rows: a list parameter per column, never text pasted into SQL."""
        columns = [list(column) for column in zip(*rows, strict=True)] or [[] for _ in types]
        parts = [f'unnest(CAST(? AS {kind}[])) AS "{name}"' for name, kind in types.items()]
        self.connection.execute(f"CREATE TEMP TABLE {table} AS SELECT {', '.join(parts)}", columns)

    def rows(self, select: str) -> list[tuple[Value, ...]]:
        """Run a SELECT with a small result."""
        return self.connection.execute(select).fetchall()

    def drop(self, table: str) -> None:
        """Drop a temporary table."""
        self.connection.execute(f"DROP TABLE {table}")


@dataclass
class Report:
    """What a run did. Rows that could not be joined are counted here, the first hundred by name, never dropped
    in silence: `orphans` are persons (household_id, person_id) of no known household, `empty` households without
    a person (they are assessed, as having nobody)."""

    households: int = 0
    persons: int = 0
    unclear: int = 0
    orphans: int = 0
    orphan_names: tuple[tuple[Value, Value], ...] = ()
    empty: int = 0
    empty_names: tuple[Value, ...] = ()
    absent: tuple[str, ...] = ()
    seconds: int = 0


def run(
    program: Program,
    values: ValueSource,
    *,
    households: str | Sequence[str],
    persons: str | Sequence[str],
    out: str | Path,
    memory: str = "3GB",
    threads: int = 2,
    progress: Progress | None = None,
    columns: Iterable[str] | None = None,
) -> Report:
    """Evaluate Parquet files (paths or globs) into `out/households-*.parquet` and `out/persons-*.parquet`.

    Input: one row per household_id with its facts, one row per person_id with its household_id and facts; INT
    facts as integers, BOOL as booleans, TEXT as text, an absent column is unknown for everyone. Any row order.
    Output: the keys and `columns` (default: the verdicts), INT as BIGINT (DECIMAL(38,0) where bounds ask for it).
    `progress(done, total)` counts households. Raises FactError (type, bounds, keys), ContextError (no law values).
    """
    started = time.monotonic()
    target = Path(out)
    target.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=target, prefix=".work-") as work:
        connection = duckdb.connect(
            config={"memory_limit": memory, "threads": threads, "temp_directory": work, "preserve_insertion_order": False}
        )
        with connection:
            batch = _Batch(program, values, DuckDB(connection), tuple(columns or program.outputs()))
            report = batch.run(_listed(households), _listed(persons), target, Path(work), progress)
    report.seconds = round(time.monotonic() - started)
    return report


def evaluate(
    program: Program,
    values: ValueSource,
    *,
    households: Sequence[Mapping[str, Value]],
    persons: Sequence[Mapping[str, Value]],
    columns: Iterable[str] | None = None,
) -> tuple[list[dict[str, Value]], list[dict[str, Value]]]:
    """Evaluate rows held in memory: household rows and person rows, with keys, in the order given.

    As `run` for the columns asked for; persons must belong to one of the households.
    """
    outputs = tuple(columns or program.outputs())
    infos: dict[str, Info] = {}
    with duckdb.connect(config={"threads": 1}) as connection:
        backend = DuckDB(connection)
        for entity, rows in ((HOUSEHOLD, households), (PERSON, persons)):
            facts = [c for c in program.columns.values() if c.kind == FACT and c.entity == entity]
            for fact in facts:
                infos[fact.name] = info_over(fact.info.type, [row.get(fact.name) for row in rows])
            types = {KEY: "VARCHAR", MEMBER: "VARCHAR"} | {c.name: DUCKDB.type(infos[c.name]) for c in facts}
            backend.load(f"in_{entity}", types, [[row.get(name) for name in types] for row in rows])
        given = {"households": "in_household", "persons": "in_person"}
        found = Plan(program, values, backend, outputs=outputs, facts=infos, **given).run()
        return _fetched(backend, found[HOUSEHOLD], households), _fetched(backend, found[PERSON], persons)


def _fetched(backend: DuckDB, select: str, given: Sequence[Mapping[str, Value]]) -> list[dict[str, Value]]:
    cursor = backend.connection.execute(select)
    keys = [column[0] for column in cursor.description if column[0] in (KEY, MEMBER)]
    titles = [column[0] for column in cursor.description]
    exact = ([int(v) if isinstance(v, Decimal) else v for v in row] for row in cursor.fetchall())
    rows = {tuple(row[: len(keys)]): dict(zip(titles, row, strict=True)) for row in exact}
    return [rows[tuple(row[key] for key in keys)] for row in given] if MEMBER in keys or select else []


def _listed(files: str | Sequence[str]) -> str:
    return "[" + ", ".join(literal(str(name)) for name in ([files] if isinstance(files, str) else files)) + "]"


class _Batch:
    def __init__(self, program: Program, values: ValueSource, backend: DuckDB, outputs: tuple[str, ...]) -> None:
        self.program, self.values, self.backend, self.outputs = program, values, backend, outputs
        live = set(program.needed((*outputs, *CONTEXT)))
        self.facts = [c for c in program.columns.values() if c.kind == FACT and c.name in live]
        self.report = Report()
        self.infos: dict[str, Info] = {}
        missing = {f"{spec.key}_missing" for spec in program.verdicts}
        self.late = [name for name in outputs if name in missing]
        self.plain = [name for name in outputs if name not in missing]

    def run(self, households: str, persons: str, target: Path, work: Path, progress: Progress | None) -> Report:
        self.sources = {HOUSEHOLD: f"read_parquet({households})", PERSON: f"read_parquet({persons})"}
        self.selects = {entity: self._select(entity) for entity in self.sources}
        groups = {entity: self._groups(entity, files) for entity, files in ((HOUSEHOLD, households), (PERSON, persons))}
        total = sum(rows for _, _, rows in groups[HOUSEHOLD])
        for at, test in enumerate(self._ranges(groups)):
            self._chunk(test, target, at)
            if progress:
                progress(self.report.households, total)
        return self.report

    def _select(self, entity: str) -> str:
        rows = self.backend.rows(f"DESCRIBE SELECT * FROM {self.sources[entity]}")
        found = {str(row[0]): str(row[1]) for row in rows}
        parts = [KEY] if entity == HOUSEHOLD else [KEY, MEMBER]
        for key in parts:
            if key not in found:
                raise FactError(f"{entity} files have no column {key}")
        for column in self.facts:
            if column.entity == entity:
                kind, name = found.get(column.name), column.name
                if kind is None:
                    self.report.absent += (name,)
                    parts.append(f'CAST(NULL AS {DUCKDB.type(column.info)}) AS "{name}"')
                elif kind in _ACCEPTED[column.info.type]:
                    parts.append(f'"{name}"')
                else:
                    raise FactError(f"{entity} column {name} is {kind}, not {' or '.join(_ACCEPTED[column.info.type])}")
        return ", ".join(parts)

    def _groups(self, entity: str, files: str) -> list[tuple[Value, Value, int]]:
        """(least key, greatest key, rows) of each row group; notes on the way what the statistics prove of facts."""
        rows = self.backend.rows(
            "SELECT path_in_schema, stats_min_value, stats_max_value, stats_null_count, num_values, type"
            f" FROM parquet_metadata({files})"
        )
        by_name: dict[str, list[tuple[Value, ...]]] = {}
        for name, *stats in rows:
            by_name.setdefault(str(name), []).append(tuple(stats))
        for column in self.facts:
            if column.entity == entity:
                self.infos[column.name] = _proved(column.info, by_name.get(column.name, []), column.name)
        number = by_name[KEY][0][4] in ("INT32", "INT64")
        return [(int(a) if number else a, int(b) if number else b, int(n)) for a, b, _, n, _ in by_name[KEY]]

    def _ranges(self, groups):
        hs = sorted(groups[HOUSEHOLD])
        cuts, held = [], 0
        for low, _, rows in hs:
            if held >= CHUNK:
                cuts.append(low)
                held = 0
            held += rows
        edges = [None, *cuts, None]
        for a, b in zip(edges, edges[1:]):
            tests = ([f"{KEY} >= {literal(a)}"] if a is not None else []) + ([f"{KEY} < {literal(b)}"] if b is not None else [])
            yield " AND ".join(tests) or "TRUE"

    def _chunk(self, test: str, target: Path, at: int) -> None:
        be = self.backend
        for e in (HOUSEHOLD, PERSON):
            be.connection.execute(f"CREATE OR REPLACE TEMP VIEW in_{e} AS SELECT {self.selects[e]} FROM {self.sources[e]} WHERE {test}")
        plan = Plan(self.program, self.values, be, outputs=self.plain, facts=self.infos, households="in_household", persons="in_person")
        found = plan.run()
        for e, name in ((HOUSEHOLD, "households"), (PERSON, "persons")):
            if e == HOUSEHOLD or any(self.program.columns[n].entity == PERSON for n in self.outputs):
                be.connection.execute(f"COPY ({found[e]}) TO '{target}/{name}-{at:05}.parquet' (FORMAT PARQUET)")
        self.report.households += be.rows(f"SELECT COUNT(*) FROM in_household")[0][0]
        plan.close()


def _proved(declared: Info, stats: Sequence[tuple[Value, ...]], name: str) -> Info:
    """What row group statistics prove of a column; where one is silent the declaration stands."""
    if not stats:
        return declared
    nullable = any(one[2] is None or one[2] for one in stats)
    known = [one for one in stats if one[2] != one[3]]
    if declared.type != INT or any(one[0] is None for one in known):
        return Info(declared.type, declared.lo, declared.hi, nullable)
    low, high = (pick(int(one[at]) for one in known) for at, pick in ((0, min), (1, max)))
    if low < declared.lo or high > declared.hi:
        raise FactError(f"{name} holds {low} to {high}, beyond its bound {declared.hi}")
    return Info(INT, low, high, nullable)
