"""What went wrong, calmly and without a word about what lies behind it."""

import sys
from collections.abc import Callable
from typing import Any

from django.db import DataError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from doudi.law.errors import LawTextError
from doudi.office.values import said_of_a_slip

LONGEST_FIELD = 1000


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


def unreadable(*, found: str = "有一项填写的内容太长，或者数字、日期超出了范围") -> HttpResponse:
    """400: something typed that no field of ours holds; nothing of it was kept."""
    return _answer(400, "填写的内容不能保存", f"{found}。请返回上一页改正后再提交；这次没有保存任何内容。")


def wrong_method() -> HttpResponse:
    """405: the address of a form that was refreshed, bookmarked or typed."""
    return _answer(
        405,
        "这个地址不能直接打开",
        "它只用来提交表单；刷新页面、点收藏的地址或后退都可能到这里，没有重复提交任何内容。"
        "请回到待办，从页面上的按钮重新操作。",
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


class PlainWords:
    """Middleware: what a browser may send amiss is answered in words, before a page has to think of it.

    Field by field the pages say more; this holds for all fields of all pages, whoever adds one.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        if answer.status_code != 405:
            return answer
        told = wrong_method()
        told.headers["Allow"] = answer.headers.get("Allow", "")
        return told

    def process_view(self, request: HttpRequest, *view: Any) -> HttpResponse | None:
        """Answers 400 for a field with characters no text has, or longer than any field may be."""
        sent = [
            text for form in (request.GET, request.POST) for row in form.lists() for text in (row[0], *row[1])
        ]
        if any(len(text) > LONGEST_FIELD for text in sent):
            return unreadable(found=f"有一项内容超过 {LONGEST_FIELD} 个字，请缩短")
        if any("\0" in text for text in sent):
            return unreadable(found="有一项内容里有不能显示的字符，请重新输入，不要粘贴")
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answers 400 for a value that the database has no room for; nothing is kept of the request.

        503 for a slip in the county's own law values.
        """
        if isinstance(exception, LawTextError):
            return _answer(
                503,
                "暂不能测算",
                f"县里的政策数值文件有误：{said_of_a_slip(exception)}。"
                "请告知系统管理员；文件改好后，刷新本页即可。",
            )
        return unreadable() if isinstance(exception, DataError) else None


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
