"""The rows of a case's timetable, and what only their order tells: how early each may be taken, which were
passed, cut short or done too soon.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from doudi.kernel.month import Month
from doudi.law.errors import MissingValue
from doudi.law.parameters import ymd
from doudi.law.procedures.enacted import Limit
from doudi.law.spec import Procedure, Within

UNDATED = Within("undated_step_days", "working_days")
NO_LIMIT = "文件没有规定期限，应当及时办理"


@dataclass(frozen=True)
class Step:
    """One row of a case's timetable.

    `due` is the last day (for hours: moment) still in time, None when the event it counts from has no date
    yet. `started` is the day counted from; `months` are the payment months a due date in months spans;
    `total` says that the total limit, not the step's own, sets the day. `done` is the date given for the
    event, `passed` that none was given but a later step has happened. `status` is that of the limit's
    value: statutory, default or test. `earliest` is the first day on which the step may be taken: where it
    has to wait (then `due` is None), at the end of a public notice and for what follows one. `remarks` say
    what the given dates leave wrong: a notice cut short or undated, a step before the one in front of it.
    """

    event: str
    label: str
    state: str
    who: tuple[str, ...]
    limit: Limit | None
    started: date | None
    due: date | None
    months: tuple[Month, ...]
    total: bool
    done: date | None
    rule: str
    cites: tuple[str, ...]
    status: str
    notice: str | None
    guard: str | None
    passed: bool = False
    earliest: date | None = None
    remarks: tuple[str, ...] = ()

    @property
    def hangs(self) -> bool:
        """True when the limit is a public notice's time, which must run its full length (公示期)."""
        return bool(self.notice and self.limit and self.limit.unit == "calendar_days")

    @property
    def undated(self) -> bool:
        """True when no document sets a limit for the step and `due` is the system's own reminder."""
        return is_reminder(self.limit)

    @property
    def late(self) -> bool:
        """True when the event's date lies after the day it was due; our own reminder is nobody's limit."""
        missed = self.done is not None and self.due is not None and after(self.done, self.due)
        return missed and not self.undated


@dataclass(frozen=True)
class Timetable:
    """A case's dates: the steps of its way in order, what else may happen on it, and the limits over the
    whole. `begun` is false while only what stands before its first step is dated: papers asked for. `missing`
    are the values for want of which rows are left out: filled in, they may change the dates.
    """

    procedure: Procedure
    region: str
    area: str
    opened: date
    steps: tuple[Step, ...]
    branches: tuple[Step, ...]
    total: Step | None
    extended: Step | None
    begun: bool = True
    missing: tuple[MissingValue, ...] = ()

    def due(self, event: str) -> date | None:
        """When the first step of an event (or leading to a state) is due. Raises KeyError for one not on
        the table.
        """
        for step in (*self.steps, *self.branches):
            if event in (step.event, step.state):
                return step.due
        raise KeyError(event)


def is_reminder(limit: Limit | None) -> bool:
    """Whether a limit is only the system's own, where no document sets one."""
    return bool(limit and limit.found and limit.found.parameter.name == UNDATED.count)


def in_order(steps: Sequence[Step]) -> tuple[Step, ...]:
    """The steps with what only their order tells: none is due after the next, which have been passed, and
    which were taken too early.

    A step for which no document sets a day, and whose next one leaves it none, has no last day at all.
    """
    last = max((number for number, step in enumerate(steps) if step.done), default=-1)
    ordered: list[Step] = []
    bound: date | None = None
    for number in range(len(steps) - 1, -1, -1):
        step = replace(steps[number], passed=number < last and not steps[number].done)
        squeezed = bool((step.total or step.undated) and step.due and bound and after(step.due, bound))
        room = step.total or (step.started and bound and after(bound, step.started))
        if squeezed and room:
            step = replace(step, due=bound, rule="在下一步的期限之内")
        elif squeezed:
            step = replace(step, due=None, limit=None, rule=NO_LIMIT)
        if room or not squeezed:
            bound = _begun_by(step)
        ordered.append(step)
    return tuple(_held_to_order(ordered[::-1]))


def _held_to_order(steps: Sequence[Step]) -> Iterator[Step]:
    """Each step with the first day on which it may be taken, and a remark where it was taken before."""
    floor: date | None = None
    posted: date | None = None
    behind, notice_ahead = "", False
    for step in steps:
        remarks: list[str] = []
        if step.hangs and step.limit:
            count, happened = step.limit.count, step.done or step.passed
            begun = posted or (floor if happened else step.started)
            floor = begun + timedelta(days=count) if begun else None
            step = replace(step, earliest=floor)
            remarks, behind = _of_notice(step, count, posted), "公示满期"
        else:
            if notice_ahead:
                step = replace(step, earliest=floor)
            if step.earliest and (floor is None or after(step.earliest, floor)):
                floor, behind = step.earliest, "可以办理的日期"
            if step.done and floor and after(floor, step.done):
                remarks = [f"办理日期 {_day(step.done)} 早于{behind}（{_day(floor)}）"]
        notice_ahead, posted = step.hangs, step.done
        if step.done and (floor is None or after(step.done, floor)):
            floor, behind = step.done, f"前面的“{step.label}”"
        yield replace(step, remarks=tuple(remarks))


def _of_notice(step: Step, count: int, posted: date | None) -> list[str]:
    """What is amiss with a notice of `count` days that was put up on `posted` (None: nobody gave the day)."""
    found = []
    if posted is None and (step.done or step.passed):
        found = [f"没有给出开始公示的日期，不能核对是否公示满 {count} 日"]
    if step.earliest and step.done and after(step.earliest, step.done):
        since = "起公示" if posted else "才可能开始公示"
        begun = _day(step.earliest - timedelta(days=count))
        found.append(f"公示不满 {count} 日：{begun} {since}，{_day(step.earliest)} 才满")
    elif posted and step.earliest and step.due and not step.passed and after(step.earliest, step.due):
        found.append(f"公示到 {_day(step.earliest)} 才满，已过最迟日期 {_day(step.due)}")
    return found


def _day(day: date | None) -> str:
    return day.isoformat()[:10] if day else ""


def _begun_by(step: Step) -> date | None:
    """The last day on which what stands before a step may end: a notice must still hang its full time."""
    hanging = step.limit.count if step.hangs and step.limit else 0
    return step.due - timedelta(days=hanging) if step.due else None


def after(day: date, limit_day: date) -> bool:
    """Whether a day lies after a limit; a plain day against a moment is compared by the day."""
    if isinstance(day, datetime) and isinstance(limit_day, datetime):
        return day > limit_day
    return ymd(day) > ymd(limit_day)
