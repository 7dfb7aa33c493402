"""Many families at once into the register. Used by the import, the demo, the desk.

Rows go in by `insert ... select from unnest(...)`: COPY is refused on a table with row level security, the
web role may not make a temporary table to copy into, and the ORM sends each value as a parameter of its own.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, models
from django.utils import timezone
from psycopg.types.json import Jsonb

from doudi.kernel.resident_id import ResidentId
from doudi.office import audit
from doudi.office.actions import Refused
from doudi.office.fields import EncryptedField, new_id
from doudi.office.scope import PersonalModel, Scope, active, check_inside
from doudi.registry import facts as registered
from doudi.registry.facts import IDENTITY, NOT_HELD, ROWS, Facts
from doudi.registry.identity import id_index, sort_key, tail_token, tokens_of
from doudi.registry.models import ExternalStatus, Household, Membership, NameToken, Person, Statement

CHUNK = 2000
# Says that there is such a person, never where: the clerk may not be allowed to see that township.
_REFUSALS = {
    "registry_person_once": (
        "这个身份证号在本县已有登记，不能重复建档。请先查找此人；不在您辖区的，请报县级经办人查找。"
    ),
    "registry_household_no_once": "这个户编号在本县已经使用，请核对后换一个。",
    "registry_one_household_at_a_time": "此人在这段时间已属于另一户，请先办理迁出或分户。",
    "registry_one_head": "一户只能有一个户主，请核对与户主关系。",
}
Document = Mapping[str, Any]
_SEXES = {"1": "MALE", "2": "FEMALE"}


@dataclass(frozen=True)
class Saying:
    """Who says it, from which day it holds, when it became known, which batch or request it belongs to."""

    source: str
    since: date
    by: UUID | None = None
    known: datetime = field(default_factory=timezone.now)
    origin: UUID | None = None


def load(documents: Iterable[Document], *, by: Scope, saying: Saying) -> int:
    """New families from canonical documents, with one audit row; returns how many persons.

    A member's identity (`name`, `id_no`, `birth_date`, `sex`) makes the person, other facts a statement.
    `id` on a household or member chooses its public id; `statuses` on either become external statuses.
    Raises UnknownFact, OutsideScope; IntegrityError when an ID number or household number stands already.
    """
    households = persons = 0
    with active(by):
        for chunk in _chunks(documents):
            rows = Rows(saying)
            for document in chunk:
                rows.family(document)
            rows.write()
            households, persons = households + len(chunk), persons + len(rows.of[Person])
        detail = {"households": households, "persons": persons, "source": saying.source}
        audit.record(by=by, verb="loaded", subject=str(saying.origin or ""), detail=detail)
    return persons


@contextmanager
def refusing_doubles() -> Iterator[None]:
    """Turns the database's refusal of a double into words for the officer (Refused)."""
    try:
        yield
    except IntegrityError as error:
        constraint = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") or ""
        raise Refused(_REFUSALS.get(constraint, "登记内容与现有记录冲突，请核对。")) from error


def _chunks(documents: Iterable[Document]) -> Iterator[list[Document]]:
    rest = iter(documents)
    while chunk := list(islice(rest, CHUNK)):
        yield chunk


class Rows:
    """Rows of the register put together, to be written in one go by `write`."""

    def __init__(self, saying: Saying) -> None:
        self.saying = saying
        kinds = (Household, Person, NameToken, Membership, Statement, ExternalStatus)
        self.of: dict[type[PersonalModel], list[PersonalModel]] = {kind: [] for kind in kinds}

    def family(self, document: Document) -> Household:
        """A new household with its members."""
        told = document["household"]
        family = Household(
            id=document.get("id") or new_id(),
            region_code=told["region_code"],
            household_no=told["household_id"],
            area_type=told["area_type"],
            created_at=self.saying.known,
            origin=self.saying.origin,
        )
        self.of[Household].append(family)
        self.state(family, {**told, **{name: document[name] for name in ROWS if document.get(name)}})
        self.statuses(document.get("statuses", ()), family)
        for member in document["members"]:
            person = self.person(member, family.region_code)
            self.join(person, family, member["relation"])
            self.statuses(member.get("statuses", ()), family, person)
        return family

    def person(self, told: Mapping[str, Any], region: str) -> Person:
        """A new person and what is stated about it; an ID number brings birth date and sex."""
        number = told.get("id_no")
        known = ResidentId.parse(number) if number else None
        person = Person(
            id=told.get("id") or new_id(),
            region_code=region,
            name=told["name"],
            sort_key=sort_key(told["name"]),
            sex=told.get("sex") or (_SEXES[known.sex] if known else ""),
            birth_date=day_of(told["birth_date"]) if told.get("birth_date") else known and known.birth_date,
            id_no=known and known.number,
            id_index=known and id_index(known.number),
            id_tail=known and tail_token(known.number[-4:]),
            created_at=self.saying.known,
            origin=self.saying.origin,
        )
        self.of[Person].append(person)
        self.of[NameToken] += [
            NameToken(token=token, region_code=region, person_id=person.id)
            for token in tokens_of(person.name)
        ]
        self.state(person, {name: value for name, value in told.items() if name not in IDENTITY})
        return person

    def join(self, person: Person, family: Household, relation: str) -> None:
        """The person belongs to the household from the day the saying holds."""
        saying = self.saying
        self.of[Membership].append(
            Membership(
                region_code=family.region_code,
                household_id=family.id,
                person_id=person.id,
                relation=relation,
                from_day=saying.since,
                known_from=saying.known,
                origin=saying.origin,
            )
        )

    def state(self, subject: Household | Person, told: Facts, until: date | None = None) -> None:
        """A statement about a household or person: facts and lists of rows as a document has them."""
        entity = "household" if isinstance(subject, Household) else "person"
        facts = {name: value for name, value in told.items() if name not in NOT_HELD | {"id", "statuses"}}
        registered.check(entity, facts)
        plain, sealed = registered.divide(facts)
        plain |= {name: registered.pack(told[name], name) for name in ROWS if told.get(name)}
        if not plain and not sealed:
            return
        saying = self.saying
        statement = Statement(
            region_code=subject.region_code,
            from_day=saying.since,
            until_day=until,
            known_from=saying.known,
            source=saying.source,
            by=saying.by,
            origin=saying.origin,
            facts=plain,
            sealed=registered.to_json(sealed) if sealed else None,
            **{f"{entity}_id": subject.id},
        )
        self.of[Statement].append(statement)

    def statuses(
        self, told: Iterable[Mapping[str, Any]], family: Household, person: Person | None = None
    ) -> None:
        """What other lists say: `programme`, `from` and `until` as dates, `amount` in fen a month."""
        for row in told:
            self.of[ExternalStatus].append(
                ExternalStatus(
                    region_code=family.region_code,
                    household_id=family.id,
                    person_id=person and person.id,
                    programme=row["programme"],
                    from_day=row["from"],
                    until_day=row.get("until"),
                    amount=row.get("amount"),
                    source=self.saying.source,
                    known_from=self.saying.known,
                    origin=self.saying.origin,
                )
            )

    def write(self) -> None:
        """Inserts everything, in the active scope. Raises OutsideScope, IntegrityError."""
        for model, rows in self.of.items():
            for region in {row.region_code for row in rows}:
                check_inside(region)
            if rows:
                insert(model, rows)


def insert(model: type[models.Model], rows: Sequence[models.Model]) -> None:
    """Inserts rows of one table in one statement. No checks but the database's."""
    fields = [column for column in model._meta.concrete_fields if not isinstance(column, models.AutoField)]
    names = ", ".join(column.column for column in fields)
    # An explicit cast to varchar(12) would cut a longer text in silence; the column itself refuses it.
    kinds = [str(column.db_type(connection)).split("(")[0] for column in fields]
    arrays = ", ".join(f"%s::{kind}[]" for kind in kinds)
    with connection.cursor() as cursor:
        cursor.execute(
            f"insert into {model._meta.db_table} ({names}) select * from unnest({arrays})",
            [[_stored(column, row) for row in rows] for column in fields],
        )


def day_of(ymd: int) -> date:
    """20240131 as a date."""
    return date(ymd // 10000, ymd // 100 % 100, ymd % 100)


def _stored(column: Any, row: models.Model) -> Any:
    value = getattr(row, column.attname)
    if isinstance(column, models.JSONField):
        return Jsonb(value)
    return value.ciphertext if isinstance(column, EncryptedField) and value is not None else value
