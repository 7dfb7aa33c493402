"""人员与岗位: what an administrator does there, and what the auditor sees of it."""

import re
from collections.abc import Callable
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from doudi.desk.conftest import CODE
from tests.rooms.people import COUNTY, ELSEWHERE, PASSWORD, TOWNSHIP, an_officer, code_of
from tests.stories.register import entries

WHY = "县委组织部 2026-12 号任职文件"
NEW = {"name": "赵新", "sign_in_name": "zhaoxin", "role": "township_clerk", "region": TOWNSHIP, "reason": WHY}


@pytest.fixture
def keeper(browser: Callable[..., Client]) -> Client:
    return browser("administrator")


def text(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def address_of(page: str, name: str) -> str:
    """Where the row of an account leads."""
    found = re.search(rf'href="(/officers/[0-9a-f-]+/)">{name}<', page)
    assert found
    return found[1]


def test_it_works(keeper: Client, browser: Callable[..., Client]) -> None:
    assert "没有登录过" in text(keeper, "/officers/")
    page = keeper.post("/officers/new/", NEW).content.decode()
    (start,) = re.findall(r'<code class="big">([a-z0-9-]{14})</code>', page)
    assert start not in text(keeper, "/officers/") + text(keeper, "/traces/")
    assert start not in str([vars(row) for row in entries("appointed") + entries("granted_role")])
    assert "待首次登录" in text(keeper, "/officers/?text=赵新")
    first = Client().post("/sign-in/", {"name": "zhaoxin", "password": start}, follow=True)
    assert "设定自己的口令" in first.content.decode()
    auditor = browser("auditor")
    assert "账号变动<b>1</b>" in text(auditor, "/")
    assert "手机绑定" not in text(keeper, "/")
    told = text(auditor, "/?show=granted")
    assert all(one in told for one in ("赵新", "乡镇经办", "administrator 同志"))
    (link,) = set(re.findall(r'href="(/traces/\?subject=[0-9a-f-]+)"', told))
    traces = text(auditor, link)
    assert all(one in traces for one in ("任命账号", "授予岗位", "乡镇经办", "赵新", WHY))


def binds(start: str, name: str = "clerk", new: str = "another horse 兜底") -> tuple[Client, str]:
    """Somebody with the start password binds a phone: the browser, and the check number it shows."""
    client = Client()
    page = client.post("/sign-in/", {"name": name, "password": start}, follow=True).content.decode()
    assert "绑定动态口令" in page
    page = client.post("/sign-in/code/", {"code": CODE, "new": new, "repeat": new}).content.decode()
    (number,) = re.findall(r'<code class="big">([0-9]{6})</code>', page)
    return client, number


def start_in(page: str) -> str:
    return re.findall(r'<code class="big">([a-z0-9-]{14})</code>', page)[0]


def test_a_bound_phone_is_checked_in_person(
    keeper: Client, clerk: Client, browser: Callable[..., Client]
) -> None:
    chief, auditor = browser("chief"), browser("auditor")
    place = address_of(text(keeper, "/officers/"), "clerk 同志")

    def sent(act: str, **form: str) -> str:
        form = {"act": act, "reason": "当面核对工作证", **form}
        return keeper.post(place, form, follow=True).content.decode()

    thief, stolen = binds(start_in(sent("reset")), new="Attacker-pw-1")
    assert thief.get("/").status_code == 302
    assert f'<a href="{place}">clerk 同志' in text(keeper, "/")
    assert "手机绑定<b>1</b>" in text(chief, "/")
    assert "不是本人绑定的，请告诉系统管理员" in text(chief, "/?show=check")
    assert "绑定动态口令" in text(auditor, "/?show=granted")
    assert "手机绑定待核对" in text(keeper, place)
    clerk_client, number = binds(start_in(sent("reset")))
    assert "核对码不对" in sent("check", number=stolen)
    assert clerk_client.post("/sign-in/", {"name": "clerk", "password": "another horse 兜底"})
    assert "等待核对" in clerk_client.post("/sign-in/code/", {"code": CODE}).content.decode()
    assert "已办理，并且留痕" in sent("check", number=number)
    clerk_client.post("/sign-in/", {"name": "clerk", "password": "another horse 兜底"})
    assert clerk_client.post("/sign-in/code/", {"code": CODE})["Location"] == "/"
    assert "手机绑定<b>" not in text(chief, "/") + text(keeper, "/")
    assert "核对手机绑定" in text(auditor, "/?show=granted")


def test_who_may_open_it(clerk: Client, browser: Callable[..., Client]) -> None:
    for other in (clerk, browser("approver"), browser("auditor"), browser("leader")):
        assert [other.get(f"/officers/{end}").status_code for end in ("", "new/", f"{uuid4()}/")] == [403] * 3
        assert "人员与岗位" not in text(other, "/")


def test_what_is_refused_stays_typed(keeper: Client) -> None:
    for form, told in (
        ({"role": "county_approver"}, "级别不对"),
        ({"region": ELSEWHERE}, "只能办理本辖区的岗位"),
        ({"from_day": "明天"}, "“开始日期”请写成"),
        ({"until_day": "2001-01-01"}, "结束日期必须晚于"),
        ({"reason": "文件"}, "请填写理由或依据"),
        ({"name": " "}, "请填写姓名"),
        ({"code": "000000"}, "动态口令不正确或已用过"),
    ):
        page = keeper.post("/officers/new/", NEW | form).content.decode()
        assert told in page
        assert 'value="zhaoxin"' in page
    assert entries("appointed") == []


def test_the_account_of_somebody(keeper: Client, clerk: Client, browser: Callable[..., Client]) -> None:
    assert clerk.get("/").status_code == 200
    place = address_of(text(keeper, "/officers/"), "clerk 同志")

    def sent(act: str, **form: str) -> str:
        form = {"act": act, "reason": "本人到场核实", **form}
        return keeper.post(place, form, follow=True).content.decode()

    assert "已办理，并且留痕" in sent("suspend")
    assert clerk.get("/").status_code == 302  # the open session is over at once
    assert "恢复账号" in text(keeper, place)
    sent("reinstate")
    for _ in range(5):
        Client().post("/sign-in/", {"name": "clerk", "password": "wrong"})
    assert "已锁定" in text(keeper, "/officers/?state=locked")
    sent("unlock")
    assert Client().post("/sign-in/", {"name": "clerk", "password": PASSWORD}).status_code == 302
    assert '<code class="big">' in sent("reset")
    assert "待首次登录" in text(keeper, place)
    more = {"role": "township_chief", "region": TOWNSHIP, "from_day": f"{timezone.localdate()}"}
    page = sent("grant", **more)
    assert page.count("结束这个岗位</summary>") == 2
    (first, *_) = re.findall('name="grant" value="([0-9a-f-]+)"', page)
    assert sent("end", grant=first).count("结束这个岗位</summary>") == 1
    for wrong in ({"act": "end", "grant": "x"}, {"act": "fire"}, {"act": ""}):
        assert "请从页面上的按钮办理" in sent(**wrong)
    told = text(browser("auditor"), "/?show=granted&what=重置登录")
    assert told.count("<tr data-open>") == 1
    assert {
        row.purpose for verb in ("suspended", "reset_sign_in", "ended_role") for row in entries(verb)
    } == {"本人到场核实"}


def test_the_own_account_is_another_s_to_keep(keeper: Client) -> None:
    place = address_of(text(keeper, "/officers/"), "administrator 同志")
    page = text(keeper, place)
    assert "由上级的系统管理员办理" in page
    assert 'name="act"' not in page
    for act in ("suspend", "reset", "unlock", "grant"):
        form = {
            "act": act,
            "reason": "本人到场核实",
            "role": "county_approver",
            "region": COUNTY,
            "kind": "CCA",
        }
        assert "不能办理自己的账号" in keeper.post(place, form).content.decode()


@pytest.mark.parametrize("role", ["auditor", "administrator"])
def test_nobody_alone_takes_the_auditor_s_account(keeper: Client, role: str) -> None:
    other = an_officer("other", role, COUNTY)
    place = f"/officers/{other.id}/"
    page = text(keeper, place)
    assert "由上级的系统管理员办理" in page
    assert not re.findall('name="act" value="(reset|suspend|end)"', page)
    for form in ({"act": "reset"}, {"act": "suspend"}, {"act": "end", "grant": f"{other.grants.get().id}"}):
        page = keeper.post(place, {"reason": "本人到场核实", **form}).content.decode()
        assert "本级系统管理员一个人不能重置" in page
    assert entries("reset_sign_in") + entries("suspended") + entries("ended_role") == []


def test_the_auditor_reads_what_an_administrator_did(keeper: Client, browser: Callable[..., Client]) -> None:
    for number in range(2):
        keeper.post("/officers/new/", NEW | {"sign_in_name": f"new{number}"})
    place = address_of(text(keeper, "/officers/?text=new0"), "赵新")
    for act in ("suspend", "reinstate", "reset"):
        keeper.post(place, {"act": act, "reason": "本人到场核实"})
    (grant,) = re.findall('name="grant" value="([0-9a-f-]+)"', text(keeper, place))
    keeper.post(place, {"act": "end", "grant": grant, "reason": "本人到场核实"})
    told = text(browser("auditor"), "/?show=granted")
    assert all(one in told for one in ("停用账号", "恢复账号", "重置登录", "结束岗位", "授予岗位"))
    assert "administrator 同志（此人 7 天内授岗 2 次）" in told


def test_another_county_s_accounts_are_not_there(keeper: Client) -> None:
    stranger = an_officer("stranger", region=ELSEWHERE)
    assert "stranger" not in text(keeper, "/officers/")
    assert keeper.get(f"/officers/{stranger.id}/").status_code == 404
    form = {"act": "suspend", "reason": "本人到场核实"}
    assert keeper.post(f"/officers/{stranger.id}/", form).status_code == 404
    assert code_of(stranger)


def test_pages_of_fifty(keeper: Client) -> None:
    for number in range(51):
        an_officer(f"clerk{number:02}")
    page = text(keeper, "/officers/?role=township_clerk")
    assert page.count("<tr data-open>") == 50
    (after,) = re.findall(r'href="(\?[^"]*from=50)"', page)
    assert text(keeper, "/officers/" + after.replace("&amp;", "&")).count("<tr data-open>") == 1
    for odd in ("from=x", "from=-1", "role=king", "state=dead", "text=%25"):
        assert keeper.get(f"/officers/?{odd}").status_code == 200
