"""What a plan and a batch ask of an SQL engine, and the key columns of both relations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from doudi.engine.sql import Dialect
from doudi.engine.vocabulary import Value

KEY, MEMBER = "household_id", "person_id"


class Backend(Protocol):
    """What a plan needs of an SQL engine. Tables are temporary."""

    dialect: Dialect

    def make(self, table: str, select: str) -> None:
        """Create a table from a SELECT."""

    def load(self, table: str, types: Mapping[str, str], rows: Sequence[Sequence[Value]]) -> None:
        """Create a small table from Python rows."""

    def rows(self, select: str) -> list[tuple[Value, ...]]:
        """Run a SELECT with a small result."""

    def drop(self, table: str) -> None:
        """Forget a table."""
