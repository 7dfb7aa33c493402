"""Who works here: an administrator appoints within the own place, and never in silence."""

from datetime import date, timedelta
from importlib import import_module
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.utils import timezone

from doudi.office import actions, appointments, queries
from doudi.office.actions import Refused, Step
from doudi.office.appointments import Post
from doudi.office.models import AuditEntry, Officer, RoleGrant
from doudi.office.scope import OutsideScope, Scope, system
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
    scope_of,
)

WHY = "县委组织部任职文件"
TODAY = timezone.localdate()


@pytest.fixture
def administrator(db: None) -> Scope:
    a_small_country()
    return an_administrator()


def a_post(role: str = "township_clerk", region: str = TOWNSHIP, **more: Any) -> Post:
    return Post(**{"role": role, "region": region, "from_day": timezone.localdate(), **more})


def appointed(by: Scope, name: str = "new", **post: Any) -> tuple[Officer, str]:
    return appointments.appoint_officer(
        by=by, sign_in_name=name, name="新人", post=a_post(**post), reason=WHY
    )


def entries(officer: Officer) -> list[AuditEntry]:
    """What was done to an account, in order."""
    with system(COUNTY, "test"):
        return list(AuditEntry.objects.filter(subject=f"office_officer:{officer.id}").order_by("id"))


def test_it_works(administrator: Scope) -> None:
    officer, start = appointed(administrator)
    grant = officer.grants.get()
    assert (grant.role, grant.region_id, grant.department.name) == (
        "township_clerk", TOWNSHIP, "民主镇人民政府"
    )  # fmt: skip
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    assert actions.sign_in(session=session, name="new", password=start) is Step.ENROL
    told = entries(officer)
    assert [row.verb for row in told] == ["appointed", "granted_role"]
    assert {(row.officer, row.role, row.purpose) for row in told} == {
        (administrator.officer, "administrator", WHY)
    }
    assert told[1].detail == {
        "role": "township_clerk", "grant": str(grant.id), "from": f"{grant.from_day}", "until": ""
    }  # fmt: skip
    assert start not in str([vars(row) for row in told])


@pytest.mark.parametrize(
    ("post", "words"),
    [
        ({"role": "county_approver"}, "级别不对"),
        ({"role": "township_chief", "region": VILLAGE}, "级别不对"),
        ({"role": "county_approver", "region": COUNTY}, "只能设在这些部门：民政、农业农村"),
        ({"role": "county_approver", "region": COUNTY, "kind": "FINANCE"}, "只能设在这些部门"),
        ({"role": "liaison", "region": COUNTY, "kind": "CCA"}, "只能设在这些部门"),
        ({"region": ELSEWHERE}, "只能办理本辖区"),
        ({"role": "administrator", "region": "5202", "kind": "CCA"}, "只能办理本辖区"),
        ({"role": "king"}, "请从列表里选择"),
        ({"region": "999999"}, "请从列表里选择"),
        ({"from_day": date(2020, 1, 1)}, "不能早于今天"),
        ({"from_day": date(9999, 12, 31)}, "最晚在一年以内"),
        ({"until_day": TODAY}, "结束日期必须晚于开始日期"),
    ],
)
def test_what_a_place_or_an_office_cannot_have(
    administrator: Scope, post: dict[str, Any], words: str
) -> None:
    with pytest.raises(Refused, match=words):
        appointed(administrator, **post)
    assert not Officer.objects.filter(sign_in_name="new").exists()  # nobody is left by half


@pytest.mark.parametrize("name", ["", "ab", "2new", "New", "新人", "a b", "x" * 41])
def test_a_sign_in_name_can_be_typed_everywhere(administrator: Scope, name: str) -> None:
    with pytest.raises(Refused, match="登录名须以小写字母开头"):
        appointed(administrator, name)


def test_a_name_is_given_once_and_a_reason_always(administrator: Scope) -> None:
    appointed(administrator)
    with pytest.raises(Refused, match="已有人使用"):
        appointed(administrator)
    for reason, words in (
        ("调动", "请填写理由或依据"),
        ("电话 13812345678 通知任命", "不要在理由或依据里写"),
        ("任" * 301, "最多 300 个字，现为 301 个字"),
    ):
        with pytest.raises(Refused, match=words):
            appointments.appoint_officer(
                by=administrator, sign_in_name="other", name="某人", post=a_post(), reason=reason
            )


@pytest.mark.parametrize(
    "name",
    ["黄志强\u200b", "<script>alert(1)</script>", "黄志强2", "-黄志强", "", " ", "黄" * 41, "黄\u202e强"],
)
def test_an_officer_s_name_is_a_name(administrator: Scope, name: str) -> None:
    with pytest.raises(Refused, match="请填写姓名"):
        appointments.appoint_officer(
            by=administrator, sign_in_name="new", name=name, post=a_post(), reason=WHY
        )


def test_a_name_is_stored_as_it_is_compared(administrator: Scope) -> None:
    officer, _ = appointments.appoint_officer(
        by=administrator, sign_in_name="new", name=" 黄 志\u3000强 ", post=a_post(), reason=WHY
    )
    assert officer.name == "黄志强"


def test_a_reason_is_kept_whole(administrator: Scope) -> None:
    officer, _ = appointments.appoint_officer(
        by=administrator, sign_in_name="new", name="新人", post=a_post(), reason="任" * 300
    )
    assert {row.purpose for row in entries(officer)} == {"任" * 300}


@pytest.mark.parametrize("role", ["auditor", "administrator"])
def test_who_reads_the_traces_and_who_keeps_accounts_is_kept_by_the_level_above(
    administrator: Scope, role: str
) -> None:
    keeper = an_officer("keeper", role, COUNTY)
    about = {"officer": keeper.id, "reason": WHY}
    grant = keeper.grants.get().id

    def acts(by: Scope) -> list[Any]:
        return [
            lambda: appointments.reset_sign_in(by=by, **about),
            lambda: appointments.suspend_officer(by=by, **about),
            lambda: appointments.suspend_officer(by=by, suspended=False, **about),
            lambda: appointments.unlock_officer(by=by, **about),
            lambda: appointments.end_grant(by=by, grant=grant, until_day=TODAY, **about),
        ]

    for act in acts(administrator):
        with pytest.raises(Refused, match="由上级的系统管理员办理"):
            act()
    assert entries(keeper) == []
    for act in acts(an_administrator("5202")):
        act()
    assert len(entries(keeper)) == 5


def test_only_an_administrator(administrator: Scope) -> None:
    officer, _ = appointed(administrator)
    for by in (scope_of(officer), scope_of(an_officer("chief", "county_approver", COUNTY))):
        with pytest.raises(Refused, match="只有本地区的系统管理员"):
            appointed(by, "more")
        with pytest.raises(Refused, match="只有本地区的系统管理员"):
            appointments.suspend_officer(by=by, officer=officer.id, reason=WHY)


def test_nobody_administers_the_own_account(administrator: Scope) -> None:
    own, grant = administrator.officer, RoleGrant.objects.get(officer=administrator.officer)
    assert own
    about = {"by": administrator, "officer": own, "reason": WHY}
    for act in (
        lambda: appointments.grant_role(post=a_post("county_approver", COUNTY, kind="CCA"), **about),
        lambda: appointments.end_grant(grant=grant.id, until_day=TODAY, **about),
        lambda: appointments.suspend_officer(**about),
        lambda: appointments.reset_sign_in(**about),
        lambda: appointments.unlock_officer(**about),
    ):
        with pytest.raises(Refused, match="不能办理自己的账号"):
            act()


def test_keeping_accounts_reading_traces_and_casework_are_three_people(administrator: Scope) -> None:
    clerk, _ = appointed(administrator)
    keeper, _ = appointed(administrator, "keeper", role="administrator", region=COUNTY, kind="JOINT")
    reader, _ = appointed(administrator, "reader", role="auditor", region=COUNTY)
    for officer, post in (
        (clerk, a_post("auditor", COUNTY)),
        (keeper, a_post()),
        (keeper, a_post("auditor", COUNTY)),
        (reader, a_post("county_handler", COUNTY, kind="CCA")),
    ):
        with pytest.raises(Refused, match="不能与其他岗位同在一个账号"):
            appointments.grant_role(by=administrator, officer=officer.id, post=post, reason=WHY)
    second = a_post("village", VILLAGE)
    appointments.grant_role(by=administrator, officer=clerk.id, post=second, reason=WHY)
    with pytest.raises(Refused, match="已有这个岗位"):
        appointments.grant_role(by=administrator, officer=clerk.id, post=second, reason=WHY)


def test_other_places_are_other_administrators(administrator: Scope) -> None:
    stranger = an_officer("stranger", region=ELSEWHERE)
    shared = an_officer("shared")
    with system("3", "test"):
        RoleGrant.objects.create(
            officer=shared, role="township_clerk", region_id=ELSEWHERE,
            department=a_department(region=ELSEWHERE), from_day="2020-01-01",
        )  # fmt: skip
    for nobody in (stranger.id, uuid4()):
        for verb in (appointments.suspend_officer, appointments.reset_sign_in, appointments.unlock_officer):
            with pytest.raises(OutsideScope):
                verb(by=administrator, officer=nobody, reason=WHY)
        with pytest.raises(OutsideScope):
            queries.colleague(by=administrator, officer=nobody)
    with pytest.raises(Refused, match="在其他地区还有岗位"):
        appointments.suspend_officer(by=administrator, officer=shared.id, reason=WHY)
    here, there = (shared.grants.get(region=code) for code in (TOWNSHIP, ELSEWHERE))
    end = {"by": administrator, "officer": shared.id, "until_day": TODAY, "reason": WHY}
    with pytest.raises(OutsideScope):
        appointments.end_grant(grant=there.id, **end)
    appointments.end_grant(grant=here.id, **end)
    assert not queries.duties_of(shared.id)[1:]
    assert [row.one.sign_in_name for row in queries.colleagues(by=administrator)] == [
        f"administrator-{COUNTY}", "shared"
    ]  # fmt: skip


def test_a_role_ends_today_at_the_earliest(administrator: Scope) -> None:
    officer, _ = appointed(administrator)
    grant = officer.grants.get()
    end = {"by": administrator, "officer": officer.id, "grant": grant.id, "reason": WHY}
    with pytest.raises(Refused, match="不能早于今天"):
        appointments.end_grant(until_day=TODAY - timedelta(days=1), **end)
    appointments.end_grant(until_day=TODAY + timedelta(days=9), **end)
    assert queries.duties_of(officer.id)
    with pytest.raises(Refused, match="到期更早"):
        appointments.end_grant(until_day=TODAY + timedelta(days=10), **end)
    appointments.end_grant(until_day=TODAY, **end)  # given by mistake: never again in force
    assert queries.duties_of(officer.id) == []
    assert [row.verb for row in entries(officer)][-2:] == ["ended_role", "ended_role"]


def test_locked_out_and_let_in_again(administrator: Scope) -> None:
    clerk = an_officer()
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    for _ in range(actions.FAILURES_ALLOWED):
        actions.sign_in(session=session, name="clerk", password="wrong")
    assert queries.colleague(by=administrator, officer=clerk.id).state == "locked"
    appointments.unlock_officer(by=administrator, officer=clerk.id, reason="本人到场核实")
    assert actions.sign_in(session=session, name="clerk", password=PASSWORD) is Step.CODE
    assert entries(clerk)[-1].verb == "unlocked"


def test_accounts_are_found_by_name_office_role_and_state(administrator: Scope) -> None:
    clerk, sibling = an_officer(called="李建国"), an_officer("other", region=SIBLING)
    appointed(administrator)
    gone = an_officer("gone")
    appointments.suspend_officer(by=administrator, officer=gone.id, reason="调离本单位")
    idle, _ = appointed(administrator, "later", from_day=TODAY + timedelta(days=3))
    with system(COUNTY, "test"):
        Officer.objects.filter(id=idle.id).update(totp_confirmed=True, start_until=None)
    bound, _ = appointed(administrator, "bound")
    with system(COUNTY, "test"):
        Officer.objects.filter(id=bound.id).update(totp_confirmed=True)

    def found(**asked: Any) -> set[str]:
        return {row.one.sign_in_name for row in queries.colleagues(by=administrator, **asked)}

    keeper = f"administrator-{COUNTY}"
    assert found() == {keeper, "clerk", "other", "new", "gone", "later", "bound"}
    assert found(text="建国") == {"clerk"}
    assert found(text="oth") == {"other"}
    assert found(text=SIBLING) == {"other"}  # the name of its office
    assert found(role="administrator") == {keeper}
    assert found(state="suspended") == {"gone"}
    assert found(state="unbound") == {"new"}
    assert found(state="unchecked") == {"bound"}
    assert found(state="idle") == {"later"}
    assert found(state="in_use") == {keeper, "clerk", "other"}
    assert found(state="locked") == set()
    assert len(queries.colleagues(by=administrator, most=2, skip=6)) == 1
    for row in queries.colleagues(by=administrator):
        assert row.state == queries.colleague(by=administrator, officer=row.one.id).state
        assert row.one.sign_in_name in found(state=row.state)
    assert (clerk.name, sibling.name) == ("李建国", "other 同志")
