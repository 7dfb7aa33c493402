"""Intake's verbs: take a file, read it, have it confirmed; open and close leads."""

import io
import json
import os
import tempfile
import zipfile
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Count
from django.utils import timezone

from doudi.intake.cells import WRITTEN
from doudi.intake.findings import FileRefused, Finding
from doudi.intake.households import Family
from doudi.intake.lists import ListMapping, Places, mappings, read_list
from doudi.intake.models import NOTE, OUTCOMES, SOURCES, ImportBatch, ImportPerson, ImportRow, Lead
from doudi.intake.reading import Reading, read
from doudi.intake.records import Record
from doudi.law.rulebook import Law
from doudi.office import attachments, audit
from doudi.office.actions import Refused, refuse_numbers
from doudi.office.bulk import Row, insert, sealed
from doudi.office.crypto import module, sm3
from doudi.office.fields import new_id, new_key
from doudi.office.models import Region
from doudi.office.queries import region_choices
from doudi.office.scope import OutsideScope, Scope, active
from doudi.office.values import own_values

TEMPLATE = "template"
"""The mapping of our own five sheets; the others are files of `mappings/`."""
IMPORTERS = ("township_clerk", "county_handler", "liaison")
CONFIRMERS = (*IMPORTERS, "township_chief", "county_reviewer")
"""Who may confirm what a colleague of the same office sent: a list changes records, so it takes two."""
OWN_SENDERS = ("CCA", "CAG", "TOWNSHIP")
"""The departments that may send our own five sheets."""
CHUNK = 2000
TOWNSHIP_DIGITS, VILLAGE_DIGITS = 9, 12
LONGEST_NAME = 100
"""Letters of a name before its ending, and half of its bytes: file systems take 255 in all."""
_STATUS = ("status_kind", "status_from", "status_until", "status_amount")
_MEMORY = Path("/dev/shm")
_said = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_ROW_SAID, _LEAD_SAID = ImportRow._meta.get_field("said"), Lead._meta.get_field("said")


def receive(*, by: Scope, name: str, data: bytes, mapping: str, on: date, village: str = "") -> UUID:
    """Keeps a file as it came; returns the batch. `on` is the day it speaks about.

    `village`: where a township's rows belong that name none.
    Raises Refused, and attachments.FileRefused for a type that is not taken.
    """
    if by.role not in IMPORTERS:
        raise Refused("您现在的岗位不能导入名册。")
    if mapping != TEMPLATE and mapping not in mappings():
        raise Refused("请选择名册的种类。")
    if by.department not in (mappings()[mapping].departments if mapping != TEMPLATE else OWN_SENDERS):
        raise Refused("您所在的部门不能报送这种名单。")
    if on > date.today():
        raise Refused("名册日期不能晚于今天。")
    if village not in ("", *villages(by)):
        raise Refused("“没写村的归到”只能选本乡镇（街道）的村（社区）。")
    name = _a_list(name, data, mapping)
    # Files are told apart by their bytes, and a CSV file has none of its own: it is kept zipped.
    kept = zipped(name, data) if name.lower().endswith(".csv") and data else data
    with active(by):
        batch = ImportBatch(
            id=new_id(),
            region_code=by.region,
            department=by.department,
            mapping=mapping,
            village=village,
            sm3=sm3(data).hex(),
            on=on,
            received_by_id=by.officer,
        )
        subject = audit.subject_of(batch)
        batch.file = attachments.store(by=by, region=by.region, subject=subject, name=name, data=kept)
        batch.save()
        audit.record(
            by=by, verb="import_received", subject=subject, region=by.region, detail={"mapping": mapping}
        )
    return batch.id


def villages(by: Scope) -> dict[str, str]:
    """Code -> name of what a township may choose for rows that name no village; of others nothing."""
    return region_choices(by.region, digits=VILLAGE_DIGITS) if len(by.region) == TOWNSHIP_DIGITS else {}


def _a_list(name: str, data: bytes, mapping: str) -> str:
    """The file's name, short with its ending.

    Raises Refused; attachments.UnknownKind for bytes that are not what the ending says.
    """
    path = Path(name.replace("\\", "/"))
    ending = path.suffix.lower()
    looks = [kind for kind in attachments.KINDS.values() if data[kind.offset :].startswith(kind.starts)]
    book = attachments.KINDS["application/zip"] in looks
    if data and not (book if ending == ".xlsx" else ending == ".csv" and not looks):
        raise attachments.UnknownKind("不能接收这种文件。请选择 Excel 工作簿（.xlsx）或 CSV 文件。")
    if ending == ".csv" and mapping == TEMPLATE:
        raise Refused("本系统模板有五张表，一个 CSV 文件放不下，请上传 Excel 工作簿（.xlsx）。")
    return path.stem[:LONGEST_NAME].encode()[: 2 * LONGEST_NAME].decode(errors="ignore") + ending


def zipped(name: str, data: bytes) -> bytes:
    """One file as an archive of itself."""
    with io.BytesIO() as kept:
        with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(Path(name).name, data)
        return kept.getvalue()


@contextmanager
def the_file(*, by: Scope, batch: ImportBatch) -> Iterator[Path]:
    """The received file as a path, for the readers; in memory where possible, for it is not encrypted."""
    row, data = attachments.read(by=by, attachment=batch.file_id)
    name = Path(row.name.open()).name
    if name.lower().endswith(".csv"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            data = archive.read(archive.namelist()[0])
    with tempfile.TemporaryDirectory(dir=_MEMORY if os.access(_MEMORY, os.W_OK) else None) as folder:
        path = Path(folder, name)
        path.write_bytes(data)
        yield path


def stage(*, by: Scope, batch: UUID) -> None:
    """Reads a received file into rows, all or none; a file that cannot be read is marked with the reason.

    Raises Refused, OutsideScope.
    """
    with active(by):
        row = locked(batch, "RECEIVED")
        try:
            with the_file(by=by, batch=row) as path, transaction.atomic():
                reading = _read(path, row)
                counts = _write_rows(row, reading)
        except FileRefused as refused:
            row.state, row.refusal = "REFUSED", refused.at_desk[:500]
        else:
            row.state, row.counts, row.tries = "STAGED", counts, 0
        row.save()
        detail = {"state": row.state, **row.counts}
        audit.record(
            by=by, verb="import_staged", subject=audit.subject_of(row), region=row.region_code, detail=detail
        )


def _read(path: Path, batch: ImportBatch) -> Reading:
    law = Law.load(extra_values=own_values())
    if batch.mapping == TEMPLATE:
        return read(path, law=law, on=batch.on, region=batch.region_code)
    regions = Region.objects.filter(code__startswith=batch.region_code).values_list("code", "name")
    places, mapping = Places(regions), mappings()[batch.mapping]
    return read_list(path, mapping, law=law, on=batch.on, places=places, region=batch.region_code)


def _write_rows(batch: ImportBatch, reading: Reading) -> dict[str, int]:
    """Families as encrypted rows; a row outside the officer's region is refused like any other fault."""
    told: dict[tuple[str, int], list[Finding]] = {}
    for finding in reading.findings:
        told.setdefault((finding.sheet, finding.row), []).append(finding)
    mapping, keys = mappings().get(batch.mapping), module()
    rows, counts = list[Row](), Counter[str]()

    def add(region: str, line: int, said: dict[str, Any], findings: list[Finding], refused: bool) -> None:
        said["findings"] = [_stored(finding) for finding in findings]
        id_, text = new_key(), _said(said)
        outcome = "REFUSED" if refused else "" if said["document"] else NOTE
        row = {"id": id_, "region_code": region, "department": batch.department}
        row |= {"batch_id": str(batch.id), "number": line}
        rows.append({**row, "outcome": outcome, "said": sealed(keys, _ROW_SAID, id_, text)})
        counts[outcome or "READY"] += outcome != NOTE
        if len(rows) == CHUNK:
            insert(ImportRow, rows)
            rows.clear()

    for family in reading.families:
        lines = dict.fromkeys((row.sheet, row.row) for row in (family.record, *family.members, *family.items))
        findings = [finding for line in lines for finding in told.pop(line, ())]
        findings += _badly_written(family)
        region = str(family.record.values.get("region_code", batch.region_code))
        if batch.village.startswith(region):
            region = family.record.values["region_code"] = batch.village
        if not region.startswith(batch.region_code):
            findings.append(family.record.fault("PLACE_OUTSIDE", "region_code"))
            region = batch.region_code
        place = {"file": family.record.file, "sheet": (family.members or [family.record])[0].sheet}
        said = {"document": _document(family, mapping), **place, "lines": [row.row for row in family.members]}
        refused = family.bad
        if len(region) < VILLAGE_DIGITS and not any(row.values.get("id_no") for row in family.members):
            said["unplaced"] = _stored(_unplaced(family.record))
        add(region, family.record.row, said, findings, refused)
    # What is left belongs to no family: rows whose household is missing, and notes on the whole file.
    for (_, line), findings in told.items():
        add(
            batch.region_code, line, {"document": {}}, findings, any(not finding.note for finding in findings)
        )
    if rows:
        insert(ImportRow, rows)
    return {"families": counts.total(), **+counts}


def _badly_written(family: Family) -> Iterator[Finding]:
    """Names and household numbers that the window would not take either, and an aid over before it begins."""
    told = [(family.record, "household_id", "户编号"), *((row, "name", "姓名") for row in family.members)]
    for row, key, label in told:
        text = str(row.values.get(key) or "")
        if text and not WRITTEN[key].fullmatch(text):
            yield row.fault("NOT_WRITTEN_SO", key, raw=text, label=label)
    for row in {id(one): one for one in (family.record, *family.members)}.values():
        since, until = (str(row.values.get(key) or "") for key in ("status_from", "status_until"))
        if until and since[: len(until)] > until[: len(since)]:  # one may be a month, the other a day
            began = row.columns.get("status_from", "")
            yield row.fault("ENDS_BEFORE", "status_until", began=began)


def _unplaced(record: Record) -> Finding:
    """Why a family nobody could find again is not taken in, unless the register has it already."""
    columns = (key for key in ("village", "region_code", "township") if key in record.columns)
    return record.fault("NO_VILLAGE", next(columns, ""))


def _stored(finding: Finding) -> list[Any]:
    return [getattr(finding, name) for name in Finding.__slots__]


def _document(family: Family, mapping: ListMapping | None) -> dict[str, Any]:
    """The family's document, with what the list says of programmes beside its facts."""
    document = family.document()
    if mapping and not (mapping.numbered and mapping.shape == "households"):
        del document["household"]["household_id"]  # an ID number, which the register must not take for a name
    for member in document["members"]:
        told = {name: member.pop(name) for name in _STATUS if name in member}
        programme = told.get("status_kind") or (mapping.status.get("programme") if mapping else None)
        if programme and (told.get("status_from") or not mapping or not mapping.status.get("dated")):
            dates = {"from": told.get("status_from") or 0, "until": told.get("status_until")}
            status = {"programme": programme, **dates, "amount": told.get("status_amount")}
            if status not in document.setdefault("statuses", []):  # said again on every row of the family
                document["statuses"].append(status)
    return document


def confirm(*, by: Scope, batch: UUID) -> None:
    """Lets the register take in what another officer of the office sent. Raises Refused, OutsideScope."""
    if by.officer is None or by.role not in CONFIRMERS:
        raise Refused("您现在的岗位不能确认名册入册，请由上传的部门确认。")
    with active(by):
        row = locked(batch, "COMPARED")
        if by.officer == row.received_by_id:
            raise Refused(
                "这份名册是您上传的，不能由您自己确认。请本单位另一位经办人或负责人登录，"
                "在待办“名册待确认”里核对后确认；本单位没有第二个人的，请联系系统管理员授权。"
            )
        row.state, row.confirmed_by_id, row.confirmed_at = "CONFIRMED", by.officer, timezone.now()
        row.save()
        audit.record(by=by, verb="import_confirmed", subject=audit.subject_of(row), region=row.region_code)


def locked(batch: UUID, *states: str) -> ImportBatch:
    """The batch, locked until the transaction ends. Raises OutsideScope, Refused in any other state."""
    row = ImportBatch.objects.select_for_update(of=("self",)).filter(id=batch).first()
    if row is None:
        raise OutsideScope(f"batch {batch}")
    if row.state not in states:
        raise Refused(f"这份名册现在的状态是“{row.get_state_display()}”，不能这样办理。")
    return row


def sort_rows(
    *,
    batch: ImportBatch,
    state: str,
    outcomes: Mapping[UUID, tuple[str, list[Finding]]],
    people: Collection[UUID] = (),
) -> None:
    """What the register found of each row, whom they name, and the batch's next state.

    In the register's transaction.
    """
    named = set(people).difference(ImportPerson.objects.filter(batch=batch).values_list("person", flat=True))
    if named:
        shared = {"batch_id": str(batch.id), "region_code": batch.region_code}
        insert(ImportPerson, [{"person": str(person), **shared} for person in sorted(named)])
    told = {row: findings for row, (_, findings) in outcomes.items() if findings}
    for row in ImportRow.objects.filter(id__in=told).iterator(CHUNK):
        said = json.loads(row.said.open())
        # Compared once more, a row says the same again.
        said["findings"] += [kept for one in told[row.id] if (kept := _stored(one)) not in said["findings"]]
        row.said = _said(said)
        row.save(update_fields=["said"])
    with connection.cursor() as cursor:
        cursor.execute(
            "update intake_importrow set outcome = new.outcome"
            " from unnest(%s::uuid[], %s::text[]) as new(id, outcome) where intake_importrow.id = new.id",
            [list(outcomes), [outcome for outcome, _ in outcomes.values()]],
        )
    found = dict(
        ImportRow.objects.filter(batch=batch).order_by().values_list("outcome").annotate(Count("id"))
    )
    # Remarks on the whole file are rows, too, but no family.
    counts = {name: found.get(name, 0) for name in OUTCOMES}
    batch.counts = {"families": sum(counts.values()), **counts}
    batch.state, batch.tries = state, 0
    batch.applied_at = timezone.now() if state == "APPLIED" else batch.applied_at
    batch.save()


def open_leads(
    *, by: Scope, source: str, kind: str, told: Iterable[tuple[str, str, str]], batch: UUID | None = None
) -> int:
    """Opens leads from (subject, region, what was said); returns how many.

    `subject` as `audit.subject_of`, or empty for somebody unknown. One that is open for the same subject and
    kind stays as it is. Raises Refused, OutsideScope.
    """
    if source not in SOURCES:
        raise Refused("请选择线索的来源。")
    with active(by):
        told = list(told)
        subjects = [subject for subject, _, _ in told if subject]
        held = set(
            Lead.objects.filter(kind=kind, subject__one_of=subjects, closed_at__isnull=True)
            .order_by("subject").values_list("subject", flat=True)
        )  # fmt: skip
        now, keys, rows = f"{timezone.now()}", module(), []
        for subject, region, text in told:
            if subject not in held:
                id_ = new_key()
                rows.append(
                    {
                        "id": id_,
                        "region_code": region,
                        "source": source,
                        "kind": kind,
                        "subject": subject,
                        "said": sealed(keys, _LEAD_SAID, id_, text),
                        "batch_id": batch and str(batch),
                        "opened_by_id": by.officer and str(by.officer),
                        "opened_at": now,
                        "result": "",
                    }
                )
        if rows:
            insert(Lead, rows)
            detail = {"count": len(rows), "source": source, "kind": kind}
            audit.record(by=by, verb="leads_opened", subject=str(batch or ""), detail=detail)
    return len(rows)


def move_leads(*, subjects: Collection[str], region: str) -> None:
    """Who sees the open leads about somebody who moved, in the active scope. Raises OutsideScope."""
    Lead.objects.filter(subject__in=subjects, closed_at__isnull=True).update(region_code=region)


def close_lead(*, by: Scope, lead: UUID, result: str) -> None:
    """Somebody has looked into it. Raises Refused, OutsideScope."""
    if not result.strip():
        raise Refused("请填写处理结果。")
    refuse_numbers(result, "处理结果")
    with active(by):
        row = Lead.objects.select_for_update(of=("self",)).filter(id=lead).first()
        if row is None:
            raise OutsideScope(f"lead {lead}")
        if row.closed_at:
            raise Refused("这条线索已经办结。")
        row.closed_by_id, row.closed_at, row.result = by.officer, timezone.now(), result.strip()[:200]
        row.save()
        audit.record(by=by, verb="lead_closed", subject=audit.subject_of(row), region=row.region_code)
