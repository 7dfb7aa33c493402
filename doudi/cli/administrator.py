"""`doudi administrator`: who keeps the accounts or reads the traces, let in or shut out from the server."""

import argparse
import importlib

from django.db import Error, connections
from django.utils import timezone

from doudi.cli import Exit, Refusal
from doudi.office.home import data_folder
from doudi.office.postgres import stop
from doudi.office.programs import PostgresProblem
from doudi.settings import boot

OWNS = """select pg_has_role(current_user, relowner, 'member')
from pg_class where oid = 'office_officer'::regclass"""


TOLD = (
    "只显示这一次，24 小时内只能用一次：登录时绑定手机，并设定自己的口令。已留痕。\n"
    "绑定以后，请本人当面读出页面上的 6 位核对码，再运行：doudi administrator {} --check 核对码"
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """A sign-in name: a new start password; or somebody new, shut out, or a bound phone checked."""
    parser.add_argument("name", metavar="登录名", help="系统管理员或审计监督的登录名")
    parser.add_argument(
        "--suspend", action="store_true", help="停用这个账号（调离、停职；没有上级系统管理员时）"
    )
    parser.add_argument("--check", metavar="核对码", help="核对绑定的手机是本人的（本人当面读出）")
    parser.add_argument("--reason", metavar="理由", default="由服务器保管人在服务器上办理", help="写进留痕")
    parser.add_argument(
        "--appoint", metavar="姓名", help="任命一位新的系统管理员（首次使用，或没有一位在任）"
    )
    parser.add_argument("--region", metavar="区划代码", help="任命在哪个县（6 位）或市（4 位）")
    parser.add_argument("--department", metavar="部门", default="CCA", help="CCA 民政（默认）、CAG、JOINT")


def run(args: argparse.Namespace) -> int:
    """0 when it is done; a start password is printed here and stands nowhere else."""
    try:
        started = boot.prepare(migrate=False)
    except (PostgresProblem, ValueError) as problem:
        raise Refusal(str(problem), Exit.NOT_READY) from None
    try:
        with connections["owner"].cursor() as cursor:
            cursor.execute(OWNS)
            if cursor.fetchone() != (True,):
                raise Refusal("这里只有网页用户的数据库权限。请在服务器上设好 DATABASE_OWNER_URL 再运行。")
        print(_let_in(args))
        return Exit.OK
    except Error as problem:
        raise Refusal(
            f"数据库报错：{type(problem).__name__}。请先运行 doudi doctor。", Exit.NOT_READY
        ) from None
    finally:
        connections.close_all()
        if started:
            stop(data_folder())


def _let_in(args: argparse.Namespace) -> str:
    accounts = importlib.import_module("doudi.office.appointments")  # late: models exist after `prepare`
    scope = importlib.import_module("doudi.office.scope")
    try:
        if args.appoint:
            if not args.region:
                raise Refusal("请用 --region 写明在哪个县（6 位区划代码）或市（4 位）。", Exit.USAGE)
            post = accounts.Post("administrator", args.region, timezone.localdate(), kind=args.department)
            by = scope.Scope(region=args.region, role="system", origin="doudi administrator")
            _, start = accounts.appoint_officer(
                by=by, sign_in_name=args.name, name=args.appoint, post=post, reason=args.reason
            )
        else:
            place, officer = accounts.keeper_named(args.name)
            by = scope.Scope(region=place, role="system", origin="doudi administrator")
            if args.suspend:
                accounts.suspend_officer(by=by, officer=officer, reason=args.reason)
                return f"登录名 {args.name} 已停用，正在使用的页面马上退出。已留痕。"
            if args.check:
                accounts.check_binding(by=by, officer=officer, number=args.check, reason=args.reason)
                return f"登录名 {args.name} 的手机绑定已核对，可以登录。已留痕。"
            start = accounts.reset_sign_in(by=by, officer=officer, reason=args.reason)
    except (accounts.Refused, ValueError) as refused:
        raise Refusal(str(refused)) from None
    return f"登录名 {args.name}，起始口令 {start}\n{TOLD.format(args.name)}"
