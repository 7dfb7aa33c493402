"""Before a law changes, the past is replayed: families under the law as it is and as it would be.

What comes out is exactly who would be answered otherwise, in which scheme, from what to what, and which law
values did it: those with a part in the answer whose return to what they were would undo the change.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from doudi.assessment.program import conditions, program
from doudi.assessment.working import Leaf, Working
from doudi.engine.scalar import Scalar, Trace
from doudi.engine.vocabulary import ContextRow, Value
from doudi.kernel.verdict import Verdict
from doudi.law.folding import fold
from doudi.law.labels import Labels
from doudi.law.parameters import ymd
from doudi.law.rulebook import Law
from doudi.law.spec import Scheme, Unit

Document = Mapping[str, Any]


class Decided(NamedTuple):
    """A case as it was decided: the facts then known, and the day whose law governed it."""

    key: str
    document: Document
    on: date


class Told(NamedTuple):
    """An answer: verdict, amount and supplements in fen (None: unknown), the reason's code."""

    verdict: Verdict
    amounts: tuple[int | None, ...]
    reason: str


class Change(NamedTuple):
    """One law value that did it: what it was and became, and where it was read (the place and both days)."""

    parameter: str
    before: Value
    after: Value
    place: str
    area: str
    days: tuple[int, int]


class Difference(NamedTuple):
    """One answer that would be another: of the household (`member` None) or of one member."""

    key: str
    scheme: str
    member: int | None
    before: Told
    after: Told
    because: tuple[Change, ...] = ()


_NEVER = Told(Verdict.NO, (), "")


def replay(
    cases: Iterable[Decided], *, before: Law, after: Law, day: date | None = None
) -> Iterator[Difference]:
    """Every answer that the change of law would change, case by case in the order given; nothing else.

    With `day` the same papers are also asked on that other day, under `after`: income still counts in the
    months before the first day. A scheme that only one of the two laws knows counts as refused by the other.
    Raises FactError.
    """
    pair = _Pair(before, after)
    for case in cases:
        first = ymd(case.on) if day else int(case.document["household"].get("on") or ymd(case.on))
        yield from pair.differences(case, first, ymd(day) if day else first)


@dataclass(frozen=True)
class _Mixed:
    """The later law's values, but those in `kept` as the earlier law had them on the earlier day."""

    before: Law
    after: Law
    kept: frozenset[str]
    days: dict[int, int]

    def lookup(self, name: str, place: str, area_type: str | None, on_ymd: int) -> Value | None:
        if name in self.kept:
            return self.before.values.lookup(name, place, area_type, self.days.get(on_ymd, on_ymd))
        return self.after.values.lookup(name, place, area_type, on_ymd)

    def contexts(self, names: Iterable[str]) -> Iterable[ContextRow]:
        """Asked by batches only; a mixture answers one household at a time."""
        raise NotImplementedError(f"no batch of a mixture of two laws: {names}")


@dataclass
class _Pair:
    """Two laws, each ready to answer, and the mixtures of them that tell which value did it."""

    before: Law
    after: Law
    mixtures: dict[tuple[str, int, int], Scalar] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.scalars = [program(law).scalar(law.values) for law in (self.before, self.after)]

    def differences(self, case: Decided, first: int, second: int) -> Iterator[Difference]:
        rows = [_folded(case.document, first, on) for on in (first, second)]
        old, new = (one.evaluate(*row) for one, row in zip(self.scalars, rows, strict=True))
        told, becomes = _answers(self.before, old), _answers(self.after, new)
        workings: list[Working] = []
        for key, member in dict.fromkeys((*told, *becomes)):
            was, is_now = told.get((key, member), _NEVER), becomes.get((key, member), _NEVER)
            if was == is_now:
                continue
            workings = workings or [_working(self.before, old), _working(self.after, new)]
            found = list(self._changed(workings, key, member))
            decisive = [one for one in found if self._undoes(one, (key, member), rows[1], is_now)]
            yield Difference(case.key, key, member, was, is_now, tuple(decisive or found))

    def _changed(self, workings: Sequence[Working], key: str, member: int | None) -> Iterator[Change]:
        """The law values with a part in either answer that are not what they were."""
        read: list[dict[tuple[str, str], tuple[Value, int]]] = []
        for law, working in zip((self.before, self.after), workings, strict=True):
            scheme = next((one for one in law.schemes if one.key == key), None)
            read.append(dict(_read(law, working, _roots(scheme, member))) if scheme else {})
        (home, area), days = _where(workings[0].trace), [_on(one.trace) for one in workings]
        for name, place in dict.fromkeys((*read[0], *read[1])):
            values, asked = [], []
            for law, found, day in zip((self.before, self.after), read, days, strict=True):
                on = found.get((name, place), (None, day))[1]
                values.append(law.values.lookup(name, place or home, area, on))
                asked.append(on)
            if values[0] != values[1]:
                yield Change(name, values[0], values[1], place or home, area, (asked[0], asked[1]))

    def _undoes(
        self, change: Change, answer: tuple[str, int | None], rows: tuple[Any, Any], is_now: Told
    ) -> bool:
        """Would the answer be another if this one value had stayed?"""
        key = (change.parameter, *change.days)
        if key not in self.mixtures:
            days = {change.days[1]: change.days[0]}
            source = _Mixed(self.before, self.after, frozenset({change.parameter}), days)
            self.mixtures[key] = program(self.after).scalar(source)
        trace = self.mixtures[key].evaluate(*rows)
        return _answers(self.after, trace).get(answer, _NEVER) != is_now


def _folded(document: Document, first: int, on: int) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    given = document["household"]
    household = {**given, "on": on, "application_date": given.get("application_date") or first}
    return fold({**document, "household": household}, on=on)


def _answers(law: Law, trace: Trace) -> dict[tuple[str, int | None], Told]:
    found: dict[tuple[str, int | None], Told] = {}
    for scheme in law.schemes:
        if scheme.unit is Unit.HOUSEHOLD:
            found[scheme.key, None] = _told(scheme, trace.household)
            continue
        for at, person in enumerate(trace.persons):
            found[scheme.key, at] = _told(scheme, {**trace.household, **person})
    return found


def _told(scheme: Scheme, row: Mapping[str, Any]) -> Told:
    verdict = Verdict.of(row[f"{scheme.key}_eligible"])
    failed = (test.code for test in conditions(scheme) if row[test.rule] is False)
    extra = [row[one.amount] for one in scheme.supplements] if verdict is Verdict.YES else []
    return Told(verdict, (row[f"{scheme.key}_amount"], *extra) if scheme.amount else (), next(failed, ""))


def _working(law: Law, trace: Trace) -> Working:
    who = tuple(f"成员{at}" for at in range(1, len(trace.persons) + 1))
    return Working(program(law), trace, Labels(law, *_where(trace), _on(trace)), who)


def _where(trace: Trace) -> tuple[str, str]:
    return str(trace.household["region_code"]), str(trace.household["area_type"])


def _on(trace: Trace) -> int:
    return int(trace.household["on"] or 0)


def _roots(scheme: Scheme, member: int | None) -> list[Leaf]:
    paid = (scheme.amount, *(one.amount for one in scheme.supplements))
    return [(name, member) for name in (*(test.rule for test in conditions(scheme)), *paid) if name]


def _read(
    law: Law, working: Working, roots: list[Leaf]
) -> Iterator[tuple[tuple[str, str], tuple[Value, int]]]:
    """The law values behind some figures as ((name, place or "" for the family's own), (value, day))."""
    behind = {name for name, _ in working.behind(roots)}
    for name in sorted(behind & law.parameters.keys()):
        yield (name, ""), (working.value(name), _on(working.trace))
    for one in working.trace.lookups:
        if f"value:{one.name}" in behind:
            yield (one.name, one.place), (one.value, one.on)
