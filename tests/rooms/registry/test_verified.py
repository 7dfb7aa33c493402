"""What a verification answered or the county decided: no village reads it, no township corrects it."""

from typing import Any
from uuid import UUID

import pytest

from doudi.office.actions import Refused
from doudi.office.roles import ROLES, Fields
from doudi.office.scope import Scope, active
from doudi.registry import queries
from doudi.registry.actions import decide, propose
from doudi.registry.facts import Held, catalogue, may_state
from doudi.registry.models import Membership, Statement
from tests.rooms.people import VILLAGE, a_small_country, an_officer, scope_of
from tests.rooms.registry.families import CLERK, a_member, registered
from tests.rooms.registry.test_changes import DAY

VERIFIED = [held for held in catalogue().values() if held.sees == Fields.VERIFIED]
NAMED = ("property_conclusion", "property_conclusion_edge", "property_review_passed", "authorised_all",
         "expenditure_route_approved", "county_confirmed", "grace_months_granted",
         "conference_recorded")  # fmt: skip
EACH = pytest.mark.parametrize("held", VERIFIED, ids=lambda held: str(held.name))


@pytest.fixture
def officers(db: None) -> dict[str, Scope]:
    a_small_country()
    places = {"village": VILLAGE, "county_handler": "520281", "county_approver": "520281"}
    roles = ("village", "township_clerk", "township_chief", "county_handler", "county_approver")
    return {role: scope_of(an_officer(role, role, *filter(None, [places.get(role)]))) for role in roles}


def a_value(held: Held) -> Any:
    if held.codes:
        return next(iter(held.codes))
    return {"bool": True, "text": "有"}.get(held.kind, 20250601)


def told(held: Held, family: UUID) -> dict[str, Any]:
    with active(CLERK):
        person = str(Membership.objects.get(household=family).person_id)
    return {"facts": {held.name: a_value(held)}} | ({"person": person} if held.entity == "person" else {})


def lines(by: Scope, family: UUID) -> dict[str, str]:
    page = queries.family_page(by=by, household=family, purpose="核查财产情况")
    return {line.field: line.text for subject in page.subjects for line in subject.lines}


def test_the_facts_the_county_answers_for_are_listed() -> None:
    assert set(NAMED) <= {held.name for held in VERIFIED}
    assert all(held.sealed for held in VERIFIED)
    for role in ROLES:
        may = {may_state(held, role, "CCA") for held in VERIFIED}
        assert may == {role.startswith("county_")}, role
        assert {may_state(held, role, "CAG") for held in VERIFIED} == {False}


@EACH
def test_only_its_owner_states_it_and_a_village_does_not_read_it(
    held: Held, officers: dict[str, Scope]
) -> None:
    family = registered(a_member())
    asked: dict[str, Any] = {
        "kind": "FACTS", "household": family, "payload": told(held, family), "day": DAY, "reason": "核对报告",
    }  # fmt: skip
    for role in ("village", "township_clerk"):
        with pytest.raises(Refused, match="由县级民政部门"):
            propose(by=officers[role], **asked)
    request = propose(by=officers["county_handler"], **asked)
    with pytest.raises(Refused, match="由县级民政部门"):
        decide(by=officers["township_chief"], request=request, approve=True)
    decide(by=officers["county_approver"], request=request, approve=True)
    assert lines(officers["village"], family)[held.name] == "由核对部门填写"
    assert lines(officers["township_clerk"], family)[held.name] == "********"
    with active(CLERK):
        assert all(held.name not in row.facts for row in Statement.objects.all())


def test_a_family_does_not_come_with_a_verification(officers: dict[str, Scope]) -> None:
    document = {
        "household": {
            "household_id": "N1",
            "region_code": VILLAGE,
            "area_type": "RURAL",
            "authorised_all": True,
        },
        "members": [a_member()],
    }
    with pytest.raises(Refused, match="由县级民政部门"):
        propose(
            by=officers["village"], kind="REGISTER", day=DAY, payload={"document": document}, reason="户口簿"
        )
