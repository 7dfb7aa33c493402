"""One family, change, lead and list in every region, each with texts that stand nowhere else."""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib.sessions.backends.db import SessionStore
from django.test import Client

from doudi.intake.actions import receive, stage
from doudi.intake.models import ImportBatch, Lead
from doudi.office import regions
from doudi.office.fields import new_id
from doudi.office.models import Officer
from doudi.office.roles import ROLES
from doudi.office.scope import Scope, system
from doudi.registry import drafts
from doudi.registry.actions import compare_import, propose
from doudi.registry.models import ChangeRequest, Draft, Household, Membership, Person
from tests.rooms.imports.books import DIBAO, dibao_row, workbook
from tests.rooms.people import (
    COUNTY,
    ELSEWHERE,
    SIBLING,
    TOWNSHIP,
    VILLAGE,
    a_small_country,
    an_officer,
)
from tests.rooms.registry.families import a_member, an_id, registered

NEXT_VILLAGE, NEXT_COUNTY, PREFECTURE = "520281104202", "520203", "5202"
CODE = "314159"
"""What every phone shows in these tests; see `phones_show_one_code`."""
PLACES = (VILLAGE, NEXT_VILLAGE, TOWNSHIP, SIBLING, COUNTY, NEXT_COUNTY, PREFECTURE, ELSEWHERE)
RARE = "龘靐齉爩麤灪龗鱻"
"""A character for each place; a page that shows one shows somebody of that place."""
ROLE_OF = {12: "village", 9: "township_clerk", 6: "county_handler", 4: "leader"}
"""What the officer who is somebody's subject is, by the digits of the place's code."""
DEPARTMENT_OF = {12: "VILLAGE", 9: "TOWNSHIP"}
"""Whose list a place's batch is, by the digits of its code; civil affairs' from the county up."""
RELATIONS = {
    VILLAGE: {"own": VILLAGE, "sibling": NEXT_VILLAGE, "parent": TOWNSHIP, "foreign": ELSEWHERE},
    TOWNSHIP: {
        "own": TOWNSHIP, "child": VILLAGE, "sibling": SIBLING, "parent": COUNTY, "foreign": ELSEWHERE
    },
    COUNTY: {
        "own": COUNTY, "child": VILLAGE, "sibling": NEXT_COUNTY, "parent": PREFECTURE, "foreign": ELSEWHERE
    },
}  # fmt: skip


@dataclass
class OneOfEach:
    """One place's subjects: table of the subject -> public id. `rare` stands in all its texts."""

    region: str
    rare: str
    id_no: str
    ids: dict[str, UUID] = field(default_factory=dict)


def a_world() -> dict[str, OneOfEach]:
    """Every place with one of each, and an officer of every role."""
    a_small_country()
    regions.load([(NEXT_COUNTY, "六枝特区"), (NEXT_VILLAGE, "大田村村民委员会")])
    for role in ROLES:
        # Leaders work at every level; ours leads the county.
        an_officer(role, role, COUNTY if role == "leader" else post_of(role))
    return {region: _in(region, rare) for region, rare in zip(PLACES, RARE, strict=True)}


def _in(region: str, rare: str) -> OneOfEach:
    by = Scope(region=region, role="county_handler")
    place = OneOfEach(region, rare, an_id())
    member = a_member(f"金禾{rare}", id_no=place.id_no, phone="13900000000", serious_illness=True)
    household = registered(member, by=by, region=region, household_id=f"户{rare}", address=f"住址{rare}")
    with system(region, "test"):
        person = Person.objects.get(memberships__household=household)
        lead = Lead.objects.create(
            region_code=region, source="VISIT", kind=f"线索{rare}", said=f"说明{rare}",
            subject=f"registry_household:{household}",
        )  # fmt: skip
    change = propose(
        by=by,
        kind="FACTS",
        household=household,
        day=date(2024, 6, 1),
        payload={"facts": {"address": f"新址{rare}"}},
        reason=f"依据{rare}",
    )
    by = replace(by, department=DEPARTMENT_OF.get(len(region), "CCA"))
    row = dibao_row(f"{rare}册", "户主", f"册中{rare}", an_id(), town="", village="")
    batch = receive(
        by=by,
        name="名册.xlsx",
        data=workbook(DIBAO, [row]),
        mapping="household_book_guizhou",
        on=date(2025, 9, 30),
    )
    stage(by=by, batch=batch)
    compare_import(by=by, batch=batch)
    officer = an_officer(f"kept-{region}", ROLE_OF[len(region)], region, called=f"干部{rare}")
    draft = new_id()
    own = replace(by, officer=officer.id)
    drafts.keep(by=own, id=draft, kind="FACTS", typed={"reason": f"未提交{rare}"}, household=household)
    place.ids = {
        "draft": draft, "grant": officer.grants.get().id, "office_officer": officer.id,
        "registry_household": household, "registry_person": person.id, "registry_changerequest": change,
        "intake_lead": lead.id, "intake_importbatch": batch,
    }  # fmt: skip
    return place


def post_of(role: str) -> str:
    """The region the officer of this role works in."""
    return {12: VILLAGE, 9: TOWNSHIP}.get(max(ROLES[role].digits), COUNTY)


def handles(role: str, place: OneOfEach) -> bool:
    """True if this place's batch is for an officer of this role: of the own office, or as its keeper.

    The liaison, of another department in civil affairs' own region, is the neighbour across the corridor.
    """
    kept = role == "county_approver" and place.region.startswith(COUNTY)
    return kept or (role != "liaison" and place.region == post_of(role))


def a_session(role: str) -> str:
    """The cookie of an officer of this role, who has said why they look."""
    officer, session = Officer.objects.get(sign_in_name=role), SessionStore()
    session["officer"], session["generation"] = str(officer.id), officer.generation
    session["duty"] = str(officer.grants.get().id)
    asked, now = ["find:金禾"], int(time.time())
    for province in sorted({code[:2] for code in PLACES}):
        with system(province, "test"):
            for model in (Household, Person, ImportBatch):
                asked += model.objects.values_list("id", flat=True)
    session["purposes"] = {f"{one}": ["核对信息", now] for one in asked}
    session.create()
    return str(session.session_key)


def a_browser(cookie: str = "") -> Client:
    """A browser that shows the error page, as a user would see it."""
    client = Client(raise_request_exception=False)
    if cookie:
        client.cookies["doudi"] = cookie
    return client


def a_form(place: OneOfEach) -> dict[str, Any]:
    """What an attacker would send to any form to reach this place's people."""
    person, household = str(place.ids["registry_person"]), str(place.ids["registry_household"])
    return {
        "q": "金禾", "purpose": "核对信息", "reason": "核对信息", "result": "已走访", "answer": "同意",
        "act": "suspend", "grant": f"{place.ids['grant']}", "role": "township_chief",
        "sign_in_name": "newcomer",
        "verdict": "approve", "region": place.region, "to": place.region, "duty": household,
        "back": household,
        "person": person, "chosen": person, f"chosen:{person}": person, f"relation:{person}": "HEAD",
        "other": place.id_no, "other_household": household, "household_no": "新户", "item": "SALARY",
        "amount": "100", f"income:{person}:SALARY": "100", "day": "2024-06-01", "name": "来人",
        "id_no": place.id_no, "draft": f"{place.ids['draft']}",
        "sex": "MALE", "relation": "SON", "birth_date": "2024-06-01", "fact:housing_safety": "C",
        "mapping": "dibao_guizhou", "on": "2024-06-01", "code": CODE, "password": "x", "old": "x",
        "new": "y", "area_type": "RURAL", "address": "3组", "different": "1", "0:name": "金禾新",
        "0:id_no": place.id_no, "0:relation": "HEAD", "kin": "SON", "official": "来人", "post": "副镇长",
    }  # fmt: skip


def state_of(places: Iterable[OneOfEach]) -> str:
    """All that a page could have changed in these places, as text to compare."""
    columns = (
        (ChangeRequest, "state"),
        (Lead, "closed_at"),
        (ImportBatch, "state"),
        (Household, "ended_on"),
        (Person, "name"),
        (Membership, "until_day"),
        (Draft, "kept_at"),
    )
    codes, rows = [place.region for place in places], []
    for province in sorted({code[:2] for code in codes}):
        with system(province, "test"):
            for model, column in columns:
                found = model.objects.filter(region_code__in=codes).order_by("id")
                rows += found.values_list("region_code", "id", column)
    accounts = Officer.objects.filter(grants__region__in=codes).exclude(sign_in_name__in=ROLES).order_by("id")
    rows += accounts.values_list("id", "suspended", "generation", "totp_confirmed", "grants__until_day")
    return str(sorted(map(str, rows)))
