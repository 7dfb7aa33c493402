"""What who leads a place sees: figures by place, and who answers for each; no name but officers'."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from doudi.desk.frame.places import COUNTY, PREFECTURE, TOWNSHIP, places
from doudi.desk.inbox.rows import TOO_LONG, working_days
from doudi.intake.actions import OWN_SENDERS
from doudi.intake.queries import batches
from doudi.office.clock import midnight
from doudi.office.queries import holders
from doudi.office.roles import ROLES
from doudi.office.scope import Scope
from doudi.registry.figures import WHAT, figures

VILLAGE = 12
BELOW = {
    PREFECTURE: (COUNTY, "county_approver"),
    COUNTY: (TOWNSHIP, "township_chief"),
    TOWNSHIP: (VILLAGE, "village"),
}
"""Digits of the leader's place -> digits of the places told apart, and the role that answers for one."""


def board(by: Scope) -> dict[str, Any]:
    """The figures as cards, and a row for each place below: what waits too long first."""
    today = timezone.localdate()
    digits, role = BELOW[len(by.region)]
    found = figures(by=by, digits=digits, today=today, late=_too_long_since())
    where, who = places(found), holders(role=role, region=by.region)
    rows: list[dict[str, Any]] = [
        {"place": where[code], "who": "、".join(who.get(code, ())), "own": len(code) < digits, **of_place}
        for code, of_place in found.items()
    ]
    rows.sort(key=lambda row: (-row["late"], -row["asked"], -row["leads"], row["place"]))
    sums = {what: sum(row[what] for row in rows) for what in WHAT}
    lists = [row for row in batches(by=by) if row.state == "COMPARED"]
    return {
        "rows": rows,
        "sums": sums,
        "days": TOO_LONG,
        "role": ROLES[role].label,
        "lists": len(lists) if by.department in OWN_SENDERS else None,
    }


def _too_long_since() -> datetime:
    """What was asked for before this moment has waited TOO_LONG working days."""
    day = timezone.localdate()
    while working_days(day) < TOO_LONG:
        day -= timedelta(days=1)
    return midnight(day + timedelta(days=1))
