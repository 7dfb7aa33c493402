"""The invented county put into a register: regions, departments, officers, families.

Needs the database: import it only after `doudi.settings.boot.prepare()`.
"""

from __future__ import annotations

import base64
import os
import secrets
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone
from django_otp.oath import totp

from demo.officers import COUNTY_OFFICERS, SHOWN, TOWNSHIP_OFFICERS, VILLAGE_OFFICER
from demo.recipe import TOWNSHIPS, county
from doudi.office import regions
from doudi.office.models import Department, Officer, Region, RoleGrant
from doudi.office.roles import DEPARTMENTS
from doudi.office.scope import system
from doudi.registry.loading import Saying, load
from doudi.registry.models import Household

COUNTY = "990101"
PROVINCE = (("99", "示例省"), ("9901", "示例市"), (COUNTY, "示例县"))
NAMES = {"001": "城关街道", "101": "河东镇", "102": "山前镇", "201": "云岭乡"}
VILLAGES = ["柳树", "上湾", "东沟", "石桥", "南坡", "新华", "杨家", "河口", "李庄", "北山", "泉水", "双井"]


def is_there() -> bool:
    """True when the invented county has families already."""
    with system(COUNTY, "demo"):
        return Household.objects.filter(region_code__startswith=COUNTY).exists()


def settle() -> str:
    """Regions, departments and officers; returns the password they all have. Again: a new one for all."""
    regions.load([*PROVINCE, *_places()])
    password = secrets.token_urlsafe(9)
    with transaction.atomic():
        for sign_in_name, name, role, kind, region in _posts():
            _officer(sign_in_name, name, role, kind, region, password)
    return password


def families(*, households: int, seed: int, progress: Callable[[int], None]) -> int:
    """Load the recipe's families; returns the number of persons. `progress` hears each family passed on."""
    today = timezone.localdate()

    def told() -> Iterator[Mapping[str, Any]]:
        made = county(households=households, seed=seed, region=COUNTY, on=today)
        for number, document in enumerate(made, 1):
            progress(number)
            yield document

    with system(COUNTY, "demo") as by:
        return load(told(), by=by, saying=Saying(source="DEMO", since=today - timedelta(days=400)))


def sign_in_note(password: str) -> str:
    """What a visitor needs to sign in, as text for the console."""
    shown = Officer.objects.filter(sign_in_name__in=SHOWN)
    grants = {g.officer_id: g for g in RoleGrant.objects.select_related("region").filter(officer__in=shown)}
    lines = ["示范县（虚构，无真实人员）。", f"口令：{password}    动态口令：doudi demo --code 登录名"]
    for officer in sorted(shown, key=lambda row: SHOWN.index(row.sign_in_name)):
        grant = grants[officer.id]
        lines.append(
            f"  {officer.sign_in_name:<10} {officer.name}  {grant.get_role_display()}  {grant.region}"
        )
    return "\n".join(lines) + "\n"


def code_of(sign_in_name: str) -> str | None:
    """The one-time code an officer's phone would show now; None for a name nobody has."""
    officer = Officer.objects.filter(sign_in_name=sign_in_name).first()
    if officer is None or not officer.totp_key:
        return None
    return f"{totp(base64.b32decode(officer.totp_key.open())):06d}"


def _places() -> Iterator[tuple[str, str]]:
    for township in TOWNSHIPS:
        yield COUNTY + township, NAMES[township]
        for number, village in enumerate(VILLAGES, 1):
            kind = "社区" if TOWNSHIPS[township] == "URBAN" else "村"
            yield f"{COUNTY}{township}{number:03}", village + kind


def _posts() -> Iterator[tuple[str, str, str, str, str]]:
    for sign_in_name, name, role, kind, digits in COUNTY_OFFICERS:
        yield sign_in_name, name, role, kind, COUNTY + digits
    for township in TOWNSHIPS:
        for sign_in_name, name, role, kind in TOWNSHIP_OFFICERS:
            yield sign_in_name + township, name, role, kind, COUNTY + township
        for number in range(1, len(VILLAGES) + 1):
            sign_in_name, name, role, kind = VILLAGE_OFFICER
            yield f"{sign_in_name}{township}{number:03}", name, role, kind, f"{COUNTY}{township}{number:03}"


def _officer(sign_in_name: str, name: str, role: str, kind: str, region: str, password: str) -> None:
    officer = Officer.objects.filter(sign_in_name=sign_in_name).first() or Officer(
        sign_in_name=sign_in_name, name=name
    )
    officer.set_password(password)
    officer.totp_key = base64.b32encode(os.urandom(20)).decode()
    officer.totp_confirmed = True
    officer.save()
    place = Region.objects.get(code=region)
    department = Department.objects.get_or_create(
        kind=kind, region_code=region, name=f"{place.name}{DEPARTMENTS[kind]}"
    )[0]
    if not officer.grants.exists():
        RoleGrant.objects.create(
            officer=officer, role=role, region=place, department=department, from_day=date(2020, 1, 1)
        )


def note_path(home: Path) -> Path:
    """Where `doudi serve` looks for the sign-in note."""
    return home / "demo-sign-in.txt"
