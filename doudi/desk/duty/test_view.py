"""Duties and the emergency look."""

from collections.abc import Callable
from uuid import UUID

from django.test import Client

from tests.rooms.people import COUNTY, ELSEWHERE, PASSWORD
from tests.stories.register import entries, proposals


def test_it_works(clerk: Client) -> None:
    page = clerk.get("/duty/").content.decode()
    assert all(text in page for text in ("正在使用", "民主镇", "紧急查看", "全县", "大山镇"))


def test_an_emergency_opens_what_was_closed_and_says_so(browser: Callable[..., Client], family: UUID) -> None:
    sibling = browser("sibling")
    assert sibling.get(f"/family/{family}/").status_code == 404
    sibling.post("/emergency/open/", {"region": COUNTY, "reason": "夜间突发火灾"})
    page = sibling.get(f"/family/{family}/").content.decode()
    assert all(text in page for text in ("紧急查看中", "夜间突发火灾", "陈国富家"))
    assert {row.purpose for row in entries("viewed")} == {"紧急查看：夜间突发火灾"}
    sibling.post("/emergency/close/")
    assert sibling.get(f"/family/{family}/").status_code == 404


def test_an_emergency_is_for_looking_only(browser: Callable[..., Client], family: UUID) -> None:
    sibling = browser("sibling")
    sibling.post("/emergency/open/", {"region": COUNTY, "reason": "夜间突发火灾"})
    assert "申请变更" not in sibling.get(f"/family/{family}/").content.decode()
    assert sibling.get(f"/family/{family}/change/facts/").status_code == 404
    assert "登记新家庭" not in sibling.post("/find/", {"q": "无此人"}, follow=True).content.decode()
    assert "小白岩村" not in sibling.get("/family/new/").content.decode()
    answer = sibling.post(f"/family/{family}/change/facts/", {"day": "2024-06-01", "reason": "火灾",
                          "fact:housing_safety": "D"})  # fmt: skip
    assert answer.status_code == 404
    assert proposals() == []


def test_an_emergency_ends_at_the_countys_border_and_needs_a_reason(clerk: Client) -> None:
    for form, told in (
        ({"region": ELSEWHERE, "reason": "夜间突发火灾"}, "只能查看本县"),
        ({"region": COUNTY, "reason": "急"}, "请填写紧急查看的理由"),
    ):
        assert told in clerk.post("/emergency/open/", form, follow=True).content.decode()


def test_who_may_not_look_further_is_not_offered_it(browser: Callable[..., Client]) -> None:
    leader = browser("leader")
    assert "紧急查看" not in leader.get("/duty/").content.decode()
    assert leader.post("/emergency/open/", {"region": COUNTY, "reason": "夜间突发火灾"}).status_code == 403


def test_a_new_password_ends_the_session(clerk: Client) -> None:
    new = {"new": "another horse 兜底", "repeat": "another horse 兜底"}
    assert "原口令不正确" in clerk.post("/duty/password/", {"old": "x", **new}, follow=True).content.decode()
    clerk.post("/duty/password/", {"old": PASSWORD, **new})
    assert clerk.get("/").status_code == 302
