"""Where the county keeps law values of its own, and the trace that a change of them leaves.

A standard changed for a day and changed back would pay everybody wrongly that day, and nobody could tell why.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

from django.conf import settings

from doudi.office.clock import SQL_TODAY

CHANGED = "values_changed"
_LAST = "select detail from office_auditentry where verb = %s order by id desc limit 1"
# One row for each place with an auditor: who oversees a county reads the rows of that county.
_SAY_SO = f"""
insert into office_auditentry (role, region_code, verb, subject, purpose, detail, origin)
select 'system', place, %s, '', %s, %s::jsonb, 'files' from (
    select distinct region_id from office_rolegrant where role = 'auditor' and from_day <= {SQL_TODAY}
    and (until_day is null or until_day > {SQL_TODAY}) union all select '' where not exists (
        select from office_rolegrant where role = 'auditor')) as overseen(place)
"""


def own_values() -> tuple[Path, ...]:
    """The folder of TOML files to load on top of the shipped law; none when the county has none."""
    return (settings.OFFICE_VALUES,) if settings.OFFICE_VALUES.is_dir() else ()


def said_of_a_slip(problem: Exception) -> str:
    """What is wrong with such a file, without where on the server it lies: for a page."""
    return str(problem).removeprefix(f"{settings.OFFICE_VALUES}/")


class Watched:
    """What the sealer does beside sealing: a changed file of law values leaves a trace, with its digest."""

    seen: dict[str, str] | None = None

    def __call__(self, owner: Any, anchor: Path) -> None:
        """Nothing while the files are as they were at the last trace, that of an earlier run included."""
        now = {file.name: _digest(file) for folder in own_values() for file in sorted(folder.glob("*.toml"))}
        if now == self.seen:
            return
        with owner.cursor() as cursor:
            before = self.seen if self.seen is not None else _told(cursor)
            if now != before:
                cursor.execute(_SAY_SO, [CHANGED, _words(before, now), json.dumps({"files": now})])
        self.seen = now


def _told(cursor: Any) -> dict[str, str]:
    cursor.execute(_LAST, [CHANGED])
    row = cursor.fetchone()
    told = row and (json.loads(row[0]) if isinstance(row[0], str) else row[0])
    return dict(told["files"]) if told else {}


def _words(before: dict[str, str], now: dict[str, str]) -> str:
    """As purpose: which files, and the first digits of what is in them now."""
    changed = [f"{name}（{digest[:12]}）" for name, digest in now.items() if before.get(name) != digest]
    gone = [f"{name}（已移走）" for name in before if name not in now]
    return "政策数值文件：" + "、".join(changed + gone)[:600]


def _digest(file: Path) -> str:
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError as problem:
        return f"读不出：{type(problem).__name__}"
