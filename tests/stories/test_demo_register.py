"""The living county: put in once whatever stops it, an officer of every role, work waiting on the desks."""

from __future__ import annotations

from collections import Counter
from contextlib import nullcontext
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from demo import living, plan
from demo.cases import begin
from demo.places import COUNTY, LIVING
from demo.plan import Plan
from doudi.cli import Exit, demo
from doudi.cli.demo import LEAST
from doudi.cli.main import main
from doudi.desk.inbox.rows import Desk
from doudi.intake.actions import CONFIRMERS
from doudi.intake.models import ImportBatch, Lead
from doudi.office.models import AuditEntry, Officer, RoleGrant
from doudi.office.roles import DEPARTMENTS, OTHERS, ROLES
from doudi.office.scope import Scope, system
from doudi.registry.models import ChangeRequest, ExternalStatus, Household, NearRelative, Obligor, Person
from tests.rooms.database import admin, committed_db, django_db_setup

__all__ = ["admin", "committed_db", "django_db_setup"]

SMALL = Plan(households=700, seed=1, on="2026-11-20")


@pytest.fixture
def own_values(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr(settings, "OFFICE_VALUES", tmp_path / "values")
    return tmp_path / "values"


@pytest.fixture
def county(db: None, own_values: Path) -> str:
    return living.settle()


def put_in(until: int) -> int:
    return living.families(plan=SMALL, until=until, progress=lambda number: None)


def test_every_role_and_every_department_has_somebody(county: str) -> None:
    grants = RoleGrant.objects.select_related("department")
    assert {grant.role for grant in grants} == set(ROLES)
    assert {grant.department.kind for grant in grants} == set(DEPARTMENTS)
    for grant in grants:
        role = ROLES[grant.role]
        assert len(grant.region_id) in role.digits
        assert grant.department.kind in role.departments
    villages = RoleGrant.objects.filter(role="village").values_list("region_id", flat=True)
    assert len(set(villages)) == len(LIVING.townships) * LIVING.villages


def test_the_password_opens_every_account_and_is_another_one_next_time(county: str) -> None:
    shown = list(Officer.objects.filter(sign_in_name__in=living.SHOWN))
    assert len(shown) == len(living.SHOWN)
    assert all(officer.has_password(county) for officer in shown)
    generation = shown[0].generation
    again = living.settle()
    officer = Officer.objects.get(id=shown[0].id)
    assert again != county
    assert officer.has_password(again)
    assert officer.generation == generation + 1
    assert RoleGrant.objects.filter(officer=officer).count() == 1


def test_every_account_has_its_appointment_in_the_audit_once(county: str) -> None:
    for _ in range(2):
        with system(COUNTY, "test"):
            rows = AuditEntry.objects.filter(verb="appointed").values_list("subject", "detail")
            told = {subject: (detail["name"], detail["sign_in_name"]) for subject, detail in rows}
            assert len(told) == len(rows)
        stand = Officer.objects.values_list("id", "name", "sign_in_name")
        assert told == {f"office_officer:{id_}": (name, signs) for id_, name, signs in stand}
        living.settle()


def test_the_note_says_who_may_sign_in_and_each_has_a_code(county: str) -> None:
    note = living.sign_in_note(county)
    for name in living.SHOWN:
        assert name in note
        code = living.code_of(name)
        assert code is not None
        assert len(code) == 6
    assert living.code_of("无此人") is None


def test_the_county_has_its_own_policy_values(county: str, own_values: Path) -> None:
    assert "dibao_standard" in own_values.joinpath("demo.toml").read_text("utf-8")


def test_families_go_in_once_and_the_rest_later(county: str) -> None:
    assert put_in(600) > 600
    with system(COUNTY, "test"):
        first = set(Household.objects.values_list("id", flat=True))
        people = Person.objects.count()
    assert len(first) == 600
    assert put_in(600) == 0
    more = put_in(700)
    with system(COUNTY, "test"):
        assert Household.objects.count() == 700
        assert first <= set(Household.objects.values_list("id", flat=True))
        assert Person.objects.count() == people + more


def test_a_portion_that_fails_leaves_nothing_and_is_made_again(
    committed_db: None, own_values: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    living.settle()
    load, calls = living.load, Counter[str]()

    def failing(*args: Any, **kwargs: Any) -> int:
        calls["load"] += 1
        persons = load(*args, **kwargs)
        if calls["load"] == 2:
            raise ConnectionError("stopped")
        return persons

    monkeypatch.setattr(living, "load", failing)
    with pytest.raises(ConnectionError):
        put_in(700)
    with system(COUNTY, "test"):
        assert Household.objects.count() == living.PORTION
    put_in(700)
    with system(COUNTY, "test"):
        numbers = sorted(Household.objects.values_list("household_no", flat=True))
    assert numbers == [f"H{number:06}" for number in range(1, 701)]


def test_other_lists_say_who_is_paid_already(county: str) -> None:
    put_in(500)
    with system(COUNTY, "test"):
        rows = list(ExternalStatus.objects.values_list("programme", "amount", "from_day"))
    kinds = Counter(programme for programme, _, _ in rows)
    assert kinds.keys() == {"DIBAO", "TEKUN", "MONITOR_UNSTABLE", "MONITOR_MARGINAL", "MONITOR_SUDDEN"}
    for programme, amount, since in rows:
        assert since < SMALL.day
        assert (amount is None) == programme.startswith("MONITOR")


def work_of(name: str) -> Counter[str]:
    """Group of the desk -> how much of it waits there."""
    counts = Desk(scope(name), timezone.now() - timedelta(days=60)).counts()
    return Counter({group: sum(told.values()) for group, told in counts.items()})


def test_every_desk_has_work_of_its_own(county: str) -> None:
    put_in(700)
    begin(date.today())
    desks = {name: work_of(name) for name in ("clerk101", "chief101", "clerk001", "chief001", "minzheng3")}
    assert desks["chief101"]["decide"] == 2
    assert desks["clerk101"]["returned"] == 1
    assert desks["clerk101"]["asked"] == 2
    assert (desks["clerk001"]["import"], desks["chief001"]["import"]) == (0, 1)
    assert desks["minzheng3"]["decide"] >= len(LIVING.townships)
    asked = [work_of(f"cun101{at:03}")["asked"] for at in range(1, 11)]
    assert sorted(asked) == [0] * 9 + [1]
    with system(COUNTY, "test"):
        states = Counter(ChangeRequest.objects.values_list("state", flat=True))
        assert states == {"PROPOSED": 36, "REJECTED": 12, "APPLIED": 36}
        assert Lead.objects.count() == 4 * len(LIVING.townships)
        assert Obligor.objects.count() == NearRelative.objects.count() == len(LIVING.townships)
        batch = ImportBatch.objects.get()
        assert (batch.state, batch.counts["REFUSED"], batch.counts["NEW"]) == ("COMPARED", 1, 1)


def test_every_department_that_sends_lists_has_two_to_confirm_them() -> None:
    offices = Counter((kind, region) for _, _, role, kind, region in living.posts() if role in CONFIRMERS)
    assert {kind for kind, _ in offices} == {"CCA", "CAG", "TOWNSHIP", *OTHERS}
    assert min(offices.values()) >= 2


def test_work_is_begun_once(county: str) -> None:
    put_in(700)
    begin(date.today())
    begin(date.today())
    with system(COUNTY, "test"):
        assert ChangeRequest.objects.count() == 7 * len(LIVING.townships)


def test_the_least_county_has_work_on_every_desk(county: str) -> None:
    put_in(LEAST)
    begin(date.today())
    with system(COUNTY, "test"):
        assert ChangeRequest.objects.count() == 7 * len(LIVING.townships)


def test_a_township_without_families_to_spare_has_no_work(county: str) -> None:
    put_in(60)
    begin(date.today())
    with system(COUNTY, "test"):
        assert ChangeRequest.objects.count() < 7 * len(LIVING.townships)


@pytest.mark.parametrize("asked", [["--households", "120"], ["--first", "120"]])
def test_a_county_too_small_is_refused_with_the_least(asked: list[str], capsys: Any) -> None:
    assert main(["demo", *asked]) == Exit.USAGE
    assert f"至少 {LEAST} 户" in capsys.readouterr().err


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize("more", [[], ["--if-empty"], ["--serve"]])
def test_another_number_than_the_one_that_stands_is_refused(
    more: list[str], monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.setattr(demo, "_database", nullcontext)
    monkeypatch.setattr(
        plan, "read", lambda home: Plan(households=500, seed=1, on="2026-11-20", complete=True)
    )
    assert main(["demo", "--households", "600", *more]) == Exit.USAGE
    assert "按 500 户建立的，不能改为 600 户" in capsys.readouterr().err


def test_what_went_wrong_is_kept_with_the_installation(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Any
) -> None:
    monkeypatch.setenv("DOUDI_HOME", str(tmp_path))
    monkeypatch.setattr(demo, "_database", lambda: 1 // 0)
    assert main(["demo"]) == Exit.INTERNAL
    assert str(next(tmp_path.joinpath("errors").iterdir())) in capsys.readouterr().err


def scope(name: str) -> Scope:
    grant = RoleGrant.objects.select_related("officer", "department").get(officer__sign_in_name=name)
    return Scope(
        region=grant.region_id, role=grant.role, officer=grant.officer_id, name=grant.officer.name,
        department=grant.department.kind,
    )  # fmt: skip


def test_the_plan_is_kept_until_all_is_in(tmp_path: Path) -> None:
    assert plan.read(tmp_path) is None
    plan.write(tmp_path, SMALL)
    assert plan.read(tmp_path) == SMALL
    assert SMALL.day == date(2026, 11, 20)
    assert [path.name for path in tmp_path.iterdir()] == [plan.FILE]
