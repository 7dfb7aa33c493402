"""Lines of the desk's lists: a change request, a batch to confirm, a lead to look into, all in one shape."""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache, cached_property, lru_cache
from typing import Any
from uuid import UUID

from django.utils import timezone

from doudi.desk.changes.unfinished import query_of
from doudi.desk.changes.view import MAKERS
from doudi.desk.family.chain import STATES
from doudi.desk.frame.addresses import address
from doudi.desk.frame.places import places
from doudi.desk.lead.view import household_of
from doudi.intake import actions as intake
from doudi.intake.queries import batches, leads, leads_by_kind, list_choices
from doudi.kernel.workdays import WorkCalendar, YearWithoutCalendar
from doudi.office.queries import LOOKED_TOO_OFTEN, awaiting_check, officer_names, told_since
from doudi.office.roles import ROLES, Fields, may_see
from doudi.office.scope import Scope
from doudi.office.verbs import VERBS
from doudi.registry import drafts, worklist
from doudi.registry.changes import NEW_FAMILY, kinds

LONG_WAIT, TOO_LONG = 3, 10
"""Working days after which the chip turns amber and red: the desk's own measure, no statutory deadline."""
BATCH, STOPPED = "名册待确认", "一小时内查看辖区外人员过多"
SENT, EMPTY = "等待另一位经办人确认", "名册没有可入册的"
ASIDE = "名册未能入册"
WATCHERS = ("auditor", "administrator")
UNCHECKED = "绑定了手机，待核对"
CHECKERS = ("administrator", "township_chief", "county_approver", "liaison")
"""Who hears at once that somebody of the place, or of the own office, has bound a phone."""
GRANTED = (
    "granted_role", "ended_role", "suspended", "reinstated", "reset_sign_in", "bound_phone", "checked_binding"
)  # fmt: skip
GRANTED_FOR = timedelta(days=7)
"""What the auditor is shown of an administrator: a reset lets in whoever has the start password."""
MOST_LEADS = 1000
"""So many are looked through for a name."""
Counts = dict[str, dict[str, int]]


@dataclass(frozen=True)
class Row:
    """One line. `group` is the card it counts under; `place` a region code until `named`.

    `who` is then found for the family `home`.
    """

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
    home: UUID | None = None

    @property
    def waited(self) -> tuple[str, str]:
        """(how long it waits in working days, the chip's colour)."""
        days = working_days(self.since)
        tone = "red" if days >= TOO_LONG else "amber" if days >= LONG_WAIT else "grey"
        word = "已退回" if self.group == "returned" else "已等"
        return (f"{word} {days} 个工作日" if days else "今日"), tone


@dataclass(frozen=True)
class Desk:
    """One officer's lists. What was sent back to them or done counts `since`; see `worklist.GROUPS`."""

    by: Scope
    since: datetime

    def counts(self) -> Counts:
        """Group -> what -> how many, without naming anybody."""
        found = self.asked()
        if self._may(Fields.HEALTH):
            found["lead"] = leads_by_kind(by=self.by)
        for row in self._lists:
            of_group = found.setdefault(row.group, {})
            of_group[row.what] = of_group.get(row.what, 0) + 1
        if self._stopped:
            found["watch"] = {STOPPED: len(self._stopped)}
        if self._granted:
            found["granted"] = dict(Counter(VERBS[row.verb] for row in self._granted))
        if self._unchecked:
            found["check"] = {UNCHECKED: len(self._unchecked)}
        if self._unfinished:
            found["draft"] = dict(Counter(kinds()[row.kind]["label"] for row in self._unfinished))
        return found

    def asked(self) -> Counts:
        """`counts` of the change requests alone."""
        if not self._may(Fields.IDENTITY):
            return {}
        told = worklist.tally(by=self.by, kinds=self._decides(), since=self.since)
        return {
            group: {kinds()[kind]["label"]: number for kind, number in row.items()}
            for group, row in told.items()
        }

    def rows(self, groups: Collection[str], *, most: int, what: str = "", who: str = "") -> list[Row]:
        """The first lines of these groups, the longest waiting first, of those done the latest.

        `what` keeps one kind, `who` families whose number or head's name holds it. Nobody is named yet.
        """
        found: list[Row] = []
        for group in groups:
            if group == "lead":
                found += self._leads(most, what, who)
            elif group == "watch":
                found += _stopped_rows(self._stopped)[:most]
            elif group == "check":
                found += [_unchecked_row(one, self.by) for one in self._unchecked][:most]
            elif group == "draft":
                found += self._drafts(what, who)
            elif group == "granted":
                found += [row for row in _granted_rows(self._granted) if what in ("", row.what)][:most]
            elif group in worklist.GROUPS and self._may(Fields.IDENTITY):
                found += self._requests(group, most, what, who)
        lists = self._lists if {"import", "asked"} & set(groups) else []
        found += [
            row for row in lists
            if row.group in groups and who in row.who + row.number and what in ("", row.what)
        ]  # fmt: skip
        return found if "done" in groups else sorted(found, key=lambda row: row.since)

    def _requests(self, group: str, most: int, what: str, who: str) -> Iterator[Row]:
        kind = next((key for key, row in kinds().items() if row["label"] == what), what)
        rows = worklist.listed(
            by=self.by, group=group, kinds=self._decides(), since=self.since, most=most, kind=kind, who=who
        )
        return (_request(row, group) for row in rows)

    def _leads(self, most: int, what: str, who: str) -> Iterator[Row]:
        if not self._may(Fields.HEALTH):
            return
        rows = leads(by=self.by, most=MOST_LEADS if who else most, kind=what)
        homes = {row.id: household_of(row.subject) for row in rows}
        if who:
            kept = worklist.heads(
                by=self.by, households=filter(None, homes.values()), purpose="待办", who=who
            )
            rows = [row for row in rows if homes[row.id] in kept]
        for row in rows:
            yield Row(
                group="lead",
                address=address("lead", row.id),
                who="" if homes[row.id] else "尚未建档的人",
                number="",
                what=row.kind,
                place=row.region_code,
                source=row.get_source_display(),
                since=timezone.localdate(row.opened_at),
                state="待走访",
                tone="amber",
                home=homes[row.id],
            )

    def _drafts(self, what: str, who: str) -> Iterator[Row]:
        homes = [row.household for row in self._unfinished if row.household]
        kept = who and worklist.heads(by=self.by, households=homes, purpose="待办", who=who)
        for row in self._unfinished:
            if what in ("", kinds()[row.kind]["label"]) and (not who or row.household in kept):
                yield _unfinished_row(row)

    # Counted for the cards and listed below them: asked once a page.
    @cached_property
    def _lists(self) -> list[Row]:
        """Lists to confirm or put away ("import"), and one's own that another must confirm ("asked")."""
        rows = batches(by=self.by) if self.by.role in intake.CONFIRMERS else []
        return [_batch(row, self.by) for row in rows if row.state in ("COMPARED", "SET_ASIDE")]

    @cached_property
    def _stopped(self) -> list[Any]:
        if self.by.role not in WATCHERS:
            return []
        return told_since(LOOKED_TOO_OFTEN, by=self.by, since=self.since)

    @cached_property
    def _granted(self) -> list[Any]:
        """Roles given of late: who keeps the accounts does not give one unseen."""
        if not self._may(Fields.AUDIT):
            return []
        return told_since(*GRANTED, by=self.by, since=timezone.now() - GRANTED_FOR)

    @cached_property
    def _unchecked(self) -> list[Any]:
        return awaiting_check(by=self.by) if self.by.role in CHECKERS else []

    @cached_property
    def _unfinished(self) -> list[Any]:
        return drafts.waiting(by=self.by) if self.by.role in MAKERS else []

    def _decides(self) -> list[str]:
        return [key for key, kind in kinds().items() if self.by.role in kind["deciders"]]

    def _may(self, fields: Fields) -> bool:
        return may_see(self.by.role, fields)


def named(by: Scope, rows: list[Row], purpose: str) -> list[Row]:
    """The rows to be shown, each with its family's name and its place in words; a trace for each name."""
    names = worklist.heads(by=by, households=filter(None, (row.home for row in rows)), purpose=purpose)
    where = places(row.place for row in rows)
    return [
        replace(row, who=names.get(row.home, row.who) if row.home else row.who, place=where[row.place])
        for row in rows
    ]


def _unnamed(row: Any) -> str:
    """Whom a request is about where no head's name is found."""
    if row.household:
        return "已销户的家庭" if row.household.ended_on else "户主不详的家庭"
    if row.household_id:
        return "现不在本辖区的家庭"
    return "新登记家庭" if row.kind == NEW_FAMILY else "已撤出登记册的家庭"


def _request(row: Any, group: str) -> Row:
    state, tone = STATES[row.state]
    return Row(
        group=group,
        address=address("change_decide" if group == "decide" else "change", row.id),
        who=_unnamed(row),
        number=row.household.household_no if row.household else "",
        what=kinds()[row.kind]["label"],
        place=row.region_code,
        source=row.proposed_by.name if row.proposed_by else "系统",
        since=timezone.localdate(row.decided_at or row.proposed_at),
        state=state,
        tone=tone,
        home=row.household_id,
    )


def _granted_rows(entries: list[Any]) -> list[Row]:
    accounts = {row.id: UUID(row.subject.rpartition(":")[2]) for row in entries}
    names = officer_names({*accounts.values(), *(row.officer for row in entries if row.officer)})
    given = Counter(row.officer for row in entries if row.verb == "granted_role" and row.officer)
    # One who appoints two accounts may propose as one and approve as the other: only a reader sees that.
    several = {one: f"（此人 7 天内授岗 {number} 次）" for one, number in given.items() if number > 1}
    return [
        Row(
            group="granted",
            address=f"{address('traces')}?subject={accounts[row.id]}",
            who=names.get(accounts[row.id], "不详"),
            number="",
            what=VERBS[row.verb],
            place=row.region_code,
            source=names.get(row.officer, "系统") + several.get(row.officer, ""),
            since=timezone.localdate(row.at),
            state=ROLES[row.detail["role"]].label if "role" in row.detail else "",
            tone="blue",
        )
        for row in entries
    ]


def _unchecked_row(officer: Any, by: Scope) -> Row:
    """Whoever keeps accounts checks it there; colleagues ask the officer and tell who keeps them."""
    keeps = by.role == "administrator"
    return Row(
        group="check",
        address=address("officer", officer.id) if keeps else f"{address('inbox')}?show=check",
        who=officer.name,
        number=officer.sign_in_name,
        what=UNCHECKED,
        place=by.region,
        source="首次登录",
        since=timezone.localdate(officer.start_until) - timedelta(days=1),
        state="请当面核对" if keeps else "不是本人绑定的，请告诉系统管理员",
        tone="amber",
    )


def _unfinished_row(row: Any) -> Row:
    form = address("change_propose", row.household, row.kind.lower()) if row.household else ""
    return Row(
        group="draft",
        address=f"{form or address('family_new')}?{query_of(row)}",
        who="现不在本辖区的家庭" if row.household else "新登记家庭",
        number="",
        what=kinds()[row.kind]["label"],
        place=row.region_code,
        source="本人填写",
        since=timezone.localdate(row.kept_at),
        state=f"保存到 {timezone.localtime(drafts.until(row)):%m-%d %H:%M}",
        tone="amber",
        home=row.household,
    )


def _stopped_rows(entries: list[Any]) -> list[Row]:
    names = officer_names({row.officer for row in entries})
    return [
        Row(
            group="watch",
            address=f"{address('inbox')}?show=watch",
            who=names.get(row.officer, "不详"),
            number=ROLES[row.role].label if row.role in ROLES else row.role,
            what=STOPPED,
            place=row.region_code,
            source="系统",
            since=timezone.localdate(row.at),
            state=f"已查看 {row.detail.get('shown', 0)} 人，已停止",
            tone="red",
        )
        for row in entries
    ]


def _batch(row: Any, by: Scope) -> Row:
    refused, aside = row.counts.get("REFUSED"), row.state == "SET_ASIDE"
    what = SENT if row.received_by_id == by.officer else BATCH
    if aside or not (row.counts.get("NEW") or row.counts.get("CHANGED")):
        what = ASIDE if aside else EMPTY
    return Row(
        group="asked" if what == SENT else "import",
        address=address("import", row.id),
        who=dict(list_choices()).get(row.mapping, row.mapping),
        number=f"{row.counts.get('families', 0)} 户",
        what=what,
        place=row.region_code,
        source=row.received_by.name if row.received_by else "系统",
        since=timezone.localdate(row.received_at),
        state="没有入册，请看原因" if aside else f"{refused} 户未通过" if refused else "全部通过",
        tone="red" if aside else "amber" if refused else "green",
    )


def working_days(since: date) -> int:
    """Working days after a day until today; calendar days where the calendar has no such year."""
    return _working_days(since, timezone.localdate())


@lru_cache(maxsize=1000)
def _working_days(since: date, today: date) -> int:
    days = [since + timedelta(days=n) for n in range(1, (today - since).days + 1)]
    try:
        return sum(_calendar().is_working_day(day) for day in days)
    except YearWithoutCalendar:
        return len(days)


@cache
def _calendar() -> WorkCalendar:
    return WorkCalendar.seeded()
