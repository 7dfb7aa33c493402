"""What waits for a decision, by whom it is about: payloads are sealed, so each open request is read."""

import re
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from doudi.office.actions import Refused
from doudi.registry.models import ChangeRequest, Household, Person

_ID = re.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def waiting(rows: "QuerySet[ChangeRequest]") -> dict[UUID, list[ChangeRequest]]:
    """Of these requests the open ones, oldest first, by each family and person they are about or name."""
    found: dict[UUID, list[ChangeRequest]] = {}
    for row in rows.filter(state="PROPOSED").order_by("proposed_at", "id"):
        for one in {f"{row.household_id}", *_ID.findall(row.payload.open())} - {"None"}:
            found.setdefault(UUID(one), []).append(row)
    return found


def refuse_waiting(about: Iterable[Household | Person], *, but: UUID, kinds: Mapping[str, Any]) -> None:
    """Raises Refused when requests other than `but` wait about one of these, or name one, and says which."""
    found, names = waiting(ChangeRequest.objects.exclude(id=but)), list[str]()
    rows = dict[UUID, str]()
    for one in about:
        asked = {row.id: str(kinds[row.kind]["label"]) for row in found.get(one.id, ())}
        names += ["这一户" if isinstance(one, Household) else one.name] if asked else []
        rows |= asked
    if rows:
        who, what = "、".join(names), "、".join(dict.fromkeys(rows.values()))
        raise Refused(f"{who}还有 {len(rows)} 项申请等待审批（{what}），请先审批或撤回，再办这一项。")
