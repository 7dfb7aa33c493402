"""A batch that cannot be worked is set aside with words, and the others go on."""

from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, OperationalError

from doudi.cli import doctor, steps
from doudi.intake import setting_aside
from doudi.intake.actions import confirm, receive
from doudi.intake.cells import LONGEST_OF
from doudi.intake.models import ImportBatch, ImportRow
from doudi.intake.queries import preview
from doudi.office.actions import Refused
from doudi.office.models import AuditEntry
from doudi.office.scope import OutsideScope, Scope, active
from doudi.registry import imports
from doudi.registry.loading import Rows
from doudi.registry.models import Household, Person
from tests.rooms.imports.books import DIBAO, dibao_row, workbook
from tests.rooms.imports.test_imports import ON, compared
from tests.rooms.people import SIBLING, a_colleague, a_small_country, an_officer, scope_of
from tests.rooms.registry.families import an_id


@pytest.fixture
def clerk(db: None) -> Scope:
    a_small_country()
    return scope_of(an_officer("clerk"))


def a_list(*names: str) -> bytes:
    rows = [dibao_row(f"户{number}", "户主", name, number) for name in names for number in [an_id()]]
    return workbook(DIBAO, rows)


def confirmed(by: Scope, *names: str) -> UUID:
    batch = compared(by, a_list(*names))
    confirm(by=a_colleague(by), batch=batch)
    return batch


def batch_of(by: Scope, batch: UUID) -> ImportBatch:
    with active(by):
        return ImportBatch.objects.get(id=batch)


def registered(by: Scope) -> list[str]:
    with active(by):
        return list(Household.objects.order_by("household_no").values_list("household_no", flat=True))


def test_a_name_too_long_for_the_register_is_refused_with_its_cell(clerk: Scope) -> None:
    assert LONGEST_OF["name"] == Person._meta.get_field("name").max_length
    assert LONGEST_OF["household_id"] == Household._meta.get_field("household_no").max_length
    rows = [
        dibao_row("户1", "户主", "陈" * 100, ""),
        dibao_row("户" * 60, "户主", "陈国富", ""),
        dibao_row("户3", "户主", "陈国贵", "", amount="-500"),
        dibao_row("户4", "户主", "陈" * 80, ""),
    ]
    batch = compared(clerk, workbook(DIBAO, rows))
    refused = preview(by=clerk, batch=batch, outcome="REFUSED")
    told = {(one.row, one.column, one.what) for row in refused for one in row.findings}
    assert {(3, "姓名", "文字超过80字"), (4, "户编号", "文字超过40字")} <= told
    assert (5, "月保障金额（元）", "“-500.00”是负数") in told
    confirm(by=a_colleague(clerk), batch=batch)
    steps.tick()
    assert registered(clerk) == ["户4"]


def test_a_row_the_database_refuses_is_named_and_the_next_batch_goes_on(
    clerk: Scope, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(LONGEST_OF, "name", 200)  # as if the reading had forgotten the length
    bad, good = confirmed(clerk, "陈国富", "陈" * 100, "陈国贵"), confirmed(clerk, "李秀英")
    assert steps.tick() == 1
    found = batch_of(clerk, bad)
    assert found.state == "SET_ASIDE"
    assert found.refusal.startswith("第 4 行有内容过长，或数值超出范围。登记册没有任何改动。")
    assert batch_of(clerk, good).state == "APPLIED"
    with active(clerk):
        assert [person.name for person in Person.objects.all()] == ["李秀英"]
    assert steps.tick() == 0
    with active(clerk):
        row = AuditEntry.objects.get(verb="import_set_aside")
    assert row.subject == f"intake_importbatch:{bad}"
    assert row.detail == {"from": "CONFIRMED", "problem": "DataError"}
    assert [line.level for line in doctor._batches()] == [doctor.NOTE]
    assert "有 1 份名册未能入册" in next(doctor._batches()).text


@pytest.mark.parametrize(
    ("problem", "said"),
    [
        (KeyError("relation"), "第 3 行内容无法处理。"),
        (IntegrityError("twice"), "第 3 行与登记册里已有的记录冲突。"),
    ],
)
def test_what_a_row_raises_names_it(
    clerk: Scope, monkeypatch: pytest.MonkeyPatch, problem: Exception, said: str
) -> None:
    def fails(*_: Any) -> None:
        raise problem

    batch = confirmed(clerk, "陈国富")
    monkeypatch.setattr(Rows, "family", fails)
    steps.tick()
    assert batch_of(clerk, batch).refusal.startswith(said)


def test_what_fails_before_any_row_says_so(clerk: Scope, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(**_: Any) -> None:
        raise ValueError("陈国富")

    batch = receive(by=clerk, name="名册.xlsx", data=a_list("陈国富"), mapping="dibao_guizhou", on=ON)
    monkeypatch.setitem(steps.STEPS, "RECEIVED", fails)
    steps.tick()
    found = batch_of(clerk, batch)
    assert found.state == "SET_ASIDE"
    assert found.refusal.startswith("这份名册内容无法处理。")


def test_a_lost_database_is_tried_three_times_and_no_more(
    clerk: Scope, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(**_: Any) -> None:
        raise OperationalError("the connection is lost")

    batch = confirmed(clerk, "陈国富")
    with monkeypatch.context() as patched:
        patched.setitem(steps.STEPS, "CONFIRMED", lost)
        for _ in range(2):
            with pytest.raises(OperationalError):
                steps.tick()
    assert batch_of(clerk, batch).tries == 2
    assert steps.tick() == 1  # the third time it holds
    assert (batch_of(clerk, batch).state, batch_of(clerk, batch).tries) == ("APPLIED", 0)
    other = confirmed(clerk, "李秀英")
    monkeypatch.setitem(steps.STEPS, "CONFIRMED", lost)
    for _ in range(setting_aside.MOST_TRIES):
        with pytest.raises(OperationalError):
            steps.tick()
    assert steps.tick() == 0
    assert "连续中断 3 次" in batch_of(clerk, other).refusal


def test_a_full_disk_rests_and_is_tried_again(clerk: Scope, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(**_: Any) -> None:
        raise OSError("no space left")

    batch, resting = confirmed(clerk, "陈国富"), dict[UUID, float]()
    monkeypatch.setitem(steps.STEPS, "CONFIRMED", full)
    steps.tick(resting)
    assert list(resting) == [batch]
    steps.tick(resting)  # rests
    assert (batch_of(clerk, batch).state, batch_of(clerk, batch).tries) == ("CONFIRMED", 1)


def test_two_workers_do_not_set_aside_what_the_other_has_done(clerk: Scope) -> None:
    batch = confirmed(clerk, "陈国富")
    imports.absorb_import(by=clerk, batch=batch)
    assert not setting_aside.begin(by=clerk, batch=batch, state="CONFIRMED")
    setting_aside.set_aside(by=clerk, batch=batch, state="CONFIRMED", problem=Refused("已入册"))
    assert batch_of(clerk, batch).state == "APPLIED"


def test_only_who_sent_it_puts_it_away(clerk: Scope) -> None:
    batch = compared(clerk, a_list("陈国富"))
    neighbour = scope_of(an_officer("neighbour", region=SIBLING))
    with pytest.raises(OutsideScope):
        setting_aside.discard(by=neighbour, batch=batch)
    setting_aside.discard(by=clerk, batch=batch)
    assert batch_of(clerk, batch).state == "DISCARDED"
    with active(clerk):
        assert not ImportRow.objects.filter(batch=batch).exists()
    with pytest.raises(Refused, match="已放弃"):
        confirm(by=a_colleague(clerk), batch=batch)
    done = confirmed(clerk, "陈国富")
    with pytest.raises(Refused, match="已确认"):
        setting_aside.discard(by=clerk, batch=done)
