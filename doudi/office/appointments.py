"""Who works here: an administrator's verbs, each with its reason, each an audit row of the account itself.

The start password is returned once and stands nowhere: for a day it opens only the first sign-in, where the
officer binds the phone and chooses a password. Whoever read the note could have done that, too: so the
account stays shut until an administrator has typed the check number that the officer reads out. Nobody
administers their own account.
"""

import re
import secrets
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from doudi.kernel.person_name import WRITTEN_NAME
from doudi.office import audit
from doudi.office.actions import Refused, check_number, check_reason
from doudi.office.models import Department, Officer, Region, RoleGrant
from doudi.office.queries import administered, places_below
from doudi.office.roles import DEPARTMENTS, ROLES
from doudi.office.scope import OutsideScope, Scope, active

ALONE = ("administrator", "auditor")
"""Who keeps the accounts and who reads the traces does no casework, and neither does the other's work."""
_RESET = ("password", "generation", "totp_key", "totp_confirmed", "failures", "locked_until", "start_until")
_EASY = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is taken for another when read out
_SIGN_IN_NAME = re.compile("[a-z][a-z0-9._-]{2,39}")
_BETWEEN_HAN = re.compile("(?<=[\u3400-\u9fff])\\s+(?=[\u3400-\u9fff])")
LONGEST_NAME = 40
LATEST_START = timedelta(days=366)
START_LASTS = timedelta(days=1)
"""A start password is handed over in person, and used then."""


@dataclass(frozen=True)
class Post:
    """A role at a place in an office of one kind, for a span of days; `kind` '' where a role has only one."""

    role: str
    region: str
    from_day: date
    until_day: date | None = None
    kind: str = ""


def appoint_officer(
    *, by: Scope, sign_in_name: str, name: str, post: Post, reason: str
) -> tuple[Officer, str]:
    """A new officer with a first role; returns also the start password. Raises Refused."""
    sign_in_name = sign_in_name.strip()
    name = _BETWEEN_HAN.sub("", unicodedata.normalize("NFKC", name).strip())
    if not _SIGN_IN_NAME.fullmatch(sign_in_name):
        raise Refused("登录名须以小写字母开头，3 至 40 位，只用小写字母、数字、点、下划线和连字符。")
    if len(name) > LONGEST_NAME or not WRITTEN_NAME.fullmatch(name):
        raise Refused(
            f"请填写姓名，最多 {LONGEST_NAME} 个字，只能是汉字或字母，中间可以有间隔号、空格和连字符。"
        )
    with _administering(by, reason):
        if Officer.objects.filter(sign_in_name=sign_in_name).exists():
            raise Refused(f"登录名“{sign_in_name}”已有人使用，请换一个。")
        start = _start_password()
        officer = Officer(sign_in_name=sign_in_name, name=name, start_until=timezone.now() + START_LASTS)
        officer.set_password(start)
        officer.save()
        # Sealed with the entry: `doudi audit verify` compares who the account is said to be today.
        _record(by, "appointed", officer, reason, name=name, sign_in_name=sign_in_name)
        _grant(by, officer, post, reason)
    return officer, start


def grant_role(*, by: Scope, officer: UUID, post: Post, reason: str) -> RoleGrant:
    """One more role for an officer. Raises Refused, OutsideScope."""
    with _administering(by, reason):
        return _grant(by, _account(by, officer, whole=False, more=True), post, reason)


def end_grant(*, by: Scope, officer: UUID, grant: UUID, until_day: date, reason: str) -> None:
    """Lets a role end before `until_day`, today at the earliest. Raises Refused, OutsideScope."""
    with _administering(by, reason):
        account = _account(by, officer, whole=False)
        row = RoleGrant.objects.filter(places_below(by.region, "region"), id=grant, officer=account).first()
        if row is None:
            raise OutsideScope("这个岗位不在本辖区")
        if until_day < max(timezone.localdate(), row.from_day):
            raise Refused("结束日期不能早于今天，也不能早于开始日期：已经过去的日子，当时有权就是有权。")
        if row.until_day and until_day > row.until_day:
            raise Refused("这个岗位到期更早；要延长的，请另外授权。")
        row.until_day = until_day
        row.save(update_fields=["until_day"])
        _record(by, "ended_role", account, reason, row, until=f"{until_day}")


def suspend_officer(*, by: Scope, officer: UUID, reason: str, suspended: bool = True) -> None:
    """Closes (or reopens) an account at once, open sessions included. Raises Refused, OutsideScope."""
    with _administering(by, reason):
        row = _account(by, officer)
        row.suspended = suspended
        row.generation += 1
        row.save(update_fields=["suspended", "generation"])
        _record(by, "suspended" if suspended else "reinstated", row, reason)


def unlock_officer(*, by: Scope, officer: UUID, reason: str) -> None:
    """Lets in again at once whom five wrong answers have locked out. Raises Refused, OutsideScope."""
    with _administering(by, reason):
        row = _account(by, officer)
        row.failures, row.locked_until = 0, None
        row.save(update_fields=["failures", "locked_until"])
        _record(by, "unlocked", row, reason)


def reset_sign_in(*, by: Scope, officer: UUID, reason: str) -> str:
    """A new start password, and the phone to be bound again (a lost one). Raises Refused, OutsideScope."""
    with _administering(by, reason):
        row, start = _account(by, officer), _start_password()
        row.set_password(start)
        row.totp_key, row.totp_confirmed, row.failures, row.locked_until = None, False, 0, None
        row.start_until = timezone.now() + START_LASTS
        row.save(update_fields=_RESET)
        _record(by, "reset_sign_in", row, reason)
    return start


def check_binding(*, by: Scope, officer: UUID, number: str, reason: str) -> None:
    """Lets in an officer who has bound a phone, by the number read out in person.

    Raises Refused, OutsideScope. A binding that is not the officer's own is undone by `reset_sign_in`.
    """
    with _administering(by, reason):
        row = _account(by, officer)
        if not row.awaits_check:
            raise Refused("这个账号没有待核对的绑定：还没有绑定手机，或者已经核对过。")
        if "".join(number.split()) != check_number(row):
            raise Refused(
                "核对码不对，没有办理。请让本人重新登录，读出页面上的 6 位核对码。"
                "本人说没有绑定过，或者页面上不是这个数，就是别人用起始口令绑定的：请重置登录，并告知审计监督。"
            )
        row.start_until = None
        row.save(update_fields=["start_until"])
        _record(by, "checked_binding", row, reason)


def keeper_named(sign_in_name: str) -> tuple[str, UUID]:
    """(place, account) of an administrator or auditor in force, for who holds the server. Raises Refused."""
    grants = RoleGrant.objects.filter(RoleGrant.in_force(timezone.localdate()), role__in=ALONE)
    names = dict(grants.values_list("officer__sign_in_name", "region_id"))
    if sign_in_name not in names:
        known = (
            f"在任的有：{'、'.join(sorted(names))}。" if names else "现在一位也没有，请用 --appoint 任命。"
        )
        raise Refused(f"“{sign_in_name}”不是在任的系统管理员或审计监督。{known}")
    return names[sign_in_name], Officer.objects.get(sign_in_name=sign_in_name).id


def kept_above(by: Scope, grants: Iterable[RoleGrant]) -> bool:
    """True if of these roles one keeps accounts or reads traces, at a place not below the administrator's."""
    return by.role != "system" and any(
        grant.role in ALONE and len(grant.region_id) <= len(by.region) for grant in grants
    )


@contextmanager
def _administering(by: Scope, reason: str) -> Iterator[None]:
    if by.role not in ("administrator", "system"):
        raise Refused("只有本地区的系统管理员可以办理人员和授权。")
    check_reason(reason, "理由或依据")
    with active(by), transaction.atomic():
        yield


def _account(by: Scope, officer: UUID, *, whole: bool = True, more: bool = False) -> Officer:
    """The account, locked. `whole`: what is done to the account itself reaches its roles elsewhere, too.

    `more`: nothing is taken away, so who keeps accounts or reads traces may be given it at the own level.
    """
    row = Officer.objects.select_for_update().filter(id=officer).first()
    if row is None or not administered(by).filter(id=officer).exists():
        raise OutsideScope("这个账号不在本辖区")
    if by.officer == officer:
        raise Refused("不能办理自己的账号和岗位，请由上级的系统管理员办理。")
    if not more and kept_above(by, RoleGrant.objects.filter(_open(), officer=row)):
        raise Refused(
            "系统管理、审计监督的账号，本级系统管理员一个人不能重置、停用或结束，请由上级的系统管理员办理；"
            "没有上级系统管理员的，请保管服务器的人在服务器上用 doudi administrator 办理。"
        )
    if (
        whole
        and RoleGrant.objects.filter(_open(), officer=row).exclude(places_below(by.region, "region")).exists()
    ):
        raise Refused("这个账号在其他地区还有岗位，请由上级的系统管理员办理；本辖区的岗位可以单独结束。")
    return row


def _grant(by: Scope, officer: Officer, post: Post, reason: str) -> RoleGrant:
    role, region = ROLES.get(post.role), Region.objects.filter(code=post.region).first()
    if role is None or region is None or not by.covers(region.code):
        raise Refused("请从列表里选择岗位和地区；只能办理本辖区的岗位。")
    if len(region.code) not in role.digits:
        raise Refused(f"“{role.label}”不能设在{region.full_name}：级别不对。")
    kind = role.departments[0] if len(role.departments) == 1 else post.kind
    if kind not in role.departments:
        offices = "、".join(DEPARTMENTS[one] for one in role.departments)
        raise Refused(f"“{role.label}”只能设在这些部门：{offices}。请选择部门。")
    if post.from_day < timezone.localdate() or (post.until_day and post.until_day <= post.from_day):
        raise Refused("开始日期不能早于今天，结束日期必须晚于开始日期。")
    if post.from_day > timezone.localdate() + LATEST_START:
        raise Refused("开始日期最晚在一年以内；更晚的，到时候再办。")
    later = RoleGrant.objects.filter(_open(post.from_day), officer=officer)
    held = {row.role for row in later} | {role.key}
    if len(held) > 1 and held.intersection(ALONE):
        raise Refused("系统管理、审计监督岗位不能与其他岗位同在一个账号，请另任命一个账号。")
    if later.filter(role=role.key, region=region, department__kind=kind).exists():
        raise Refused("这个账号已有这个岗位。")
    office = Department.objects.filter(kind=kind, region_code=region.code).first()
    if office is None:
        name = office_name(kind, region.name)
        office = Department.objects.create(kind=kind, region_code=region.code, name=name)
    grant = RoleGrant.objects.create(
        officer=officer,
        role=role.key,
        region=region,
        department=office,
        from_day=post.from_day,
        until_day=post.until_day,
    )
    _record(by, "granted_role", officer, reason, grant, until=f"{post.until_day or ''}")
    return grant


def office_name(kind: str, place: str) -> str:
    """What an office of a kind at a place (its own name) is called until the county names it otherwise."""
    if kind == "TOWNSHIP":
        return place + ("办事处" if place.endswith("街道") else "人民政府")
    if kind == "VILLAGE":
        return place if place.endswith("委员会") else f"{place}村（居）民委员会"
    return place + DEPARTMENTS[kind]


def _open(day: date | None = None) -> Any:
    """Condition: the role is not over on a day (default today), begun or not."""
    return RoleGrant.not_over(day or timezone.localdate())


def _start_password() -> str:
    return "-".join("".join(secrets.choice(_EASY) for _ in range(4)) for _ in range(3))


def _record(
    by: Scope, verb: str, officer: Officer, reason: str, grant: RoleGrant | None = None, **more: str
) -> None:
    """One row of the account, told where it works, for the auditor there; a role's with what it allows."""
    held = RoleGrant.objects.filter(places_below(by.region, "region"), officer=officer).order_by("-from_day")
    last = grant or held.first()
    region = last.region_id if last else by.region
    told = {"role": grant.role, "grant": f"{grant.id}", "from": f"{grant.from_day}"} if grant else {}
    audit.record(
        by=by, verb=verb, subject=audit.subject_of(officer), region=region, purpose=reason, detail=told | more
    )
