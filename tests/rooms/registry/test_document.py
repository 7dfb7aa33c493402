"""What was told comes back as the canonical document."""

import random
from datetime import date, timedelta

import pytest
from django.utils import timezone

from doudi.office.actions import Refused
from doudi.office.scope import OutsideScope, active
from doudi.registry import queries
from doudi.registry.loading import Rows, Saying
from doudi.registry.models import Person
from tests.rooms.registry.families import CLERK, COLLEAGUE, STRANGER, a_member, registered

TODAY = date(2025, 10, 15)


def wages(first: int, last: int, amount: int) -> list[dict[str, object]]:
    return [
        {"item": "SALARY", "month": month, "amount": amount, "deduction": 0}
        for month in range(first, last + 1)
    ]


@pytest.mark.usefixtures("db")
def test_it_works() -> None:
    head = a_member(
        "单国富",
        disability_type="PHYSICAL",
        disability_grade=2,
        phone="13900000001",
        labour_capacity="LOST",
        incomes=[*wages(202411, 202412, 150000), *wages(202501, 202503, 150000)],
    )
    son = a_member("单小军", "SON", student=True)
    household = registered(head, son, property_complete=True)
    with active(CLERK):
        found = queries.document(household, about=TODAY)
    assert found["household"]["area_type"] == "RURAL"
    assert found["household"]["property_complete"] is True
    assert [(row["name"], row["relation"]) for row in found["members"]] == [
        ("单国富", "HEAD"),
        ("单小军", "SON"),
    ]
    first = found["members"][0]
    assert first["incomes"] == head["incomes"]
    assert (first["disability_type"], first["disability_grade"]) == ("PHYSICAL", 2)
    assert "phone" not in first
    assert "id_no" not in first


@pytest.mark.usefixtures("db")
def test_neither_colleague_nor_stranger_reads_it() -> None:
    household = registered()
    for other in (COLLEAGUE, STRANGER):
        with active(other), pytest.raises(OutsideScope):
            queries.document(household, about=TODAY)


@pytest.mark.usefixtures("db")
def test_one_number_stands_once_in_the_county() -> None:
    member = a_member()
    registered(member)
    with pytest.raises(Refused, match="本县已有登记"):
        registered(dict(member), by=COLLEAGUE, region=COLLEAGUE.region)
    registered(dict(member), by=STRANGER, region="370784001")


@pytest.mark.usefixtures("db")
def test_any_day_as_known_at_any_moment() -> None:
    """Thirty statements in a random order of days, against a book kept by hand."""
    dice = random.Random(20251015)
    household = registered(a_member())
    start, moments = date(2025, 3, 1), []
    book: list[dict[int, bool]] = [{}]
    with active(CLERK):
        person = Person.objects.get()
        for number in range(30):
            first, length = dice.randrange(12), dice.choice([1, 3, None])
            moment = timezone.now() + timedelta(minutes=number)
            rows = Rows(Saying(source="VISIT", since=start + timedelta(first), known=moment))
            until = None if length is None else start + timedelta(first + length)
            rows.state(person, {"student": number % 2 == 0}, until=until)
            rows.write()
            days = range(first, 12 if length is None else min(first + length, 12))
            book.append({**book[-1], **dict.fromkeys(days, number % 2 == 0)})
            moments.append(moment)
        for known, truth in zip(moments, book[1:], strict=True):
            for number in range(12):
                about = start + timedelta(number)
                (member,) = queries.document(household, about=about, known=known)["members"]
                assert member.get("student") == truth.get(number)
