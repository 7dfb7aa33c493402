"""Who stands behind a member: who owes support by law and lives elsewhere; an official who is kin.

近亲属备案 (民发〔2012〕220号 第十四条, 民发〔2021〕57号 第十一条): whoever handles dibao or sits on the
village board stands apart from decisions about their own kin. Both are added and ended by a change request.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from doudi.office.actions import Refused, refuse_numbers
from doudi.office.asked import Question
from doudi.office.fields import new_id
from doudi.registry.documents import Line, as_known, one
from doudi.registry.facts import shown
from doudi.registry.identity import check_person, id_index
from doudi.registry.models import Membership, NearRelative, Obligor, Person

RELATIONS = ("SPOUSE", "SON", "DAUGHTER", "PARENT", "GRANDPARENT", "GRANDCHILD", "SIBLING")
"""近亲属: what an obligor or an official may be to the member."""
LONGEST_POST = 120
Standing = type[Obligor] | type[NearRelative]
_ALIKE = ("region_code", "person", "relation", "from_day")
_COPIED = {Obligor: (*_ALIKE, "name"), NearRelative: (*_ALIKE, "official", "post")}


def in_force(kind: Standing, people: Iterable[UUID], about: date, known: datetime | None = None) -> list[Any]:
    """The obligors, or the filings, of these members on a day as known at a moment, with their members."""
    return _STANDING[kind](list(people), about, known)


def _in_force(kind: Standing, people: list[UUID], about: date, known: datetime | None) -> "QuerySet[Any]":
    spoken = Q(from_day__lte=about) & (Q(until_day__isnull=True) | Q(until_day__gt=about))
    rows = kind.objects.filter(as_known(known) & spoken, person_id__in=people)
    return rows.select_related("person").order_by("from_day", "id")


_STANDING = {kind: Question(partial(_in_force, kind)) for kind in (Obligor, NearRelative)}


def filings(
    households: Iterable[UUID], about: date, payload: Mapping[str, Any] | None = None
) -> list[NearRelative]:
    """What is filed of whoever belongs to these families on a day, or joins them later.

    `payload`: of a change, which may name somebody who does not belong yet, or any more.
    """
    told = payload or {}
    coming = [*filter(None, [told.get("person")]), *told.get("persons", ())]
    lasts = Q(until_day__isnull=True) | Q(until_day__gte=about)
    members = Membership.objects.filter(lasts, household_id__in=list(households), known_until__isnull=True)
    rows = NearRelative.objects.filter(lasts, known_until__isnull=True)
    among = Q(person_id__in=members.values("person_id")) | Q(person_id__in=coming)
    return list(rows.filter(among).select_related("person"))


def stands_apart(name: str, officials: Iterable[str | None]) -> bool:
    """True if somebody of this name is one of the officials: a namesake leaves it to a colleague, too."""
    return _read_as(name) in {_read_as(one) for one in officials if one}


def _read_as(name: str) -> str:
    """A name as the eye reads it: without blanks and characters that cannot be seen."""
    shown = (one for one in unicodedata.normalize("NFKC", name) if unicodedata.category(one) != "Cf")
    return "".join("".join(shown).split())


def lines(people: Iterable[UUID], about: date) -> dict[UUID, list[Line]]:
    """Member -> what stands of them on a day, one line each."""
    found: dict[UUID, list[Line]] = defaultdict(list)
    for kind, label in ((Obligor, "法定义务人"), (NearRelative, "近亲属备案")):
        for row in in_force(kind, people, about):
            found[row.person_id].append(Line(f"{row._meta.model_name}:{row.id}", label, in_words(row), False))
    return found


def in_words(row: Obligor | NearRelative) -> str:
    """张三（村委会副主任），兄弟姐妹."""
    who = row.name if isinstance(row, Obligor) else f"{row.official}（{row.post}）"
    return f"{who}，{shown('relation', row.relation)}"


def add(kind: Standing, person: Person, told: Mapping[str, Any], *, day: date, now: datetime) -> None:
    """One more from a day on. Raises Refused for what cannot be, or stands already."""
    if told.get("kin") not in RELATIONS:
        raise Refused("请选择是该成员的什么人；只登记配偶、父母、子女、祖孙和兄弟姐妹。")
    row = kind(person=person, region_code=person.region_code, relation=told["kin"], from_day=day)
    row.known_from = now
    if isinstance(row, Obligor):
        row.name, number = told.get("name") or "", check_person(told, on=date.today())
        if number:
            row.id_no, row.id_index = number, id_index(number)
    else:
        row.official, row.post = told.get("official") or "", (told.get("post") or "").strip()
        check_person({"name": row.official}, on=day)
        refuse_numbers(row.post, "单位和职务")
        if not 0 < len(row.post) <= LONGEST_POST:
            raise Refused(f"请填写工作人员的单位和职务，最多 {LONGEST_POST} 个字。")
    if in_words(row) in map(in_words, in_force(kind, [person.id], date.today())):
        raise Refused(f"{person.name}的{in_words(row)}已经登记，不必再次登记。")
    row.save()


def end(kind: Standing, id_: UUID, *, day: date, now: datetime) -> UUID:
    """Ends one before a day, and keeps what was known until now; returns the member.

    Raises Refused, also for an end that would leave no day: what was filed in error stays readable, too.
    """
    row = one(kind, id_, "person")
    if row.known_until or row.until_day:
        raise Refused("这一条已经终止，不必再办。")
    if day <= row.from_day:
        raise Refused(
            f"终止日期应晚于 {row.from_day}（这一条开始的日子）。登记有误的，请填次日或以后的日期，"
            "并在依据里写明；原来的登记仍可查到。"
        )
    kind.objects.filter(id=row.id).update(known_until=now)
    same = {name: getattr(row, name) for name in _COPIED[kind]}
    ended = kind(id=new_id(), **same, until_day=day, known_from=now)
    if isinstance(row, Obligor) and row.id_no:
        ended.id_no, ended.id_index = row.id_no.open(), row.id_index
    ended.save()
    return row.person_id
