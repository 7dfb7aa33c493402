"""Signing in: password, then the one-time code; where it leads; out again."""

import re

import pytest
from django.test import Client

from doudi.office.guessing import WRONG_ALLOWED
from tests.rooms.people import PASSWORD, an_officer, code_of
from tests.stories.register import forget_code

pytestmark = pytest.mark.usefixtures("country")


def test_it_works() -> None:
    officer, client = an_officer(), Client()
    assert "登录名" in client.get("/sign-in/").content.decode()
    first = client.post("/sign-in/?next=/find/", {"name": "clerk", "password": PASSWORD})
    assert first["Location"] == "/sign-in/code/?next=%2Ffind%2F"
    second = client.post(first["Location"], {"code": code_of(officer)})
    assert second["Location"] == "/find/"
    assert client.get("/").status_code == 200
    client.post("/sign-out/")
    assert client.get("/").status_code == 302


def test_the_first_time_binds_the_phone() -> None:
    officer, client = an_officer(), Client()
    forget_code(officer)
    page = client.post("/sign-in/", {"name": "clerk", "password": PASSWORD}, follow=True).content.decode()
    assert "data:image/svg+xml" in page
    assert re.search("<code>[A-Z2-7]{32}</code>", page)
    officer.totp_key = re.findall("<code>([A-Z2-7]{32})</code>", page)[0]  # what the phone has scanned
    own = {"new": "another horse 兜底", "repeat": "another horse 兜底", "code": code_of(officer)}
    for form, told in (
        ({**own, "repeat": "x"}, "两次输入的新口令不一致"),
        ({"code": own["code"]}, "口令至少 10 位"),
        ({**own, "new": PASSWORD, "repeat": PASSWORD}, "不要用起始口令"),
    ):
        assert told in client.post("/sign-in/code/", form).content.decode()
    page = client.post("/sign-in/code/", own).content.decode()
    assert re.search('<code class="big">[0-9]{6}</code>', page)
    assert "等待核对" in page
    assert [client.get(where)["Location"] for where in ("/", "/sign-in/code/")] == [
        "/sign-in/?next=%2F",
        "/sign-in/",
    ]
    assert "不正确" in Client().post("/sign-in/", {"name": "clerk", "password": PASSWORD}).content.decode()


@pytest.mark.parametrize(("name", "password"), [("clerk", "wrong"), ("nobody", PASSWORD)])
def test_one_answer_for_every_refusal(name: str, password: str) -> None:
    an_officer()
    page = Client().post("/sign-in/", {"name": name, "password": password}).content.decode()
    assert "登录名、口令或动态口令不正确" in page


def test_an_address_that_guessed_is_told_how_long_to_wait() -> None:
    officer = an_officer()
    for n in range(WRONG_ALLOWED):
        page = Client().post("/sign-in/", {"name": f"nobody-{n}", "password": "x"}).content.decode()
    assert "请 " not in page
    for name, password in (("clerk", PASSWORD), ("nobody", "x")):
        page = Client().post("/sign-in/", {"name": name, "password": password}).content.decode()
        assert "这个网络地址输错次数过多，请 15 分钟后再试" in page
    away = Client(REMOTE_ADDR="10.0.0.9")
    assert away.post("/sign-in/", {"name": officer.sign_in_name, "password": PASSWORD}).status_code == 302


def test_who_was_signed_out_for_idleness_is_told(clerk: Client) -> None:
    session = clerk.session
    session["seen_at"] = 1
    session.save()
    page = clerk.get("/", follow=True)
    assert page.redirect_chain == [("/sign-in/?idle=1&next=%2F", 302)]
    assert "超过 30 分钟没有操作" in page.content.decode()
    assert "登录后可以接着填" in page.content.decode()


@pytest.mark.parametrize("address", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_nobody_is_sent_elsewhere(address: str) -> None:
    officer, client = an_officer(), Client()
    client.post(f"/sign-in/?next={address}", {"name": "clerk", "password": PASSWORD})
    answer = client.post(f"/sign-in/code/?next={address}", {"code": code_of(officer)})
    assert answer["Location"] == "/"


def test_the_code_page_alone_leads_back() -> None:
    assert Client().get("/sign-in/code/")["Location"] == "/sign-in/"
