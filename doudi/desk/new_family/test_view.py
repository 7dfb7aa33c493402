"""新户登记."""

from collections.abc import Callable
from datetime import date
from uuid import UUID

import pytest
from django.test import Client

from tests.rooms.people import SIBLING, VILLAGE
from tests.rooms.registry.families import CLERK, COLLEAGUE, a_member, an_id, registered
from tests.stories.register import dead, entries, households, proposals

HOME = {"day": "2024-06-01", "reason": "户口簿 12 号", "region": VILLAGE, "area_type": "RURAL",
        "household_no": "户0009", "address": "5组2号"}  # fmt: skip


def a_form(**changed: str) -> dict[str, str]:
    """周新来 and her newborn, who has no number yet."""
    people = {"0:name": "周新来", "0:id_no": an_id(), "0:relation": "HEAD", "1:name": "周小宝",
              "1:relation": "SON", "1:sex": "MALE", "1:birth_date": "2024-05-02"}  # fmt: skip
    return HOME | people | changed


def told(client: Client, **changed: str) -> str:
    answer = client.post("/family/new/", a_form(**changed))
    assert answer.status_code == 200, answer["Location"]
    return answer.content.decode()


def test_it_works(clerk: Client, browser: Callable[..., Client]) -> None:
    page = clerk.get("/family/new/").content.decode()
    assert all(text in page for text in ("小白岩村", "家庭成员", "不等于给待遇"))
    made = clerk.post("/family/new/", a_form())["Location"]
    shown = clerk.get(made).content.decode()
    assert all(text in shown for text in ("新户登记", "<ins>周新来</ins>", "<ins>周小宝</ins>"))
    assert households() == []
    chief = browser("chief")
    assert "新登记家庭" in chief.get("/").content.decode()
    done = chief.post(made + "decide/", {"verdict": "approve"}, follow=True).content.decode()
    assert households() == ["户0009"]
    assert "周新来家" in done  # the way into the new family's page
    assert "周新来" in clerk.post("/find/", {"q": "zxl"}, follow=True).content.decode()


def test_a_namesake_is_shown_before_anything_is_kept(
    clerk: Client, browser: Callable[..., Client], family: UUID
) -> None:
    registered(a_member("周小宝", id_no=None, birth_date=20240502), by=CLERK, household_id="户0003")
    page = told(clerk)
    assert "可能已经登记" in page
    assert "户0003" in page
    assert proposals() == []
    assert [row.purpose for row in entries("compared")] == ["新户登记"]
    sure = a_form(different="1")
    made = clerk.post("/family/new/", sure)["Location"]
    assert len(proposals()) == 1
    page = browser("chief").get(made).content.decode()
    assert all(words in page for words in ("可能已经登记，请先核对", "周小宝，2024 年生", "户0003"))


def test_who_decides_reads_that_a_namesake_is_registered_dead(
    clerk: Client, browser: Callable[..., Client], family: UUID
) -> None:
    """Without the number a dead payee would be alive again: the name and the death are told."""
    for by, place, month in ((CLERK, VILLAGE, 3), (COLLEAGUE, SIBLING, 4)):
        gone = a_member("周小宝", id_no=an_id(date(2024, 5, 2), 2 * month + 1))
        dead(registered(gone, by=by, region=place), date(2025, month, 1))
    assert "2025-03-01 登记死亡" in told(clerk)
    made = clerk.post("/family/new/", a_form(different="1"))["Location"]
    page = browser("chief").get(made).content.decode()
    assert "2025-03-01 登记死亡" in page
    assert "周小宝：本县别的地方有同名、同一年出生、已登记死亡的人" in page
    assert "2025-04-01" not in page
    assert entries("looked_outside")[-1].purpose == "核对新户登记：有没有登记死亡"


def test_a_number_that_stands_already_is_refused_whatever_is_ticked(clerk: Client, family: UUID) -> None:
    number = an_id()
    registered(a_member("孙大海", id_no=number), by=CLERK, household_id="户0003")
    page = told(clerk, **{"0:id_no": number})
    assert all(text in page for text in ("可能已经登记", "孙大海", "户0003", "1968 年生，有身份证号"))
    assert not any(text in page for text in ("1968-03", "********"))
    assert "不能重复建档" in told(clerk, different="1", **{"0:id_no": number})
    assert proposals() == []


def test_of_another_township_only_that_it_stands_is_told(clerk: Client, family: UUID) -> None:
    number = an_id()
    registered(a_member("孙大海", id_no=number), by=COLLEAGUE, region=SIBLING, household_id="户0003")
    page = told(clerk, **{"0:id_no": number})
    assert "在本县已有登记" in page
    assert "孙大海" not in page


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"0:id_no": "999999196803050000"}, "第 1 名成员：“身份证号”"),
        ({"1:birth_date": ""}, "第 2 名成员：没有身份证号的，请填写性别和出生日期"),
        ({"1:name": ""}, "第 2 名成员：请填写姓名和与户主关系"),
        ({"0:birth_date": "1950-01-01"}, "身份证号里的出生日期与填写的不一致"),
        ({"0:name": "", "0:id_no": "", "0:relation": ""}, "“姓名”"),
        ({"0:relation": "SON"}, "应当只有一个"),
        ({"region": SIBLING}, "“村（居）”"),
        ({"household_no": " "}, "请填写“户编号"),
        ({"household_no": "=1+2"}, "“户编号”只能是"),
        ({"0:name": "@x"}, "第 1 名成员：“姓名”只能是"),
        ({"1:birth_date": "2030-01-01"}, "第 2 名成员：周小宝的出生日期晚于"),
        ({"reason": ""}, "请填写“依据"),
        ({"day": "2199-01-01"}, "不能晚于今天"),
    ],
)
def test_what_cannot_be_is_said_at_its_place(clerk: Client, changed: dict[str, str], words: str) -> None:
    page = told(clerk, **changed)
    assert words in page
    assert "5组2号" in page  # what was typed stays
    assert proposals() == []


def test_the_same_family_is_proposed_once(clerk: Client) -> None:
    form = a_form()
    first = clerk.post("/family/new/", form)["Location"]
    answer = clerk.post("/family/new/", form, follow=True)
    assert (answer.redirect_chain, len(proposals())) == ([(first, 302)], 1)
    assert "已有同样的申请" in answer.content.decode()


def test_one_number_twice(clerk: Client) -> None:
    number = an_id()
    assert "同一个身份证号" in told(clerk, **{"0:id_no": number, "1:id_no": number, "1:birth_date": ""})


def test_who_may_not_register_is_not_offered_it(browser: Callable[..., Client], clerk: Client) -> None:
    assert "登记新家庭" in clerk.post("/find/", {"q": "无此人"}, follow=True).content.decode()
    chief = browser("chief")
    assert "登记新家庭" not in chief.post("/find/", {"q": "无此人"}, follow=True).content.decode()
    assert chief.get("/family/new/").status_code == 403


def test_it_is_about_no_family_that_stands(clerk: Client, family: UUID) -> None:
    assert clerk.get(f"/family/{family}/change/register/").status_code == 404
    assert "新户登记" not in clerk.get(f"/family/{family}/").content.decode()
