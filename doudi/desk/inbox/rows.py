"""Lines of the desk's lists: a change request, a batch to confirm, a lead to look into, all in one shape."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

from django.urls import reverse
from django.utils import timezone

from doudi.desk.family.chain import STATES
from doudi.desk.frame.places import places
from doudi.desk.lead.view import household_of
from doudi.intake import actions as intake
from doudi.intake.queries import batches, leads, list_choices
from doudi.kernel.workdays import WorkCalendar, YearWithoutCalendar
from doudi.office.roles import Fields, may_see
from doudi.office.scope import Scope
from doudi.registry.changes import kinds
from doudi.registry.queries import open_requests
from doudi.registry.worklist import heads, requests_of

LONG_WAIT, TOO_LONG = 3, 10
"""Working days after which the chip turns amber and red: the desk's own measure, no statutory deadline."""


@dataclass(frozen=True)
class Row:
    """One line. `group` is the card it counts under; `place` a region code until `placed`."""

    group: str
    address: str
    who: str
    number: str
    what: str
    place: str
    source: str
    since: date
    state: str = ""
    tone: str = "grey"

    @property
    def waited(self) -> tuple[str, str]:
        """(how long it waits in working days, the chip's colour)."""
        days = working_days(self.since)
        tone = "red" if days >= TOO_LONG else "amber" if days >= LONG_WAIT else "grey"
        word = "已退回" if self.group == "returned" else "已等"
        return (f"{word} {days} 个工作日" if days else "今日"), tone


def waiting(by: Scope) -> list[Row]:
    """All that waits for this officer, the longest waiting first."""
    return sorted((*_requests(by), *_batches(by), *_leads(by)), key=lambda row: row.since)


def handled(by: Scope, since: date) -> list[Row]:
    """What this officer decided, or others decided of theirs, since a day; the latest first."""
    rows = [row for row in requests_of(by=by, since=since) if row.state != "PROPOSED"]
    return list(_changes(by, ((row, "done") for row in rows), "已办"))


def _requests(by: Scope) -> Iterator[Row]:
    if not may_see(by.role, Fields.IDENTITY):
        return
    mine = [
        (row, "asked" if row.state == "PROPOSED" else "returned")
        for row in requests_of(by=by, since=timezone.localdate() - timedelta(days=30))
        if row.proposed_by_id == by.officer and row.state in ("PROPOSED", "REJECTED")
    ]
    to_decide = [
        (row, "decide")
        for row in open_requests(by=by)
        if by.role in kinds()[row.kind]["deciders"] and row.proposed_by_id != by.officer
    ]
    yield from _changes(by, [*to_decide, *mine], "待办")


def _changes(by: Scope, grouped: Iterable[tuple[Any, str]], purpose: str) -> Iterator[Row]:
    rows = list(grouped)
    names = heads(
        by=by, households={row.household_id for row, _ in rows if row.household_id}, purpose=purpose
    )
    for row, group in rows:
        state, tone = STATES[row.state]
        yield Row(
            group=group,
            address=reverse("change_decide" if group == "decide" else "change", args=[row.id]),
            who=names.get(row.household_id, "新登记家庭"),
            number=row.household.household_no if row.household else "",
            what=kinds()[row.kind]["label"],
            place=row.region_code,
            source=row.proposed_by.name if row.proposed_by else "系统",
            since=timezone.localdate(row.decided_at or row.proposed_at),
            state=state,
            tone=tone,
        )


def _batches(by: Scope) -> Iterator[Row]:
    titles = dict(list_choices())
    for row in batches(by=by) if by.role in intake.IMPORTERS else ():
        if row.state == "COMPARED":
            yield Row(
                group="import",
                address=reverse("import", args=[row.id]),
                who=titles.get(row.mapping, row.mapping),
                number=f"{row.counts.get('families', 0)} 户",
                what="名册待确认",
                place=row.region_code,
                source=row.received_by.name if row.received_by else "系统",
                since=timezone.localdate(row.received_at),
                state=f"{row.counts.get('REFUSED', 0)} 户未通过" if row.counts.get("REFUSED") else "全部通过",
                tone="amber" if row.counts.get("REFUSED") else "green",
            )


def _leads(by: Scope) -> Iterator[Row]:
    rows = leads(by=by) if may_see(by.role, Fields.HEALTH) else []
    homes = {row.id: household_of(row.subject) for row in rows}
    names = heads(by=by, households=filter(None, homes.values()), purpose="待办")
    for row in rows:
        home = homes[row.id]
        yield Row(
            group="lead",
            address=reverse("lead", args=[row.id]),
            who=names.get(home, "") if home else "尚未建档的人",
            number="",
            what=row.kind,
            place=row.region_code,
            source=row.get_source_display(),
            since=timezone.localdate(row.opened_at),
            state="待走访",
            tone="amber",
        )


def working_days(since: date) -> int:
    """Working days after a day until today; calendar days where the calendar has no such year."""
    today, calendar = timezone.localdate(), _calendar()
    days = [since + timedelta(days=n) for n in range(1, (today - since).days + 1)]
    try:
        return sum(calendar.is_working_day(day) for day in days)
    except YearWithoutCalendar:
        return len(days)


@cache
def _calendar() -> WorkCalendar:
    return WorkCalendar.seeded()


def with_places(rows: list[Row]) -> list[dict[str, Any]]:
    """The rows with their places in words, in one query."""
    where = places(row.place for row in rows)
    return [{"one": row, "place": where[row.place]} for row in rows]
