"""When something goes wrong."""

from collections.abc import Callable

import pytest
from django.db import OperationalError
from django.test import Client

from doudi.desk.inbox import view as inbox


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
