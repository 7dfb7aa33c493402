"""What a staged row would change, old and new beside each other, for whoever confirms it."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, NamedTuple
from uuid import UUID

from doudi.intake.models import ImportBatch
from doudi.intake.queries import StagedRow
from doudi.kernel.money import format_yuan
from doudi.office import audit
from doudi.office.roles import Fields, may_see
from doudi.office.scope import Scope, active
from doudi.registry.comparison import Change, plans_of
from doudi.registry.facts import ROWS, catalogue, row_text, shown
from doudi.registry.identity import id_index
from doudi.registry.models import Person
from doudi.registry.outside import COUNTY_DIGITS

MOST_ROWS = 6
_DIFFER = ("CHANGED", "DIFFERS")
_UNSEEN = "不在您的查看范围"


class Told(NamedTuple):
    """One line: whose (empty: the family's), what, before, after; `programme` instead of a label."""

    who: str
    label: str
    before: str
    after: str
    programme: str = ""


def changes(*, by: Scope, batch: ImportBatch, rows: list[StagedRow], purpose: str) -> dict[UUID, list[Told]]:
    """Row -> its lines, compared with the register as it is now; sealed facts masked.

    Only where something differs and is not taken in yet. One audit row for each person and family of the
    register that the rows name. Raises OutsideScope.
    """
    with active(by):
        differ = batch.state in ("COMPARED", "CONFIRMED") and rows[:1] and rows[0].outcome in _DIFFER
        planned = plans_of(by, batch, rows) if differ else []
        subjects = _named(by, rows)
        for plan in planned:
            for change in plan.changes:
                subjects.setdefault(change.subject, plan.row.region_code)
        subjects.pop("", None)  # a new member
        audit.record_shown(by=by, rows=list(subjects.items()), purpose=purpose, verb="previewed")
    return {plan.row.id: [line for change in plan.changes for line in _lines(by, change)] for plan in planned}


def _named(by: Scope, rows: list[StagedRow]) -> dict[str, str]:
    """Subject -> region of the county's registered persons whom rows name, by number or in their family."""
    members = [member for row in rows for member in row.document.get("members", ())]
    numbers = [id_index(member["id_no"]) for member in members if member.get("id_no")]
    families = {row.document.get("household", {}).get("household_id") for row in rows} - {None}
    names = {member.get("name") for member in members if not member.get("id_no")}
    with active(replace(by, region=by.region[:COUNTY_DIGITS])):
        by_number = Person.objects.filter(id_index__in=numbers)
        by_name = Person.objects.filter(
            name__in=names,
            memberships__household__household_no__in=families,
            memberships__known_until__isnull=True,
        )
        found = [*by_number, *(by_name if names else ())]
        return {audit.subject_of(person): person.region_code for person in found}


def _lines(by: Scope, change: Change) -> Iterator[Told]:
    if not change.subject:
        yield Told(change.who, "成员", "", "新增")
    for name, value in change.after.items():
        held = catalogue().get(name)
        if name in ROWS:
            label, sees = {"incomes": "收入", "expenditures": "支出", "assets": "财产"}[name], "MONEY"
        elif held:
            label, sees = held.label, held.sees
        else:
            continue
        texts = [_text(name, told) for told in (change.before.get(name), value)]
        if not may_see(by.role, Fields(sees)):
            texts = [_UNSEEN, _UNSEEN]
        elif texts[0] == texts[1]:  # two masks: what differs is behind them
            texts[1] += "（不同）"
        yield Told(change.who, label, *texts)
    for status in change.told:
        same = [row for row in change.statuses if row[0] == status["programme"]]
        before = max(same, key=lambda row: row[1], default=None)
        after = (status["programme"], status["from"], status["until"], status["amount"])
        yield Told("", "", _status(before), _status(after), status["programme"])


def _text(name: str, value: Any) -> str:
    if value is None or value == []:
        return ""
    if name not in ROWS:
        return shown(name, value)
    rows: list[Mapping[str, Any]] = list(value)
    told = "；".join(" ".join(row_text(name, row)) for row in rows[:MOST_ROWS])
    return told if len(rows) <= MOST_ROWS else f"{told}……共 {len(rows)} 条"


def _status(row: tuple[Any, ...] | None) -> str:
    if row is None:
        return ""
    _, since, until, amount = row
    much = "" if amount is None else f"，{format_yuan(amount)} 元"
    return f"{since} 起{f'至 {until}' if until else ''}{much}"
