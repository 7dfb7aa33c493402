"""Search before view: what finds a person, who is found by whom, and the trace each look leaves."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from doudi.kernel.resident_id import ResidentId
from doudi.office.actions import Refused
from doudi.office.models import AuditEntry
from doudi.office.postgres import WEB, Cluster
from doudi.office.rowsecurity import personal_models
from doudi.office.scope import OutsideScope, active
from doudi.registry import queries
from doudi.registry.finding import MOST_FOUND
from doudi.registry.models import Household, Person
from doudi.registry.queries import PurposeNeeded
from doudi.registry.spelling import spelt
from tests.rooms.registry.families import (
    CLERK,
    COLLEAGUE,
    COUNTY_HANDLER,
    STRANGER,
    a_member,
    an_id,
    registered,
)

NUMBER = ResidentId.make("999999", date(1971, 4, 9), 615).number


@pytest.fixture
def shan(db: None) -> Any:
    return registered(a_member("单国富", id_no=NUMBER, phone="13912345678", diagnosis="尘肺病"))


def names(by: Any, text: str, purpose: str = "") -> list[str]:
    return [one.name for one in queries.find(by=by, text=text, purpose=purpose).people]


@pytest.mark.usefixtures("shan")
@pytest.mark.parametrize(
    "text",
    ["单国富", " 单 国富", "国富", "富国", "sgf", "CGF", "dg", NUMBER, NUMBER.lower(), NUMBER[-4:]]
    + [f"{name}{NUMBER[-4:]}" for name in ("单国富 ", "国富", "sgf", "dg")],
)
def test_it_works(text: str) -> None:
    assert names(CLERK, text) == ["单国富"]
    assert names(COLLEAGUE, text) == []
    assert names(STRANGER, text, "核查线索") == []
    assert names(COUNTY_HANDLER, text, "核查线索") == ["单国富"]


@pytest.mark.usefixtures("shan")
@pytest.mark.parametrize("text", ["国强", "xgf", "gfs", "999X", an_id(), "国富999X", f"国强{NUMBER[-4:]}"])
def test_what_does_not_fit_finds_nobody(text: str) -> None:
    assert names(CLERK, text) == []


def test_a_family_is_found_by_its_number_in_the_own_place(shan: Any) -> None:
    with active(CLERK):
        Household.objects.update(household_no="H000040")
    for typed in ("H000040", " h000040", "Ｈ０００040"):
        assert names(CLERK, typed) == ["单国富"]
    for by, typed in ((CLERK, "H00004"), (CLERK, "000040"), (COLLEAGUE, "H000040")):
        with pytest.raises(Refused, match="本辖区的户编号"):
            names(by, typed)
    with active(CLERK):
        told = AuditEntry.objects.filter(verb="searched", detail__by="household")
        assert told.count() == 3
        assert AuditEntry.objects.filter(verb="found").count() == 3


@pytest.mark.usefixtures("shan")
@pytest.mark.parametrize("text", ["", "  ", "s", "12", "12345", "s1234", "%1234", "%", "_", "a%b", "'; --"])
def test_too_little_to_mean_somebody(text: str) -> None:
    with pytest.raises(Refused):
        queries.find(by=CLERK, text=text)


@pytest.mark.usefixtures("shan")
def test_a_list_shows_masks_and_leaves_one_row_for_each_person() -> None:
    (one,) = queries.find(by=CLERK, text="sgf").people
    assert (one.id_masked, one.birth_year) == (NUMBER[:6] + "*" * 8 + NUMBER[-4:], 1971)
    assert NUMBER[6:14] not in str(one).replace("-", "")
    with active(COUNTY_HANDLER):
        rows = list(AuditEntry.objects.filter(verb__in=("searched", "found")).order_by("id"))
    assert [(row.verb, row.subject, row.region_code) for row in rows] == [
        ("searched", "", CLERK.region),
        ("found", f"registry_person:{one.person}", one.region_code),
    ]
    assert rows[0].detail == {"by": "initials", "found": 1}


@pytest.mark.usefixtures("shan")
def test_the_county_says_why_it_looks() -> None:
    with pytest.raises(PurposeNeeded):
        queries.find(by=COUNTY_HANDLER, text="sgf")
    assert names(replace(COUNTY_HANDLER, reason="暴雨转移，急寻家属"), "sgf") == ["单国富"]
    with active(COUNTY_HANDLER):
        assert AuditEntry.objects.filter(verb="found", purpose="暴雨转移，急寻家属").count() == 1


@pytest.mark.usefixtures("shan")
@pytest.mark.parametrize("role", ["administrator", "leader", "auditor"])
def test_who_works_with_figures_sees_nobody(role: str) -> None:
    with pytest.raises(Refused, match="岗位"):
        queries.find(by=replace(COUNTY_HANDLER, role=role), text="sgf", purpose="看看")


@pytest.mark.usefixtures("db")
def test_many_namesakes_are_cut_and_said() -> None:
    members = [a_member(f"王{chr(0x4E00 + number)}", "HEAD" if not number else "SON") for number in range(30)]
    registered(*members)
    found = queries.find(by=CLERK, text="王")
    assert (len(found.people), found.more) == (MOST_FOUND, True)
    assert not queries.find(by=CLERK, text=members[3]["name"]).more


def test_the_family_page_shows_by_role_and_masks(shan: Any) -> None:
    page = queries.family_page(by=CLERK, household=shan)
    lines = {line.field: line for line in page.subjects[1].lines}
    assert lines["phone"].text == "139********5678"
    assert lines["diagnosis"].text == "********"
    liaison = replace(COUNTY_HANDLER, role="liaison")
    assert "diagnosis" not in {
        line.field
        for line in queries.family_page(by=liaison, household=shan, purpose="复核").subjects[1].lines
    }
    with active(COUNTY_HANDLER):
        seen = AuditEntry.objects.filter(verb="viewed").values_list("subject", "purpose").order_by("id")
        assert [(row.split(":")[0], purpose) for row, purpose in seen] == [
            ("registry_household", ""),
            ("registry_person", ""),
            ("registry_household", "复核"),
            ("registry_person", "复核"),
        ]


@pytest.mark.parametrize("by", [COLLEAGUE, STRANGER])
def test_another_s_family_is_not_there(shan: Any, by: Any) -> None:
    with active(CLERK):
        person = Person.objects.get()
    looks: list[Callable[[], Any]] = [
        lambda: queries.family_page(by=by, household=shan, purpose="好奇"),
        lambda: queries.reveal(by=by, subject=person.id, field="phone", purpose="好奇"),
        lambda: queries.duplicates(by=by, household=shan, purpose="好奇"),
    ]
    for look in looks:
        with pytest.raises(OutsideScope):
            look()


def test_revealing_names_the_field_and_the_purpose(shan: Any) -> None:
    with active(CLERK):
        person = Person.objects.get()
    assert queries.reveal(by=CLERK, subject=person.id, field="diagnosis", purpose="核对病历") == "尘肺病"
    assert queries.reveal(by=CLERK, subject=person.id, field="id_no", purpose="核对证件") == NUMBER
    with active(CLERK):
        rows = AuditEntry.objects.filter(verb="revealed").order_by("id").values_list("purpose", "detail")
        assert list(rows) == [("核对病历", {"field": "diagnosis"}), ("核对证件", {"field": "id_no"})]
    with pytest.raises(PurposeNeeded):
        queries.reveal(by=CLERK, subject=person.id, field="phone", purpose=" ")
    with pytest.raises(Refused, match="不能查看"):
        queries.reveal(
            by=replace(COUNTY_HANDLER, role="liaison"), subject=person.id, field="diagnosis", purpose="看看"
        )
    with pytest.raises(Refused, match="没有这个"):
        queries.reveal(by=CLERK, subject=person.id, field="name", purpose="核对证件")


@pytest.mark.usefixtures("db")
def test_children_without_number_are_compared_by_name_birth_and_kin() -> None:
    born = {"id_no": None, "birth_date": 20190506}
    one = registered(a_member("陈国富"), a_member("陈小雨", "DAUGHTER", **born))
    registered(a_member("陈国富"), a_member("陈小雨", "DAUGHTER", **born))
    registered(a_member("赵大海"), a_member("陈小雨", "DAUGHTER", **born))
    registered(a_member("赵大海"), a_member("陈小雨", "DAUGHTER", id_no=None, birth_date=20190507))
    found = [double for member, double in queries.duplicates(by=CLERK, household=one) if member == "陈小雨"]
    assert [(double.name, double.kin) for double in found] == [("陈小雨", ["陈国富"]), ("陈小雨", [])]
    assert not any(double.same_number for double in found)


class TestEachLockAlone:
    """The township's officer, a colleague of the sibling township, a stranger: ORM and RLS."""

    EXPECTED = ((CLERK, 1), (COLLEAGUE, 0), (STRANGER, 0), (COUNTY_HANDLER, 1))

    def counts(self) -> list[int]:
        seen = []
        for by, _ in self.EXPECTED:
            with active(by):
                seen.append(Household.objects.count())
        return seen

    @pytest.mark.usefixtures("shan")
    def test_both(self) -> None:
        assert self.counts() == [expected for _, expected in self.EXPECTED]

    @pytest.mark.usefixtures("shan", "orm_scope_off")
    def test_row_level_security_alone(self) -> None:
        assert self.counts() == [expected for _, expected in self.EXPECTED]

    @pytest.mark.usefixtures("shan", "rls_off")
    def test_the_orm_alone(self) -> None:
        assert self.counts() == [expected for _, expected in self.EXPECTED]

    @pytest.mark.usefixtures("shan", "without_either_lock")
    def test_without_locks_all_would_be_seen(self) -> None:
        assert self.counts() == [1, 1, 1, 1]


@pytest.mark.usefixtures("committed_db")
def test_a_raw_connection_sees_no_row_of_any_personal_table() -> None:
    registered(a_member(phone="13912345678"))
    filled = {
        "registry_household",
        "registry_person",
        "registry_nametoken",
        "registry_membership",
        "registry_statement",
    }
    with active(CLERK), connection.cursor() as cursor:
        for table in filled:
            cursor.execute(f"select count(*) from {table}")
            assert cursor.fetchone()[0] > 0, table
    with psycopg.connect(**Cluster(settings.DOUDI_HOME).connection(WEB), autocommit=True) as raw:
        for model in personal_models():
            assert raw.execute(f"select count(*) from {model._meta.db_table}").fetchone() == (0,), model


@pytest.mark.usefixtures("committed_db")
def test_no_plain_text_of_what_is_sealed_lies_in_the_tables(admin: psycopg.Connection) -> None:
    number, account = an_id(), "6217000010001234567"
    registered(a_member(id_no=number, phone="13912345678", diagnosis="尘肺病", bank_account=account))
    tables = [model._meta.db_table for model in personal_models()]
    text = "\n".join(
        str(row) for table in tables for row in admin.execute(f"select t::text from {table} t").fetchall()
    )
    assert "陈国富" in text
    for canary in (number, "13912345678", "尘肺病", account):
        assert canary not in text
        assert canary.encode().hex() not in text


def test_a_newcomer_may_stand_here_already(shan: Any) -> None:
    registered(a_member("赵小梅", id_no=None, birth_date=19900102))
    asked: list[tuple[dict[str, Any], list[str]]] = [
        ({"name": "改了名", "id_no": NUMBER}, ["单国富"]),
        ({"name": "单国富", "id_no": an_id(date(1971, 4, 9))}, []),  # two numbers are two people
        ({"name": "单国富", "birth_date": 19710409}, ["单国富"]),
        ({"name": "赵小梅", "id_no": ResidentId.make("999999", date(1990, 1, 2), 7).number}, ["赵小梅"]),
        ({"name": "赵小梅", "birth_date": 19900103}, ["赵小梅"]),  # the day would be told to who guesses it
        ({"name": "赵小梅", "birth_date": 19910102}, []),
    ]
    for told, found in asked:
        assert [one.name for one in queries.namesakes(by=CLERK, members=[told])] == found
        assert queries.namesakes(by=COLLEAGUE, members=[told]) == []


@pytest.mark.parametrize(
    ("letters", "ways"),
    [
        ("zhangsan", [["zhang", "san"]]),
        ("xian", [["xi", "an"]]),
        ("fangang", [["fan", "gang"], ["fang", "ang"]]),
        ("lvbu", [["lv", "bu"]]),
        ("cgf", []),
        ("zhang", []),
        ("q" * 30, []),
    ],
)
def test_letters_are_read_as_syllables(letters: str, ways: list[list[str]]) -> None:
    assert sorted(spelt(letters)) == sorted(ways)


@pytest.mark.usefixtures("shan")
def test_a_spelling_finds_whom_it_means() -> None:
    registered(a_member("山国富"), a_member("单广发", "SON"))
    assert sorted(names(CLERK, "shanguofu")) == ["单国富", "山国富"]  # 单 as a surname is shan
    assert len(names(CLERK, "shanguo")) == 2  # the beginning of a name is enough
    assert names(CLERK, "danguofu") == names(CLERK, "shangu") == []


def test_the_pages_of_a_search_follow_each_other(db: None) -> None:
    registered(*(a_member("王芳", "SON" if n else "HEAD") for n in range(45)))
    pages = [queries.find(by=CLERK, text="王芳", page=page) for page in (1, 2, 3)]
    assert [(len(one.people), one.more, one.next_page) for one in pages] == [
        (20, True, 2), (20, True, 3), (5, False, 0),
    ]  # fmt: skip
    assert len({found.person for one in pages for found in one.people}) == 45
    beyond = queries.find(by=CLERK, text="王芳", page=99)
    assert (beyond.page, len(beyond.people)) == (3, 5)
