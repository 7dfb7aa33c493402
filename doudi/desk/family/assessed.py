"""What the law says about a family of the register: the answer with its working, and what-if."""

import copy
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import accumulate
from pathlib import Path
from typing import Any

from doudi.assessment.evaluate import Answer, Assessment, assess
from doudi.kernel.money import MAX_FEN, parse_yuan
from doudi.kernel.month import Month, months_before
from doudi.kernel.verdict import Verdict
from doudi.law.errors import LawTextError
from doudi.law.facts import Item
from doudi.law.folding import WINDOW, fact_book
from doudi.law.labels import Labels
from doudi.law.rulebook import Law
from doudi.office.actions import Refused
from doudi.office.values import own_values, said_of_a_slip

WHAT_IF = "income"
_good: dict[tuple[Path, ...], Law] = {}


def law_in_use() -> Law:
    """The shipped law and the county's own values; anew within a second after a file of theirs has changed.

    To look whether one has takes as long as a question to the database, and a page asks four times. While
    a file has a slip the law goes on as it was before: `values_wrong` says so. Raises LawTextError if it
    never was right since the process began.
    """
    return _law_of(int(time.monotonic()), own_values())[0]


def values_wrong() -> str:
    """What is wrong with the county's own values, so that those of before still hold; empty when nothing."""
    return _law_of(int(time.monotonic()), own_values())[1]


@lru_cache(maxsize=1)
def _law_of(_second: int, own: tuple[Path, ...]) -> tuple[Law, str]:
    try:
        _good[own] = Law.load(extra_values=own)
    except LawTextError as wrong:
        if own not in _good:
            raise
        return _good[own], said_of_a_slip(wrong)
    return _good[own], ""


def scheme_label(programme: str) -> str:
    """What another list's programme is called: a scheme or a class of the law, else as the list has it."""
    return _programmes(law_in_use().version).get(programme, programme)


@lru_cache(maxsize=2)
def _programmes(_version: str) -> dict[str, str]:
    law = law_in_use()
    classes = {code: label for row in Labels(law, "", "", 0).coded.values() for code, label in row.items()}
    return classes | {scheme.key.upper(): scheme.label for scheme in law.schemes}


def without_birthdays(told: Any, document: Mapping[str, Any]) -> Any:
    """What the law says, with the year in place of each member's birth date, as on the rest of the page."""
    born = [f"{one['birth_date']}" for one in document["members"] if one.get("birth_date")]
    days = re.compile("|".join(f"{day[:4]}-{day[4:6]}-{day[6:]}" for day in born) or "(?!)")

    def masked(part: Any) -> Any:
        match part:
            case str():
                if "-" not in part:
                    return part
                return days.sub(lambda found: f"{found[0][:4]} 年", part)
            case dict():
                return {key: masked(value) for key, value in part.items()}
            case list() | tuple():
                return [masked(value) for value in part]
        return part

    return masked(told)


@dataclass(frozen=True)
class Yearly:
    """One kind of income of one member: fen over the twelve months that count; None when one is unknown."""

    person: str
    item: str
    amount: int | None

    @property
    def field(self) -> str:
        """Its name in the what-if form."""
        return f"{WHAT_IF}:{self.person}:{self.item}"


def yearly(person: str, incomes: list[dict[str, Any]], about: date) -> list[Yearly]:
    """The member's incomes of the twelve months before the month of `about`, one row an item."""
    first, last = _window(about)
    sums: dict[str, int | None] = {}
    for row in incomes:
        if first <= row["month"] <= last:
            before = sums.get(row["item"], 0)
            sums[row["item"]] = None if before is None or row["amount"] is None else before + row["amount"]
    return [Yearly(person, item, amount) for item, amount in sums.items()]


def _window(about: date) -> tuple[int, int]:
    month = Month.of(about)
    return month.plus(-12).yyyymm, month.plus(-1).yyyymm


def changed(document: Mapping[str, Any], typed: Mapping[str, str], about: date) -> dict[str, Any]:
    """The document with the yearly incomes typed in (`income:<person>:<item>` -> yuan; '' leaves them be).

    Raises MoneyError for an amount that cannot be read, Refused for a loss where there can be none.
    """
    new = copy.deepcopy(dict(document))
    for name, text in typed.items():
        kind, _, rest = name.partition(":")
        person, _, code = rest.partition(":")
        item = fact_book().items.get(f"income.{code}")
        if kind != WHAT_IF or item is None or not text.strip():
            continue
        for member in new["members"]:
            if member["person_id"] == person:
                member["incomes"] = _come_to(parse_yuan(text), item, member["incomes"], about)
    return new


def _come_to(total: int, item: Item, rows: list[dict[str, Any]], about: date) -> list[dict[str, Any]]:
    """The rows with those of the item that count scaled so that they come to `total` fen.

    An item without a row is spread over the twelve months: on one month, a wage would bear the fixed cost of
    earning it once, or as if no month had been told. A business keeps its loss, typed or made by its costs.
    """
    loss = fact_book().may_lose(item)
    if total < 0 and not loss:
        raise Refused(f"“{item.label}”不能是负数，只有经营项目可以亏损，请改正后再试算。")
    months = [month.yyyymm for month in months_before(Month.of(about), WINDOW)]
    own = [row for row in rows if row["item"] == item.code and row["month"] in months]
    others = [row for row in rows if row not in own]
    own = own or [{"item": item.code, "month": month, "amount": None} for month in months]
    shares = [row["amount"] for row in own]
    if None not in shares and sum(shares) == total:
        return rows
    if None in shares or min(shares) < 0 or not sum(shares):
        shares = [1] * len(own)
    ends = [total * upto // sum(shares) for upto in accumulate(shares)]
    for row, before, end in zip(own, [0, *ends], ends, strict=False):
        row["amount"] = end - before
        row["deduction"] = min(row.get("deduction") or 0, MAX_FEN if loss else row["amount"])
    return others + own


@dataclass(frozen=True)
class Compared:
    """One scheme's answer before and after a what-if."""

    label: str
    who: str
    before: Answer
    after: Answer

    @property
    def differs(self) -> bool:
        """True when verdict or amount changed."""
        return (self.before.verdict, self.before.amount) != (self.after.verdict, self.after.amount)


def compared(
    document: Mapping[str, Any], typed: Mapping[str, str], about: date, *, law: Law | None = None
) -> tuple[list[Compared], tuple[int | None, int | None]]:
    """Each scheme in force with its answer now and with the typed incomes, the changed ones first; totals.

    The totals are fen a month before and after, as `Assessment.total`.
    """
    law = law or law_in_use()
    before = assess(document, on=about, law=law)
    after = assess(changed(document, typed, about), on=about, law=law)
    rows = [
        Compared(was.scheme.label, _who(before, was), was, now)
        for was, now in zip(before.answers, after.answers, strict=True)
        if was.in_force and {was.verdict, now.verdict} != {Verdict.NO}
    ]
    return sorted(rows, key=lambda row: not row.differs), (before.total, after.total)


def _who(assessment: Assessment, answer: Answer) -> str:
    return "" if answer.member is None else assessment.who[answer.member]


def income_items() -> list[Item]:
    """The kinds of income that may be added in a what-if."""
    return [
        item for item in fact_book().items.values() if item.sheet == "income" and item.kind != "WAGE_COST"
    ]
