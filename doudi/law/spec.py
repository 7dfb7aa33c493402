"""The four kinds of law as plain declarations: schemes, procedures, catalogue rows, and the facts they read.

Nothing here computes. A scheme is its own table of contents; a procedure is a tuple of edges; a programme
or an indicator is a row. The engine, the case desk and the statistics read these declarations and never a
scheme's name.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class Unit(StrEnum):
    """Who a scheme decides about."""

    HOUSEHOLD = "household"
    PERSON = "person"


class Tier(StrEnum):
    """分层分类: the four groups of help (Panzhou pilot plan 二(二)2; Anqiu experience 做法3)."""

    BASIC = "basic"
    SPECIAL = "special"
    EMERGENCY = "emergency"
    CHARITY = "charity"


class Form(StrEnum):
    """物质+服务: what reaches the family."""

    CASH = "cash"
    KIND = "kind"
    SERVICE = "service"


@dataclass(frozen=True)
class Cite:
    """One article of one document, in force over [from_, until).

    `when`: quoted only of a family for which this expression holds (a route into dibao). Its figures are
    behind the scheme's conditions: of what no condition asks, a receipt computed again knows nothing.
    """

    text: str
    from_: date = date.min
    until: date | None = None
    when: str = ""

    def in_force(self, on: date) -> bool:
        """True when the document governs the day `on`."""
        return self.from_ <= on and (self.until is None or on < self.until)


@dataclass(frozen=True)
class Condition:
    """One test a scheme makes: a BOOL rule, and the reason and article quoted when it is not met.

    `rule` names a rule, fact or value of type BOOL (at the scheme's unit, household names are broadcast to
    persons). `label` is said of the household when the condition holds, `refusal` when it does not (both
    Chinese). `code` is a not_eligible_reason of the reason catalogue. `distance`, if given, names an INT
    rule that says how far the family is from the line (fen per month unless its unit says otherwise);
    positive means above the line.
    """

    rule: str
    label: str
    refusal: str
    code: str
    cites: tuple[Cite, ...]
    distance: str | None = None


@dataclass(frozen=True)
class Supplement:
    """An amount paid on top of the main one, on its own account line (分类施保, 照料护理, 上浮...)."""

    key: str
    label: str
    amount: str
    cites: tuple[Cite, ...]


@dataclass(frozen=True)
class Review:
    """How often a scheme's households are looked at again: the parameter that holds months, by review
    class.
    """

    class_rule: str | None
    months: str
    cites: tuple[Cite, ...]


@dataclass(frozen=True)
class Scheme:
    """One scheme's table of contents: what it is, whom it decides about, what it asks, what it pays.

    `enabled` names a BOOL value: is the scheme in force at this place on this day (absent entries mean a
    named hole). `conditions` are tested in order; all must hold. The engine derives `<key>_eligible` from
    them. `amount` names an INT rule (fen a month unless `amount_unit` differs); None for a status without
    payment. `procedure` names a procedure of `law/procedures`. `yields_to` lists schemes that take
    precedence over this one for the same person or household (the exclusion itself is one of the
    conditions).
    """

    key: str
    label: str
    short: str
    unit: Unit
    category: str
    basis: tuple[Cite, ...]
    enabled: str
    conditions: tuple[Condition, ...]
    amount: str | None = None
    amount_unit: str = "fen/month"
    supplements: tuple[Supplement, ...] = ()
    yields_to: tuple[str, ...] = ()
    low_income: bool = False
    order: int = 100
    procedure: str | None = None
    profile: str | None = None
    review: Review | None = None
    retention_years: int = 10
    statistics: tuple[str, ...] = ()
    default_basis: str = ""
    notes: str = ""


@dataclass(frozen=True)
class Within:
    """A time limit: `count` names a value (or is a number), `unit` says of what, `start` which event it
    runs from.

    Units: working_days | calendar_days | hours | months (same day n months on) | whole_months (periods of
    the calendar: the last day of the one that runs on the day after the event) | payment_months (the n
    whole months after the month of the event; the limit is the last day of the last one) | days_before (so
    many days before the event `start` is due). A unit may itself name a TEXT value, where a later document
    counts the same step in other days. `start` names an event, or the state it leads to; "previous" is the
    event that led to `from_`. A count of 0 means that the document sets no limit of its own for this
    step: the total limit alone holds.
    """

    count: str | int
    unit: str
    start: str = "previous"


@dataclass(frozen=True)
class Edge:
    """One row of a procedure's table: from a state, by an event, to a state; who, by when, published where,
    on what basis.

    The first edge listed out of a state is its ordinary way on. `from_ = "*"` is every state after the
    first that still has an approving edge ahead (and, with `to = "*"`, back to it). `who` lists actor codes
    (V village, T township staff, TL township leader, CCA county civil affairs, CAG county agriculture, JC
    joint conference, APPLICANT, ANYONE, CX:<department>), the first one answering for the step, or names a
    TEXT value that holds one (authority by date). `switch` names a BOOL value: the edge exists only where
    and when it is true ("not <value>": false; "<value> is (not) CODE": of a TEXT value; several joined by
    "and"; "filled <value>": no where nobody has filled it in). With `skips`, a switched-off edge
    is passed through: whoever leaves `to` leaves `from_` instead. With `notice`, a limit in calendar_days
    is a period that must run its full length. With `waits`, the limit is a time that must have passed before
    the step, not a last day for it. `guard` names a check of `procedures/words.toml`: the room that works
    the case asks it, nothing in the law does.
    `prepares`/`approves` mark the four-eyes roles.
    """

    from_: str
    event: str
    to: str
    who: tuple[str, ...]
    label: str
    cites: tuple[Cite, ...]
    within: Within | None = None
    notice: str | None = None
    switch: str | None = None
    skips: bool = False
    waits: bool = False
    guard: str | None = None
    prepares: bool = False
    approves: bool = False


@dataclass(frozen=True)
class Procedure:
    """A life of a case as one table. `final` states need no owner; `total` is the limit over the whole case.

    The case is dated by its first edge's event (受理, 报告急难, 作出退出认定 ...): the values of that day
    govern it, except who decides, which goes by the day of the decision. `total` runs to the last approving
    edge; `delegated` replaces it where the township decides. `instead` is (switch, procedure): where the
    switch holds on that day, the case goes the other procedure's way. `borrowed` names a switch: where it
    holds, no document gives this procedure its rows; all but its totals follow another by default.
    """

    key: str
    label: str
    start: str
    final: tuple[str, ...]
    edges: tuple[Edge, ...]
    states: dict[str, str] = field(default_factory=dict)
    total: Within | None = None
    extended: Within | None = None
    delegated: Within | None = None
    instead: tuple[str, str] | None = None
    borrowed: str | None = None
