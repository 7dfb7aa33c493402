"""Sign in: name and password, then the one-time code; and out again."""

import re
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import segno
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from doudi.office.access import IDLE_SECONDS, origin_of, page
from doudi.office.actions import (
    REFUSED_TEXT,
    Refused,
    Step,
    begin_totp,
    sign_in,
    sign_out,
    verify_totp,
)
from doudi.office.guessing import minutes_to_wait
from doudi.office.queries import scope_of_session

NO_DUTY = "您的账号目前没有在任岗位，请联系本单位的系统管理员授权。"


@page("sign_in", public=True, methods=("GET", "POST"))
def view(request: HttpRequest) -> HttpResponse:
    """First step: name and password."""
    context = {"next": next_address(request)}
    if request.GET.get("idle"):
        context["notice"] = (
            f"超过 {IDLE_SECONDS // 60} 分钟没有操作，已自动退出，请重新登录。"
            "填到一半的事项表和新户登记已暂存一天，登录后可以接着填；其他没有提交的内容不保存。"
        )
    if request.method == "POST":
        name = request.POST.get("name", "")
        step = sign_in(
            session=request.session,
            name=name,
            password=request.POST.get("password", ""),
            origin=origin_of(request),
        )
        if step not in (Step.REFUSED, Step.WAIT):
            return HttpResponseRedirect(_with_next("sign_in_code", context["next"]))
        context = {"next": context["next"], "refused": _why(request, step), "name": name}
    return render(request, "sign_in/page.html", context)


@page("sign_in.code", public=True, methods=("GET", "POST"))
def code(request: HttpRequest) -> HttpResponse:
    """Second step: the one-time code; the first time with the QR code that binds the phone."""
    if "pending" not in request.session:
        return HttpResponseRedirect(reverse("sign_in"))
    context: dict[str, Any] = {"next": next_address(request)}
    if request.method == "POST":
        try:
            step = _second_step(request)
            if step is Step.CHECK:
                return render(request, "sign_in/check.html", {"number": request.session.pop("check")})
            if step is Step.DONE:
                return HttpResponseRedirect(context["next"] or reverse("inbox"))
            context["refused"] = _why(request, step)
        except Refused as refused:
            context["refused"] = str(refused)
    address = begin_totp(session=request.session)
    if "pending" not in request.session and "refused" not in context:
        return HttpResponseRedirect(reverse("sign_in"))  # too long ago, or the account was changed meanwhile
    if address:
        context |= {
            "enrol": True,
            # Inline SVG would need no image, but the page's own policy allows only data: images.
            "qr": segno.make(address, error="m").svg_data_uri(scale=6, border=2),
            "secret": parse_qs(urlsplit(address).query)["secret"][0],
        }
    return render(request, "sign_in/code.html", context)


def _second_step(request: HttpRequest) -> Step:
    """Step two; the first time with one's own password in place of the start password. Raises Refused."""
    password = request.POST.get("new", "")
    if password != request.POST.get("repeat", ""):
        raise Refused("两次输入的新口令不一致。")
    return verify_totp(
        session=request.session, code=_digits(request), origin=origin_of(request), password=password
    )


@page("sign_out", public=True, methods=("POST",))
def out(request: HttpRequest) -> HttpResponse:
    """Ends the session."""
    sign_out(session=request.session, by=scope_of_session(request.session, origin_of(request)))
    return HttpResponseRedirect(settings.OFFICE_SIGN_IN_URL)


def _why(request: HttpRequest, step: Step) -> str:
    """Why nobody was let in. The account's own lock is told in the same words as a wrong password."""
    if step is Step.NO_DUTY:
        return NO_DUTY
    if step is Step.WAIT:
        minutes = minutes_to_wait(origin_of(request))
        return f"这个网络地址输错次数过多，请 {minutes} 分钟后再试。急用的，请联系本单位的系统管理员。"
    return REFUSED_TEXT


def _digits(request: HttpRequest) -> str:
    return re.sub(r"\s", "", request.POST.get("code", ""))


def next_address(request: HttpRequest) -> str:
    """Where to go afterwards: a page of this site or nothing; an open redirect lends our name to a forger."""
    address = request.GET.get("next", "")
    allowed = url_has_allowed_host_and_scheme(
        address, {request.get_host()}, require_https=request.is_secure()
    )
    return address if allowed else ""


def _with_next(name: str, address: str) -> str:
    return reverse(name) + (f"?{urlencode({'next': address})}" if address else "")
