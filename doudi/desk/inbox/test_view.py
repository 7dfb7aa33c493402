"""办件台."""

import re
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from doudi.desk.inbox import rows, view
from doudi.desk.inbox.board import board
from tests.rooms.people import COUNTY, ELSEWHERE, SIBLING, TOWNSHIP, VILLAGE, an_officer, scope_of
from tests.stories.register import a_lead, entries, moved, waits_for_check

CHANGE = {"fact:housing_safety": "C", "day": "2024-06-01", "reason": "入户查看"}


def filtered(client: Client, **form: str) -> str:
    return client.post("/", form, follow=True).content.decode()


def test_it_works(clerk: Client, browser: Callable[..., Client], family: UUID) -> None:
    clerk.post(f"/family/{family}/change/facts/", CHANGE)
    page = browser("chief").get("/").content.decode()
    assert all(text in page for text in ("陈国富", "更正信息", "小白岩村", "clerk 同志", "今日"))
    asked = clerk.get("/?show=asked").content.decode()
    assert "陈国富" in asked
    assert "陈国富" not in clerk.get("/").content.decode()


def test_nothing_to_do_is_said(clerk: Client, browser: Callable[..., Client]) -> None:
    page = clerk.get("/").content.decode()
    assert "没有等您办理的事项" in page
    assert "筛选" not in page
    assert "没有办结的事项" in clerk.get("/done/").content.decode()


def test_the_filters(clerk: Client, browser: Callable[..., Client], family: UUID) -> None:
    clerk.post(f"/family/{family}/change/facts/", CHANGE)
    chief = browser("chief")
    assert "陈国富" in filtered(chief, who="陈国", what="更正信息")
    assert "没有符合筛选条件的事项" in filtered(chief, who="王")
    assert all("陈国富" in filtered(chief, who=typed) for typed in ("cgf", "富", "户0001"))
    assert all("没有符合筛选条件的事项" in filtered(chief, who=typed) for typed in ("%", "富王", "zz"))
    assert "陈国富" in chief.get("/").content.decode()  # a name typed once is no filter for ever
    assert "王" not in chief.post("/", {"who": "王"})["Location"]


def test_a_family_out_of_sight_is_no_new_family(
    clerk: Client, browser: Callable[..., Client], family: UUID
) -> None:
    clerk.post(f"/family/{family}/change/facts/", CHANGE)
    moved(family, SIBLING)
    for page in (browser("chief").get("/"), clerk.get("/?show=asked")):
        assert "现不在本辖区的家庭" in page.content.decode()
        assert "新登记家庭" not in page.content.decode()


def test_a_lead_is_visited_and_closed(clerk: Client, family: UUID) -> None:
    lead = a_lead(family, VILLAGE, "大病", "住院三个月")
    assert f"/lead/{lead}/" in clerk.get("/?show=lead").content.decode()
    page = clerk.get(f"/lead/{lead}/").content.decode()
    assert all(text in page for text in ("住院三个月", f"/family/{family}/"))
    assert "请填写处理结果" in clerk.post(f"/lead/{lead}/", {"result": " "}).content.decode()
    assert "线索已办结" in clerk.post(f"/lead/{lead}/", {"result": "已走访"}, follow=True).content.decode()
    assert "没有等您办理" in clerk.get("/?show=lead").content.decode()


def figures(page: str) -> dict[str, int]:
    return {name: int(number) for name, number in re.findall(r">([^<>]+)<b>(\d+)</b>", page)}


def test_who_leads_sees_figures_and_nobody(
    clerk: Client, browser: Callable[..., Client], family: UUID
) -> None:
    clerk.post(f"/family/{family}/change/facts/", CHANGE)
    a_lead(family, VILLAGE, "大病", "住院三个月")
    an_officer("boss", "township_chief", called="黄志强")
    leader = browser("leader")
    page = leader.get("/").content.decode()
    assert figures(page) == {
        "在册家庭": 1, "在册人口": 2, "变更待审批": 1, "等待过久": 0, "线索待走访": 1, "名册待确认": 0
    }  # fmt: skip
    (row,) = re.findall("(?s)<tbody>(.*)</tbody>", page)
    assert re.sub(r"<[^>]+>|\s+", " ", row).split() == ["民主镇", "黄志强", "1", "2", "1", "0", "1"]
    assert not [secret for secret in ("陈国富", "李秀英", "户0001", "住院", f"{family}") if secret in page]
    assert "在册家庭<b>" not in browser("liaison").get("/").content.decode()
    before = len(entries("listed")) + len(entries("viewed"))
    leader.get("/")
    assert len(entries("listed")) + len(entries("viewed")) == before


def test_what_waits_too_long_is_counted_in_working_days(
    clerk: Client, browser: Callable[..., Client], family: UUID
) -> None:
    clerk.post(f"/family/{family}/change/facts/", CHANGE)
    by, asked = scope_of(an_officer("head", "leader", COUNTY)), timezone.localdate()
    told = []
    for day in range(30):
        with time_machine.travel(timezone.now() + timedelta(days=day), tick=False):
            told.append((rows.working_days(asked), board(by)["sums"]["late"]))
    assert {late for days, late in told if days < 10} == {0}
    assert {late for days, late in told if days >= 10} == {1}


def test_a_leader_s_figures_end_at_the_border(browser: Callable[..., Client], family: UUID) -> None:
    other = an_officer("other", "leader", ELSEWHERE[:6])
    found = board(scope_of(other))
    assert (found["rows"], found["sums"]["families"]) == ([], 0)
    township = board(scope_of(an_officer("town", "leader", TOWNSHIP)))
    assert [(row["place"], row["families"]) for row in township["rows"]] == [("民主镇 · 小白岩村", 1)]
    assert board(scope_of(an_officer("far", "leader", "5202")))["sums"]["people"] == 2


@pytest.mark.parametrize(
    ("since", "today", "days"),
    [
        (date(2026, 9, 30), date(2026, 10, 8), 1),  # the National Day week is no wait of seven days
        (date(2026, 11, 20), date(2026, 11, 23), 1),
        (date(2026, 11, 23), date(2026, 11, 23), 0),
        (date(2099, 1, 1), date(2099, 1, 3), 2),  # no calendar of that year: calendar days
    ],
)
def test_waiting_is_counted_in_working_days(
    monkeypatch: pytest.MonkeyPatch, since: date, today: date, days: int
) -> None:
    monkeypatch.setattr(rows.timezone, "localdate", lambda: today)
    assert rows.working_days(since) == days


def test_a_long_list_comes_in_pages_and_traces_only_whom_it_shows(
    clerk: Client, family: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(view, "PAGE", 2)
    for number in range(3):
        a_lead(family, VILLAGE, f"线索{number}", "住院")
    first = clerk.get("/?show=lead").content.decode()
    assert "线索待走访<b>3</b>" in first
    assert all(text in first for text in ("线索0</td>", "线索1</td>", "page=2"))
    assert "线索2</td>" not in first
    last = clerk.get("/?show=lead&page=2").content.decode()
    assert "线索2</td>" in last
    assert "下一页" not in last
    before = len(entries("listed"))
    clerk.get("/")  # counts the leads and names nobody
    assert len(entries("listed")) == before
    assert "线索1</td>" in filtered(clerk, show="lead", what="线索1", who="陈")
    assert "没有符合筛选条件" in filtered(clerk, show="lead", who="王")


def test_a_form_left_is_found_again_by_its_officer_alone(
    clerk: Client, browser: Callable[..., Client], family: UUID
) -> None:
    assert "未提交的表单" not in clerk.get("/").content.decode()
    clerk.post(f"/family/{family}/change/facts/", {**CHANGE, "keep": "auto", "draft": f"{uuid4()}"})
    clerk.post("/family/new/", {"0:name": "周新来", "keep": "auto", "draft": f"{uuid4()}"})
    page = clerk.get("/").content.decode()
    assert "未提交的表单<b>2</b>" in page
    assert all(text in page for text in ("我的待办<b>0</b>", "24 小时内接着填"))
    before = len(entries("listed"))
    page = clerk.get("/?show=draft").content.decode()
    assert len(entries("listed")) == before + 1  # the family that is named, and none for the new one
    until = timezone.localtime() + timedelta(hours=24)
    assert all(text in page for text in ("陈国富", "更正信息", "新登记家庭", f"保存到 {until:%m-%d}"))
    forms = re.findall(r'href="(/family/[^"]*[?]draft=[^"]+)"', page)
    assert [form.partition("?")[0] for form in forms] == ["/family/new/", f"/family/{family}/change/facts/"]
    told = [clerk.get(form).content.decode() for form in forms]
    assert all(text in page for text, page in zip(("周新来", "入户查看"), told, strict=True))
    for name in ("chief", "village", "sibling", "auditor"):
        other = browser(name)
        assert "未提交的表单" not in other.get("/").content.decode()
        assert "draft=" not in other.get("/?show=draft").content.decode()
    assert "新登记家庭" not in filtered(clerk, show="draft", who="陈国")
    assert "没有符合筛选条件" in filtered(clerk, show="draft", who="王")
    assert "陈国富" not in filtered(clerk, show="draft", what="新户登记")


@pytest.mark.parametrize("name", ["clerk", "chief", "approver", "liaison", "auditor", "administrator"])
def test_what_a_card_counts_is_not_asked_again_for_its_rows(
    browser: Callable[..., Client], family: UUID, name: str
) -> None:
    waits_for_check(an_officer("fresh", called="刚绑定手机的人"))
    desk = browser(name)
    desk.post(f"/family/{family}/change/facts/", {**CHANGE, "keep": "auto", "draft": f"{uuid4()}"})
    shown = {
        "clerk": ("draft", "更正信息"), "chief": ("check", "刚绑定手机的人"),
        "auditor": ("granted", "授予岗位"), "administrator": ("watch", "已停止"),
    }.get(name, ("", ""))  # fmt: skip
    desk.get("/")
    with CaptureQueriesContext(connection) as asked:
        page = desk.get(f"/?show={shown[0]}").content.decode()
    assert shown[1] in page
    asks = re.compile("select|with", re.IGNORECASE)
    twice = [sql for sql, n in Counter(row["sql"] for row in asked).items() if n > 1 and asks.match(sql)]
    assert [sql for sql in twice if "set_config" not in sql] == []
