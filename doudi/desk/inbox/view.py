"""办件台: what waits for this officer, longest first, and what they have handled."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone

from doudi.desk.changes.view import DECIDERS, MAKERS
from doudi.desk.family.view import ASSESSORS
from doudi.desk.inbox.board import board
from doudi.desk.inbox.rows import CHECKERS, WATCHERS, Counts, Desk, named
from doudi.desk.traces.view import READERS
from doudi.intake.actions import CONFIRMERS, IMPORTERS
from doudi.office.access import page
from doudi.office.clock import midnight
from doudi.office.roles import ROLES

CARDS = {
    "": ("我的待办", "按等待时间排列", tuple(ROLES)),
    "decide": ("待我审批", "变更申请", DECIDERS),
    "returned": ("退回给我", "请补正后重新提出", MAKERS),
    "asked": ("我提出的", "等待审批、确认", tuple({*MAKERS, *IMPORTERS})),
    "import": ("名册待确认", "Excel 导入", CONFIRMERS),
    "lead": ("线索待走访", "入户核实", ASSESSORS),
    "granted": ("账号变动", "近 7 天，由系统管理办理", READERS),
    "watch": ("查人过多", "辖区外查找已停止", WATCHERS),
    "check": ("手机绑定", "待当面核对", CHECKERS),
    "draft": ("未提交的表单", "24 小时内接着填", MAKERS),
}
"""Key -> what it is called, what it counts, whose it is."""
ONLY_IF_ANY = ("check", "draft")
LEADER = "leader"
RETURNED_DAYS, HANDLED_DAYS = 30, 90
PAGE, LAST_PAGE = 50, 20


@page("inbox", methods=("GET", "POST"))
def view(request: Any) -> HttpResponse:
    """待办: number cards that are filters, a filter row, one dense table; for who leads, the figures."""
    if request.method == "POST":
        return _filtered(request)
    if request.by.role == LEADER:
        return render(request, "inbox/page.html", {"board": board(request.by)})
    desk = Desk(request.by, _days_ago(RETURNED_DAYS))
    counts = desk.counts()
    own: list[str] = [
        group for group in ("decide", "returned", "import", "granted", "watch", "check") if group in counts
    ]
    asked = request.GET.get("show", "")
    chosen = [asked] if asked in CARDS and asked else own
    cards = [
        {
            "key": key,
            "label": label,
            "hint": hint,
            "count": sum(sum(counts.get(group, {}).values()) for group in ([key] if key else own)),
        }
        for key, (label, hint, roles) in CARDS.items()
        if request.by.role in roles and (key not in ONLY_IF_ANY or key in counts)
    ]
    context = _listed(request, desk, chosen, counts) | {
        "cards": cards,
        "show": asked,
        "handled": sum(counts.get("done", {}).values()),
        "days": RETURNED_DAYS,
    }
    return render(request, "inbox/page.html", context)


@page("done", methods=("GET", "POST"))
def done(request: Any) -> HttpResponse:
    """已办 of the last three months."""
    if request.method == "POST":
        return _filtered(request)
    desk = Desk(request.by, _days_ago(HANDLED_DAYS))
    return render(request, "inbox/page.html", _listed(request, desk, ["done"], desk.asked()) | {"done": True})


def _days_ago(days: int) -> datetime:
    return midnight(timezone.localdate() - timedelta(days=days))


def _filtered(request: Any) -> HttpResponse:
    """A name is never part of an address, which browsers and gateways keep: it waits in the session."""
    request.session["inbox"] = request.POST.get("who", "").strip()[:40]
    kept = {key: request.POST.get(key, "") for key in ("show", "what")}
    named = {"named": "1"} if request.session["inbox"] else {}
    return HttpResponseRedirect(f"{request.path}?{urlencode(kept | named)}")


def _listed(request: Any, desk: Desk, groups: list[str], counts: Counts) -> dict[str, Any]:
    """One page of the rows; only who is on it is named, and traced."""
    who = str(request.session.get("inbox", "")) if "named" in request.GET else ""
    what = request.GET.get("what", "")
    number = int(text) if (text := request.GET.get("page", "")).isascii() and text.isdigit() else 1
    number = min(max(number, 1), LAST_PAGE)
    rows = desk.rows(groups, most=number * PAGE + 1, what=what, who=who)
    shown = rows[(number - 1) * PAGE : number * PAGE]
    kinds = sorted({kind for group in groups for kind in counts.get(group, ())})
    return {
        "rows": named(request.by, shown, "已办" if "done" in groups else "待办"),
        "who": who,
        "about": "人员" if request.by.role in WATCHERS or groups == ["check"] else "家庭",
        "what": what,
        "kinds": kinds,
        "all": bool(kinds),
        "page": number,
        "kept": urlencode({key: request.GET[key] for key in ("show", "what", "named") if key in request.GET}),
        "more": len(rows) > number * PAGE,
    }
