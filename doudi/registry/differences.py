"""What a change would do, line by line: what its approver decides on.

A change holds from the day it happened on, so today is looked at, the day after it, and each day between on
which something else began. Seen on its day alone, it would replace a newer account unseen (docs/adr/0040).
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID

from doudi.office import audit
from doudi.office.actions import Refused
from doudi.office.scope import Scope, active
from doudi.registry.changes import Change, Payload, kinds
from doudi.registry.documents import Subject, one
from doudi.registry.facts import ROWS, masked, partly_masked, row_text, shown
from doudi.registry.kin import filings, stands_apart
from doudi.registry.models import ChangeRequest, Membership, Statement
from doudi.registry.queries import stated_purpose
from doudi.registry.rehearsal import Picture, rehearse

WHOLE = "bank_account"


@dataclass(frozen=True)
class Difference:
    """One line of what a change would change; `before` or `after` empty where there is nothing.

    Of today; a line that differs from today's on the day after the change names that day in its label.
    """

    who: str
    label: str
    before: str
    after: str


class _Told(NamedTuple):
    """One line to compare, by (subject, field)."""

    who: str
    label: str
    text: str


_NOTHING = _Told("", "", "")


Key = tuple[UUID, str]
Lines = dict[Key, tuple[_Told, _Told]]
"""(subject, field) -> what is said without and with the change."""


def difference(*, by: Scope, request: UUID, purpose: str = "") -> list[Difference]:
    """What approving a proposed change will do, found by doing and undoing it.

    Who may decide it reads in full what cannot be judged behind a mask. Anybody else, and who is filed as a
    relative of the family, reads what its page shows; a sealed fact that was typed has a line whether it
    differs or not, or a guess would be answered. Its maker reads again what was typed.
    Writes audit rows for the request, for whoever has a line, and for each fact in full.
    Raises OutsideScope, PurposeNeeded, Refused when it cannot be done any more.
    """
    with active(by):
        purpose = stated_purpose(by, purpose or "审批变更")
        row = one(ChangeRequest, request)
        if row.state != "PROPOSED":
            raise Refused("这项变更已经办结。")
        payload = json.loads(row.payload.open())
        judges = _judges(by, row, payload)
        change = Change(by=by, origin=row.id, day=row.day, family=row.household)
        pictures = rehearse(change, row.kind, payload, _days(row, payload), masked=not judges)
        typed = {} if judges else _typed(by, row, payload)
        changed = [_changed(picture, typed) for picture in pictures]
        _record(by, row, purpose, pictures, changed, judges)
    return list(_differences([picture.about for picture in pictures], changed))


def _record(
    by: Scope, row: ChangeRequest, purpose: str, pictures: list[Picture], changed: list[Lines], judges: bool
) -> None:
    about = {
        subject.id: (subject.audited, row.region_code) for picture in pictures for subject in picture.without
    }
    keys = {key for lines in changed for key in lines if key[0] in about}
    seen = sorted({about[id_] for id_, _ in keys})
    audit.record_shown(by=by, rows=[(audit.subject_of(row), row.region_code), *seen], purpose=purpose)
    for field in sorted({field for _, field in keys} if judges else ()):
        whole = {about[key[0]] for lines in changed for key in _in_full(lines, field) if key in keys}
        audit.record_shown(by=by, rows=sorted(whole), purpose=purpose, verb="revealed", field=field)


def _judges(by: Scope, row: ChangeRequest, payload: Payload) -> bool:
    homes = [home for home in (row.household_id, payload.get("other")) if home]
    may = by.role in kinds()[row.kind]["deciders"] and row.proposed_by_id != by.officer
    return may and not stands_apart(by.name, [filed.official for filed in filings(homes, row.day, payload)])


def _typed(by: Scope, row: ChangeRequest, payload: Payload) -> dict[Key, str]:
    """The sealed facts of a correction -> how they read after it: for its maker as typed."""
    about = UUID(payload["person"]) if "person" in payload else row.household_id
    others = row.proposed_by_id != by.officer
    return {
        (about, name): shown(name, value, masked=others)
        for name, value in payload.get("facts", {}).items()
        if value is not None and masked(name)
    }


def _differences(days: list[date], changed: list[Lines]) -> Iterator[Difference]:
    """Today's lines, then those of the other days that were not told yet."""
    told = set[tuple[Key, _Told, _Told]]()
    for day, lines in zip(days, changed, strict=True):
        then = "" if lines is changed[0] else f"（{day} 当时）"
        for key, (was, is_) in lines.items():
            if (key, was, is_) not in told:
                said = is_ if is_ != _NOTHING else was
                yield Difference(said.who, f"{said.label}{then}", *_told(key[1], was, is_))
            told.add((key, was, is_))


def _in_full(lines: Lines, field: str) -> list[Key]:
    """Of whom this sealed fact is told without a mask."""
    if not masked(field):
        return []
    pairs = {key: pair for key, pair in lines.items() if key[1] == field}
    return [key for key, (was, is_) in pairs.items() if _told(field, was, is_) == (was.text, is_.text)]


def _days(row: ChangeRequest, payload: Payload) -> list[date]:
    """Today first; then the day after the change and those since on which something else began."""
    after, today = row.day + timedelta(days=1), date.today()
    if after >= today:
        return [after]
    return [today, after, *sorted({day for day in _turns(row, payload) if day and after < day < today})]


def _turns(row: ChangeRequest, payload: Payload) -> Iterator[date | None]:
    """On which days something else of the kind was told: of facts their statements, else who belonged."""
    facts = {*payload.get("facts", ()), *(name for name in ROWS if name in payload)}
    if not facts:
        for days in Membership.objects.filter(household=row.household_id).values_list(
            "from_day", "until_day"
        ):
            yield from days
        return
    about = {"person": payload["person"]} if "person" in payload else {"household": row.household_id}
    for statement in Statement.objects.filter(**about):
        if facts & statement.all_facts().keys():
            yield from (statement.from_day, statement.until_day)


def _changed(picture: Picture, typed: Mapping[Key, str]) -> Lines:
    """(without, with) the change where they differ or were typed; of who leaves the relation alone."""
    was, is_ = _lines(picture.without), _lines(picture.with_)
    is_ |= {key: is_[key]._replace(text=text) for key, text in typed.items() if key in is_}
    gone = {subject.id for subject in picture.without} - {subject.id for subject in picture.with_}
    pairs = {key: (was.get(key, _NOTHING), is_.get(key, _NOTHING)) for key in was | is_}
    return {
        key: (before, after)
        for key, (before, after) in pairs.items()
        if (before.text != after.text or key in typed) and (key[0] not in gone or key[1] == "relation")
    }


def _told(field: str, before: _Told, after: _Told) -> tuple[str, str]:
    """Both texts. A number is masked where the masks differ; nobody answers for four digits of an account."""
    texts = (before.text, after.text)
    if partly_masked(field) and field != WHOLE:
        masks = (before.text and shown(field, before.text), after.text and shown(field, after.text))
        return masks if masks[0] != masks[1] else texts
    return texts


def _lines(subjects: list[Subject]) -> dict[tuple[UUID, str], _Told]:
    """(subject, field) -> what is said; a member's name, relation and rows are lines, too."""
    found: dict[tuple[UUID, str], _Told] = {}
    for subject in subjects:
        who = subject.name
        if subject.relation:
            found[subject.id, "name"] = _Told(who, "姓名", who)
            found[subject.id, "relation"] = _Told(who, "与户主关系", shown("relation", subject.relation))
        for line in subject.lines:
            found[subject.id, line.field] = _Told(who, line.label, line.text)
        for name, rows in subject.rows.items():
            for row in rows:
                what, much = row_text(name, row)
                held = found.get((subject.id, what))
                found[subject.id, what] = _Told(who, what, f"{held.text}；{much}" if held else much)
    return found
