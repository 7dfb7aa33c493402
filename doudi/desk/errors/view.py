"""What went wrong, calmly and without a word about what lies behind it."""

import sys
from typing import Any

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from doudi.office.access import database_gone


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


def _answer(status: int, title: str, what_to_do: str) -> HttpResponse:
    context: dict[str, Any] = {"status": status, "title": title, "what_to_do": what_to_do}
    return HttpResponse(render_to_string("errors/page.html", context), status=status)
