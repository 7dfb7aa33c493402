"""A lead: somebody who may need help and should be visited; closed with what was found."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from doudi.desk.family.view import ASSESSORS
from doudi.desk.frame.places import places
from doudi.intake import actions, queries
from doudi.office.access import page
from doudi.office.actions import Refused

OUTCOMES = (
    "已走访，需要帮扶，转申请",
    "已走访，情况属实但不符合条件",
    "已走访，线索不实",
    "联系不上，继续跟进",
)


@page("lead.view", roles=ASSESSORS, methods=("GET", "POST"), subject="intake_lead")
def view(request: Any, lead: UUID) -> HttpResponse:
    """What the lead says, whom it is about, and the form that closes it."""
    if request.method == "POST":
        try:
            actions.close_lead(by=request.by, lead=lead, result=request.POST.get("result", ""))
            messages.success(request, "线索已办结。", "green")
            return HttpResponseRedirect(reverse("inbox"))
        except Refused as refused:
            messages.error(request, str(refused), "red")
    row = queries.lead_of(by=request.by, lead=lead)
    context = {
        "row": row,
        "said": row.said.open() if row.said else "",
        "place": places([row.region_code])[row.region_code],
        "household": household_of(row.subject),
        "outcomes": OUTCOMES,
    }
    return render(request, "lead/page.html", context)


def household_of(subject: str) -> UUID | None:
    """The family a lead is about, when it is about one that is registered."""
    kind, _, key = subject.partition(":")
    return UUID(key) if kind == "registry_household" else None
