"""Nothing that waits is left behind where nobody can see it any more, when a family or a person moves."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from doudi.intake.actions import open_leads
from doudi.intake.queries import lead_of, leads
from doudi.office.actions import Refused
from doudi.office.scope import OutsideScope, Scope, active
from doudi.registry.actions import decide, propose, withdraw
from doudi.registry.models import Household, Membership
from tests.rooms.people import COUNTY, SIBLING, VILLAGE, a_small_country, an_officer, scope_of
from tests.rooms.registry.families import COLLEAGUE, COUNTY_HANDLER, a_member, registered

DAY = date(2025, 6, 10)


@pytest.fixture
def clerk(db: None) -> Scope:
    a_small_country()
    return scope_of(an_officer("clerk"))


@pytest.fixture
def approver(clerk: Scope) -> Scope:
    return scope_of(an_officer("approver", "county_approver", COUNTY))


@pytest.fixture
def home(clerk: Scope) -> UUID:
    return registered(a_member("陈国富"), a_member("陈小梅", "DAUGHTER"))


def asked(by: Scope, kind: str, home: UUID, **payload: Any) -> UUID:
    return propose(by=by, kind=kind, day=DAY, payload=payload, reason="有证明", household=home)


def the(name: str, home: UUID) -> str:
    with active(COUNTY_HANDLER):
        return str(Membership.objects.get(household=home, person__name=name).person_id)


def test_a_family_moves_when_nothing_about_it_waits(clerk: Scope, approver: Scope, home: UUID) -> None:
    moving = asked(COUNTY_HANDLER, "MOVE_OUT", home, to=SIBLING)
    facts = asked(clerk, "FACTS", home, facts={"hardship_cause": "ILLNESS"})
    death = asked(clerk, "DEATH", home, person=the("陈小梅", home))
    with pytest.raises(Refused, match=r"^这一户、陈小梅还有 2 项申请等待审批（更正信息、死亡注销）"):
        decide(by=approver, request=moving, approve=True)
    withdraw(by=clerk, request=death)
    with pytest.raises(Refused, match=r"^这一户还有 1 项申请等待审批（更正信息）"):
        decide(by=approver, request=moving, approve=True)
    decide(by=approver, request=facts, approve=False, answer="请重新核实")
    decide(by=approver, request=moving, approve=True)
    with active(COLLEAGUE):
        assert Household.objects.get(id=home).region_code == SIBLING


def test_nobody_leaves_for_another_place_while_a_request_names_them(
    clerk: Scope, approver: Scope, home: UUID
) -> None:
    groom_s, bride = registered(a_member("赵大海"), by=COUNTY_HANDLER, region=SIBLING), the("陈小梅", home)
    wedding = asked(COUNTY_HANDLER, "MARRIAGE", groom_s, person=bride, relation="SPOUSE")
    asked(clerk, "FACTS", home, facts={"hardship_cause": "ILLNESS"})
    facts = asked(clerk, "FACTS", home, person=bride, facts={"student": True})
    with pytest.raises(Refused, match=r"^陈小梅还有 1 项申请等待审批（更正信息）"):
        decide(by=approver, request=wedding, approve=True)
    withdraw(by=clerk, request=facts)
    decide(by=approver, request=wedding, approve=True)


def test_open_leads_move_along(clerk: Scope, approver: Scope, home: UUID) -> None:
    about = [f"registry_household:{home}", f"registry_person:{the('陈小梅', home)}"]
    for subject in about:
        open_leads(by=clerk, source="VISIT", kind="走访", told=[(subject, VILLAGE, "请核对")])
    found = leads(by=clerk)
    assert len(found) == 2
    decide(by=approver, request=asked(COUNTY_HANDLER, "MOVE_OUT", home, to=SIBLING), approve=True)
    assert (leads(by=clerk), [row.id for row in leads(by=COLLEAGUE)]) == ([], [row.id for row in found])
    with pytest.raises(OutsideScope):
        lead_of(by=clerk, lead=found[0].id)
