"""The registry's verbs."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.db import IntegrityError

from doudi.office import audit
from doudi.office.actions import Refused
from doudi.office.scope import Scope, active
from doudi.registry.loading import Rows, Saying


def register_household(
    *, by: Scope, document: Mapping[str, Any], since: date, source: str = "WINDOW"
) -> UUID:
    """A new family from a canonical document; returns its public id.

    Raises Refused when a member's ID number or the household number stands in the county already,
    UnknownFact, OutsideScope.
    """
    with active(by):
        rows = Rows(Saying(source=source, since=since, by=by.officer))
        family = rows.family(document)
        _write(rows)
        audit.record(by=by, verb="registered", subject=audit.subject_of(family), region=family.region_code)
    return family.id


def _write(rows: Rows) -> None:
    try:
        rows.write()
    except IntegrityError as error:
        constraint = error.__cause__.diag.constraint_name if error.__cause__ else ""
        raise Refused(_REFUSALS.get(constraint or "", "登记内容与现有记录冲突，请核对。")) from error


# Says that there is such a person, never where: the clerk may not be allowed to see that township.
_REFUSALS = {
    "registry_person_once": (
        "这个身份证号在本县已有登记，不能重复建档。请先查找此人；不在您辖区的，请报县级经办人查找。"
    ),
    "registry_household_no_once": "这个户编号在本县已经使用，请核对后换一个。",
    "registry_one_household_at_a_time": "此人在这段时间已属于另一户，请先办理迁出或分户。",
    "registry_one_head": "一户只能有一个户主，请核对与户主关系。",
}
