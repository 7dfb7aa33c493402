"""Every household of a file: the verdicts of `evaluate` without the working, and what they come to in all.

A few thousand households go through the scalar evaluator, more through DuckDB; the figures are identical.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import islice
from typing import Any

from doudi.assessment.evaluate import assess
from doudi.assessment.program import NOT_IN_FORCE, conditions, program
from doudi.assessment.working import Leaf
from doudi.engine import duck
from doudi.engine.program import CONTEXT
from doudi.engine.vocabulary import Value
from doudi.kernel.verdict import Verdict
from doudi.law.citing import turned_on
from doudi.law.errors import MissingValue
from doudi.law.folding import fold
from doudi.law.parameters import ymd
from doudi.law.rulebook import Law
from doudi.law.spec import Condition, Scheme, Unit

SCALAR_UP_TO = 3000
"""Households from which DuckDB's start-up pays."""
CHUNK = 20_000
MEMBERS, CO_LIVING = "members", "household_size"
"""Who counts for dibao, and who lives together: a tekun person is only in the second."""
Progress = Callable[[int, int], None]
Row = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Outcome:
    """One household's figures and its persons'. `lacking`: by scheme and member, what would settle it."""

    household: Row
    persons: tuple[Row, ...]
    lacking: Mapping[tuple[str, int | None], tuple[Leaf, ...]] = field(default_factory=dict)

    def said(self, scheme: Scheme) -> list[Said]:
        """A scheme's answers: one about the household, or one about each person in order."""
        if scheme.unit is Unit.HOUSEHOLD:
            return [_said(scheme, self.household, self.lacking.get((scheme.key, None), ()))]
        return [
            _said(scheme, {**self.household, **person}, self.lacking.get((scheme.key, at), ()))
            for at, person in enumerate(self.persons)
        ]


@dataclass(frozen=True, slots=True)
class Said:
    """What one scheme said: verdict, fen a month (None unknown), the condition not met, what it lacks."""

    verdict: Verdict
    amount: int | None
    paid: bool
    supplements: tuple[int | None, ...]
    failed: Condition | None
    lacking: tuple[Leaf, ...]

    @property
    def in_force(self) -> bool:
        """False where the scheme does not exist at this place on this day."""
        return self.failed is None or self.failed.code != NOT_IN_FORCE

    @property
    def parts(self) -> tuple[int | None, ...]:
        """The amount and its supplements; empty for a status that pays nothing."""
        return (self.amount, *self.supplements) if self.paid else ()

    @property
    def open(self) -> bool:
        """True when an officer has something to find out before this can be decided or paid."""
        granted = self.verdict is Verdict.YES
        return self.verdict is Verdict.UNCLEAR or (granted and None in self.parts)


def _said(scheme: Scheme, row: Row, lacking: tuple[Leaf, ...]) -> Said:
    verdict = Verdict.of(row[f"{scheme.key}_eligible"])  # type: ignore[arg-type]
    failed = next((test for test in conditions(scheme) if row[test.rule] is False), None)
    return Said(
        verdict=verdict,
        amount=row[f"{scheme.key}_amount"] if scheme.amount else None,  # type: ignore[arg-type]
        paid=scheme.amount is not None,
        supplements=tuple(_amount(row, extra.amount, verdict) for extra in scheme.supplements),
        failed=failed if verdict is Verdict.NO else None,
        lacking=lacking,
    )


def _amount(row: Row, name: str, verdict: Verdict) -> int | None:
    return row[name] if verdict is Verdict.YES else None if verdict is Verdict.UNCLEAR else 0  # type: ignore[return-value]


def figures(law: Law, *, every: bool = False) -> tuple[str, ...]:
    """What an outcome holds: verdicts and what explains them, or with `every` each rule, fact and value.

    What explains a refusal are its condition, and the figures by which its articles are about this family.
    """
    made = program(law)
    if every:
        return tuple(name for name in made.columns if not name.startswith("_"))
    asked = [*CONTEXT, MEMBERS, CO_LIVING, *made.outputs()]
    for scheme in law.schemes:
        asked += [test.rule for test in conditions(scheme)] + [extra.amount for extra in scheme.supplements]
        asked += sorted(turned_on(cite for test in conditions(scheme) for cite in test.cites))
    return tuple(dict.fromkeys(asked))


def outcomes(
    documents: Sequence[Mapping[str, Any]],
    *,
    law: Law,
    on: date,
    every: bool = False,
    progress: Progress | None = None,
    scalar_up_to: int = SCALAR_UP_TO,
) -> Iterator[Outcome]:
    """Assess canonical documents, in their order. `progress(done, total)` counts households.

    Raises FactError for a fact of the wrong type, or without region, area type or day.
    """
    names, done = figures(law, every=every), 0
    run = _scalar if len(documents) <= scalar_up_to else _batch
    source = iter(documents)
    while chunk := list(islice(source, CHUNK if run is _batch else 200)):
        folded = [_folded(document, done + at, on) for at, document in enumerate(chunk)]
        for document, outcome in zip(chunk, run(folded, law, names), strict=True):
            yield _asked(document, outcome, law, on)
        done += len(chunk)
        if progress:
            progress(done, len(documents))


def _asked(document: Mapping[str, Any], outcome: Outcome, law: Law, on: date) -> Outcome:
    """The outcome with what it lacks. The engine's list names everything behind an open condition; a clerk is
    asked only for what would settle it for this family, which the working of a single household knows."""
    answers = [answer for scheme in law.schemes for answer in outcome.said(scheme)]
    if not any(answer.open for answer in answers):
        return outcome
    whole = assess(document, on=on, law=law)
    open_ = [answer for answer in whole.answers if answer.verdict is not Verdict.NO]
    lacking = {(answer.scheme.key, answer.member): tuple(whole.lacking(answer)) for answer in open_}
    return replace(outcome, lacking=lacking)


def _folded(
    document: Mapping[str, Any], at: int, on: date
) -> tuple[dict[str, Value], list[dict[str, Value]]]:
    """Facts under keys of our own, in order: a person may have no number, and two offices the same ones."""
    household, persons = fold(document, on=ymd(on))
    household["household_id"] = f"{at:09}"
    for number, person in enumerate(persons):
        person |= {"household_id": f"{at:09}", "person_id": f"{at:09}-{number:03}"}
    return household, persons


def _scalar(folded: Iterable[Any], law: Law, names: Sequence[str]) -> Iterator[Outcome]:
    evaluator = program(law).scalar(law.values)
    for household, persons in folded:
        trace = evaluator.evaluate(household, persons)
        yield Outcome(
            {name: trace.household[name] for name in names if name in trace.household},
            tuple({name: row[name] for name in names if name in row} for row in trace.persons),
        )


def _batch(folded: Sequence[Any], law: Law, names: Sequence[str]) -> Iterator[Outcome]:
    made = program(law)
    households, persons = duck.evaluate(
        made,
        law.values,
        households=[household for household, _ in folded],
        persons=[person for _, rows in folded for person in rows],
        columns=names,
    )
    people = iter(persons)
    for household, (_, rows) in zip(households, folded, strict=True):
        yield Outcome(household, tuple(islice(people, len(rows))))


@dataclass
class Line:
    """What one scheme comes to: households and persons that qualify, fen a month, households unclear."""

    households: int = 0
    persons: int = 0
    amount: int = 0
    unpriced: int = 0
    unclear: int = 0
    in_force: int = 0


@dataclass
class Tally:
    """The totals of a run: `missing` counts households by what they lack, `holes` by gaps of the law."""

    law: Law
    households: int = 0
    persons: int = 0
    none: int = 0
    unclear: int = 0
    lines: dict[str, Line] = field(default_factory=dict)
    missing: Counter[str] = field(default_factory=Counter)
    holes: dict[str, int] = field(default_factory=dict)
    explained: int = 0
    """Of how many unclear households `missing` and `holes` speak, where not all were looked into (0: all)."""

    def __post_init__(self) -> None:
        self.lines = {scheme.key: Line() for scheme in self.law.schemes}

    def add(self, outcome: Outcome) -> Outcome:
        """Counts one household in, and gives it back."""
        self.households += 1
        self.persons += len(outcome.persons)
        lacking: set[str] = set()
        granted = unclear = False
        for scheme in self.law.schemes:
            line = self.lines[scheme.key]
            answers = outcome.said(scheme)
            yes = [answer for answer in answers if answer.verdict is Verdict.YES]
            open_ = [answer for answer in answers if answer.verdict is Verdict.UNCLEAR]
            granted, unclear = granted or bool(yes), unclear or bool(open_)
            line.in_force += any(answer.in_force for answer in answers)
            line.unclear += bool(open_)
            line.households += bool(yes)
            whole = scheme.unit is Unit.HOUSEHOLD
            line.persons += int(outcome.household[MEMBERS] or 0) * len(yes) if whole else len(yes)
            for answer in yes:
                line.unpriced += None in answer.parts
                line.amount += sum(part for part in answer.parts if part is not None)
            lacking.update(name for answer in answers for name, _ in answer.lacking)
        self.none += not granted and not unclear
        self.unclear += unclear and not granted
        self.missing.update(lacking)
        for name in lacking:
            if name.startswith("value:"):
                self._hole(name.removeprefix("value:"), outcome.household)
        return outcome

    def _hole(self, name: str, household: Row) -> None:
        place, area, on = (household[key] for key in CONTEXT)
        try:
            self.law.values.explain(name, str(place), str(area), int(on or 0))
            label = f"{self.law.parameters[name].label}（{name}）"
            text = f"缺少政策数值：{label}，务工地没有。请在数值文件中补上这一条，再用 --values 带入"
        except MissingValue as missing:
            text = str(missing)
        self.holes[text] = self.holes.get(text, 0) + 1
