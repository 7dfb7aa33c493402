"""The words a rule may be written in, and the plain types through which the law hands itself to the engine.

A rule's function is never called. Its source is read (`reading.py`) and every evaluator is generated from
that reading, so the words below only give editors something to resolve; calling one is an error.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import ModuleType
from typing import Any, NamedTuple, NoReturn, Protocol

INT, BOOL, TEXT = "INT", "BOOL", "TEXT"
HOUSEHOLD, PERSON = "household", "person"
MAX_PERSONS = 127
"""Largest household any evaluator accepts; with the facts' bounds it decides how wide a sum must be."""

Value = int | bool | str | None


@dataclass(frozen=True)
class Rule:
    """One rule: its name, whom it is about, its unit, the article it implements, and the function to read."""

    name: str
    entity: str
    unit: str
    cites: str
    function: Callable[..., Any]

    @property
    def doc(self) -> str:
        """The sentence under the name, as receipts quote it."""
        return (self.function.__doc__ or "").strip()

    @property
    def origin(self) -> str:
        """`file:line`, for messages to engineers."""
        code = self.function.__code__
        return f"{code.co_filename}:{code.co_firstlineno}"

    def __call__(self, *_: object, **__: object) -> NoReturn:
        """Refuses: a rule is evaluated by the engine, with its dependencies, never by hand."""
        raise RuntimeError(f"{self.origin}: rule {self.name} is read by the engine, it cannot be called")


@dataclass(frozen=True)
class Part:
    """A named piece of rules: one expression, written into each rule that calls it (docs/adr/0034)."""

    function: Callable[..., Any]

    @property
    def name(self) -> str:
        """The word by which rules call it."""
        return self.function.__name__

    @property
    def doc(self) -> str:
        """What it stands for, for whoever reads the rules."""
        return (self.function.__doc__ or "").strip()

    def __call__(self, *_: object, **__: object) -> Any:
        """Refuses: a part has a meaning only inside a rule, where the engine reads it."""
        raise RuntimeError(f"part {self.name} is written into rules by the engine, it cannot be called")


def part(function: Callable[..., Any]) -> Part:
    """Declare a part: its parameters are what the rule that calls it hands over, never facts or values."""
    return Part(function)


def rule(*, unit: str, cites: str) -> Callable[[Callable[..., Any]], Rule]:
    """Declare a household rule: `unit` as receipts show it ("fen/month"), `cites` document and article."""
    return lambda function: Rule(function.__name__, HOUSEHOLD, unit, cites, function)


def person_rule(*, unit: str, cites: str) -> Callable[[Callable[..., Any]], Rule]:
    """Declare a rule evaluated for each person; household names in it mean the person's household."""
    return lambda function: Rule(function.__name__, PERSON, unit, cites, function)


def rules_of(*modules: ModuleType) -> tuple[Rule, ...]:
    """Every rule defined in the modules, in the order written; imported rules belong to their own module."""
    return tuple(
        found
        for module in modules
        for found in vars(module).values()
        if isinstance(found, Rule) and found.function.__module__ == module.__name__
    )


def _outside(*_: Any, **__: Any) -> Any:
    raise RuntimeError("this word has a meaning only inside a rule, where the engine reads it")


# Any, not a signature: a rule's parameters have no Python types, the engine checks INT, BOOL and TEXT itself.
where: Callable[..., Any] = _outside
hi: Callable[..., Any] = _outside
lo: Callable[..., Any] = _outside
div_round: Callable[..., Any] = _outside
div_up: Callable[..., Any] = _outside
div_down: Callable[..., Any] = _outside
years: Callable[..., Any] = _outside
month_diff: Callable[..., Any] = _outside
is_in: Callable[..., Any] = _outside
known: Callable[..., Any] = _outside
value_at: Callable[..., Any] = _outside
total: Callable[..., Any] = _outside
count: Callable[..., Any] = _outside
any_of: Callable[..., Any] = _outside
all_of: Callable[..., Any] = _outside
largest: Callable[..., Any] = _outside
smallest: Callable[..., Any] = _outside


@dataclass(frozen=True)
class FactSpec:
    """A fact a rule may ask about. `bound` is the largest absolute value of an INT (fen, count, yyyymmdd)."""

    name: str
    entity: str = HOUSEHOLD
    type: str = INT
    bound: int = 2**53


@dataclass(frozen=True)
class ValueSpec:
    """A parameter of the law. `by_area`: its entries may differ between URBAN and RURAL."""

    name: str
    type: str = INT
    by_area: bool = False
    bound: int = 2**53


class ConditionRef(NamedTuple):
    """A BOOL rule, fact or value that must hold, and the code of the reason given when it does not."""

    rule: str
    code: str


@dataclass(frozen=True)
class VerdictSpec:
    """What the engine needs of a scheme, to make `<key>_eligible`, `_reason`, `_missing` and `_amount`.

    `_eligible` is the Kleene AND of the conditions; `_reason` the code of the first condition, in order, that
    is false, else NULL; `_missing` the facts and values behind the unknown conditions while `_eligible` is
    unknown, sorted and joined by commas, else empty; `_amount` is the rule `amount` when eligible, 0 when
    not, unknown when unclear (no such column without `amount`).
    """

    key: str
    entity: str
    conditions: tuple[ConditionRef, ...]
    amount: str | None = None


class ContextRow(NamedTuple):
    """Values in force at a place and area type over [from_ymd, until_ymd); until_ymd None means open.

    `place` is a region code of 0 to 12 significant digits, "" the nation. A value None is a named hole.
    """

    place: str
    area_type: str
    from_ymd: int
    until_ymd: int | None
    values: tuple[Value, ...]


class ValueSource(Protocol):
    """Where law values come from; `doudi.law` has the one read from TOML."""

    def lookup(self, name: str, place: str, area_type: str, on_ymd: int) -> Value:
        """The value in force there and then, or None when the law has no entry (missing, never a guess)."""

    def contexts(self, names: Iterable[str]) -> Iterable[ContextRow]:
        """The same values as intervals, one tuple in the order of `names` per row.

        Complete for each listed place: what a place inherits is written out, so the longest listed prefix of
        a region code is the one row to read. Rows of one place and area type do not overlap.
        """
