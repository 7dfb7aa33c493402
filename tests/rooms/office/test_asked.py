"""A question written once answers as its queryset would, in whatever scope and for whatever values."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.db.models import Q, QuerySet
from django.test.utils import CaptureQueriesContext

from doudi.office import scope
from doudi.office.asked import LONGEST, Question
from doudi.office.models import Attachment, RoleGrant
from doudi.office.scope import NoScope, Scope
from tests.rooms.people import a_small_country, an_officer

COUNTY, TOWNSHIP, SIBLING = "520281", "520281104", "520281105"
pytestmark = pytest.mark.django_db


def files(name: str, ids: list[Any]) -> QuerySet:
    return Attachment.objects.filter(Q(id__in=ids) | Q(subject=name)).order_by("region_code")


@pytest.fixture
def stored() -> list[Any]:
    made = []
    for region in (COUNTY, TOWNSHIP, SIBLING):
        with scope.system(region, "test"):
            told = {"name": "户口本.jpg", "content_type": "image/jpeg", "size": 1}
            made.append(Attachment.objects.create(region_code=region, subject="one", **told).id)
    return made


def test_it_works(stored: list[Any]) -> None:
    asked = Question(files)
    for region, seen in ((COUNTY, 3), (TOWNSHIP, 1), (SIBLING, 1), ("37", 0)):
        with scope.active(Scope(region=region, role="township_clerk", department="TOWNSHIP")):
            for name, ids in (("one", []), ("none", stored), ("none", stored[:1]), ("one", stored * 30)):
                assert asked(name, ids) == list(files(name, ids))
            assert len(asked("one", [])) == seen


def test_what_it_reads_is_as_the_fields_have_it(stored: list[Any]) -> None:
    with scope.system(COUNTY, "test"):
        (row,) = Question(lambda id_: Attachment.objects.filter(id=id_))(stored[0])
        assert (row.name.open(), row.region_code, row.size) == ("户口本.jpg", COUNTY, 1)
        names = Question(
            lambda size: Attachment.objects.filter(size=size).values_list("region_code", flat=True)
        )
        assert sorted(names(1)) == [COUNTY, TOWNSHIP, SIBLING]
        named = Question(lambda size: Attachment.objects.filter(size=size).values("region_code"))
        assert {"region_code": SIBLING} in named(1)


def test_a_row_comes_with_those_it_belongs_to() -> None:
    a_small_country()
    officer = an_officer("one", "township_clerk", TOWNSHIP)
    grants = Question(
        lambda who, day: RoleGrant.objects.select_related("officer", "department").filter(
            RoleGrant.in_force(day), officer=who
        )
    )
    assert grants(uuid4(), date.today()) == []
    with CaptureQueriesContext(connection) as sent:
        (grant,) = grants(officer.id, date.today())
        assert (grant.officer, grant.department.region_code) == (officer, TOWNSHIP)
    assert len(sent) == 1


def test_none_is_a_value_of_its_own(stored: list[Any]) -> None:
    asked = Question(lambda id_: Attachment.objects.filter(Q() if id_ is None else Q(id=id_)))
    with scope.system(COUNTY, "test"):
        assert [len(asked(given)) for given in (None, stored[0], None)] == [3, 1, 3]


def test_nothing_is_seen_outside_a_scope(stored: list[Any]) -> None:
    asked = Question(files)
    with scope.system(COUNTY, "test"):
        assert asked("one", stored)
    with pytest.raises(NoScope):
        asked("one", stored)


def test_the_other_lock_holds_alone(stored: list[Any], settings: Any) -> None:
    asked = Question(files)
    with scope.system(COUNTY, "test"):
        assert len(asked("one", [])) == 3
    settings.OFFICE_ORM_SCOPE = False
    with scope.system(SIBLING, "test"):
        assert [row.region_code for row in asked("one", [])] == [SIBLING]


@pytest.mark.parametrize(
    "write",
    [
        lambda number: Attachment.objects.all()[:number],
        lambda number: Attachment.objects.filter(size=number + 1),
    ],
)
def test_a_value_that_is_no_parameter_is_refused(write: Any) -> None:
    with scope.system(COUNTY, "test"), pytest.raises(ValueError, match="must be parameters"):
        Question(write)(3)


def test_a_long_list_is_asked_anew(stored: list[Any]) -> None:
    asked = Question(files)
    with scope.system(COUNTY, "test"):
        assert len(asked("none", [uuid4() for _ in range(LONGEST)] + stored)) == 3
    assert not asked.written
