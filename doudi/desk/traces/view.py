"""留痕查询: who looked at what, when and why, for the auditor. It names officers, never a citizen."""

from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from doudi.desk.frame.places import PREFECTURE, places
from doudi.desk.traces.why import said
from doudi.office.access import page
from doudi.office.queries import names_given, officer_names, traces
from doudi.office.roles import ROLES, Fields, may_see
from doudi.office.verbs import VERBS
from doudi.registry.overseen import around, traced_as, traced_with

READERS = tuple(role for role in ROLES if may_see(role, Fields.AUDIT))
PAGE, MOST_DIGITS = 50, 18
DAYS = ("from", "to")
EVERY, LISTED = "all", "listed"
"""Every kind, the lines of lists too, of which there is one for each family each time a desk is opened."""
OFFICER = "office_officer:"
NOBODY = "本辖区没有这个户编号，或者这一户没有（或不止一个）叫这个名字的人，请核对。这次查找也已留痕。"


@page("traces", roles=READERS, methods=("GET", "POST"))
def view(request: Any) -> HttpResponse:
    """The latest entries of the scope, filtered by officer, kind and the public id of a record.

    A posted household number, alone or with a member's name, leads to that id: no address tells either.
    """
    if request.method == "POST":
        typed = {name: request.POST.get(name, "")[:40] for name in ("household", "name", *DAYS)}
        found = traced_as(by=request.by, household_no=typed["household"], name=typed["name"])
        if found:
            days = {name: typed[name] for name in DAYS if typed[name]}
            return HttpResponseRedirect(f"{reverse('traces')}?{urlencode({'subject': found, **days})}")
        return render(request, "traces/page.html", {"wrong": NOBODY, "asked": {}, "verbs": VERBS})
    asked = {
        name: request.GET.get(name, "").replace("\0", "").strip()[:40]
        for name in ("officer", "verb", "subject", "before", *DAYS)
    }
    before, verb, subject = asked["before"], asked["verb"], _public_id(asked["subject"])
    if wrong := _wrong(asked):
        return render(request, "traces/page.html", {"wrong": wrong, "asked": asked, "verbs": VERBS})
    rows = traces(
        by=request.by,
        officer=asked["officer"],
        verb="" if verb == EVERY else verb,
        without="" if verb else LISTED,
        subject=f"{subject or ''}" or asked["subject"],
        also=traced_with(by=request.by, subject=subject) if subject else (),
        days=(_day(asked["from"]), _day(asked["to"])),
        before=int(before or 0),
        most=PAGE,
    )
    about = {row.id: _account(row.subject) for row in rows}
    names = _names({one for one in (*about.values(), *(row.officer for row in rows)) if one})
    steps = around(by=request.by, looks=rows)
    where = places((row.region_code for row in rows if row.region_code), without=PREFECTURE)
    told = [
        {
            "one": row,
            "who": names.get(row.officer, "系统" if row.role == "system" else "未登录"),
            "role": ROLES[row.role].label if row.role in ROLES else "",
            "what": VERBS.get(row.verb, row.verb),
            "words": row.detail.get("field") == "assessment",
            "whom": names.get(account, "") if (account := about[row.id]) else "",
            "role_told": ROLES[row.detail["role"]].label if row.detail.get("role") in ROLES else "",
            "until": row.detail.get("until", ""),
            "place": where.get(row.region_code, ""),
            "why": said(row, steps),
        }
        for row in rows
    ]
    after = rows[-1].id if len(rows) == PAGE else 0
    older = urlencode({name: value for name, value in asked.items() if value} | {"before": after})
    context = {"rows": told, "asked": asked, "verbs": VERBS, "older": older if after else ""}
    return render(request, "traces/page.html", context)


def _names(ids: set[UUID]) -> dict[UUID, str]:
    """As each account was appointed; where it bears another name today, that as well."""
    given = names_given(ids)
    return {
        id_: name if given.get(id_, name) == name else f"{given[id_]}（现名：{name}）"
        for id_, name in officer_names(ids).items()
    }


def _wrong(asked: dict[str, str]) -> str:
    """What cannot be asked, in words; nothing is looked up then."""
    verb, before = asked["verb"], asked["before"]
    if verb and verb not in (EVERY, *VERBS):
        return f"没有“{verb}”这一类留痕，请从“做了什么”里选择。"
    if before and not (before.isascii() and before.isdigit() and len(before) <= MOST_DIGITS):
        return "网页地址里的 before 应当是数字，请点“查询”重新查。"
    try:
        first, last = (_day(asked[name]) for name in DAYS)
    except ValueError:
        return "日期请写成 2026-03-01 这样。"
    return "“从”晚于“到”，请核对日期。" if first and last and first > last else ""


def _day(text: str) -> date | None:
    """A day of the form, None for none. Raises ValueError."""
    day = date.fromisoformat(text) if text else None
    if day and not 1900 <= day.year <= 2200:  # at the ends of time there is no midnight
        raise ValueError(text)
    return day


def _account(subject: str) -> UUID | None:
    """Whose account a row is about."""
    try:
        return UUID(subject.removeprefix(OFFICER))
    except ValueError:
        return None


def _public_id(text: str) -> UUID | None:
    """The id, however it is typed; what is none is asked for as it is, and finds nothing."""
    try:
        return UUID(text)
    except ValueError:
        return None
