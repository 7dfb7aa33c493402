"""一户一档: a family with its assessment, as known on a day; masked fields opened one by one, traced."""

from datetime import date, datetime
from datetime import time as clock
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import make_aware

from doudi.assessment.evaluate import assess
from doudi.assessment.page import page as receipt_page
from doudi.assessment.receipt import receipt, to_show, written
from doudi.assessment.view import view as arranged
from doudi.desk.family.assessed import compared, law_in_use, values_wrong, without_birthdays, yearly
from doudi.desk.family.chain import chain
from doudi.desk.family.paper import paper
from doudi.desk.family.withheld import withheld_from
from doudi.desk.find.view import FINDERS
from doudi.desk.frame.places import places
from doudi.desk.purpose.view import (
    asking_purpose,
    keep_purpose,
    purpose_of,
    purpose_refused,
    remember_purpose,
)
from doudi.kernel.money import MoneyError
from doudi.office.access import page
from doudi.office.actions import PurposeNeeded, Refused
from doudi.office.roles import Fields, may_see
from doudi.office.scope import Scope
from doudi.registry import queries
from doudi.registry.changes import NEW_FAMILY, kinds

FIRST_YEAR, MOST_WAITING = 1950, 3
ASSESSORS = tuple(role for role in FINDERS if may_see(role, Fields.MONEY) and may_see(role, Fields.HEALTH))


@page("family.view", roles=FINDERS, subject="registry_household", looks=True)
@asking_purpose
def view(request: Any, household: UUID) -> HttpResponse:
    """The family page about a day (`about`), as known at the end of a day (`known`); both default to now."""
    about, known, wrong = _days(request)
    family, purpose = _opened(request, household, about, known), purpose_of(request, household)
    if purpose and not request.by.reason:
        keep_purpose(request, purpose, [one.id for one in family.subjects])
    waiting = [one for one in family.requests if one.state == "PROPOSED"]
    place = family.document["household"]["region_code"]  # where it lived on that day
    statuses = withheld_from(request.by.role).listed(family.statuses)
    names: dict[UUID | None, str] = {None: "全户", **{one.id: one.name for one in family.subjects[1:]}}
    context: dict[str, Any] = {
        "family": family,
        "home": family.subjects[0],
        "told": _told(family.subjects[0]),
        "members": [
            {
                "one": one,
                "told": _told(one),
                "yearly": yearly(str(one.id), one.rows.get("incomes", []), about),
            }
            for one in family.subjects[1:]
        ],
        "place": places([place])[place],
        "chain": chain(family, statuses),
        "statuses": [{"one": row, "whom": names.get(row.person_id, "现不在本户的人")} for row in statuses],
        "waiting": [
            {"one": one, "label": kinds()[one.kind]["label"], "asked": timezone.localdate(one.proposed_at)}
            for one in waiting[:MOST_WAITING]
        ],
        "waiting_more": len(waiting[MOST_WAITING:]),
        "about": about,
        "known": known,
        "wrong": wrong,
        "purpose": purpose,
        "money": may_see(request.by.role, Fields.MONEY),
        "assessor": request.by.role in ASSESSORS,
        "changes": [
            (key.lower(), kind["label"])
            for key, kind in kinds().items()
            if request.by.role in kind["makers"] and key != NEW_FAMILY and not request.by.reason
        ],
    }
    if context["assessor"] and family.subjects[1:] and not family.elsewhere:
        made = to_show(assess(family.document, on=about, law=law_in_use()))
        shown = withheld_from(request.by.role).told(made)
        context["law"] = without_birthdays(arranged(shown), family.document)
        context["values_wrong"] = values_wrong()
    return render(request, "family/page.html", context)


@page("reveal", roles=FINDERS, methods=("POST",), subject="registry_person", looks=True)
def reveal(request: Any, subject: UUID, field: str) -> HttpResponse:
    """查看（留痕）: one sealed field of a person or household in full, with its purpose."""
    remember_purpose(request, subject)
    context = {"back": request.POST.get("back", "")}
    try:
        context["value"] = queries.reveal(
            by=request.by, subject=subject, field=field, purpose=purpose_of(request, subject)
        )
    except Refused as refused:
        context["refused"] = purpose_refused(request) or str(refused)
    return render(request, "family/revealed.html" if request.htmx else "family/revealed_page.html", context)


@page("family.doubles", roles=FINDERS, subject="registry_household", looks=True)
@asking_purpose
def doubles(request: Any, household: UUID) -> HttpResponse:
    """Other records that may be the same people: same number, or name, birth date and kin."""
    found = queries.duplicates(by=request.by, household=household, purpose=purpose_of(request, household))
    rows = [{"name": name, "double": double} for name, double in found]
    context = {"found": rows, "family": household}
    return render(request, "family/doubles.html" if request.htmx else "family/doubles_page.html", context)


@page("family.receipt", roles=ASSESSORS, subject="registry_household", looks=True)
@asking_purpose
def receipt_of(request: Any, household: UUID) -> HttpResponse:
    """The receipt to print, or as the JSON file that `doudi recheck` computes again."""
    about, known, _ = _days(request)
    family = _opened(request, household, about, known)
    if not purpose_of(request, household):
        raise PurposeNeeded("测算依据写明每个人的出生日期和收入，打印或下载请先说明事由（例如：交给本人）。")
    back = reverse("family", args=[household]) + (f"?{request.GET.urlencode()}" if request.GET else "")
    if family.elsewhere:  # a receipt over part of a family would be believed
        return HttpResponseRedirect(back)
    assessment, kept_back = (
        assess(family.document, on=about, law=law_in_use()),
        withheld_from(request.by.role),
    )
    made = kept_back.told(to_show(assessment)) if kept_back.sealed else receipt(assessment)
    queries.handed_out(by=request.by, page=family, purpose=purpose_of(request, household))
    name = f'attachment; filename="receipt-{family.household_no}-{about:%Y%m%d}.json"'
    if request.GET.get("as") == "json" and not kept_back.sealed:  # in part it could not be computed again
        headers = {"Content-Disposition": name}
        return HttpResponse(written(made), content_type="application/json", headers=headers)
    return paper(receipt_page(made), back=back)


@page("family.what_if", roles=ASSESSORS, methods=("POST",), subject="registry_household", looks=True)
@asking_purpose
def what_if(request: Any, household: UUID) -> HttpResponse:
    """The answers with other incomes, computed and not kept."""
    family = _opened(request, household, date.today(), None)
    typed = {name: text for name, text in request.POST.items() if name.startswith("income:")}
    person, item = request.POST.get("person", ""), request.POST.get("item", "")
    if request.POST.get("amount", "").strip():
        typed[f"income:{person}:{item}"] = request.POST["amount"]
    context: dict[str, Any] = {"family": household}
    try:
        rows, context["totals"] = compared(family.document, typed, date.today())
        context |= withheld_from(request.by.role).compared(rows)
    except (MoneyError, Refused) as wrong:
        context["refused"] = str(wrong)
    return render(request, "family/what_if.html" if request.htmx else "family/what_if_page.html", context)


def _opened(request: Any, household: UUID, about: date, known: datetime | None) -> queries.FamilyPage:
    """The page, its trace written. For a caller who may not see the family: 404, or the question why."""
    by: Scope = request.by
    whole = by.role in ASSESSORS and not withheld_from(by.role).sealed
    return queries.family_page(
        by=by,
        household=household,
        purpose=purpose_of(request, household),
        about=about,
        known=known,
        told="assessment" if whole else "",
    )


def _told(subject: Any) -> dict[str, Any]:
    return {line.field: line for line in subject.lines}


def _days(request: Any) -> tuple[date, datetime | None, str]:
    """(about, known at the end of that day, what is wrong with them). An unreadable day counts as today."""
    days: dict[str, date | None] = {}
    wrong = ""
    for name in ("about", "known"):
        text = request.GET.get(name, "")
        try:
            days[name] = day = date.fromisoformat(text) if text else None
            if day and not FIRST_YEAR <= day.year <= date.today().year + 1:
                raise ValueError
        except ValueError:
            told = f"应如 2026-03-01，自 {FIRST_YEAR} 年至明年；现按今天显示。"
            days[name], wrong = None, f"日期“{text[:20]}”写法不对或超出范围，{told}"
    known = days["known"]
    if known is None or known >= timezone.localdate():
        return days["about"] or date.today(), None, wrong
    return days["about"] or date.today(), make_aware(datetime.combine(known, clock.max)), wrong
