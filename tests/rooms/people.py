"""Three people everywhere: an officer of the township, a stranger from another one, and who appoints them."""

import base64
import time
from dataclasses import replace
from datetime import date
from uuid import UUID

from django_otp.oath import TOTP

from doudi.office import regions
from doudi.office.models import Department, Officer, Region, RoleGrant
from doudi.office.scope import Scope, system

PASSWORD = "correct horse 兜底"
TOWNSHIP, SIBLING, COUNTY, VILLAGE, ELSEWHERE = (
    "520281104",
    "520281105",
    "520281",
    "520281104201",
    "370784001",
)


def a_small_country() -> None:
    """Two counties of two provinces; in one of them two townships and a village."""
    regions.load(
        [
            ("52", "贵州省"), ("5202", "六盘水市"), (COUNTY, "盘州市"),
            (TOWNSHIP, "民主镇"), (SIBLING, "大山镇"), (VILLAGE, "小白岩村"),
            ("37", "山东省"), ("3707", "潍坊市"), ("370784", "安丘市"), (ELSEWHERE, "兴安街道"),
        ]
    )  # fmt: skip


def a_department(kind: str = "TOWNSHIP", region: str = TOWNSHIP, name: str = "") -> Department:
    """The department of a kind in a region, made when there is none."""
    called = name or f"{region} {kind}"
    return Department.objects.get_or_create(kind=kind, region_code=region, name=called)[0]


def an_officer(
    name: str = "clerk",
    role: str = "township_clerk",
    region: str = TOWNSHIP,
    *,
    called: str = "",
    office: str = "",
) -> Officer:
    """Somebody with a password, a one-time code and one role from 2020 on, in the department `office`."""
    kind = {"village": "VILLAGE", "auditor": "AUDIT", "liaison": "DISABLED"}.get(
        role, "TOWNSHIP" if role.startswith("town") else "CCA"
    )
    officer = Officer(sign_in_name=name, name=called or f"{name} 同志", totp_confirmed=True)
    officer.set_password(PASSWORD)
    officer.totp_key = base64.b32encode(officer.id.bytes + b"abcd").decode()
    with system(region[:1], "test"):
        officer.save()
        RoleGrant.objects.create(
            officer=officer,
            role=role,
            region=Region.objects.get(code=region),
            department=a_department(kind, region, office),
            from_day=date(2020, 1, 1),
        )
    return officer


def scope_of(officer: Officer) -> Scope:
    """The scope the officer acts in."""
    grant = officer.grants.get()
    return Scope(
        region=grant.region_id,
        role=grant.role,
        officer=officer.id,
        name=officer.name,
        department=grant.department.kind,
    )


def a_colleague(by: Scope) -> Scope:
    """A second officer of the same office in the same role: who sends a list does not confirm it."""
    name = f"second-{by.region}-{by.department}"
    with system(by.region[:1], "test"):
        officer, _ = Officer.objects.get_or_create(sign_in_name=name, defaults={"name": "另一位同志"})
    return replace(by, officer=officer.id, name=officer.name)


def code_of(officer: Officer | UUID, later: int = 0) -> str:
    """What the officer's phone shows, `later` half minutes from now."""
    row = officer if isinstance(officer, Officer) else Officer.objects.get(id=officer)
    totp = TOTP(base64.b32decode(row.totp_key.open()))
    totp.time = time.time() + 30 * later
    return f"{totp.token():06d}"


def an_administrator(region: str = COUNTY) -> Scope:
    """Who appoints officers in the county."""
    known = Officer.objects.filter(sign_in_name=f"administrator-{region}").first()
    return scope_of(known or an_officer(f"administrator-{region}", "administrator", region))
