"""Looking for people outside one's own place: two keys, five hits, and a tally that stops."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from doudi.office.actions import PurposeNeeded, Refused
from doudi.office.models import AuditEntry
from doudi.office.queries import stopped_lookers
from doudi.office.scope import active
from doudi.registry.outside import find_outside
from tests.rooms.registry.families import COLLEAGUE, COUNTY_HANDLER, a_member, an_id, registered

BY = replace(COLLEAGUE, officer=UUID(int=7))
WHY = "核对是否重复建档"


@pytest.fixture
def chen(db: None) -> str:
    number = an_id()
    registered(a_member("陈国富", id_no=number), a_member("李秀英", "SPOUSE"))
    return number


def names(text: str, **more: Any) -> list[str]:
    return [one.name for one in find_outside(by=BY, text=text, purpose=WHY, **more).people]


def test_it_works(chen: str) -> None:
    for text in (chen, f"陈国富 {chen[-4:]}", "陈国富1968", " 陈国富 1968"):
        assert names(text) == ["陈国富"]
    assert names("陈国富1969") == names("国富1968") == names("陈国富0000") == []


@pytest.mark.parametrize("text", ["陈", "陈国富", "cgf", "CGF1968", "陈1968", "1968", "999X", "", "0000"])
def test_one_key_is_not_enough(chen: str, text: str) -> None:
    with pytest.raises(Refused, match="出生年份"):
        names(text)


def test_five_are_shown(db: None) -> None:
    registered(*(a_member("王芳", "SON" if number else "HEAD") for number in range(7)))
    found = find_outside(by=BY, text="王芳1968", purpose=WHY)
    assert (len(found.people), found.more) == (5, True)


def test_the_tally_asks_again_then_stops_and_tells(chen: str, settings: Any) -> None:
    settings.OFFICE_OUTSIDE_ASK_AGAIN, settings.OFFICE_OUTSIDE_STOP = 2, 3
    assert [names("陈国富1968"), names("李秀英1968")] == [["陈国富"], ["李秀英"]]
    with pytest.raises(PurposeNeeded, match="重新说明"):
        names("陈国富1968")
    assert names("陈国富1968", fresh=True) == ["陈国富"]
    with active(BY):
        for _ in range(2):
            with pytest.raises(Refused, match="已停止"):
                names("陈国富1968", fresh=True)
    assert len(find_outside(by=replace(BY, officer=UUID(int=8)), text=chen, purpose=WHY).people) == 1
    with active(COUNTY_HANDLER):
        (told,) = stopped_lookers(by=COUNTY_HANDLER, since=AuditEntry.objects.first().at)
    assert (told.officer, told.region_code, told.detail) == (BY.officer, BY.region, {"shown": 3})
