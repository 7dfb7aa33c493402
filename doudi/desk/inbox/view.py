"""办件台: what waits for this officer, soonest first."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from doudi.office.access import page


@page("inbox")
def view(request: Any) -> HttpResponse:
    """待办."""
    return render(request, "inbox/page.html", {"rows": []})


@page("done")
def done(request: Any) -> HttpResponse:
    """已办."""
    return render(request, "inbox/page.html", {"rows": [], "done": True})
