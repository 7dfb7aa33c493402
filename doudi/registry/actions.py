"""The registry's verbs."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from doudi.office import audit
from doudi.office.actions import Refused, refuse_numbers
from doudi.office.crypto import blind_index
from doudi.office.fields import new_id
from doudi.office.scope import OutsideScope, Scope, active
from doudi.registry.changes import NEW_FAMILY, Change, check_family, kinds
from doudi.registry.facts import masked
from doudi.registry.imports import absorb_import, compare_import, confirm_import, undo_import
from doudi.registry.kin import filings, stands_apart
from doudi.registry.loading import NumberTaken, Rows, Saying, refusing_doubles
from doudi.registry.models import ChangeRequest, Household
from doudi.registry.outside import check_tally, count_told
from doudi.registry.plausible import check_day
from doudi.registry.rehearsal import rehearse

__all__ = [
    "AlreadyAsked",
    "absorb_import",
    "compare_import",
    "confirm_import",
    "decide",
    "propose",
    "register_household",
    "undo_import",
    "withdraw",
]

NEWCOMERS = ("BIRTH", "MARRIAGE", "MOVE_IN")
LONGEST_ANSWER = 300


class AlreadyAsked(Refused):
    """The same is asked for already; `request` is the first one's public id."""

    def __init__(self, same: ChangeRequest) -> None:
        self.request = same.id
        state = "正在等待审批" if same.state == "PROPOSED" else "已经审批"
        super().__init__(f"已有同样的申请，编号 {str(same.id)[:8]}，{state}，没有再次提交。")


def register_household(
    *, by: Scope, document: Mapping[str, Any], since: date, source: str = "WINDOW"
) -> UUID:
    """A new family from a canonical document; returns its public id.

    Raises Refused when a member's ID number or the household number stands in the county already or cannot
    be one; UnknownFact, OutsideScope.
    """
    check_family(document, date.today())
    with active(by):
        rows = Rows(Saying(source=source, since=since, by=by.officer))
        family = rows.family(document)
        with refusing_doubles():
            rows.write()
        subject = f"{Household._meta.db_table}:{family.id}"
        audit.record(by=by, verb="registered", subject=subject, region=family.region_code)
    return family.id


def propose(
    *,
    by: Scope,
    kind: str,
    day: date,
    payload: Mapping[str, Any],
    reason: str,
    household: UUID | None = None,
) -> UUID:
    """A change somebody else must decide; `payload` as changes.py says. Returns the request's public id.

    Rehearsed first, so that what cannot be done is refused here. Raises Refused, AlreadyAsked when the same
    is asked for already, UnknownFact, OutsideScope.
    """
    if kind not in kinds() or by.role not in kinds()[kind]["makers"]:
        raise Refused("您现在的岗位不能提出这项变更。")
    if not reason.strip():
        raise Refused("请写明变更的依据（例如：死亡证明、户口迁移证）。")
    refuse_numbers(reason, "依据")
    check_day(day)
    numbers = _numbers(payload)
    if numbers:
        check_tally(by=by)
    request = ChangeRequest(
        id=new_id(), kind=kind, day=day, payload=json.dumps(payload, ensure_ascii=False),
        reason=reason.strip(), proposed_by_id=by.officer,
    )  # fmt: skip
    try:
        return _made(by, request, payload, household)
    except NumberTaken:
        count_told(by=by, numbers=numbers, purpose=f"{kinds()[kind]['label']}查重")
        raise


def _made(by: Scope, request: ChangeRequest, payload: Mapping[str, Any], household: UUID | None) -> UUID:
    kind = request.kind
    with active(by):
        family = _locked(household) if household and kind != NEW_FAMILY else None
        told = payload.get("document", {}).get("household", {})
        request.region_code = family.region_code if family else told.get("region_code", by.region)
        request.household = family
        request.once = _once(request, payload)
        if same := ChangeRequest.objects.filter(once=request.once).first():
            raise AlreadyAsked(same)
        rehearse(Change(by=by, origin=request.id, day=request.day, family=family), kind, payload)
        with refusing_doubles(), transaction.atomic():
            request.save()
        _record(by, "proposed", request)
    return request.id


def _locked(household: UUID) -> Household:
    """The family, neither moved nor taken out with its list until the request stands. Raises OutsideScope."""
    for family in Household.objects.select_for_update(no_key=True).filter(id=household):
        return family
    raise OutsideScope(f"household {household}")


def _numbers(payload: Mapping[str, Any]) -> list[str]:
    """The ID numbers a request would give to somebody: each is refused when another has it."""
    told = [
        payload.get("member", {}),
        payload.get("facts", {}),
        *payload.get("document", {}).get("members", []),
    ]
    return [one["id_no"] for one in told if one.get("id_no")]


def decide(*, by: Scope, request: UUID, approve: bool, answer: str = "") -> None:
    """Applies a proposed change or rejects it with a reason. Whoever proposed it may not decide it.

    Raises Refused, OutsideScope. An applied change is undone by another request only.
    """
    with refusing_doubles(), active(by):  # also what the database finds at the end of it
        row = _proposed(request)
        if by.officer is None or by.role not in kinds()[row.kind]["deciders"]:
            raise Refused(f"“{kinds()[row.kind]['label']}”不由您现在的岗位审批。")
        if by.officer == row.proposed_by_id:
            raise Refused("不能审批自己提出的变更，请由另一位同志审批。")
        if len(answer.strip()) > LONGEST_ANSWER:
            raise Refused(f"“审批意见”最多 {LONGEST_ANSWER} 个字，现为 {len(answer.strip())} 个字，请缩短。")
        refuse_numbers(answer, "审批意见")
        if not approve and not answer.strip():
            raise Refused("退回请写明理由。")
        payload = json.loads(row.payload.open())
        # Asked before and after: what the change itself ends or moves must not free its decider.
        filed = filings([one for one in (row.household_id, payload.get("other")) if one], row.day)
        if approve:
            families = Household.objects.select_for_update()
            family = families.get(id=row.household_id) if row.household_id else None
            change = Change(by=by, origin=row.id, day=row.day, family=family)
            touched = change.apply(row.kind, payload)
            row.household_id = row.household_id or min(touched)  # a new family has only now an id
            filed += filings(touched, row.day)
        if stands_apart(by.name, [*(one.official for one in filed), payload.get("official")]):
            raise Refused("这一户备案的工作人员与您同名：本人和近亲属的事项应当回避，请由另一位同志审批。")
        row.state = "APPLIED" if approve else "REJECTED"
        if not approve or row.kind not in NEWCOMERS:
            row.once = None
        row.decided_by_id = by.officer
        row.decided_at = timezone.now()
        row.answer = answer.strip()
        row.save()
        _record(by, row.state.lower(), row)


def withdraw(*, by: Scope, request: UUID) -> None:
    """Takes back a request of one's own that nobody has decided. Raises Refused, OutsideScope."""
    with active(by):
        row = _proposed(request)
        if by.officer is None or by.officer != row.proposed_by_id:
            raise Refused("只能撤回自己提出的变更。")
        row.state, row.decided_at, row.once = "WITHDRAWN", timezone.now(), None
        row.save()
        _record(by, "withdrawn", row)


def _once(row: ChangeRequest, payload: Mapping[str, Any]) -> bytes:
    """Equal for two requests that ask for the same: of a newcomer by name and day, else word for word."""
    where, what = f"{row.household_id}", json.dumps(payload, ensure_ascii=False, sort_keys=True)
    if row.kind in NEWCOMERS:
        told = payload.get("member", {})
        what = payload.get("person") or "".join(told.get("name", "").split())
    if row.kind == NEW_FAMILY:  # a household number stands once in the county
        told = payload.get("document", {}).get("household", {})
        where, what = row.region_code[:6], told.get("household_id", "")
    day = "" if row.kind == NEW_FAMILY else f"{row.day}"
    # What another officer typed of a sealed fact is not told by "the same is waiting".
    sealed = any(masked(name) for name in payload.get("facts", ()))
    maker = f"{row.proposed_by_id}" if sealed else ""
    return blind_index("\n".join((row.kind, where, day, what, maker)), "change-request")[:16]


def _proposed(request: UUID) -> ChangeRequest:
    row = ChangeRequest.objects.select_for_update().filter(id=request).first()
    if row is None:
        raise OutsideScope(f"request {request}")
    if row.state != "PROPOSED":
        raise Refused("这项变更已经办结，如需恢复请另行提出变更。")
    return row


def _record(by: Scope, verb: str, row: ChangeRequest) -> None:
    audit.record(
        by=by,
        verb=f"change_{verb}",
        subject=audit.subject_of(row),
        region=row.region_code,
        detail={"kind": row.kind, "household": str(row.household_id or "")},
    )
