"""Starts, finds again and stops the embedded PostgreSQL server: for a machine where nobody installed one."""

import fcntl
import hashlib
import os
import shlex
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Any

import psycopg
from psycopg import sql

from doudi.office.home import make_folder, secret
from doudi.office.programs import PostgresProblem, Programs, programs_for

PORT = 5432
DATABASE = "doudi"
ADMIN, OWNER, WEB = "doudi_admin", "doudi_owner", "doudi_web"
RECOVERY_SECONDS = 300
SOCKET_PATH_LIMIT = 107
INITDB = ("--auth=scram-sha-256", "--data-checksums", "--locale=C.UTF-8", "--encoding=UTF8", "-U", ADMIN)

# Personal data must not reach the server's log. An error's own words quote the value (`invalid input syntax
# for type integer: "..."`), so errors stay out altogether: here `log` stands above `error`, below `fatal`.
CONFIGURATION = """
listen_addresses = ''
unix_socket_permissions = 0700
password_encryption = 'scram-sha-256'
timezone = 'Asia/Shanghai'
log_timezone = 'Asia/Shanghai'
log_min_messages = log
log_min_error_statement = panic
log_error_verbosity = terse
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
idle_in_transaction_session_timeout = '10min'
"""


@dataclass(frozen=True)
class Cluster:
    """The embedded server's files under the data folder."""

    home: Path

    @property
    def keys(self) -> Path:
        return self.home / "keys"

    @property
    def base(self) -> Path:
        return self.home / "postgres"

    @property
    def data(self) -> Path:
        return self.base / "data"

    @property
    def log(self) -> Path:
        return self.base / "server.log"

    @property
    def sockets(self) -> Path:
        """The socket folder; in the temporary folder when the path is longer than a Unix socket can have."""
        inside = self.base / "run"
        if len(os.fsencode(inside / f".s.PGSQL.{PORT}")) <= SOCKET_PATH_LIMIT:
            return inside
        return Path("/tmp") / f"doudi-{hashlib.sha256(os.fsencode(self.home)).hexdigest()[:16]}"

    def password(self, role: str) -> str:
        """The role's password, made on first use and kept with the keys."""
        return secret(self.keys, f"database-{role}").hex()

    def connection(self, role: str, database: str = DATABASE) -> dict[str, Any]:
        """Keyword arguments for `psycopg.connect` as one of ADMIN, OWNER, WEB."""
        at = {"host": str(self.sockets), "port": PORT, "dbname": database}
        return {**at, "user": role, "password": self.password(role)}


def ensure_running(home: Path, settings: Mapping[str, str] | None = None) -> bool:
    """Starts the embedded server of this data folder, making it on first use; True if this call started it.

    Waits up to 300 s for crash recovery. `settings`: server settings for this start. Raises PostgresProblem.
    """
    cluster = Cluster(make_folder(home))
    with (home / "postgres.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two commands at the same moment start one server
        programs = programs_for(home, cluster.data)
        _own_folders(cluster, programs)
        if not (cluster.data / "PG_VERSION").exists():
            _initialise(cluster, programs)
        started = _start_unless_answering(cluster, programs, settings or {})
        _make_roles(cluster)
        return started


def keep_running(home: Path, every: float, over: Event) -> bool:
    """Starts the embedded server again whenever it does not answer, until `over`; True if it ever had to."""
    again, cluster = False, Cluster(home)
    while not over.wait(every):
        with suppress(PostgresProblem, OSError):  # the next round tries again
            again |= not _answers(cluster) and ensure_running(home)
    return again


def stop(home: Path) -> None:
    """Stops the embedded server, ending open sessions (`fast`). Does nothing when it is not running."""
    data = Cluster(home).data
    if (data / "postmaster.pid").exists():
        programs_for(home, data).run("pg_ctl", "-D", data, "stop", "-m", "fast", "-w", "-t", "60")


@contextmanager
def running(home: Path, settings: Mapping[str, str] | None = None) -> Iterator[Cluster]:
    """The embedded server for the length of a block; stopped afterwards only if this block started it."""
    started_here = ensure_running(home, settings)
    try:
        yield Cluster(home)
    finally:
        if started_here:
            stop(home)


def _own_folders(cluster: Cluster, programs: Programs) -> None:
    owner = programs.account.pw_uid if programs.account else os.geteuid()
    for folder in (cluster.base, cluster.sockets):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if folder.stat().st_uid not in (owner, os.geteuid()):
            raise PostgresProblem(
                f"文件夹 {folder} 属于别的用户，数据库不能使用。请删除它或更换 DOUDI_HOME。"
            )
        os.chown(folder, owner, -1)
        folder.chmod(0o700)


def _initialise(cluster: Cluster, programs: Programs) -> None:
    making, password = cluster.base / "making", cluster.base / "password"
    for half in (
        making,
        cluster.data,
    ):  # a first start that was killed half way: no PG_VERSION, hence no data
        shutil.rmtree(half, ignore_errors=True)
    password.write_text(cluster.password(ADMIN) + "\n", encoding="ascii")
    os.chown(password, cluster.base.stat().st_uid, -1)
    try:
        result = programs.run("initdb", "-D", making, f"--pwfile={password}", *INITDB)
    finally:
        password.unlink()
    if result.returncode != 0:
        raise PostgresProblem(f"数据库初始化失败（{making}）：{(result.stderr or result.stdout).strip()}")
    with (making / "postgresql.conf").open("a", encoding="utf-8") as file:
        file.write(CONFIGURATION)
    making.rename(cluster.data)


def _start_unless_answering(cluster: Cluster, programs: Programs, settings: Mapping[str, str]) -> bool:
    deadline = time.monotonic() + RECOVERY_SECONDS
    started = False
    while not _answers(cluster):
        # `pg_ctl status` alone would believe a process that was killed a moment ago, or another one that has
        # since been given its number; a server that is recovering is alive but does not answer yet.
        dead = programs.run("pg_ctl", "-D", cluster.data, "status").returncode != 0
        if dead or _forget_dead_server(cluster):
            _start(cluster, programs, settings, deadline)
            started = True
        elif time.monotonic() > deadline:
            raise PostgresProblem(
                f"数据库进程还在，但 {RECOVERY_SECONDS} 秒没有应答。请查看日志 {cluster.log}。"
            )
        time.sleep(0.05)
    return started


def _answers(cluster: Cluster) -> bool:
    try:
        psycopg.connect(**cluster.connection(ADMIN, "postgres"), connect_timeout=10).close()
    except psycopg.OperationalError as refused:
        if "password" in str(refused):
            raise PostgresProblem(
                f"数据库不认 {cluster.keys} 里的口令：密钥文件夹与数据文件夹不是同一套。"
                "请从备份恢复与数据相配的 keys 文件夹。"
            ) from None
        return False
    return True


def _forget_dead_server(cluster: Cluster) -> bool:
    lock = cluster.data / "postmaster.pid"
    if not lock.exists():
        return True
    alive = _is_postgres(lock.read_text(encoding="utf-8").split("\n", 1)[0])
    if not alive:
        lock.unlink(missing_ok=True)
        (cluster.sockets / f".s.PGSQL.{PORT}.lock").unlink(missing_ok=True)
    return not alive


def _is_postgres(number: str) -> bool:
    if Path("/proc/self/stat").exists():
        status = Path("/proc") / number / "stat"
        said = status.read_text(encoding="utf-8", errors="replace") if status.exists() else ""
        return "(postgres)" in said and ") Z" not in said  # Z: killed, but its parent has not noticed yet
    process = ["ps", "-o", "comm=", "-p", number]
    return "postgres" in subprocess.run(process, capture_output=True, text=True, check=False).stdout


def _start(cluster: Cluster, programs: Programs, settings: Mapping[str, str], deadline: float) -> None:
    options = ["-k", str(cluster.sockets), "-p", str(PORT)]
    options += [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    how = ("-D", cluster.data, "-l", cluster.log, "-o", shlex.join(options), "-w", "-t")
    while True:
        seen = cluster.log.stat().st_size if cluster.log.exists() else 0
        left = str(max(1, int(deadline - time.monotonic())))
        if programs.run("pg_ctl", "start", *how, left).returncode == 0:
            return
        log = cluster.log.read_bytes() if cluster.log.exists() else b""
        said = log[seen:].decode("utf-8", "replace").strip()
        # After kill -9 of the server its children need a moment to notice; till then its memory is in use.
        if "shared memory" not in said or time.monotonic() > deadline:
            raise PostgresProblem(f"数据库没有启动。日志 {cluster.log} 的最后几行：\n{said[-1500:]}")
        time.sleep(0.2)


def _make_roles(cluster: Cluster) -> None:
    """The owner (migrations) and the web role (every request): neither is superuser, only one owns tables."""
    with psycopg.connect(**cluster.connection(ADMIN, "postgres"), autocommit=True) as admin:
        for role in (OWNER, WEB):
            if admin.execute("select from pg_roles where rolname = %s", [role]).fetchone() is None:
                admin.execute(
                    sql.SQL(
                        "create role {} login nosuperuser nobypassrls nocreatedb nocreaterole password {}"
                    ).format(sql.Identifier(role), sql.Literal(cluster.password(role)))
                )
        if admin.execute("select from pg_database where datname = %s", [DATABASE]).fetchone() is None:
            admin.execute(f"create database {DATABASE} owner {OWNER} template template0 encoding 'UTF8'")
        admin.execute(f"revoke all on database {DATABASE} from public")
        admin.execute(f"grant connect on database {DATABASE} to {WEB}")
