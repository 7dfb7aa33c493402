"""查人查户: search before view. There is no list of all people, only who fits what was typed."""

import re
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from doudi.desk.frame.places import COUNTY, places
from doudi.desk.purpose.view import (
    FRESH_SECONDS,
    given_purpose,
    keep_purpose,
    purpose_of,
    purpose_refused,
    remember_purpose,
)
from doudi.office.access import page
from doudi.office.actions import Refused
from doudi.office.roles import ROLES, Fields, may_see
from doudi.registry import queries
from doudi.registry.changes import NEW_FAMILY, kinds
from doudi.registry.outside import find_outside

FINDERS = tuple(role for role in ROLES if may_see(role, Fields.IDENTITY))


@page("find", roles=FINDERS, methods=("GET", "POST"), looks=True)
def view(request: Any) -> HttpResponse:
    """People by name, pinyin, ID number or its last four: in one's own place, or why in the county.

    What was typed is never part of an address, which browsers and gateways keep. A name waits in the session
    so that going back shows the list again; a number is answered at once and kept nowhere.
    """
    purpose = request.by.reason
    if request.method == "POST":
        typed, where = request.POST.get("q", "")[:40].strip(), request.POST.get("where", "")
        number = request.POST.get("page", "")
        number = int(number) if re.fullmatch("[0-9]{1,2}", number) else 1
        purpose = purpose or given_purpose(request)
        if not re.search(r"[0-9０-９]", typed) and not purpose_refused(request):
            remember_purpose(request, f"find:{typed}")
            request.session["find"] = [typed, where, number]
            return HttpResponseRedirect(f"{reverse('find')}?shown=1")
    else:
        kept = request.session.get("find") if "shown" in request.GET else None
        typed, where, number = kept or ["", "", 1]
        purpose = purpose_of(request, f"find:{typed}")
    everywhere = where == "county"
    context: dict[str, Any] = {"q": typed, "everywhere": everywhere, "purpose": purpose}
    context["own_is_county"] = len(request.by.region) <= COUNTY
    context["registrar"] = request.by.role in kinds()[NEW_FAMILY]["makers"] and not request.by.reason
    if typed:
        try:
            context |= _found(request, typed, everywhere, purpose, number)
        except Refused as refused:
            context["refused"] = (not purpose and purpose_refused(request)) or str(refused)
    return render(request, "find/page.html", context)


def _found(request: Any, typed: str, everywhere: bool, purpose: str, number: int) -> dict[str, Any]:
    by = request.by
    # A liaison's department has no people of its own in the register: all of them are others'.
    if (everywhere and len(by.region) > COUNTY) or by.role == "liaison":
        if not purpose:
            raise queries.PurposeNeeded(
                "在全县范围查找不属于您辖区的人，请先说明事由（例如：核对是否重复建档）。"
            )
        fresh = request.method == "POST" or purpose_of(request, f"find:{typed}", within=FRESH_SECONDS)
        found = find_outside(by=by, text=typed, purpose=purpose, fresh=bool(fresh))
    else:
        found = queries.find(by=by, text=typed, purpose=purpose, page=number)
    if purpose and not by.reason:
        keep_purpose(
            request,
            purpose,
            [id_ for one in found.people for id_ in (one.household, one.left, one.person) if id_],
        )
    where = places(one.region_code for one in found.people)
    rows = [
        {"found": one, "place": where[one.region_code], "own": by.covers(one.region_code)}
        for one in found.people
    ]
    return {"rows": rows, "found": found, "searched": True}
