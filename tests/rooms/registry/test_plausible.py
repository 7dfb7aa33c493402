"""What cannot be is refused, what is unlikely is said: days, mothers, accounts, telephones."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from doudi.office.actions import Refused
from doudi.office.models import AuditEntry
from doudi.office.scope import Scope, active
from doudi.registry import queries
from doudi.registry.actions import decide, propose
from doudi.registry.differences import difference
from doudi.registry.facts import UnknownFact
from doudi.registry.models import ChangeRequest
from doudi.registry.plausible import remarks
from tests.rooms.people import a_small_country, an_officer, scope_of
from tests.rooms.registry.families import CLERK, a_member, an_id, registered

TODAY = date.today()
CARD, WRONG = "6222021234567890128", "6222021234567890129"


@pytest.fixture
def officers(db: None) -> dict[str, Scope]:
    a_small_country()
    return {"clerk": scope_of(an_officer("clerk")), "chief": scope_of(an_officer("chief", "township_chief"))}


@pytest.fixture
def family(officers: dict[str, Scope]) -> UUID:
    """陈国富, his wife of thirty, and a daughter of eleven."""
    return registered(
        a_member("陈国富"),
        a_member("李秀英", "SPOUSE", id_no=an_id(date(TODAY.year - 30, 1, 1), 602)),
        a_member("陈小雨", "DAUGHTER", id_no=an_id(date(TODAY.year - 11, 1, 1), 604)),
    )


def person(name: str) -> str:
    with active(CLERK):
        return str(queries.Person.objects.get(name=name).id)


def asked(by: Scope, family: UUID, kind: str, payload: Any, day: date = TODAY) -> UUID:
    return propose(by=by, kind=kind, household=family, day=day, payload=payload, reason="材料")


def remarked(request: UUID) -> list[str]:
    with active(CLERK):
        return remarks(ChangeRequest.objects.get(id=request))


def a_child(relation: str, **more: Any) -> dict[str, Any]:
    return {"member": {"name": "陈小宝", "sex": "MALE", "relation": relation}, **more}


def test_a_child_is_younger_than_its_mother(officers: dict[str, Scope], family: UUID) -> None:
    asked(officers["clerk"], family, "BIRTH", a_child("SON"))
    other = a_child("GRANDCHILD", mother=person("陈小雨"))
    other["member"]["name"] = "陈小贝"
    with pytest.raises(Refused, match="母亲陈小雨还不满 12 周岁"):
        asked(officers["clerk"], family, "BIRTH", other)


def test_the_mother_is_whoever_is_head_or_spouse(officers: dict[str, Scope]) -> None:
    young = registered(
        a_member("周五"), a_member("周小妹", "SPOUSE", id_no=an_id(date(TODAY.year - 10, 1, 1), 606)),
        a_member("周大姐", "SIBLING", id_no=an_id(date(TODAY.year - 30, 1, 1), 608)),
    )  # fmt: skip
    with pytest.raises(Refused, match="母亲是其他成员的，请在“母亲”里选出"):
        asked(officers["clerk"], young, "BIRTH", a_child("SON"))
    asked(officers["clerk"], young, "BIRTH", a_child("SON", mother=person("周大姐")))


def test_a_mother_of_more_than_55_is_remarked_and_not_refused(officers: dict[str, Scope]) -> None:
    clerk = officers["clerk"]
    home = registered(
        a_member("周大姐", id_no=an_id(date(1942, 5, 1), 500)),
        a_member("周小妹", "DAUGHTER", id_no=an_id(date(1990, 5, 1), 502)),
        by=clerk,
    )
    told = []
    for name, relation, chosen in (
        ("周甲", "SON", {}), ("周乙", "GRANDCHILD", {}),
        ("周丙", "GRANDCHILD", {"mother": person("周大姐")}), ("周丁", "SON", {"mother": person("周小妹")}),
    ):  # fmt: skip
        child = a_child(relation, **chosen)
        child["member"]["name"] = name
        told.append("母亲周大姐约" in "".join(remarked(asked(clerk, home, "BIRTH", child))))
    assert told == [True, False, True, False]


@pytest.mark.parametrize("mother", ["陈国富", "not-a-uuid", "00000000-0000-0000-0000-000000000000"])
def test_who_is_no_woman_of_the_family_is_no_mother(
    officers: dict[str, Scope], family: UUID, mother: str
) -> None:
    chosen = person(mother) if mother == "陈国富" else mother
    with pytest.raises(Refused, match="不是这一户的女性成员"):
        asked(officers["clerk"], family, "BIRTH", a_child("SON", mother=chosen))


@pytest.mark.parametrize("relation", ["HEAD", "SPOUSE", "PARENT", "GRANDPARENT"])
def test_the_newborn_is_nobody_s_elder(officers: dict[str, Scope], family: UUID, relation: str) -> None:
    with pytest.raises(Refused, match="新出生的孩子不能是"):
        asked(officers["clerk"], family, "BIRTH", a_child(relation))


@pytest.mark.parametrize(
    ("fact", "told", "words"),
    [
        ("phone", "abc<script>", "联系电话为 7 至 12 位数字"),
        ("phone", "12345", "联系电话为 7 至 12 位数字"),
        ("bank_account", '=HYPERLINK("http://x")', "银行账号为 8 至 30 位数字"),
        ("bank_account", "1234567", "银行账号为 8 至 30 位数字"),
        ("bank_account", "٠١٢٣٤٥٦٧٨٩١٢", "银行账号为 8 至 30 位数字"),
        ("phone", "١٢٣٤٥٦٧٨", "联系电话为 7 至 12 位数字"),
    ],
)
def test_accounts_and_telephones_are_digits(
    officers: dict[str, Scope], family: UUID, fact: str, told: str, words: str
) -> None:
    payload = {"person": person("陈国富"), "facts": {fact: told}}
    with pytest.raises(Refused, match=words):
        asked(officers["clerk"], family, "FACTS", payload)
    newcomer = {"member": {"name": "王五", "relation": "SIBLING", "id_no": an_id(), fact: told}}
    with pytest.raises(Refused, match=words):
        asked(officers["clerk"], family, "MOVE_IN", newcomer)


@pytest.mark.parametrize(
    "number", ["13912345678", "+86 139 1234 5678", "0858-3630001", "１３９１２３４５６７８"]
)
def test_a_telephone_may_be_written_as_people_do(
    officers: dict[str, Scope], family: UUID, number: str
) -> None:
    asked(officers["clerk"], family, "FACTS", {"person": person("陈国富"), "facts": {"phone": number}})


def test_whoever_approves_an_account_sees_it_whole(officers: dict[str, Scope], family: UUID) -> None:
    told = {"person": person("陈国富"), "facts": {"bank_account": "6222 0212 3456 7890 128"}}
    request = asked(officers["clerk"], family, "FACTS", told)
    assert remarked(request) == []
    (line,) = difference(by=officers["chief"], request=request)
    assert (line.label, line.before, line.after) == ("银行账号", "", CARD)
    with active(officers["chief"]):
        (row,) = AuditEntry.objects.filter(verb="revealed")
        assert row.subject == f"registry_person:{person('陈国富')}"
        assert row.detail == {"field": "bank_account"}
    decide(by=officers["chief"], request=request, approve=True)
    wrong = {"person": person("陈国富"), "facts": {"bank_account": "6222 0212-3456 7890 129"}}
    request = asked(officers["clerk"], family, "FACTS", wrong)
    (line,) = difference(by=officers["chief"], request=request)
    assert (line.before, line.after) == (CARD, WRONG)
    assert ["校验位不符" in one for one in remarked(request)] == [True]


@pytest.mark.parametrize(
    ("days", "words"), [(300, ""), (400, "追溯 1 年"), (365 * 3 + 200, "追溯 3 年 6 个月")]
)
def test_what_is_dated_back_far_is_said(
    officers: dict[str, Scope], family: UUID, days: int, words: str
) -> None:
    payload = {"facts": {"housing_safety": "C"}}
    told = remarked(asked(officers["clerk"], family, "FACTS", payload, TODAY - timedelta(days)))
    assert bool(told) == bool(words)
    assert words in "".join(told)


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"incomes": [{"item": "SALARY", "month": 202601, "amount": -500000, "deduction": 0}]}, "“工资"),
        ({"incomes": [{"item": "SALARY", "month": 202601, "amount": 1, "deduction": -1}]}, "“工资"),
        ({"incomes": [{"item": "CROP", "month": 202601, "amount": -1, "deduction": -1}]}, "“种植"),
        (
            {"incomes": [{"item": "PENSION", "month": 202601, "amount": -1, "deduction": 0}]},
            "“离退休金养老金",
        ),
        ({"expenditures": [{"item": "MEDICAL", "month": 202601, "amount": -500}]}, "“医疗"),
        (
            {"incomes": [{"item": "HOUSE_RENT", "month": 202601, "amount": 1000, "deduction": 1001}]},
            "“房产出租”的扣除大于金额，请核对：扣除最多等于金额，只有经营项目可以亏损。",
        ),
        ({"assets": [{"item": "VEHICLE", "count": -1, "value": None, "exempt": False}]}, "不能是负数"),
        ({"facts": {"land_area": -1}}, "“耕地面积"),
    ],
)
def test_nothing_is_less_than_nothing(
    officers: dict[str, Scope], family: UUID, told: dict[str, Any], words: str
) -> None:
    whose = {"person": person("陈国富")} if "incomes" in told else {}
    with pytest.raises(Refused, match=r"不能是负数|扣除大于金额") as refused:
        asked(officers["clerk"], family, "FACTS", {**whose, **told})
    assert words in str(refused.value)


def test_a_farm_may_have_lost_money(officers: dict[str, Scope], family: UUID) -> None:
    row = {"item": "CROP", "month": 202601, "amount": -300000, "deduction": 0}
    request = asked(officers["clerk"], family, "FACTS", {"person": person("陈国富"), "incomes": [row]})
    (line,) = difference(by=officers["chief"], request=request)
    assert line.after == "-3,000.00 元"
    decide(by=officers["chief"], request=request, approve=True)


def test_the_safety_of_a_house_is_a_class(officers: dict[str, Scope], family: UUID) -> None:
    with pytest.raises(UnknownFact, match="住房安全等级"):
        asked(officers["clerk"], family, "FACTS", {"facts": {"housing_safety": "Z"}})


def test_the_law_has_a_first_day(officers: dict[str, Scope], family: UUID) -> None:
    with pytest.raises(Refused, match="不能早于 2012-01-01"):
        asked(officers["clerk"], family, "FACTS", {"facts": {"housing_safety": "C"}}, date(1995, 11, 2))
    with pytest.raises(Refused, match="不能晚于今天"):
        asked(officers["clerk"], family, "FACTS", {"facts": {"housing_safety": "C"}}, TODAY + timedelta(1))


def test_a_family_lived_where_it_lived(officers: dict[str, Scope], family: UUID) -> None:
    handler = scope_of(an_officer("handler", "county_handler", "520281"))
    approver = scope_of(an_officer("approver", "county_approver", "520281"))
    request = asked(handler, family, "MOVE_OUT", {"to": "520281105"}, TODAY - timedelta(10))
    decide(by=approver, request=request, approve=True)

    def place(about: date) -> str:
        page = queries.family_page(by=approver, household=family, purpose="核对迁移", about=about)
        return str(page.document["household"]["region_code"])

    assert (place(TODAY), place(TODAY - timedelta(11))) == ("520281105", "520281104201")
