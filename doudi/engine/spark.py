"""The same rulebook on a Spark cluster the user already runs, or in local mode: the extra `doudi[spark]`."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

from pyspark.sql import DataFrame, SparkSession

from doudi.engine.batch import Batch, Group, Report
from doudi.engine.program import Program
from doudi.engine.sql import SPARK
from doudi.engine.vocabulary import HOUSEHOLD, PERSON, Value, ValueSource


class Spark:
    """The SQL engine of a plan and the files of a batch, on one session. Spark cuts the work itself."""

    dialect = SPARK
    chunk = 10**15

    def __init__(self, session: SparkSession, out: str) -> None:
        self.session, self.out = session, out
        self.tables: dict[str, DataFrame] = {}
        # Without ANSI an overflow wraps silently: a figure, not an error.
        session.conf.set("spark.sql.ansi.enabled", "true")

    def run(self, statement: str) -> None:
        """Run a statement without a result."""
        self.session.sql(statement)

    def make(self, table: str, select: str) -> None:
        """Create a table from a SELECT, computed now and cut from its past.

        Lazily it would be computed again by each reader, doubling in every phase; persisted, its plan would
        still carry all earlier plans, and printing that alone exhausts a gigabyte after four phases.
        """
        frame = self.session.sql(select).localCheckpoint(eager=True)
        frame.createOrReplaceTempView(table)
        self.tables[table] = frame

    def load(self, table: str, types: Mapping[str, str], rows: Sequence[Sequence[Value]]) -> None:
        """Create a small table from Python rows."""
        kinds = list(types.values())
        exact = [
            tuple(
                Decimal(v) if kind.startswith("DECIMAL") and v is not None else v
                for kind, v in zip(kinds, row, strict=True)
            )
            for row in rows
        ]
        schema = ", ".join(f"`{name}` {kind}" for name, kind in types.items())
        self.tables[table] = self.session.createDataFrame(exact, schema)
        self.tables[table].createOrReplaceTempView(table)

    def rows(self, select: str) -> list[tuple[Value, ...]]:
        """Run a SELECT with a small result."""
        return [tuple(row) for row in self.session.sql(select).collect()]

    def drop(self, table: str) -> None:
        """Forget a table."""
        self.tables.pop(table).unpersist()
        self.session.catalog.dropTempView(table)

    def open(self, entity: str, files: Sequence[str]) -> str:
        """A view over Parquet files."""
        self.session.read.parquet(*files).createOrReplaceTempView(f"file_{entity}")
        return f"file_{entity}"

    def groups(self, files: Sequence[str]) -> list[Group]:
        """Nothing: Spark does not show what the files record, so facts are measured."""
        return []

    def spread(self, sources: Mapping[str, str], parts: int) -> Iterator[dict[str, str]]:
        """One part: Spark shuffles by itself."""
        yield {entity: f"SELECT * FROM {source}" for entity, source in sources.items()}

    def write(self, entity: str, select: str, number: int) -> str:
        """Write the entity's results as one Parquet folder; returns a SELECT that reads it back."""
        self.session.sql(select).write.mode("overwrite").parquet(f"{self.out}/{entity}s")
        return f"SELECT * FROM parquet.`{self.out}/{entity}s`"


def run(
    program: Program,
    values: ValueSource,
    *,
    session: SparkSession,
    households: str | Sequence[str],
    persons: str | Sequence[str],
    out: str,
    columns: Iterable[str] | None = None,
) -> Report:
    """As `duck.run`, on a Spark session and any path it reads; writes folders `households` and `persons`."""
    started = time.monotonic()
    files = {
        entity: [paths] if isinstance(paths, str) else list(paths)
        for entity, paths in ((HOUSEHOLD, households), (PERSON, persons))
    }
    report = Batch(program, values, Spark(session, out), columns).run(files)
    report.seconds = round(time.monotonic() - started)
    return report
