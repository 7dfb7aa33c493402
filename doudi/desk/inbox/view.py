"""办件台: what waits for this officer, longest first, and what they have handled."""

from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from doudi.desk.changes.view import DECIDERS, MAKERS
from doudi.desk.family.view import ASSESSORS
from doudi.desk.inbox.rows import Row, handled, waiting, with_places
from doudi.intake.actions import IMPORTERS
from doudi.office.access import page
from doudi.office.roles import ROLES

CARDS = {
    "": ("我的待办", "按等待时间排列", tuple(ROLES)),
    "decide": ("待我审批", "变更申请", DECIDERS),
    "returned": ("退回给我", "请补正后重新提出", MAKERS),
    "asked": ("我提出的", "等待审批", MAKERS),
    "import": ("名册待确认", "Excel 导入", IMPORTERS),
    "lead": ("线索待走访", "入户核实", ASSESSORS),
}
"""Key -> what it is called, what it counts, whose it is."""
NOT_MINE_TO_DO = ("asked", "lead")
"""Counted on cards of their own: what one only waits for, and leads, of which one list may bring hundreds."""
HANDLED_DAYS = 90


@page("inbox")
def view(request: Any) -> HttpResponse:
    """待办: number cards that are filters, a filter row, one dense table."""
    every = waiting(request.by)
    group = request.GET.get("show", "")
    own = [row for row in every if row.group not in NOT_MINE_TO_DO]
    chosen = [row for row in every if row.group == group] if group in CARDS and group else own
    month = timezone.localdate().replace(day=1)
    cards = [
        {
            "key": key,
            "label": label,
            "hint": hint,
            "count": sum(row.group == key for row in every) if key else len(own),
        }
        for key, (label, hint, roles) in CARDS.items()
        if request.by.role in roles
    ]
    context = _filtered(request, chosen) | {
        "cards": cards,
        "show": group,
        "handled": len(handled(request.by, month)),
    }
    return render(request, "inbox/page.html", context)


@page("done")
def done(request: Any) -> HttpResponse:
    """已办 of the last three months."""
    rows = handled(request.by, timezone.localdate() - timedelta(days=HANDLED_DAYS))
    return render(request, "inbox/page.html", _filtered(request, rows) | {"done": True})


def _filtered(request: Any, rows: list[Row]) -> dict[str, Any]:
    who, what = request.GET.get("who", "").strip(), request.GET.get("what", "")
    kept = [row for row in rows if who in row.who + row.number and what in ("", row.what)]
    kinds = sorted({row.what for row in rows})
    return {"rows": with_places(kept), "who": who, "what": what, "kinds": kinds, "all": len(rows)}
