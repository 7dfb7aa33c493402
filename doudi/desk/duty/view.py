"""Which of one's duties to act in, and the emergency look at a wider region of the own county."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from doudi.desk.frame.places import COUNTY, TOWNSHIP, places
from doudi.office.access import page
from doudi.office.actions import (
    Refused,
    change_password,
    choose_duty,
    close_emergency,
    open_emergency,
)
from doudi.office.queries import duties_of, region_choices
from doudi.office.roles import ROLES

LONGEST_REASON = 300
LOOKERS = ("township_clerk", "township_chief", "county_handler")
"""Who may look further in an emergency."""


@page("duty", methods=("GET", "POST"))
def view(request: Any) -> HttpResponse:
    """The officer's duties; choosing one goes on in it."""
    if request.method == "POST":
        try:
            choose_duty(session=request.session, by=request.by, duty=UUID(request.POST.get("duty", "")))
            return HttpResponseRedirect(reverse("inbox"))
        except ValueError:
            messages.error(request, "请先选择一个岗位。", "red")
        except Refused as refused:
            messages.error(request, str(refused), "red")
    duties = [
        {
            "id": grant.id,
            "label": ROLES[grant.role].label,
            "region": grant.region.full_name,
            "department": grant.department.name,
            "until": grant.until_day,
            "here": str(grant.id) == request.session["duty"],
        }
        for grant in duties_of(request.by.officer)
    ]
    wider = _wider(request.by.region) if request.by.role in LOOKERS else {}
    return render(request, "duty/page.html", {"duties": duties, "wider": wider})


def _wider(region: str) -> dict[str, str]:
    county = region[:COUNTY]
    return {county: "全县"} | places(region_choices(county, digits=TOWNSHIP))


@page("duty.password", methods=("POST",))
def password(request: Any) -> HttpResponse:
    """A new password; every open session of the officer ends."""
    old, new = request.POST.get("old", ""), request.POST.get("new", "")
    try:
        if new != request.POST.get("repeat", ""):
            raise Refused("两次输入的新口令不一致。")
        change_password(by=request.by, old=old, new=new)
    except Refused as refused:
        messages.error(request, str(refused), "red")
        return HttpResponseRedirect(reverse("duty"))
    return HttpResponseRedirect(reverse("sign_in"))


@page("emergency.open", roles=LOOKERS, methods=("POST",))
def emergency(request: Any) -> HttpResponse:
    """Opens the emergency look for an hour, with its reason."""
    region, reason = (request.POST.get(name, "").strip() for name in ("region", "reason"))
    try:
        if len(reason) > LONGEST_REASON:
            raise Refused(f"紧急查看的理由最多 {LONGEST_REASON} 个字，现为 {len(reason)} 个字，请缩短。")
        county = request.by.region[:COUNTY]
        if region[:COUNTY] == county and region not in _wider(county):
            raise Refused("请从列表里选择要紧急查看的地区。")
        open_emergency(session=request.session, by=request.by, region=region, reason=reason)
    except Refused as refused:
        messages.error(request, str(refused), "red")
        return HttpResponseRedirect(reverse("duty"))
    return HttpResponseRedirect(reverse("find"))


@page("emergency.close", methods=("POST",))
def emergency_end(request: Any) -> HttpResponse:
    """Ends the emergency look before its time."""
    close_emergency(session=request.session, by=request.by)
    return HttpResponseRedirect(reverse("inbox"))
