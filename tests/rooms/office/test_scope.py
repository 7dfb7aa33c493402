"""Each of the two locks keeps officers inside their region when the other one is off."""

from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction

from doudi.office import scope
from doudi.office.models import Attachment
from doudi.office.postgres import WEB, Cluster
from doudi.office.rowsecurity import unprotected_tables
from doudi.office.scope import NoScope, OutsideScope, Scope

TOWNSHIP, SIBLING, COUNTY, VILLAGE, ELSEWHERE = (
    "520281101",
    "520281102",
    "520281",
    "520281101201",
    "370784101",
)


def a_file_of(region: str) -> Attachment:
    """One personal row in a region, written by a job of that region."""
    with scope.system(region, "test"):
        return Attachment.objects.create(
            region_code=region, subject="test", name="户口本.jpg", content_type="image/jpeg", size=1
        )


@pytest.fixture
def one_file_everywhere(db: None) -> None:
    for region in (TOWNSHIP, SIBLING, COUNTY, VILLAGE, ELSEWHERE):
        a_file_of(region)


def seen_from(region: str) -> list[str]:
    with scope.active(Scope(region=region, role="township_clerk")):
        return sorted(row.region_code for row in Attachment.objects.all())


EXPECTED = (
    (TOWNSHIP, [TOWNSHIP, VILLAGE]),
    (SIBLING, [SIBLING]),
    (VILLAGE, [VILLAGE]),
    (COUNTY, [COUNTY, TOWNSHIP, VILLAGE, SIBLING]),
    ("52", [COUNTY, TOWNSHIP, VILLAGE, SIBLING]),
    ("370784", [ELSEWHERE]),
    ("3", [ELSEWHERE]),
    ("11", []),
)


@pytest.mark.parametrize(("region", "visible"), EXPECTED)
@pytest.mark.usefixtures("one_file_everywhere")
class TestWhoSeesWhat:
    def test_it_works(self, region: str, visible: list[str]) -> None:
        assert seen_from(region) == visible

    @pytest.mark.usefixtures("orm_scope_off")
    def test_row_level_security_holds_alone(self, region: str, visible: list[str]) -> None:
        assert seen_from(region) == visible

    @pytest.mark.usefixtures("rls_off")
    def test_the_orm_holds_alone(self, region: str, visible: list[str]) -> None:
        assert seen_from(region) == visible

    @pytest.mark.usefixtures("without_either_lock")
    def test_without_locks_everything_shows(self, region: str, visible: list[str]) -> None:
        assert len(seen_from(region)) == 5


@pytest.mark.usefixtures("one_file_everywhere")
def test_without_scope_the_orm_refuses() -> None:
    with pytest.raises(NoScope, match="没有设定查看范围"):
        Attachment.objects.count()


@pytest.mark.usefixtures("one_file_everywhere", "orm_scope_off")
def test_without_scope_the_database_shows_nothing() -> None:
    assert Attachment.objects.count() == 0


@pytest.mark.usefixtures("one_file_everywhere")
def test_the_scope_before_returns() -> None:
    with scope.system(TOWNSHIP, "outer"):
        with scope.system(ELSEWHERE, "inner"):
            assert Attachment.objects.count() == 1
        assert Attachment.objects.count() == 2
        with pytest.raises(RuntimeError, match="in between"), scope.system(ELSEWHERE, "fails"):
            raise RuntimeError("in between")
        assert Attachment.objects.count() == 2
        assert scope.current().origin == "outer"


@pytest.mark.usefixtures("db")
def test_a_row_outside_is_not_written() -> None:
    with scope.system(TOWNSHIP, "test"):
        row = Attachment(region_code=SIBLING, subject="", name="a", content_type="image/png", size=1)
        with pytest.raises(OutsideScope):
            row.save()
        with pytest.raises(OutsideScope):
            Attachment.objects.bulk_create([row])
        with pytest.raises(OutsideScope):
            Attachment.objects.update(region_code=SIBLING)


@pytest.mark.usefixtures("db", "orm_scope_off")
def test_a_row_outside_is_not_written_past_the_orm() -> None:
    with scope.system(TOWNSHIP, "test"):
        row = Attachment(region_code=SIBLING, subject="", name="a", content_type="image/png", size=1)
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            row.save()


@pytest.mark.usefixtures("one_file_everywhere")
def test_hand_written_sql_takes_the_scope_too() -> None:
    with scope.system(TOWNSHIP, "test"), connection.cursor() as cursor:
        condition, parameters = scope.sql_range("region_code")
        cursor.execute(f"select count(*) from office_attachment where {condition}", parameters)
        assert cursor.fetchone() == (2,)


@pytest.mark.usefixtures("committed_db")
def test_a_pooled_connection_keeps_no_scope() -> None:
    a_file_of(TOWNSHIP)
    count = "select count(*) from office_attachment"
    with psycopg.connect(**Cluster(settings.DOUDI_HOME).connection(WEB), autocommit=True) as pooled:
        assert pooled.execute(count).fetchone() == (0,)
        with pooled.transaction():
            pooled.execute("select set_config('app.region', %s, true)", [TOWNSHIP])
            assert pooled.execute(count).fetchone() == (1,)
        assert pooled.execute(count).fetchone() == (0,)
        for trick in ("", "~", " ", "%", "!"):
            with pooled.transaction():
                pooled.execute("select set_config('app.region', %s, true)", [trick])
                assert pooled.execute(count).fetchone() == (0,)


@pytest.mark.parametrize("region", ["", "5202811", "52028110a", "~", "５２", "99%"])
def test_a_scope_needs_a_region(region: str) -> None:
    with pytest.raises(ValueError, match="不能作为查看范围"):
        Scope(region=region, role="township_clerk")


@pytest.mark.usefixtures("db")
def test_every_personal_table_is_protected() -> None:
    assert unprotected_tables() == []


@pytest.mark.usefixtures("one_file_everywhere")
def test_a_question_within_the_same_scope_asks_for_nothing_more(
    django_assert_num_queries: Callable[..., Any],
) -> None:
    clerk = Scope(region=TOWNSHIP, role="township_clerk")
    with scope.active(clerk):
        with django_assert_num_queries(1), scope.looking(clerk):
            assert Attachment.objects.count() == 2
        with scope.looking(Scope(region=SIBLING, role="township_clerk")):
            assert Attachment.objects.count() == 1
        assert Attachment.objects.count() == 2
    with scope.looking(clerk):
        assert Attachment.objects.count() == 2
