"""When something goes wrong."""

import io
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import DataError, OperationalError
from django.test import Client
from django.utils.module_loading import import_string

from doudi.desk.inbox import view as inbox
from tests.stories.register import write_again


def test_a_page_that_is_not_there(clerk: Client) -> None:
    answer = clerk.get("/nowhere/")
    assert answer.status_code == 404
    assert "不在您的办理范围内" in answer.content.decode()


def test_a_page_for_another_duty(browser: Callable[..., Client]) -> None:
    answer = browser("leader").get("/find/")
    assert answer.status_code == 403
    assert "换岗" in answer.content.decode()


def test_a_form_left_open_too_long(country: None) -> None:
    answer = Client(enforce_csrf_checks=True).post("/sign-in/", {"name": "a", "password": "b"})
    assert answer.status_code == 403
    assert "页面已经过期" in answer.content.decode()


@pytest.mark.parametrize(
    ("error", "status", "told"),
    [(RuntimeError, 500, "不是您的操作问题"), (OperationalError, 503, "没有应答")],
)
def test_what_broke_is_told_without_details(
    clerk: Client, monkeypatch: pytest.MonkeyPatch, error: type[Exception], status: int, told: str
) -> None:
    def broken(*args: object) -> None:
        raise error("secret detail")

    monkeypatch.setattr(inbox, "render", broken)
    clerk.raise_request_exception = False
    answer = clerk.get("/")
    assert answer.status_code == status
    assert told in answer.content.decode()
    assert "secret detail" not in answer.content.decode()
    monkeypatch.undo()
    assert clerk.get("/").status_code == 200  # it recovers by itself


@pytest.mark.usefixtures("family")
def test_the_log_says_where_but_not_what_about(
    clerk: Client, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    """A broken constraint of the register: PostgreSQL quotes the row, the log does not."""

    typed = "陈国富 13912345678"

    def broken(*args: object) -> None:
        try:
            int(typed)
        except ValueError:
            write_again("陈国富")

    monkeypatch.setattr(inbox, "render", broken)
    clerk.raise_request_exception = False
    told = io.StringIO()
    with written_by(settings.LOGGING, told):
        assert clerk.get("/").status_code == 500
    assert "Internal Server Error: /" in told.getvalue()
    assert "django.db.utils.IntegrityError" in told.getvalue()
    assert "sqlstate=23505" in told.getvalue()
    assert "constraint_name=registry_person_once" in told.getvalue()
    assert "write_again" in told.getvalue()  # the trace is there
    assert "builtins.ValueError" in told.getvalue()
    for secret in ("DETAIL", "Key (", "already exists", typed, "13912345678", "invalid literal"):
        assert secret not in told.getvalue()


def test_a_page_for_another_duty_is_one_line_of_the_log(
    browser: Callable[..., Client], settings: Any
) -> None:
    leader, told = browser("leader"), io.StringIO()
    with written_by(settings.LOGGING, told):
        assert leader.get("/find/").status_code == 403
        assert leader.get("/nowhere/").status_code == 404
    lines = told.getvalue().splitlines()
    assert [line.partition("django.request ")[2] for line in lines] == [
        "Forbidden (Permission denied): /find/", "Not Found: /nowhere/",
    ]  # fmt: skip


@contextmanager
def written_by(configured: dict[str, Any], told: io.StringIO) -> Iterator[None]:
    """What an installation's one log handler writes of Django's requests goes to `told`, too."""
    assert set(configured["handlers"]) == set(configured["root"]["handlers"]) == {"console"}
    plain = dict(configured["formatters"][configured["handlers"]["console"]["formatter"]])
    handler = logging.StreamHandler(told)
    handler.setFormatter(import_string(plain.pop("()"))(plain["format"], style=plain["style"]))
    logging.getLogger("django.request").addHandler(handler)
    try:
        yield
    finally:
        logging.getLogger("django.request").removeHandler(handler)


@pytest.mark.parametrize("address", ["/emergency/open/", "/sign-out/", "/duty/password/"])
def test_the_address_of_a_form_says_so(clerk: Client, address: str) -> None:
    answer = clerk.get(address)
    page = answer.content.decode()
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert all(text in page for text in ("这个地址不能直接打开", "请回到待办", 'href="/"'))


@pytest.mark.parametrize(("typed", "told"), [("长" * 1001, "超过 1000 个字"), ("张\0三", "不能显示的字符")])
def test_what_no_field_holds_is_told(clerk: Client, typed: str, told: str) -> None:
    for answer in (
        clerk.post("/", {"who": typed}),
        clerk.get("/", {"show": typed}),
        clerk.get("/", {typed: ""}),
    ):
        assert answer.status_code == 400
        assert told in answer.content.decode()


def test_what_the_database_has_no_room_for_is_told(clerk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: object) -> None:
        raise DataError("value too long for type character varying(80)")

    monkeypatch.setattr(inbox, "render", broken)
    clerk.raise_request_exception = False
    answer = clerk.get("/")
    assert answer.status_code == 400
    assert "太长" in answer.content.decode()
    assert "varying" not in answer.content.decode()
