"""人员与岗位, the administrator's page: who works here as what, until when; each act with reason and code."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from doudi.desk.frame.places import COUNTY, PREFECTURE, TOWNSHIP, places
from doudi.office import appointments
from doudi.office.access import page
from doudi.office.actions import Refused
from doudi.office.appointments import Post
from doudi.office.queries import STATES, colleague, colleagues, region_choices
from doudi.office.roles import DEPARTMENTS, ROLES

KEEPERS = ("administrator",)
PAGE = 50
VILLAGE = 12
TONES = {
    "in_use": "green",
    "unbound": "blue",
    "unchecked": "amber",
    "locked": "red",
    "idle": "grey",
    "suspended": "amber",
}
SEVERAL = {key: role.departments for key, role in ROLES.items() if len(role.departments) > 1}
"""Roles that stand in more than one kind of department: the form asks which."""


@page("officers", roles=KEEPERS)
def view(request: Any) -> HttpResponse:
    """Accounts of the place, found by name, role and state."""
    asked = {name: request.GET.get(name, "").strip()[:40] for name in ("text", "role", "state", "from")}
    first = int(asked["from"]) if asked["from"].isascii() and asked["from"].isdigit() else 0
    found = colleagues(
        by=request.by,
        text=asked["text"],
        role=asked["role"] if asked["role"] in ROLES else "",
        state=asked["state"] if asked["state"] in STATES else "",
        skip=first,
        most=PAGE + 1,
    )
    context = {
        "rows": [_told(one) for one in found[:PAGE]],
        "asked": asked,
        "roles": {key: role.label for key, role in ROLES.items()},
        "states": STATES,
        "after": first + PAGE if len(found) > PAGE else 0,
    }
    return render(request, "officers/page.html", context)


@page("officers.new", roles=KEEPERS, methods=("GET", "POST"), again=True)
def new(request: Any) -> HttpResponse:
    """Appoints somebody; the answer shows the start password, and nothing will show it again."""
    if request.method == "POST":
        typed = {name: request.POST.get(name, "") for name in ("sign_in_name", "name", "reason")}
        officer, start = appointments.appoint_officer(by=request.by, post=_post(request), **typed)
        return _start(request, officer.id, start)
    return render(request, "officers/new.html", _choices(request))


@page("officers.one", roles=KEEPERS, methods=("GET", "POST"), subject="office_officer", again=True)
def one(request: Any, officer: UUID) -> HttpResponse:
    """One account: its roles and its state, and what may be done about them."""
    found = colleague(by=request.by, officer=officer)
    if request.method == "POST":
        act = ACTS.get(request.POST.get("act", ""))
        if act is None:
            raise Refused("请从页面上的按钮办理。")
        start = act(request, officer)
        if isinstance(start, str):
            return _start(request, officer, start, again=True)
        messages.success(request, "已办理，并且留痕。", "green")
        return HttpResponseRedirect(reverse("officer", args=[officer]))
    mine, today = officer == request.by.officer, f"{timezone.localdate()}"
    above = mine or appointments.kept_above(request.by, found.roles)
    context = {"row": _told(found), "mine": mine, "above": above, "today": today} | _choices(request)
    context["late"] = found.one.starts_too_late(timezone.now())
    return render(request, "officers/one.html", context)


def _start(request: Any, officer: UUID, start: str, *, again: bool = False) -> HttpResponse:
    """The start password, how long it is good, and who then checks the binding."""
    found = colleague(by=request.by, officer=officer)
    above = appointments.kept_above(request.by, found.roles)
    told = {"one": found.one, "start": start, "again": again, "above": above}
    return render(request, "officers/start.html", told)


def _told(found: Any) -> dict[str, Any]:
    where = places((role.region_id for role in found.roles), without=PREFECTURE)
    today = timezone.localdate()
    return {
        "one": found.one,
        "state": STATES[found.state],
        "key": found.state,
        "tone": TONES[found.state],
        "seen": found.last_signed_in,
        "roles": [
            {"one": role, "place": where[role.region_id], "later": role.from_day > today}
            for role in found.roles
        ],
    }


def _choices(request: Any) -> dict[str, Any]:
    """What the form of a role offers: roles, places from the own one down, departments to choose from."""
    region = request.by.region
    digits = (COUNTY, TOWNSHIP, VILLAGE) if len(region) >= COUNTY else (PREFECTURE, COUNTY)
    codes = [code for level in digits for code in region_choices(region, digits=level)]
    named = places(codes, without=PREFECTURE if len(region) < COUNTY else COUNTY)
    several = sorted({kind for kinds in SEVERAL.values() for kind in kinds}, key=list(DEPARTMENTS).index)
    return {
        "roles": {key: role.label for key, role in ROLES.items()},
        "places": {code: named[code] for code in sorted(codes)},
        "kinds": {kind: DEPARTMENTS[kind] for kind in several},
        "from_day": request.POST.get("from_day") or f"{timezone.localdate()}",
    }


def _post(request: Any) -> Post:
    """The role a form asks for. Raises Refused."""
    typed = {name: request.POST.get(name, "") for name in ("role", "region", "kind")}
    from_day = _day(request, "from_day", "开始日期") or timezone.localdate()
    return Post(**typed, from_day=from_day, until_day=_day(request, "until_day", "结束日期"))


def _day(request: Any, name: str, label: str) -> date | None:
    typed = request.POST.get(name, "").strip()
    try:
        return date.fromisoformat(typed) if typed else None
    except ValueError:
        raise Refused(f"“{label}”请写成 2026-03-01 这样的日期。") from None


def _reason(request: Any) -> str:
    return str(request.POST.get("reason", "")).strip()


def _grant(request: Any, officer: UUID) -> None:
    appointments.grant_role(by=request.by, officer=officer, post=_post(request), reason=_reason(request))


def _end(request: Any, officer: UUID) -> None:
    try:
        grant = UUID(request.POST.get("grant", ""))
    except ValueError:
        raise Refused("请从页面上的按钮办理。") from None
    until = _day(request, "until_day", "结束日期") or timezone.localdate()
    appointments.end_grant(
        by=request.by, officer=officer, grant=grant, until_day=until, reason=_reason(request)
    )


def _suspend(request: Any, officer: UUID) -> None:
    appointments.suspend_officer(by=request.by, officer=officer, reason=_reason(request))


def _reinstate(request: Any, officer: UUID) -> None:
    appointments.suspend_officer(by=request.by, officer=officer, reason=_reason(request), suspended=False)


def _unlock(request: Any, officer: UUID) -> None:
    appointments.unlock_officer(by=request.by, officer=officer, reason=_reason(request))


def _check(request: Any, officer: UUID) -> None:
    number = request.POST.get("number", "")
    appointments.check_binding(by=request.by, officer=officer, number=number, reason=_reason(request))


def _reset(request: Any, officer: UUID) -> str:
    return appointments.reset_sign_in(by=request.by, officer=officer, reason=_reason(request))


ACTS: dict[str, Callable[[Any, UUID], str | None]] = {
    "grant": _grant,
    "end": _end,
    "suspend": _suspend,
    "reinstate": _reinstate,
    "unlock": _unlock,
    "reset": _reset,
    "check": _check,
}
"""What a form of the page asks for; one that returns text has a start password to show."""
