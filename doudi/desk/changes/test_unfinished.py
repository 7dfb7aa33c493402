"""A form left before it was sent: kept at the server, offered again, its officer's alone."""

import re
from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from django.test import Client

from tests.rooms.registry.families import an_id
from tests.stories.register import entries, person, proposals

TYPED = {"day": "2024-06-01", "reason": "证明材料 1 号", "fact:phone": "13987654321"}


def hidden(page: str) -> str:
    """The id under which the form of a page is kept."""
    return re.findall('name="draft" value="([^"]+)"', page)[0]


def why() -> list[str]:
    return [row.detail["why"] for row in entries("draft_dropped")]


@pytest.fixture
def form(family: UUID) -> str:
    return f"/family/{family}/change/facts/?about={person('陈国富')}"


def test_it_works(clerk: Client, form: str) -> None:
    id_ = hidden(clerk.get(form).content.decode())
    answer = clerk.post(form, {**TYPED, "draft": id_, "keep": "auto"})
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/plain; charset=utf-8")
    assert "已暂存，还没有提交" in answer.content.decode()
    page = clerk.get(form).content.decode()
    assert all(text in page for text in ("未提交的填写（陈国富）", "继续填", "丢弃"))
    assert "13987654321" not in page  # offered, not filled in unasked
    assert hidden(page) != id_
    page = clerk.get(f"{form}&draft={id_}").content.decode()
    assert all(text in page for text in ("接着填", 'value="13987654321"', 'value="证明材料 1 号"'))
    assert hidden(page) == id_
    assert proposals() == []
    assert clerk.post(f"{form}&draft={id_}", {**TYPED, "draft": id_}).status_code == 302
    assert len(proposals()) == 1
    assert "未提交的填写" not in clerk.get(form).content.decode()
    assert why() == ["sent"]
    assert [len(entries(f"draft_{one}")) for one in ("kept", "opened")] == [1, 1]


def test_by_hand_without_scripts_and_put_away(clerk: Client, form: str) -> None:
    id_ = hidden(clerk.get(form).content.decode())
    answer = clerk.post(form, {"reason": "证明材料 1 号", "draft": id_, "keep": "1"}, follow=True)
    assert answer.redirect_chain[-1][0].endswith(f"draft={id_}")
    page = answer.content.decode()
    assert all(text in page for text in ("已暂存，还没有提交", "丢弃，重新填", 'value="证明材料 1 号"'))
    page = clerk.post(form, {"drop": id_}, follow=True).content.decode()
    assert "未提交的填写已丢弃" in page
    assert "证明材料 1 号" not in page
    assert why() == ["put away"]


def test_what_is_refused_is_kept_as_it_was_sent(clerk: Client, form: str) -> None:
    page = clerk.post(form, {**TYPED, "day": "", "draft": f"{uuid4()}"}).content.decode()
    assert "请填写“自哪一天起”" in page
    assert "未提交的填写（陈国富）" in clerk.get(form).content.decode()
    assert "13987654321" in clerk.get(f"{form}&draft={hidden(page)}").content.decode()


@pytest.mark.parametrize("gone", ["sent", "put away", "removed"])
def test_back_to_what_is_gone_leads_to_the_empty_form(clerk: Client, form: str, gone: str) -> None:
    id_ = hidden(clerk.get(form).content.decode())
    clerk.post(form, {**TYPED, "draft": id_, "keep": "1"})
    if gone == "sent":
        clerk.post(f"{form}&draft={id_}", {**TYPED, "draft": id_})
    elif gone == "put away":
        clerk.post(form, {"drop": id_})
    else:
        id_ = f"{uuid4()}"
    page = clerk.get(f"{form}&draft={id_}").content.decode()
    assert "这份填写已经提交或已经删除" in page
    assert "13987654321" not in page
    assert hidden(page) != id_


def test_a_keep_that_comes_after_the_sending_makes_nothing_anew(clerk: Client, form: str) -> None:
    id_ = hidden(clerk.get(form).content.decode())
    assert clerk.post(form, {**TYPED, "draft": id_}).status_code == 302
    late = clerk.post(form, {**TYPED, "draft": id_, "keep": "auto"})
    assert (late.status_code, "这份填写已经提交" in late.content.decode()) == (409, True)
    assert "未提交的填写" not in clerk.get(form).content.decode()


def test_a_new_family_as_well(clerk: Client, family: UUID) -> None:
    page, number = clerk.get("/family/new/").content.decode(), an_id()
    typed = {"reason": "户口簿 9 号", "0:name": "周新来", "0:id_no": number, "5:name": "周小六"}
    clerk.post("/family/new/", {**typed, "draft": hidden(page), "keep": "auto"})
    page = clerk.get("/family/new/").content.decode()
    assert "未提交的填写 ·" in page
    page = clerk.get(f"/family/new/?draft={re.findall('draft=([-0-9a-f]+)', page)[0]}").content.decode()
    assert all(text in page for text in ("周新来", number, "周小六"))


def test_it_is_nobody_else_s(clerk: Client, browser: Callable[..., Client], form: str) -> None:
    id_ = hidden(clerk.get(form).content.decode())
    clerk.post(form, {**TYPED, "draft": id_, "keep": "auto"})
    for name in ("sibling", "village"):
        other = browser(name)
        assert "未提交的填写" not in other.get(form).content.decode()
        assert "13987654321" not in other.get(f"{form}&draft={id_}").content.decode()
        assert other.post(form, {"reason": "改", "draft": id_, "keep": "auto"}).status_code == 404
        other.post(form, {"drop": id_})
    assert "13987654321" in clerk.get(f"{form}&draft={id_}").content.decode()


@pytest.mark.parametrize(
    ("form", "status"),
    [({"keep": "auto", "draft": "x"}, 404), ({"keep": "auto"}, 404), ({"drop": "x"}, 404),
     ({"keep": "auto", "draft": f"{uuid4()}", "reason": "长" * 70_000}, 400)],
)  # fmt: skip
def test_what_no_form_sends(clerk: Client, family: UUID, form: dict[str, str], status: int) -> None:
    assert clerk.post(f"/family/{family}/change/facts/", form).status_code == status
    assert clerk.get(f"/family/{family}/change/facts/?draft=x").status_code == 404
    assert entries("draft_kept") == []
