"""Why the officer looks: asked where a role needs a purpose, kept for half an hour, part of every trace."""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from doudi.desk.sign_in.view import next_address
from doudi.office.access import page
from doudi.registry.queries import SHORTEST_PURPOSE, PurposeNeeded

KEPT_SECONDS = 1800
LONGEST = 200
View = Callable[..., HttpResponse]


@page("purpose", methods=("GET", "POST"))
def view(request: Any) -> HttpResponse:
    """Takes the purpose and goes back to where it was asked for."""
    if request.method == "POST" and remember_purpose(request):
        return HttpResponseRedirect(next_address(request) or reverse("find"))
    if request.method == "POST":
        messages.error(request, "请写明事由，至少两个字。", "red")
    return render(request, "purpose/page.html", {"next": next_address(request)})


def remember_purpose(request: Any) -> bool:
    """Keeps the purpose a form brought, if it says something; a form without one changes nothing."""
    given = request.POST.get("purpose", "").strip()[:LONGEST]
    if len(given) < SHORTEST_PURPOSE:
        return False
    request.session["purpose"], request.session["purpose_at"] = given, int(time.time())
    return True


def purpose_of(request: Any) -> str:
    """The purpose given in the last half hour, else that of the open emergency look, else ''."""
    fresh = time.time() - request.session.get("purpose_at", 0) < KEPT_SECONDS
    return str(request.session.get("purpose", "")) if fresh else str(request.by.reason)


def asking_purpose(view: View) -> View:
    """Below `@page`: when a query needs to know why, the officer is asked and then gets the page."""

    @wraps(view)
    def asked(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except PurposeNeeded as needed:
            back = request.get_full_path() if request.method == "GET" else ""
            return render(request, "purpose/page.html", {"next": back, "why": str(needed)})

    return asked
