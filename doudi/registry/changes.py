"""What each kind of change does to the register, inside the transaction of the action that decides it.

Every kind is made of four moves: a new person, someone leaves, someone joins, something is stated. After them
each family they touched must have exactly one head or nobody at all; then it ends.

A payload (JSON) holds, by kind:
    BIRTH     member, mother?                   the child, as in a document
    DEATH     person, relations                 `relations`: who the others are to the new head
    MARRIAGE  member or person, relation        a new person, or one from another family
    MOVE_IN   member or person, relation
    MOVE_OUT  persons (absent: all), relations; to: the family moves to another place of the county instead
    SPLIT     household (household_id, region_code?, area_type?), persons {person: relation}, relations
    MERGE     other, persons {person: relation} the members of the other family and who they become
    RETURN    persons {person: relation}, relations   of this family last, and now of none: the living, too
    HEAD      relations {person: relation}
    FACTS     person (absent: the household), facts, incomes, expenditures, assets, until
    OBLIGOR   person, kin, name, id_no? or end  who owes the member support by law; `end`: one that stands
    RELATIVE  person, kin, official, post or end  近亲属备案: an official who is the member's near relative
    REGISTER  document                          a new family; the only kind about no household
"""

import tomllib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache, partial
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from doudi.intake.actions import move_leads
from doudi.office import audit
from doudi.office.actions import Refused
from doudi.office.scope import Scope, check_inside
from doudi.registry import kin
from doudi.registry.correcting import correct_identity
from doudi.registry.documents import one
from doudi.registry.facts import IDENTITY, ROWS
from doudi.registry.identity import (
    check_household_no,
    check_person,
    tokens_of,
)
from doudi.registry.loading import Rows, Saying
from doudi.registry.models import (
    ExternalStatus,
    Household,
    Membership,
    NameToken,
    NearRelative,
    Obligor,
    Person,
    Statement,
)
from doudi.registry.plausible import birth_told, check_birth, check_told
from doudi.registry.returning import day_back, former
from doudi.registry.waiting import refuse_waiting

Payload = Mapping[str, Any]
NEW_FAMILY = "REGISTER"
_OF_A_PERSON = (Statement, ExternalStatus, Obligor, NearRelative)


@lru_cache(maxsize=1)
def kinds() -> dict[str, dict[str, Any]]:
    """Every kind of change: its label, who may propose and who may decide it (changes.toml)."""
    return tomllib.loads(Path(__file__).with_name("changes.toml").read_text(encoding="utf-8"))


def check_family(document: Mapping[str, Any], on: date) -> None:
    """Puts the ID numbers of a new family right. Raises Refused for what cannot be, naming the member."""
    check_household_no(document["household"]["household_id"])
    for n, member in enumerate(document["members"], 1):
        try:
            if number := check_person(member, on=on):
                member["id_no"] = number
        except Refused as wrong:
            raise Refused(f"第 {n} 名成员：{wrong}") from None


@dataclass
class Change:
    """One change under way: the day it happened, the family it is about, and the families it has touched."""

    by: Scope
    origin: UUID
    day: date
    family: Household | None
    touched: set[UUID] = field(default_factory=set)
    led: set[UUID] = field(default_factory=set)
    """Whom it makes a head."""

    def __post_init__(self) -> None:
        self.now = timezone.now()
        saying = Saying(
            source="CHANGE", since=self.day, by=self.by.officer, known=self.now, origin=self.origin
        )
        self.rows = Rows(saying)

    def apply(self, kind: str, payload: Payload) -> set[UUID]:
        """Makes the change; returns the families it touched. Raises Refused, UnknownFact, IntegrityError."""
        if self.family is not None:
            self.touched.add(self.family.id)
            if self.family.ended_on and kind != "RETURN":
                raise Refused(
                    "这一户已经销户，不能再变更。原来的成员回来了，或者死亡、迁出登记有误的，先办“恢复登记”。"
                )
        elif kind != NEW_FAMILY:
            raise Refused("请先选定要变更的家庭。")
        _KINDS[kind](self, payload)
        self.rows.write()
        for household in sorted(self.touched):
            self._stands(household)
        return self.touched

    def _stands(self, household: UUID) -> None:
        ever = Membership.objects.filter(household=household, known_until__isnull=True)
        rows = list(ever.select_related("person").order_by("from_day", "id"))
        belong = [row for row in rows if row.until_day is None]
        # Asked at the end: a death may have been approved while this change waited for its lock.
        if dead := [row.person.name for row in belong if row.person.died_on]:
            raise Refused(f"{dead[0]}已登记死亡，不能再是一户的成员；请核对后重新提出。")
        heads = [row for row in rows if row.relation == "HEAD"]
        found = sum(row.until_day is None for row in heads)
        if not belong:
            ended = max(map(_last_day, rows), default=self.day)
            Household.objects.filter(id=household).update(ended_on=ended)
        elif found != 1:
            raise Refused(f"办理后这一户有 {found} 个户主，应当只有一个；请写明各人与新户主的关系。")
        for before, after in pairwise(heads):
            anew = {before.person_id, after.person_id} & self.led  # of long ago: no fault of this one
            if anew and after.from_day < (before.until_day or date.max):
                held = f"{before.person.name}自 {before.from_day} 至 {before.until_day or '今'} 是户主"
                raise Refused(f"{held}，{after.person.name}不能自 {after.from_day} 起也是户主；请核对日期。")

    @property
    def home(self) -> Household:
        """The family the change is about."""
        if self.family is None:
            raise Refused("请先选定要变更的家庭。")
        return self.family

    def member(self, person: str, *, or_later: bool = False) -> Membership:
        """The person's membership of the family on the day, or the first after it, locked. Raises Refused."""
        found = self._open(UUID(person), self.home)
        if found is None and or_later:
            found = (
                self.ahead(self.day).filter(person=person, household=self.home).order_by("from_day").first()
            )
        if found is None:
            raise Refused("所选的人在变更之日不是这一户的成员，请核对。")
        return found

    def _open(self, person: UUID, family: Household | None = None) -> Membership | None:
        rows = self.ahead(self.day).filter(person=person, from_day__lte=self.day)
        if family is not None:
            rows = rows.filter(household=family)
        return rows.first()

    def ahead(self, day: date) -> QuerySet[Membership]:
        """The memberships of a day and after it, locked: also what was ended or begun since."""
        lasts = Q(until_day__isnull=True) | Q(until_day__gt=day)
        return Membership.objects.filter(lasts, known_until__isnull=True).select_for_update()

    def leave(self, member: Membership, until: date) -> None:
        """Ends a membership before a day; what was known until now stays readable."""
        Membership.objects.filter(id=member.id).update(known_until=self.now)
        self._membership(member, member.relation, member.from_day, until)
        self.touched.add(member.household_id)

    def join(self, person: Person, family: Household, relation: str, since: date | None = None) -> None:
        """The person belongs to the family from the day on, leaving another one, and moves to its place.

        `since`: a later day than the change's.
        """
        before = self._open(person.id)
        if before is not None:
            if before.until_day:  # a death, a moving out, another relation: to belong on would undo it unseen
                raise Refused(
                    f"{person.name}在 {before.until_day} 已有登记的变更（死亡、迁出或者与户主关系变更），"
                    "这项变更的日期不能早于那一天，请核对日期。"
                )
            self.leave(before, self.day)
        if person.region_code != family.region_code:
            self.relocate([person], family.region_code)
        place = Membership(region_code=family.region_code, household_id=family.id, person_id=person.id)
        self._membership(place, relation, since or self.day, None)
        self.led |= {person.id} if relation == "HEAD" else set()
        self.touched.add(family.id)

    def _membership(self, of: Membership, relation: str, from_day: date, until_day: date | None) -> None:
        if until_day and until_day <= from_day:
            return
        Membership.objects.create(
            region_code=of.region_code, household_id=of.household_id, person_id=of.person_id,
            relation=relation, from_day=from_day, until_day=until_day, known_from=self.now,
            origin=self.origin,
        )  # fmt: skip

    def relate(self, relations: Mapping[str, str], since: date, *, or_later: bool = False) -> None:
        """Members get another relation to the head from a day on, for as long as they are known to belong."""
        members = [(self.member(one, or_later=or_later), relation) for one, relation in relations.items()]
        changed = [(member, relation) for member, relation in members if member.relation != relation]
        for member, _ in changed:
            self.leave(member, since)
        for member, relation in changed:  # only now: the database allows one head at a time
            self._membership(member, relation, max(since, member.from_day), member.until_day)
            self.led |= {member.person_id} if relation == "HEAD" else set()

    def newcomer(self, payload: Payload) -> None:
        """A new person (`member`) or one who is registered (`person`, `relation`) joins the family."""
        if "person" in payload:
            person = one(Person, UUID(payload["person"]))
            if person.died_on:
                raise Refused(
                    f"{person.name}已登记死亡，不能迁入。死亡登记有误的，先在他原来的一户办“恢复登记”。"
                )
            if self.ahead(self.day).filter(person=person, household=self.home).exists():
                raise Refused(
                    f"{person.name}已经是这一户的成员，不用迁入；与户主的关系变了的，办“变更户主”。"
                )
            self.join(person, self.home, payload["relation"])
            return
        told = payload["member"]
        check_told(self.by, told)
        if number := check_person(told, on=self.day):
            told["id_no"] = number
        person = self.rows.person(told, self.home.region_code)
        self.rows.join(person, self.home, told["relation"])

    def relocate(self, people: Collection[Person], region: str, home: Household | None = None) -> None:
        """Their rows and open leads, with `home` the family's, are seen by another place from now on.

        Raises Refused while a request about them waits: it would stay behind, where nobody sees them.
        """
        check_inside(region)
        about = [*([home] if home else ()), *people]
        refuse_waiting(about, but=self.origin, kinds=kinds())
        move_leads(subjects=[audit.subject_of(row) for row in about], region=region)
        for person in people:
            tokens = NameToken.objects.filter(token__in=tokens_of(person.name), person_id=person.id)
            tokens.update(region_code=region)
            for model in _OF_A_PERSON:
                model.objects.filter(person_id=person.id).update(region_code=region)
            Person.objects.filter(id=person.id).update(region_code=region)


def _last_day(row: Membership) -> date:
    """The day of the death, or the one on which the member was gone."""
    gone, died = row.until_day or date.max, row.person.died_on
    return died if died and died + timedelta(days=1) == gone else gone


def _birth(change: Change, payload: Payload) -> None:
    born, told = birth_told(payload, change.day)
    check_birth(born, told, change.home.id)
    change.newcomer({"member": {"birth_date": born, **payload.get("member", {})}})


def _death(change: Change, payload: Payload) -> None:
    # Found dead by a list of the police: the day of death is often before the family was registered at all.
    person, after = change.member(payload["person"], or_later=True).person_id, change.day + timedelta(days=1)
    for member in change.ahead(after).filter(person=person):
        change.leave(member, after)
    Person.objects.filter(id=person).update(died_on=change.day)
    change.relate(payload.get("relations", {}), after, or_later=True)


def _move_out(change: Change, payload: Payload) -> None:
    members = list(
        Membership.objects.filter(household=change.home, known_until__isnull=True, until_day__isnull=True)
    )
    if "to" in payload:
        _move_family(change, members, payload)
        return
    leaving = change.ahead(change.day).filter(household=change.home)
    if "persons" in payload:
        leaving = leaving.filter(person__in=[change.member(one).person_id for one in payload["persons"]])
    for member in leaving:
        change.leave(member, change.day)
    change.relate(payload.get("relations", {}), change.day)


def _move_family(change: Change, members: list[Membership], payload: Payload) -> None:
    """The whole family moves within the scope: the standards of the new place hold from the day on."""
    family, region = change.home, payload["to"]
    told = {"region_code": region, "area_type": payload.get("area_type", family.area_type)}
    family.region_code = region  # before the statement is made: it belongs to the new place
    change.rows.state(family, told)
    people = Person.objects.filter(id__in=[member.person_id for member in members])
    change.relocate(list(people), region, family)
    for model in (Membership, Statement, ExternalStatus):
        model.objects.filter(household_id=family.id).update(region_code=region)
    Household.objects.filter(id=family.id).update(**told)


def _split(change: Change, payload: Payload) -> None:
    family = change.home
    staying = Membership.objects.filter(household=family, known_until__isnull=True, until_day__isnull=True)
    if not staying.exclude(person__in=payload["persons"]).exists():
        raise Refused(
            "全家都分出去不是分户，原户会空无一人：请至少留一人在原户。全家搬走的，请办“迁出”；"
            "只是不想再用原来的户编号的，不用办，户编号建档后不更换。"
        )
    check_household_no(payload["household"].get("household_id") or "")
    new = {"region_code": family.region_code, "area_type": family.area_type, **payload["household"]}
    id_ = change.rows.family({"household": new, "members": []}).id
    change.rows.write()
    people = {person: change.member(person).person for person in payload["persons"]}
    for person, relation in payload["persons"].items():
        change.join(people[person], one(Household, id_), relation)
    change.relate(payload.get("relations", {}), change.day)


def _merge(change: Change, payload: Payload) -> None:
    other = one(Household, UUID(payload["other"]))
    if other.ended_on:
        raise Refused(f"另一户（户编号 {other.household_no}）已于 {other.ended_on} 销户，没有成员可以并入。")
    members = Membership.objects.filter(household=other, known_until__isnull=True, until_day__isnull=True)
    leaving = {str(member.person_id): member.person for member in members.select_related("person")}
    if other.id == change.home.id or leaving.keys() != payload["persons"].keys():
        raise Refused(
            "并户须写明另一户每个成员与本户户主的关系；提出以后那一户的成员有变化的，请退回，重新提出。"
        )
    for person, relation in payload["persons"].items():
        change.join(leaving[person], change.home, relation)


def _return(change: Change, payload: Payload) -> None:
    """恢复登记: former members belong to the family again, also to one that has ended; no death stands."""
    if not payload["persons"]:
        raise Refused("请勾选要恢复登记的人。")
    last = {f"{one.id}": one for one in former(change.home.id)}
    people = {id_: one(Person, UUID(id_)) for id_ in payload["persons"]}
    since = {id_: day_back(last.get(id_), people[id_].name, change.day) for id_ in people}
    change.relate(payload.get("relations", {}), change.day)
    for id_, relation in payload["persons"].items():
        change.join(people[id_], change.home, relation, since[id_])
    Person.objects.filter(id__in=people).update(died_on=None)
    Household.objects.filter(id=change.home.id).update(ended_on=None)


def _head(change: Change, payload: Payload) -> None:
    change.relate(payload["relations"], change.day)


def _standing(kind: kin.Standing, change: Change, payload: Payload) -> None:
    if "end" in payload:
        change.member(str(kin.end(kind, UUID(payload["end"]), day=change.day, now=change.now)))
    else:
        person = change.member(payload["person"]).person
        kin.add(kind, person, payload, day=change.day, now=change.now)


def _facts(change: Change, payload: Payload) -> None:
    subject: Household | Person = change.home
    if "person" in payload:
        subject = change.member(payload["person"]).person
    told = {**payload.get("facts", {}), **{name: payload[name] for name in ROWS if name in payload}}
    check_told(change.by, told)
    if isinstance(subject, Person) and any(name in told for name in IDENTITY):
        identity = {name: told[name] for name in IDENTITY if name in told}
        told |= correct_identity(change.rows, subject, identity, change.origin)
    until = payload.get("until")
    change.rows.state(subject, told, until=date.fromisoformat(until) if until else None)


def _register(change: Change, payload: Payload) -> None:
    document = payload.get("document", {})
    if not document.get("members"):
        raise Refused("请填写这一户的成员。")
    check_family(document, change.day)
    for told in (document["household"], *document["members"]):
        check_told(change.by, told)
    check_inside(document["household"]["region_code"])
    change.touched.add(change.rows.family(document).id)


_KINDS: dict[str, Callable[[Change, Payload], None]] = {
    "BIRTH": _birth,
    "DEATH": _death,
    "MARRIAGE": Change.newcomer,
    "MOVE_IN": Change.newcomer,
    "MOVE_OUT": _move_out,
    "SPLIT": _split,
    "MERGE": _merge,
    "RETURN": _return,
    "HEAD": _head,
    "FACTS": _facts,
    "OBLIGOR": partial(_standing, Obligor),
    "RELATIVE": partial(_standing, NearRelative),
    NEW_FAMILY: _register,
}
