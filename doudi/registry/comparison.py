"""What a staged row would do to the register: new, changed, unchanged, or refused and why.

What a list leaves out is not removed, nobody is moved, and no award follows: recognition needs application,
survey and confirmation (民发〔2021〕57号 第二十八条), so a list makes records, hints and leads.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Any
from uuid import UUID

from doudi.intake.actions import TEMPLATE
from doudi.intake.findings import Finding, said
from doudi.intake.lists import ListMapping, mappings
from doudi.intake.models import ImportBatch
from doudi.intake.queries import StagedRow, named_since, staged_rows
from doudi.intake.setting_aside import naming
from doudi.office import audit
from doudi.office.actions import looking_outside
from doudi.office.fields import new_id
from doudi.office.scope import Scope
from doudi.registry.documents import memberships, state_and_later
from doudi.registry.facts import IDENTITY, NOT_HELD, ROWS, Facts, by_change_only, catalogue, pack
from doudi.registry.history import MONTHLY, Stated, fold
from doudi.registry.identity import id_index
from doudi.registry.loading import Rows, day_of
from doudi.registry.models import ExternalStatus, Household, Membership, Person

CHUNK = 2000
_OWN = ListMapping(TEMPLATE, "", "", "households", (), ())


def mapping_of(batch: ImportBatch) -> ListMapping:
    """The list a batch is; our own template is one, too."""
    return mappings().get(batch.mapping, _OWN)


@dataclass
class Plan:
    """What taking one row in means: an outcome, why not, what to write, and whom a lead is about."""

    row: StagedRow
    outcome: str = "UNCHANGED"
    findings: list[Finding] = field(default_factory=list)
    acts: list[Callable[[Rows], Any]] = field(default_factory=list)
    lead: str = ""
    told: str = ""
    guarded: list[tuple[int, str]] = field(default_factory=list)
    changes: list["Change"] = field(default_factory=list)
    named: set[UUID] = field(default_factory=set)
    elsewhere: dict[str, str] = field(default_factory=dict)

    @property
    def refused(self) -> bool:
        """Whether nothing of the row is taken in."""
        return self.outcome in ("REFUSED", "ELSEWHERE")

    def refuse(self, code: str, at: int = 0) -> None:
        """The row cannot be taken in because of its member number `at`."""
        self._find(code, at)
        self.outcome, self.acts, self.lead = "ELSEWHERE" if self.elsewhere else "REFUSED", [], ""

    def lives_elsewhere(self, row: Person | Household, at: int = 0) -> None:
        """Member number `at`, or the family, is registered in the county where the officer does not look."""
        self.elsewhere[audit.subject_of(row)] = row.region_code
        self.refuse("ELSEWHERE_IN_COUNTY", at)

    def _find(self, code: str, at: int, *, note: bool = False, **blanks: object) -> None:
        what, todo = said(code, blanks)
        row, member = self.row, self.row.document["members"][at]
        name = str(member.get("name", ""))
        self.findings.append(
            Finding(code, what, todo, row.file, row.sheet, row.lines[at], "", "", name, note=note)
        )

    def add(self, act: Callable[[Rows], Any]) -> None:
        """Something to write, unless the row is refused."""
        if not self.refused:
            self.outcome = "NEW" if self.outcome == "NEW" else "CHANGED"
            self.acts.append(act)

    def told_of_its_day(self, known: "Known", subject: UUID, told: Mapping[str, Any], at: int) -> Facts:
        """What is told otherwise, of member number `at`; what is known of a later day stands."""
        held, later = known.facts.get(subject, {}), known.later.get(subject, {})
        again = (
            held if subject in known.newer else {}
        )  # what a newer list leaves as it is, it writes nothing of
        changed = _changed(held, told)
        stands = [
            name
            for name, value in changed.items()
            if name not in MONTHLY and (name in again or later.get(name, value) != value)
        ]
        if stands:
            labels = {**{name: held.label for name, held in catalogue().items()}, "assets": "财产"}
            self._find("LATER_REGISTERED", at, note=True, fields="、".join(labels[name] for name in stands))
        return {name: value for name, value in changed.items() if name not in stands}

    def tell(self, change: "Change", at: int = 0) -> None:
        """Remembers what differs, and keeps the row out if only a change request may write it."""
        self.changes.append(change)
        changed = change.after
        kept = [catalogue()[name].label for name in sorted(by_change_only() & changed.keys())]
        if kept:
            self.guarded.append((at, "、".join(kept)))

    def settle(self) -> None:
        """At the end: a row that differs where it must not writes nothing, neither this nor the rest."""
        if self.guarded and not self.refused:
            self.outcome, self.acts, self.lead = "DIFFERS", [], ""
            for at, fields in self.guarded:
                self._find("BY_CHANGE_ONLY", at, fields=fields)


@dataclass
class Known:
    """What the register holds about the families and people of some rows, all of the county's."""

    people: dict[bytes, Person] = field(default_factory=dict)
    families: dict[str, Household] = field(default_factory=dict)
    at: dict[UUID, Membership] = field(default_factory=dict)
    members: dict[UUID, list[Membership]] = field(default_factory=lambda: defaultdict(list))
    facts: dict[UUID, Facts] = field(default_factory=dict)
    later: dict[UUID, Facts] = field(default_factory=dict)
    newer: set[UUID] = field(default_factory=set)
    """Of whom a newer list of the kind told, and their families."""
    statuses: dict[UUID, set[tuple[Any, ...]]] = field(default_factory=lambda: defaultdict(set))

    def person(self, member: Mapping[str, Any]) -> Person | None:
        """The registered person with the member's ID number."""
        number = member.get("id_no")
        return self.people.get(id_index(number)) if number else None

    def read(self, people: Iterable[UUID], homes: Iterable[UUID], about: date) -> None:
        """Their facts on the list's day, and what was stated for a later one."""
        held, later = state_and_later(homes, people, about=about, today=date.today())
        self.facts |= held
        self.later |= later


@dataclass(frozen=True)
class Change:
    """What a row tells otherwise than the register about a subject; of a new member only the name.

    `statuses` are held (programme, from, until, amount), `told` the new ones.
    """

    subject: str
    who: str
    before: Facts
    after: Facts
    statuses: Iterable[tuple[Any, ...]] = ()
    told: Iterable[Mapping[str, Any]] = ()


def plans_of(by: Scope, batch: ImportBatch, rows: list[StagedRow]) -> list[Plan]:
    """Plans of some rows of a batch, in the active scope."""
    mapping, known, planned = mapping_of(batch), _known(by, rows, batch), []
    for row in rows:
        plan = Plan(row)
        with naming(row.number):
            (_plan_person if mapping.shape == "persons" else _plan_family)(plan, known, by, batch)
        plan.settle()
        planned.append(plan)
    return planned


def plans(by: Scope, batch: ImportBatch) -> Iterator[list[Plan]]:
    """Plans of the readable rows of a batch, in file order, some hundred at a time, in the active scope."""
    rows = (row for row in staged_rows(batch, "", "NEW", "CHANGED", "UNCHANGED", "DIFFERS"))
    while chunk := list(islice(rows, CHUNK)):
        yield plans_of(by, batch, chunk)


def _known(by: Scope, rows: Iterable[StagedRow], batch: ImportBatch) -> Known:
    known = Known()
    numbers = {id_index(m["id_no"]) for row in rows for m in row.document["members"] if m.get("id_no")}
    names = {row.document["household"].get("household_id") for row in rows} - {None}
    # A township's clerk must not make a second record of somebody whom another township has.
    county = looking_outside(by=by, region=by.region[:6], purpose="导入时核对是否重复建档")
    with county if len(by.region) > 6 else nullcontext():
        same = Person.objects.filter(id_index__one_of=numbers)
        known.people = {bytes(person.id_index): person for person in same}
        known.families = {f.household_no: f for f in Household.objects.filter(household_no__one_of=names)}
    homes = {family.id: family for family in known.families.values()}
    now = memberships().filter(until_day__isnull=True)
    _live(known, now, homes)
    # Whoever lives in a family that the rows do not name.
    others = [person.id for person in known.people.values() if person.id not in known.at]
    if others:
        found = now.filter(person_id__one_of=others).select_related("household")
        more = {row.household_id: row.household for row in found}
        _live(known, now, more)
        homes |= more
    everybody = [row.person_id for group in known.members.values() for row in group]
    known.read(everybody, homes, batch.on)
    newer = named_since(batch, {*everybody, *(person.id for person in known.people.values())})
    known.newer = newer | {known.at[person].household_id for person in newer & known.at.keys()}
    statuses = ExternalStatus.objects.filter(household_id__one_of=list(homes), known_until__isnull=True)
    for home, *told in statuses.values_list("household_id", "programme", "from_day", "until_day", "amount"):
        known.statuses[home].add(tuple(told))
    return known


def _live(known: Known, now: Any, homes: Mapping[UUID, Household]) -> None:
    for row in now.filter(household_id__one_of=list(homes)).select_related("person"):
        row.household = homes[row.household_id]
        known.members[row.household_id].append(row)
        known.at[row.person_id] = row


def _plan_family(plan: Plan, known: Known, by: Scope, batch: ImportBatch) -> None:
    document = plan.row.document
    members: list[Facts] = document["members"]
    people = [known.person(member) for member in members]
    plan.named |= {person.id for person in people if person}
    head = next((at for at, member in enumerate(members) if member.get("relation") == "HEAD"), 0)
    family = known.families.get(document["household"].get("household_id", ""))
    first = people[head]
    if (
        family is None
        and first is not None
        and first.id in known.at
        and known.at[first.id].relation == "HEAD"
    ):
        family = known.at[first.id].household
    if family is not None and not by.covers(family.region_code):
        plan.lives_elsewhere(first if first and not by.covers(first.region_code) else family, head)
    elif family is None:
        _plan_new(plan, known, people, by, batch)
    elif family.ended_on:
        plan.refuse("HOUSEHOLD_ENDED", head)
    else:
        home = family
        for at, member in enumerate(members):
            person = people[at] or _by_name(member, known.members[home.id])
            same = [row for row in known.members[home.id] if row.person.name == member.get("name")]
            plan.named |= {row.person_id for row in same}
            _plan_member(plan, known, at, person, home, by)
        told = {**document["household"], **_rows(document), "region_code": None}
        changed = plan.told_of_its_day(known, home.id, told, head)
        if changed:
            plan.tell(Change(audit.subject_of(home), "", known.facts.get(home.id, {}), changed), head)
            plan.add(lambda rows: rows.state(home, changed))
        new = _new_statuses(known, document, home, batch)
        if new:
            plan.changes.append(Change(audit.subject_of(home), "", {}, {}, known.statuses[home.id], new))
            plan.add(lambda rows: rows.statuses(new, home))
        plan.lead = audit.subject_of(home) if new and not plan.refused else ""


def _plan_new(plan: Plan, known: Known, people: list[Person | None], by: Scope, batch: ImportBatch) -> None:
    for at, person in enumerate(people):
        if person is not None and not _refused(plan, known, person, by, at):
            plan.refuse("IN_OTHER_HOUSEHOLD", at)
    if plan.row.unplaced and not plan.refused:
        plan.outcome, plan.findings = "REFUSED", [plan.row.unplaced]
    if plan.refused:
        return
    document, id_ = plan.row.document, new_id()
    head = next(
        (member.get("id_no") for member in document["members"] if member.get("relation") == "HEAD"), None
    )
    number = f"L{id_index(head)[:6].hex().upper()}" if head else f"L{id_.hex[:12].upper()}"
    household = {
        "area_type": "RURAL",
        "household_id": number,
        "region_code": plan.row.region_code,
        **document["household"],
    }
    told = {**document, "id": id_, "household": household, "statuses": _dated(document, batch)}
    told["members"] = [{**member, "statuses": _dated(member, batch)} for member in document["members"]]
    plan.outcome, plan.acts = "NEW", [lambda rows: rows.family(told)]
    plan.lead = f"{Household._meta.db_table}:{id_}"


def _plan_member(
    plan: Plan, known: Known, at: int, person: Person | None, home: Household, by: Scope
) -> None:
    member = plan.row.document["members"][at]
    if person is None and member.get("relation") == "HEAD":
        plan.refuse("HEAD_DIFFERS", at)
    elif person is None:
        plan.changes.append(Change("", str(member.get("name", "")), {}, {}))
        plan.add(lambda rows: rows.join(rows.person(member, home.region_code), home, member["relation"]))
    elif _refused(plan, known, person, by, at):
        pass
    elif person.id in known.at and known.at[person.id].household_id != home.id:
        plan.refuse("IN_OTHER_HOUSEHOLD", at)
    elif person.name != member.get("name"):
        plan.refuse("NAME_DIFFERS", at)
    elif member.get("relation") == "HEAD" != known.at[person.id].relation:
        plan.refuse("HEAD_DIFFERS", at)
    else:
        _plan_facts(plan, known, person, at)


def _plan_facts(plan: Plan, known: Known, person: Person, at: int) -> None:
    member = plan.row.document["members"][at]
    changed = plan.told_of_its_day(known, person.id, member, at)
    if member.get("id_no") and not person.id_index:  # found by name: a number is not taken from a list
        changed["id_no"] = member["id_no"]
    if changed:
        plan.tell(Change(audit.subject_of(person), person.name, known.facts.get(person.id, {}), changed), at)
        plan.add(lambda rows: rows.state(person, changed))


def _plan_person(plan: Plan, known: Known, by: Scope, batch: ImportBatch) -> None:
    """A list of persons says something of people who are registered; of others it makes a lead."""
    member = plan.row.document["members"][0]
    person = known.person(member)
    plan.named |= {person.id} if person else set()
    if person is None:
        plan.outcome = "NEW"
        plan.lead = f"id:{id_index(member['id_no']).hex()}"
        plan.told = f"{member['name']} {member['id_no']} {member.get('phone', '')}".strip()
    elif not by.covers(person.region_code):
        plan.lives_elsewhere(person)
    elif person.died_on:
        plan.refuse("REGISTERED_DEAD")
    elif person.name != member.get("name"):
        plan.refuse("NAME_DIFFERS")
    else:
        if person.id not in known.facts:
            known.read([person.id], [], batch.on)
        _plan_facts(plan, known, person, 0)


def _refused(plan: Plan, known: Known, person: Person, by: Scope, at: int) -> bool:
    if not by.covers(person.region_code):
        plan.lives_elsewhere(person, at)
    elif person.died_on or person.id not in known.at:
        plan.refuse("REGISTERED_DEAD" if person.died_on else "IN_NO_HOUSEHOLD", at)
    else:
        return False
    return True


def _by_name(member: Facts, family: Iterable[Membership]) -> Person | None:
    """A member without ID number: the one of the family with the same name and birth date."""
    born = day_of(member["birth_date"]) if member.get("birth_date") else None
    same = [
        row.person
        for row in family
        if row.person.name == member.get("name") and row.person.birth_date == born
    ]
    return same[0] if len(same) == 1 and not (member.get("id_no") and same[0].id_index) else None


def _new_statuses(
    known: Known, told: Mapping[str, Any], home: Household, batch: ImportBatch
) -> list[dict[str, Any]]:
    held = known.statuses[home.id]
    return [
        row
        for row in _dated(told, batch)
        if (row["programme"], row["from"], row["until"], row["amount"]) not in held
    ]


def _dated(told: Mapping[str, Any], batch: ImportBatch) -> list[dict[str, Any]]:
    """The statuses a row tells, months and days as dates; one without a beginning begins with the list."""
    return [
        {**row, "from": _day(row["from"]) or batch.on, "until": _day(row["until"])}
        for row in told.get("statuses", ())
    ]


def _day(told: int | None) -> date | None:
    return day_of(told if told > 999999 else told * 100 + 1) if told else None


def _rows(document: Mapping[str, Any]) -> Facts:
    return {name: document[name] for name in ROWS if document.get(name)}


def _changed(held: Facts, told: Mapping[str, Any]) -> Facts:
    """What a row tells that the register does not hold already; what it leaves blank is not told."""
    left_out = NOT_HELD | {*IDENTITY, "statuses"}
    changed = {
        name: value
        for name, value in told.items()
        if name not in left_out and value is not None and held.get(name) != value
    }
    for name in ROWS:
        if told.get(name):
            before = Stated(date.min, None, {name: pack(held.get(name, ()), name)})
            after = Stated(date.min, None, {name: pack(told[name], name)})
            if fold([before], date.min) != fold([before, after], date.min):
                changed[name] = told[name]
    return changed
