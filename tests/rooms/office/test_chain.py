"""Whatever a superuser does to the audit afterwards, `doudi audit verify` finds it."""

import io
import json
import random
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread
from uuid import UUID

import psycopg
import pytest
from django.db import DatabaseError, connection, connections, transaction
from pytest_django import DjangoDbBlocker

from doudi.office import audit, chain, scope
from doudi.office.crypto import sm3
from doudi.office.models import AuditEntry
from doudi.office.postgres import OWNER
from doudi.office.scope import Scope

OFFICER = UUID(int=7)
BY = Scope(region="520281101", role="township_clerk", officer=OFFICER, name="甲", origin="10.0.0.1")
ENTRIES = 30


@pytest.fixture
def anchor(tmp_path: Path) -> Path:
    return tmp_path / "anchor"


@pytest.fixture
def sealed(committed_db: None, anchor: Path) -> None:
    """Thirty entries in ten transactions, sealed in three goes: three anchors."""
    for number in range(10):
        with scope.active(BY):
            audit.record(by=BY, verb="opened", subject=f"case:{number}", detail={"step": number})
            pair = [(f"person:{number}-{member}", "520281101201") for member in range(2)]
            audit.record_shown(by=BY, rows=pair, purpose="办理申请")
        if number % 4 == 1:
            chain.seal(connections["owner"], anchor)


def verdict(cursor: object, anchor: Path) -> chain.Verdict:
    return chain.verify_database(cursor, chain.read_anchors(anchor))


@pytest.mark.usefixtures("sealed")
def test_it_works(anchor: Path) -> None:
    with connections["owner"].cursor() as cursor:
        found = verdict(cursor, anchor)
    assert (found.links, found.anchors, found.findings) == (ENTRIES, 3, [])
    assert chain.seal(connections["owner"], anchor) == 0


@pytest.mark.usefixtures("sealed")
def test_an_officer_reads_the_own_region_only() -> None:
    with scope.system("520281101", "test"):
        assert AuditEntry.objects.count() == ENTRIES
    with scope.system("520281101201", "test"):
        assert AuditEntry.objects.count() == 20
    with scope.system("370784", "test"):
        assert AuditEntry.objects.count() == 0


@pytest.mark.usefixtures("committed_db")
def test_a_refused_sign_in_is_recorded_without_scope(admin: psycopg.Connection) -> None:
    audit.record(by=None, verb="sign_in_refused", subject="office_officer:x")
    assert admin.execute("select verb, region_code from office_auditentry").fetchall() == [
        ("sign_in_refused", "")
    ]


@pytest.mark.usefixtures("committed_db")
def test_what_is_rolled_back_is_not_recorded(admin: psycopg.Connection) -> None:
    def business() -> None:
        with scope.active(BY):
            audit.record(by=BY, verb="approved", subject="case:1")
            raise RuntimeError("business")

    with pytest.raises(RuntimeError, match="business"):
        business()
    assert admin.execute("select count(*) from office_auditentry").fetchone() == (0,)


@pytest.mark.usefixtures("sealed")
@pytest.mark.parametrize("alias", ["default", "owner"])
@pytest.mark.parametrize("table", ["office_auditentry", "office_auditseal"])
@pytest.mark.parametrize("change", ["update {} set {} = {}", "delete from {}", "truncate {}"])
def test_nobody_changes_a_row(alias: str, table: str, change: str) -> None:
    column = "verb" if table == "office_auditentry" else "entry"
    with (
        scope.active(BY, using=alias),
        pytest.raises(DatabaseError, match=r"append-only|permission denied"),
        transaction.atomic(using=alias),
        connections[alias].cursor() as cursor,
    ):
        cursor.execute(change.format(table, column, column))


@pytest.mark.usefixtures("committed_db")
def test_an_open_transaction_is_sealed_in_its_turn(admin: psycopg.Connection, anchor: Path) -> None:
    with scope.active(BY):
        audit.record(by=BY, verb="slow", subject="case:slow")
        admin.execute(
            "insert into office_auditentry (role, region_code, verb, subject, purpose, detail, origin)"
            " values ('', '', 'quick', '', '', '{}', '')"
        )
        # The quick one has committed, the slow one before it has not: sealed now it would be out of order.
        assert chain.seal(connections["owner"], anchor) == 0
    assert chain.seal(connections["owner"], anchor) == 2
    with connections["owner"].cursor() as cursor:
        assert verdict(cursor, anchor).findings == []
        assert ["slow" in (link.text or "") for link in chain.sealed_links(cursor)] == [True, False]


def rehash(cursor: psycopg.Cursor) -> None:
    """What a knowing attacker does last: numbers the chain anew and computes every digest again."""
    links = [link for link in chain.sealed_links(cursor) if link.text is not None]
    cursor.execute("delete from office_auditseal")
    head, rows = bytes(32), []
    for number, link in enumerate(links, start=1):
        head = sm3(head + (link.text or "").encode())
        rows.append((number, link.entry, head))
    cursor.executemany("insert into office_auditseal values (%s, %s, %s)", rows)


def change_a_column(cursor: psycopg.Cursor, dice: random.Random) -> None:
    column, value = dice.choice(
        [
            ("verb", "'viewed_'"),
            ("subject", "subject || 'x'"),
            ("officer", "gen_random_uuid()"),
            ("purpose", "'-'"),
            ("at", "at - interval '1 microsecond'"),
            ("region_code", "'110101'"),
            ("role", "'leader'"),
            ("detail", "'{\"step\": 77}'"),
            ("origin", "'10.9.9.9'"),
            ("xid", "xid + 1"),
        ]
    )
    cursor.execute(
        f"update office_auditentry set {column} = {value} where id = %s", [dice.randint(1, ENTRIES)]
    )


def delete_one(cursor: psycopg.Cursor, dice: random.Random) -> None:
    entry = dice.randint(1, ENTRIES)
    cursor.execute("delete from office_auditentry where id = %s", [entry])
    if dice.random() < 0.5:
        cursor.execute("delete from office_auditseal where entry = %s", [entry])


def delete_the_tail(cursor: psycopg.Cursor, dice: random.Random) -> None:
    first = dice.randint(1, ENTRIES)
    cursor.execute("delete from office_auditentry where id >= %s", [first])
    cursor.execute("delete from office_auditseal where entry >= %s", [first])


def unseal_the_tail(cursor: psycopg.Cursor, dice: random.Random) -> None:
    cursor.execute("delete from office_auditseal where entry >= %s", [dice.randint(1, ENTRIES)])


def slip_one_in(cursor: psycopg.Cursor, dice: random.Random) -> None:
    """An event that is said to have happened in the past. (A new one at the end is like any act.)"""
    cursor.execute(
        "insert into office_auditentry"
        " (id, xid, at, officer, role, region_code, verb, subject, purpose, detail, origin)"
        " select 1000, xid, at, officer, role, region_code, 'viewed', subject, '', detail, origin"
        " from office_auditentry where id = %s",
        [dice.randint(1, ENTRIES - 3)],
    )
    if dice.random() < 0.5:
        place = dice.choice([ENTRIES + 1, 0, -(2**63), 2**62])
        cursor.execute("insert into office_auditseal values (%s, 1000, %s)", [place, dice.randbytes(32)])


def swap_two(cursor: psycopg.Cursor, dice: random.Random) -> None:
    one, other = dice.sample(range(1, ENTRIES + 1), 2)
    table, column = dice.choice([("office_auditentry", "id"), ("office_auditseal", "entry")])
    for before, after in ((one, -1), (other, one), (-1, other)):
        cursor.execute(f"update {table} set {column} = %s where {column} = %s", [after, before])


def change_a_digest(cursor: psycopg.Cursor, dice: random.Random) -> None:
    cursor.execute(
        "update office_auditseal set digest = %s where position = %s",
        [dice.randbytes(32), dice.randint(1, ENTRIES)],
    )


def empty_both(cursor: psycopg.Cursor, dice: random.Random) -> None:
    cursor.execute("truncate office_auditentry, office_auditseal")


WAYS = (change_a_column, delete_one, delete_the_tail, unseal_the_tail, slip_one_in, swap_two, change_a_digest)
# A re-hash after these leaves the very chain that was there before: nothing would be tampered with.
HARMLESS_AFTER_REHASH = (unseal_the_tail, change_a_digest)


@pytest.mark.usefixtures("sealed")
def test_a_thousand_tamperings_are_all_found(admin: psycopg.Connection, anchor: Path) -> None:
    dice = random.Random(20251015)
    anchors = chain.read_anchors(anchor)
    missed = []
    for number in range(1000):
        with admin.transaction(force_rollback=True), admin.cursor() as cursor:
            cursor.execute("set local session_replication_role = replica")
            way = empty_both if number == 0 else dice.choice(WAYS)
            way(cursor, dice)
            with_rehash = dice.random() < 0.4 and way not in HARMLESS_AFTER_REHASH
            if with_rehash:
                rehash(cursor)
            if not chain.verify_database(cursor, anchors).findings:
                missed.append((number, way.__name__, with_rehash))
    assert missed == []


@pytest.mark.usefixtures("sealed")
def test_an_event_dated_back_is_found(admin: psycopg.Connection, anchor: Path) -> None:
    admin.execute(
        "insert into office_auditentry (at, role, region_code, verb, subject, purpose, detail, origin)"
        " values (now() - interval '3 days', 'county_approver', '520281', 'approved', 'case:1', '', '{}', '')"
    )
    assert chain.seal(connections["owner"], anchor) == 1
    assert verdict(admin.cursor(), anchor).findings == ["第 31 条：留痕记录 31 的次序被改动，或时间是倒填的"]


@pytest.mark.usefixtures("sealed")
def test_without_the_anchor_a_cut_tail_goes_unseen(admin: psycopg.Connection) -> None:
    """The reason for the anchor: the chain alone is consistent after its end is cut off."""
    with admin.transaction(force_rollback=True), admin.cursor() as cursor:
        cursor.execute("set local session_replication_role = replica")
        delete_the_tail(cursor, random.Random(1))
        assert chain.verify_database(cursor, []).findings == []


@pytest.mark.usefixtures("committed_db")
def test_the_sealer_outlives_a_restart_of_the_database(
    admin: psycopg.Connection, anchor: Path, django_db_blocker: DjangoDbBlocker
) -> None:
    stop = Event()
    sealer = Thread(target=chain.keep_sealing, args=(anchor, 0.02, stop))

    def sealed_in_the_end(count: int) -> bool:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            if admin.execute("select count(*) from office_auditseal").fetchone() == (count,):
                return True
            time.sleep(0.02)
        return False

    sealer.start()
    try:
        with scope.active(BY):
            audit.record(by=BY, verb="before", subject="")
        assert sealed_in_the_end(1)
        admin.execute(f"select pg_terminate_backend(pid) from pg_stat_activity where usename = '{OWNER}'")
        with scope.active(BY):
            audit.record(by=BY, verb="after", subject="")
        assert sealed_in_the_end(2)
    finally:
        stop.set()
        sealer.join()


@pytest.mark.usefixtures("sealed")
def test_an_export_verifies_on_its_own(anchor: Path) -> None:
    out = io.StringIO()
    with connections["owner"].cursor() as cursor:
        head = chain.export(cursor, out)
    lines = out.getvalue().splitlines()
    anchors = chain.read_anchors(anchor)
    whole = chain.verify(chain.exported_links(lines), anchors)
    assert (whole.head, whole.findings) == (head, [])
    changed = [*lines[:3], lines[3].replace("case:1", "case:9"), *lines[4:]]
    assert chain.verify(chain.exported_links(changed), anchors).findings == [
        "第 4 条：留痕记录 4 或它的封存值被改动"
    ]
    assert chain.verify(chain.exported_links(lines[:-1]), anchors).findings == [
        "库外锚点到第 30 条，现在只有 29 条：末尾的记录被删除"
    ]
    with pytest.raises(ValueError, match="第 1 行不是留痕记录"):
        list(chain.exported_links(["{}"]))


def test_a_half_written_last_anchor_is_passed_over(anchor: Path) -> None:
    chain.write_anchor(anchor, chain.Head(5, bytes(32)))
    file = next(anchor.glob("*.jsonl"))
    file.write_text(file.read_text() + '{"position": 6, "dig')
    assert chain.read_anchors(anchor) == [chain.Head(5, bytes(32))]
    file.write_text("nonsense\n" + file.read_text())
    with pytest.raises(ValueError, match="第 1 行不是锚点记录"):
        chain.read_anchors(anchor)


@pytest.mark.usefixtures("committed_db")
def test_the_digest_of_an_entry_stays_the_same_for_ever(admin: psycopg.Connection, anchor: Path) -> None:
    """What was sealed years ago must verify tomorrow. (The digest is what `openssl dgst -sm3` says.)"""
    admin.execute(
        "insert into office_auditentry"
        " (id, xid, at, officer, role, region_code, verb, subject, purpose, detail, origin)"
        " values (7, 3, '2025-10-15 09:00:00.5+08', %s, 'leader', '520281', 'viewed', 's:1', '用途“甲”',"
        ' \'{"b": [1, null, true], "a": "\u76d8\u5dde"}\', \'10.0.0.1\')',
        [OFFICER],
    )
    assert chain.seal(connections["owner"], anchor) == 1
    with connections["owner"].cursor() as cursor:
        (link,) = chain.sealed_links(cursor)
    assert link.text == (
        '[7, 3, "2025-10-15T01:00:00.500000Z", "00000000-0000-0000-0000-000000000007", "leader", "520281",'
        ' "viewed", "s:1", "用途“甲”", "{\\"a\\": \\"盘州\\", \\"b\\": [1, null, true]}", "10.0.0.1"]'
    )
    assert link.digest.hex() == "f5a24c47c6785ef3aabfa7fbed6613d0700064c97b1dc6ed60150997811b7983"


@pytest.mark.usefixtures("sealed")
def test_detail_keeps_chinese_and_order() -> None:
    with scope.active(BY), connection.cursor() as cursor:
        audit.record(
            by=BY, verb="noted", subject="case:1", detail={"说明": "家庭“困难”", "b": [1, None, True]}
        )
        cursor.execute("select detail from office_auditentry order by id desc limit 1")
        assert AuditEntry.objects.latest("id").detail == {"说明": "家庭“困难”", "b": [1, None, True]}


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize("column", ["id", "at", "xid"])
def test_the_web_role_cannot_say_when_an_entry_was_made(column: str) -> None:
    value = "now()" if column == "at" else "1"
    columns = f"{column}, role, region_code, verb, subject, purpose, detail, origin"
    with pytest.raises(DatabaseError, match="permission denied"), connection.cursor() as cursor:
        cursor.execute(
            f"insert into office_auditentry ({columns})"
            f" values ({value}, 'county_approver', '52', 'viewed', '', '', '{{}}', '')"
        )


@pytest.fixture
def from_a_dump(sealed: None, admin: psycopg.Connection, anchor: Path) -> Iterator[None]:
    """As pg_dump and psql leave it: the entries have numbers that this server has not reached."""
    offset = (
        "create or replace function office_audit_offset() returns bigint language sql stable as 'select {}'"
    )
    admin.execute(offset.format("1000000000::bigint"))
    with scope.active(BY):
        audit.record(by=BY, verb="viewed", subject="before the dump")
    chain.seal(connections["owner"], anchor)
    with scope.active(BY):
        audit.record(by=BY, verb="viewed", subject="not sealed before the dump")
    admin.execute(offset.format("0::bigint"))
    yield
    admin.execute(offset.format("0::bigint"))


@pytest.mark.usefixtures("from_a_dump")
def test_after_a_restore_the_audit_goes_on(admin: psycopg.Connection, anchor: Path) -> None:
    owner = connections["owner"]
    assert chain.go_on_after_restore(owner)
    assert not chain.go_on_after_restore(owner)
    with scope.active(BY):
        audit.record(by=BY, verb="viewed", subject="after the restore")
    assert chain.seal(owner, anchor) == 3
    with owner.cursor() as cursor:
        assert verdict(cursor, anchor).findings == []
        assert [json.loads(link.text or "")[6:8] for link in chain.sealed_links(cursor)][-4:] == [
            ["viewed", "before the dump"], ["viewed", "not sealed before the dump"], ["restored", ""],
            ["viewed", "after the restore"],
        ]  # fmt: skip
    admin.execute("set session_replication_role = replica")
    admin.execute("delete from office_auditentry where subject = 'before the dump'")
    with owner.cursor() as cursor:
        assert "已被删除" in "".join(verdict(cursor, anchor).findings)


@pytest.mark.usefixtures("from_a_dump")
def test_without_going_on_it_would_look_slipped_in(anchor: Path) -> None:
    with scope.active(BY):
        audit.record(by=BY, verb="viewed", subject="after the restore")
    with connections["owner"].cursor() as cursor:
        assert any("事后插入" in found for found in verdict(cursor, anchor).findings)


@pytest.mark.usefixtures("sealed")
def test_without_a_restore_nothing_goes_on_anew(admin: psycopg.Connection) -> None:
    assert not chain.go_on_after_restore(connections["owner"])
    assert admin.execute("select office_audit_offset()").fetchone() == (0,)
