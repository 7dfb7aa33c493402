"""What went wrong, calmly and without a word about what lies behind it."""

import sys
from collections.abc import Callable
from typing import Any

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: a request no page of ours sends."""
    return _answer(400, "这个请求不完整", "请返回上一页，重新填写后再提交。")


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: the duty the officer is in may not open this page; the exception says so in Chinese."""
    return _answer(
        403,
        "您现在的岗位不能打开这个页面",
        "如果您还有别的岗位，请先换岗；仍需使用的，请联系系统管理员授权。",
    )


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 of the forgery guard: nearly always a page that was left open over a new sign-in."""
    return _answer(
        403,
        "页面已经过期",
        "您可能重新登录过，或页面打开太久。请返回上一页刷新后再提交；填写的内容没有保存。",
    )


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404, the same for what does not exist and for what the officer may not see."""
    return _answer(
        404, "没有找到这一页", "地址可能有误，或者这项内容不在您的办理范围内。请从查人查户重新查找。"
    )


def broken(request: HttpRequest) -> HttpResponse:
    """500 without any query; 503 when it was the database that did not answer (a session not saved)."""
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return database_gone()
    return _answer(
        500,
        "系统出了差错",
        "这不是您的操作问题。没有显示“已保存”的内容请重新提交；再次出现请联系系统管理员，并告知时间。",
    )


class DatabaseGone:
    """Middleware: a database that does not answer is a page that says so, and recovers by itself."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answers 503 for a lost connection; every other error goes on to the error page."""
        return database_gone() if isinstance(exception, OperationalError | InterfaceError) else None


def database_gone() -> HttpResponse:
    """503 with plain words and without any query; the same address works again by itself."""
    answer = _answer(
        503,
        "系统暂时无法使用",
        "数据库没有应答。已经保存的内容不会丢失；正在填写的，请返回上一页先不要关闭。一般几分钟内自动恢复，"
        "届时刷新本页即可。超过 10 分钟没有恢复的，请联系本单位的系统管理员。",
    )
    answer.headers["Retry-After"] = "30"
    return answer


def _answer(status: int, title: str, what_to_do: str) -> HttpResponse:
    context: dict[str, Any] = {"status": status, "title": title, "what_to_do": what_to_do}
    headers = {"Cache-Control": "no-store"}
    return HttpResponse(render_to_string("errors/page.html", context), status=status, headers=headers)
