"""Looking for people outside one's own place: a second key, few hits, and a tally by officer and hour.

One clerk found two thirds of a county by typing its surnames. Whoever asks for a certain person knows more of
them than a surname; whoever asks for a hundred in an hour is not at the counter.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from doudi.kernel.resident_id import IdError, ResidentId
from doudi.office import audit
from doudi.office.actions import Refused, looking_outside
from doudi.office.models import AuditEntry
from doudi.office.queries import LOOKED_TOO_OFTEN
from doudi.office.scope import Scope, active, looking
from doudi.registry.identity import id_index, tail_token
from doudi.registry.models import Person
from doudi.registry.queries import FoundPeople, PurposeNeeded, as_found

COUNTY_DIGITS, EARLIEST = 6, 1850
FOUND = "found_outside"
_TWO_KEYS = re.compile(r"([^\x00-\x7f]{2,})([0-9]{3}[0-9X])")
"""A whole name, and the last four of the ID number or the year of birth."""


def find_outside(*, by: Scope, text: str, purpose: str, fresh: bool = False) -> FoundPeople:
    """People of the whole county by full ID number, or whole name with its last four or the birth year.

    `fresh`: the purpose was given just now. One audit row for each person found. Raises PurposeNeeded;
    Refused for too few keys, and when this hour's tally is full: then the auditor is told, too.
    """
    shown = check_tally(by=by)
    if shown >= settings.OFFICE_OUTSIDE_ASK_AGAIN and not fresh:
        raise PurposeNeeded(f"这一小时里您已查看了 {shown} 名辖区外的人，请重新说明事由。")
    wanted, most = _two_keys(text), settings.OFFICE_OUTSIDE_SHOWN
    with looking_outside(by=by, region=by.region[:COUNTY_DIGITS], purpose=purpose) as wider:
        people = list(Person.objects.filter(wanted).order_by("sort_key", "id")[: most + 1])
        found = as_found(people[:most])
        audit.record(by=wider, verb="searched", purpose=purpose, detail={"by": "two", "found": len(found)})
        pairs: Iterable[tuple[str, str]] = [
            (f"{Person._meta.db_table}:{one.person}", one.region_code) for one in found
        ]
        audit.record_shown(by=wider, rows=pairs, purpose=purpose, verb=FOUND)
    return FoundPeople(found, len(people) > most)


def check_tally(*, by: Scope) -> int:
    """How many the officer was shown this hour. Raises Refused when it is full; then the auditor is told."""
    with looking(by):
        shown = _shown_this_hour(by)
        full = shown >= settings.OFFICE_OUTSIDE_STOP
        if full:
            _tell_once(by, shown)
    if full:  # past the block, whose end would take the telling back
        raise Refused(
            f"这一小时里您已查看了 {shown} 名辖区外的人，查找已停止，并已告知审计监督和系统管理。"
            "请下一小时再查；急事请用紧急查看。"
        )
    return shown


def count_told(*, by: Scope, numbers: Iterable[str], purpose: str) -> None:
    """A form was told that somebody has these ID numbers: an outside look at each who lives elsewhere."""
    if len(by.region) <= COUNTY_DIGITS:
        return
    indexes = [id_index(ResidentId.parse(number).number) for number in numbers]
    with looking_outside(by=by, region=by.region[:COUNTY_DIGITS], purpose=purpose) as wider:
        found = Person.objects.filter(id_index__in=indexes).exclude(region_code__startswith=by.region)
        pairs = [(audit.subject_of(one), one.region_code) for one in found.order_by("id")]
        audit.record_shown(by=wider, rows=pairs, purpose=purpose, verb=FOUND)


def too_many(*, by: Scope, found: int) -> bool:
    """Whether so many more do not fit into the officer's tally of this hour; the auditor is told of it."""
    shown = _shown_this_hour(by) + found
    if found and shown > settings.OFFICE_OUTSIDE_STOP:
        _tell_once(by, shown)
    return bool(found) and shown > settings.OFFICE_OUTSIDE_STOP


def count_listed(*, by: Scope, batch: UUID, found: Mapping[str, str]) -> None:
    """An officer's list told of these that they live elsewhere in the county: subject -> its region.

    An outside look at each, in the tally of the hour.
    """
    with active(replace(by, region=by.region[:COUNTY_DIGITS])) as wider:
        for subject, region in found.items():
            audit.record(
                by=wider, verb=FOUND, subject=subject, region=region, purpose="名册核对",
                detail={"batch": f"{batch}"},
            )  # fmt: skip


def _two_keys(text: str) -> Q:
    typed = "".join(unicodedata.normalize("NFKC", text).split()).upper()
    try:
        return Q(id_index=id_index(ResidentId.parse(typed).number))
    except IdError:
        pass
    if (keys := _TWO_KEYS.fullmatch(typed)) is None:
        raise Refused(
            "查找辖区以外的人，请输入身份证号全号，或完整姓名加身份证号末四位（张三 1234），"
            "或完整姓名加出生年份（张三 1954）。"
        )
    name, key = keys.groups()
    second = Q(id_tail=tail_token(key))
    if key.isdigit() and int(key) >= EARLIEST:
        second |= Q(birth_date__year=int(key))
    return Q(name=name) & second


def _shown_this_hour(by: Scope) -> int:
    with active(replace(by, region=by.region[:COUNTY_DIGITS])):
        since = timezone.now() - timedelta(hours=1)
        return int(AuditEntry.objects.filter(officer=by.officer, verb=FOUND, at__gt=since).count())


def _tell_once(by: Scope, shown: int) -> None:
    since = timezone.now() - timedelta(hours=1)
    if not AuditEntry.objects.filter(officer=by.officer, verb=LOOKED_TOO_OFTEN, at__gt=since).exists():
        audit.record(by=by, verb=LOOKED_TOO_OFTEN, detail={"shown": shown})
