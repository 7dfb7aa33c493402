"""Looking for people outside one's own place: two keys, five hits, and a tally that stops."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from doudi.office.actions import PurposeNeeded, Refused
from doudi.office.models import AuditEntry
from doudi.office.queries import LOOKED_TOO_OFTEN, told_since
from doudi.office.scope import Scope, active
from doudi.registry.actions import propose
from doudi.registry.loading import NumberTaken
from doudi.registry.outside import find_outside
from tests.rooms.people import SIBLING, TOWNSHIP, a_small_country, an_officer, scope_of
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
        (told,) = told_since(LOOKED_TOO_OFTEN, by=COUNTY_HANDLER, since=AuditEntry.objects.first().at)
    assert (told.officer, told.region_code, told.detail) == (BY.officer, BY.region, {"shown": 3})


def asked(by: Scope, kind: str, number: str, name: str = "王五") -> UUID:
    """Proposes for a family of their own somebody with this number."""
    told = {"name": name, "relation": "SIBLING", "id_no": number}
    home = registered(a_member("赵六"), by=COLLEAGUE, region=SIBLING)
    payload: dict[str, Any] = {"member": told}
    if kind == "REGISTER":
        place = {"household_id": f"户{name}", "region_code": SIBLING, "area_type": "RURAL"}
        payload = {"document": {"household": place, "members": [told | {"relation": "HEAD"}],
                                "expenditures": [], "assets": []}}  # fmt: skip
    return propose(by=by, kind=kind, day=date.today(), payload=payload, reason="户口簿", household=home)


@pytest.mark.parametrize("kind", ["MARRIAGE", "MOVE_IN", "REGISTER"])
def test_a_form_that_says_who_is_registered_is_a_look_at_them(chen: str, settings: Any, kind: str) -> None:
    settings.OFFICE_OUTSIDE_STOP = 1
    a_small_country()
    by = scope_of(an_officer("sibling", region=SIBLING))
    asked(by, kind, an_id(), "周七")  # somebody nobody knows: no look at anybody
    with pytest.raises(NumberTaken, match="在本县已有登记"):
        asked(by, kind, f" {chen.lower()}")
    with active(COUNTY_HANDLER):
        (row,) = AuditEntry.objects.filter(verb="found_outside")
        assert (row.region_code[:9], row.officer, row.purpose[-2:]) == (TOWNSHIP, by.officer, "查重")
        assert row.subject.startswith("registry_person:")
    with pytest.raises(Refused, match="已停止"):
        asked(by, kind, an_id(), "周八")
    with active(COUNTY_HANDLER):
        assert AuditEntry.objects.filter(verb="found_outside").count() == 1
