"""Signing in: password, then the one-time code; guessing is slow, tells nothing and is recorded."""

import base64
import re
import time
from collections.abc import Iterator
from datetime import date
from functools import partial
from importlib import import_module
from typing import Any

import psycopg
import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.http import Http404
from django_otp.oath import TOTP

from doudi.office import actions, guessing, queries, scope
from doudi.office.actions import Refused, Step
from doudi.office.appointments import check_binding, end_grant, reset_sign_in, suspend_officer
from doudi.office.models import EmergencyAccess, Officer, RoleGrant
from doudi.office.scope import OutsideScope, Scope
from tests.rooms.people import (
    COUNTY,
    ELSEWHERE,
    PASSWORD,
    SIBLING,
    TOWNSHIP,
    VILLAGE,
    a_department,
    a_small_country,
    an_administrator,
    an_officer,
    code_of,
    scope_of,
)  # fmt: skip


@pytest.fixture
def clerk(db: None) -> Officer:
    a_small_country()
    return an_officer()


@pytest.fixture
def session(db: None) -> Any:
    return import_module(settings.SESSION_ENGINE).SessionStore()


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel("2025-10-15 09:00:00+08:00", tick=False) as traveller:
        yield traveller


def verbs() -> list[str]:
    with connection.cursor() as cursor:
        # The web role reads the audit by region only; the refused ones have none.
        cursor.execute("select set_config('app.region', '5', true)")
        cursor.execute("select verb from office_auditentry order by id")
        return [verb for (verb,) in cursor.fetchall()]


def another_session() -> Any:
    return import_module(settings.SESSION_ENGINE).SessionStore()


def code_of_key(address: str | None) -> str:
    """What a phone shows that has scanned this address."""
    totp = TOTP(base64.b32decode(re.findall("secret=([A-Z2-7]+)", address or "")[0]))
    totp.time = time.time()
    return f"{totp.token():06d}"


def signed_in(session: Any, officer: Officer) -> None:
    assert actions.sign_in(session=session, name=officer.sign_in_name, password=PASSWORD) is Step.CODE
    assert actions.verify_totp(session=session, code=code_of(officer)) is Step.DONE


def test_it_works(session: Any, clerk: Officer) -> None:
    assert queries.scope_of_session(session) is None
    signed_in(session, clerk)
    scope = queries.scope_of_session(session, origin="10.0.0.1")
    assert scope is not None
    assert (scope.region, scope.role, scope.department, scope.officer) == (
        TOWNSHIP, "township_clerk", "TOWNSHIP", clerk.id,
    )  # fmt: skip
    assert "signed_in" in verbs()
    actions.sign_out(session=session, by=scope)
    assert queries.scope_of_session(session) is None


def test_a_new_officer_sets_up_the_one_time_code(session: Any, clerk: Officer) -> None:
    start = reset_sign_in(by=an_administrator(), officer=clerk.id, reason="手机丢失，本人到场")
    assert actions.sign_in(session=session, name="clerk", password=start) is Step.ENROL
    address = actions.begin_totp(session=session)
    assert address is not None
    assert address.startswith("otpauth://totp/")
    assert actions.begin_totp(session=session) == address
    assert Officer.objects.get(id=clerk.id).totp_key is None  # not before the first right code
    finish = partial(actions.verify_totp, session=session, code=code_of_key(address))
    for weak, why in (("", "口令至少 10 位"), ("short", "口令至少 10 位"), (start, "不要用起始口令")):
        with pytest.raises(Refused, match=why):
            finish(password=weak)
    assert finish(password=PASSWORD) is Step.CHECK
    assert verbs()[-3:] == ["bound_phone", "set_password", "held_for_check"]
    assert actions.begin_totp(session=session) is None
    assert actions.sign_in(session=session, name="clerk", password=start) is Step.REFUSED
    assert actions.sign_in(session=session, name="clerk", password=PASSWORD) is Step.CODE


def test_who_read_the_start_password_too_is_not_let_in_by_it(session: Any, clerk: Officer) -> None:
    """Two sessions stand at the binding; what the first one saw opens nothing once the officer has bound."""
    start = reset_sign_in(by=an_administrator(), officer=clerk.id, reason="手机丢失，本人到场")
    thief = another_session()
    addresses = []
    for one in (thief, session):
        assert actions.sign_in(session=one, name="clerk", password=start) is Step.ENROL
        addresses.append(actions.begin_totp(session=one))
    assert addresses[0] != addresses[1]
    told = {"session": session, "code": code_of_key(addresses[1])}
    assert actions.verify_totp(**told, password=PASSWORD) is Step.CHECK
    for code in (code_of_key(addresses[0]), code_of(clerk.id), code_of(clerk.id, 1)):
        pending = dict(thief["pending"]) if "pending" in thief else None
        assert actions.verify_totp(session=thief, code=code, password="thief 的口令 1") is Step.REFUSED
        assert "pending" not in thief
        if pending:
            thief["pending"] = pending  # a browser may send it again
    assert actions.begin_totp(session=thief) is None
    assert queries.scope_of_session(thief) is None
    assert Officer.objects.get(id=clerk.id).has_password(PASSWORD)
    assert verbs().count("held_for_check") == 1


def bound(session: Any, start: str, password: str = PASSWORD) -> str:
    """Binds a phone with a start password; returns the check number."""
    assert actions.sign_in(session=session, name="clerk", password=start) is Step.ENROL
    code = code_of_key(actions.begin_totp(session=session))
    assert actions.verify_totp(session=session, code=code, password=password) is Step.CHECK
    return str(session["check"])


def test_who_reads_the_note_first_is_let_in_nowhere(
    session: Any, clerk: Officer, clock: time_machine.Traveller
) -> None:
    """A thief binds his own phone; only the number that the officer reads out opens the account."""
    keeper, thief = an_administrator(), another_session()
    start = reset_sign_in(by=keeper, officer=clerk.id, reason="手机丢失，本人到场")
    stolen = bound(thief, start, "Attacker-pw-1")
    assert actions.sign_in(session=session, name="clerk", password=start) is Step.REFUSED
    assert [one.id for one in queries.awaiting_check(by=keeper)] == [clerk.id]
    row = Officer.objects.get(id=clerk.id)
    duty = f"{clerk.grants.get().id}"
    thief.update({"officer": f"{clerk.id}", "generation": row.generation, "duty": duty})
    assert queries.scope_of_session(thief) is None  # even a session made whole
    start = reset_sign_in(by=keeper, officer=clerk.id, reason="本人说没有绑定过手机")
    clock.shift(30)
    assert actions.sign_in(session=thief, name="clerk", password="Attacker-pw-1") is Step.REFUSED
    number = bound(session, start)
    assert number != stolen
    check = partial(check_binding, by=keeper, officer=clerk.id, reason="当面核对身份证件")
    for wrong in (stolen, "", f"{(int(number) + 1) % 10**6:06d}"):
        with pytest.raises(Refused, match="核对码不对"):
            check(number=wrong)
    clock.shift(30)
    assert actions.sign_in(session=session, name="clerk", password=PASSWORD) is Step.CODE
    assert actions.verify_totp(session=session, code=code_of(clerk.id)) is Step.CHECK
    assert session["check"] == number
    check(number=f" {number[:3]} {number[3:]}")
    with pytest.raises(Refused, match="没有待核对的绑定"):
        check(number=number)
    clock.shift(30)
    assert actions.sign_in(session=session, name="clerk", password=PASSWORD) is Step.CODE
    assert actions.verify_totp(session=session, code=code_of(clerk.id)) is Step.DONE
    assert queries.scope_of_session(session) is not None
    assert queries.awaiting_check(by=keeper) == []
    assert verbs().count("signed_in") == 1
    assert verbs()[-2:] == ["checked_binding", "signed_in"]


def test_the_check_is_another_s_and_of_the_place(session: Any, clerk: Officer) -> None:
    number = bound(session, reset_sign_in(by=an_administrator(), officer=clerk.id, reason="手机丢失，到场"))
    about = {"officer": clerk.id, "number": number, "reason": "当面核对身份证件"}
    for by in (scope_of(clerk), scope_of(an_officer("chief", "township_chief"))):
        with pytest.raises(Refused, match="只有本地区的系统管理员"):
            check_binding(by=by, **about)
    with pytest.raises(OutsideScope):
        check_binding(by=an_administrator("370784"), **about)
    keeper = an_officer("auditor", "auditor", COUNTY)
    with pytest.raises(Refused, match="由上级的系统管理员办理"):
        check_binding(by=an_administrator(), **{**about, "officer": keeper.id})
    assert Officer.objects.get(id=clerk.id).awaits_check


def test_the_own_office_hears_of_a_bound_phone(session: Any, clerk: Officer) -> None:
    bound(session, reset_sign_in(by=an_administrator(), officer=clerk.id, reason="手机丢失，本人到场"))
    for role, region, told in (
        ("township_chief", TOWNSHIP, [clerk.id]),
        ("township_chief", SIBLING, []),
        ("county_approver", COUNTY, []),
    ):
        by = scope_of(an_officer(f"{role}-{region}", role, region))
        assert [one.id for one in queries.awaiting_check(by=by)] == told


def test_a_start_password_is_good_for_a_day(
    session: Any, clerk: Officer, clock: time_machine.Traveller
) -> None:
    start = reset_sign_in(by=an_administrator(), officer=clerk.id, reason="手机丢失，本人到场")
    clock.shift(24 * 3600 - 1)
    assert actions.sign_in(session=session, name="clerk", password=start) is Step.ENROL
    clock.shift(1)
    assert actions.sign_in(session=session, name="clerk", password=start) is Step.REFUSED
    number = bound(session, reset_sign_in(by=an_administrator(), officer=clerk.id, reason="口令过期，再给"))
    clock.shift(30 * 24 * 3600)  # what was bound in time waits for its check
    check_binding(by=an_administrator(), officer=clerk.id, number=number, reason="当面核对身份证件")


@pytest.mark.parametrize("change", ["reset", "suspended", "reinstated", "password"])
def test_a_started_sign_in_ends_with_what_it_started_from(session: Any, clerk: Officer, change: str) -> None:
    """A thief waits at the code step with a stolen password; the account is then made safe."""
    assert actions.sign_in(session=session, name="clerk", password=PASSWORD) is Step.CODE
    about = {"by": an_administrator(), "officer": clerk.id, "reason": "口令可能泄露"}
    if change == "reset":
        reset_sign_in(**about)
    elif change == "password":
        actions.change_password(by=scope_of(clerk), old=PASSWORD, new="another password")
    else:
        suspend_officer(**about)
        if change == "reinstated":
            suspend_officer(**about, suspended=False)
    pending = dict(session["pending"])
    assert actions.begin_totp(session=session) is None
    for code in (code_of(clerk), code_of(clerk, 1)):
        session["pending"] = dict(pending)
        told = {"session": session, "code": code, "password": "Attacker-pw-1"}
        assert actions.verify_totp(**told) is Step.REFUSED
    now = Officer.objects.get(id=clerk.id)
    assert not now.has_password("Attacker-pw-1")
    assert now.totp_confirmed == (change != "reset")
    assert not {"signed_in", "bound_phone", "set_password"} & set(verbs())


def test_the_key_that_waits_to_be_bound_is_sealed(session: Any, clerk: Officer) -> None:
    start = reset_sign_in(by=an_administrator(), officer=clerk.id, reason="手机丢失，本人到场")
    actions.sign_in(session=session, name="clerk", password=start)
    address = actions.begin_totp(session=session)
    session.save()
    (key,) = re.findall("secret=([A-Z2-7]{32})", address or "")
    kept = str(session.load())
    assert "pending" in kept
    assert key not in kept


@pytest.mark.parametrize(
    ("name", "password"),
    [("clerk", "wrong"), ("nobody", PASSWORD), ("", ""), ("CLERK", PASSWORD), ("clerk", "")],
)
def test_a_wrong_password_is_refused(session: Any, clerk: Officer, name: str, password: str) -> None:
    assert actions.sign_in(session=session, name=name, password=password) is Step.REFUSED
    assert actions.verify_totp(session=session, code=code_of(clerk)) is Step.REFUSED


@pytest.mark.parametrize("code", ["", "abcdef", "12345", "1234567", "１２３４５６", "-12345"])
def test_a_code_that_is_none_is_refused(session: Any, clerk: Officer, code: str) -> None:
    actions.sign_in(session=session, name="clerk", password=PASSWORD)
    assert actions.verify_totp(session=session, code=code) is Step.REFUSED


def test_a_code_fits_once(session: Any, clerk: Officer, clock: time_machine.Traveller) -> None:
    code = code_of(clerk)
    signed_in(session, clerk)
    actions.sign_in(session=session, name="clerk", password=PASSWORD)
    assert actions.verify_totp(session=session, code=code) is Step.REFUSED
    clock.shift(30)
    assert actions.verify_totp(session=session, code=code_of(clerk)) is Step.DONE


def test_the_fifth_wrong_answer_locks(session: Any, clerk: Officer, clock: time_machine.Traveller) -> None:
    for _ in range(5):
        assert actions.sign_in(session=session, name="clerk", password="wrong") is Step.REFUSED
    assert actions.sign_in(session=session, name="clerk", password=PASSWORD) is Step.REFUSED
    clock.shift(15 * 60 - 1)
    assert actions.sign_in(session=session, name="clerk", password=PASSWORD) is Step.REFUSED
    clock.shift(1)
    assert actions.sign_in(session=session, name="clerk", password=PASSWORD) is Step.CODE


def test_an_address_that_guesses_waits_whatever_it_tries(
    session: Any, clerk: Officer, clock: time_machine.Traveller
) -> None:
    here = {"session": session, "origin": "10.0.0.1"}
    for n in range(guessing.WRONG_ALLOWED):
        assert guessing.minutes_to_wait("10.0.0.1") == 0
        assert actions.sign_in(name=f"nobody-{n}", password="x", **here) is Step.REFUSED
    assert guessing.minutes_to_wait("10.0.0.1") == 15
    clock.shift(61)
    assert guessing.minutes_to_wait("10.0.0.1") == 14
    assert actions.sign_in(name="clerk", password=PASSWORD, **here) is Step.WAIT
    assert actions.verify_totp(code=code_of(clerk), **here) is Step.WAIT
    other = {"session": session, "origin": "10.0.0.2"}
    assert actions.sign_in(name="clerk", password=PASSWORD, **other) is Step.CODE
    clock.shift(14 * 60)
    assert actions.sign_in(name="clerk", password=PASSWORD, **here) is Step.CODE


def test_wrong_answers_of_another_hour_do_not_add_up(
    session: Any, clerk: Officer, clock: time_machine.Traveller
) -> None:
    for _ in range(2):
        for n in range(guessing.WRONG_ALLOWED - 1):
            actions.sign_in(session=session, name=f"nobody-{n}", password="x", origin="10.0.0.1")
        clock.shift(16 * 60)
    assert guessing.minutes_to_wait("10.0.0.1") == 0


def test_wrong_codes_lock_too(session: Any, clerk: Officer, clock: time_machine.Traveller) -> None:
    actions.sign_in(session=session, name="clerk", password=PASSWORD)
    wrong = f"{(int(code_of(clerk)) + 1) % 1_000_000:06d}"
    for _ in range(5):
        assert actions.verify_totp(session=session, code=wrong) is Step.REFUSED
    assert actions.verify_totp(session=session, code=code_of(clerk)) is Step.REFUSED


def test_the_second_step_does_not_wait_for_ever(
    session: Any, clerk: Officer, clock: time_machine.Traveller
) -> None:
    actions.sign_in(session=session, name="clerk", password=PASSWORD)
    clock.shift(actions.PENDING_SECONDS + 1)
    assert actions.verify_totp(session=session, code=code_of(clerk)) is Step.REFUSED


def test_powers_end_with_the_grant(session: Any, clerk: Officer, clock: time_machine.Traveller) -> None:
    signed_in(session, clerk)
    grant, tomorrow = clerk.grants.get(), date(2025, 10, 16)
    # The database's own clock knows that this tomorrow is over: it lets a job do it.
    by = Scope(region=COUNTY, role="system")
    end_grant(by=by, officer=clerk.id, grant=grant.id, until_day=tomorrow, reason="调离本单位")
    assert queries.scope_of_session(session) is not None
    clock.shift(24 * 3600)
    assert queries.scope_of_session(session) is None
    other = import_module(settings.SESSION_ENGINE).SessionStore()
    actions.sign_in(session=other, name="clerk", password=PASSWORD)
    assert actions.verify_totp(session=other, code=code_of(clerk)) is Step.NO_DUTY


def test_suspension_ends_open_sessions(session: Any, clerk: Officer) -> None:
    signed_in(session, clerk)
    suspend = partial(suspend_officer, by=an_administrator(), officer=clerk.id, reason="停职检查期间")
    suspend()
    assert queries.scope_of_session(session) is None
    assert actions.sign_in(session=session, name="clerk", password=PASSWORD) is Step.REFUSED
    suspend(suspended=False)
    assert actions.sign_in(session=session, name="clerk", password=PASSWORD) is Step.CODE


def test_a_new_password_ends_open_sessions(session: Any, clerk: Officer) -> None:
    signed_in(session, clerk)
    by = scope_of(clerk)
    with pytest.raises(Refused, match="原口令不正确"):
        actions.change_password(by=by, old="wrong", new="another password")
    for weak in ("short", "12345678901234", "clerk"):
        with pytest.raises(Refused, match="口令至少 10 位"):
            actions.change_password(by=by, old=PASSWORD, new=weak)
    actions.change_password(by=by, old=PASSWORD, new="another password")
    assert queries.scope_of_session(session) is None
    assert actions.sign_in(session=session, name="clerk", password="another password") is Step.CODE


def test_the_old_password_is_no_place_to_guess_at(session: Any, clerk: Officer) -> None:
    signed_in(session, clerk)
    for _ in range(actions.FAILURES_ALLOWED):
        with pytest.raises(Refused, match="原口令不正确"):
            actions.change_password(by=scope_of(clerk), old="wrong", new="another password")
    with pytest.raises(Refused, match="锁定"):
        actions.change_password(by=scope_of(clerk), old=PASSWORD, new="another password")
    assert actions.sign_in(session=session, name="clerk", password=PASSWORD) is Step.REFUSED


def test_a_code_decides_once_and_the_one_of_the_sign_in_not_at_all(
    session: Any, clerk: Officer, clock: time_machine.Traveller
) -> None:
    signed_in(session, clerk)
    by, made = scope_of(clerk), []
    for code in (code_of(clerk), "000000", ""):
        with pytest.raises(Refused, match="动态口令不正确或已用过"), actions.deciding(by=by, code=code):
            made.append(code)
    assert made == []
    clock.shift(30)
    code = code_of(clerk)
    with actions.deciding(by=by, code=code):
        made.append(code)
    with pytest.raises(Refused, match="动态口令不正确或已用过"), actions.deciding(by=by, code=code):
        made.append("again")
    assert made == [code]


@pytest.mark.parametrize("nothing_done", [Refused("没有填写意见"), Http404("没有这一项")])
def test_a_refused_decision_gives_its_code_back(
    session: Any, clerk: Officer, clock: time_machine.Traveller, nothing_done: Exception
) -> None:
    signed_in(session, clerk)
    clock.shift(30)
    by, code = scope_of(clerk), code_of(clerk)
    with pytest.raises(type(nothing_done), match="没有"), actions.deciding(by=by, code=code):
        raise nothing_done
    with actions.deciding(by=by, code=code):
        pass
    with pytest.raises(Refused, match="动态口令"), actions.deciding(by=by, code=code):
        pass


def test_wrong_codes_of_decisions_lock_the_account(
    session: Any, clerk: Officer, clock: time_machine.Traveller
) -> None:
    signed_in(session, clerk)
    clock.shift(30)
    for _ in range(actions.FAILURES_ALLOWED):
        with pytest.raises(Refused), actions.deciding(by=scope_of(clerk), code="000000"):
            pass
    assert verbs().count("code_refused") == actions.FAILURES_ALLOWED
    assert "sign_in_refused" not in verbs()
    with pytest.raises(Refused, match="已锁定"), actions.deciding(by=scope_of(clerk), code=code_of(clerk)):
        pass


def test_an_officer_changes_between_own_duties_only(session: Any, clerk: Officer) -> None:
    signed_in(session, clerk)
    with scope.system(TOWNSHIP, "test"):
        second = RoleGrant.objects.create(
            officer=clerk, role="village", region_id=VILLAGE, department=a_department("VILLAGE", VILLAGE),
            from_day="2024-01-01",
        )  # fmt: skip
    stranger = an_officer("stranger", region=SIBLING).grants.get()
    by = scope_of_session(session)
    with pytest.raises(Refused, match="不在您名下"):
        actions.choose_duty(session=session, by=by, duty=stranger.id)
    actions.choose_duty(session=session, by=by, duty=second.id)
    assert scope_of_session(session).region == VILLAGE
    session["duty"] = str(stranger.id)
    assert queries.scope_of_session(session) is None


def scope_of_session(session: Any) -> Any:
    scope = queries.scope_of_session(session)
    assert scope is not None
    return scope


def test_emergency_access_widens_for_a_while(
    session: Any, clerk: Officer, clock: time_machine.Traveller
) -> None:
    signed_in(session, clerk)
    by = scope_of_session(session)
    for region, reason in (
        (COUNTY, "急"),
        (ELSEWHERE, "火灾安置需要"),
        ("52", "火灾安置需要"),
        ("5", "火灾安置需要"),
    ):
        with pytest.raises(Refused):
            actions.open_emergency(session=session, by=by, region=region, reason=reason)
    actions.open_emergency(session=session, by=by, region=SIBLING, reason="火灾安置需要")
    wider = scope_of_session(session)
    assert (wider.region, wider.role, wider.reason) == (SIBLING, "township_clerk", "紧急查看：火灾安置需要")
    clock.shift(3600)
    assert scope_of_session(session).region == TOWNSHIP


def test_emergency_access_can_be_closed(session: Any, clerk: Officer) -> None:
    signed_in(session, clerk)
    actions.open_emergency(
        session=session, by=scope_of_session(session), region=COUNTY, reason="火灾安置需要"
    )
    actions.close_emergency(session=session, by=scope_of_session(session))
    assert scope_of_session(session).region == TOWNSHIP
    assert {"opened_emergency_access", "closed_emergency_access"} <= set(verbs())


def test_looking_outside_needs_a_purpose_and_stays_in_the_county(clerk: Officer) -> None:
    by = scope_of(clerk)
    with actions.looking_outside(by=by, region=COUNTY, purpose="查重：是否已在别处登记") as wider:
        assert wider.covers(SIBLING)
    assert "looked_outside" in verbs()
    for region, purpose in (
        (COUNTY, ""),
        (ELSEWHERE, "查重：是否已在别处登记"),
        ("5202", "查重：是否已在别处登记"),
    ):
        with pytest.raises(Refused), actions.looking_outside(by=by, region=region, purpose=purpose):
            raise AssertionError("not reached")


@pytest.mark.usefixtures("committed_db")
def test_the_stored_key_of_the_one_time_code_is_sealed(admin: psycopg.Connection) -> None:
    a_small_country()
    clerk = an_officer()
    (stored,) = admin.execute("select totp_key from office_officer").fetchone() or (b"",)
    assert clerk.totp_key.open().encode() not in bytes(stored)
    assert repr(Officer.objects.get().totp_key) == "******"


def test_names_for_showing(clerk: Officer) -> None:
    assert queries.officer_names({clerk.id, clerk.grants.get().id}) == {clerk.id: "clerk 同志"}
    assert queries.region_names({TOWNSHIP, "99"}) == {TOWNSHIP: "贵州省六盘水市盘州市民主镇"}


@pytest.mark.parametrize(
    "told",
    [
        "来访人证号999999195402167710",
        "来访人证号９９９９９９５４０２１６７７１",
        "回拨 138 1234 5678 核对",
        "打到卡号6222-0000-1111",
    ],
)
def test_a_reason_holds_no_number_of_anybody(session: Any, clerk: Officer, told: str) -> None:
    signed_in(session, clerk)
    by = scope_of(clerk)
    with pytest.raises(Refused, match="不要在紧急查看的理由里写证件号码"):
        actions.open_emergency(session=session, by=by, region=COUNTY, reason=told)
    with (
        pytest.raises(Refused, match="证件号码"),
        actions.looking_outside(by=by, region=COUNTY, purpose=told),
    ):
        pass
    assert not EmergencyAccess.objects.exists()


@pytest.mark.parametrize(
    "told",
    [
        "2025-01-01 至 2025-12-31 依民发〔2021〕57号，户H000344",
        "依黔民发〔2025〕12号",
        "（2025）黔0281民初1234号判决书",
        "出生医学证明 [2025] 第 000012345678 号",
        "迁移证 2025年第00001234567号",
        "档案 20251123000123号",
    ],
)
def test_days_and_papers_are_no_numbers_of_anybody(told: str) -> None:
    actions.refuse_numbers(told, "事由")


@pytest.mark.parametrize(
    "told",
    ["〔2025〕13912345678", "999999195402167710号", "2025 13912345678", "20251123000123", "13912345678号"],
)
def test_a_year_alone_makes_no_paper_of_a_number(told: str) -> None:
    with pytest.raises(Refused, match="带年份和“号”字"):
        actions.refuse_numbers(told, "依据")
