"""A batch of intake taken into the register, all or nothing, and out again.

It is compared anew when it is taken in: the preview may be days old.
"""

from typing import Any
from uuid import UUID

from django.db import DataError, IntegrityError, connection, transaction
from django.utils import timezone

from doudi.intake.actions import confirm, locked, open_leads, sort_rows
from doudi.intake.findings import Finding
from doudi.intake.lists import ListMapping
from doudi.intake.models import ImportBatch
from doudi.intake.queries import lists_naming
from doudi.intake.setting_aside import naming, withhold
from doudi.office import audit
from doudi.office.actions import Refused
from doudi.office.scope import Scope, active, looking, system
from doudi.registry.changes import kinds
from doudi.registry.comparison import Plan, mapping_of, plans
from doudi.registry.kin import filings, stands_apart
from doudi.registry.loading import Rows, Saying
from doudi.registry.models import ChangeRequest, Household, Membership, NearRelative, Person
from doudi.registry.outside import COUNTY_DIGITS, count_listed, too_many
from doudi.registry.waiting import waiting

_SUBJECTS = ("person", "household")
_TABLES = ("externalstatus", "statement", "membership", *_SUBJECTS)


def compare_import(*, by: Scope, batch: UUID) -> None:
    """Says of each row what taking it in would do, for the preview. Raises Refused, OutsideScope."""
    with active(by):
        row = locked(batch, "STAGED", "COMPARED")
        outcomes: dict[UUID, tuple[str, list[Finding]]] = {}
        named, elsewhere = set[UUID](), dict[str, str]()
        for planned in plans(by, row):
            for plan in planned:
                outcomes[plan.row.id] = plan.outcome, plan.findings
                named |= plan.named
                elsewhere |= plan.elsewhere
        if too_many(by=by, found=len(elsewhere)):
            withhold(batch=row, elsewhere=sum(outcome == "ELSEWHERE" for outcome, _ in outcomes.values()))
        else:
            count_listed(by=by, batch=row.id, found=elsewhere)
            sort_rows(batch=row, state="COMPARED", outcomes=outcomes, people=named)
        _record(by, "import_compared", row)


def confirm_import(*, by: Scope, batch: UUID) -> None:
    """Intake's `confirm`, for whoever is the filed relative of no family in the list.

    Raises Refused naming such families by their numbers, OutsideScope.
    """
    with active(by):
        if own := filed_in(by=by, batch=locked(batch, "COMPARED")):
            raise Refused(
                f"名册里有 {'、'.join(own)} 户，近亲属备案的工作人员与您同名，应当回避："
                "请本单位另一位经办人或负责人（不是上传的人）确认。"
            )
        confirm(by=by, batch=batch)


def filed_in(*, by: Scope, batch: ImportBatch) -> list[str]:
    """The numbers of the list's families in whose filings an official of the officer's name stands.

    Such an officer does not confirm the list. Raises OutsideScope.
    """
    with active(by):
        standing = NearRelative.objects.filter(known_until__isnull=True).values_list("official", flat=True)
        if not stands_apart(by.name, standing.distinct()):
            return []  # nearly always: only a namesake's list is worked through
        named, numbers = set[UUID](), set[str]()
        for planned in plans(by, batch):
            for plan in planned:
                named |= plan.named
                numbers.add(plan.row.document.get("household", {}).get("household_id") or "")
        lives = Membership.objects.filter(person__one_of=sorted(named), known_until__isnull=True)
        homes = {*lives.values_list("household", flat=True)}
        homes |= {
            *Household.objects.filter(household_no__one_of=sorted(numbers)).values_list("id", flat=True)
        }
        found = Household.objects.filter(id__one_of=sorted(homes)).in_bulk()
        return sorted(
            home.household_no
            for home in found.values()
            if stands_apart(by.name, [one.official for one in filings([home.id], batch.on)])
        )


def absorb_import(*, by: Scope, batch: UUID) -> None:
    """Takes a confirmed batch in: all of it, or nothing when anything fails. Raises Refused, OutsideScope."""
    with active(by):
        row = locked(batch, "CONFIRMED")
        # One after the other within a county: the second of two batches sees the people of the first.
        with connection.cursor() as cursor:
            cursor.execute(
                "select pg_advisory_xact_lock(hashtext('registry-import'), %s)", [int(row.region_code[:6])]
            )
        mapping = mapping_of(row)
        saying = Saying(source=row.department, since=row.on, by=by.officer, origin=row.id)
        outcomes: dict[UUID, tuple[str, list[Finding]]] = {}
        for planned in plans(by, row):
            for plan in planned:
                if plan.outcome != plan.row.outcome:
                    outcomes[plan.row.id] = (plan.outcome, plan.findings)
                    count_listed(by=by, batch=row.id, found=plan.elsewhere)
            _write(saying, planned)
            if mapping.lead:
                open_leads(
                    by=by, source="DATA_MATCH", kind=mapping.kind, told=_leads(mapping, planned), batch=row.id
                )
        sort_rows(batch=row, state="APPLIED", outcomes=outcomes)
        _record(by, "import_absorbed", row)


def _write(saying: Saying, planned: list[Plan]) -> None:
    """All rows in one go; when the database refuses them one by one, to say which it is. Raises RowFails."""
    rows = Rows(saying)
    for plan in planned:
        with naming(plan.row.number):
            for act in plan.acts:
                act(rows)
    try:
        with transaction.atomic():
            rows.write()
    except (DataError, IntegrityError):
        if len(planned) == 1:
            with naming(planned[0].row.number):
                raise
        for plan in planned:
            _write(saying, [plan])
        raise


def undo_import(*, by: Scope, batch: UUID) -> None:
    """Takes a batch out again: the register is as it was, row by row; the staged rows stay with the batch.

    Deleted, not closed: what a wrong file brought in must not stay. Leads that somebody closed do: what was
    found is no part of the file. Raises OutsideScope, and Refused when something has been built on it since,
    or lies out of sight by now.
    """
    with active(by):
        row = locked(batch, "APPLIED")
        with connection.cursor() as cursor:
            # First: a change asked for or decided at the same moment waits here, or is waited for and seen.
            cursor.execute("select from registry_household where origin = %s for update", [row.id])
            _refuse_if_built_upon(cursor, row)
            cursor.execute("delete from intake_lead where batch_id = %s and closed_at is null", [row.id])
            # What was taken back or turned down changed nothing, and must not keep the family it was about.
            cursor.execute(
                "update registry_changerequest r set household_id = null from registry_household h"
                " where h.id = r.household_id and h.origin = %s and r.state in ('WITHDRAWN', 'REJECTED')",
                [row.id],
            )
            # Statistics are older than the batch: expecting one person, the planner would read all tokens
            # anew for each of them (13 minutes and counting for 60,000 people).
            cursor.execute("set local enable_nestloop = off")
            cursor.execute(
                "delete from registry_nametoken t using registry_person p"
                " where p.origin = %s and t.person_id = p.id", [row.id]
            )  # fmt: skip
            cursor.execute("set local enable_nestloop = on")
            try:
                for table in _TABLES:
                    cursor.execute(f"delete from registry_{table} where origin = %s", [row.id])
                _refuse_if_left(cursor, row)
                cursor.execute("set constraints all immediate")
            except IntegrityError as error:
                raise Refused("这批名册里的人或家庭已有业务记录，不能整批撤销；请逐户提出变更。") from error
        row.state, row.undone_by_id, row.undone_at = "UNDONE", by.officer, timezone.now()
        row.save()
        _record(by, "import_undone", row)


def lists_about(*, by: Scope, person: UUID) -> list[str]:
    """The lists that name a person, and the one that brought it in, as the audit names them."""
    with looking(by):
        made = Person.objects.filter(id=person, origin__isnull=False).values_list("origin", flat=True)
        batches = {*lists_naming(by=by, person=person), *made}
    return [f"{ImportBatch._meta.db_table}:{batch}" for batch in sorted(batches)]


def _refuse_if_built_upon(cursor: Any, batch: ImportBatch) -> None:
    """Later rows about anybody the batch touched would lose the ground they stand on."""
    touched = " union ".join(
        f"select {{0}}_id from registry_{table} where origin = %(batch)s"
        for table in ("statement", "membership")
    )
    later = " or ".join(
        f"exists (select from registry_{table} t where t.origin is distinct from %(batch)s"
        f" and t.known_from >= %(applied)s and t.{subject}_id in ({touched.format(subject)}))"
        for table in ("statement", "membership")
        for subject in ("person", "household")
    )
    told = {"batch": batch.id, "applied": batch.applied_at}
    cursor.execute(
        "select h.household_no, r.kind, r.id from registry_changerequest r"
        " join registry_household h on h.id = r.household_id where r.state in ('PROPOSED', 'APPLIED')"
        f" and r.proposed_at >= %(applied)s and r.household_id in ({touched.format('household')})"
        " order by r.proposed_at, r.id limit 1",
        told,
    )
    for number, kind, request in cursor.fetchall():
        asked = f"{number} 户有“{kinds()[kind]['label']}”的申请（编号 {str(request)[:8]}）"
        raise Refused(f"这批名册入册后，{asked}，不能整批撤销；请先办结或撤回，已办结的逐户提出变更。")
    with system(batch.region_code[:COUNTY_DIGITS], "undo_import"):
        # Somebody of the list, in a request about another family: only its sealed payload says so.
        named = waiting(ChangeRequest.objects.filter(proposed_at__gte=batch.applied_at))
        for model in (Person, Household):
            for id_ in model.objects.filter(id__in=named, origin=batch.id).values_list("id", flat=True)[:1]:
                asked = f"“{kinds()[named[id_][0].kind]['label']}”的申请（编号 {str(named[id_][0].id)[:8]}）"
                raise Refused(f"这批名册入册后，有{asked}涉及其中的人，不能整批撤销；请先办结或撤回。")
    cursor.execute(f"select {later}", told)
    if cursor.fetchone()[0]:
        raise Refused("这批名册入册后，其中的家庭又有变更，不能整批撤销；请逐户提出变更。")


def _refuse_if_left(cursor: Any, batch: ImportBatch) -> None:
    """What moved to another township is out of the officer's sight, and was deleted by nothing above."""
    left = (
        "select split_part(subject, ':', 2) from intake_lead where batch_id = %(batch)s and closed_at is null"
    )
    for table in _TABLES:
        id_ = "id" if table in _SUBJECTS else "coalesce(person_id, household_id)"
        left += f" union select {id_}::text from registry_{table} where origin = %(batch)s"
    with system(batch.region_code[:COUNTY_DIGITS], "undo_import"):
        cursor.execute(f"select count(*) from ({left}) l", {"batch": batch.id})
        (found,) = cursor.fetchone()
    if found:
        raise Refused(
            f"这批名册入册后，有 {found} 户（人）随迁移、婚嫁转到了别的乡镇（街道），您看不到，也撤销不了；"
            "不能只撤销一半，所以整批没有撤销。请逐户提出变更；转走的，请县级经办人按现在的地区办理。"
        )


def _record(by: Scope, verb: str, batch: ImportBatch) -> None:
    audit.record(
        by=by, verb=verb, subject=audit.subject_of(batch), region=batch.region_code, detail=batch.counts
    )


def _leads(mapping: ListMapping, planned: list[Plan]) -> list[tuple[str, str, str]]:
    return [
        (plan.lead, plan.row.region_code, "\n".join(filter(None, (mapping.lead, plan.told))))
        for plan in planned
        if plan.lead
    ]
