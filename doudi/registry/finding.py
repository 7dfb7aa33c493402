"""Search before view: the people of the scope whom a typed text fits. A trace for each one found."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from doudi.kernel.resident_id import IdError, ResidentId
from doudi.office import audit
from doudi.office.actions import PurposeNeeded, Refused
from doudi.office.asked import Question
from doudi.office.roles import Fields, may_see
from doudi.office.scope import Scope, looking
from doudi.registry.documents import memberships
from doudi.registry.identity import id_index, tail_token, tokens_for, tokens_of
from doudi.registry.models import Membership, NameToken, Person
from doudi.registry.spelling import spelt

MOST_FOUND, MOST_PAGES = 20, 10
SHORTEST_PURPOSE = 2
_TAIL = re.compile(r"([^\x00-\x7f]*|[A-Z]{2,})([0-9]{3}[0-9X])")
"""The last four of an ID number, with or without a name or initials before."""


@dataclass(frozen=True)
class Found:
    """One person found: enough to tell namesakes apart. `household` None: in none today, `left` the last one.

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
    left: UUID | None = None
    left_no: str = ""


@dataclass(frozen=True)
class FoundPeople:
    """At most MOST_FOUND people in pinyin order; `more` says that the text fits others, too.

    Of those MOST_PAGES pages may be looked at.
    """

    people: list[Found]
    more: bool
    page: int = 1

    @property
    def next_page(self) -> int:
        """The page that follows; 0 when there is none to look at."""
        return self.page + 1 if self.more and self.page < MOST_PAGES else 0


def find(*, by: Scope, text: str, purpose: str = "", page: int = 1) -> FoundPeople:
    """People of the scope by name, characters of it, pinyin (cgf), full ID number or its last four.

    A name and the last four together find who has both. A page after the last is the last. One audit row for
    each person of the page. Raises PurposeNeeded, Refused for a text too short to mean somebody.
    """
    page = min(max(page, 1), MOST_PAGES)
    typed = "".join(unicodedata.normalize("NFKC", text).split()).upper()
    with looking(by):
        purpose = stated_purpose(by, purpose)
        kind, rows = _matching(typed, page)
        while not rows and page > 1:  # an address kept or typed: the last page there is
            page -= 1
            kind, rows = _matching(typed, page)
        found = as_found(sorted(rows[:MOST_FOUND], key=lambda person: (person.sort_key, person.id)))
        audit.record(by=by, verb="searched", purpose=purpose, detail={"by": kind, "found": len(found)})
        pairs = [(f"{Person._meta.db_table}:{one.person}", one.region_code) for one in found]
        audit.record_shown(by=by, rows=pairs, purpose=purpose, verb="found", field=kind)
    return FoundPeople(found, len(rows) > MOST_FOUND, page)


def _matching(typed: str, page: int) -> tuple[str, list[Person]]:
    """(what the text was taken for, the people of the page and one more if there is a next)."""
    part = _of_page(page)
    try:
        return "id", _numbered(id_index(ResidentId.parse(typed).number))[part]
    except IdError as wrong:
        if re.fullmatch("[0-9]{17}[0-9X]", typed):
            raise Refused(f"身份证号不对：{wrong}") from None
    if ends := _TAIL.fullmatch(typed):
        # One in ten thousand has these four: whose name fits is told sooner here than by the tokens' table.
        wanted, people = set(tokens_for(ends[1])), _ending(tail_token(ends[2]))
        return "tail", [one for one in people if wanted.issubset(wanted and tokens_of(one.name))][part]
    if re.search("[0-9]", typed) and (family := list(_of_household([typed, typed.lower()])[part])):
        return "household", family
    latin = typed.isascii()
    if not typed or re.search(r"[0-9]", typed) or (latin and not typed.isalpha()):
        raise Refused(
            "请输入姓名、姓名拼音（首字母至少两个，或全拼）、身份证号全号或末四位，或本辖区的户编号。"
        )
    if latin and len(typed) < 2:
        raise Refused("拼音首字母请至少输入两个。")
    if not latin and len(exact := _of_name(1)(typed)) > MOST_FOUND:
        return "name", exact if page == 1 else _of_name(page)(typed)
    tokens = tokens_for(typed)
    found = _these(_having_all(len(tokens), page)(tokens))
    if latin and not found and (read := spelt(typed.lower())):
        return "spelling", list(_read(read)[part])
    return "initials" if latin else "name", found


def _of_page(page: int) -> slice:
    first = (page - 1) * MOST_FOUND
    return slice(first, first + MOST_FOUND + 1)


_numbered = Question(lambda index: Person.objects.filter(id_index=index))
_ending = Question(lambda tail: Person.objects.filter(id_tail=tail).order_by("id"))
_of_household = Question(
    lambda numbers: Person.objects.filter(
        id__in=memberships()
        .filter(
            Q(until_day__isnull=True) | Q(household__ended_on__isnull=False),
            household__household_no__in=numbers,
        )
        .values("person_id")
    ).order_by("id")
)
_these = Question(lambda ids: Person.objects.filter(id__in=ids))


@cache
def _of_name(page: int) -> Question:
    """A page of those with exactly this name, in the order of an index."""
    part = _of_page(page)
    return Question(lambda name: Person.objects.filter(name=name).order_by("birth_date", "id")[part])


@cache
def _having_all(number: int, page: int) -> Question:
    """A page of the ids of those with each of so many tokens, in the order of the tokens' key."""
    part, order = _of_page(page), ("person_id",) if number > 1 else ("region_code", "person_id")
    return Question(
        lambda tokens: _with(tokens, number).order_by(*order).values_list("person_id", flat=True)[part]
    )


def _with(tokens: list[int], number: int) -> QuerySet:
    rows = NameToken.objects.filter(token__in=tokens).values("person_id")
    return rows.annotate(hits=Count("token")).filter(hits=number) if number > 1 else rows


def called(typed: str) -> QuerySet:
    """Who of the scope has these characters, or initials, in the name: rows of `person_id`."""
    tokens = tokens_for(typed)
    return _with(tokens, len(tokens)).values("person_id")


def _read(ways: list[list[str]]) -> QuerySet:
    """Whose name, or the beginning of it, is read in one of these ways."""
    fits = Q(id__in=())
    for syllables in ways:
        initials = "".join(one[0] for one in syllables)
        fits |= Q(id__in=called(initials), sort_key__startswith=f"{' '.join(syllables)} ")
    return Person.objects.filter(fits).order_by("sort_key", "id")


_living = Question(
    lambda people: (
        memberships().filter(person_id__in=people, until_day__isnull=True).select_related("household")
    )
)


def as_found(people: Iterable[Person]) -> list[Found]:
    """The people with where each belongs today, in the active scope. Whoever shows them records it."""
    rows = list(people)
    at = {member.person_id: member for member in _living([person.id for person in rows])}
    left = lasts(person.id for person in rows if person.id not in at)
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
            left=left[person.id].household_id if person.id in left else None,
            left_no=left[person.id].household.household_no if person.id in left else "",
        )
        for person in rows
    ]


def lasts(people: Iterable[UUID]) -> dict[UUID, Membership]:
    """Person -> the last membership of each one who now belongs to no family, in the active scope."""
    rows: dict[UUID, list[Membership]] = defaultdict(list)
    if wanted := list(people):
        every = Membership.objects.filter(person_id__in=wanted).select_related("person", "household")
        for row in every:
            rows[row.person_id].append(row)
    found = {person: _last(group) for person, group in rows.items()}
    return {person: row for person, row in found.items() if row.known_until or row.until_day}


def _last(rows: list[Membership]) -> Membership:
    """The one that holds the longest; where none holds any more, the first of those given up last.

    A death or a moving out before somebody was registered leaves no day on which they belonged.
    """
    if held := [row for row in rows if row.known_until is None]:
        return max(held, key=lambda row: row.until_day or date.max)
    latest = max(row.known_until for row in rows)
    return min((row for row in rows if row.known_until == latest), key=lambda row: row.from_day)


def stated_purpose(by: Scope, purpose: str) -> str:
    """The purpose to record. A village or township looks at its own people; others say why they look."""
    if not may_see(by.role, Fields.IDENTITY):
        raise Refused("您现在的岗位不查看个人信息。")
    given = purpose.strip() or by.reason
    if len(given) < SHORTEST_PURPOSE and len(by.region) < 9 and by.role != "system":
        raise PurposeNeeded("请先说明查看的事由（例如：办理某户申请、核查某条线索、答复来访）。")
    return given
