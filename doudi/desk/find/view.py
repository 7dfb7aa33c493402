"""查人查户: search before view. There is no list of all people, only who fits what was typed."""

import re
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from doudi.desk.frame.places import COUNTY, places
from doudi.desk.purpose.view import purpose_of, remember_purpose
from doudi.office.access import page
from doudi.office.actions import Refused, looking_outside
from doudi.office.roles import ROLES, Fields, may_see
from doudi.registry import queries
from doudi.registry.changes import NEW_FAMILY, kinds

FINDERS = tuple(role for role in ROLES if may_see(role, Fields.IDENTITY))


@page("find", roles=FINDERS, methods=("GET", "POST"), looks=True)
def view(request: Any) -> HttpResponse:
    """People by name, initials, ID number or its last four: in one's own place, or why in the county.

    What was typed is never part of an address, which browsers and gateways keep. A name waits in the session
    so that going back shows the list again; a number is answered at once and kept nowhere.
    """
    if request.method == "POST":
        remember_purpose(request)
        typed, where = request.POST.get("q", "")[:40].strip(), request.POST.get("where", "")
        if not re.search(r"[0-9０-９]", typed):
            request.session["find"] = [typed, where]
            return HttpResponseRedirect(f"{reverse('find')}?shown=1")
    else:
        typed, where = request.session.get("find", ["", ""]) if "shown" in request.GET else ["", ""]
    everywhere, purpose = where == "county", purpose_of(request)
    context: dict[str, Any] = {"q": typed, "everywhere": everywhere, "purpose": purpose}
    context["own_is_county"] = len(request.by.region) <= COUNTY
    context["registrar"] = request.by.role in kinds()[NEW_FAMILY]["makers"] and not request.by.reason
    if typed:
        try:
            context |= _found(request, typed, everywhere)
        except Refused as refused:
            context["refused"] = str(refused)
    return render(request, "find/page.html", context)


def _found(request: Any, typed: str, everywhere: bool) -> dict[str, Any]:
    by, purpose = request.by, purpose_of(request)
    if everywhere and len(by.region) > COUNTY:
        if not purpose:
            raise queries.PurposeNeeded(
                "在全县范围查找不属于您辖区的人，请先说明事由（例如：核对是否重复建档）。"
            )
        with looking_outside(by=by, region=by.region[:COUNTY], purpose=purpose) as wider:
            found = queries.find(by=wider, text=typed, purpose=purpose)
    else:
        found = queries.find(by=by, text=typed, purpose=purpose)
    where = places(one.region_code for one in found.people)
    rows = [
        {"found": one, "place": where[one.region_code], "own": by.covers(one.region_code)}
        for one in found.people
    ]
    return {"rows": rows, "more": found.more, "searched": True}
