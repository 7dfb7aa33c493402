"""A batch that cannot be worked is set aside with the reason, so that the others go on; who sent it decides.

What lies in the batch fails every time and is set aside at once. What lies in the machine (a lost database, a
killed worker, a full disk) is tried again; after MOST_TRIES the batch is taken for the cause.
"""

from typing import Any
from uuid import UUID

from django.db import DataError, IntegrityError, InterfaceError, OperationalError
from django.db.models import F

from doudi.intake.actions import CONFIRMERS, locked
from doudi.intake.models import ImportBatch, ImportRow
from doudi.office import audit
from doudi.office.actions import Refused
from doudi.office.crypto import CryptoProblem
from doudi.office.scope import EVERYWHERE, Scope, active, system

MOST_TRIES = 3
MACHINE = (OperationalError, InterfaceError, OSError, MemoryError, CryptoProblem)
"""What is not the batch's fault."""
DISCARDABLE = ("COMPARED", "SET_ASIDE", "REFUSED")
_WHY: tuple[tuple[type[Exception], str], ...] = (
    (DataError, "有内容过长，或数值超出范围"),
    (IntegrityError, "与登记册里已有的记录冲突"),
    (Exception, "内容无法处理"),
)
_REST = "登记册没有任何改动。请核对后改正，重新上传；不再需要的请放弃。"


class RowFails(Exception):
    """Taking in one row fails; the text says in Chinese which, without naming anybody."""


class naming:
    """Whatever the row with this number raises says so. No generator: it is entered for every row."""

    __slots__ = ("number",)

    def __init__(self, number: int) -> None:
        self.number = number

    def __enter__(self) -> None:
        pass

    def __exit__(self, _: Any, problem: BaseException | None, __: Any) -> None:
        if isinstance(problem, Exception) and not isinstance(problem, (*MACHINE, RowFails)):
            raise RowFails(f"第 {self.number} 行{_reason(problem)}。") from problem


def begin(*, by: Scope, batch: UUID, state: str) -> bool:
    """Counts a try in a transaction of its own; False when the batch has left the state, or is set aside."""
    with active(by):
        waiting = ImportBatch.objects.filter(id=batch, state=state)
        if not waiting.update(tries=F("tries") + 1):
            return False
        tries = waiting.values_list("tries", flat=True).get()
    if tries > MOST_TRIES:
        set_aside(by=by, batch=batch, state=state, problem=None)
    return tries <= MOST_TRIES


def set_aside(*, by: Scope, batch: UUID, state: str, problem: Exception | None) -> None:
    """Keeps why the batch could not be worked; does nothing when it has left the state meanwhile."""
    with active(by):
        row = ImportBatch.objects.select_for_update(of=("self",)).filter(id=batch, state=state).first()
        if row is None:
            return
        why = f"处理到一半连续中断 {MOST_TRIES} 次，已停止处理。"
        if problem is not None:
            why = str(problem) if isinstance(problem, RowFails) else f"这份名册{_reason(problem)}。"
        row.state, row.refusal = "SET_ASIDE", (why + _REST)[:500]
        row.save()
        detail = {"from": state, "problem": type(problem.__cause__ or problem).__name__ if problem else ""}
        audit.record(
            by=by,
            verb="import_set_aside",
            subject=audit.subject_of(row),
            region=row.region_code,
            detail=detail,
        )


def withhold(*, batch: ImportBatch, elsewhere: int) -> None:
    """Of a locked list too much lies elsewhere in the county: it is told as a total, and its rows go."""
    ImportRow.objects.filter(batch=batch).delete()
    batch.state, batch.counts = "SET_ASIDE", {**batch.counts, "ELSEWHERE": elsewhere}
    batch.refusal = (
        f"名册里有 {elsewhere} 户（人）已在本县其他地区登记，超过一小时内可查看的辖区外人数，不按户显示，"
        "没有入册，并已告知审计监督和系统管理。请核对是不是选错了名册；跨乡镇的名册请交县级经办导入。"
    )
    batch.save()


def discard(*, by: Scope, batch: UUID) -> None:
    """Who sent it, or should confirm it, does not want it: its rows go, file and batch stay.

    Raises Refused, OutsideScope.
    """
    if by.role not in CONFIRMERS:
        raise Refused("您现在的岗位不能放弃名册，请由上传的部门办理。")
    with active(by):
        row = locked(batch, *DISCARDABLE)
        ImportRow.objects.filter(batch=row).delete()
        row.state = "DISCARDED"
        row.save()
        audit.record(by=by, verb="import_discarded", subject=audit.subject_of(row), region=row.region_code)


def count_set_aside() -> int:
    """How many batches of the whole register are set aside, for whoever keeps the machine."""
    found = 0
    for province in EVERYWHERE:
        with system(province, "doctor"):
            found += ImportBatch.objects.filter(state="SET_ASIDE").count()
    return found


def _reason(problem: Exception) -> str:
    return next(text for kind, text in _WHY if isinstance(problem, kind))
