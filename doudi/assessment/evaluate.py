"""One household, every scheme: verdict, reason with article, distance to the line, what is missing, amount.

The batch path (`batch.py`) gives the same verdicts for millions; this one keeps every intermediate and says
why.
"""

from __future__ import annotations

import re
from collections import ChainMap
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple

from doudi.assessment.program import NOT_IN_FORCE, conditions, program
from doudi.assessment.working import Leaf, Working
from doudi.engine.program import Program
from doudi.engine.scalar import Trace
from doudi.engine.vocabulary import Value
from doudi.kernel.keeping import kept
from doudi.kernel.money import format_yuan
from doudi.kernel.reason import Reason
from doudi.kernel.verdict import Verdict
from doudi.law.citing import cited
from doudi.law.folding import fold
from doudi.law.labels import Labels
from doudi.law.parameters import ymd
from doudi.law.rulebook import Law
from doudi.law.spec import Cite, Condition, Scheme, Supplement, Unit

Document = Mapping[str, Any]
MONTHLY = "fen/month"
_BETWEEN = re.compile("(.+)与(.+)之差(?:（.+）)?")


class Answer(NamedTuple):
    """What one scheme says about the household (`member` None) or one member (by place in the document).

    `failed` and `unknown` are the conditions not met and not answered, in the scheme's order. `missing` is
    the engine's list, the same in every evaluator; `Assessment.lacking` the shorter one an officer is asked.
    `amount` is None when unknown or when the scheme pays nothing. `supplements` come with a grant only.
    """

    scheme: Scheme
    member: int | None
    verdict: Verdict
    failed: tuple[Condition, ...]
    unknown: tuple[Condition, ...]
    missing: tuple[str, ...]
    amount: int | None
    supplements: tuple[tuple[Supplement, int | None], ...]

    @property
    def in_force(self) -> bool:
        """False where the scheme does not exist at this place on this day."""
        return not (self.failed and self.failed[0].code == NOT_IN_FORCE)

    @property
    def parts(self) -> list[int | None]:
        """The amount and its supplements; empty for a status that pays nothing."""
        return [self.amount, *(value for _, value in self.supplements)] if self.scheme.amount else []


@dataclass(frozen=True)
class Assessment:
    """One household under one law on one day, with every figure that led there.

    `document` is the canonical household document, `trace` the engine's record of facts, values and rules.
    """

    document: Document
    on: date
    law: Law
    program: Program
    trace: Trace
    answers: tuple[Answer, ...]

    @property
    def who(self) -> tuple[str, ...]:
        """The members' names in the document's order; 成员1 where there is none."""
        return tuple(
            str(m.get("name") or f"成员{at}") for at, m in enumerate(self.document.get("members", ()), 1)
        )

    @property
    def total(self) -> int | None:
        """Fen a month of all that is granted and known; None when something is open and nothing known."""
        monthly = [answer for answer in self.answers if answer.scheme.amount_unit == MONTHLY]
        parts = [part for answer in monthly if answer.verdict is not Verdict.NO for part in answer.parts]
        known = [part for part in parts if part is not None]
        return sum(known) if known or not parts else None

    @cached_property
    def labels(self) -> Labels:
        """How this household's figures are called and shown."""
        row = self.trace.household
        return Labels(self.law, str(row["region_code"]), str(row["area_type"]), int(row["on"] or 0))

    @cached_property
    def working(self) -> Working:
        """The trace, to be asked why."""
        return Working(self.program, self.trace, self.labels, self.who)

    def value(self, name: str, member: int | None = None) -> Value:
        """A figure of the household or of one member; None when unknown. KeyError for no figure at all."""
        own = {} if member is None else self.trace.persons[member]
        return own[name] if name in own else self.trace.household[name]

    def reason(self, answer: Answer) -> Reason | None:
        """Why not: the first condition not met, its article on that day, and the distance to the line."""
        return self.reason_of(answer.failed[0], answer.member) if answer.failed else None

    def reason_of(self, condition: Condition, member: int | None) -> Reason:
        """One condition not met, as screen, letter and statistics quote it, with whose rule it is."""
        article = self._quoted(condition.cites, member)
        detail = self.distance(condition, member)
        return Reason(condition.code, condition.refusal, article, detail)

    def cited(self, cites: Iterable[Cite], answer: Answer | None = None) -> str:
        """What may be quoted there and then; of an answer that is no refusal also what is about this family.

        A refusal's basis quotes nothing that turns on figures: those it never got to are not in its receipt.
        The condition it failed by may (`reason_of`): that far it got.
        """
        if answer and answer.verdict is not Verdict.NO:
            return self._quoted(cites, answer.member)
        return cited(cites, on=self.on, place=self.labels.place)

    def _quoted(self, cites: Iterable[Cite], member: int | None) -> str:
        own = {} if member is None else self.trace.persons[member]
        figures = ChainMap(own, self.trace.household)
        return cited(cites, on=self.on, place=self.labels.place, figures=figures)

    def distance(self, condition: Condition, member: int | None) -> str:
        """How far from the line, in words: 人均月收入高出低保标准 74.67 元/月; else empty."""
        name = condition.distance
        fen = self.value(name, member) if name else None
        return self.distance_words(name, int(fen)) if name and fen is not None else ""

    def distance_words(self, name: str, fen: int) -> str:
        """A distance rule's figure as a sentence part; zero is said as it is, because 低于 is strict."""
        found = _BETWEEN.fullmatch(self.labels.name(name))
        what, line = found.groups() if found else ("", "标准")
        if fen == 0:
            return f"{what}与{line}持平（相差不到 0.01 元）"
        unit = self.labels.shown(name, 0).partition(" ")[2]
        return f"{what}{'高出' if fen > 0 else '低于'}{line} {format_yuan(abs(fen))} {unit}"

    def lacking(self, answer: Answer) -> list[Leaf]:
        """What has to become known for this answer, and about which member; sorted, the household's first."""
        names = [condition.rule for condition in answer.unknown]
        if answer.verdict is Verdict.YES:
            amounts = (answer.scheme.amount, *(supplement.amount for supplement, _ in answer.supplements))
            names = [name for name in amounts if name and self.value(name, answer.member) is None]
        working = self.working
        found = {leaf for name in names for leaf in working.lacking(name, answer.member)}
        return sorted(found, key=lambda leaf: (-1 if leaf[1] is None else leaf[1], leaf[0]))


class _Asked:
    """A scheme as it is asked of thousands: its columns' names, and what each set of answers comes to."""

    def __init__(self, scheme: Scheme) -> None:
        self.scheme, self.tests = scheme, conditions(scheme)
        self.names = tuple(test.rule for test in self.tests)
        self.eligible, self.missing = f"{scheme.key}_eligible", f"{scheme.key}_missing"
        self.amount = f"{scheme.key}_amount" if scheme.amount else None
        self._split: dict[tuple[Value, ...], tuple[tuple[Condition, ...], tuple[Condition, ...]]] = {}

    def split(self, held: tuple[Value, ...]) -> tuple[tuple[Condition, ...], tuple[Condition, ...]]:
        """The conditions not met and those not answered; there are few different ones."""
        if held not in self._split:
            pairs = list(zip(self.tests, held, strict=True))
            failed = tuple(test for test, value in pairs if value is False)
            self._split[held] = failed, tuple(test for test, value in pairs if value is None)
        return self._split[held]

    def answer(self, held: tuple[Value, ...], member: int | None, row: Mapping[str, Any]) -> Answer:
        """The answer for the household, or for a member, whose conditions are `held`."""
        scheme, verdict = self.scheme, Verdict.of(row[self.eligible])
        missing = row[self.missing]
        extra = scheme.supplements if verdict is Verdict.YES else ()
        return Answer(
            scheme,
            member,
            verdict,
            *self.split(held),
            tuple(missing.split(",")) if missing else (),
            row[self.amount] if self.amount else None,
            tuple([(one, row[one.amount]) for one in extra]),
        )


class _Evaluator:
    """A law ready to answer: what it remembers of places and days pays from the second household."""

    def __init__(self, law: Law) -> None:
        self.law, self.program = law, program(law)
        self.scalar = self.program.scalar(law.values)
        self.asked = [_Asked(scheme) for scheme in law.schemes]

    def answers(self, trace: Trace) -> Iterator[Answer]:
        """Every scheme's answers, one for the household or one for each person."""
        household = trace.household
        for one in self.asked:
            if one.scheme.unit is Unit.HOUSEHOLD:
                yield one.answer(tuple([household[name] for name in one.names]), None, household)
                continue
            given = [(name, household.get(name)) for name in one.names]
            for at, row in enumerate(trace.persons):
                yield one.answer(tuple([row.get(name, value) for name, value in given]), at, row)


_evaluator = kept(_Evaluator)


def assess(document: Document, *, on: date, law: Law) -> Assessment:
    """What every scheme says about one household. `on` counts where the document names no day of its own.

    Raises FactError for a fact of the wrong type or without region, area type or day.
    """
    made = _evaluator(law)
    household, persons = fold(document, on=ymd(on))
    trace = made.scalar.evaluate(household, persons)
    day = date.fromisoformat(str(trace.household["on"]))
    return Assessment(document, day, law, made.program, trace, tuple(made.answers(trace)))
