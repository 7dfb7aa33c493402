"""查人查户: search before view. There is no list of all people, only who fits what was typed."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from doudi.desk.frame.places import places
from doudi.desk.purpose.view import asking_purpose, purpose_of
from doudi.office.access import page
from doudi.office.actions import Refused, looking_outside
from doudi.office.roles import ROLES, Fields, may_see
from doudi.registry import queries

FINDERS = tuple(role for role in ROLES if may_see(role, Fields.IDENTITY))


@page("find", roles=FINDERS)
@asking_purpose
def view(request: Any) -> HttpResponse:
    """People by name, initials, ID number or its last four: in one's own place, or why in the county."""
    typed, everywhere = request.GET.get("q", "")[:40], request.GET.get("where") == "county"
    context: dict[str, Any] = {"q": typed, "everywhere": everywhere, "purpose": purpose_of(request)}
    context["own_is_county"] = len(request.by.region) <= 6
    if typed.strip():
        try:
            context |= _found(request, typed, everywhere)
        except queries.PurposeNeeded:
            raise
        except Refused as refused:
            context["refused"] = str(refused)
    return render(request, "find/page.html", context)


def _found(request: Any, typed: str, everywhere: bool) -> dict[str, Any]:
    by, purpose = request.by, purpose_of(request)
    if everywhere and len(by.region) > 6:
        if not purpose:
            raise queries.PurposeNeeded(
                "在全县范围查找不属于您辖区的人，请先说明事由（例如：核对是否重复建档）。"
            )
        with looking_outside(by=by, region=by.region[:6], purpose=purpose) as wider:
            found = queries.find(by=wider, text=typed, purpose=purpose)
    else:
        found = queries.find(by=by, text=typed, purpose=purpose)
    where = places(one.region_code for one in found.people)
    rows = [
        {"found": one, "place": where[one.region_code], "own": by.covers(one.region_code)}
        for one in found.people
    ]
    return {"rows": rows, "more": found.more, "searched": True}
