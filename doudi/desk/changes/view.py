"""Changes of a family: proposed by one officer, shown as what they will do, decided by another."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from doudi.desk.changes import unfinished
from doudi.desk.changes.forms import ChangeForm, parts
from doudi.desk.family.chain import STATES
from doudi.desk.frame.places import places
from doudi.desk.new_family.view import known_rows
from doudi.desk.purpose.view import asking_purpose, purpose_of
from doudi.kernel.resident_id import IdError, ResidentId
from doudi.office.access import page
from doudi.office.actions import Refused
from doudi.office.queries import region_choices
from doudi.office.scope import Scope
from doudi.registry import actions, differences, kin, queries, returning, worklist
from doudi.registry.changes import NEW_FAMILY, kinds
from doudi.registry.facts import UnknownFact, catalogue
from doudi.registry.plausible import remarks

MAKERS = tuple(sorted({role for kind in kinds().values() for role in kind["makers"]}))
DECIDERS = tuple(sorted({role for kind in kinds().values() for role in kind["deciders"]}))


@page("change.propose", roles=MAKERS, methods=("GET", "POST"), subject="registry_household")
@asking_purpose
def propose(request: Any, household: UUID, kind: str) -> HttpResponse:
    """The form of one kind of change; what cannot be done is said before anything is kept."""
    kind = kind.upper()
    if kind not in kinds() or kind == NEW_FAMILY or request.by.role not in kinds()[kind]["makers"]:
        raise Http404
    if answer := unfinished.answered(request, kind=kind, household=household):
        return answer
    family = queries.family_page(by=request.by, household=household, purpose=purpose_of(request, household))
    kept, refused = unfinished.opened(request, kind=kind, household=household), ""
    form = _form(request, kind, family, kept.typed)
    if request.method == "POST" and "look" not in request.POST:
        try:
            made = actions.propose(
                by=request.by,
                kind=kind,
                household=household,
                day=_day(form),
                payload=_payload(request.by, form),
                reason=form.reason.read(),
            )
            unfinished.sent(request)
            messages.success(request, "已提交，由另一位同志审批。", "green")
            return HttpResponseRedirect(reverse("change", args=[made]))
        except actions.AlreadyAsked as same:  # a double click leads to the first
            unfinished.sent(request)
            messages.warning(request, str(same), "amber")
            return HttpResponseRedirect(reverse("change", args=[same.request]))
        except (Refused, UnknownFact) as problem:
            refused = str(problem)
            unfinished.keep(request, kept.id, kind=kind, household=household)
    kept.rows = unfinished.named(kept.rows, {f"{one.id}": one.name for one in family.subjects})
    context = {"form": form, "refused": refused, "kind": kinds()[kind], "told": parts(kind), "family": family}
    context["unfinished"] = kept
    return render(request, "changes/propose.html", context | {"about": request.GET.get("about", "")})


def _form(request: Any, kind: str, family: queries.FamilyPage, typed: dict[str, str]) -> ChangeForm:
    posted = dict(typed) or {"end": request.GET.get("end", "")}
    others: tuple[queries.Subject, ...] = ()
    about = next((one for one in family.subjects if str(one.id) == request.GET.get("about")), None)
    if kind == "MERGE" and (number := posted.get("other")):
        found, wrong = _numbered(request.by, number, kind)
        if found and found[0].household:
            why = purpose_of(request, family.household, found[0].household)
            other = queries.family_page(by=request.by, household=found[0].household, purpose=why)
            others, posted["other_household"] = tuple(other.subjects[1:]), str(other.household)
        else:
            messages.error(request, wrong or "本辖区没有找到这个身份证号所在的家庭，请核对。", "amber")
    villages = region_choices(request.by.region, digits=12) if "to" in parts(kind).get("more", ()) else {}
    return ChangeForm(
        kind,
        family.subjects,
        posted,
        role=request.by.role,
        about=about,
        others=others,
        places=places(villages),
        standing={
            f"{row.id}": f"终止：{kin.in_words(row)}（成员{row.person.name}）"
            for row in (family.obligors if kind == "OBLIGOR" else family.near_relatives)
        },
        former=_former(request, kind, family.household),
    )


def _former(request: Any, kind: str, household: UUID) -> list[returning.Former]:
    if not parts(kind).get("former"):
        return []
    return returning.listed(by=request.by, household=household, purpose=purpose_of(request, household))


def _numbered(by: Scope, number: str, kind: str) -> tuple[list[queries.Found], str]:
    """(who has this ID number, what is wrong with the number)."""
    try:
        ResidentId.parse(number)
    except IdError as wrong:
        return [], f"“另一户任意一名成员的身份证号”：{wrong}"
    return queries.find(by=by, text=number, purpose=kinds()[kind]["label"]).people, ""


def _day(form: ChangeForm) -> date:
    ymd = form.day.read()
    return date(ymd // 10000, ymd // 100 % 100, ymd % 100)


def _payload(by: Scope, form: ChangeForm) -> dict[str, Any]:
    """The payload; a newcomer whose number is registered in sight moves, instead of being written twice."""
    payload = form.payload()
    number = payload.get("member", {}).get("id_no")
    if number and form.kind != "BIRTH":
        found = queries.find(by=by, text=number, purpose=kinds()[form.kind]["label"]).people
        if found:
            return {"person": str(found[0].person), "relation": payload["member"]["relation"]}
    return payload


@page("change.view", roles=tuple({*MAKERS, *DECIDERS}), subject="registry_changerequest")
def view(request: Any, change: UUID) -> HttpResponse:
    """One request and what it will do."""
    return _shown(request, change, deciding=False)


@page("change.decide", roles=DECIDERS, methods=("GET", "POST"), subject="registry_changerequest", again=True)
def decide(request: Any, change: UUID) -> HttpResponse:
    """Approve or reject, with a one-time code; what is refused is this page again, as it was filled in."""
    if request.method == "POST":
        approve, answer = request.POST.get("verdict") == "approve", request.POST.get("answer", "")
        try:
            actions.decide(by=request.by, request=change, approve=approve, answer=answer)
        except UnknownFact as problem:
            raise Refused(str(problem)) from None
        messages.success(request, "已审批并更新档案。" if approve else "已退回给提出人。", "green")
        return HttpResponseRedirect(reverse("change", args=[change]))
    return _shown(request, change, deciding=True)


@page("change.withdraw", roles=MAKERS, methods=("POST",), subject="registry_changerequest")
def withdraw(request: Any, change: UUID) -> HttpResponse:
    """Takes back one's own request."""
    try:
        actions.withdraw(by=request.by, request=change)
        messages.success(request, "已撤回。", "green")
    except Refused as refused:
        messages.error(request, str(refused), "red")
    return HttpResponseRedirect(reverse("change", args=[change]))


def _shown(request: Any, change: UUID, *, deciding: bool) -> HttpResponse:
    row, by = worklist.request_shown(by=request.by, request=change), request.by
    label = kinds()[row.kind]["label"]
    names = worklist.heads(by=by, households=filter(None, [row.household_id]), purpose=f"办理{label}")
    filed = worklist.filed(by=by, request=row)
    apart = kin.stands_apart(by.name, [one.official for one in filed])
    decides = by.role in kinds()[row.kind]["deciders"] and row.proposed_by_id != by.officer and not apart
    state, tone = STATES[row.state]
    context: dict[str, Any] = {
        "row": row,
        "label": label,
        "family": names.get(row.household_id, ""),
        "place": places([row.region_code])[row.region_code],
        "state": state,
        "tone": tone,
        "reason": row.reason.open(),
        "deciding": deciding and decides,
        "decides": decides,
        "mine": row.proposed_by_id == by.officer,
        "filed": [(one.person.name, kin.in_words(one)) for one in filed],
        "apart": apart,
        "remarks": remarks(row) if row.state == "PROPOSED" else [],
    }
    if row.state == "PROPOSED":
        context["rows"] = known_rows(queries.namesakes_of(by=by, request=row))
        context["remarks"] += [
            f"{name}：本县别的地方有同名、同一年出生、已登记死亡的人，请先报县级核对是不是同一个人。"
            for name in queries.dead_elsewhere(by=by, request=row)
        ]
        try:
            lines = _in_words(differences.difference(by=by, request=change))
            context["lines"] = list(_unnumbered(lines) if row.kind == "BIRTH" else lines)
        except Refused as refused:
            context["refused"] = str(refused)
    return render(request, "changes/page.html", context)


def _unnumbered(lines: Iterator[differences.Difference]) -> Iterator[differences.Difference]:
    """The lines of a birth, whose day is told: beside it no digit of the number."""
    label = catalogue()["id_no"].label
    for line in lines:
        yield replace(line, after="已填写（遮盖）") if line.label == label and line.after else line


def _in_words(lines: list[differences.Difference]) -> Iterator[differences.Difference]:
    """The lines with region codes as the places they are."""
    label = catalogue()["region_code"].label
    codes = {code for line in lines if line.label == label for code in (line.before, line.after) if code}
    where = {"": ""} | places(codes)
    for line in lines:
        same = line.label != label
        yield (
            line if same else replace(line, label="地区", before=where[line.before], after=where[line.after])
        )
