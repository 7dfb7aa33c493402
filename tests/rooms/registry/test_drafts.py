"""What is typed and not sent: sealed, the officer's alone whichever lock holds, gone after a day."""

import json
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from doudi.cli import steps
from doudi.office.actions import Refused
from doudi.office.models import AuditEntry
from doudi.office.scope import OutsideScope, Scope, active, system
from doudi.registry import drafts
from doudi.registry.models import Draft
from tests.rooms.people import SIBLING, TOWNSHIP, VILLAGE, a_small_country, an_officer, scope_of
from tests.rooms.registry.families import a_member, registered

TYPED = {"reason": "户口簿 12 号", "fact:phone": "13912345678"}


@pytest.fixture
def clerk(db: None) -> Scope:
    a_small_country()
    return scope_of(an_officer("clerk", "township_clerk"))


@pytest.fixture
def family(clerk: Scope) -> UUID:
    return registered(a_member(), by=clerk, region=VILLAGE)


def kept(by: Scope, family: UUID | None = None, **more: Any) -> UUID:
    """A draft of 更正信息, or of 新户登记 where there is no family."""
    id_ = more.pop("id", None) or uuid4()
    told = {"kind": "FACTS" if family else "REGISTER", "typed": TYPED, "household": family}
    drafts.keep(by=by, id=id_, **{**told, **more})
    return id_


def verbs() -> list[tuple[str, str]]:
    with system("5", "test"):
        rows = AuditEntry.objects.filter(verb__startswith="draft").order_by("id")
        return [(row.verb, row.detail.get("why", "")) for row in rows]


def test_it_works(clerk: Scope, family: UUID) -> None:
    id_ = kept(clerk, family)
    kept(clerk, family, id=id_, typed={**TYPED, "reason": "户口簿 13 号"})
    (row,) = drafts.waiting(by=clerk, household=family, kind="FACTS")
    assert (row.id, row.region_code) == (id_, VILLAGE)
    assert drafts.opened(by=clerk, id=id_)[0]["reason"] == "户口簿 13 号"
    drafts.drop(by=clerk, id=id_, sent=True)
    assert drafts.waiting(by=clerk) == []
    assert verbs() == [("draft_kept", ""), ("draft_opened", ""), ("draft_dropped", "sent")]
    with system("5", "test"):
        assert {row.subject for row in AuditEntry.objects.filter(verb__startswith="draft")} == {
            f"registry_household:{family}"
        }


def test_what_was_sent_is_not_made_anew(clerk: Scope, family: UUID) -> None:
    """A keep may still be under way when the form is sent, whether it was kept before or not."""
    id_, never = kept(clerk, family), uuid4()
    for one in (id_, id_, never):
        drafts.drop(by=clerk, id=one, sent=True)
    for one in (id_, never):
        with pytest.raises(Refused, match="已经提交，没有再暂存"):
            kept(clerk, family, id=one)
        with pytest.raises(OutsideScope):
            drafts.opened(by=clerk, id=one)
    assert drafts.waiting(by=clerk) == []
    assert verbs() == [("draft_kept", ""), ("draft_dropped", "sent")]
    put_away = kept(clerk, family)
    drafts.drop(by=clerk, id=put_away)
    assert kept(clerk, family, id=put_away) == put_away
    with time_machine.travel(timezone.now() + timedelta(hours=25), tick=False):
        assert drafts.forget_old() == 3
    assert verbs()[-1] == ("draft_dropped", "a day old")
    assert [verb for verb, _ in verbs()].count("draft_dropped") == 3


def test_nothing_of_it_lies_in_the_clear(clerk: Scope, family: UUID) -> None:
    kept(clerk, family)
    with active(clerk), connection.cursor() as cursor:
        # What was typed is read as the bytes on the disk: the database decodes no zero byte.
        cursor.execute("select registry_draft::text, typed from registry_draft")
        ((row, typed),) = cursor.fetchall()
        cursor.execute("select string_agg(e::text, '') from office_auditentry e")
        (audited,) = cursor.fetchone()
    kept_bytes = f"{row}{audited}".encode() + bytes(typed)
    for text in ("13912345678", "户口簿"):
        assert text.encode() not in kept_bytes
        assert json.dumps(text).strip('"').encode() not in kept_bytes


@pytest.mark.parametrize("lock", ["django_db_setup", "rls_off", "orm_scope_off"])
def test_it_is_the_officer_s_alone(
    clerk: Scope, family: UUID, lock: str, request: pytest.FixtureRequest
) -> None:
    id_, new = kept(clerk, family), kept(clerk)
    request.getfixturevalue(lock)
    # A colleague of the same office, one of another township, and the clerk's own account at another place.
    colleague = scope_of(an_officer("colleague", "township_clerk"))
    sibling = scope_of(an_officer("sibling", "township_clerk", SIBLING))
    for other in (colleague, sibling):
        assert drafts.waiting(by=other) == []
        for one in (id_, new):
            with pytest.raises(OutsideScope):
                drafts.opened(by=other, id=one)
            drafts.drop(by=other, id=one)
            with pytest.raises(OutsideScope):
                kept(other, id=one, typed={"reason": "改"})
    with pytest.raises(OutsideScope):
        kept(sibling, family)
    assert drafts.waiting(by=replace(clerk, region=SIBLING)) == []
    assert drafts.opened(by=clerk, id=id_)[0] == TYPED
    assert len(drafts.waiting(by=clerk)) == 2


def test_the_database_shows_none_to_a_colleague(clerk: Scope, family: UUID) -> None:
    kept(clerk, family)
    seen = "select count(*) from registry_draft"
    colleague = scope_of(an_officer("colleague", "township_clerk"))
    approver = replace(colleague, region=TOWNSHIP[:6], role="county_approver", department="CCA")
    for by, number in ((clerk, 1), (colleague, 0), (approver, 0), (replace(colleague, officer=None), 0)):
        with active(by), connection.cursor() as cursor:
            cursor.execute(seen)
            assert cursor.fetchone() == (number,), by
    with connection.cursor() as cursor:
        cursor.execute(seen)
        assert cursor.fetchone() == (0,)


def test_after_a_day_it_is_gone_for_its_officer_too(clerk: Scope, family: UUID) -> None:
    old = kept(clerk, family)
    with time_machine.travel(timezone.now() + timedelta(hours=23, minutes=59), tick=False) as clock:
        young = kept(clerk)
        assert drafts.forget_old() == 0
        clock.shift(timedelta(minutes=2))
        assert [row.id for row in drafts.waiting(by=clerk)] == [young]
        with pytest.raises(OutsideScope):
            drafts.opened(by=clerk, id=old)
        assert drafts.forget_old() == 1
    with system("5", "test"):
        assert [row.id for row in Draft.objects.all()] == [young]
    assert verbs()[-1] == ("draft_dropped", "a day old")


def test_neither_long_ones_nor_hundreds_are_kept(
    clerk: Scope, family: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Refused, match="过长"):
        kept(clerk, family, typed={"reason": "长" * drafts.LONGEST})
    monkeypatch.setattr(drafts, "MOST", 2)
    first, *others = (kept(clerk) for _ in range(3))
    assert {row.id for row in drafts.waiting(by=clerk)} == set(others)
    assert verbs()[-1] == ("draft_dropped", "too many")
    assert first not in others


def test_the_worker_removes_them_once_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    rounds, swept = iter((False, False, True)), []
    monkeypatch.setattr(steps, "connections", SimpleNamespace(close_all=lambda: None))
    monkeypatch.setattr(steps, "tick", lambda resting: None)
    monkeypatch.setattr(steps, "forget_old", lambda: swept.append(1))
    steps.keep_working(SimpleNamespace(wait=lambda seconds: next(rounds)))
    assert swept == [1]  # once a minute, not each second
