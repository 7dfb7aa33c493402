"""Why the officer looks: asked where a role needs a purpose, part of every trace, and for one subject only.

A subject is a family, a person, a list, or the words that were searched for. A purpose holds for half an hour
for whom it was given, and for the families and people that were found with it.
"""

import re
import time
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from doudi.desk.sign_in.view import next_address
from doudi.office.access import page
from doudi.office.actions import Refused, refuse_numbers, says_why
from doudi.registry.queries import PurposeNeeded

KEPT_SECONDS, FRESH_SECONDS = 1800, 60
MOST_SUBJECTS = 200
LONGEST = 200
TOO_SHORT = "请写明事由，至少四个汉字，例如：核查监测线索、代办入户调查。"
View = Callable[..., HttpResponse]
_UUID = re.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@page("purpose", methods=("GET", "POST"))
def view(request: Any) -> HttpResponse:
    """Takes the purpose and goes back to where it was asked for."""
    back = next_address(request)
    about = request.POST.get("about") or request.GET.get("about") or next(iter(_UUID.findall(back)), "")
    if request.method == "POST":
        if remember_purpose(request, about):
            return HttpResponseRedirect(back or reverse("find"))
        messages.error(request, purpose_refused(request) or TOO_SHORT, "red")
    return render(request, "purpose/page.html", {"next": back, "about": about})


def given_purpose(request: Any) -> str:
    """The purpose a form brought, if it says something and holds no number; else ''."""
    return "" if purpose_refused(request) else _typed(request)


def purpose_refused(request: Any) -> str:
    """Why the purpose a form brought is not taken; '' if it is, or none was brought."""
    try:
        refuse_numbers(_typed(request), "事由")
    except Refused as refused:
        return str(refused)
    return TOO_SHORT if _typed(request) and not says_why(_typed(request)) else ""


def _typed(request: Any) -> str:
    return str(request.POST.get("purpose", "")).strip()[:LONGEST]


def remember_purpose(request: Any, about: UUID | str) -> bool:
    """Keeps the purpose a form brought for its subject; False for a form without one."""
    if given := given_purpose(request):
        keep_purpose(request, given, [about])
    return bool(given)


def keep_purpose(request: Any, purpose: str, subjects: Iterable[UUID | str]) -> None:
    """Lets a purpose hold for these subjects, too; what it was for before stays as old as it is."""
    now, held = int(time.time()), dict(request.session.get("purposes", {}))
    told = {f"{one}": [purpose, now] for one in subjects if one and held.get(f"{one}", [""])[0] != purpose}
    if told:
        kept = {key: row for key, row in held.items() if now - row[1] < KEPT_SECONDS} | told
        request.session["purposes"] = dict(list(kept.items())[-MOST_SUBJECTS:])


def purpose_of(request: Any, *subjects: UUID | str, within: int = KEPT_SECONDS) -> str:
    """The reason of the open emergency look, else the purpose given of late for one of these subjects."""
    held = request.session.get("purposes", {})
    rows = [held[key] for key in map(str, subjects) if key in held]
    fresh = (str(text) for text, at in rows if time.time() - at < within)
    return str(request.by.reason) or next(fresh, "")


def asking_purpose(view: View) -> View:
    """Below `@page`: when a query needs to know why, the officer is asked and then gets the page."""

    @wraps(view)
    def asked(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except PurposeNeeded as needed:
            back = request.get_full_path() if request.method == "GET" else ""
            about = next((one for one in kwargs.values() if isinstance(one, UUID)), "")
            return render(
                request, "purpose/page.html", {"next": back, "why": str(needed), "about": f"{about}"}
            )

    return asked
