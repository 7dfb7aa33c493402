"""What makes a long list quick changes nothing of what is written or found."""

from datetime import date
from random import Random
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction
from pypinyin import Style, lazy_pinyin, pinyin

from demo.recipe import GIVEN, SURNAMES
from doudi.intake.setting_aside import RowFails, naming
from doudi.office.fields import name_tokens, new_key, read_apart
from doudi.office.scope import Scope, active
from doudi.registry.identity import tokens_of
from doudi.registry.loading import Rows, Saying
from doudi.registry.models import Membership, NameToken, Person, Statement
from tests.rooms.people import TOWNSHIP, VILLAGE, a_small_country
from tests.rooms.registry.families import a_family, a_member, an_id


def names() -> list[str]:
    random = Random("names")
    made = [random.choice(SURNAMES) + "".join(random.sample(GIVEN, 2)) for _ in range(400)]
    rare = ["".join(chr(random.randrange(0x4E00, 0x9FA6)) for _ in range(3)) for _ in range(400)]
    return [*made, *rare, "单田芳", "重庆生", "音乐长", "阿不都·热合曼", "John Smith", "欧阳A", "王朝行", ""]


def test_a_name_read_in_parts_is_read_as_it_is_read_whole() -> None:
    for name in names():
        for ask in (
            lambda text: pinyin(text, style=Style.FIRST_LETTER, heteronym=True, errors=list),
            lazy_pinyin,
        ):
            assert [read for part in read_apart(name) for read in ask(part)] == list(ask(name)), name
    assert read_apart("音乐长") == ["音乐长"]
    assert len(name_tokens("单田芳")) > len(name_tokens("林田芳"))  # 单 is chan, dan and shan


def test_a_key_is_an_id_and_never_the_same() -> None:
    made = [UUID(new_key()) for _ in range(1000)]
    assert len(set(made)) == 1000
    assert {(one.version, one.variant) for one in made} == {(4, "specified in RFC 4122")}
    assert [str(UUID(text)) == text for text in (new_key() for _ in range(9))] == [True] * 9


def test_rows_written_together_are_each_what_was_said(db: None) -> None:
    a_small_country()
    by = Scope(region=TOWNSHIP, role="township_clerk")
    batch, officer = UUID(int=1), UUID(int=2)
    rows = Rows(Saying(source="TOWNSHIP", since=date(2025, 9, 30), by=officer, origin=batch))
    rows.family(
        a_family(a_member("陈国富", phone="13900000001"), a_member("单田芳", "SPOUSE"), region=VILLAGE)
    )
    rows.family(a_family(a_member("陈国富", id_no=None), region=VILLAGE))
    with active(by):
        rows.write()
        written: dict[UUID, set[int]] = {}
        for person, token in NameToken.objects.values_list("person_id", "token"):
            written.setdefault(person, set()).add(token)
        people = {person.id: person for person in Person.objects.all()}
        assert written == {id_: set(tokens_of(person.name)) for id_, person in people.items()}
        assert {person.origin for person in people.values()} == {batch}
        assert set(Membership.objects.values_list("from_day", "origin", "until_day")) == {
            (date(2025, 9, 30), batch, None)
        }
        (phone,) = Statement.objects.filter(sealed__isnull=False)
        told = phone.from_day, phone.source, phone.by, phone.origin, phone.all_facts()["phone"]
        assert told == (date(2025, 9, 30), "TOWNSHIP", officer, batch, "13900000001")
        wanted = list(people)[:2]
        assert {row.person_id for row in Membership.objects.filter(person_id__one_of=wanted)} == set(wanted)
        assert not Membership.objects.filter(person_id__one_of=[]).exists()
        numbers = [bytes(person.id_index) for person in people.values() if person.id_index]
        assert Person.objects.filter(id_index__one_of=[*numbers, b"none"]).count() == len(numbers) == 2
        assert Person.objects.filter(name__one_of=["陈国富", "单'田{芳}", an_id()]).count() == 2


def test_what_a_row_raises_names_it_and_what_the_machine_raises_stays() -> None:
    with pytest.raises(RowFails, match="第 7 行") as found, naming(7):
        raise KeyError("relation")
    assert isinstance(found.value.__cause__, KeyError)
    for problem in (OSError("full"), RowFails("第 3 行"), KeyboardInterrupt()):
        with pytest.raises(type(problem)) as same, naming(7):
            raise problem
        assert same.value is problem


def test_nobody_is_put_into_two_families_at_a_time_whoever_comes_after_whom(db: None) -> None:
    """The database's own refusal, for ids near and far."""
    a_small_country()
    by = Scope(region=TOWNSHIP, role="township_clerk")
    rows = Rows(Saying(source="TOWNSHIP", since=date(2025, 1, 1)))
    homes = [rows.family(a_family(a_member(f"陈{name}"), region=VILLAGE)) for name in "一二三四五六七八"]
    with active(by):
        rows.write()
        for person in Person.objects.all():
            own = Membership.objects.get(person=person)
            other = next(home.id for home in homes if home.id != own.household_id)
            told = {"person": person, "household_id": other, "region_code": VILLAGE, "relation": "SON"}
            spans = ((date(2025, 1, 1), None), (date(2024, 1, 1), date(2025, 1, 2)), (date(2030, 1, 1), None))
            for since, until in spans:
                refused = pytest.raises(IntegrityError, match="one_household_at_a_time")
                with refused, transaction.atomic():
                    Membership.objects.create(from_day=since, until_day=until, **told)
            Membership.objects.create(from_day=date(2020, 1, 1), until_day=date(2025, 1, 1), **told)
