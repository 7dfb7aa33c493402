"""Many families at once into the register, for the import, the demo and the desk."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from typing import Any, NamedTuple
from uuid import UUID

from django.db import IntegrityError, OperationalError
from django.utils import timezone
from psycopg.errors import DeadlockDetected

from doudi.kernel.resident_id import ResidentId
from doudi.office import audit
from doudi.office.actions import Refused
from doudi.office.bulk import Row, as_bytea, insert, insert_each, sealed
from doudi.office.crypto import module
from doudi.office.fields import new_id, new_key
from doudi.office.scope import PersonalModel, Scope, active
from doudi.registry import facts as registered
from doudi.registry.facts import IDENTITY, NOT_HELD, ROWS, Facts
from doudi.registry.identity import SEXES, id_index, sort_key, tail_token, tokens_of
from doudi.registry.models import ExternalStatus, Household, Membership, NameToken, Person, Statement

CHUNK = 2000
# Says that there is such a person, never where: the clerk may not be allowed to see that township.
_REFUSALS = {
    "registry_person_once": (
        "这个身份证号在本县已有登记，不能重复建档。请先查找此人；不在您辖区的，请报县级经办人查找。"
        "已登记死亡或者迁出、现在又要登记的，在他原来的一户办“恢复登记”。"
    ),
    "registry_household_no_once": "这个户编号在本县已经使用，请核对后换一个。",
    "registry_one_household_at_a_time": "此人在这段时间已属于另一户，请先办理迁出或分户。",
    "registry_request_once": "已有同样的申请，请在“我提出的”里查看，不必再提。",
    "registry_one_head": "一户只能有一个户主，请核对与户主关系。",
}
Document = Mapping[str, Any]
_KINDS = (Household, Person, NameToken, Membership, Statement, ExternalStatus)
_ID_NO, _SEALED = Person._meta.get_field("id_no"), Statement._meta.get_field("sealed")
_NO_FACTS = NOT_HELD | {"id", "statuses"}


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
            households, persons = households + len(chunk), persons + len(rows.of[Person])
            rows.write()
        detail = {"households": households, "persons": persons, "source": saying.source}
        audit.record(by=by, verb="loaded", subject=str(saying.origin or ""), detail=detail)
    return persons


class NumberTaken(Refused):
    """Somebody of the county has the ID number: said to whoever typed it, who thereby knows."""


@contextmanager
def refusing_doubles() -> Iterator[None]:
    """Turns the database's refusal of a double into words for the officer (Refused, NumberTaken)."""
    try:
        yield
    except IntegrityError as error:
        constraint = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") or ""
        kind = NumberTaken if constraint == "registry_person_once" else Refused
        raise kind(_REFUSALS.get(constraint, "登记内容与现有记录冲突，请核对。")) from error
    except OperationalError as error:  # two changes of the same people, each waiting for the other
        if not isinstance(error.__cause__, DeadlockDetected):
            raise
        raise Refused("另一位同志正在办理同一户或者同一个人，这一次没有办成；请刷新，再办一次。") from error


def _chunks(documents: Iterable[Document]) -> Iterator[list[Document]]:
    rest = iter(documents)
    while chunk := list(islice(rest, CHUNK)):
        yield chunk


class New(NamedTuple):
    """A household or person about to be written; `key` is its id as text."""

    entity: str
    id: UUID
    region_code: str
    key: str


Subject = Household | Person | New


class Rows:
    """Rows of the register put together, to be written in one go by `write`.

    Plain rows, not model instances: making these took longer than encrypting and inserting together.
    ID numbers are taken as read: whoever builds a document has parsed them.
    """

    def __init__(self, saying: Saying) -> None:
        self.keys = module()
        self.of: dict[type[PersonalModel], list[Row]] = {kind: [] for kind in _KINDS}
        since, known = f"{saying.since}", f"{saying.known}"
        origin = {"origin": saying.origin and str(saying.origin)}
        said = {"source": saying.source, "known_from": known, **origin}
        self.shared: dict[type[PersonalModel], Row] = {
            Household: {"created_at": known, **origin},
            Person: {"created_at": known, **origin},
            Membership: {"from_day": since, "known_from": known, **origin},
            Statement: {"from_day": since, "by": saying.by and str(saying.by), **said},
            ExternalStatus: said,
        }

    def family(self, document: Document) -> New:
        """A new household with its members."""
        told = document["household"]
        family = _new("household", document.get("id"), told["region_code"])
        self.of[Household].append(
            {
                "id": family.key,
                "region_code": family.region_code,
                "household_no": told["household_id"],
                "area_type": told["area_type"],
            }
        )
        self.state(family, {**told, **{name: document[name] for name in ROWS if document.get(name)}})
        self.statuses(document.get("statuses", ()), family)
        for member in document["members"]:
            person = self.person(member, family.region_code)
            self.join(person, family, member["relation"])
            self.statuses(member.get("statuses", ()), family, person)
        return family

    def person(self, told: Mapping[str, Any], region: str) -> New:
        """A new person and what is stated about it; an ID number brings birth date and sex."""
        person = _new("person", told.get("id"), region)
        number, name, born, sex = told.get("id_no"), told["name"], told.get("birth_date"), told.get("sex")
        row = {"id": person.key, "region_code": region, "name": name, "sort_key": sort_key(name)}
        if number:
            row["id_no"] = sealed(self.keys, _ID_NO, person.key, number)
            row["id_index"], row["id_tail"] = as_bytea(id_index(number)), tail_token(number[-4:])
            born, sex = born or int(number[6:14]), sex or SEXES[ResidentId(number).sex]
        self.of[Person].append({**row, "birth_date": f"{day_of(born)}" if born else None, "sex": sex or ""})
        self.name(person, name)
        self.state(person, {key: value for key, value in told.items() if key not in IDENTITY})
        return person

    def name(self, person: Subject, name: str) -> None:
        """What the person is searched by."""
        row = {"token": tokens_of(name), "region_code": person.region_code, "person_id": _key(person)}
        self.of[NameToken].append(row)

    def join(self, person: Subject, family: Subject, relation: str) -> None:
        """The person belongs to the household from the day the saying holds."""
        self.of[Membership].append(
            {
                "region_code": family.region_code,
                "household_id": _key(family),
                "person_id": _key(person),
                "relation": relation,
            }
        )

    def state(self, subject: Subject, told: Facts, until: date | None = None) -> None:
        """A statement about a household or person: facts and lists of rows as a document has them."""
        entity = subject.entity if isinstance(subject, New) else str(subject._meta.model_name)
        facts = {name: value for name, value in told.items() if name not in _NO_FACTS}
        registered.check(entity, facts)
        plain, secret = registered.divide(facts)
        plain |= {name: registered.pack(told[name], name) for name in ROWS if told.get(name)}
        if not plain and not secret:
            return
        id_ = new_key()
        self.of[Statement].append(
            {
                "id": id_,
                "region_code": subject.region_code,
                f"{entity}_id": _key(subject),
                "until_day": until and f"{until}",
                "facts": plain,
                "sealed": sealed(self.keys, _SEALED, id_, registered.to_json(secret)) if secret else None,
            }
        )

    def statuses(
        self, told: Iterable[Mapping[str, Any]], family: Subject, person: Subject | None = None
    ) -> None:
        """What other lists say: `programme`, `from` and `until` as dates, `amount` in fen a month."""
        self.of[ExternalStatus] += [
            {
                "id": new_key(),
                "region_code": family.region_code,
                "household_id": _key(family),
                "person_id": person and _key(person),
                "programme": row["programme"],
                "from_day": f"{row['from']}",
                "until_day": f"{row['until']}" if row.get("until") else None,
                "amount": row.get("amount"),
            }
            for row in told
        ]

    def write(self) -> None:
        """Inserts everything, in the active scope, once. Raises OutsideScope, IntegrityError."""
        for model, rows in self.of.items():
            if rows and model is NameToken:
                insert_each(model, rows, "token")
            elif rows:
                insert(model, rows, shared=self.shared[model])
            rows.clear()


def _new(entity: str, id_: UUID | None, region: str) -> New:
    id_ = id_ or new_id()
    return New(entity, id_, region, str(id_))


def _key(subject: Subject) -> str:
    return subject.key if isinstance(subject, New) else str(subject.id)


def day_of(ymd: int) -> date:
    """20240131 as a date."""
    return date(ymd // 10000, ymd // 100 % 100, ymd % 100)
