"""What a change would do, line by line: what its approver decides on."""

import json
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from doudi.office import audit
from doudi.office.actions import Refused
from doudi.office.scope import Scope, active
from doudi.registry.changes import Change, rehearse
from doudi.registry.documents import Subject, one
from doudi.registry.facts import catalogue, partly_masked, row_text, shown
from doudi.registry.kin import filings, stands_apart
from doudi.registry.models import ChangeRequest, Person
from doudi.registry.queries import stated_purpose

WHOLE = "bank_account"


@dataclass(frozen=True)
class Difference:
    """One line of what a change would change; `before` or `after` empty where there is nothing."""

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
        before, after = rehearse(change, row.kind, payload)
        homes = [home for home in (row.household_id, payload.get("other")) if home]
        apart = stands_apart(by.name, [filed.official for filed in filings(homes, row.day)])
        audit.record_shown(by=by, rows=[(audit.subject_of(row), row.region_code)], purpose=purpose)
        was, is_ = _lines(before), _lines(after)
        # Nobody answers for an account of which they saw four digits: it is shown in full, with its trace.
        accounts = {key for key in was | is_ if key[1] == WHOLE and was.get(key) != is_.get(key)}
        whole = set() if apart else accounts
        pairs = [(f"{Person._meta.db_table}:{who}", row.region_code) for who, _ in sorted(whole)]
        audit.record_shown(by=by, rows=pairs, purpose=purpose, verb="revealed", field=WHOLE)
    gone = {subject.id for subject in before} - {subject.id for subject in after}
    return [
        Difference(told.who, told.label, *_told(key[1], was.get(key), is_.get(key), apart))
        for key, told in (was | is_).items()
        if was.get(key, _NOTHING).text != is_.get(key, _NOTHING).text
        and (key[0] not in gone or key[1] == "relation")
    ]


class _Told(NamedTuple):
    """One line to compare, by (subject, field)."""

    who: str
    label: str
    text: str


_NOTHING = _Told("", "", "")


def _told(field: str, before: _Told | None, after: _Told | None, apart: bool) -> tuple[str, str]:
    """Both texts. A number is masked where the masks differ; an illness cannot be judged unseen."""
    texts = tuple(one.text if one else "" for one in (before, after))
    hidden = apart and field in catalogue() and catalogue()[field].masked
    if hidden or (partly_masked(field) and field != WHOLE):
        masks = tuple(text and shown(field, text) for text in texts)
        texts = masks if hidden or masks[0] != masks[1] else texts
    return texts[0], texts[1]


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
