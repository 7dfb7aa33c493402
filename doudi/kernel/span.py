"""Half-open stretches of days [from_, until): the shape of every dated fact, value and award.

Half-open because two closed stretches that meet need a plus-one that somebody forgets: then a family is
paid twice for the day of the change, or for none.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta


class SpanError(ValueError):
    """A stretch that ends before it begins; the text is Chinese."""


@dataclass(frozen=True, slots=True)
class Span:
    """The days from `from_` up to, not including, `until`; `until` None has no end yet.

    Raises SpanError when no day lies inside.
    """

    from_: date
    until: date | None = None

    def __post_init__(self) -> None:
        if self.until is not None and self.until <= self.from_:
            raise SpanError(f"结束日期 {self.until} 必须晚于开始日期 {self.from_}，请核对起止日期")

    @property
    def last_day(self) -> date | None:
        """The last day inside, as an officer would write it (至…止); None without an end."""
        return None if self.until is None else self.until - timedelta(days=1)

    def contains(self, day: date) -> bool:
        """True when the day lies inside; `from_` does, `until` does not."""
        return self.from_ <= day and (self.until is None or day < self.until)

    def overlaps(self, other: Span) -> bool:
        """True when at least one day lies in both."""
        return (other.until is None or self.from_ < other.until) and (
            self.until is None or other.from_ < self.until
        )

    def common(self, other: Span) -> Span | None:
        """The days that lie in both, None when there are none."""
        if not self.overlaps(other):
            return None
        ends = [end for end in (self.until, other.until) if end is not None]
        return Span(max(self.from_, other.from_), min(ends, default=None))

    def __str__(self) -> str:
        return f"{self.from_} 起" if self.until is None else f"{self.from_} 至 {self.last_day}"


def gaps(spans: Iterable[Span], whole: Span) -> list[Span]:
    """The stretches of `whole` that no span covers, in order of time; empty when there is no hole."""
    found: list[Span] = []
    reached: date | None = whole.from_
    for span in sorted(filter(whole.overlaps, spans), key=_start):
        if reached is None:
            break
        if reached < span.from_:
            found.append(Span(reached, span.from_))
        reached = None if span.until is None else max(reached, span.until)
    if reached is not None and (whole.until is None or reached < whole.until):
        found.append(Span(reached, whole.until))
    return found


def overlaps(spans: Iterable[Span]) -> list[tuple[Span, Span]]:
    """Every pair of spans that share a day, the earlier start first; empty when none do."""
    found: list[tuple[Span, Span]] = []
    still_open: list[Span] = []
    for span in sorted(spans, key=_start):
        still_open = [earlier for earlier in still_open if earlier.overlaps(span)]
        found.extend((earlier, span) for earlier in still_open)
        still_open.append(span)
    return found


def _start(span: Span) -> date:
    return span.from_
