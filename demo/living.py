"""The invented county put into a register: regions, departments, officers, families.

Needs the database: import it only after `doudi.settings.boot.prepare()`.
"""

from __future__ import annotations

import base64
import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import connection, transaction
from django_otp.oath import totp

from demo.lists import dress
from demo.officers import COUNTY_OFFICERS, SHOWN, TOWNSHIP_OFFICERS, VILLAGE_OFFICER
from demo.places import COUNTY, LIVING
from demo.plan import Plan
from demo.recipe import county
from doudi.office import audit, regions
from doudi.office.appointments import office_name
from doudi.office.models import AuditEntry, Department, Officer, Region, RoleGrant
from doudi.office.scope import current, system
from doudi.registry.loading import Saying, load
from doudi.registry.models import Household

PORTION = 500
"""Households of one transaction: what a stop in the middle may lose, to be made again."""
KNOWN_FOR = timedelta(days=400)
_LOCK = 990101


def standing() -> int:
    """How many families of the invented county the register holds."""
    with system(COUNTY, "demo"):
        return Household.objects.filter(region_code__startswith=COUNTY).count()


def settle() -> str:
    """Regions, law values, departments, officers; returns the password they all have, each time a new one."""
    settings.OFFICE_VALUES.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(Path(__file__).with_name("values.toml"), settings.OFFICE_VALUES / "demo.toml")
    password = secrets.token_urlsafe(9)
    with transaction.atomic():
        regions.load(LIVING.regions())
        with system(COUNTY, "demo"):
            _officers(make_password(password))
    return password


def families(*, plan: Plan, until: int, progress: Callable[[int], None]) -> int:
    """Put in the plan's households up to number `until`, each once; returns how many persons came.

    Portions of their own transactions: what stands in the register already, whoever put it in, is left out.
    `progress` hears the number reached.
    """
    made = county(households=until, seed=plan.seed, region=COUNTY, on=plan.day, places=LIVING)
    numbered, persons, number = enumerate(made, 1), 0, 0
    while portion := list(islice(numbered, PORTION)):
        documents = {document["household"]["household_id"]: document for _, document in portion}
        with system(COUNTY, "demo") as by:
            with connection.cursor() as cursor:
                cursor.execute("select pg_advisory_xact_lock(%s)", [_LOCK])
            there = Household.objects.filter(household_no__in=documents)
            for known in there.values_list("household_no", flat=True):
                del documents[known]
            dressed = [dress(document, seed=plan.seed, on=plan.day) for document in documents.values()]
            if dressed:
                persons += load(dressed, by=by, saying=Saying(source="DEMO", since=plan.day - KNOWN_FOR))
        number = portion[-1][0]
        progress(number)
    return persons


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


def posts() -> Iterator[tuple[str, str, str, str, str]]:
    """(sign-in name, name, role, kind of department, region) of everybody who works in the county."""
    for sign_in_name, name, role, kind, digits in COUNTY_OFFICERS:
        yield sign_in_name, name, role, kind, COUNTY + digits
    for township in LIVING.townships:
        for sign_in_name, name, role, kind in TOWNSHIP_OFFICERS:
            yield sign_in_name + township, name, role, kind, COUNTY + township
        for village in LIVING.village_digits():
            sign_in_name, name, role, kind = VILLAGE_OFFICER
            yield sign_in_name + township + village, name, role, kind, COUNTY + township + village


def _officers(password: str) -> None:
    """Everybody of `posts` with this password hash (making one takes a third of a second) and a new key."""
    known = {row.sign_in_name: row for row in Officer.objects.all()}
    names = dict(Region.objects.filter(code__startswith=COUNTY).values_list("code", "name"))
    officers, departments, grants = list[Officer](), dict[tuple[str, str], Department](), list[Any]()
    for sign_in_name, name, role, kind, region in posts():
        officer = known.get(sign_in_name) or Officer(sign_in_name=sign_in_name, name=name)
        officer.password, officer.generation = password, officer.generation + 1
        officer.totp_key = base64.b32encode(os.urandom(20)).decode()
        officer.totp_confirmed, officer.start_until = True, None
        officers.append(officer)
        name = office_name(kind, names[region])
        departments[kind, region] = Department(kind=kind, region_code=region, name=name)
        if sign_in_name not in known:
            grants.append((officer, role, kind, region))
    fields = ["password", "generation", "totp_key", "totp_confirmed", "start_until"]
    Officer.objects.bulk_create(officers, update_conflicts=True, unique_fields=["id"], update_fields=fields)
    Department.objects.bulk_create(departments.values(), ignore_conflicts=True)
    offices = {(row.kind, row.region_code): row for row in Department.objects.all()}
    RoleGrant.objects.bulk_create(
        RoleGrant(
            officer=officer, role=role, region_id=region, department=offices[kind, region],
            from_day=date(2020, 1, 1),
        )
        for officer, role, kind, region in grants
    )  # fmt: skip
    _appointed(officers)


def _appointed(officers: list[Officer]) -> None:
    """As of any other account, the audit tells whose name it was given in; once, whoever settles again."""
    told = set(AuditEntry.objects.filter(verb="appointed").values_list("subject", flat=True))
    for officer in officers:
        if (subject := audit.subject_of(officer)) not in told:
            named = {"name": officer.name, "sign_in_name": officer.sign_in_name}
            audit.record(by=current(), verb="appointed", subject=subject, purpose="建立示范县", detail=named)


def note_path(home: Path) -> Path:
    """Where `doudi serve` looks for the sign-in note."""
    return home / "demo-sign-in.txt"
