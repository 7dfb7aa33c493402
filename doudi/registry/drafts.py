"""What an officer has typed into a form and not sent: sealed, the officer's alone, gone after a day.

Nothing of it stays on the device, which others use, too; without it one wrong tap loses fifty fields.
"""

import json
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, models, transaction
from django.utils import timezone

from doudi.office import audit
from doudi.office.actions import Refused
from doudi.office.scope import EVERYWHERE, OutsideScope, Scope, active, looking, system
from doudi.registry.documents import one
from doudi.registry.models import Draft, Household

KEPT = timedelta(hours=24)
LONGEST, MOST = 60_000, 50
SPENT = ""
"""The kind of one that was sent. Its id stays for the day: a keep still under way would make it anew."""


def keep(
    *,
    by: Scope,
    id: UUID,
    kind: str,
    typed: Mapping[str, str],
    household: UUID | None = None,
    about: UUID | None = None,
) -> datetime:
    """Keeps what was typed under the id the form was opened with, in place of what it kept before.

    `about` is the member whose facts are corrected. Returns until when. Raises Refused for a text no form
    makes, and for what was sent; OutsideScope, also for an id that is another's.
    """
    text = json.dumps(dict(typed), ensure_ascii=False)
    if len(text) > LONGEST:
        raise Refused("填写的内容过长，不能暂存。")
    with active(by):
        region = one(Household, household).region_code if household else by.region
        row = _of_today(by).select_for_update().filter(id=id).first()
        fresh = row is None
        if row and row.kind == SPENT:
            raise Refused("这份填写已经提交，没有再暂存；要另外提一份的，请填完后直接提交。")
        row = row or Draft(
            id=id, region_code=region, officer_id=by.officer, kind=kind, household=household, about=about
        )
        row.typed, row.kept_at = text, timezone.now()
        try:
            with transaction.atomic():
                row.save(force_insert=fresh, force_update=not fresh)
        except IntegrityError:
            raise OutsideScope(f"draft {id}") from None
        if fresh:  # not each time: a form is kept again after each pause in typing
            _record(by, "draft_kept", row)
            for old in _own(by).order_by("-kept_at", "id")[MOST:]:
                _dropped(by, old, "too many")
    return until(row)


def waiting(*, by: Scope, household: UUID | None = None, kind: str = "") -> list[Draft]:
    """The officer's own, the latest first; of one form if it is named. What was typed stays sealed."""
    with looking(by):
        rows = _own(by).defer("typed").order_by("-kept_at", "id")
        return list(rows.filter(household=household, kind=kind) if kind else rows)


def opened(*, by: Scope, id: UUID) -> tuple[dict[str, str], datetime]:
    """(what was typed, when it was kept). Writes an audit row. Raises OutsideScope."""
    with active(by):
        row = _own(by).filter(id=id).first()
        if row is None:
            raise OutsideScope(f"draft {id}")
        _record(by, "draft_opened", row)
        return json.loads(row.typed.open()), row.kept_at


def drop(*, by: Scope, id: UUID, sent: bool = False) -> None:
    """The officer puts it away, or has sent it; nothing for one that is not there."""
    with active(by):
        for row in _own(by).select_for_update().filter(id=id):
            _dropped(by, row, "sent" if sent else "put away")
        if sent:
            spent = Draft(id=id, region_code=by.region, officer_id=by.officer, kind=SPENT, typed="{}")
            with suppress(IntegrityError), transaction.atomic():  # sent twice, or another's id
                spent.save(force_insert=True)


def forget_old() -> int:
    """Removes, of every officer, what was kept a day ago; returns how many. For the worker."""
    found = 0
    for province in EVERYWHERE:
        with system(province, "worker") as by:
            for row in Draft.objects.filter(kept_at__lte=timezone.now() - KEPT).order_by("kept_at")[:1000]:
                _dropped(by, row, "a day old")
                found += 1
    return found


def until(row: Draft) -> datetime:
    """When it goes."""
    return row.kept_at + KEPT


def _own(by: Scope) -> "models.QuerySet[Draft]":
    return _of_today(by).exclude(kind=SPENT)


def _of_today(by: Scope) -> "models.QuerySet[Draft]":
    return Draft.objects.filter(officer=by.officer, kept_at__gt=timezone.now() - KEPT)


def _dropped(by: Scope, row: Draft, why: str) -> None:
    if row.kind != SPENT:
        _record(by, "draft_dropped", row, why=why)
    row.delete()


def _record(by: Scope, verb: str, row: Draft, **more: Any) -> None:
    about = audit.subject_of(row) if row.household is None else f"{Household._meta.db_table}:{row.household}"
    audit.record(
        by=by, verb=verb, subject=about, region=row.region_code, detail={"kind": row.kind, **more}
    )  # fmt: skip
