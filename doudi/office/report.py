"""The audit of one day in figures, written beside the anchors, where a change of the database does not reach.

Reads as the owner of the tables, like the sealer that writes it each day. Names officers, never a citizen.
"""

import json
import logging
from collections import Counter
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path
from threading import Thread
from typing import Any

from django.db import InterfaceError, OperationalError, connections
from django.utils import timezone

from doudi.office import chain, durable, standstill
from doudi.office.clock import midnight
from doudi.office.roles import ROLES
from doudi.office.verbs import FIRST, VERBS

MOST_DAYS = 31
log = logging.getLogger(__name__)
_COUNTED = """
select e.verb, e.officer, e.role, o.name, o.sign_in_name, (
    select d.name from office_rolegrant g join office_department d on d.id = g.department_id
    where g.officer_id = e.officer and g.role = e.role and g.from_day <= %(day)s
    order by (g.until_day is null or g.until_day > %(day)s) desc, g.from_day desc limit 1), count(*)
from office_auditentry e left join office_officer o on o.id = e.officer
where e.at >= %(from)s and e.at < %(until)s group by e.verb, e.officer, e.role, o.name, o.sign_in_name
"""
_LAST_LINK = """
select s.position, s.digest from office_auditseal s join office_auditentry e on e.id = s.entry
where e.at < %s order by s.position desc limit 1
"""


@dataclass(frozen=True)
class Report:
    """One day. Counts by verb; `first`: by what whoever supervises looks at first; by department and officer.

    `position`, `digest`: the last link of the chain that day. `state`: unchanged, cannot_tell or changed.
    """

    day: str
    entries: int
    first: dict[str, int]
    verbs: dict[str, int]
    departments: dict[str, dict[str, int]]
    officers: list[dict[str, Any]]
    position: int
    digest: str
    last_sealed: str
    state: str
    verdict: list[str]


def verdict(owner: Any, anchor: Path) -> tuple[str, list[str]]:
    """(unchanged, cannot_tell or changed; why): what `doudi audit verify` finds in the whole chain."""
    anchors = chain.read_anchors(anchor) if anchor.exists() else []
    with owner.cursor() as cursor:
        found = chain.verify_database(cursor, anchors)
        unproven = standstill.told(cursor, anchor)
    if found.findings:
        return "changed", found.findings
    # The sealer may have gone on meanwhile: what it anchored is read again.
    why = chain.cannot_tell(found.head, chain.read_anchors(anchor) if anchor.exists() else [])
    unproven = [why, *unproven] if why else unproven
    return ("cannot_tell", unproven) if unproven else ("unchanged", [])


def report(owner: Any, anchor: Path, day: date, told: tuple[str, list[str]]) -> Report:
    """The day's figures; `told` is what `verdict` said."""
    start, end = (midnight(day + timedelta(days=n)) for n in (0, 1))
    with owner.cursor() as cursor:
        cursor.execute(_COUNTED, {"day": day, "from": start, "until": end})
        rows = cursor.fetchall()
        cursor.execute(_LAST_LINK, [end])
        position, digest = cursor.fetchone() or (0, b"")
    verbs, departments = Counter[str](), dict[str, Counter[str]]()
    officers: dict[Any, dict[str, Any]] = {}
    for verb, officer, role, name, sign_in_name, department, count in rows:
        verbs[verb] += count
        label = department or ("系统" if role == "system" else "未登录" if officer is None else "不详")
        departments.setdefault(label, Counter())[verb] += count
        if officer is not None:
            one = officers.setdefault((officer, role), {
                "name": name or "不详", "sign_in_name": sign_in_name or "", "role": role,
                "department": label, "verbs": Counter(),
            })  # fmt: skip
            one["verbs"][verb] += count
    return Report(
        day=f"{day}",
        entries=verbs.total(),
        first={label: sum(verbs[verb] for verb in kinds) for label, kinds in FIRST.items()},
        verbs=dict(verbs.most_common()),
        departments={name: dict(row.most_common()) for name, row in sorted(departments.items())},
        officers=sorted(
            ({**one, "verbs": dict(one["verbs"].most_common())} for one in officers.values()),
            key=lambda one: (-sum(one["verbs"].values()), one["sign_in_name"], one["role"]),
        ),
        position=position,
        digest=bytes(digest).hex(),
        last_sealed=chain.last_sealed(chain.read_anchors(anchor) if anchor.exists() else []),
        state=told[0],
        verdict=told[1],
    )


def in_words(found: Report) -> str:
    """The report as text for whoever supervises."""
    lines = [f"留痕日报 {found.day}", f"共 {found.entries} 条。", "", "先看："]
    lines += [f"  {label} {count}" for label, count in found.first.items()]
    lines += ["", "按事项：", *(f"  {VERBS.get(verb, verb)} {count}" for verb, count in found.verbs.items())]
    lines += ["", "按单位：", *(f"  {name} {sum(row.values())}" for name, row in found.departments.items())]
    lines += ["", "按人员："]
    for one in found.officers:
        role = ROLES[one["role"]].label if one["role"] in ROLES else one["role"]
        seen = {label: sum(one["verbs"].get(verb, 0) for verb in kinds) for label, kinds in FIRST.items()}
        more = "，".join(f"{label} {count}" for label, count in seen.items() if count)
        who = f"{one['name']}（{one['sign_in_name']}，{role}，{one['department']}）"
        lines.append(f"  {who}{sum(one['verbs'].values())}{more and '：'}{more}")
    sealed = f"封存到第 {found.position} 条，封存值 {found.digest}" if found.position else "还没有封存的留痕"
    said = {"unchanged": "没有发现改动", "cannot_tell": "不能判断", "changed": "被改动"}[found.state]
    lines += [
        "",
        f"这一天末：{sealed}。{found.last_sealed}。",
        f"核验：{said}{'：' if found.verdict else '。'}",
    ]
    return "\n".join([*lines, *(f"  {finding}" for finding in found.verdict)]) + "\n"


def as_json(found: Report) -> str:
    """The report as JSON; keys are the fields of `Report`."""
    return json.dumps(asdict(found), ensure_ascii=False, indent=2) + "\n"


def write_missing(owner: Any, anchor: Path) -> list[date]:
    """Writes the reports of the days since the last one, yesterday the last; returns those days."""
    yesterday = timezone.localdate() - timedelta(days=1)
    written = sorted(anchor.glob("report-????-??-??.json")) if anchor.is_dir() else []
    last = date.fromisoformat(written[-1].stem[7:]) if written else yesterday - timedelta(days=1)
    first = max(last + timedelta(days=1), yesterday - timedelta(days=MOST_DAYS - 1))
    days = [first + timedelta(days=n) for n in range((yesterday - first).days + 1)]
    told = verdict(owner, anchor) if days and any(anchor.glob("*.jsonl")) else None
    for day in days if told else ():
        found = report(owner, anchor, day, told or ("", []))
        durable.whole(anchor / f"report-{day}.txt", in_words(found).encode())
        durable.whole(
            anchor / f"report-{day}.json", as_json(found).encode()
        )  # last: it says that the day is done
    return days if told else []


class Daily:
    """What the sealer does beside sealing: once a day the reports that are missing.

    In a thread of its own: to verify the chain of some years takes minutes, and the sealing goes on.
    """

    done: date | None = None
    _writing: Thread | None = None

    def __call__(self, owner: Any, anchor: Path) -> None:
        """Nothing when today's work is done or under way."""
        if self.done != timezone.localdate() and not (self._writing and self._writing.is_alive()):
            self._writing = Thread(target=self._write, args=(owner.alias, anchor), daemon=True)
            self._writing.start()

    def _write(self, alias: str, anchor: Path) -> None:
        """A report that cannot be written is for tomorrow; a database that restarts, for the next second."""
        today, owner = timezone.localdate(), connections[alias]
        try:
            write_missing(owner, anchor)
            self.done = today
        except (OperationalError, InterfaceError):
            pass
        except Exception as problem:
            log.warning("daily audit report: %s", type(problem).__name__)
            self.done = today
        finally:
            owner.close()
