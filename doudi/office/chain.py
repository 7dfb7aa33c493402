"""Seals the audit: an SM3 chain over committed entries, its head anchored in a file outside the database.

A chain made inside each business transaction would let one officer wait for another (12 times slower). So a
sealer follows each second, reading only entries of transactions that are over (below `pg_snapshot_xmin`), in
an order nobody can slip into afterwards. The chain alone does not notice a cut tail; the anchor does.
"""

import json
import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any

from django.db import connections, transaction

from doudi.office import durable, standstill
from doudi.office.crypto import sm3

BEFORE_THE_FIRST = bytes(32)
PAGE = 5000
LONGEST_TRANSACTION = timedelta(days=1)
log = logging.getLogger(__name__)
_LOCK = 7_305_001
# The entry as text, the same in the database and in an export: what the digest is taken over.
_ENTRY = """json_build_array(e.id, e.xid, to_char(e.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
    e.officer, e.role, e.region_code, e.verb, e.subject, e.purpose, e.detail::text, e.origin)::text"""
_NOT_SEALED = "not exists (select from office_auditseal s where s.entry = e.id)"
# Everything below an earlier horizon was sealed then, so the search starts at the last sealed transaction.
_UNSEALED = f"""
select e.id, {_ENTRY} from office_auditentry e
where e.xid >= coalesce((select l.xid from office_auditseal s join office_auditentry l on l.id = s.entry
                         order by s.position desc limit 1), 0)
  and e.xid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint + office_audit_offset() and {_NOT_SEALED}
order by e.xid, e.id limit {PAGE}
"""
_SEAL = """
insert into office_auditseal (position, entry, digest)
select * from unnest(%s::bigint[], %s::bigint[], %s::bytea[])
"""
_SEALED = f"""
select s.position, s.entry, s.digest, e.xid, {_ENTRY}
from office_auditseal s left join office_auditentry e on e.id = s.entry
where s.position >= %s order by s.position limit {PAGE}
"""
_SLIPPED_IN = (
    f"select e.id from office_auditentry e where e.xid <= %s and {_NOT_SEALED} order by e.id limit 20"
)


# The highest transaction told, where it is none that this server has begun: the database came out of a dump.
_RESTORED = """select max(xid) from office_auditentry
having max(xid) >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint + office_audit_offset()"""
_GO_ON = """create or replace function office_audit_offset() returns bigint language sql stable
as 'select {}::bigint'"""
_SAY_SO = """insert into office_auditentry (role, region_code, verb, subject, purpose, detail, origin)
values ('system', '', 'restored', '', '', json_build_object('after', %s::bigint), 'start')"""


@dataclass(frozen=True)
class Link:
    """One sealed entry as read back; `text` is None when the entry is gone."""

    position: int
    entry: int
    digest: bytes
    xid: int
    text: str | None


@dataclass(frozen=True)
class Head:
    """A point of the chain; position 0 before the first link. `at`: when it was anchored (UTC)."""

    position: int = 0
    digest: bytes = BEFORE_THE_FIRST
    at: str = field(default="", compare=False)


@dataclass
class Verdict:
    """What verification read (the head, how many links and anchors) and its findings in Chinese."""

    head: Head
    links: int
    anchors: int
    findings: list[str]


def seal(owner: Any, anchor: Path) -> int:
    """Chains all committed entries not sealed yet and anchors the new head; returns how many were sealed.

    `owner` is the Django connection of the owner role. Two sealers wait for each other.
    """
    sealed = 0
    with owner.cursor() as cursor:
        beat = standstill.listen(cursor, anchor)
    # One transaction: who verifies meanwhile never sees a business transaction sealed by half.
    with transaction.atomic(using=owner.alias), owner.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [_LOCK])
        # A new statement after the lock: the sealer before us has committed what we must see.
        cursor.execute("select position, digest from office_auditseal order by position desc limit 1")
        row = cursor.fetchone()
        head = Head(row[0], bytes(row[1])) if row else Head()
        while links := _next_links(cursor, head):
            positions, entries, digests = (list(column) for column in zip(*links, strict=True))
            cursor.execute(_SEAL, [positions, entries, digests])
            head = Head(positions[-1], digests[-1])
            sealed += len(links)
    if sealed:
        write_anchor(anchor, head)  # after the commit: an anchor of links that never came would cry wolf
    for file, text in beat.items():
        durable.whole(file, text.encode())
    return sealed


def go_on_after_restore(owner: Any) -> bool:
    """Numbers on above the transactions of a restored dump, and says so in the audit; True if there was one.

    `pg_dump` keeps the entries, but not the server's counter: new entries would stand below the sealed ones
    and look slipped in. Called before anybody works. Who restores an older dump to lose a tail is found out:
    the anchors reach further than the chain then.
    """
    with transaction.atomic(using=owner.alias), owner.cursor() as cursor:
        cursor.execute(_RESTORED)
        row = cursor.fetchone()
        if row:
            cursor.execute(_GO_ON.format(int(row[0])))
            cursor.execute(_SAY_SO, row)
    return row is not None


def keep_sealing(
    anchor: Path, every: float, stop: Event, beside: Callable[[Any, Path], None] = lambda owner, anchor: None
) -> None:
    """Seals each `every` seconds until `stop` is set, and once more: for a thread beside the web server.

    `beside` is called after each round (report.Daily). Nothing but `stop` ends it: what fails (the database
    restarts, the disk is full) is logged, and the next round seals what waits.
    """
    owner, stopping, failing = connections["owner"], False, ""
    while not stopping:
        stopping = stop.wait(every)
        try:
            seal(owner, anchor)
            beside(owner, anchor)
            failing = ""
        except Exception as problem:
            if failing != (failing := type(problem).__name__):  # not each second
                log.exception("the audit is not sealed: %s", failing)
            owner.close()
    owner.close()


def _next_links(cursor: Any, head: Head) -> list[tuple[int, int, bytes]]:
    cursor.execute(_UNSEALED)
    links = []
    position, digest = head.position, head.digest
    for entry, text in cursor.fetchall():
        position, digest = position + 1, sm3(digest + text.encode())
        links.append((position, entry, digest))
    return links


def write_anchor(anchor: Path, head: Head) -> None:
    """Appends the head to this month's anchor file and waits until the disk has it."""
    now = datetime.now(UTC)
    line = json.dumps({"at": now.isoformat(), "position": head.position, "digest": head.digest.hex()})
    durable.appended(anchor / f"{now:%Y-%m}.jsonl", f"{line}\n".encode())


def read_anchors(anchor: Path) -> list[Head]:
    """Every anchored head by position, from a folder of monthly files or from one file.

    A last line cut short by a power failure is passed over. Raises ValueError naming any other bad line.
    """
    heads = []
    for file in sorted(anchor.glob("*.jsonl")) if anchor.is_dir() else [anchor]:
        lines = file.read_text(encoding="ascii").splitlines(keepends=True)
        for number, line in enumerate(lines, start=1):
            try:
                row = json.loads(line)
                heads.append(Head(int(row["position"]), bytes.fromhex(row["digest"]), str(row["at"])))
            except (ValueError, KeyError, TypeError):
                if number < len(lines) or line.endswith("\n"):
                    raise ValueError(f"锚点文件 {file} 第 {number} 行不是锚点记录") from None
    return sorted(heads, key=lambda head: head.position)


def sealed_links(cursor: Any) -> Iterator[Link]:
    """The chain in the database, page by page."""
    start = -(2**63)
    while True:
        cursor.execute(_SEALED, [start])
        rows = cursor.fetchall()
        for position, entry, digest, xid, text in rows:
            start = position + 1
            # A left join without an entry still makes an array, of nulls.
            yield Link(position, entry, bytes(digest), xid or 0, text if xid is not None else None)
        if len(rows) < PAGE:
            return


def verify(links: Iterable[Link], anchors: Iterable[Head]) -> Verdict:
    """Recomputes the chain link by link and compares it with every anchor. Reads each link once."""
    anchored: dict[int, set[bytes]] = {}
    for anchor in anchors:
        anchored.setdefault(anchor.position, set()).add(anchor.digest)
    findings: list[str] = []
    head, last_xid, count, backdated = Head(), 0, 0, ""
    for link in links:
        count += 1
        if link.position != head.position + 1:
            findings.append(f"第 {head.position + 1} 至 {link.position - 1} 条封存记录缺失或次序被改动")
        if link.text is None:
            findings.append(f"第 {link.position} 条：留痕记录 {link.entry} 已被删除")
        elif sm3(head.digest + link.text.encode()) != link.digest:
            findings.append(f"第 {link.position} 条：留痕记录 {link.entry} 或它的封存值被改动")
        else:
            entry, _, at, *_ = json.loads(link.text)
            if entry != link.entry or link.xid < last_xid or at < backdated:
                findings.append(f"第 {link.position} 条：留痕记录 {link.entry} 的次序被改动，或时间是倒填的")
            backdated = max(backdated, (datetime.fromisoformat(at) - LONGEST_TRANSACTION).isoformat())
        if anchored.get(link.position, {link.digest}) != {link.digest}:
            findings.append(f"第 {link.position} 条：与库外锚点不一致，这条或更早的记录被改动后重新封存过")
        head, last_xid = Head(link.position, link.digest), max(last_xid, link.xid)
    if anchored and max(anchored) > head.position:
        findings.append(f"库外锚点到第 {max(anchored)} 条，现在只有 {head.position} 条：末尾的记录被删除")
    return Verdict(head=head, links=count, anchors=len(anchored), findings=findings)


def verify_database(cursor: Any, anchors: Iterable[Head]) -> Verdict:
    """`verify` over the database, and the entries that were slipped in behind the sealer's back."""
    highest = 0

    def watched() -> Iterator[Link]:
        nonlocal highest
        for link in sealed_links(cursor):
            highest = max(highest, link.xid)
            yield link

    verdict = verify(watched(), anchors)
    cursor.execute(_SLIPPED_IN, [highest])
    verdict.findings += [f"留痕记录 {entry} 是事后插入的：没有封存" for (entry,) in cursor.fetchall()]
    return verdict


def cannot_tell(head: Head, anchors: Iterable[Head]) -> str:
    """Why an unbroken chain proves nothing, in Chinese; empty when the anchors reach its head.

    Whoever rewrites the whole chain, or cuts its tail, leaves it unbroken: only an anchor outside tells.
    """
    reached = max((anchor.position for anchor in anchors), default=0)
    if not reached:
        return "没有库外锚点：留痕若被整段删除，或改动后重新封存，单凭本库看不出来"
    if reached < head.position:
        return f"库外锚点只到第 {reached} 条，第 {reached + 1} 至 {head.position} 条没有锚点可以对照"
    return ""


def last_sealed(anchors: Iterable[Head]) -> str:
    """When the last anchor was written, in Chinese: was there work without sealing?"""
    at = max((anchor.at for anchor in anchors), default="")
    return (
        f"最近一次封存：{datetime.fromisoformat(at).astimezone():%Y-%m-%d %H:%M:%S}" if at else "没有封存过"
    )


def export(cursor: Any, file: Any) -> Head:
    """Writes the sealed chain as JSON lines to a text file and returns its head."""
    head = Head()
    for link in sealed_links(cursor):
        row = {"position": link.position, "entry": link.entry, "digest": link.digest.hex(), "text": link.text}
        file.write(json.dumps(row, ensure_ascii=False) + "\n")
        head = Head(link.position, link.digest)
    return head


def exported_links(lines: Iterable[str]) -> Iterator[Link]:
    """The chain back from an export. Raises ValueError naming the line that is not a link."""
    for number, line in enumerate(lines, start=1):
        try:
            row = json.loads(line)
            digest = bytes.fromhex(row["digest"])
            text = row["text"]
            xid = json.loads(text)[1] if text is not None else 0
            yield Link(row["position"], row["entry"], digest, xid, text)
        except (ValueError, KeyError, TypeError, IndexError):
            raise ValueError(f"导出文件第 {number} 行不是留痕记录") from None


_RENAMED = """select o.id, o.name, o.sign_in_name, e.detail ->> 'name', e.detail ->> 'sign_in_name'
from office_auditentry e join office_officer o on e.subject = 'office_officer:' || o.id
where e.verb = 'appointed' and e.detail ? 'name'
    and (o.name, o.sign_in_name) is distinct from (e.detail ->> 'name', e.detail ->> 'sign_in_name')"""


def renamed(cursor: Any) -> list[str]:
    """Accounts that bear another name or sign-in name than the sealed entry of their appointment tells."""
    cursor.execute(_RENAMED)
    return [
        f"账号 {id_} 现名“{name}”（登录名 {signs}），任命时的留痕是“{was}”（登录名 {signed}）"
        for id_, name, signs, was, signed in cursor.fetchall()
    ]
