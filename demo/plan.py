"""What the living county is made of, kept beside the register until all of it has been put in.

The families depend on the day they are made for: one who goes on tomorrow must go on with the same day.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

FILE = "demo-county.json"


@dataclass(frozen=True)
class Plan:
    """So many households by this seed, as of a day (YYYY-MM-DD); `complete` when the register holds all."""

    households: int
    seed: int
    on: str
    complete: bool = False

    @property
    def day(self) -> date:
        """The day the families are made for."""
        return date.fromisoformat(self.on)


def read(home: Path) -> Plan | None:
    """The plan of this installation; None before the county is begun."""
    try:
        return Plan(**json.loads(home.joinpath(FILE).read_text("utf-8")))
    except FileNotFoundError:
        return None


def write(home: Path, plan: Plan) -> None:
    """Keeps the plan: whole or not at all, whatever ends the process meanwhile."""
    unfinished = home / f"{FILE}.new"
    unfinished.write_text(json.dumps(asdict(plan)), "utf-8")
    os.replace(unfinished, home / FILE)
