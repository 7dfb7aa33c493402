"""One family on one line of time: lists it stood on, changes asked and made, members who left."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from doudi.desk.family.assessed import scheme_label
from doudi.registry.changes import kinds
from doudi.registry.queries import FamilyPage

STATES = {
    "PROPOSED": ("待审批", "amber"),
    "APPLIED": ("已办理", "green"),
    "REJECTED": ("已退回", "red"),
    "WITHDRAWN": ("已撤回", "grey"),
}


@dataclass(frozen=True)
class Event:
    """One point of the line. `tone` colours what `state` says in words."""

    day: date
    text: str
    state: str = ""
    tone: str = "blue"
    request: str = ""
    year_only: bool = False
    """A birth's day is eight digits of the child's ID number, which stands masked on the same page."""


def chain(page: FamilyPage, statuses: Iterable[Any]) -> list[Event]:
    """Everything dated about the family, the latest first; `statuses`: those of the page that may be told."""
    return sorted(_events(page, statuses), key=lambda event: event.day, reverse=True)


def _events(page: FamilyPage, statuses: Iterable[Any]) -> Iterator[Event]:
    for status in statuses:
        yield Event(status.from_day, f"列入{scheme_label(status.programme)}名单", "名单", "blue")
        if status.until_day:
            yield Event(status.until_day, f"退出{scheme_label(status.programme)}名单", "名单", "grey")
    for request in page.requests:
        state, tone = STATES[request.state]
        yield Event(
            request.day, kinds()[request.kind]["label"], state, tone, str(request.id), request.kind == "BIRTH"
        )
    for member in page.left:
        if member.until_day:
            yield Event(member.until_day, f"{member.person.name}不再是本户成员", "成员", "grey")
    if page.ended_on:
        yield Event(page.ended_on, "本户销户", "销户", "grey")
