"""The database lets only who works with them write people's rows: not who reads, not who looks wider."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from doudi.intake.models import ImportBatch, ImportRow, Lead
from doudi.office.models import Attachment, Officer
from doudi.office.roles import ROLES
from doudi.office.rowsecurity import personal_models
from doudi.office.scope import Scope, active, system
from tests.rooms.people import COUNTY, VILLAGE, a_small_country, an_officer
from tests.rooms.registry.families import a_member, registered

REFUSED = 'row-level security policy "writers_insert"'
AUDIT = "office_auditentry"
LISTS = {"office_attachment", "intake_importbatch", "intake_importrow", "intake_importperson"}
ASKS = {"registry_changerequest", "registry_draft", "intake_lead"}
PEOPLE = {
    "registry_household", "registry_person", "registry_nametoken", "registry_membership",
    "registry_statement", "registry_externalstatus", "registry_obligor", "registry_nearrelative",
}  # fmt: skip
READERS = ("auditor", "administrator", "leader")
MAY = {role: set[str]() if role in READERS else ASKS | PEOPLE | LISTS for role in ROLES}
MAY["village"] = ASKS | PEOPLE
FILLED = (
    "registry_household", "registry_person", "registry_nametoken", "registry_membership",
    "registry_statement", "registry_externalstatus", "intake_lead", "intake_importbatch",
    "intake_importrow", "office_attachment",
)  # fmt: skip


@pytest.fixture
def officer(db: None) -> Officer:
    """A row in nearly every table, all of one village; and somebody who looks at them."""
    a_small_country()
    status = {"programme": "DIBAO", "from": timezone.localdate(), "until": None, "amount": 1}
    registered(a_member(serious_illness=True, statuses=[status]), income_complete=True)
    officer = an_officer("reader", "leader", COUNTY)
    with system(COUNTY, "test"):
        Lead.objects.create(region_code=VILLAGE, source="VISIT", kind="大病", said="住院", subject="")
        kept = {"subject": "", "name": "a.xlsx", "content_type": "application/zip", "size": 1}
        file = Attachment.objects.create(region_code=VILLAGE, **kept)
        about = {"region_code": VILLAGE, "department": "CCA"}
        batch = ImportBatch.objects.create(
            **about, mapping="template", sm3="", on=timezone.localdate(), received_by=officer, file=file
        )
        ImportRow.objects.create(**about, batch=batch, number=1, outcome="", said="{}")
    return officer


def as_role(role: str, officer: Officer, reason: str = "") -> Scope:
    region = VILLAGE if role == "village" else COUNTY
    return Scope(region, role, officer.id, officer.name, "CCA", reason=reason)


def told(sql: str) -> str:
    """What the database says to a statement: the rows it touched, or its refusal. All is taken back."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
            said = f"{cursor.rowcount}"
            transaction.set_rollback(True)
            return said
    except DatabaseError as error:
        return str(error)


def inserts(table: str) -> str:
    if table in ("intake_importbatch", "intake_importrow"):
        return told(f"insert into {table} (region_code, department) values ('{VILLAGE}', 'CCA')")
    if table == "registry_draft":  # an officer's own
        own = "nullif(current_setting('app.officer', true), '')::uuid"
        return told(f"insert into {table} (region_code, officer_id) values ('{VILLAGE}', {own})")
    return told(f"insert into {table} (region_code) values ('{VILLAGE}')")


def test_the_kinds_are_all_tables_with_personal_data() -> None:
    assert {model._meta.db_table for model in personal_models()} == ASKS | LISTS | PEOPLE | {AUDIT}


@pytest.mark.parametrize("role", ROLES)
def test_who_writes_where(role: str, officer: Officer) -> None:
    with active(as_role(role, officer)):
        refused = {table for table in ASKS | LISTS | PEOPLE if REFUSED in inserts(table)}
    assert refused == (ASKS | LISTS | PEOPLE) - MAY[role]


@pytest.mark.parametrize("role", READERS)
def test_who_reads_sees_the_rows_and_changes_none(role: str, officer: Officer) -> None:
    with active(as_role(role, officer)):
        for table in FILLED:
            assert int(told(f"select from {table}")) > 0, table
            assert told(f"update {table} set region_code = region_code") == "0", table
            assert told(f"delete from {table}") == "0", table


@pytest.mark.parametrize("role", ["township_clerk", "county_handler"])
def test_a_look_beyond_the_own_work_changes_nothing(role: str, officer: Officer) -> None:
    """An emergency, or a search of the whole county, has its reason in the scope."""
    with active(as_role(role, officer, reason="紧急查看：一场火灾须核查")):
        for table in sorted(ASKS | LISTS | PEOPLE):
            assert REFUSED in inserts(table)
        for table in FILLED:
            assert told(f"delete from {table}") == "0", table
    with active(as_role(role, officer)):
        assert told("update intake_lead set region_code = region_code") == "1"


def test_no_scope_writes_nothing_and_everybody_is_traced(officer: Officer) -> None:
    for table in sorted(ASKS | LISTS | PEOPLE):
        assert "row-level security" in inserts(table)
    entry = (
        f"insert into {AUDIT} (officer, role, region_code, verb, subject, purpose, detail, origin)"
        f" values ('{officer.id}', '', '{COUNTY}', 'viewed', '', '', '{{}}', '')"
    )
    for role in ROLES:
        with active(as_role(role, officer)):
            assert told(entry) == "1"
