"""Law values for a batch: each distinct (place, area type, day) is resolved once, to one row or an error.

Resolved here and joined by equality, not by a join on intervals: an as-of join takes a neighbouring standard
when nothing matches, and two overlapping rows would silently double a household.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise

from doudi.engine.vocabulary import ContextRow, Value, ValueSource
from doudi.kernel.region import RegionCode, RegionError


class ContextError(ValueError):
    """A household that no law value set, or more than one, applies to; names household, place and day."""


class Contexts:
    """The intervals of some parameters, ready to be asked for a place and day."""

    def __init__(self, source: ValueSource, names: Sequence[str]) -> None:
        self.rows: dict[tuple[str, str], list[ContextRow]] = {}
        for row in source.contexts(names):
            self.rows.setdefault((row.place, row.area_type), []).append(row)
        self.places = {place for place, _ in self.rows}
        for (place, area), rows in self.rows.items():
            rows.sort(key=lambda row: row.from_ymd)
            for one, after in pairwise(rows):
                if one.until_ymd is None or one.until_ymd > after.from_ymd:
                    raise ContextError(
                        f"two value sets claim {place or 'the nation'} {area} on {after.from_ymd}"
                    )

    def find(self, place: Value, area: Value, on: Value) -> tuple[Value, ...] | None:
        """What the longest listed prefix of `place` says on that day, in the order of the names, or None."""
        if not (isinstance(place, str) and isinstance(area, str) and isinstance(on, int)):
            return None
        try:
            path = [*RegionCode.parse(place).path(), ""]
        except RegionError:
            path = [""]
        listed = next((code for code in path if code in self.places), None)
        rows = self.rows.get((listed, area), []) if listed is not None else []
        at = bisect_right(rows, on, key=lambda row: row.from_ymd) - 1
        inside = at >= 0 and (rows[at].until_ymd is None or on < (rows[at].until_ymd or 0))
        return rows[at].values if inside else None
