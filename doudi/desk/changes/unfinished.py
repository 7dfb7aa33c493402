"""What was typed into a form and not sent: kept while it is open, offered when the form is opened again."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.utils import timezone

from doudi.office.actions import Refused
from doudi.office.fields import new_id
from doudi.office.scope import OutsideScope
from doudi.registry import drafts

AUTOMATIC, BY_HAND = "auto", "1"
_OWN = frozenset(("csrfmiddlewaretoken", "keep", "draft", "look"))


@dataclass
class Unfinished:
    """One opened form: under which id it is kept, what it is filled with, what else waits of its kind."""

    id: UUID
    typed: dict[str, str] = field(default_factory=dict)
    since: datetime | None = None
    rows: list[Any] = field(default_factory=list)


def answered(request: Any, *, kind: str, household: UUID | None = None) -> HttpResponse | None:
    """The answer to a form that is to be kept or put away; None for one that is looked at or sent.

    Raises Http404, OutsideScope.
    """
    if dropped := request.POST.get("drop"):
        drafts.drop(by=request.by, id=_id(dropped))
        messages.success(request, "未提交的填写已丢弃。", "green")
        return HttpResponseRedirect(_address(request))
    if "keep" not in request.POST:
        return None
    id_ = _id(request.POST.get("draft", ""))
    kept, told = keep(request, id_, kind=kind, household=household)
    if request.POST["keep"] == AUTOMATIC:
        return HttpResponse(told, status=200 if kept else 409, content_type="text/plain; charset=utf-8")
    messages.info(request, told, "green" if kept else "amber")
    return HttpResponseRedirect(_address(request, **({"draft": f"{id_}"} if kept else {})))


def keep(request: Any, id_: UUID, *, kind: str, household: UUID | None = None) -> tuple[bool, str]:
    """(whether the form that came is kept, that in words). Raises Http404, OutsideScope."""
    typed = {name: text for name, text in request.POST.items() if name not in _OWN}
    about = _id(text) if (text := request.GET.get("about")) else None
    try:
        until = drafts.keep(
            by=request.by, id=id_, kind=kind, typed=typed, household=household, about=about
        )  # fmt: skip
    except Refused as refused:
        return False, str(refused)
    return True, f"已暂存，还没有提交；{timezone.localtime(until):%m-%d %H:%M} 以前可以接着填。"


def opened(request: Any, *, kind: str, household: UUID | None = None) -> Unfinished:
    """The form as it was sent, as it was kept, or empty, also for what is gone. Raises Http404."""
    if request.method == "POST":
        return Unfinished(_id(request.POST.get("draft") or f"{new_id()}"), request.POST.dict())
    rows = drafts.waiting(by=request.by, household=household, kind=kind)
    if asked := request.GET.get("draft"):
        try:
            typed, since = drafts.opened(by=request.by, id=_id(asked))
        except OutsideScope:  # the browser's way back after 提交; another's is not told apart
            messages.info(request, "这份填写已经提交或已经删除。", "amber")
            return Unfinished(new_id(), rows=rows)
        return Unfinished(_id(asked), typed, since, [row for row in rows if row.id != _id(asked)])
    return Unfinished(new_id(), rows=rows)


def sent(request: Any) -> None:
    """What was kept of a form is no longer needed."""
    if kept := request.POST.get("draft"):
        drafts.drop(by=request.by, id=_id(kept), sent=True)


def named(rows: list[Any], names: Mapping[str, str]) -> list[dict[str, Any]]:
    """For the page: whom each is about, and where it goes on."""
    return [
        {
            "one": row,
            "whom": names.get(f"{row.about}", ""),
            "until": drafts.until(row),
            "query": query_of(row),
        }
        for row in rows
    ]


def query_of(row: Any) -> str:
    """The query with which the form of one goes on."""
    return urlencode({**({"about": row.about} if row.about else {}), "draft": row.id})


def _address(request: Any, **more: str) -> str:
    kept = {name: request.GET[name] for name in ("about", "end") if name in request.GET}
    return f"{request.path}?{urlencode(kept | more)}".rstrip("?")


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None
