"""A register of a city of ten counties: what `bench.register` measures. Import only after `prepare`.

The families are the demo county's, put in by the product's own loader: every ID number distinct, encrypted
and indexed, every name with its tokens. A stop in the middle loses one portion; the next run goes on.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice
from pathlib import Path

from django.contrib.auth.hashers import make_password
from django.db import connections
from django.utils import timezone

from demo.lists import dress
from demo.places import COUNTY, LIVING, PROVINCE
from demo.recipe import county
from doudi.intake import actions as intake
from doudi.office import regions
from doudi.office.models import Department, Officer, RoleGrant
from doudi.office.roles import DEPARTMENTS
from doudi.office.scope import Scope, active, system
from doudi.registry import actions as registry
from doudi.registry.loading import Saying, load
from doudi.registry.models import ChangeRequest, Household, Membership

CITY = COUNTY[:4]
COUNTIES = tuple(f"{CITY}{number:02}" for number in range(1, 11))
ON, SEED, KNOWN_FOR = date(2026, 11, 20), 1, timedelta(days=400)
PORTION = 2000
VILLAGES = ("001", "002")
"""Which villages of each township have an officer who signs in."""
SIGN_INS, SAMPLES = "sign-ins.json", "samples.json"
SAMPLE = 40
REQUESTS, LEADS = 20, 30
"""For each township; two of five requests are decided."""
KINDS = ("自主申报", "医疗费用自付较高", "住房安全", "零就业家庭")


def families(households: int) -> None:
    """Puts in what is missing of so many households: the first tenth in the first county and so on."""
    with system(CITY, "bench") as by:
        there = Household.objects.count()
    if there >= households:
        return
    share = -(-households // len(COUNTIES))
    made = county(households=households, seed=SEED, region=COUNTY, on=ON, places=LIVING)
    numbered = islice(enumerate(made), there, None)
    while portion := list(islice(numbered, PORTION)):
        for number, document in portion:
            told = document["household"]
            told["region_code"] = COUNTIES[number // share] + told["region_code"][6:]
            dress(document, seed=SEED, on=ON)
        saying = Saying(source="DEMO", since=ON - KNOWN_FOR)
        with system(CITY, "bench") as by:
            load((document for _, document in portion), by=by, saying=saying)
        print(f"\r{portion[-1][0] + 1:,} / {households:,} households", end="", flush=True)
    print(flush=True)


def places() -> Iterator[tuple[str, str]]:
    """(code, name) of the ten counties with the living county's townships and villages in each."""
    yield from PROVINCE[:2]
    for number, code in enumerate(COUNTIES, 1):
        yield code, f"示例{number}县"
        for digits, name in LIVING.regions():
            if len(digits) > len(code):
                yield code + digits[len(code) :], name


def posts() -> Iterator[tuple[str, str, str, str]]:
    """(sign-in name, role, kind of department, region) of everybody who signs in."""
    for code in COUNTIES:
        for name, role in (("handler", "county_handler"), ("approver", "county_approver")):
            yield f"{name}{code}", role, "CCA", code
        for township in LIVING.townships:
            for name, role in (("clerk", "township_clerk"), ("chief", "township_chief")):
                yield f"{name}{code}{township}", role, "TOWNSHIP", f"{code}{township}"
            for village in VILLAGES:
                yield f"cun{code}{township}{village}", "village", "VILLAGE", f"{code}{township}{village}"


def settle(folder: Path) -> None:
    """Regions and officers, once.

    What the load client signs in with goes to a file of `folder`.
    """
    if Officer.objects.exists():
        return
    regions.load(places())
    password = base64.b32encode(os.urandom(10)).decode()
    shared, told, grants = make_password(password), [], []
    for name, role, kind, region in posts():
        key = base64.b32encode(os.urandom(20)).decode()
        officer = Officer(sign_in_name=name, name="测速", password=shared, totp_key=key, totp_confirmed=True)
        office, _ = Department.objects.get_or_create(kind=kind, region_code=region, name=DEPARTMENTS[kind])
        grants.append(
            RoleGrant(
                officer=officer, role=role, region_id=region, department=office, from_day=date(2020, 1, 1)
            )
        )
        told.append({"name": name, "role": role, "region": region, "key": key, "password": password})
    with system(CITY, "bench"):
        Officer.objects.bulk_create(grant.officer for grant in grants)
        RoleGrant.objects.bulk_create(grants)
    file = folder / SIGN_INS
    file.touch(0o600)
    file.write_text(json.dumps(told), "utf-8")


def work() -> None:
    """Requests and leads for every township, once, as its own officers make them."""
    with system(CITY, "bench"):
        if ChangeRequest.objects.count() >= len(COUNTIES) * len(LIVING.townships) * REQUESTS:
            return
    scopes = {
        grant.officer.sign_in_name: Scope(
            region=grant.region_id, role=grant.role, officer=grant.officer_id,
            department=grant.department.kind, origin="bench",
        )
        for grant in RoleGrant.objects.select_related("officer", "department")
    }  # fmt: skip
    for code in COUNTIES:
        for township in LIVING.townships:
            clerk, chief = scopes[f"clerk{code}{township}"], scopes[f"chief{code}{township}"]
            _township(clerk, chief, scopes[f"handler{code}"])


def _township(clerk: Scope, chief: Scope, handler: Scope) -> None:
    with active(clerk):
        heads = Membership.objects.filter(relation="HEAD").order_by("household_id")
        found = list(heads.values_list("household_id", "region_code")[: REQUESTS + LEADS])
    for number, (household, _) in enumerate(found[:REQUESTS]):
        day = ON - timedelta(days=number)
        facts = {"facts": {"housing_safety": "C"}}
        request = registry.propose(
            by=clerk, kind="FACTS", day=day, payload=facts, reason="村两委入户查看。", household=household
        )
        if number % 5 < 2:
            answer = "材料齐全，同意。" if number % 5 else "请补交照片。"
            registry.decide(by=chief, request=request, approve=bool(number % 5), answer=answer)
        with active(clerk):
            made = timezone.now() - timedelta(days=number)
            ChangeRequest.objects.filter(id=request).update(proposed_at=made)
    for number, (household, region) in enumerate(found[REQUESTS:]):
        told = [(f"registry_household:{household}", region, "请入户核实是否需要救助。")]
        intake.open_leads(by=handler, source="DATA_MATCH", kind=KINDS[number % len(KINDS)], told=told)


def sample(folder: Path) -> None:
    """For every officer's region some heads of families to look for, into a file of `folder`."""
    found: dict[str, list[dict[str, str]]] = {}
    for _, _, _, region in posts():
        with system(region, "bench"):
            homes = Household.objects.order_by("id").values_list("id", flat=True)[:SAMPLE]
            rows = Membership.objects.select_related("person").filter(
                relation="HEAD", known_until__isnull=True, until_day__isnull=True,
                household__in=list(homes),
            )  # fmt: skip
            found[region] = [
                {
                    "household": str(row.household_id), "person": str(row.person_id), "name": row.person.name,
                    "initials": "".join(part[0] for part in row.person.sort_key.split()[:-1]),
                    "tail": row.person.id_no.open()[-4:],
                }
                for row in rows
            ]  # fmt: skip
    file = folder / SAMPLES
    file.touch(0o600)
    file.write_text(json.dumps(found, ensure_ascii=False), "utf-8")


def analyse() -> None:
    """What the planner knows must be of now: autovacuum comes when it comes."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("vacuum analyze")
