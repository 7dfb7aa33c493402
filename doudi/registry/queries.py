"""What the register answers. A row outside the scope does not exist: OutsideScope, which screens show as 404.

`document` and what it is made of run in the active scope; what an officer looks at takes the officer as `by`,
and writes one audit row for each personal record it shows.
"""

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from doudi.kernel.resident_id import ResidentId
from doudi.office import audit
from doudi.office.actions import PurposeNeeded, Refused, looking_outside
from doudi.office.asked import Question
from doudi.office.roles import Fields, may_see
from doudi.office.scope import Scope, looking
from doudi.registry import kin
from doudi.registry.changes import kinds
from doudi.registry.documents import (
    Line,
    Subject,
    all_states,
    as_document,
    as_known,
    document,
    documents,
    members_and_left,
    members_of,
    memberships,
    one,
    out_of_sight,
    picture,
    states,
)
from doudi.registry.facts import Facts, catalogue, shown
from doudi.registry.finding import SHORTEST_PURPOSE, Found, FoundPeople, as_found, find, stated_purpose
from doudi.registry.identity import id_index
from doudi.registry.loading import day_of
from doudi.registry.models import (
    ChangeRequest,
    ExternalStatus,
    Household,
    Membership,
    NearRelative,
    Obligor,
    Person,
)

__all__ = [
    "Double",
    "FamilyPage",
    "Found",
    "FoundPeople",
    "Line",
    "PurposeNeeded",
    "Subject",
    "as_found",
    "dead_elsewhere",
    "document",
    "documents",
    "duplicates",
    "family_page",
    "find",
    "handed_out",
    "namesakes",
    "namesakes_of",
    "reveal",
    "stated_purpose",
]


@dataclass(frozen=True)
class FamilyPage:
    """一户一档: the family, what other lists say of it, who must support it, requests, officials' kin."""

    household: UUID
    household_no: str
    region_code: str
    ended_on: date | None
    subjects: list[Subject]
    statuses: list[ExternalStatus]
    obligors: list[Obligor]
    near_relatives: list[NearRelative]
    requests: list[ChangeRequest]
    left: list[Membership] = field(default_factory=list)
    elsewhere: int = 0
    """Members of that day who moved out of the officer's sight since: what is shown is not the family."""
    document: dict[str, Any] = field(default_factory=dict, repr=False)
    """For the law: with the facts this role may not see. Only what an assessment says of it is shown."""

    @property
    def near_relative_filing(self) -> bool:
        """True when a member is a near relative of an official (近亲属备案): the county must visit."""
        return bool(self.near_relatives)


_statuses = Question(
    lambda household, known: ExternalStatus.objects.filter(as_known(known), household_id=household).order_by(
        "from_day", "id"
    )
)
_requests = Question(
    lambda household, known: (
        ChangeRequest.objects.filter(
            Q() if known is None else Q(proposed_at__lte=known), household_id=household
        )
        .select_related("proposed_by")
        .order_by("-proposed_at")
    )
)


def _requests_then(household: UUID, known: datetime | None) -> list[ChangeRequest]:
    """As they stood at a moment: what was decided since was waiting."""
    found = _requests(household, known)
    for request in found:
        if known and request.decided_at and request.decided_at > known:
            request.state = "PROPOSED"
    return found


def family_page(
    *,
    by: Scope,
    household: UUID,
    purpose: str = "",
    about: date | None = None,
    known: datetime | None = None,
    told: str = "",
) -> FamilyPage:
    """One family about a day (default today) as known at a moment (default now).

    Only the fields the role may see, sealed ones masked. Writes an audit row for the household and for each
    member, obligor and official's relation shown; `told` is what in words tells sealed fields beside them,
    kept there. Raises OutsideScope, PurposeNeeded.
    """
    with looking(by):
        purpose = stated_purpose(by, purpose)
        day = about or date.today()
        family = one(Household, household)
        members, left = members_and_left(family, day, known)
        people = [member.person_id for member in members]
        facts = all_states([family.id], people, about=day, known=known)
        page = FamilyPage(
            household=family.id,
            household_no=family.household_no,
            region_code=family.region_code,
            ended_on=family.ended_on if known is None else _ended_then(family, known),
            subjects=picture(family, members, facts, role=by.role),
            statuses=_statuses(family.id, known),
            obligors=kin.in_force(Obligor, people, day, known),
            near_relatives=kin.in_force(NearRelative, people, day, known),
            requests=_requests_then(family.id, known),
            left=left,
            elsewhere=0
            if day == date.today() and known is None
            else out_of_sight(family, day, known, members),
            document=as_document(family, members, facts),
        )
        shown_rows = [family, *(member.person for member in members), *page.obligors, *page.near_relatives]
        pairs = [(audit.subject_of(row), row.region_code) for row in shown_rows]
        told = told if members and not page.elsewhere else ""
        audit.record_shown(by=by, rows=pairs, purpose=purpose, field=told)
    return page


def _ended_then(family: Household, known: datetime) -> date | None:
    """The day of its end, if nobody was known any more to belong to it."""
    belong = memberships(known).filter(household_id=family.id, until_day__isnull=True)
    return None if belong.exists() else family.ended_on


def handed_out(*, by: Scope, page: FamilyPage, purpose: str) -> None:
    """Records that a family's calculation left the desk: it tells in full what the page masks of each one."""
    family, *members = (one.audited for one in page.subjects)
    audit.record(by=by, verb="handed_out", subject=family, region=page.region_code, purpose=purpose)
    pairs = [(member, page.region_code) for member in members]
    audit.record_shown(by=by, rows=pairs, purpose=purpose, verb="revealed", field="receipt")


def reveal(*, by: Scope, subject: UUID, field: str, purpose: str) -> str:
    """One sealed fact of a person or household in full: 查看（留痕）. Writes an audit row with the purpose.

    Raises OutsideScope, PurposeNeeded, Refused when the role may not see such fields.
    """
    fact = catalogue().get(field)
    if fact is None or not fact.masked:
        raise Refused("没有这个可以查看的项目。")
    with looking(by):
        if not may_see(by.role, Fields(fact.sees)):
            raise Refused(f"您现在的岗位不能查看“{fact.label}”。")
        given = purpose.strip() or by.reason
        if len(given) < SHORTEST_PURPOSE:
            raise PurposeNeeded(f"查看“{fact.label}”请先说明事由。")
        row = one(Household if fact.entity == "household" else Person, subject)
        audit.record_shown(
            by=by,
            rows=[(audit.subject_of(row), row.region_code)],
            purpose=given,
            verb="revealed",
            field=field,
        )
        if field == "id_no":
            return row.id_no.open() if row.id_no else ""
        if field == "birth_date":
            return f"{row.birth_date or ''}"
        value = states(fact.entity, [row.id], about=date.today()).get(row.id, {}).get(field)
        return "" if value is None else shown(field, value, masked=False)


@dataclass(frozen=True)
class Double:
    """Another record that may be the same person, and why: same number, or name, birth and kin."""

    person: UUID
    name: str
    household: UUID | None
    same_number: bool
    kin: list[str]


def duplicates(*, by: Scope, household: UUID, purpose: str = "") -> list[tuple[str, Double]]:
    """Records of the scope with the ID number of a member, or the same name and birth date; likeliest first.

    (The member's name, the other record.) Two different ID numbers are two people. `kin` names relatives both
    households have. Writes an audit row for the family and each record shown. Raises OutsideScope,
    PurposeNeeded.
    """
    with looking(by):
        purpose = stated_purpose(by, purpose)
        family = one(Household, household)
        pairs = [(audit.subject_of(family), family.region_code)]
        audit.record_shown(by=by, rows=pairs, purpose=purpose, verb="compared")
        return _doubles(by, [row.person for row in members_of(family, date.today(), None)], purpose)


_may_be = Question(
    lambda numbers, names, births: Person.objects.filter(
        Q(id_index__in=numbers) | Q(name__in=names) & (Q(birth_date__in=births) | Q(birth_date__isnull=True))
    ).order_by("id")
)
"""Who may be one of these people; `_alike` says of each pair."""


def _doubles(by: Scope, people: list[Person], purpose: str) -> list[tuple[str, Double]]:
    """In three queries, however many people; the likeliest first."""
    numbers = [bytes(one.id_index) for one in people if one.id_index]
    births = [one.birth_date for one in people if one.birth_date]
    read = _may_be(numbers, [one.name for one in people], births)
    alike = [(first, other) for first in people for other in read if _alike(first, other)]
    if not alike:
        return []
    others = list({other.id: other for _, other in alike}.values())
    kin = _kin([*people, *others])
    found = [
        (
            first.name,
            Double(
                person=other.id,
                name=other.name,
                household=kin[other.id][0],
                same_number=bool(first.id_index and other.id_index == first.id_index),
                kin=sorted(kin[first.id][1] & kin[other.id][1]),
            ),
        )
        for first, other in alike
    ]
    pairs = [(audit.subject_of(other), other.region_code) for other in others]
    audit.record_shown(by=by, rows=pairs, purpose=purpose, verb="compared")
    return sorted(found, key=lambda row: (not row[1].same_number, -len(row[1].kin)))


def _alike(first: Person, other: Person) -> bool:
    if first.id_index and other.id_index:
        return first.id != other.id and bool(first.id_index == other.id_index)
    return first.id != other.id and (first.name, first.birth_date) == (other.name, other.birth_date)


def namesakes(*, by: Scope, members: Iterable[Facts], purpose: str = "") -> list[Found]:
    """People of the scope who may be one of these members of a family not yet registered.

    Same number, or same name and year of birth unless both have a number: the year is what pages show of a
    birth, the day would be digits of the number that they hide. Writes an audit row for each person.
    Raises PurposeNeeded, IdError.
    """
    with looking(by):
        purpose = stated_purpose(by, purpose)
        found = as_found(Person.objects.filter(_same(members)).order_by("sort_key", "id"))
        pairs = [(f"{Person._meta.db_table}:{one.person}", one.region_code) for one in found]
        audit.record_shown(by=by, rows=pairs, purpose=purpose, verb="compared")
    return found


def _same(members: Iterable[Facts]) -> Q:
    same = Q(id__in=())
    for told in members:
        number, born = told.get("id_no"), told.get("birth_date")
        if number:
            number = ResidentId.parse(number).number
            same |= Q(id_index=id_index(number))
            born = born or int(number[6:14])
        if born:
            unnumbered = Q(id_index__isnull=True) if number else Q()
            same |= unnumbered & Q(name=told["name"], birth_date__year=day_of(born).year)
    return same


def namesakes_of(*, by: Scope, request: ChangeRequest) -> list[Found]:
    """`namesakes` of whom a request would register anew, for who decides it: its maker ticked them away."""
    named = _anew(request)
    return namesakes(by=by, members=named, purpose=f"核对{kinds()[request.kind]['label']}") if named else []


def dead_elsewhere(*, by: Scope, request: ChangeRequest) -> list[str]:
    """The names of those a request would register anew who may be somebody dead of another township."""
    if not (named := _anew(request)) or len(by.region) <= 6:
        return []
    why = f"核对{kinds()[request.kind]['label']}：有没有登记死亡"
    with looking_outside(by=by, region=by.region[:6], purpose=why):
        dead = Person.objects.filter(_same(named), died_on__isnull=False)
        return sorted({one.name for one in dead if not one.region_code.startswith(by.region)})


def _anew(request: ChangeRequest) -> list[Facts]:
    payload = json.loads(request.payload.open())
    members = [*payload.get("document", {}).get("members", ()), *filter(None, [payload.get("member")])]
    return [told for told in members if told.get("name")]


def _kin(people: list[Person]) -> dict[UUID, tuple[UUID | None, set[str]]]:
    """Person -> (household today, names of the others in it)."""
    now = memberships().filter(until_day__isnull=True)
    at = dict(now.filter(person__in=people).values_list("person_id", "household_id"))
    names: dict[UUID, set[tuple[UUID, str]]] = defaultdict(set)
    rows = now.filter(household_id__in=set(at.values())).values_list(
        "household_id", "person_id", "person__name"
    )
    for household, person, name in rows:
        names[household].add((person, name))
    return {
        person.id: (
            at.get(person.id),
            {name for id_, name in names[at[person.id]] if id_ != person.id} if person.id in at else set(),
        )
        for person in people
    }
