"""The state of families, as known at a moment, about a day, from what was stated. In the active scope."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from doudi.office.asked import LONGEST, Question
from doudi.office.roles import Fields, may_see
from doudi.office.scope import OutsideScope
from doudi.registry.facts import MASK, NOT_HELD, Facts, always_masked, catalogue, shown
from doudi.registry.history import Stated, fold
from doudi.registry.models import Household, Membership, Person, Statement

# The head first, then as a household book lists the family.
RELATIONS = (
    "HEAD", "SPOUSE", "SON", "DAUGHTER", "GRANDCHILD", "PARENT", "GRANDPARENT", "SIBLING", "OTHER_RELATIVE",
    "NON_RELATIVE",
)  # fmt: skip


NOT_THEIRS = "由核对部门填写"
"""What a role reads in place of a verification's answer that is not for it."""


def document(household: UUID, *, about: date, known: datetime | None = None) -> dict[str, Any]:
    """The canonical household document about a day, as known at a moment (default: now).

    Amounts in fen, dates yyyymmdd; facts nobody stated are absent. Raises OutsideScope.
    """
    found = documents([household], about=about, known=known)
    if household not in found:
        raise OutsideScope(f"household {household}")
    return found[household]


def documents(
    households: Iterable[UUID], *, about: date, known: datetime | None = None
) -> dict[UUID, dict[str, Any]]:
    """`document` for many households in four queries; those outside the scope are left out."""
    families = {family.id: family for family in Household.objects.filter(id__in=list(households))}
    if known is not None:
        families = {id_: family for id_, family in families.items() if family.created_at <= known}
    members = memberships(known).filter(household_id__in=families, from_day__lte=about)
    members = members.filter(Q(until_day__isnull=True) | Q(until_day__gt=about)).select_related("person")
    by_household: dict[UUID, list[Membership]] = defaultdict(list)
    for member in members:
        by_household[member.household_id].append(member)
    people = [member.person_id for group in by_household.values() for member in group]
    facts = all_states(families, people, about=about, known=known)
    return {id_: as_document(family, by_household[id_], facts) for id_, family in families.items()}


def memberships(known: datetime | None = None) -> "QuerySet[Membership]":
    """Memberships as known at a moment; None is now."""
    return Membership.objects.filter(as_known(known))


def as_known(known: datetime | None) -> Q:
    """Which rows held as known at a moment; None is now."""
    if known is None:
        return Q(known_until__isnull=True)
    return Q(known_from__lte=known) & (Q(known_until__isnull=True) | Q(known_until__gt=known))


def states(
    entity: str, subjects: Iterable[UUID], *, about: date, known: datetime | None = None
) -> dict[UUID, Facts]:
    """The facts of households or persons about a day, as known at a moment, sealed ones opened."""
    asked: dict[str, list[UUID]] = {"household": [], "person": [], entity: list(subjects)}
    return all_states(asked["household"], asked["person"], about=about, known=known)


def all_states(
    households: Iterable[UUID], people: Iterable[UUID], *, about: date, known: datetime | None
) -> dict[UUID, Facts]:
    """`states` of households and persons together, in one query."""
    said = _said(list(households), list(people), known)
    return {subject: fold(rows, about) for subject, rows in said.items()}


def state_and_later(
    households: Iterable[UUID], people: Iterable[UUID], *, about: date, today: date
) -> tuple[dict[UUID, Facts], dict[UUID, Facts]]:
    """(`all_states` about a day, what of today was stated for a later one), read and opened once."""
    said = _said(list(households), list(people), None)
    later = {subject: [row for row in rows if row.from_day > about] for subject, rows in said.items()}
    return (
        {subject: fold(rows, about) for subject, rows in said.items()},
        {subject: fold(rows, today) for subject, rows in later.items() if rows},
    )


def _said(households: list[UUID], people: list[UUID], known: datetime | None) -> dict[UUID, list[Stated]]:
    said: dict[UUID, list[Stated]] = defaultdict(list)
    for row in _stated(households, people, known):
        said[row.household_id or row.person_id].append(Stated(row.from_day, row.until_day, row.all_facts()))
    return said


def _of(column: str, ids: list[UUID]) -> Q:
    # An import asks for thousands: as one parameter.
    return Q(**{f"{column}__{'in' if len(ids) <= LONGEST else 'one_of'}": ids})


_stated = Question(
    lambda households, people, known: Statement.objects.filter(
        _of("household_id", households) | _of("person_id", people),
        Q() if known is None else Q(known_from__lte=known),
    ).order_by("known_from", "id")
)


def as_document(family: Household, members: list[Membership], facts: dict[UUID, Facts]) -> dict[str, Any]:
    """The canonical document of a family whose members and their facts have been read."""
    told = {"region_code": family.region_code, "area_type": family.area_type, **facts.get(family.id, {})}
    return {
        "household": {"household_id": family.household_no, **_read_by_law(told)},
        "members": [_member(row, facts.get(row.person_id, {})) for row in sorted(members, key=_family_order)],
        "expenditures": told.get("expenditures", []),
        "assets": told.get("assets", []),
    }


def _family_order(row: Membership) -> tuple[int, date, UUID]:
    return RELATIONS.index(row.relation), row.person.birth_date or date.max, row.person_id


def _identity(person: Person) -> Facts:
    identity: Facts = {"name": person.name}
    if person.sex:
        identity["sex"] = person.sex
    if person.birth_date:
        identity["birth_date"] = int(f"{person.birth_date:%Y%m%d}")
    return identity


def _member(row: Membership, facts: Facts) -> Facts:
    person: Person = row.person
    told = {**_identity(person), **_read_by_law(facts)}
    told.pop("id_no", None)
    return {
        "person_id": str(person.id), "relation": row.relation, **told, "incomes": facts.get("incomes", [])
    }  # fmt: skip


def _read_by_law(facts: Facts) -> Facts:
    held = catalogue()
    return {name: value for name, value in facts.items() if name not in NOT_HELD and held[name].law}


@dataclass(frozen=True)
class Line:
    """One fact as shown. A sealed one shows a mask; `field` is then what `reveal` is asked for."""

    field: str
    label: str
    text: str
    sealed: bool


@dataclass(frozen=True)
class Subject:
    """The household itself or one member: its lines, and its rows of income, expenditure, property."""

    id: UUID
    name: str
    relation: str
    lines: list[Line]
    rows: dict[str, list[Facts]]

    @property
    def audited(self) -> str:
        """As the audit names it; see `audit.subject_of`."""
        return f"{(Person if self.relation else Household)._meta.db_table}:{self.id}"


def picture(
    family: Household,
    members: list[Membership],
    facts: dict[UUID, Facts],
    *,
    role: str,
    masked: bool = True,
) -> list[Subject]:
    """The household and its members with every fact a role may see, sealed ones masked.

    `masked` False is for comparing; what is then shown of a sealed fact is the caller's care.
    """
    own = {
        "region_code": family.region_code, "area_type": family.area_type, **facts.get(family.id, {})
    }  # fmt: skip
    subjects = [_subject(family.id, "", "", own, role, masked)]
    for member in members:
        person: Person = member.person
        told = {**_identity(person), **facts.get(person.id, {})}
        if person.id_no:
            told["id_no"] = person.id_no.open()
        subjects.append(_subject(person.id, told.pop("name"), member.relation, told, role, masked))
    return subjects


def _subject(id_: UUID, name: str, relation: str, facts: Facts, role: str, masked: bool) -> Subject:
    held, alike = catalogue(), always_masked(role) if masked and relation else ()
    lines = []
    for key, value in facts.items():
        if key in alike:
            continue
        if key in held and may_see(role, Fields(held[key].sees)):
            lines.append(Line(key, held[key].label, shown(key, value, masked=masked), held[key].masked))
        elif key in held and held[key].sees == Fields.VERIFIED and may_see(role, Fields.MONEY):
            lines.append(Line(key, held[key].label, NOT_THEIRS, False))
    lines += [Line(key, held[key].label, MASK, True) for key in alike]
    lists = {key: facts[key] for key in ("incomes", "expenditures", "assets") if facts.get(key)}
    return Subject(id_, name, relation, lines, lists if may_see(role, Fields.MONEY) else {})


def members_of(family: Household, about: date, known: datetime | None) -> list[Membership]:
    """Who belongs to the family on a day, in the order of a household book."""
    return members_and_left(family, about, known)[0]


_ever_in = Question(
    lambda household, known: (
        memberships(known).filter(household_id=household).select_related("person").order_by("id")
    )
)


def members_and_left(
    family: Household, about: date, known: datetime | None
) -> tuple[list[Membership], list[Membership]]:
    """(who belongs to the family on a day, who has left it by then)."""
    rows = _ever_in(family.id, known)
    begun = [row for row in rows if row.from_day <= about]
    on = {(row.person_id, row.from_day) for row in rows}  # with another relation, or back without a gap
    left = [row for row in begun if row.until_day and row.until_day <= about]
    left = [row for row in left if (row.person_id, row.until_day) not in on]
    still = (row for row in begun if not row.until_day or row.until_day > about)
    return sorted(still, key=_family_order), left


def out_of_sight(family: Household, about: date, known: datetime | None, members: list[Membership]) -> int:
    """How many members of a day the scope does not show: they moved to another township since."""
    rows = memberships(known).filter(Q(until_day__isnull=True) | Q(until_day__gt=about), household=family)
    return rows.filter(from_day__lte=about).count() - len(members)


def one(model: Any, id_: UUID, *related: str) -> Any:
    """The row of the scope with this id, read together with related ones. Raises OutsideScope."""
    for row in _by_id(model, related)(id_):
        return row
    raise OutsideScope(f"{model._meta.db_table} {id_}")


@cache
def _by_id(model: Any, related: tuple[str, ...]) -> Question:
    return Question(lambda id_: model.objects.select_related(*related or (None,)).filter(id=id_))
