"""DuckDB for the recipe: tables too large for Python, within a memory limit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

MEMORY = "3GB"


class Tables:
    """One connection; statements are the recipe's own, values are passed as parameters."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection

    def run(self, statement: str) -> None:
        """Run a statement without a result."""
        self.connection.execute(statement)

    def add(self, table: str, types: Mapping[str, str], rows: Sequence[Mapping[str, Any]]) -> None:
        """Append rows; a missing column is NULL."""
        columns = [[row.get(name) for row in rows] for name in types]
        parts = ", ".join(f"unnest(CAST(? AS {kind}[]))" for kind in types.values())
        self.connection.execute(f"INSERT INTO {table} SELECT {parts}", columns)

    def count(self, table: str) -> int:
        """How many rows a table has."""
        found = self.connection.execute(f"SELECT count(*) FROM {table}").fetchone()
        return int(found[0]) if found else 0

    def write(self, select: str, file: Path) -> int:
        """The result as a Parquet file; returns its rows."""
        name = str(file).replace("'", "''")
        found = self.connection.execute(f"COPY ({select}) TO '{name}' (FORMAT PARQUET)").fetchone()
        return int(found[0]) if found else 0


@contextmanager
def opened(work: Path) -> Iterator[Tables]:
    """A database in the folder `work`, which may be deleted afterwards."""
    with duckdb.connect(str(work / "people.duckdb")) as connection:
        connection.execute(f"SET memory_limit = '{MEMORY}'")
        connection.execute("SET preserve_insertion_order = false; SET threads = 2")
        yield Tables(connection)
