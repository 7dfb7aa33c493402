"""The way back: who was registered dead in error, and who moved out, belong to their family again."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from doudi.office.actions import Refused
from doudi.office.scope import Scope, active
from doudi.registry import queries, returning, worklist
from doudi.registry.actions import decide
from doudi.registry.differences import difference
from doudi.registry.loading import NumberTaken
from doudi.registry.models import ChangeRequest, Household, Membership, Person
from tests.rooms.people import COUNTY, TOWNSHIP, an_officer, scope_of
from tests.rooms.registry.families import CLERK, COUNTY_HANDLER, a_member, an_id, registered
from tests.rooms.registry.test_changes import (
    AFTER,
    BEFORE,
    DAY,
    changed,
    family,
    ids_of,
    officers,
    people,
    proposed,
)

__all__ = ["changed", "family", "officers"]
NEXT = DAY + timedelta(days=1)
WHOLE = [("陈国富", "HEAD"), ("李秀英", "SPOUSE"), ("陈小军", "SON")]


def ended(household: UUID) -> date | None:
    with active(CLERK):
        return Household.objects.get(id=household).ended_on


def test_a_death_registered_in_error_leaves_no_gap(family: Any, changed: Callable[..., UUID]) -> None:
    home, head, wife = family["household"], str(family["陈国富"]), str(family["李秀英"])
    changed("DEATH", home, person=head, relations={wife: "HEAD"})
    dead = timezone.now()
    for day in (DAY, AFTER):
        with pytest.raises(Refused, match=f"登记于 {DAY} 死亡。死亡登记有误的，日期请填次日 {NEXT}"):
            changed("RETURN", home, day=day, persons={head: "HEAD"}, relations={wife: "SPOUSE"})
    with pytest.raises(Refused, match="户主"):
        changed("RETURN", home, day=NEXT, persons={head: "HEAD"})
    changed("RETURN", home, day=NEXT, persons={head: "HEAD"}, relations={wife: "SPOUSE"})
    for day in (BEFORE, DAY, NEXT, AFTER):
        assert people(home, day) == WHOLE
    assert people(home, AFTER, dead) == [("李秀英", "HEAD"), ("陈小军", "SON")]
    with active(CLERK):
        assert Person.objects.get(id=head).died_on is None


def test_the_last_member_s_death_in_error_revives_the_household(changed: Callable[..., UUID]) -> None:
    household = registered(a_member("孙老汉"))
    man = str(ids_of(household)["孙老汉"])
    changed("DEATH", household, person=man)
    (one,) = queries.find(by=CLERK, text="孙老汉").people
    assert (one.household, one.left, one.died_on) == (None, household, DAY)
    changed("RETURN", household, day=NEXT, persons={man: "HEAD"})
    assert (ended(household), people(household, AFTER)) == (None, [("孙老汉", "HEAD")])
    (one,) = queries.find(by=CLERK, text="孙老汉").people
    assert (one.household, one.left, one.died_on) == (household, None, None)


@pytest.mark.parametrize(("day", "between"), [(DAY, WHOLE), (AFTER, [])], ids=["an error", "they came back"])
def test_a_family_that_moved_out_comes_back(
    day: date, between: list[Any], family: Any, changed: Callable[..., UUID]
) -> None:
    home = family["household"]
    changed("MOVE_OUT", home)
    assert ended(home) == DAY
    with active(CLERK):
        number = Household.objects.get(id=home).household_no
    assert len(queries.find(by=CLERK, text=number).people) == 3
    everybody = {str(family[name]): code for name, code in WHOLE}
    with pytest.raises(Refused, match=f"自 {DAY} 起才不在这一户，恢复日期不能早于那一天"):
        changed("RETURN", home, day=BEFORE, persons=everybody)
    changed("RETURN", home, day=day, persons=everybody)
    assert ended(home) is None
    assert people(home, BEFORE) == people(home, AFTER) == WHOLE
    assert people(home, DAY) == between


def test_one_comes_back_and_the_others_do_not(family: Any, changed: Callable[..., UUID]) -> None:
    home, son = family["household"], str(family["陈小军"])
    changed("MOVE_OUT", home)
    with pytest.raises(Refused, match="0 个户主"):
        changed("RETURN", home, day=AFTER, persons={son: "SON"})
    changed("RETURN", home, day=AFTER, persons={son: "HEAD"})
    assert people(home, AFTER) == [("陈小军", "HEAD")]
    assert [one.name for one in returning.listed(by=CLERK, household=home)] == ["陈国富", "李秀英"]


def test_who_joined_another_family_since_does_not_come_back_here(
    family: Any, changed: Callable[..., UUID]
) -> None:
    home, son = family["household"], str(family["陈小军"])
    other = registered(a_member("赵大海"))
    changed("MOVE_OUT", home)
    changed("MOVE_IN", other, person=son, relation="NON_RELATIVE")
    everybody = {str(family[name]): code for name, code in WHOLE}
    for leave in (False, True):
        if leave:
            changed("MOVE_OUT", other, day=AFTER, persons=[son])
        with pytest.raises(Refused, match="陈小军现在已属于一户，或者最后登记的不是这一户"):
            changed("RETURN", home, day=AFTER, persons=everybody)
    with pytest.raises(Refused, match="现在已属于一户"):
        changed("RETURN", other, day=AFTER, persons={str(ids_of(other)["赵大海"]): "HEAD"})
    with pytest.raises(Refused, match="请勾选"):
        changed("RETURN", home, day=AFTER, persons={})


def test_a_membership_that_lost_every_day_comes_back(family: Any, changed: Callable[..., UUID]) -> None:
    """Moved out on the day they were registered: no day is left on which they were known to belong."""
    home, son, since = family["household"], str(family["陈小军"]), date(2024, 1, 1)
    changed("MOVE_OUT", home, day=since, persons=[son])
    assert [one.gone for one in returning.listed(by=CLERK, household=home)] == [since]
    changed("RETURN", home, day=since, persons={son: "SON"})
    assert people(home, since) == WHOLE


def test_the_approver_reads_what_comes_back(changed: Callable[..., UUID], officers: dict[str, Scope]) -> None:
    household = registered(a_member("孙老汉", phone="13900000003"), household_id="户88")
    man = str(ids_of(household)["孙老汉"])
    changed("DEATH", household, person=man)
    request = proposed(officers["clerk"], "RETURN", household, {"persons": {man: "HEAD"}}, NEXT)
    lines = difference(by=officers["approver"], request=request)
    assert [(line.who, line.label, line.before, line.after) for line in lines] == [
        ("", "销户日期", f"{DAY}", ""),
        ("孙老汉", "与户主关系", "不在任何一户", "户主"),
        ("孙老汉", "死亡日期", f"{DAY}", ""),
        ("孙老汉", "所在户", "", "户88"),
    ]
    with pytest.raises(Refused, match="不由您现在的岗位审批"):
        decide(by=officers["chief"], request=request, approve=True)


def test_nobody_is_written_twice_beside_the_dead(family: Any, changed: Callable[..., UUID]) -> None:
    number = an_id()
    other = registered(a_member("赵大海"), a_member("赵小梅", "DAUGHTER", id_no=number), by=COUNTY_HANDLER)
    girl = str(ids_of(other)["赵小梅"])
    changed("DEATH", other, person=girl)
    told = {"name": "赵小梅", "relation": "DAUGHTER", "id_no": number}
    for kind in ("MOVE_IN", "MARRIAGE"):
        with pytest.raises(Refused, match="在他原来的一户办“恢复登记”"):
            changed(kind, family["household"], day=AFTER, person=girl, relation="DAUGHTER")
        with pytest.raises(NumberTaken, match="在他原来的一户办“恢复登记”"):
            changed(kind, family["household"], day=AFTER, member=told)
    document = {"household": {"household_id": "N1", "region_code": TOWNSHIP, "area_type": "RURAL"},
                "members": [a_member("赵小梅", id_no=number)]}  # fmt: skip
    with pytest.raises(NumberTaken, match="恢复登记"):
        changed("REGISTER", None, document=document)


def test_an_ended_household_names_the_way_back(
    family: Any, changed: Callable[..., UUID], officers: dict[str, Scope]
) -> None:
    other = registered(a_member("赵大海"))
    man = str(ids_of(other)["赵大海"])
    payload = {"other": str(other), "persons": {man: "NON_RELATIVE"}}
    merge = proposed(officers["clerk"], "MERGE", family["household"], payload, AFTER)
    changed("MOVE_OUT", other)
    with pytest.raises(Refused, match=r"这一户已经销户，不能再变更.*先办“恢复登记”"):
        changed("FACTS", other, facts={"address": "3组"})
    with pytest.raises(Refused, match=f"另一户（户编号 H[0-9]+）已于 {DAY} 销户"):
        decide(by=officers["approver"], request=merge, approve=True)
    with active(CLERK):
        assert Membership.objects.filter(person=man, until_day=None, known_until=None).count() == 0


def test_an_official_s_kin_who_comes_back_is_told_of(
    family: Any, changed: Callable[..., UUID], officers: dict[str, Scope]
) -> None:
    home, son = family["household"], str(family["陈小军"])
    brother = scope_of(an_officer("brother", "county_approver", COUNTY, called="何志强"))
    filing = {"person": son, "kin": "SIBLING", "official": "何志强", "post": "副镇长"}
    changed("RELATIVE", home, day=BEFORE, **filing)
    changed("MOVE_OUT", home, persons=[son])
    request = proposed(officers["clerk"], "RETURN", home, {"persons": {son: "SON"}}, AFTER)
    with active(CLERK):
        row = ChangeRequest.objects.get(id=request)
    assert [one.person.name for one in worklist.filed(by=brother, request=row)] == ["陈小军"]
    with pytest.raises(Refused, match="备案的工作人员与您同名"):
        decide(by=brother, request=request, approve=True)
