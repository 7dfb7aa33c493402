"""Lists and household books: uploaded, previewed, corrected in one's own workbook, confirmed, undone."""

from datetime import date
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from doudi.desk.frame.places import places
from doudi.desk.purpose.view import asking_purpose, purpose_of
from doudi.intake import actions, queries, setting_aside
from doudi.office.access import page
from doudi.office.actions import PurposeNeeded, Refused
from doudi.office.attachments import FileRefused, UnknownKind
from doudi.registry.actions import confirm_import, undo_import
from doudi.registry.imports import filed_in
from doudi.registry.preview import changes

IMPORTERS, CONFIRMERS = actions.IMPORTERS, actions.CONFIRMERS
UNDOERS = (*IMPORTERS, "county_approver")
KEEPERS = (*CONFIRMERS, "county_approver")
"""Who sees batches: those who send and confirm them, and who may take one out of the county's register."""
PAGE = 50
MAX_BYTES = 20 * 1024 * 1024
STEPS = (
    ("RECEIVED", "接收"),
    ("STAGED", "读取"),
    ("COMPARED", "核对预览"),
    ("CONFIRMED", "确认"),
    ("APPLIED", "入册"),
)
TONES = {
    "NEW": "green",
    "CHANGED": "blue",
    "UNCHANGED": "grey",
    "DIFFERS": "amber",
    "REFUSED": "red",
    "ELSEWHERE": "amber",
}
WORKING = ("RECEIVED", "STAGED", "CONFIRMED")
UNREAD = ("REFUSED", "SET_ASIDE", "DISCARDED")
"""Of these only the reason is shown."""
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@page("import.list", roles=KEEPERS, methods=("GET", "POST"))
def view(request: Any) -> HttpResponse:
    """The latest batches, and the form that receives a file."""
    refused = ""
    if request.method == "POST":
        try:
            return HttpResponseRedirect(reverse("import", args=[_received(request)]))
        except UnknownKind:
            refused = (
                "不能接收这种文件。请选择 Excel 工作簿（.xlsx）或 CSV 文件，可用 Excel 或 WPS 另存后再传。"
            )
        except (Refused, FileRefused) as problem:
            refused = str(problem)
    titles = dict(queries.list_choices())
    rows = [
        {"one": one, "title": titles.get(one.mapping, one.mapping)} for one in queries.batches(by=request.by)
    ]
    context = {
        "rows": rows,
        "choices": dict(queries.list_choices(request.by)),
        "refused": refused,
        "typed": request.POST,
    }
    context["importer"] = request.by.role in IMPORTERS
    villages = actions.villages(request.by)
    where = places(villages)
    context["villages"] = {code: where[code] for code in villages}
    context["day"] = request.POST.get("on") or f"{date.today()}"
    return render(request, "imports/page.html", context)


def _received(request: Any) -> UUID:
    file = request.FILES.get("file")
    if file is None or file.size > MAX_BYTES:
        raise Refused(f"请选择一个 Excel 或 CSV 文件，不超过 {MAX_BYTES // 1024 // 1024} MB。")
    try:
        on = date.fromisoformat(request.POST.get("on", ""))
    except ValueError:
        raise Refused("请填写名册日期，例如 2026-03-01。") from None
    asked = {name: request.POST.get(name, "") for name in ("mapping", "village")}
    return actions.receive(by=request.by, name=file.name, data=file.read(), on=on, **asked)


@page("import.view", roles=KEEPERS, subject="intake_importbatch")
@asking_purpose
def batch(request: Any, batch: UUID) -> HttpResponse:
    """How far a batch has come; what each row would do, outcome by outcome."""
    found = queries.batch_of(by=request.by, batch=batch)
    counted = [
        {"key": key, "label": label, "count": found.counts.get(key, 0), "tone": TONES[key]}
        for key, label in queries.OUTCOMES.items()
        if key != "ELSEWHERE" or found.counts.get(key)
    ]
    states = [key for key, _ in STEPS]
    at = states.index(found.state) if found.state in states else 0
    outcome = request.GET.get("show") or next((one["key"] for one in counted if one["count"]), "NEW")
    first = int(request.GET["from"]) if request.GET.get("from", "").isdecimal() else 0
    rows, lines = [], {}
    if found.state not in (*UNREAD, "RECEIVED") and outcome in queries.OUTCOMES:
        purpose = purpose_of(request, batch)
        try:
            rows = queries.preview(
                by=request.by, batch=batch, outcome=outcome, purpose=purpose, first=first, most=PAGE
            )
        except PurposeNeeded:
            if request.htmx:  # the page that renews itself must not take the question into its middle
                return HttpResponse(headers={"HX-Refresh": "true"})
            raise
        lines = changes(by=request.by, batch=found, rows=rows, purpose=purpose)
    where = places(row.region_code for row in rows)
    context = {
        "batch": found,
        "title": dict(queries.list_choices()).get(found.mapping, found.mapping),
        "village": places([found.village]).get(found.village) if found.village else "",
        "steps": [
            {"label": label, "done": n < at or found.state == "APPLIED", "now": n == at}
            for n, (_, label) in enumerate(STEPS)
        ],
        "counted": counted,
        "remarks": queries.remarks(by=request.by, batch=batch),
        "outcome": outcome,
        "rows": [
            {"one": row, "place": where[row.region_code], "lines": lines.get(row.id, ())} for row in rows
        ],
        "first": first,
        "after": first + PAGE if len(rows) == PAGE else None,
        "working": found.state in WORKING,
        "unread": found.state in UNREAD,
        "discardable": found.state in setting_aside.DISCARDABLE,
        "confirmer": request.by.role in CONFIRMERS,
        "undoer": request.by.role in UNDOERS,
        "own": found.received_by_id == request.by.officer,
        "takes": found.state == "COMPARED" and (found.counts.get("NEW") or found.counts.get("CHANGED")),
    }
    return render(request, "imports/state.html" if request.htmx else "imports/batch.html", context)


@page("import.returned", roles=KEEPERS, subject="intake_importbatch")
@asking_purpose
def returned(request: Any, batch: UUID) -> HttpResponse:
    """The user's own workbook with red cells and a sheet of problems, for a purpose."""
    name, data = queries.returned_file(by=request.by, batch=batch, purpose=purpose_of(request, batch))
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
    return HttpResponse(data, content_type=EXCEL, headers=headers)


@page("import.confirm", roles=CONFIRMERS, methods=("GET", "POST"), subject="intake_importbatch", again=True)
def confirm(request: Any, batch: UUID) -> HttpResponse:
    """Lets the register take in what a colleague sent, after the one-time code."""
    if request.method == "POST":
        return _done(request, batch, confirm_import)
    return _asked(request, batch)


@page("import.undo", roles=UNDOERS, methods=("GET", "POST"), subject="intake_importbatch", again=True)
def undo(request: Any, batch: UUID) -> HttpResponse:
    """Takes a batch out again, after the one-time code."""
    if request.method == "POST":
        return _done(request, batch, undo_import, "已整批撤销，档案恢复到入册之前。")
    return _asked(request, batch, undo=True)


@page("import.discard", roles=CONFIRMERS, methods=("POST",), subject="intake_importbatch")
def discard(request: Any, batch: UUID) -> HttpResponse:
    """Puts away a batch that shall not, or cannot, be taken in."""
    try:
        return _done(request, batch, setting_aside.discard, "已放弃这份名册，登记册没有任何改动。")
    except Refused as refused:
        messages.error(request, str(refused), "red")
        return HttpResponseRedirect(reverse("import", args=[batch]))


def _asked(request: Any, batch: UUID, *, undo: bool = False) -> HttpResponse:
    found = queries.batch_of(by=request.by, batch=batch)
    title = dict(queries.list_choices()).get(found.mapping, found.mapping)
    own = not undo and found.received_by_id == request.by.officer
    context = {"batch": found, "title": title, "undo": undo, "own": own}
    context["closed"] = queries.closed_leads(by=request.by, batch=batch) if undo else 0
    if not undo and not own and found.state == "COMPARED":
        context["filed"] = filed_in(by=request.by, batch=found)
    return render(request, "imports/sure.html", context)


def _done(request: Any, batch: UUID, verb: Any, said: str = "") -> HttpResponse:
    verb(by=request.by, batch=batch)
    if said:  # what goes on working says itself how far it is; a message above it would grow stale
        messages.success(request, said, "green")
    return HttpResponseRedirect(reverse("import", args=[batch]))
