"""The kinds of file other departments deliver, read from sets.toml."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import NamedTuple


class Extract(NamedTuple):
    """One kind of file: who supplies it, whether it is a flow, and the SELECT with `{m}` for its month."""

    key: str
    supplier: str
    flow: bool
    select: str


def sets() -> list[Extract]:
    """X01 to X23, then the office's own list and payments."""
    text = Path(__file__).with_name("sets.toml").read_text("utf-8")
    return [
        Extract(
            row["key"],
            row["supplier"],
            row["flow"],
            "\n".join([row["select"], *map(_hidden, row.get("hidden", ()))]),
        )
        for row in tomllib.loads(text)["set"]
    ]


def _hidden(row: dict[str, str]) -> str:
    return (
        f"UNION ALL SELECT {row['columns']} FROM planted p LEFT JOIN people USING (person_id)"
        f" WHERE kind = '{row['kind']}' AND {row.get('when', 'since <= {m}')}"
    )
