"""What a change would do, line by line: what its approver decides on.

A change holds from the day it happened on, so two days are looked at: today, and the day after it happened.
Seen on that day alone, a correction dated back would replace a newer account unseen (docs/adr/0040).
"""

import json
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID

from doudi.office import audit
from doudi.office.actions import Refused
from doudi.office.scope import Scope, active
from doudi.registry.changes import Change
from doudi.registry.documents import Subject, one
from doudi.registry.facts import catalogue, partly_masked, row_text, shown
from doudi.registry.kin import filings, stands_apart
from doudi.registry.models import ChangeRequest, Person
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


def difference(*, by: Scope, request: UUID, purpose: str = "") -> list[Difference]:
    """What approving a proposed change will do, found by doing and undoing it. Writes an audit row.

    Whoever is filed as a relative of the family judges nothing of it, and reads no more than on its page.
    Raises OutsideScope, PurposeNeeded, Refused when it cannot be done any more.
    """
    with active(by):
        purpose = stated_purpose(by, purpose or "审批变更")
        row = one(ChangeRequest, request)
        if row.state != "PROPOSED":
            raise Refused("这项变更已经办结。")
        change = Change(by=by, origin=row.id, day=row.day, family=row.household)
        payload = json.loads(row.payload.open())
        pictures = rehearse(change, row.kind, payload, _days(row.day))
        homes = [home for home in (row.household_id, payload.get("other")) if home]
        apart = stands_apart(by.name, [filed.official for filed in filings(homes, row.day)])
        audit.record_shown(by=by, rows=[(audit.subject_of(row), row.region_code)], purpose=purpose)
        changed = [_changed(picture) for picture in pictures]
        # Nobody answers for an account of which they saw four digits: it is shown in full, with its trace.
        whole = {key[0] for one_day in changed for key in one_day if key[1] == WHOLE and not apart}
        pairs = [(f"{Person._meta.db_table}:{who}", row.region_code) for who in sorted(whole)]
        audit.record_shown(by=by, rows=pairs, purpose=purpose, verb="revealed", field=WHOLE)
    found, today = list[Difference](), changed[0]
    for picture, lines in zip(pictures, changed, strict=True):
        then = "" if lines is today else f"（{picture.about} 当时）"
        for key, (was, is_) in lines.items():
            if not then or today.get(key) != (was, is_):
                said = is_ if is_ != _NOTHING else was
                found.append(Difference(said.who, f"{said.label}{then}", *_told(key[1], was, is_, apart)))
    return found


def _days(happened: date) -> list[date]:
    """Today first, and the day after the change where that is past."""
    after, today = happened + timedelta(days=1), date.today()
    return [today, after] if after < today else [after]


def _changed(picture: Picture) -> dict[tuple[UUID, str], tuple["_Told", "_Told"]]:
    """(subject, field) -> (without, with) the change, where they differ; of who leaves the relation alone."""
    was, is_ = _lines(picture.without), _lines(picture.with_)
    gone = {subject.id for subject in picture.without} - {subject.id for subject in picture.with_}
    pairs = {key: (was.get(key, _NOTHING), is_.get(key, _NOTHING)) for key in was | is_}
    return {
        key: (before, after)
        for key, (before, after) in pairs.items()
        if before.text != after.text and (key[0] not in gone or key[1] == "relation")
    }


class _Told(NamedTuple):
    """One line to compare, by (subject, field)."""

    who: str
    label: str
    text: str


_NOTHING = _Told("", "", "")


def _told(field: str, before: _Told, after: _Told, apart: bool) -> tuple[str, str]:
    """Both texts. A number is masked where the masks differ; an illness cannot be judged unseen."""
    texts = (before.text, after.text)
    hidden = apart and field in catalogue() and catalogue()[field].masked
    if hidden or (partly_masked(field) and field != WHOLE):
        masks = (before.text and shown(field, before.text), after.text and shown(field, after.text))
        return masks if hidden or masks[0] != masks[1] else texts
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
