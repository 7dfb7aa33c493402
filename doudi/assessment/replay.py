"""Before a law changes, the past is replayed: decided cases under the law as it is and as it would be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from doudi.assessment.evaluate import Document, assess
from doudi.kernel.verdict import Verdict
from doudi.law.rulebook import Law


@dataclass(frozen=True)
class Decided:
    """A case as it was decided: the facts then known, and the day whose law governed it."""

    key: str
    document: Document
    on: date


@dataclass(frozen=True)
class Difference:
    """One answer that would be another: of the household (`member` None) or of one member.

    `before` and `after` are (verdict, fen and supplements, reason code); an amount is None when unknown.
    """

    key: str
    scheme: str
    member: int | None
    before: tuple[Verdict, tuple[int | None, ...], str]
    after: tuple[Verdict, tuple[int | None, ...], str]


def replay(cases: Iterable[Decided], *, before: Law, after: Law) -> Iterator[Difference]:
    """Every answer that the change of law would change, case by case in the order given; nothing else.

    A scheme that only one of the two laws knows counts as refused by the other.
    """
    for case in cases:
        old, new = (_answers(case, law) for law in (before, after))
        for scheme, member in dict.fromkeys((*old, *new)):
            was, becomes = old.get((scheme, member), _NEVER), new.get((scheme, member), _NEVER)
            if was != becomes:
                yield Difference(case.key, scheme, member, was, becomes)


_Told = tuple[Verdict, tuple[int | None, ...], str]
_NEVER: _Told = (Verdict.NO, (), "")


def _answers(case: Decided, law: Law) -> dict[tuple[str, int | None], _Told]:
    it = assess(case.document, on=case.on, law=law)
    found = {}
    for answer in it.answers:
        reason = it.reason(answer)
        found[answer.scheme.key, answer.member] = (
            answer.verdict,
            tuple(answer.parts),
            reason.code if reason else "",
        )
    return found
