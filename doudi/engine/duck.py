"""DuckDB, spoken to here only: Parquet in and out within a memory limit, or rows held in memory."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from doudi.engine.backend import KEY, MEMBER
from doudi.engine.batch import Batch, Group, Progress, Report
from doudi.engine.ir import Info, info_over
from doudi.engine.plan import Plan
from doudi.engine.program import Program
from doudi.engine.scalar import FactError, checked, facts_of
from doudi.engine.sql import DUCKDB
from doudi.engine.vocabulary import HOUSEHOLD, MAX_PERSONS, PERSON, Value, ValueSource

CHUNK = 2_000_000
"""Households; half as many cost a tenth more time and save 250 MB."""
UNHELPFUL = "partial_aggregate_pushdown,common_subexpressions"
"""DuckDB's rewriting that undoes ours: grouping early, it writes the levels below into one and works figures
out again for each reader. A reading of all costs a third less without, the plan of a few rows two thirds."""
Rows = Sequence[Mapping[str, Value]]


class DuckDB:
    """The SQL engine of a plan and the files of a batch, on one connection."""

    dialect = DUCKDB
    chunk = CHUNK

    def __init__(self, connection: duckdb.DuckDBPyConnection, work: Path = Path()) -> None:
        """`work` is a folder for spread input and results."""
        self.connection, self.work = connection, work

    def run(self, statement: str) -> None:
        """Run a statement without a result."""
        self.connection.execute(statement)

    def make(self, table: str, select: str) -> None:
        """Create a temporary table from a SELECT."""
        self.run(f"CREATE TEMP TABLE {table} AS {select}")

    def load(self, table: str, types: Mapping[str, str], rows: Sequence[Sequence[Value]]) -> None:
        """Create a temporary table from Python rows: a list parameter per column, never text pasted in."""
        columns = [list(column) for column in zip(*rows, strict=True)] or [[] for _ in types]
        parts = [f'unnest(CAST(? AS {kind}[])) AS "{name}"' for name, kind in types.items()]
        self.connection.execute(f"CREATE TEMP TABLE {table} AS SELECT {', '.join(parts)}", columns)

    def rows(self, select: str) -> list[tuple[Value, ...]]:
        """Run a SELECT with a small result."""
        return self.connection.execute(select).fetchall()

    def drop(self, table: str) -> None:
        """Drop a temporary table."""
        self.run(f"DROP TABLE {table}")

    def open(self, entity: str, files: Sequence[str]) -> str:
        """A view over Parquet files; FactError when there is none or one is broken."""
        try:
            self.run(f"CREATE TEMP VIEW file_{entity} AS SELECT * FROM read_parquet({_listed(files)})")
        except duckdb.Error as wrong:
            raise FactError(f"{entity} files cannot be read: {wrong}") from wrong
        return f"file_{entity}"

    def groups(self, files: Sequence[str]) -> list[Group]:
        """The statistics of every row group; integer keys as int, so that they compare as numbers."""
        rows = self.connection.execute(
            "SELECT path_in_schema, stats_min_value, stats_max_value, stats_null_count, num_values, type"
            f" FROM parquet_metadata({_listed(files)})"
        ).fetchall()

        def edge(text: str | None, kind: str) -> int | str | None:
            return int(text) if text and kind in ("INT32", "INT64") else text

        return [Group(name, edge(a, kind), edge(b, kind), *rest) for name, a, b, *rest, kind in rows]

    def spread(self, sources: Mapping[str, str], parts: int) -> Iterator[dict[str, str]]:
        """Write both relations once more, divided by a hash of the household, and read them part by part."""
        # Each thread gathers this many rows over all parts: ten times as many filled 3 GB at 30M persons.
        self.run("SET partitioned_write_flush_threshold = 50000")
        for entity, source in sources.items():
            folder = DUCKDB.literal(str(self.work.joinpath(entity)))
            spread = f"SELECT *, hash({KEY}) % {parts} AS _part FROM {source}"
            self.run(f"COPY ({spread}) TO {folder} (FORMAT PARQUET, PARTITION_BY (_part))")
        for part in range(parts):
            chunk = {}
            for entity, source in sources.items():
                folder_of = self.work.joinpath(entity, f"_part={part}")
                files = _listed([str(folder_of.joinpath("*.parquet"))])
                found = f"SELECT * FROM read_parquet({files}, hive_partitioning = false)"
                chunk[entity] = found if folder_of.exists() else f"SELECT * FROM {source} LIMIT 0"
            yield chunk

    def write(self, entity: str, select: str, number: int) -> str:
        """Write one numbered result file; returns a SELECT that reads it back."""
        file = self.work.joinpath(f"{entity}s-{number:05}.parquet")
        # Keys are all different: looking for a dictionary of them costs a third of the writing.
        how = "FORMAT PARQUET, DICTIONARY_SIZE_LIMIT 1000, WRITE_BLOOM_FILTER false"
        self.run(f"COPY ({select}) TO {DUCKDB.literal(str(file))} ({how})")
        return f"FROM read_parquet({DUCKDB.literal(str(file))})"


@contextmanager
def connected(work: str | Path, *, memory: str = "3GB", threads: int = 2) -> Iterator[DuckDB]:
    """A connection that keeps to `memory` and spills to the folder `work`, for rooms that prepare tables."""
    with duckdb.connect() as connection:
        # Rows may come out in any order: keeping it would hold whole results in memory.
        connection.execute("SET preserve_insertion_order = false")
        settings = (("memory_limit", memory), ("threads", threads), ("temp_directory", str(work)))
        for setting, value in (*settings, ("disabled_optimizers", UNHELPFUL)):
            connection.execute(f"SET {setting} = {DUCKDB.literal(value)}")
        yield DuckDB(connection, Path(work))


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

    Input: one row per household_id with its facts; one row per person_id with its household_id and facts; INT
    facts as integers, BOOL as booleans, TEXT as text; an absent column is unknown for everyone; in any order.
    Output: the keys and `columns` (default: the verdicts), INT as BIGINT, or DECIMAL(38,0) where the declared
    bounds ask for it; earlier result files in `out` are replaced, and only when the whole run succeeds.
    `progress(done, total)` counts households. `memory` limits DuckDB; Python needs about 100 MB beside it.

    Raises FactError (type, bounds, keys) and ContextError (no law values), naming households.
    """
    started = time.monotonic()
    target = Path(out)
    target.mkdir(parents=True, exist_ok=True)
    files = {HOUSEHOLD: _several(households), PERSON: _several(persons)}
    with TemporaryDirectory(dir=target, prefix=".work-") as work:
        with connected(work, memory=memory, threads=threads) as database:
            report = Batch(program, values, database, columns).run(files, progress)
        for kind in ("households", "persons"):
            for old in target.glob(f"{kind}-*.parquet"):
                old.unlink()
            for made in Path(work).glob(f"{kind}-*.parquet"):
                made.rename(target.joinpath(made.name))
    report.seconds = round(time.monotonic() - started)
    return report


def evaluate(
    program: Program,
    values: ValueSource,
    *,
    households: Rows,
    persons: Rows,
    columns: Iterable[str] | None = None,
) -> tuple[list[dict[str, Value]], list[dict[str, Value]]]:
    """Evaluate rows held in memory: household rows and person rows, with keys, in the order given.

    Raises FactError, also for a household given twice and for persons of a household not given.
    """
    _refuse_misplaced(households, persons)
    outputs = tuple(columns or program.outputs())
    infos: dict[str, Info] = {}
    with duckdb.connect(config={"threads": 1, "disabled_optimizers": UNHELPFUL}) as connection:
        backend = DuckDB(connection)
        for entity, rows in ((HOUSEHOLD, households), (PERSON, persons)):
            columns_of = facts_of(program, entity)
            facts = [
                {KEY: row[KEY], MEMBER: row.get(MEMBER)} | checked(columns_of, row, row[KEY]) for row in rows
            ]
            types = {KEY: "VARCHAR", MEMBER: "VARCHAR"}
            for name, _, _ in columns_of:
                infos[name] = info_over(program.columns[name].info.type, [row[name] for row in facts])
                types[name] = DUCKDB.type(infos[name])
            backend.load(f"in_{entity}", types, [list(row.values()) for row in facts])
        tables = {HOUSEHOLD: "in_household", PERSON: "in_person"}
        found = Plan(program, values, backend, outputs=outputs, facts=infos, tables=tables).run()
        people = _in_order(backend, found[PERSON], persons, (KEY, MEMBER))
        return _in_order(backend, found[HOUSEHOLD], households, (KEY,)), people


def _refuse_misplaced(households: Rows, persons: Rows) -> None:
    sizes = Counter(row[KEY] for row in persons)
    twice = [who for who, rows in Counter(row[KEY] for row in households).items() if rows > 1]
    nobody = sizes.keys() - {row[KEY] for row in households}
    crowded = {who: size for who, size in sizes.items() if size > MAX_PERSONS}
    wrong = [(who, "given twice") for who in twice]
    wrong += [(who, "has persons but is not given") for who in nobody]
    wrong += [(who, f"{size} persons, more than {MAX_PERSONS}") for who, size in crowded.items()]
    for who, why in wrong:
        raise FactError(f"household {who}: {why}")


def _in_order(backend: DuckDB, select: str, given: Rows, keys: Sequence[str]) -> list[dict[str, Value]]:
    cursor = backend.connection.execute(select)
    titles = [column[0] for column in cursor.description]
    if not set(keys) <= set(titles):
        return [{key: row[key] for key in keys} for row in given]
    exact = ([int(v) if isinstance(v, Decimal) else v for v in row] for row in cursor.fetchall())
    found = {tuple(row[: len(keys)]): dict(zip(titles, row, strict=True)) for row in exact}
    return [found[tuple(str(row[key]) for key in keys)] | {key: row[key] for key in keys} for row in given]


def _several(files: str | Sequence[str]) -> list[str]:
    return [files] if isinstance(files, str) else [str(name) for name in files]


def _listed(files: Sequence[str]) -> str:
    return "[" + ", ".join(DUCKDB.literal(name) for name in files) + "]"
