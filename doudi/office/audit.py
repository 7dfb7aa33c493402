"""The audit: one row per action and per personal record shown, appended in the business transaction.

No foreign keys and no names: a row must survive what it speaks of. Sealing and verifying are in `chain.py`.
"""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import connection, models

from doudi.office.scope import Scope

LONGEST_PURPOSE = 640
"""An emergency's reason and the purpose of a look in it, each as long as may be (`actions.check_reason`)."""
_NUMBER = re.compile(r"[0-9]{11,}[Xx]?")
_INSERT = """
insert into office_auditentry (officer, role, region_code, verb, subject, purpose, detail, origin)
select %s, %s, shown.region, %s, shown.subject, %s, %s::jsonb, %s
from unnest(%s::text[], %s::text[]) with ordinality as shown(subject, region, n) order by shown.n
"""


def subject_of(row: models.Model) -> str:
    """How the audit names a row: `registry_person:<id>`."""
    return f"{row._meta.db_table}:{row.pk}"


def record(
    *,
    by: Scope | None,
    verb: str,
    subject: str = "",
    region: str | None = None,
    purpose: str = "",
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Appends one row in the current transaction. `region`: the subject's, by default the officer's own.

    `by` None is someone not signed in. `detail` must hold no personal data and no floats.
    """
    own = by.region if by else ""
    _append(by, verb, [(subject, own if region is None else region)], purpose, detail or {})


def record_shown(
    *, by: Scope, rows: Iterable[tuple[str, str]], purpose: str = "", verb: str = "viewed", field: str = ""
) -> None:
    """Appends one row for each personal record shown: (subject, its region) pairs, in one statement."""
    _append(by, verb, list(rows), purpose, {"field": field} if field else {})


def without_numbers(text: str) -> str:
    """A purpose as it may be kept in the clear: officers write a visitor's ID number or telephone in."""
    return _NUMBER.sub(lambda found: f"{found[0][:3]}****{found[0][-2:]}", text)


def _append(
    by: Scope | None, verb: str, shown: list[tuple[str, str]], purpose: str, detail: Mapping[str, Any]
) -> None:
    # Not through the ORM: INSERT ... RETURNING asks the read policy, and a refused sign-in has no scope.
    if not shown:
        return
    officer, role, origin = (by.officer, by.role, by.origin) if by else (None, "", "")
    # Why one may look here at all (an emergency) goes before why one looks at this: neither hides the other.
    why = without_numbers(" · ".join(dict.fromkeys(filter(None, (by.reason if by else "", purpose)))))
    subjects, regions = [subject for subject, _ in shown], [region for _, region in shown]
    text = json.dumps(detail, ensure_ascii=False)
    with connection.cursor() as cursor:
        cursor.execute(
            _INSERT, [officer, role, verb, why[:LONGEST_PURPOSE], text, origin[:80], subjects, regions]
        )
