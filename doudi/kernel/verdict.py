"""Yes, no or unclear by Kleene's logic: what is unknown never turns into a refusal or a grant."""

from __future__ import annotations

from enum import StrEnum


class Verdict(StrEnum):
    """The answer to a condition or a scheme. UNCLEAR is a task for an officer, not a soft no."""

    YES = "YES"
    NO = "NO"
    UNCLEAR = "UNCLEAR"

    @classmethod
    def of(cls, answer: bool | None) -> Verdict:
        """The verdict of an engine's BOOL, None being unknown."""
        if answer is None:
            return cls.UNCLEAR
        return cls.YES if answer else cls.NO

    def as_bool(self) -> bool | None:
        """True, False, or None for UNCLEAR: the inverse of `of`."""
        return None if self is Verdict.UNCLEAR else self is Verdict.YES

    def __bool__(self) -> bool:
        # Every non-empty string is true, so `if verdict:` would grant to the refused and the unclear alike.
        raise TypeError("a Verdict is not a bool: compare it with Verdict.YES")


def and_(*verdicts: Verdict) -> Verdict:
    """NO if any is NO, else UNCLEAR if any is UNCLEAR, else YES; YES for none at all."""
    if Verdict.NO in verdicts:
        return Verdict.NO
    return Verdict.UNCLEAR if Verdict.UNCLEAR in verdicts else Verdict.YES


def or_(*verdicts: Verdict) -> Verdict:
    """YES if any is YES, else UNCLEAR if any is UNCLEAR, else NO; NO for none at all."""
    if Verdict.YES in verdicts:
        return Verdict.YES
    return Verdict.UNCLEAR if Verdict.UNCLEAR in verdicts else Verdict.NO


def not_(verdict: Verdict) -> Verdict:
    """YES and NO change places; UNCLEAR stays."""
    answer = verdict.as_bool()
    return Verdict.of(None if answer is None else not answer)
