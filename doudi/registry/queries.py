"""What the register answers. A row outside the scope does not exist: OutsideScope, which screens show as 404.

`document` and what it is made of run in the active scope; what an officer looks at takes the officer as `by`,
and writes one audit row for each personal record it shows.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from doudi.kernel.resident_id import IdError, ResidentId
from doudi.office import audit
from doudi.office.actions import PurposeNeeded, Refused
from doudi.office.roles import Fields, may_see
from doudi.office.scope import Scope, looking
from doudi.registry import kin
from doudi.registry.documents import (
    Line,
    Subject,
    all_states,
    as_document,
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
from doudi.registry.identity import id_index, tail_token, tokens_for, tokens_of
from doudi.registry.loading import day_of
from doudi.registry.models import (
    ChangeRequest,
    ExternalStatus,
    Household,
    Membership,
    NameToken,
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
    "document",
    "documents",
    "duplicates",
    "family_page",
    "find",
    "handed_out",
    "namesakes",
    "reveal",
    "stated_purpose",
]

MOST_FOUND = 20
SHORTEST_PURPOSE = 2
_TAIL = re.compile(r"([^\x00-\x7f]*|[A-Z]{2,})([0-9]{3}[0-9X])")
"""The last four of an ID number, with or without a name or initials before."""


@dataclass(frozen=True)
class Found:
    """One person found: enough to tell namesakes apart. `household` None: in none today.

    The ID is masked, and of the birth the year is told: the day would be the digits that the mask hides.
    """

    person: UUID
    name: str
    sex: str
    birth_year: int | None
    id_masked: str
    region_code: str
    household: UUID | None
    household_no: str
    relation: str
    died_on: date | None


@dataclass(frozen=True)
class FoundPeople:
    """At most MOST_FOUND people in pinyin order; `more` says that the text fits others, too."""

    people: list[Found]
    more: bool


def find(*, by: Scope, text: str, purpose: str = "") -> FoundPeople:
    """People of the scope by name, characters of it, pinyin initials (cgf), full ID number or its last four.

    A name and the last four together find who has both. One audit row for each person found. Raises
    PurposeNeeded, Refused for a text too short to mean somebody.
    """
    typed = "".join(unicodedata.normalize("NFKC", text).split()).upper()
    with looking(by):
        purpose = stated_purpose(by, purpose)
        kind, people = _matching(typed)
        rows = sorted(people[: MOST_FOUND + 1], key=lambda person: (person.sort_key, person.id))
        found = as_found(rows[:MOST_FOUND])
        audit.record(by=by, verb="searched", purpose=purpose, detail={"by": kind, "found": len(found)})
        pairs = [(f"{Person._meta.db_table}:{one.person}", one.region_code) for one in found]
        audit.record_shown(by=by, rows=pairs, purpose=purpose, verb="found")
    return FoundPeople(found, len(rows) > MOST_FOUND)


def _matching(typed: str) -> tuple[str, "QuerySet[Person] | list[Person]"]:
    try:
        return "id", Person.objects.filter(id_index=id_index(ResidentId.parse(typed).number))
    except IdError as wrong:
        if re.fullmatch("[0-9]{17}[0-9X]", typed):
            raise Refused(f"身份证号不对：{wrong}") from None
    if ends := _TAIL.fullmatch(typed):
        wanted, people = set(tokens_for(ends[1])), Person.objects.filter(id_tail=tail_token(ends[2]))
        # One in ten thousand has these four: whose name fits is told sooner here than by the tokens' table.
        return "tail", [one for one in people if wanted.issubset(tokens_of(one.name))] if wanted else people
    initials = typed.isascii()
    if not typed or re.search(r"[0-9]", typed) or (initials and not typed.isalpha()):
        raise Refused("请输入姓名、姓名拼音首字母（至少两个）、身份证号全号或末四位。")
    if initials and len(typed) < 2:
        raise Refused("拼音首字母请至少输入两个。")
    exact = Person.objects.filter(name=typed)
    if not initials and exact[: MOST_FOUND + 1].count() > MOST_FOUND:
        return "name", exact
    tokens = tokens_for(typed)
    having_all = NameToken.objects.filter(token__in=tokens).values("person_id")
    if len(tokens) > 1:
        having_all = having_all.annotate(hits=Count("token")).filter(hits=len(tokens)).values("person_id")
    ids = [row["person_id"] for row in having_all[: MOST_FOUND + 1]]
    return "initials" if initials else "name", Person.objects.filter(id__in=ids)


def as_found(people: Iterable[Person]) -> list[Found]:
    """The people with where each belongs today, in the active scope. Whoever shows them records it."""
    rows = list(people)
    living = memberships().filter(person_id__in=[person.id for person in rows], until_day__isnull=True)
    at = {member.person_id: member for member in living.select_related("household")}
    return [
        Found(
            person=person.id,
            name=person.name,
            sex=person.sex,
            birth_year=person.birth_date.year if person.birth_date else None,
            id_masked=person.id_no.masked() if person.id_no else "",
            region_code=person.region_code,
            household=at[person.id].household_id if person.id in at else None,
            household_no=at[person.id].household.household_no if person.id in at else "",
            relation=at[person.id].relation if person.id in at else "",
            died_on=person.died_on,
        )
        for person in rows
    ]


def stated_purpose(by: Scope, purpose: str) -> str:
    """The purpose to record. A village or township looks at its own people; others say why they look."""
    if not may_see(by.role, Fields.IDENTITY):
        raise Refused("您现在的岗位不查看个人信息。")
    given = purpose.strip() or by.reason
    if len(given) < SHORTEST_PURPOSE and len(by.region) < 9 and by.role != "system":
        raise PurposeNeeded("请先说明查看的事由（例如：办理某户申请、核查某条线索、答复来访）。")
    return given


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


def family_page(
    *, by: Scope, household: UUID, purpose: str = "", about: date | None = None, known: datetime | None = None
) -> FamilyPage:
    """One family about a day (default today) as known at a moment (default now).

    Only the fields the role may see, sealed ones masked. Writes an audit row for the household and for each
    member, obligor and official's relation shown. Raises OutsideScope, PurposeNeeded.
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
            ended_on=family.ended_on,
            subjects=picture(family, members, facts, role=by.role),
            statuses=list(family.statuses.filter(known_until__isnull=True).order_by("from_day", "id")),
            obligors=list(kin.in_force(Obligor, people, day, known)),
            near_relatives=list(kin.in_force(NearRelative, people, day, known)),
            requests=list(family.requests.order_by("-proposed_at")),
            left=left,
            elsewhere=0
            if day == date.today() and known is None
            else out_of_sight(family, day, known, members),
            document=as_document(family, members, facts),
        )
        shown_rows = [family, *(member.person for member in members), *page.obligors, *page.near_relatives]
        pairs = [(audit.subject_of(row), row.region_code) for row in shown_rows]
        audit.record_shown(by=by, rows=pairs, purpose=purpose)
    return page


def handed_out(*, by: Scope, page: FamilyPage, purpose: str) -> None:
    """Records that a family's calculation left the desk: it tells in full what the page masks of each one."""
    family, *members = (
        f"registry_{'person' if one.relation else 'household'}:{one.id}" for one in page.subjects
    )
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


def _doubles(by: Scope, people: list[Person], purpose: str) -> list[tuple[str, Double]]:
    """In three queries, however many people; the likeliest first."""
    same = Q(id__in=())
    for first in people:
        namesake = Q(name=first.name, birth_date=first.birth_date)
        numbered = Q(id_index=first.id_index) | (namesake & Q(id_index__isnull=True))
        same |= numbered if first.id_index else namesake
    read = list(Person.objects.filter(same).order_by("id"))
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

    Same number, or same name and birth date unless both have a number. Writes an audit row for each person.
    Raises PurposeNeeded, IdError.
    """
    same = Q(id__in=())
    for told in members:
        number, born = told.get("id_no"), told.get("birth_date")
        if number:
            number = ResidentId.parse(number).number
            same |= Q(id_index=id_index(number))
            born = born or int(number[6:14])
        if born:
            unnumbered = Q(id_index__isnull=True) if number else Q()
            same |= unnumbered & Q(name=told["name"], birth_date=day_of(born))
    with looking(by):
        purpose = stated_purpose(by, purpose)
        found = as_found(Person.objects.filter(same).order_by("sort_key", "id"))
        pairs = [(f"{Person._meta.db_table}:{one.person}", one.region_code) for one in found]
        audit.record_shown(by=by, rows=pairs, purpose=purpose, verb="compared")
    return found


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
