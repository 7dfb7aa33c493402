"""Whether the sealer lives, told outside the database; and what was lost of the audit while it did not.

The chain misses nothing that it never held: while the sealer stands still, entries can be deleted and leave
no trace in it. So the sealer writes down each second how far the numbers of the entries are used, and when it
starts again it counts those that were used meanwhile and are not there.
"""

import json
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

LIMIT = timedelta(minutes=1)
"""So long an entry may wait, and the sealer be silent; one that runs seals each second."""
BEAT = "sealer.json"
SEAL_ON = "请运行 doudi audit seal --every 1（应一直开着）"
_USED = "select case when is_called then last_value else 0 end from office_auditentry_id_seq"
# Not the xmax of a snapshot: that follows the last transaction that is over, and others go on above it.
_NOW = "select pg_current_xact_id()::text::bigint"
_OLDEST = "select pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
_SEALED = "select 1 from office_auditseal limit 1"
_THERE = "select count(*) from office_auditentry where id > %s and id <= %s"
_WAITING = """select count(*), min(e.at) from office_auditentry e
where e.at < now() - %s and not exists (select from office_auditseal s where s.entry = e.id)"""


@dataclass(frozen=True)
class Beat:
    """The sealer's last round, at `at` (UTC).

    Of the numbers up to `settled` every transaction is over, and its entries sealed. Those up to `used` are
    settled as soon as the transactions below `before` are over. `since`: when the sealer fell silent, if it
    did and its numbers are not settled yet.
    """

    at: str
    settled: int
    used: int
    before: int
    since: str = ""


def listen(cursor: Any, anchor: Path) -> dict[Path, str]:
    """The files to write once the round that begins has sealed: the beat, and what a silence has cost."""
    now, used = datetime.now(UTC), _number(cursor, _USED)
    last, files = read(anchor) or Beat(now.isoformat(), used, used, 0), {}
    if silent := _silent(last, used):
        last = replace(last, since=last.since or last.at)
    if last.since or used != last.settled:
        # After the numbers: whoever has drawn one of them has a transaction below this one.
        before = _number(cursor, _NOW)
        if silent or last.settled == last.used or before < last.before:  # a restored server counts anew
            last = replace(last, used=used, before=before)
        if _number(cursor, _OLDEST) >= last.before:
            if last.since and (cost := _cost(cursor, last)):
                since = datetime.fromisoformat(last.since)
                file = anchor / f"standstill-{since:%Y%m%dT%H%M%S}.txt"
                files[file] = f"封存程序自 {_local(since)} 至 {_local(now)} 停过：其间{cost}\n"
            last = replace(last, settled=last.used, since="")
    return files | {anchor / BEAT: json.dumps(asdict(replace(last, at=now.isoformat())))}


def read(anchor: Path) -> Beat | None:
    """The last beat; None when there is none that can be read, as after a power failure."""
    try:
        return Beat(**json.loads((anchor / BEAT).read_text(encoding="ascii")))
    except (FileNotFoundError, NotADirectoryError, ValueError, TypeError):
        return None


def told(cursor: Any, anchor: Path) -> list[str]:
    """In Chinese, what the chain cannot prove because the sealer stood or stands still; [] if nothing."""
    cursor.execute(_WAITING, [LIMIT])
    waiting, oldest = cursor.fetchone()
    lines = []
    if waiting:
        late = f"自 {_local(oldest)} 起有 {waiting} 条留痕超过 {LIMIT.seconds // 60} 分钟没有封存"
        lines.append(f"{late}，未封存的被删改看不出来。{SEAL_ON}。")
    beat, used = read(anchor), _number(cursor, _USED)
    cursor.execute(_SEALED)
    if beat is None and cursor.fetchone() and not anchor.is_file():
        lines.append(f"没有封存程序的运行记录（{anchor / BEAT}），看不出停过没有、停时删过没有。{SEAL_ON}。")
    if beat and _silent(beat, used) and (cost := _cost(cursor, replace(beat, used=used))):
        since = datetime.fromisoformat(beat.since or beat.at)
        lines.append(f"封存程序自 {_local(since)} 起停着：其间{cost}{SEAL_ON}。")
    for file in sorted(anchor.glob("standstill-*.txt")):
        after = f"核对后请把 {file.name} 另外存档，再从锚点文件夹移走。"
        lines.append(file.read_text(encoding="utf-8").strip() + after)
    return lines


def _local(at: datetime) -> str:
    return f"{at.astimezone():%Y-%m-%d %H:%M:%S}"


def _number(cursor: Any, question: str) -> int:
    cursor.execute(question)
    return int(cursor.fetchone()[0])


def _silent(beat: Beat, used: int) -> bool:
    """True if the sealer was not heard for longer than the LIMIT, or the numbers have gone back since."""
    return datetime.now(UTC) - datetime.fromisoformat(beat.at) > LIMIT or used < beat.settled


def _cost(cursor: Any, beat: Beat) -> str:
    """In Chinese, which of the numbers used since then have no entry; empty if all of them have."""
    if beat.used < beat.settled:
        return f"留痕序号从 {beat.settled} 退到 {beat.used}，数据库换成了较早的，或序号被改过，请核对。"
    cursor.execute(_THERE, [beat.settled, beat.used])
    lost = beat.used - beat.settled - int(cursor.fetchone()[0])
    why = "可能是办理中途退回，也可能是被删除，请对照这段时间的业务核对。"
    span = f"{beat.settled + 1} 至 {beat.used}"
    return f"用掉的留痕序号（{span}）有 {lost} 个在库里没有，{why}" if lost else ""
