"""What intake answers: batches and their rows as read, the workbook to hand back, open leads."""

import json
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Count, QuerySet

from doudi.intake.actions import OWN_SENDERS, TEMPLATE, the_file
from doudi.intake.findings import Finding
from doudi.intake.lists import mappings
from doudi.intake.models import NOTE, OUTCOMES, STATES, ImportBatch, ImportPerson, ImportRow, Lead
from doudi.intake.reading import Kind, Reading
from doudi.intake.writing import problem_table, write
from doudi.office import audit
from doudi.office.actions import PurposeNeeded
from doudi.office.asked import Question
from doudi.office.crypto import module, sm3
from doudi.office.fields import place_of
from doudi.office.scope import OutsideScope, Scope, active, looking

__all__ = [
    "OUTCOMES",
    "STATES",
    "StagedRow",
    "batch_of",
    "batches",
    "closed_leads",
    "lead_of",
    "leads",
    "leads_by_kind",
    "list_choices",
    "lists_naming",
    "preview",
    "remarks",
    "returned_file",
    "staged_rows",
]


@dataclass(frozen=True)
class StagedRow:
    """One family of a batch: its first row in the file, the document as read, what is wrong or noted.

    `lines` are the file's rows of the document's members, in `sheet` of `file`; `unplaced` why it cannot
    be a new family.
    """

    id: UUID
    number: int
    outcome: str
    region_code: str
    document: dict[str, Any]
    findings: list[Finding]
    file: str = ""
    sheet: str = ""
    lines: tuple[int, ...] = ()
    unplaced: Finding | None = None


MOST_ELSEWHERE = 20
"""Of so many rows one may lie elsewhere in the county before the others are told for a purpose only."""


def list_choices(by: Scope | None = None) -> list[tuple[str, str]]:
    """(key, Chinese title) of every kind of list `receive` takes; with `by`, from that department."""
    kinds: list[tuple[str, str, tuple[str, ...]]] = [(TEMPLATE, "本系统模板", OWN_SENDERS)]
    kinds += [(key, mapping.title, mapping.departments) for key, mapping in mappings().items()]
    return [(key, title) for key, title, senders in kinds if by is None or by.department in senders]


def batches(*, by: Scope, most: int = 50) -> list[ImportBatch]:
    """The latest batches of the scope; counts only, no person."""
    with looking(by):
        return _latest(most)()


@cache
def _latest(most: int) -> Question:
    return Question(lambda: _batches().order_by("-received_at", "id")[:most])


def _batches() -> QuerySet:
    return ImportBatch.objects.select_related("received_by", "confirmed_by", "undone_by")


def batch_of(*, by: Scope, batch: UUID) -> ImportBatch:
    """One batch of the officer's own office, and who handled it. Raises OutsideScope."""
    with active(by):
        row = _batches().filter(id=batch).first()
    if row is None:
        raise OutsideScope(f"batch {batch}")
    return row


def staged_rows(
    batch: ImportBatch, *outcomes: str, first: int = 0, most: int | None = None
) -> Iterator[StagedRow]:
    """The rows of a batch in file order, decrypted, in the active scope. Whoever shows them records it."""
    rows = ImportRow.objects.filter(batch=batch).order_by("number")
    if outcomes:
        rows = rows.filter(outcome__in=outcomes)
    keys, table = module(), ImportRow._meta.db_table
    plain = rows.values_list("id", "number", "outcome", "region_code", "said")
    for id_, number, outcome, region, kept in plain[first : None if most is None else first + most].iterator(
        1000
    ):
        place = place_of(table, "said", id_)
        said = json.loads(keys.decrypt(bytes(kept), purpose="import-row", place=place))
        findings = [Finding(*cells) for cells in said["findings"]]
        where = said.get("file", ""), said.get("sheet", ""), tuple(said.get("lines", ()))
        unplaced = Finding(*said["unplaced"]) if "unplaced" in said else None
        yield StagedRow(id_, number, outcome, region, said["document"], findings, *where, unplaced)


def preview(
    *, by: Scope, batch: UUID, outcome: str, purpose: str = "", first: int = 0, most: int = 50
) -> list[StagedRow]:
    """A page of rows of one outcome, with an audit row for each. Raises OutsideScope.

    Raises PurposeNeeded when another office sent it (civil affairs' approver looks, too), and when it would
    tell of many people that they are registered elsewhere.
    """
    with active(by):
        found = batch_of(by=by, batch=batch)
        if not purpose and (found.region_code, found.department) != (by.region, by.department):
            raise PurposeNeeded("这份名册是别的部门（乡镇）上传的，查看请先说明事由。")
        away = found.counts.get("ELSEWHERE", 0)
        many = away * MOST_ELSEWHERE > found.counts.get("families", 0)
        if not purpose and many and away > settings.OFFICE_OUTSIDE_SHOWN:
            raise PurposeNeeded(f"名册里有 {away} 户（人）已在本县其他地区登记，按户查看请先说明事由。")
        rows = list(staged_rows(found, outcome, first=first, most=most))
        pairs = [(f"{ImportRow._meta.db_table}:{row.id}", row.region_code) for row in rows]
        audit.record_shown(by=by, rows=pairs, purpose=purpose, verb="previewed")
    return rows


def remarks(*, by: Scope, batch: UUID) -> list[Finding]:
    """What the preview says of the whole file: how its sheets and merged cells were read; nobody's data.

    Raises OutsideScope.
    """
    with looking(by):
        rows = staged_rows(batch_of(by=by, batch=batch), NOTE)
        return [one for row in rows for one in row.findings if one.code.startswith(("SHEET_", "MERGED_"))]


def returned_file(*, by: Scope, batch: UUID, purpose: str) -> tuple[str, bytes]:
    """(name, bytes): the user's own workbook with red cells and a sheet 问题.

    Nothing in it is masked: it leaves the desk with a purpose only. One audit row, with the file's digest;
    `lists_naming` leads to it from each person. Raises OutsideScope, PurposeNeeded.
    """
    with active(by):
        row = batch_of(by=by, batch=batch)
        if not purpose:
            raise PurposeNeeded("原表里的身份证号、账号没有遮盖，下载请先说明事由。")
        findings = [finding for staged in staged_rows(row) for finding in staged.findings]
        with the_file(by=by, batch=row) as path, tempfile.TemporaryDirectory(dir=path.parent) as folder:
            kind = Kind.EXCEL if path.suffix.lower() != ".csv" else Kind.CSV
            source = Reading(path, Kind.EXCEL, findings=findings) if kind is Kind.EXCEL else None
            out = Path(folder, f"{path.stem}-问题.xlsx")
            write(Kind.EXCEL, out, [problem_table(findings)], source=source, marked=source is not None)
            data = out.read_bytes()
        people = ImportPerson.objects.filter(batch=row).count()
        audit.record(
            by=by,
            verb="import_returned",
            subject=audit.subject_of(row),
            region=row.region_code,
            purpose=purpose,
            detail={"sm3": sm3(data).hex(), "people": people},
        )
    return out.name, data


def lists_naming(*, by: Scope, person: UUID) -> list[UUID]:
    """The lists of the scope that name a person of the register, whoever sent them; for the traces."""
    with looking(by):
        return list(ImportPerson.objects.filter(person=person).values_list("batch_id", flat=True))


def named_since(batch: ImportBatch, people: Iterable[UUID]) -> set[UUID]:
    """Those whom a later-dated list of the same kind names that was taken in, in the active scope."""
    newer = ImportBatch.objects.filter(mapping=batch.mapping, on__gt=batch.on, state="APPLIED")
    if not (lists := list(newer.values_list("id", flat=True))):
        return set()
    named = ImportPerson.objects.filter(batch__in=lists, person__one_of=sorted(people))
    return set(named.values_list("person", flat=True))


def leads(*, by: Scope, most: int = 100, kind: str = "") -> list[Lead]:
    """Open leads of the scope, oldest first; of one kind if it is given."""
    with looking(by):
        return _open_leads(most)(kind or None)


@cache
def _open_leads(most: int) -> Question:
    def write(kind: str | None) -> QuerySet:
        rows = Lead.objects.filter(closed_at__isnull=True, **({"kind": kind} if kind else {}))
        return rows.order_by("opened_at", "id")[:most]

    return Question(write)


_leads_by_kind = Question(
    lambda: (
        Lead.objects.filter(closed_at__isnull=True).values_list("kind").annotate(Count("id")).order_by("kind")
    )
)
_lead = Question(lambda lead: Lead.objects.filter(id=lead))


def leads_by_kind(*, by: Scope) -> dict[str, int]:
    """Kind -> how many leads of the scope are open."""
    with looking(by):
        return dict(_leads_by_kind())


def closed_leads(*, by: Scope, batch: UUID) -> int:
    """How many leads that a list opened somebody has looked into; they outlive the list."""
    with looking(by):
        return Lead.objects.filter(batch=batch, closed_at__isnull=False).count()


def lead_of(*, by: Scope, lead: UUID) -> Lead:
    """One lead, open or closed, with an audit row. Raises OutsideScope."""
    with looking(by):
        for row in _lead(lead):
            audit.record_shown(by=by, rows=[(audit.subject_of(row), row.region_code)], purpose="办理线索")
            return row
    raise OutsideScope(f"lead {lead}")
