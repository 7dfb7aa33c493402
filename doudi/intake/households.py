"""Rows put together into families, and the faults that only show when rows meet.

A family with one faulty row is not assessed at all: without a member, or with an income left out, its answer
would be wrong, not merely incomplete. Every other family of the file is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from doudi.intake.findings import Finding
from doudi.intake.records import Record
from doudi.intake.sheets import HOUSEHOLD, INCOME, ITEMS, PERSON
from doudi.kernel.month import Month, months_before
from doudi.law.rulebook import Law

WINDOW = 12
"""Months before the application month whose income and expenditure count."""
MAX_MEMBERS = 100


@dataclass
class Family:
    """One household with its rows; `document()` is what the law folds and assesses."""

    record: Record
    members: list[Record] = field(default_factory=list)
    items: list[Record] = field(default_factory=list)
    whose: dict[int, Record] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The household's number in the file."""
        return self.record.household

    @property
    def bad(self) -> bool:
        """True when any row of the family was refused."""
        return any(row.bad for row in (self.record, *self.members, *self.items))

    @property
    def heads(self) -> list[Record]:
        """The members said to be the head; one in a good family."""
        return [member for member in self.members if member.values.get("relation") == "HEAD"]

    def document(self) -> dict[str, Any]:
        """The canonical document: fen, codes, yyyymmdd and yyyymm; what is unknown is absent."""
        rows: dict[str, list[dict[str, Any]]] = {"expenditures": [], "assets": []}
        incomes: dict[int, list[dict[str, Any]]] = defaultdict(list)
        for item in self.items:
            values = {k: v for k, v in item.values.items() if k not in {"household_id", "name", "id_no"}}
            if item.sheet == INCOME:
                incomes[id(self.whose[id(item)])].append(values)
            else:
                rows[ITEMS[item.sheet]].append(values)
        members = [{**member.values, "incomes": incomes[id(member)]} for member in self.members]
        return {"household": dict(self.record.values), "members": members, **rows}


def families(
    rows: Iterable[Record], findings: list[Finding], *, law: Law, on: date, region: str | None
) -> list[Family]:
    """The families of a file in the order of its rows, faulty ones included (`bad`); adds to `findings`.

    `region` fills blank region codes. `on` is the day of assessment of a family that names none.
    """
    by_sheet: dict[str, list[Record]] = defaultdict(list)
    for row in rows:
        by_sheet[row.sheet].append(row)
    found: dict[str, Family] = {}
    for row in by_sheet[HOUSEHOLD]:
        first = found.setdefault(row.household, Family(row)).record
        if first is not row and row.household:
            first.bad = True
            findings.append(row.fault("HOUSEHOLD_TWICE", "household_id", row=first.row))
    found.pop("", None)
    for sheet in (PERSON, *ITEMS):
        for row in by_sheet[sheet]:
            findings.extend(_attach(row, found))
    for family in found.values():
        findings.extend(_of_family(family, law=law, on=on, region=region))
    findings.extend(_ids_twice(found.values()))
    return list(found.values())


def _attach(row: Record, found: Mapping[str, Family]) -> Iterator[Finding]:
    family = found.get(row.household)
    if family is None:
        if row.household:
            yield row.fault("NO_HOUSEHOLD", "household_id", household=row.household)
    elif row.sheet == PERSON:
        family.members.append(row)
    else:
        family.items.append(row)
        if row.within is not None:
            family.whose[id(row)] = row.within
        elif row.sheet == INCOME and not row.bad:
            yield from _whose(row, family)


def _whose(row: Record, family: Family) -> Iterator[Finding]:
    """Ties an income row to its person: by the ID number, else by a name that only one member has."""
    id_no, name = row.values.get("id_no"), row.values.get("name")
    same = [member for member in family.members if id_no and member.values.get("id_no") == id_no]
    if same and name and name != same[0].values.get("name", name):
        yield row.fault("NAME_CONFLICT", "name")
    if not same:
        named = [member for member in family.members if name and member.values.get("name") == name]
        same = [member for member in named if not (id_no and "id_no" in member.values)]
    if len(same) == 1:
        family.whose[id(row)] = same[0]
    elif same:
        yield row.fault("NAME_TWICE", "name", count=len(same), name=name)
    elif id_no or name:
        yield row.fault("NOT_A_MEMBER", "id_no" if id_no else "name")
    else:
        yield row.fault("WHOSE_INCOME", "name")


def _of_family(family: Family, *, law: Law, on: date, region: str | None) -> Iterator[Finding]:
    record, values = family.record, family.record.values
    values.setdefault("on", on.year * 10000 + on.month * 100 + on.day)
    if region and not record.bad:
        values.setdefault("region_code", region)
    if (code := values.get("region_code")) and law.values.region_name(str(code)) is None:
        yield record.fault("REGION_UNKNOWN", "region_code", region=code)
    if int(values.get("application_date") or 0) > int(values["on"] or 0):
        yield record.fault("APPLIED_LATER", "application_date")
    heads = family.heads
    if not family.members:
        yield record.fault("NO_MEMBERS", "household_id")
    elif len(family.members) > MAX_MEMBERS:
        yield record.fault("TOO_MANY_MEMBERS", "household_id", count=len(family.members), limit=MAX_MEMBERS)
    elif not heads and not any(member.bad for member in family.members):
        column = family.members[0].columns.get("relation", "与户主关系")
        yield record.fault("NO_HEAD", "household_id", column=column)
    for head in heads[1:]:
        yield head.fault("TWO_HEADS", "relation", count=len(heads), row=heads[0].row)
    known: set[object] = set()
    for member in family.members:
        person = member.values.get("person_id")
        if person and person in known:
            yield member.fault("PERSON_TWICE", "person_id")
        known.add(person)
        yield from _of_person(member, int(values["on"] or 0))
    yield from _outside_window(family)


def _of_person(member: Record, on: int) -> Iterator[Finding]:
    """What the ID number says against what the row says; fills birth date and sex the row leaves out."""
    values = member.values
    if "id_no" in values:
        number = str(values["id_no"])  # read and checked with its cell
        born, sex = int(number[6:14]), "MALE" if int(number[16]) % 2 else "FEMALE"
        if values.setdefault("birth_date", born) != born:
            yield member.fault("BIRTH_CONFLICT", "birth_date")
        if values.setdefault("sex", sex) != sex:
            yield member.fault("SEX_CONFLICT", "sex")
    if int(values.get("birth_date") or 0) > on:
        yield member.fault("NOT_YET_BORN", "birth_date")


def _outside_window(family: Family) -> Iterator[Finding]:
    """Notes the income and expenditure of other months: not counted, and the clerk should know."""
    day = int(family.record.values.get("application_date") or family.record.values["on"] or 0)
    months = _window(day // 100) if family.items else []
    for item in family.items:
        month = item.values.get("month")
        if isinstance(month, int) and month not in months:
            window = {"first": Month(months[0]), "last": Month(months[-1])}
            yield item.note("OUTSIDE_WINDOW", "month", month=Month(month), **window)


@lru_cache(maxsize=64)
def _window(month: int) -> list[int]:
    return [before.yyyymm for before in months_before(Month(month), WINDOW)]


def _ids_twice(found: Iterable[Family]) -> Iterator[Finding]:
    holders: dict[object, list[Record]] = defaultdict(list)
    for family in found:
        for member in family.members:
            if "id_no" in member.values:
                holders[member.values["id_no"]].append(member)
    for same in holders.values():
        for member in same if len(same) > 1 else ():
            other = same[1] if member is same[0] else same[0]
            yield member.fault("ID_TWICE", "id_no", row=other.row, household=other.household)
