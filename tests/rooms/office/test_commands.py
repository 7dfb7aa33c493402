"""`doudi doctor` and `doudi audit`, run as an administrator runs them."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
import pytest
from django.conf import settings as installed
from django.db import connections
from django.utils import timezone

from doudi.cli import Exit
from doudi.cli.doctor import why_not_connected
from doudi.cli.main import main
from doudi.office import audit, scope
from doudi.office.actions import check_number, new_totp_key
from doudi.office.appointments import Post, appoint_officer
from doudi.office.crypto import blind_index
from doudi.office.models import Officer
from doudi.office.postgres import OWNER, WEB, Cluster
from doudi.office.scope import Scope
from tests.rooms import people

BY = Scope(region="520281104", role="township_clerk")


class Answer(NamedTuple):
    """What a command printed and how it ended."""

    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def doudi(
    committed_db: None, tmp_path: Path, settings: Any, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Answer]:
    """The command on the tests' own server, which is found running and left running.

    In this process; in one of its own when the environment matters.
    """
    settings.OFFICE_ANCHOR = tmp_path / "anchor"

    def run(*arguments: str, **environment: str) -> Answer:
        connections.close_all()
        if not environment:
            return Answer(main(arguments), *capsys.readouterr())
        done = subprocess.run(
            [sys.executable, "-W", "error", "-m", "doudi", *arguments],
            env={
                **os.environ,
                "DJANGO_SETTINGS_MODULE": "doudi.settings.base",
                "DOUDI_ANCHOR": str(tmp_path / "anchor"),
                **environment,
            },
            capture_output=True,
            text=True,
            check=False,
        )
        return Answer(done.returncode, done.stdout, done.stderr)

    return run


def three_entries() -> None:
    with scope.active(BY):
        for number in range(3):
            audit.record(by=BY, verb="viewed", subject=f"person:{number}")


def test_doctor_finds_nothing_wrong(doudi: Callable[..., Answer]) -> None:
    found = doudi("doctor")
    assert (found.returncode, found.stderr) == (Exit.OK, "")
    for part in (
        "国密 SM4-GCM、HMAC-SM3 可用",
        "数据库结构是最新的",
        "网页用户没有越权",
        "还没有载入区划",
        "可以使用。",
    ):
        assert part in found.stdout


def test_doctor_changes_nothing(doudi: Callable[..., Answer], tmp_path: Path) -> None:
    found = doudi("doctor", DOUDI_HOME=str(tmp_path / "new"))
    assert found.returncode == Exit.OK
    assert "还没有建立" in found.stdout
    assert not (tmp_path / "new").exists()


def test_doctor_names_a_folder_that_cannot_be(doudi: Callable[..., Answer], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for home in (tmp_path / "file", tmp_path / "file" / "below"):
        found = doudi("doctor", DOUDI_HOME=str(home))
        assert found.returncode == Exit.NOT_READY
        assert "不能建立或写入：请核对 DOUDI_HOME" in found.stdout


def test_doctor_names_a_slip_in_the_county_s_values(doudi: Callable[..., Answer], tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text("this is [broken", "utf-8")
    found = doudi("doctor", DOUDI_VALUES=str(tmp_path))
    assert found.returncode == Exit.NOT_READY
    assert "县里的政策数值文件有误：" in found.stdout
    assert "own.toml" in found.stdout


def test_doctor_names_the_owner_s_address_that_is_missing(doudi: Callable[..., Answer]) -> None:
    web = installed.DATABASES["default"]
    address = f"postgresql://{web['USER']}:{web['PASSWORD']}@/{web['NAME']}?host={web['HOST']}"
    found = doudi("doctor", DATABASE_URL=address)
    assert found.returncode == Exit.NOT_READY
    assert "请设好 DATABASE_OWNER_URL" in found.stdout
    assert "permission denied" not in found.stdout


def test_doctor_names_a_bad_anchor(doudi: Callable[..., Answer], tmp_path: Path) -> None:
    three_entries()
    assert doudi("audit", "seal").returncode == Exit.OK
    with next((tmp_path / "anchor").glob("*.jsonl")).open("a") as file:
        file.write("garbage\n")
    found = doudi("doctor")
    assert found.returncode == Exit.NOT_READY
    assert "第 2 行不是锚点记录，不能判断留痕有没有改动" in found.stdout


def test_an_officer_renamed_in_the_database_is_found(
    doudi: Callable[..., Answer], admin: psycopg.Connection
) -> None:
    people.a_small_country()
    post = Post("township_clerk", people.TOWNSHIP, timezone.localdate())
    keeper = people.an_administrator()
    appoint_officer(by=keeper, sign_in_name="clerk001", name="王老五", post=post, reason="新任经办人")
    assert doudi("audit", "seal").returncode == Exit.OK
    assert doudi("audit", "verify").returncode == Exit.OK
    admin.execute("update office_officer set name = '赵六' where sign_in_name = 'clerk001'")
    found = doudi("audit", "verify")
    assert found.returncode == Exit.TAMPERED
    assert "现名“赵六”（登录名 clerk001），任命时的留痕是“王老五”" in found.stdout


def test_doctor_names_open_keys(doudi: Callable[..., Answer]) -> None:
    key = installed.DOUDI_HOME / "keys" / "session-signing"
    key.chmod(0o644)
    try:
        found = doudi("doctor")
    finally:
        key.chmod(0o600)
    assert found.returncode == Exit.NOT_READY
    assert f"密钥对本机其他用户开放：{key}" in found.stdout


def test_doctor_names_an_unsafe_role(doudi: Callable[..., Answer], rls_off: None) -> None:
    found = doudi("doctor")
    assert found.returncode == Exit.NOT_READY
    assert "可绕过行级权限" in found.stdout


def test_doctor_names_an_old_schema(doudi: Callable[..., Answer], admin: psycopg.Connection) -> None:
    admin.execute("delete from django_migrations where app = 'sessions'")
    try:
        found = doudi("doctor")
    finally:
        admin.execute(
            "insert into django_migrations (app, name, applied) values ('sessions', '0001_initial', now())"
        )
    assert found.returncode == Exit.NOT_READY
    assert "数据库结构落后 1 步" in found.stdout


def test_doctor_names_entries_nobody_seals(
    doudi: Callable[..., Answer], admin: psycopg.Connection, tmp_path: Path
) -> None:
    three_entries()
    admin.execute("set session_replication_role = replica")
    admin.execute("update office_auditentry set at = at - interval '6 minutes'")
    admin.execute("set session_replication_role = origin")
    assert "有 3 条留痕超过 1 分钟没有封存" in doudi("doctor").stdout
    assert "有 3 条留痕超过 1 分钟没有封存" in doudi("audit", "verify").stdout
    assert doudi("audit", "seal").returncode == Exit.OK
    told = doudi("doctor").stdout
    assert "没有封存" not in told
    assert "留痕最近一次封存：20" in told
    next((tmp_path / "anchor").glob("*.jsonl")).unlink()
    found = doudi("doctor")
    assert found.returncode == Exit.NOT_READY
    assert "已封存 3 条，不能判断有没有改动：没有库外锚点" in found.stdout


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("mysql://a:b@127.0.0.1/x", "环境变量 DATABASE_URL 写法不对"),
        ("postgresql://127.0.0.1", "环境变量 DATABASE_URL 写法不对"),
        ("postgresql://a:b@127.0.0.1:1/x", "地址或端口上没有数据库在运行"),
        ("postgresql://a:b@/x?host=/nowhere", "数据库没有在运行，或 DATABASE_URL 里的 host 路径不对"),
    ],
)
def test_doctor_explains_a_wrong_address(doudi: Callable[..., Answer], url: str, words: str) -> None:
    found = doudi("doctor", DATABASE_URL=url)
    assert found.returncode == Exit.NOT_READY
    assert words in found.stdout


def test_doctor_explains_a_server_of_ones_own(doudi: Callable[..., Answer], settings: Any) -> None:
    """DATABASE_URL and DATABASE_OWNER_URL to a server that somebody else runs."""

    def url(role: str, **other: str) -> str:
        at = {**Cluster(settings.DOUDI_HOME).connection(role), **other}
        return f"postgresql://{role}:{at['password']}@/{at['dbname']}?host={at['host']}"

    both = {"DATABASE_URL": url(WEB), "DATABASE_OWNER_URL": url(OWNER)}
    assert doudi("doctor", **both).returncode == Exit.OK
    for wrong, words in (
        ({**both, "DATABASE_URL": url(WEB, password="guess")}, "用户名或口令不对"),
        ({**both, "DATABASE_URL": url(WEB, dbname="nothing")}, "数据库或用户不存在"),
        ({"DATABASE_URL": url(OWNER)}, "是表的所有者"),
    ):
        found = doudi("doctor", **wrong)
        assert found.returncode == Exit.NOT_READY
        assert words in found.stdout


def test_unknown_driver_words_are_passed_on() -> None:
    assert why_not_connected("some\nthing new") == "请把后面的原文交给技术人员。（原文：some thing new）"


def test_audit_verifies_and_finds(doudi: Callable[..., Answer], admin: psycopg.Connection) -> None:
    three_entries()
    assert "已封存 3 条留痕" in doudi("audit", "seal").stdout
    good = doudi("audit", "verify")
    assert (good.returncode, good.stderr) == (Exit.OK, "")
    assert "核验了 3 条留痕，对照 1 个库外锚点。" in good.stdout
    admin.execute("set session_replication_role = replica")
    admin.execute("delete from office_auditentry where id = 3")
    admin.execute("delete from office_auditseal where entry = 3")
    found = doudi("audit", "verify")
    assert found.returncode == Exit.TAMPERED
    assert "[被改动] 库外锚点到第 3 条，现在只有 2 条：末尾的记录被删除" in found.stdout


def test_audit_cannot_tell_without_anchors_that_reach_the_end(
    doudi: Callable[..., Answer], admin: psycopg.Connection, tmp_path: Path
) -> None:
    three_entries()
    doudi("audit", "seal")
    (file,) = (tmp_path / "anchor").glob("*.jsonl")
    early = file.read_text()
    assert "最近一次封存：20" in doudi("audit", "verify").stdout
    three_entries()
    doudi("audit", "seal")
    file.write_text(early)
    short = doudi("audit", "verify")
    assert short.returncode == Exit.NOT_READY
    assert "不能判断：库外锚点只到第 3 条，第 4 至 6 条没有锚点可以对照" in short.stderr
    file.unlink()
    admin.execute("set session_replication_role = replica")
    for table in ("office_auditseal", "office_auditentry"):
        admin.execute(f"delete from {table}")
    emptied = doudi("audit", "verify")
    assert (emptied.returncode, "没有发现改动" in emptied.stdout) == (Exit.NOT_READY, False)
    assert "不能判断：没有库外锚点" in emptied.stderr
    assert "没有封存过" in emptied.stdout
    assert "不能判断有没有改动" in doudi("doctor").stdout


def test_audit_export_is_verified_without_a_database(doudi: Callable[..., Answer], tmp_path: Path) -> None:
    three_entries()
    doudi("audit", "seal")
    file = tmp_path / "audit.jsonl"
    assert "已导出 3 条" in doudi("audit", "export", str(file)).stdout
    assert file.stat().st_mode & 0o777 == 0o600
    assert "无法读写" in doudi("audit", "export", str(file)).stderr
    nowhere = {"DATABASE_URL": "postgresql://a:b@127.0.0.1:1/x"}
    assert doudi("audit", "verify", str(file), **nowhere).returncode == Exit.OK
    without = doudi("audit", "verify", str(file), "--anchor", str(tmp_path / "none"), **nowhere)
    assert (without.returncode, "没有发现改动" in without.stdout) == (Exit.NOT_READY, False)
    assert "不能判断：没有库外锚点" in without.stderr
    file.write_text(file.read_text().replace("person:1", "person:2"))
    assert doudi("audit", "verify", str(file), **nowhere).returncode == Exit.TAMPERED
    file.write_text("not json\n")
    bad = doudi("audit", "verify", str(file), **nowhere)
    assert (bad.returncode, bad.stderr) == (Exit.INPUT_REFUSED, "导出文件第 1 行不是留痕记录\n")


def test_keys_are_changed_while_officers_work(
    doudi: Callable[..., Answer], tmp_path: Path, settings: Any
) -> None:
    keys = tmp_path / "keys"
    settings.OFFICE_KEYS = keys
    people.a_small_country()
    clerk = people.an_officer()
    before = clerk.totp_key.open()
    blind_index("whoever signs in has asked for one", "binding")
    done = doudi("keys", "rotate", DOUDI_KEYS=str(keys))
    assert (done.returncode, done.stderr) == (Exit.OK, "")
    assert "已生成第 2 版密钥" in done.stdout
    assert "已重新加密 1 项" in done.stdout
    assert "已重新加密 0 项" in doudi("keys", "reencrypt", DOUDI_KEYS=str(keys)).stdout
    clerk.refresh_from_db()
    assert clerk.totp_key.ciphertext[0] == 2
    assert clerk.totp_key.open() == before


def test_who_holds_the_server_lets_an_administrator_in(
    doudi: Callable[..., Answer], admin: psycopg.Connection
) -> None:
    blind_index("", "makes its key")  # set-up does; a database of a test has not been set up
    people.a_small_country()
    assert "还没有任何工作人员账号" in doudi("doctor").stdout
    people.an_officer("chief", "county_approver", people.COUNTY)
    assert "没有可以登录的系统管理员" in doudi("doctor").stdout
    nobody = doudi("administrator", "guanli")
    assert (nobody.returncode, nobody.stdout) == (Exit.INPUT_REFUSED, "")
    assert "现在一位也没有，请用 --appoint 任命" in nobody.stderr
    appoint = ("administrator", "guanli", "--appoint", "孙晓东")
    assert doudi(*appoint).returncode == Exit.USAGE
    for wrong, told in (("99", "请从列表里选择"), ("x", "不能作为查看范围"), (people.TOWNSHIP, "级别不对")):
        assert told in doudi(*appoint, "--region", wrong).stderr
    assert "只能设在这些部门" in doudi(*appoint, "--region", people.COUNTY, "--department", "FINANCE").stderr
    made = doudi(*appoint, "--region", people.COUNTY)
    assert (made.returncode, made.stderr) == (Exit.OK, "")
    assert "没有可以登录的系统管理员" in doudi("doctor").stdout  # not before the first sign-in
    again = doudi("administrator", "guanli")
    passwords = {re.search("起始口令 ([a-z0-9-]{14})", answer.stdout)[1] for answer in (made, again)}  # type: ignore[index]
    assert len(passwords) == 2
    assert "在任的有：guanli" in doudi("administrator", "chief").stderr
    rows = admin.execute("select verb, role, origin, purpose from office_auditentry order by id").fetchall()
    told = ("system", "doudi administrator", "由服务器保管人在服务器上办理")
    assert rows == [("appointed", *told), ("granted_role", *told), ("reset_sign_in", *told)]
    auditor = people.an_officer("shenji", "auditor", people.COUNTY)
    assert "起始口令" in doudi("administrator", "shenji").stdout
    auditor.refresh_from_db()
    assert not auditor.totp_confirmed
    assert "登录名 shenji 已停用" in doudi("administrator", "shenji", "--suspend").stdout
    auditor.refresh_from_db()
    assert auditor.suspended
    assert "没有待核对的绑定" in doudi("administrator", "guanli", "--check", "123456").stderr
    with scope.system(people.COUNTY, "test"):
        keeper = Officer.objects.get(sign_in_name="guanli")
        keeper.totp_key, keeper.totp_confirmed = new_totp_key(), True
        keeper.save(update_fields=["totp_key", "totp_confirmed"])
    assert "没有可以登录的系统管理员" in doudi("doctor").stdout  # not before the check either
    assert "核对码不对" in doudi("administrator", "guanli", "--check", "x").stderr
    checked = doudi("administrator", "guanli", "--check", check_number(keeper))
    assert (checked.returncode, "已核对，可以登录" in checked.stdout) == (Exit.OK, True)
    assert "系统管理员" not in doudi("doctor").stdout


def test_the_web_role_alone_lets_nobody_in(doudi: Callable[..., Answer], settings: Any) -> None:
    at = Cluster(settings.DOUDI_HOME).connection(WEB)
    url = f"postgresql://{WEB}:{at['password']}@/{at['dbname']}?host={at['host']}"
    refused = doudi("administrator", "guanli", DATABASE_URL=url)
    assert (refused.returncode, refused.stdout) == (Exit.INPUT_REFUSED, "")
    assert "请在服务器上设好 DATABASE_OWNER_URL" in refused.stderr


def test_audit_refuses_without_a_database(doudi: Callable[..., Answer], tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    found = doudi("audit", "verify", DOUDI_HOME=str(tmp_path / "empty"))
    assert found.returncode == Exit.INPUT_REFUSED
    assert "里还没有数据库" in found.stderr
    assert doudi("audit", "export").returncode == Exit.USAGE
