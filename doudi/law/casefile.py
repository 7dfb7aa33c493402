"""Every date of a case, from its procedure: when each step is due, by which rule, and since which event it
counts.

Two limits meet in a step: its own, counted from an event, and the total, counted back from its last day. A
notice must hang its full time, so its days are taken off the total before the steps in front of it; other
steps may be done in a day and take nothing. The earlier of the two is the day the step is due.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import NamedTuple

from doudi.kernel.deadline import calendar_days, calendar_months, clock_hours, months_following, working_days
from doudi.kernel.month import Month
from doudi.kernel.workdays import WorkCalendar
from doudi.law.parameters import ymd
from doudi.law.procedures import procedures, words
from doudi.law.procedures.enacted import TOWNSHIP_LEADER, Limit, Place, actors, enact, hangs, limit, unfilled
from doudi.law.spec import Edge, Procedure, Within
from doudi.law.steps import UNDATED, Step, Timetable, after, in_order, is_reminder

_LONGEST_ROUTE = 60
_REMARK = re.compile("（[^（）]*）$")
NO_DOCUMENT = "无明文规定"


class CaseDateError(ValueError):
    """An event that the procedure does not know, or a date it cannot count from; the text is Chinese."""


def timetable(
    procedure: Procedure,
    *,
    place: Place,
    calendar: WorkCalendar,
    events: Mapping[str, date],
    holds: Collection[str] = (),
) -> Timetable:
    """Every date of a case.

    `events`: event or state key -> the day it happened (a datetime where the rule counts hours); the first
    edge's event must be among them, or one in front of it (papers asked for): then the table ends with it.
    `holds`: guards known to hold, which choose between ways out of a state. Steps without a date are
    assumed to be taken on the last day. Where nobody has filled in whether some rows exist, the rest is dated
    and the value named. Raises CaseDateError, MissingValue, YearWithoutCalendar.
    """
    clock = procedure.edges[0]
    early = _before_the_clock(procedure, clock)
    opened = events.get(clock.event) or min(
        (events[name] for name in early & set(events)), key=ymd, default=None
    )
    if opened is None:
        raise CaseDateError(
            f"“{procedure.label}”从“{clock.label}”开始计算，请给出它的日期（{clock.event}=日期）"
        )
    if procedure.instead and place.true(procedure.instead[0], ymd(opened)):
        other = procedures()[procedure.instead[1]]
        begun = {clock.event: other.edges[0].event}
        events = {begun.get(name, name): day for name, day in events.items()}
        return timetable(other, place=place, calendar=calendar, events=events, holds=holds)
    enacted, missing = enact(procedure, place, ymd(opened)), tuple(unfilled(procedure, place, ymd(opened)))
    if strange := sorted(set(events) - _names(enacted)):
        if missing and _names(procedure) >= set(strange):
            raise missing[0]
        choices = "、".join(dict.fromkeys(f"{edge.event}（{edge.label}）" for edge in enacted.edges))
        raise CaseDateError(f"“{enacted.label}”在当地没有“{'、'.join(strange)}”这一步。可写：{choices}")
    for name, day in events.items():
        if name in words().outside:
            continue
        if clock.event not in events:
            if name not in early:
                raise CaseDateError(f"“{name}”在“{clock.label}”之后，请给出它的日期（{clock.event}=日期）")
            continue
        order = "晚于" if name in early else "早于"
        if ymd(day) > ymd(opened) if name in early else ymd(day) < ymd(opened):
            raise CaseDateError(f"“{name}”的日期 {day} {order}“{clock.label}”的日期 {opened}，请核对")
    case = _Case(enacted, place, calendar, dict(events), frozenset(holds), opened)
    return replace(case.timetable(), missing=missing)


def _before_the_clock(procedure: Procedure, clock: Edge) -> set[str]:
    """The events before the one the case is counted from: papers sent back for, and brought."""
    first = [edge for edge in procedure.edges if edge.from_ == procedure.start and edge.event != clock.event]
    back = [
        edge
        for edge in procedure.edges
        if edge.to == procedure.start and edge.from_ in {one.to for one in first}
    ]
    return {name for edge in (*first, *back) for name in (edge.event, edge.to)} - {procedure.start}


def _names(procedure: Procedure) -> set[str]:
    """Every event and state that can be given a date."""
    starts = {edge.within.start for edge in procedure.edges if edge.within}
    return starts | {name for edge in procedure.edges for name in (edge.event, edge.to)}


class _Ends(NamedTuple):
    """Where a limit starts and ends, the payment months in it, and whether the total ends it first."""

    started: date | None
    due: date | None
    months: tuple[Month, ...]
    by_total: bool = False


@dataclass
class _Case:
    """One case being counted: `dated` holds the day of every event and state so far, given or
    assumed, `reached` those of states that somebody gave, `used` the names whose days have been.
    """

    procedure: Procedure
    place: Place
    calendar: WorkCalendar
    events: dict[str, date]
    holds: frozenset[str]
    opened: date
    dated: dict[str, date] = field(default_factory=dict)
    whole: Limit | None = None
    route: list[Edge] = field(default_factory=list)
    reached: dict[str, date] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)

    @cached_property
    def borrowed(self) -> bool:
        """True where no document gives this procedure its steps."""
        switch = self.procedure.borrowed
        return bool(switch and self.place.true(switch, ymd(self.opened)))

    def timetable(self) -> Timetable:
        route = self.route = self._route()
        clock = self.procedure.edges[0]
        begun = clock.event in self.events
        if not begun:
            route = self.route = route[: route.index(clock) + 1]
        total = self._total(self.procedure.total, "总时限", route)
        if self.procedure.delegated and total and self._decider(route, total) == TOWNSHIP_LEADER:
            total = self._total(self.procedure.delegated, "总时限（审核确认权下放）", route) or total
        extended = self._total(self.procedure.extended, "延长后的总时限", route)
        granted = self.events.get("extend")
        in_time = granted and total and total.due and not after(granted, total.due)
        last = extended if extended and in_time else total
        if extended and granted and total and not in_time:
            extended = replace(extended, rule=f"{granted} 批准时已过原期限 {total.due}，不能延长")
        self.whole = last.limit if last else None
        if total and (told := self.place.untold_township(ymd(self.opened))):
            total = replace(total, rule=f"{total.rule}；{told}")
        latest = self._latest(route, last.due if last else None)
        self.dated = {key: day for key, day in self.events.items() if key not in self.procedure.states}
        steps = []
        now: date = self.opened
        for edge, latest_day in zip(route, latest, strict=True):
            step = self._step(edge, now, latest_day, self._given_once(edge))
            # A step without a limit of its own is reminded of later, but assumed done the same day: the days
            # that documents do set must not move because of ours. What counts from a decision (paid from the
            # month after the grant) goes by the day printed for it, as its authority does: one row, one date.
            now = step.done or (now if step.undated else step.due or step.earliest) or now
            printed = step.undated and edge.approves and not step.done and step.due
            self.dated[edge.event] = self.dated[edge.to] = printed or now
            if step.done:
                self.reached[edge.to] = step.done
            steps.append(step)
        if not begun:
            steps[-1] = replace(steps[-1], rule=f"总时限和以后各步自“{clock.label}”之日起算")
        behind = {edge.from_: day for edge, day in zip(route, latest, strict=True)}
        branches = tuple(self._branches(behind, last.due if last else None)) if begun else ()
        return Timetable(
            procedure=self.procedure, region=self.place.region, area=self.place.area, opened=self.opened,
            steps=in_order(steps), branches=branches, total=total, extended=extended, begun=begun,
        )  # fmt: skip

    def _route(self) -> list[Edge]:
        """The case's way: what has happened, then what a guard known to hold chooses, then the ordinary way
        on.
        """
        state, used, route = self.procedure.start, set[str](), list[Edge]()
        while state not in self.procedure.final and len(route) < _LONGEST_ROUTE:
            out = [edge for edge in self.procedure.edges if edge.from_ == state and edge.to != state]
            if not out:
                break
            edge = self._chosen(out, used)
            used |= {edge.event, edge.to}
            route.append(edge)
            state = edge.to
        return route

    def _chosen(self, out: list[Edge], used: set[str]) -> Edge:
        happened = [
            (str(self.events[key]), edge is self.procedure.edges[0], number)
            for number, edge in enumerate(out)
            for key in (edge.event, edge.to)
            if key in self.events and key not in used
        ]
        if happened:
            return out[min(happened)[2]]
        return next((edge for edge in out if edge.guard in self.holds), out[0])

    def _total(self, within: Within | None, label: str, route: list[Edge]) -> Step | None:
        if within is None:
            return None
        own = limit(within, self.place, ymd(self.opened))
        started = self.events.get(own.start)
        if own.count == 0 or started is None:
            return None
        due, months = self._end(own, started)
        done = next((day for edge in reversed(route) if edge.approves and (day := self._given(edge))), None)
        edge = Edge("", label, "", (), label, (), within)
        return self._row(edge, own, _Ends(started, due, months), rule=self._rule(edge, own), done=done)

    def _decider(self, route: list[Edge], total: Step) -> str:
        edge = next((edge for edge in reversed(route) if edge.approves), None)
        if edge is None:
            return ""
        on = self._given(edge) or total.due or self.opened
        return actors(edge.who, self.place, ymd(on))[0]

    def _latest(self, route: list[Edge], last: date | None) -> list[date | None]:
        """For each edge the last day that leaves the notices behind it their full time; None outside the
        total.
        """
        days: list[date | None] = [None] * len(route)
        start = self.whole.start if self.whole else ""
        first = next((number for number, edge in enumerate(route) if edge.event == start), len(route))
        decision = max((number for number, edge in enumerate(route) if edge.approves), default=-1)
        for number in range(decision, first, -1):
            edge = route[number]
            days[number] = last
            if edge.within and last and hangs(edge):
                last -= timedelta(days=limit(edge.within, self.place, ymd(self.opened)).count)
                while not self.calendar.is_working_day(last):
                    last -= timedelta(days=1)
        return days

    def _step(self, edge: Edge, now: date | None, latest: date | None, done: date | None) -> Step:
        own = limit(edge.within, self.place, ymd(self.opened)) if edge.within else None
        started = now
        if own and own.start != "previous":
            started = self.dated.get(own.start, self.events.get(own.start))
        due, months = self._end(own, started) if own and own.count and started else (None, ())
        rule = self._rule(edge, own)
        if own and due and started and _moves(edge, own):
            plain, due = due, self._end(own, started, roll=True)[0]
            rule = rule if due == plain else f"{rule}，末日逢休息日顺延"
        if edge.waits and own:
            rule = f"自“{self._name(own.start, edge)}”起满 {own.count} {words().units[own.unit]}才可办理"
            waiting = self._row(edge, own, _Ends(started, None, ()), rule=rule, done=done)
            return replace(waiting, earliest=due)
        if latest is not None and due is None:
            ends = _Ends(now, latest, (), by_total=True)
            return self._row(edge, self.whole, ends, rule="在总时限之内，为其后的公示留足时间", done=done)
        if latest is not None and due is not None and after(due, latest):
            rule = f"{rule}，且不超过总时限"
            return self._row(edge, own, _Ends(started, latest, months, by_total=True), rule=rule, done=done)
        if due is None and started is not None and edge is not self.procedure.edges[0]:
            own = limit(UNDATED, self.place, ymd(self.opened))
            due = self._end(own, started)[0]
            rule = f"文件未规定期限，系统默认 {own.count} {words().units[own.unit]}内"
            return self._row(edge, own, _Ends(started, due, ()), rule=rule, done=done)
        return self._row(edge, own, _Ends(started, due, months), rule=rule, done=done)

    def _given(self, edge: Edge) -> date | None:
        return self.events.get(edge.event, self.events.get(edge.to))

    def _given_once(self, edge: Edge) -> date | None:
        """The day given for a step: a notice put up again after an objection is not the first one."""
        name = next((n for n in (edge.event, edge.to) if n in self.events and n not in self.used), None)
        self.used |= {name} if name else set()
        return self.events[name] if name else None

    def _end(self, own: Limit, started: date, *, roll: bool = False) -> tuple[date, tuple[Month, ...]]:
        day = started.date() if isinstance(started, datetime) else started
        match own.unit:
            case "working_days":
                return working_days(day, own.count, self.calendar), ()
            case "calendar_days":
                return calendar_days(day, own.count, self.calendar, roll=roll), ()
            case "months":
                return calendar_months(day, own.count, self.calendar, roll=roll), ()
            case "whole_months":
                # 每半年一次: by 06-30 and 12-31; what was done on such a day is that half's.
                day += timedelta(days=1)
                gone = (day.year * 12 + day.month - 1) % own.count
                return Month.of(day).plus(own.count - 1 - gone).last_day(), ()
            case "days_before":
                return day - timedelta(days=own.count), ()
            case "hours" if isinstance(started, datetime):
                return clock_hours(started, own.count), ()
            case "hours":
                raise CaseDateError(f"按小时计算的期限要从具体时刻起算，请写成 {day}T21:30 这样的时刻")
        months = tuple(months_following(day, own.count))
        return months[-1].last_day(), months

    def _branches(self, latest: Mapping[str, date | None], last: date | None) -> list[Step]:
        """What else may happen: rows with a limit that the route does not take, dated as far as it has come.

        Another decision than the route's has the route's latest day; a limit that is only ours ends with the
        total.
        """
        rows = []
        for edge in self.procedure.edges:
            own = limit(edge.within, self.place, ymd(self.opened)) if edge.within else None
            if edge in self.route or own is None or own.count == 0:
                continue
            ours = last if is_reminder(own) else None
            latest_day = latest.get(edge.from_) if edge.approves else ours
            step = self._step(edge, self.dated.get(edge.from_), latest_day, self.events.get(edge.event))
            if step.due and edge.to != edge.from_:
                self.dated.setdefault(edge.to, step.due)
            since = self.reached.get(edge.from_)
            if step.done and since and after(since, step.done):
                step = replace(step, remarks=(f"办理日期 {step.done} 早于前面的步骤（{since}）",))
            rows.append(step)
        return rows

    def _row(self, edge: Edge, own: Limit | None, ends: _Ends, *, rule: str, done: date | None) -> Step:
        on = self.opened.date() if isinstance(self.opened, datetime) else self.opened
        acts = done or ends.due or ends.started or self.opened
        entry = own.found.entry if own and own.found and own.count else None
        cites = [c.text for c in edge.cites if c.in_force(on) and words().quotable(c.text, self.place.region)]
        status = entry.status if entry else "statutory"
        if self.borrowed and edge.from_:
            cites, status = [f"参照 {text}" for text in cites], "default"
        cites += [text for text in (entry.cites.split("；") if entry else ()) if text != NO_DOCUMENT]
        return Step(
            event=edge.event, label=edge.label, state=edge.to, limit=own,
            who=actors(edge.who, self.place, ymd(acts)),
            started=ends.started, due=ends.due, months=ends.months, total=ends.by_total, done=done,
            rule=rule, cites=tuple(dict.fromkeys(cites)), status=status,
            notice=edge.notice, guard=edge.guard,
        )  # fmt: skip

    def _rule(self, edge: Edge, own: Limit | None) -> str:
        """The rule in words: 自“受理申请”起 20 个工作日内."""
        if own is None or own.count == 0:
            return ""
        since, amount = f"自“{self._name(own.start, edge)}”起", f"{own.count} {words().units[own.unit]}"
        if own.unit == "payment_months":
            choice = (own.found and own.found.entry.range) or (0, 0)
            left = "" if choice[0] == choice[1] else "（文件写 {} 至 {} 个月，由县里定）".format(*choice)
            return f"{since}下月" if own.count == 1 else f"{since}下月开始的 {own.count} 个月，期满时{left}"
        if own.unit == "days_before":
            return f"“{self._name(own.start, edge)}”期限前 {amount}"
        if own.unit == "whole_months":
            return f"每 {amount}一次，{since}的第一个期末（当期最后一天）前"
        return f"{since}公示满 {amount}" if hangs(edge) else f"{since} {amount}内"

    def _name(self, start: str, edge: Edge) -> str:
        """What an event is called: the label of the edge that is it or leads to it, the case's own first,
        without its remarks. An edge that stays where it is leads nowhere.
        """
        sought = edge.from_ if start == "previous" else start
        ways = [e for e in (*self.route, *self.procedure.edges) if e.from_ != e.to or start == e.event]
        named = next((e.label for e in ways if start == e.event or sought == e.to), None)
        return _REMARK.sub("", named or words().outside.get(start, start))


def _of_a_party(edge: Edge) -> bool:
    """Whether somebody outside the offices acts: whoever applies or objects."""
    return bool({"APPLICANT", "ANYONE"} & set(edge.who))


def _moves(edge: Edge, own: Limit) -> bool:
    """Whether a last day on a holiday moves to the next working day (民法典 第二百零三条第一款).

    A public notice only has to hang its days; months that an office sets itself for a task do not move.
    """
    return _of_a_party(edge) if own.unit == "months" else own.unit == "calendar_days" and not hangs(edge)
