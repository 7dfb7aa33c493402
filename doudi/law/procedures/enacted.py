"""A procedure as one region runs it on one day: which rows exist, how many days each has, who acts.

Switches, day counts and authority are values of the law; what comes out has none left: edges with numbers
and actor codes only, so that a desk can run it without asking the law again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from doudi.law.errors import MissingValue
from doudi.law.procedures import words
from doudi.law.spec import Edge, Procedure, Within
from doudi.law.values import Found, Values

TOWNSHIP_LEADER = "TL"
_UNITS = frozenset(
    {"working_days", "calendar_days", "hours", "months", "whole_months", "payment_months", "days_before"}
)


@dataclass(frozen=True)
class Place:
    """Where and when values are asked: a region code, an area type, and the law's values."""

    values: Values
    region: str
    area: str

    def found(self, name: str, on: int) -> Found:
        """The entry in force on a day (yyyymmdd). Raises MissingValue."""
        return self.values.explain(name, self.region, self.area, on)

    def true(self, switch: str, on: int) -> bool:
        """Whether a switch holds: `value`, `not value`, `value is (not) CODE`, `filled value` (no where
        nobody has filled it in), joined by `and`. Raises MissingValue.
        """
        return all(self._term(term, on) for term in switch.split(" and "))

    def untold_township(self, on: int) -> str:
        """What to say where only a county is given and a pilot of some of its townships runs; else empty."""
        given = self.values.lookup("pilot_county", self.region, self.area, on) == self.region
        return self.found("pilot_county", on).entry.note if given else ""

    def _term(self, term: str, on: int) -> bool:
        match term.split():
            case ["not", name]:
                return not self.found(name, on).value
            case ["filled", name]:
                return bool(self.values.lookup(name, self.region, self.area, on))
            case [name, "is", *other, code]:
                return (self.found(name, on).value == code) != bool(other)
            case [name]:
                return bool(self.found(name, on).value)
        raise ValueError(term)


@dataclass(frozen=True)
class Limit:
    """A time limit with its number: `count` of `unit` from `start`, and the value it came from (None: the
    table itself).
    """

    count: int
    unit: str
    start: str
    found: Found | None


def limit(within: Within, place: Place, on: int) -> Limit:
    """The limit in force on the day that governs the case. Raises MissingValue."""
    found = place.found(within.count, on) if isinstance(within.count, str) else None
    unit = within.unit if within.unit in _UNITS else str(place.found(within.unit, on).value)
    return Limit(int(found.value if found else within.count), unit, within.start, found)


def hangs(edge: Edge) -> bool:
    """True when the limit is a public notice's time, which must run its full length (公示期)."""
    return edge.notice is not None and edge.within is not None and edge.within.unit == "calendar_days"


def actors(who: Iterable[str], place: Place, on: int) -> tuple[str, ...]:
    """Actor codes; a name that is no code is a value: the authority on the day of the step. Raises
    MissingValue.
    """
    known = words().actors
    return tuple(dict.fromkeys(c if c in known else str(place.found(c, on).value) for c in who))


def unfilled(procedure: Procedure, place: Place, on: int) -> Iterator[MissingValue]:
    """The values for want of which a procedure leaves rows out (`filled value`), each once."""
    terms = [term.split() for edge in procedure.edges for term in (edge.switch or "").split(" and ")]
    for name in dict.fromkeys(term[1] for term in terms if term[:1] == ["filled"]):
        try:
            place.found(name, on)
        except MissingValue as missing:
            yield missing


def enact(procedure: Procedure, place: Place, on: int) -> Procedure:
    """The procedure with only the edges that exist at the place on the day, in table order. Raises
    MissingValue.

    Rows that are passed through are gone and their neighbours joined; states nobody can reach any more are
    gone too. Limits and actors keep their value names: `limit` and `actors` read those.
    """
    rows, through = [], {}
    for edge in procedure.edges:
        if edge.switch is None or place.true(edge.switch, on):
            rows.append(edge)
        elif edge.skips:
            through[edge.to] = edge.from_

    def standing(state: str) -> str:
        while state in through:
            state = through[state]
        return state

    joined = [replace(edge, from_=standing(edge.from_), to=standing(edge.to)) for edge in rows]
    plain = _reachable(procedure.start, [edge for edge in joined if edge.from_ != "*"])
    edges = plain + [
        replace(edge, from_=state, to=state if edge.to == "*" else edge.to)
        for edge in joined
        if edge.from_ == "*"
        for state in _before_decision(procedure, plain)
    ]
    alive = {procedure.start, *(edge.to for edge in edges)}
    return replace(
        procedure,
        edges=tuple(edges),
        final=tuple(state for state in procedure.final if state in alive),
        states={state: label for state, label in procedure.states.items() if state in alive},
    )


def _reachable(start: str, edges: list[Edge]) -> list[Edge]:
    seen, fresh = {start}, {start}
    while fresh:
        fresh = {edge.to for edge in edges if edge.from_ in fresh} - seen
        seen |= fresh
    return [edge for edge in edges if edge.from_ in seen]


def _before_decision(procedure: Procedure, edges: list[Edge]) -> list[str]:
    """The states, in table order and without the first, from which an approving edge is still ahead."""
    ahead = {edge.from_ for edge in edges if edge.approves}
    while more := {edge.from_ for edge in edges if edge.to in ahead} - ahead:
        ahead |= more
    return [state for state in procedure.states if state in ahead and state != procedure.start]
