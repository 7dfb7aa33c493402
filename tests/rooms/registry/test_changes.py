"""What changes a family: proposed by one officer, decided by another, readable backwards."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, IntegrityError, OperationalError, transaction
from django.utils import timezone
from psycopg.errors import DeadlockDetected

from doudi.office.actions import Refused
from doudi.office.models import AuditEntry
from doudi.office.scope import OutsideScope, Scope, active
from doudi.registry import queries
from doudi.registry.actions import AlreadyAsked, decide, propose, withdraw
from doudi.registry.differences import difference
from doudi.registry.loading import refusing_doubles
from doudi.registry.models import ChangeRequest, ExternalStatus, Household, Membership, Person, Statement
from tests.rooms.people import COUNTY, SIBLING, TOWNSHIP, VILLAGE, a_small_country, an_officer, scope_of
from tests.rooms.registry.families import (
    CLERK,
    COLLEAGUE,
    COUNTY_HANDLER,
    a_member,
    an_id,
    registered,
)

DAY, BEFORE, AFTER = date(2025, 6, 10), date(2025, 6, 1), date(2025, 6, 20)


@pytest.fixture
def officers(db: None) -> dict[str, Scope]:
    a_small_country()
    return {
        "clerk": scope_of(an_officer("clerk")),
        "chief": scope_of(an_officer("chief", "township_chief")),
        "approver": scope_of(an_officer("approver", "county_approver", "520281")),
        "sibling": scope_of(an_officer("sibling", "township_chief", SIBLING)),
        "stranger": scope_of(an_officer("stranger", "county_approver", "370784")),
    }


@pytest.fixture
def family(officers: dict[str, Scope]) -> dict[str, UUID]:
    """陈国富, his wife and their son."""
    household = registered(
        a_member("陈国富"),
        a_member("李秀英", "SPOUSE"),
        a_member("陈小军", "SON", student=True, phone="13900000003"),
    )
    return {"household": household, **ids_of(household)}


def ids_of(household: UUID) -> dict[str, UUID]:
    with active(COUNTY_HANDLER):
        return {row.person.name: row.person_id for row in Membership.objects.filter(household=household)}


def people(household: UUID, about: date, known: datetime | None = None) -> list[tuple[str, str]]:
    with active(COUNTY_HANDLER):
        found = queries.document(household, about=about, known=known)
        return [(row["name"], row["relation"]) for row in found["members"]]


def proposed(by: Scope, kind: str, household: UUID | None, payload: Any, day: date = DAY) -> UUID:
    return propose(by=by, kind=kind, day=day, payload=payload, reason="有证明材料", household=household)


@pytest.fixture
def changed(officers: dict[str, Scope]) -> Callable[..., UUID]:
    """Proposes as the clerk and approves as the county's approver."""

    def apply(kind: str, about: UUID | None, day: date = DAY, **payload: Any) -> UUID:
        request = proposed(officers["clerk"], kind, about, payload, day)
        decide(by=officers["approver"], request=request, approve=True)
        return request

    return apply


def test_birth(family: Any, changed: Callable[..., UUID]) -> None:
    child = {"name": "陈小雨", "relation": "DAUGHTER", "birth_date": 20250605, "sex": "FEMALE"}
    changed("BIRTH", family["household"], member=child)
    assert ("陈小雨", "DAUGHTER") not in people(family["household"], BEFORE)
    assert people(family["household"], AFTER)[-1] == ("陈小雨", "DAUGHTER")


def a_birth(**changed: Any) -> dict[str, Any]:
    return {"name": "陈小雨", "relation": "DAUGHTER", "birth_date": 20250605, "sex": "FEMALE", **changed}


@pytest.mark.parametrize(
    ("kind", "told", "words"),
    [
        ("BIRTH", {"birth_date": 19000101}, "请用“迁入”"),
        ("BIRTH", {"birth_date": 20250611}, "晚于 2025-06-10"),
        ("BIRTH", {"id_no": an_id(), "birth_date": 20250605}, "出生日期与填写的不一致"),
        ("BIRTH", {"id_no": an_id(date(2025, 6, 1), 1), "birth_date": 20250601}, "性别与填写的不一致"),
        ("MOVE_IN", {"birth_date": 20300101}, "晚于 2025-06-10"),
        ("MOVE_IN", {"id_no": "999999196803050000"}, "校验位不符"),
        ("MARRIAGE", {"name": "@x"}, "“姓名”只能是汉字或字母"),
        ("MARRIAGE", {"name": "=1+2"}, "“姓名”只能是"),
        ("MARRIAGE", {"name": "陈" * 41}, "“姓名”最多 40 个字，现为 41 个字"),
        ("MOVE_IN", {"name": ""}, "请填写“姓名”"),
    ],
)
def test_nobody_enters_who_cannot_be(
    kind: str, told: dict[str, Any], words: str, family: Any, officers: dict[str, Scope]
) -> None:
    with pytest.raises(Refused, match=words):
        proposed(officers["clerk"], kind, family["household"], {"member": a_birth(**told)})


@pytest.mark.parametrize("name", ["阿依古丽·买买提", "古丽-夏提", "O'Neil John", "欧阳娜娜", "㛃"])
def test_names_as_people_have_them(name: str, family: Any, officers: dict[str, Scope]) -> None:
    assert proposed(officers["clerk"], "BIRTH", family["household"], {"member": a_birth(name=name)})


@pytest.mark.parametrize(
    ("number", "name", "words"),
    [("=1+2", "周新来", "户编号"), ("户" * 41, "周新来", "最多 40"), ("N1", "-2", "第 1 名成员：“姓名”")],
)
def test_no_family_enters_that_cannot_be(
    number: str, name: str, words: str, officers: dict[str, Scope]
) -> None:
    told = {"household": {"household_id": number, "region_code": TOWNSHIP, "area_type": "RURAL"},
            "members": [a_member(name)]}  # fmt: skip
    with pytest.raises(Refused, match=words):
        proposed(officers["clerk"], "REGISTER", None, {"document": told})


def test_a_name_is_corrected_to_a_name_and_a_number_with_its_date(
    family: Any, officers: dict[str, Scope]
) -> None:
    asked: list[tuple[dict[str, Any], str]] = [
        ({"name": "@x"}, "姓名"),
        ({"id_no": an_id(), "birth_date": 20060102}, "出生日期与填写的不一致"),
        # Right or wrong, it is not told whether the number that stands masked says so.
        ({"birth_date": 20060102}, "连同身份证号一起更正"),
        ({"birth_date": 19680301}, "连同身份证号一起更正"),
        ({"sex": "MALE"}, "连同身份证号一起更正"),
    ]
    for facts, words in asked:
        told = {"person": str(family["陈小军"]), "facts": facts}
        with pytest.raises(Refused, match=words):
            proposed(officers["clerk"], "FACTS", family["household"], told)


def test_birth_date_and_sex_follow_a_corrected_number(family: Any, changed: Callable[..., UUID]) -> None:
    son, number = str(family["陈小军"]), an_id(date(1999, 12, 31), 2)
    changed("FACTS", family["household"], person=son, facts={"id_no": number})
    with active(CLERK):
        row = Person.objects.get(id=son)
    assert (row.id_no.open(), row.birth_date, row.sex) == (number, date(1999, 12, 31), "FEMALE")


def test_what_another_typed_of_an_illness_is_not_told_by_asking_for_the_same(
    family: Any, officers: dict[str, Scope]
) -> None:
    payload = {"person": str(family["陈小军"]), "facts": {"serious_illness": True}}
    proposed(officers["clerk"], "FACTS", family["household"], payload)
    village = scope_of(an_officer("cadre", "village", VILLAGE))
    assert proposed(village, "FACTS", family["household"], payload)
    for maker in (officers["clerk"], village):
        with pytest.raises(AlreadyAsked):
            proposed(maker, "FACTS", family["household"], payload)


def test_no_day_has_two_heads_and_a_family_ends_with_its_last_member(
    family: Any, changed: Callable[..., UUID]
) -> None:
    home, father, wife, son = family["household"], *map(str, list(family.values())[1:])
    changed("DEATH", home, person=father, relations={wife: "HEAD"})
    # Left by an earlier version: two heads on some days. What is asked today is not about them.
    with active(CLERK):
        row = Membership.objects.get(household=home, person=father, known_until=None)
        Membership.objects.filter(id=row.id).update(known_until=timezone.now())
        row.id, row.until_day, row.known_from = None, date(2025, 6, 18), timezone.now()
        row.save()
    changed("FACTS", home, day=AFTER, person=son, facts={"student": False})
    with pytest.raises(Refused, match="陈国富自 2024-01-01 至 2025-06-18 是户主"):
        changed("HEAD", home, day=BEFORE, relations={wife: "HEAD"})
    changed("MOVE_OUT", home, day=AFTER, persons=[son])
    changed("DEATH", home, day=date(2025, 6, 15), person=wife)
    with active(CLERK):
        assert Household.objects.get(id=home).ended_on == AFTER


def test_the_same_is_asked_for_once(
    family: Any, officers: dict[str, Scope], changed: Callable[..., UUID]
) -> None:
    clerk, household = officers["clerk"], family["household"]
    first = proposed(clerk, "BIRTH", household, {"member": a_birth()})
    again = {"member": a_birth(name="陈 小雨", relation="OTHER_RELATIVE")}
    for state in ("正在等待审批", "已经审批"):
        with pytest.raises(AlreadyAsked, match=f"已有同样的申请，编号 {str(first)[:8]}，{state}") as same:
            proposed(clerk, "BIRTH", household, again)
        assert same.value.request == first
        if state == "正在等待审批":
            decide(by=officers["approver"], request=first, approve=True)
    assert proposed(clerk, "BIRTH", household, {"member": a_birth(name="陈小雪")})
    with active(CLERK), pytest.raises(IntegrityError, match="request_once"), transaction.atomic():
        ChangeRequest.objects.update(once=b"the same")


def test_what_was_returned_or_done_may_be_asked_for_again(family: Any, officers: dict[str, Scope]) -> None:
    payload = {"person": str(family["陈小军"]), "facts": {"student": False}}
    for approve in (False, True):
        request = proposed(officers["clerk"], "FACTS", family["household"], payload)
        with pytest.raises(AlreadyAsked):
            proposed(officers["clerk"], "FACTS", family["household"], payload)
        decide(by=officers["chief"], request=request, approve=approve, answer="核对")
    withdraw(by=officers["clerk"], request=proposed(officers["clerk"], "FACTS", family["household"], payload))
    assert proposed(officers["clerk"], "FACTS", family["household"], payload)


def test_death_of_the_head_needs_a_new_one(
    family: Any, officers: dict[str, Scope], changed: Callable[..., UUID]
) -> None:
    head, wife = str(family["陈国富"]), str(family["李秀英"])
    with pytest.raises(Refused, match="0 个户主"):
        changed("DEATH", family["household"], person=head)
    before = timezone.now()
    changed("DEATH", family["household"], person=head, relations={wife: "HEAD"})
    assert people(family["household"], DAY)[:2] == [("陈国富", "HEAD"), ("李秀英", "SPOUSE")]
    assert people(family["household"], AFTER) == [("李秀英", "HEAD"), ("陈小军", "SON")]
    assert people(family["household"], AFTER, before)[0] == ("陈国富", "HEAD")
    with active(officers["clerk"]):
        assert Person.objects.get(id=head).died_on == DAY
    with pytest.raises(Refused, match="不是这一户的成员"):
        changed("DEATH", family["household"], day=AFTER, person=head)


def test_a_change_dated_before_a_death_or_a_moving_out_brings_nobody_back(
    family: Any, changed: Callable[..., UUID]
) -> None:
    home, father, wife, son = family["household"], *map(str, list(family.values())[1:])
    changed("DEATH", home, person=wife)
    changed("HEAD", home, day=BEFORE, relations={son: "HEAD", wife: "PARENT", father: "PARENT"})
    assert sorted(people(home, date(2025, 6, 2))) == [
        ("李秀英", "PARENT"),
        ("陈国富", "PARENT"),
        ("陈小军", "HEAD"),
    ]
    assert people(home, AFTER) == [("陈小军", "HEAD"), ("陈国富", "PARENT")]
    changed("MOVE_OUT", home, persons=[father])
    for number, gone in enumerate((wife, father)):
        told = {"household": {"household_id": f"S{number}"}, "persons": {gone: "HEAD"}}
        with pytest.raises(Refused, match="不能早于那一天"):
            changed("SPLIT", home, day=date(2025, 6, 3), **told)
    assert people(home, AFTER) == [("陈小军", "HEAD")]


def test_the_last_member_s_death_ends_the_household(changed: Callable[..., UUID]) -> None:
    household = registered(a_member("孙老汉"))
    changed("DEATH", household, person=str(ids_of(household)["孙老汉"]))
    with active(CLERK):
        assert Household.objects.get(id=household).ended_on == DAY
    with pytest.raises(Refused, match="已经销户"):
        changed("BIRTH", household, member={"name": "孙小", "relation": "SON"})


def test_a_death_before_the_family_was_registered_is_registered_with_its_day(
    family: Any, changed: Callable[..., UUID]
) -> None:
    """Whom the police's list tells dead: nobody is paid after the true day, and nobody else loses a day."""
    home, long_ago = family["household"], date(2023, 5, 1)
    changed(
        "DEATH", home, day=long_ago, person=str(family["陈国富"]), relations={str(family["李秀英"]): "HEAD"}
    )
    with active(CLERK):
        assert Person.objects.get(id=family["陈国富"]).died_on == long_ago
        assert Household.objects.get(id=home).ended_on is None
    for about in (date(2024, 1, 1), AFTER):
        assert people(home, about) == [("李秀英", "HEAD"), ("陈小军", "SON")]
    alone = registered(a_member("孙老汉"))
    changed("DEATH", alone, day=long_ago, person=str(ids_of(alone)["孙老汉"]))
    assert people(alone, AFTER) == []
    with pytest.raises(Refused, match="不是这一户的成员"):
        changed("MOVE_OUT", home, day=long_ago, persons=[str(family["陈小军"])])


def test_who_moves_out_leaves_no_later_row_behind(family: Any, changed: Callable[..., UUID]) -> None:
    home = family["household"]
    relations = {str(family["李秀英"]): "HEAD", str(family["陈国富"]): "SPOUSE"}
    changed("HEAD", home, relations=relations)
    changed("MOVE_OUT", home, day=BEFORE)
    for about in (BEFORE, DAY, AFTER):
        assert people(home, about) == []


def test_a_death_approved_in_the_same_moment_keeps_the_dead_out(
    family: Any, officers: dict[str, Scope]
) -> None:
    """As it looks to the one that waited for the other's lock: the person it read was alive."""
    bride_s = registered(a_member("赵大海"), a_member("赵小梅", "DAUGHTER"))
    bride = str(ids_of(bride_s)["赵小梅"])
    payload = {"person": bride, "relation": "DAUGHTER"}
    request = proposed(officers["clerk"], "MARRIAGE", family["household"], payload)
    with active(officers["clerk"]):
        Person.objects.filter(id=bride).update(died_on=DAY)
    with pytest.raises(Refused, match="已登记死亡"):
        decide(by=officers["approver"], request=request, approve=True)
    staying = proposed(officers["clerk"], "FACTS", family["household"], {"facts": {"area_type": "URBAN"}})
    with active(officers["clerk"]):
        Person.objects.filter(id=family["陈小军"]).update(died_on=DAY)
    with pytest.raises(Refused, match="陈小军已登记死亡，不能再是一户的成员"):
        decide(by=officers["approver"], request=staying, approve=True)


def test_two_who_wait_for_each_other_are_told_to_try_again() -> None:
    with pytest.raises(Refused, match="再办一次"), refusing_doubles():
        raise OperationalError from DeadlockDetected()
    with pytest.raises(OperationalError), refusing_doubles():
        raise OperationalError("server closed the connection")


def test_nobody_marries_into_the_own_family(family: Any, changed: Callable[..., UUID]) -> None:
    with pytest.raises(Refused, match="已经是这一户的成员"):
        changed("MARRIAGE", family["household"], person=str(family["陈小军"]), relation="SPOUSE")


def test_marriage_brings_somebody_from_another_township(
    family: Any, changed: Callable[..., UUID], officers: dict[str, Scope]
) -> None:
    bride_s = registered(a_member("赵大海"), a_member("赵小梅", "DAUGHTER"), by=COLLEAGUE, region=SIBLING)
    bride = ids_of(bride_s)["赵小梅"]
    with pytest.raises(OutsideScope):
        changed("MARRIAGE", family["household"], person=str(bride), relation="DAUGHTER")
    payload = {"person": str(bride), "relation": "DAUGHTER"}
    request = proposed(COUNTY_HANDLER, "MARRIAGE", family["household"], payload)
    decide(by=officers["approver"], request=request, approve=True)
    assert ("赵小梅", "DAUGHTER") in people(family["household"], AFTER)
    assert people(bride_s, AFTER) == [("赵大海", "HEAD")]
    assert ("赵小梅", "DAUGHTER") in people(bride_s, BEFORE)
    assert [one.name for one in queries.find(by=CLERK, text="zxm").people] == ["赵小梅"]
    assert queries.find(by=COLLEAGUE, text="赵小梅").people == []
    # Her record went with her: the old township is told that somebody is missing, and the county sees all.
    seen = [
        queries.family_page(by=by, household=bride_s, purpose="核查", about=day)
        for by, day in ((COLLEAGUE, BEFORE), (COLLEAGUE, AFTER), (COUNTY_HANDLER, BEFORE))
    ]
    assert [(len(page.subjects) - 1, page.elsewhere) for page in seen] == [(1, 1), (1, 0), (2, 0)]


def test_moving_out_and_in_again(family: Any, changed: Callable[..., UUID]) -> None:
    son = str(family["陈小军"])
    changed("MOVE_OUT", family["household"], persons=[son])
    assert ("陈小军", "SON") not in people(family["household"], AFTER)
    changed("MOVE_IN", family["household"], day=AFTER, person=son, relation="SON")
    assert ("陈小军", "SON") in people(family["household"], date(2025, 7, 1))
    with active(CLERK):
        assert Statement.objects.filter(person=son).count() == 1


def test_a_whole_family_moves_to_another_township(
    family: Any, changed: Callable[..., UUID], officers: Any
) -> None:
    with pytest.raises(OutsideScope):
        changed("MOVE_OUT", family["household"], to=SIBLING)
    moved = {"to": SIBLING, "area_type": "URBAN"}
    request = proposed(COUNTY_HANDLER, "MOVE_OUT", family["household"], moved)
    decide(by=officers["approver"], request=request, approve=True)
    for by, day, place in (
        (COLLEAGUE, AFTER, (SIBLING, "URBAN")),
        (COLLEAGUE, BEFORE, ("520281104201", "RURAL")),
    ):
        with active(by):
            told = queries.document(family["household"], about=day)
            assert (told["household"]["region_code"], told["household"]["area_type"]) == place
            assert len(told["members"]) == 3
    with active(CLERK), pytest.raises(OutsideScope):
        queries.document(family["household"], about=AFTER)


def test_a_new_family_is_registered(changed: Callable[..., UUID]) -> None:
    told = {"household": {"household_id": "N1", "region_code": TOWNSHIP, "area_type": "RURAL"},
            "members": [a_member("周新来", labour_capacity="ORDINARY")]}  # fmt: skip
    request = changed("REGISTER", None, document=told)
    with active(CLERK):
        assert ChangeRequest.objects.get(id=request).household.household_no == "N1"
    assert [one.name for one in queries.find(by=CLERK, text="zxl").people] == ["周新来"]


def test_split_and_merge(family: Any, changed: Callable[..., UUID], officers: dict[str, Scope]) -> None:
    son = str(family["陈小军"])
    changed("SPLIT", family["household"], household={"household_id": "S1"}, persons={son: "HEAD"})
    with active(CLERK):
        other = Household.objects.get(household_no="S1")
    assert people(other.id, AFTER) == [("陈小军", "HEAD")]
    left = {str(family[name]): code for name, code in (("陈国富", "HEAD"), ("李秀英", "SPOUSE"))}
    with pytest.raises(Refused, match="全家都分出去不是分户"):
        changed("SPLIT", family["household"], day=AFTER, household={"household_id": "S9"}, persons=left)
    assert people(family["household"], AFTER) == [("陈国富", "HEAD"), ("李秀英", "SPOUSE")]
    with pytest.raises(Refused, match="每个成员"):
        changed("MERGE", family["household"], day=AFTER, other=str(other.id), persons={})
    changed("MERGE", family["household"], day=AFTER, other=str(other.id), persons={son: "SON"})
    assert people(family["household"], date(2025, 7, 1))[-1] == ("陈小军", "SON")
    with active(CLERK):
        assert Household.objects.get(id=other.id).ended_on == AFTER


def test_change_of_head(family: Any, changed: Callable[..., UUID]) -> None:
    relations = {str(family["李秀英"]): "HEAD", str(family["陈国富"]): "SPOUSE"}
    changed("HEAD", family["household"], relations=relations)
    assert people(family["household"], AFTER)[0] == ("李秀英", "HEAD")
    with pytest.raises(Refused, match="户主"):
        changed("HEAD", family["household"], day=AFTER, relations={str(family["陈小军"]): "HEAD"})


def test_a_correction_is_known_from_today_about_then(family: Any, changed: Callable[..., UUID]) -> None:
    son, before = str(family["陈小军"]), timezone.now()
    changed("FACTS", family["household"], day=BEFORE, person=son,
            facts={"student": False, "name": "陈晓军", "serious_illness": True},
            incomes=[{"item": "SALARY", "month": 202505, "amount": 180000}], until="2025-09-01")  # fmt: skip

    def told(about: date, known: datetime | None = None) -> Any:
        with active(CLERK):
            return queries.document(family["household"], about=about, known=known)["members"][-1]

    assert (told(AFTER)["student"], told(AFTER)["serious_illness"], told(AFTER)["name"]) == (
        False,
        True,
        "陈晓军",
    )
    assert told(AFTER)["incomes"] == [{"item": "SALARY", "month": 202505, "amount": 180000, "deduction": 0}]
    assert told(date(2025, 5, 1))["student"] is True
    assert told(date(2025, 9, 1))["student"] is True
    assert "serious_illness" not in told(AFTER, before)
    assert (told(AFTER, before)["name"], told(AFTER, before)["student"]) == ("陈小军", True)
    assert [one.name for one in queries.find(by=CLERK, text="晓军").people] == ["陈晓军"]
    assert queries.find(by=CLERK, text="小军").people == []


def test_the_difference_is_what_will_happen(family: Any, officers: dict[str, Scope]) -> None:
    payload = {"person": str(family["陈小军"]), "facts": {"student": False, "phone": "13700000009"},
               "incomes": [{"item": "SALARY", "month": 202505, "amount": 180000}]}  # fmt: skip
    request = proposed(officers["clerk"], "FACTS", family["household"], payload)
    lines = difference(by=officers["chief"], request=request)
    assert [(line.who, line.label, line.before, line.after) for line in lines] == [
        ("陈小军", "全日制在校", "是", "否"),
        ("陈小军", "联系电话", "139********0003", "137********0009"),
        ("陈小军", "工资薪金 2025-05", "", "1,800.00 元"),
    ]
    with active(CLERK):
        assert queries.document(family["household"], about=AFTER)["members"][-1]["student"] is True


def test_a_change_dated_back_is_judged_by_what_it_changes_today(
    family: Any, officers: dict[str, Scope], changed: Callable[..., UUID]
) -> None:
    home, wife, son = family["household"], str(family["李秀英"]), str(family["陈小军"])
    for day, account in ((BEFORE, "6222000011110000"), (AFTER, "6222000022220000")):
        changed("FACTS", home, day=day, person=wife, facts={"bank_account": account})
    back = {"person": wife, "facts": {"bank_account": "6222000033330000"}}
    lines = difference(
        by=officers["approver"], request=proposed(officers["clerk"], "FACTS", home, back, BEFORE)
    )
    assert [(line.label, line.before, line.after) for line in lines] == [
        ("银行账号", "6222000022220000", "6222000033330000"),
        ("银行账号（2025-06-02 当时）", "6222000011110000", "6222000033330000"),
    ]
    changed("DEATH", home, day=AFTER, person=wife)
    relations = {son: "HEAD", wife: "PARENT", str(family["陈国富"]): "PARENT"}
    request = proposed(officers["clerk"], "HEAD", home, {"relations": relations}, BEFORE)
    told = {
        (line.who, line.label, line.after) for line in difference(by=officers["approver"], request=request)
    }
    assert ("李秀英", "与户主关系（2025-06-02 当时）", "父母") in told
    assert not any(who == "李秀英" and label == "与户主关系" for who, label, _ in told)


def test_a_change_dated_back_is_judged_by_what_it_changes_in_between(
    family: Any, officers: dict[str, Scope], changed: Callable[..., UUID]
) -> None:
    home, son = family["household"], str(family["陈小军"])
    between = date(2025, 8, 1)
    for day, labour in ((BEFORE, "ORDINARY"), (between, "LOST"), (date(2025, 10, 1), "ORDINARY")):
        changed("FACTS", home, day=day, person=son, facts={"labour_capacity": labour})
    back = {"person": son, "facts": {"labour_capacity": "ORDINARY"}}
    (line,) = difference(
        by=officers["chief"], request=proposed(officers["clerk"], "FACTS", home, back, AFTER)
    )
    assert (line.label, line.before, line.after) == (
        "劳动能力（2025-08-01 当时）",
        "丧失劳动力",
        "普通劳动力",
    )


def test_a_page_of_what_was_known_then_tells_nothing_learnt_since(
    family: Any, officers: dict[str, Scope], changed: Callable[..., UUID]
) -> None:
    home, wife = family["household"], str(family["李秀英"])
    waiting = proposed(officers["clerk"], "DEATH", home, {"person": wife})
    then = timezone.now()
    decide(by=officers["approver"], request=waiting, approve=True)
    changed("MOVE_OUT", home, day=AFTER)
    with active(COUNTY_HANDLER):
        ExternalStatus.objects.create(
            region_code=TOWNSHIP, household_id=home, programme="DIBAO", from_day=BEFORE, source="CCA"
        )

    def page(known: datetime | None) -> Any:
        found = queries.family_page(by=COUNTY_HANDLER, household=home, purpose="核对", about=DAY, known=known)
        return [(one.kind, one.state) for one in found.requests], len(found.statuses), found.ended_on

    assert page(None) == ([("MOVE_OUT", "APPLIED"), ("DEATH", "APPLIED")], 1, AFTER)
    assert page(then) == ([("DEATH", "PROPOSED")], 0, None)


def test_only_who_decides_reads_behind_a_mask_and_leaves_a_trace(
    family: Any, officers: dict[str, Scope]
) -> None:
    """A maker who types a number with the digits the mask shows is not told the digits between."""
    son = str(family["陈小军"])
    facts = {"phone": "13911110003", "serious_illness": False, "chronic_illness": True}
    payload = {"person": son, "facts": facts}
    request = proposed(officers["clerk"], "FACTS", family["household"], payload)
    colleague = scope_of(an_officer("colleague", "village", VILLAGE))

    def told(by: Scope) -> dict[str, tuple[str, str]]:
        return {line.label: (line.before, line.after) for line in difference(by=by, request=request)}

    assert told(officers["clerk"])["联系电话"] == ("139********0003", "13911110003")
    for label, texts in told(colleague).items():
        assert set(texts) <= {"139********0003", "********", ""}, label
    assert set(told(colleague)) == {"联系电话", "患重病", "长期慢性病"}
    assert told(officers["chief"])["联系电话"] == ("13900000003", "13911110003")
    with active(scope_of(an_officer("overseer", "auditor", COUNTY))):
        rows = AuditEntry.objects.filter(subject=f"registry_person:{son}", purpose="审批变更")
        traces = {(row.role, row.verb, row.detail.get("field", "")) for row in rows}
    assert {("township_clerk", "viewed", ""), ("village", "viewed", "")} <= traces
    assert {one for one in traces if one[1] == "revealed"} == {
        ("township_chief", "revealed", field) for field in ("phone", "serious_illness", "chronic_illness")
    }


def test_an_illness_is_not_judged_unseen(family: Any, officers: dict[str, Scope]) -> None:
    payload = {"person": str(family["陈小军"]), "facts": {"name": "陈晓军", "serious_illness": True}}
    request = proposed(officers["clerk"], "FACTS", family["household"], payload)
    lines = difference(by=officers["chief"], request=request)
    assert [(line.label, line.before, line.after) for line in lines] == [
        ("姓名", "陈小军", "陈晓军"),
        ("患重病", "", "是"),
    ]


def test_who_leaves_is_one_line(family: Any, officers: dict[str, Scope]) -> None:
    request = proposed(
        officers["clerk"], "MOVE_OUT", family["household"], {"persons": [str(family["陈小军"])]}
    )
    lines = difference(by=officers["approver"], request=request)
    assert [(line.who, line.label, line.before, line.after) for line in lines] == [
        ("陈小军", "与户主关系", "子", "")
    ]


@pytest.mark.parametrize("who", ["clerk", "chief", "sibling", "stranger"])
def test_who_may_not_decide(who: str, family: Any, officers: dict[str, Scope]) -> None:
    kind = {"chief": "SPLIT"}.get(who, "HEAD")
    payload = {
        "SPLIT": {"household": {"household_id": "S2"}, "persons": {str(family["陈小军"]): "HEAD"}},
        "HEAD": {"relations": {str(family["李秀英"]): "HEAD", str(family["陈国富"]): "SPOUSE"}},
    }[kind]
    request = proposed(officers["clerk"], kind, family["household"], payload)
    with pytest.raises(OutsideScope if who in ("sibling", "stranger") else Refused):
        decide(by=officers[who], request=request, approve=True)
    with active(CLERK):
        assert ChangeRequest.objects.get().state == "PROPOSED"


def test_maker_is_never_checker(family: Any, officers: dict[str, Scope]) -> None:
    payload = {"relations": {str(family["李秀英"]): "HEAD", str(family["陈国富"]): "SPOUSE"}}
    request = proposed(officers["clerk"], "HEAD", family["household"], payload)
    promoted = replace(officers["clerk"], role="township_chief")
    with pytest.raises(Refused, match="自己提出"):
        decide(by=promoted, request=request, approve=True)
    with active(CLERK), pytest.raises(IntegrityError, match="two_officers"), transaction.atomic():
        ChangeRequest.objects.update(decided_by=promoted.officer)
    decide(by=officers["chief"], request=request, approve=False, answer="缺少协议书")
    with active(CLERK):
        row = ChangeRequest.objects.get()
        assert (row.state, row.answer) == ("REJECTED", "缺少协议书")
        with pytest.raises(DatabaseError, match="not changed"), transaction.atomic():
            ChangeRequest.objects.update(state="APPLIED")
        verbs = (
            AuditEntry.objects.filter(verb__startswith="change_")
            .order_by("id")
            .values_list("verb", flat=True)
        )
        assert list(verbs) == ["change_proposed", "change_rejected"]
    with pytest.raises(Refused, match="已经办结"):
        decide(by=officers["chief"], request=request, approve=True)


def test_only_the_maker_withdraws(family: Any, officers: dict[str, Scope]) -> None:
    payload = {"person": str(family["陈小军"]), "facts": {"student": False}}
    request = proposed(officers["clerk"], "FACTS", family["household"], payload)
    with pytest.raises(Refused, match="自己提出"):
        withdraw(by=officers["chief"], request=request)
    withdraw(by=officers["clerk"], request=request)
    with pytest.raises(Refused, match="已经办结"):
        withdraw(by=officers["clerk"], request=request)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"kind": "FACTS", "reason": " "}, "依据"),
        ({"kind": "FACTS", "day": date(2999, 1, 1)}, "不能晚于今天"),
        ({"kind": "REPEAL"}, "岗位"),
        ({"kind": "FACTS", "household": None}, "选定"),
        ({"kind": "FACTS", "payload": {"facts": {"favourite_colour": "red"}}}, "favourite_colour"),
        ({"kind": "FACTS", "payload": {"facts": {"hukou_local": "是"}}}, "户籍在申请地"),
        ({"kind": "MOVE_IN", "household": None, "payload": {}}, "选定"),
        ({"kind": "REGISTER", "household": None, "payload": {}}, "成员"),
    ],
)
def test_what_is_not_proposed(
    change: dict[str, Any], words: str, family: Any, officers: dict[str, Scope]
) -> None:
    asked = {
        "day": DAY,
        "payload": {"facts": {}},
        "reason": "核实",
        "household": family["household"],
        **change,
    }
    with pytest.raises((Refused, ValueError), match=words):
        propose(by=officers["clerk"], **asked)


def test_nobody_lives_in_two_households_on_a_day(family: Any) -> None:
    other = registered(a_member("赵大海"))
    with active(CLERK), pytest.raises(IntegrityError, match="one_household_at_a_time"), transaction.atomic():
        Membership.objects.create(
            region_code=CLERK.region,
            household_id=other,
            person_id=family["陈小军"],
            relation="SON",
            from_day=AFTER,
        )


def test_a_statement_is_not_rewritten(family: Any) -> None:
    with active(CLERK), pytest.raises(DatabaseError, match="not changed"), transaction.atomic():
        Statement.objects.filter(person=family["陈小军"]).update(facts={})
