"""The database lets an account be changed by its own officer and by an administrator over it, SQL or not."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from doudi.office.models import Officer, RoleGrant
from doudi.office.scope import Scope, active, own_account
from tests.rooms.people import (
    COUNTY,
    ELSEWHERE,
    SIBLING,
    TOWNSHIP,
    a_department,
    a_small_country,
    an_administrator,
    an_officer,
    scope_of,
)

SEALED = {
    "password": "'md5$x$y'",
    "totp_key": "'x'",
    "totp_confirmed": "false",
    "totp_last_step": "0",
    "failures": "0",
    "locked_until": "null",
    "suspended": "not suspended",
    "start_until": "'2099-01-01'",
    "generation": "generation + 1",
}
"""Column -> a new value: all that a web server's statement may name at all."""


@pytest.fixture
def victim(db: None) -> Officer:
    a_small_country()
    return an_officer("victim")


def run(sql: str, *parameters: object) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return int(cursor.rowcount)


@contextmanager
def refused() -> Iterator[None]:
    with pytest.raises(DatabaseError, match=r"permission denied|not this officer's"):
        yield


def seal(column: str) -> str:
    return f"update office_officer set {column} = {SEALED[column]} where id = %s"


TODAY = timezone.localdate()
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
END = "update office_rolegrant set until_day = %s where officer_id = %s"
UNBIND = "update office_officer set totp_key = null, totp_confirmed = false where id = %s"


def grant(
    officer: Officer,
    role: str = "county_approver",
    region: str = COUNTY,
    kind: str = "CCA",
    *,
    span: tuple[date, date | None] = (TODAY, None),
) -> int:
    return run(
        "insert into office_rolegrant (id, officer_id, role, region_id, department_id, from_day, until_day)"
        " values (gen_random_uuid(), %s, %s, %s, %s, %s, %s)",
        officer.id, role, region, a_department(kind, region).id, *span,
    )  # fmt: skip


@pytest.mark.parametrize("column", SEALED)
def test_no_statement_reaches_another_account(victim: Officer, column: str) -> None:
    clerk, chief = an_officer(), an_officer("chief", "county_approver", COUNTY)
    far = scope_of(an_officer("far", "administrator", "370784"))
    with refused():
        run(seal(column), victim.id)  # no scope
    for by in (scope_of(clerk), scope_of(chief), far):
        with active(by), refused():
            run(seal(column), victim.id)
    with own_account(clerk.id), refused():
        run(seal(column), victim.id)
    with active(an_administrator()):
        if column.startswith("totp_") and column != "totp_last_step":
            with refused():
                run(seal(column), victim.id)
        else:
            assert run(seal(column), victim.id) == 1


def test_a_phone_is_bound_by_its_officer_alone(victim: Officer) -> None:
    """An administrator takes a phone away and gives none, by whatever statement."""
    bound = "update office_officer set totp_key = 'x', totp_confirmed = true where id = %s"
    made = (
        "insert into office_officer (id, sign_in_name, name, password, totp_key, totp_confirmed,"
        " totp_last_step, failures, suspended, generation)"
        " values (gen_random_uuid(), 'ghost', '无', '', %s, %s, -1, 0, false, 0)"
    )
    with active(an_administrator()):
        assert run(UNBIND, victim.id) == 1
        with refused():
            run(bound, victim.id)
        for key, confirmed in ((b"x", True), (b"x", False), (None, True)):
            with refused():
                run(made, key, confirmed)
        assert run(made, None, False) == 1
        assert run("update office_officer set start_until = now() where id = %s", victim.id) == 1
    with active(scope_of(victim)):
        assert run(bound, victim.id) == 1
        with refused():
            run("update office_officer set start_until = null where id = %s", victim.id)


def test_no_role_begins_in_the_past(victim: Officer) -> None:
    with active(an_administrator()):
        for span in ((YESTERDAY, None), (date(2020, 1, 1), TOMORROW), (TODAY, TODAY), (TOMORROW, TODAY)):
            with refused():
                grant(victim, span=span)
        assert grant(victim, span=(TODAY, None)) == 1
        assert grant(victim, "county_handler", span=(TOMORROW, None)) == 1


def test_no_role_ends_in_the_past_or_comes_back(victim: Officer) -> None:
    with active(an_administrator()):
        for day in (YESTERDAY, date(2020, 1, 2)):
            with refused():
                run(END, day, victim.id)
        assert run(END, TOMORROW, victim.id) == 1
        for later in (TOMORROW + timedelta(days=1), None):
            with refused():
                run(END, later, victim.id)
        assert run(END, TODAY, victim.id) == 1
    with active(Scope(region="5", role="system")):
        assert run(END, date(2021, 1, 1), victim.id) == 1
    with active(an_administrator()):
        for day in (None, TOMORROW, TODAY, date(2020, 6, 1)):
            with refused():
                run(END, day, victim.id)


@pytest.mark.parametrize("column", SEALED)
def test_of_the_own_account_only_what_signing_in_needs(victim: Officer, column: str) -> None:
    own = {"password", "generation", "failures", "locked_until", "totp_last_step"}
    with active(scope_of(victim)):
        if column in own:
            assert run(seal(column), victim.id) == 1
        else:
            with refused():
                run(seal(column), victim.id)


def test_names_and_rows_are_nobody_s(victim: Officer) -> None:
    with active(an_administrator()):
        for sql in (
            "update office_officer set name = 'x' where id = %s",
            "update office_officer set sign_in_name = 'x' where id = %s",
            "delete from office_officer where id = %s",
            "update office_rolegrant set role = 'county_approver' where officer_id = %s",
            "update office_rolegrant set from_day = '2000-01-01' where officer_id = %s",
            "delete from office_rolegrant where officer_id = %s",
        ):
            with refused():
                run(sql, victim.id)


def test_no_role_is_given_or_ended_but_by_an_administrator_over_the_place(victim: Officer) -> None:
    here = an_administrator()
    others = [
        scope_of(an_officer("chief", "county_approver", COUNTY)),
        scope_of(an_officer("far", "administrator", "370784")),
        scope_of(victim),
    ]
    for by in others:
        with active(by):
            with refused():
                grant(victim)
            with refused():
                run(END, TODAY, victim.id)
    with refused():
        grant(victim)
    assert here.officer
    with active(here):
        with refused():
            grant(Officer.objects.get(id=here.officer))
        with refused():
            grant(victim, "township_clerk", ELSEWHERE, "TOWNSHIP")
        assert grant(victim) == 1
        assert run(END, TODAY, victim.id) == 2


def test_nobody_is_made_but_by_an_administrator(victim: Officer) -> None:
    made = (
        "insert into office_officer (id, sign_in_name, name, password, totp_confirmed, totp_last_step,"
        " failures, suspended, generation)"
        " values (gen_random_uuid(), 'ghost', '无', '', false, -1, 0, false, 0)"
    )
    for by in (scope_of(victim), scope_of(an_officer("chief", "county_approver", COUNTY))):
        with active(by), refused():
            run(made)
    with refused():
        run(made)
    with active(an_administrator()):
        assert run(made) == 1


@pytest.mark.parametrize("change", ["ended", "not yet"])
def test_an_administrator_of_another_day_is_none(victim: Officer, change: str) -> None:
    keeper = an_officer("keeper", "administrator", COUNTY)
    by = scope_of(keeper)
    with active(Scope(region="5", role="system")):
        if change == "ended":
            RoleGrant.objects.filter(officer=keeper).update(until_day=date.today() - timedelta(days=1))
        else:
            RoleGrant.objects.filter(officer=keeper).update(until_day=date(2020, 1, 2))
            RoleGrant.objects.create(
                officer=keeper, role="administrator", region_id=COUNTY,
                department=a_department("CCA", COUNTY), from_day=date.today() + timedelta(days=2),
            )  # fmt: skip
    with active(by), refused():
        run(seal("password"), victim.id)


def test_whoever_works_elsewhere_too_is_nobody_s_here(victim: Officer) -> None:
    with active(Scope(region="3", role="system")):
        grant(victim, "township_clerk", ELSEWHERE, "TOWNSHIP", span=(date(2020, 1, 1), None))
    with active(an_administrator()), refused():
        run(seal("suspended"), victim.id)
    with active(Scope(region="3", role="system")):
        RoleGrant.objects.filter(officer=victim, region=ELSEWHERE).update(until_day=date(2021, 1, 1))
    with active(an_administrator()):
        assert run(seal("suspended"), victim.id) == 1


def test_a_clerk_s_page_cannot_be_talked_into_it(victim: Officer) -> None:
    """The scope of a clerk's request, with a statement that tries all rows."""
    with active(scope_of(an_officer("clerk", region=SIBLING))), refused():
        run("update office_officer set password = 'x'")
    victim.refresh_from_db()
    assert victim.grants.get().region_id == TOWNSHIP


@pytest.mark.parametrize("role", ["auditor", "administrator"])
def test_who_reads_or_keeps_is_not_the_same_level_s_to_change(victim: Officer, role: str) -> None:
    keeper = an_officer("keeper", role, COUNTY)
    with active(an_administrator()):
        for column in SEALED:
            with refused():
                run(seal(column), keeper.id)
        with refused():
            run(END, TODAY, keeper.id)
        with refused():
            grant(keeper)
        with refused():
            grant(victim, role, COUNTY, "AUDIT" if role == "auditor" else "CCA")
    with active(an_administrator("5202")):
        assert run(seal("suspended"), keeper.id) == 1
        assert run(END, TODAY, keeper.id) == 1


def test_offices_and_regions_stay_as_they_are(victim: Officer) -> None:
    for by in (None, an_administrator(), scope_of(victim)):
        with active(by) if by else nullcontext():
            for sql in (
                "update office_department set kind = 'CCA'",
                "delete from office_department",
                "update office_region set full_name = 'x'",
                "delete from office_region",
                "insert into office_region (code, name, level, full_name) values ('11', '京', 2, '京')",
            ):
                with refused():
                    run(sql)


OFFICE = "insert into office_department (kind, region_code, name) values ('CCA', %s, 'x')"
LOOK = (
    "insert into office_emergencyaccess (id, officer_id, region_id, reason, opened_at, ends_at)"
    " values (gen_random_uuid(), %s, %s, 'x', now(), now() + %s::interval)"
)
ENTRY = (
    "insert into office_auditentry (officer, role, region_code, verb, subject, purpose, detail, origin)"
    " values (%s, '', %s, 'viewed', '', '', '{}', '')"
)


def test_an_office_is_made_by_an_administrator_over_the_place(victim: Officer) -> None:
    for by in (None, scope_of(victim)):
        with active(by) if by else nullcontext(), refused():
            run(OFFICE, TOWNSHIP)
    with active(an_administrator()):
        with refused():
            run(OFFICE, ELSEWHERE)
        assert run(OFFICE, TOWNSHIP) == 1


def test_an_emergency_look_is_one_s_own_and_short_and_stays(victim: Officer) -> None:
    other = an_officer("other")
    for by in (None, scope_of(other), an_administrator()):
        with active(by) if by else nullcontext(), refused():
            run(LOOK, victim.id, COUNTY, "1 hour")
    with active(scope_of(victim)):
        with refused():
            run(LOOK, victim.id, COUNTY, "1 day")
        assert run(LOOK, victim.id, COUNTY, "1 hour") == 1
        for sql in (
            "delete from office_emergencyaccess",
            "update office_emergencyaccess set reason = 'y'",
            "update office_emergencyaccess set ends_at = ends_at + interval '1 hour'",
        ):
            with refused():
                run(sql)
        assert run("update office_emergencyaccess set ends_at = now()") == 1


def test_nobody_writes_a_trace_in_another_s_name(victim: Officer) -> None:
    other = an_officer("other")
    with active(scope_of(other)):
        with pytest.raises(DatabaseError, match="row-level security"):
            run(ENTRY, victim.id, TOWNSHIP)
        assert run(ENTRY, other.id, TOWNSHIP) == 1
        assert run(ENTRY, None, TOWNSHIP) == 1
    assert run(ENTRY, None, "") == 1
