"""查人查户."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from doudi.kernel.resident_id import ResidentId
from tests.rooms.registry.families import CLERK, a_member, registered
from tests.stories.register import entries


def found(client: Client, text: str, **form: str) -> str:
    return client.post("/find/", {"q": text, **form}, follow=True).content.decode()


@pytest.mark.usefixtures("family")
@pytest.mark.parametrize("text", ["陈国富", "cgf", "国富", "CHENGUOFU", "chen guo fu"])
def test_it_works(clerk: Client, family: UUID, text: str) -> None:
    page = found(clerk, text)
    assert f"/family/{family}/" in page
    assert "999999********" in page


def test_nobody_is_listed_before_something_is_typed(clerk: Client, family: UUID) -> None:
    assert "陈国富" not in clerk.get("/find/").content.decode()


def test_what_was_typed_is_in_no_address(clerk: Client, family: UUID) -> None:
    answer = clerk.post("/find/", {"q": "陈国富"})
    assert answer["Location"] == "/find/?shown=1"
    number = clerk.post("/find/", {"q": "999X"})
    assert number.status_code == 200
    assert "999X" not in str(clerk.session.get("find"))


def test_a_county_role_says_why(browser: Callable[..., Client], family: UUID) -> None:
    handler = browser("handler")
    assert "请先说明查看的事由" in found(handler, "陈国富")
    assert "陈国富" in found(handler, "陈国富", purpose="受理救助申请")
    assert [row.purpose for row in entries("found")] == ["受理救助申请"]
    assert (
        "陈国富家" in handler.get(f"/family/{family}/").content.decode()
    )  # the purpose was for whom was found
    assert "请先说明查看的事由" in found(handler, "李秀英")
    assert "至少四个汉字" in found(handler, "999X", purpose="。。")
    for typed in ("999X", "李秀英"):
        assert "不要在事由里写证件号码" in found(handler, typed, purpose="来访人证号999999195402167710")
    assert "7710" not in str(dict(handler.session))


def test_outside_ones_own_place_there_is_a_name_and_no_way_in(
    browser: Callable[..., Client], family: UUID
) -> None:
    sibling = browser("sibling")
    assert "没有找到" in found(sibling, "陈国富")
    assert "请先说明事由" in found(sibling, "陈国富", where="county")
    assert "或完整姓名加出生年份" in found(sibling, "陈国富", where="county", purpose="核对是否重复建档")
    page = found(sibling, "陈国富 1968", where="county", purpose="核对是否重复建档")
    assert "不在您的辖区" in page
    assert f"/family/{family}/" not in page


def test_too_little_is_told(clerk: Client) -> None:
    assert "请输入姓名" in found(clerk, "%")


def test_a_liaison_looks_at_others_people_and_knows_whom(
    browser: Callable[..., Client], family: UUID
) -> None:
    liaison = browser("liaison")
    assert "或完整姓名加出生年份" in found(liaison, "陈", purpose="核对本部门数据")
    assert "陈国富" in found(liaison, "陈国富1968", purpose="核对本部门数据")


def test_who_is_stopped_stands_in_the_auditor_s_inbox(
    browser: Callable[..., Client], family: UUID, settings: Any
) -> None:
    settings.OFFICE_OUTSIDE_STOP = 1
    sibling, auditor, why = browser("sibling"), browser("auditor"), {"purpose": "核对是否重复建档"}
    assert "查人过多<b>0</b>" in auditor.get("/").content.decode()
    assert "不在您的辖区" in found(sibling, "陈国富1968", where="county", **why)
    for _ in range(2):
        assert "查找已停止" in found(sibling, "陈国富1968", where="county", **why)
    page = auditor.get("/").content.decode()
    assert all(text in page for text in ("查人过多<b>1</b>", "sibling 同志", "已查看 1 人，已停止"))


def test_a_number_that_cannot_be_says_so(clerk: Client) -> None:
    assert "校验位" in found(clerk, "999999196803050000")


def test_a_long_list_comes_in_pages_and_no_address_tells(clerk: Client, country: None) -> None:
    for _ in range(9):
        registered(*(a_member("王芳", "SON" if n else "HEAD") for n in range(5)), by=CLERK)
    first = found(clerk, "王芳")
    assert all(text in first for text in ("第 1 页", "下一页"))
    assert "上一页" not in first
    before = len(entries("found"))
    answer = clerk.post("/find/", {"q": "王芳", "page": "3"})
    assert answer["Location"] == "/find/?shown=1"
    last = clerk.get(answer["Location"]).content.decode()
    assert last.count('<th scope="row"') == 5
    assert all(text in last for text in ("第 3 页", "上一页"))
    assert "下一页" not in last
    assert len(entries("found")) == before + 5  # only who was shown
    assert found(clerk, "王芳", page="x").count('<th scope="row"') == 20
    beyond = found(clerk, "王芳", page="99")
    assert "第 3 页" in beyond
    assert beyond.count('<th scope="row"') == 5


def test_the_end_of_a_number_is_paged_without_being_kept(clerk: Client, country: None) -> None:
    days = (date(1950, 1, 1) + timedelta(n) for n in range(2000))
    same = [one for one in (ResidentId.make("999999", day, 123).number for day in days) if one[-1] == "5"]
    registered(*(a_member("周五", "SON" if n else "HEAD", id_no=same[n]) for n in range(21)), by=CLERK)
    first = clerk.post("/find/", {"q": "1235"})
    assert "下一页" in first.content.decode()
    page = clerk.post("/find/", {"q": "1235", "page": "2"}).content.decode()
    assert page.count('<th scope="row"') == 1
    assert "1235" not in str(clerk.session.get("find"))
