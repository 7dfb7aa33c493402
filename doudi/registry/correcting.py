"""Name, sex, birth date and number put right: what they were stays readable."""

from datetime import date
from uuid import UUID

from doudi.kernel.resident_id import ResidentId
from doudi.office.actions import Refused
from doudi.registry.facts import Facts
from doudi.registry.identity import SEXES, check_person, id_index, sort_key, tail_token, tokens_of
from doudi.registry.loading import Rows, Saying, day_of
from doudi.registry.models import NameToken, Person, Statement


def correct_identity(rows: Rows, person: Person, told: Facts, origin: UUID) -> Facts:
    """Name, sex, birth date and number are columns; what they were is kept as a statement dated back.

    Returns what is stated: birth date and sex follow a number. What was typed is held to itself, never to the
    number that stands masked on the page: "the birth date differs" would answer a guess. Raises Refused.
    """
    number = check_person({"name": person.name, **told}, on=date.today())
    if number:
        told = {"birth_date": int(number[6:14]), "sex": SEXES[ResidentId(number).sex], **told}
    elif person.id_no and told.keys() & {"birth_date", "sex"}:
        raise Refused("这个人登记了身份证号，出生日期和性别以证件号码为准：有误的，连同身份证号一起更正。")
    was: Facts = {"name": person.name, "sex": person.sex or None}
    was["birth_date"] = int(f"{person.birth_date:%Y%m%d}") if person.birth_date else None
    was["id_no"] = person.id_no.open() if person.id_no else None
    known = set[str]()
    for statement in Statement.objects.filter(person=person):
        known |= statement.all_facts().keys()
    former = Rows(Saying(source="CHANGE", since=date.min, known=person.created_at, origin=origin))
    former.state(person, {name: was[name] for name in told if name not in known})
    former.write()
    if "id_no" in told:
        person.id_no, person.id_index = number, id_index(number)
        person.id_tail = tail_token(number[-4:])
    if "name" in told:
        NameToken.objects.filter(token__in=tokens_of(person.name), person_id=person.id).delete()
        person.name, person.sort_key = told["name"], sort_key(told["name"])
        rows.name(person, person.name)
    person.sex = told.get("sex", person.sex)
    person.birth_date = day_of(told["birth_date"]) if "birth_date" in told else person.birth_date
    person.save()
    return told
