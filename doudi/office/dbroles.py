"""The role the web server uses must not be able to see past row level security."""

from django.conf import settings
from django.db import connections

from doudi.office.keycheck import problem_of_keys
from doudi.office.rowsecurity import unprotected_tables


class UnsafeRole(RuntimeError):
    """The set-up would show people's data to the wrong officers; the text says in Chinese what to change."""


def problems_of_role() -> list[str]:
    """What is unsafe about the `default` connection's role and tables, in Chinese; empty if it may serve."""
    found = []
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "select current_user, rolsuper, rolbypassrls from pg_roles where rolname = current_user"
        )
        name, superuser, bypass = cursor.fetchone()
        cursor.execute(
            "select count(*) from pg_class where relnamespace = current_schema()::regnamespace"
            " and relkind in ('r', 'p') and pg_has_role(current_user, relowner, 'MEMBER')"
        )
        (owned,) = cursor.fetchone()
    if superuser or bypass:
        found.append(f"网页使用的数据库用户 {name} 是超级用户或可绕过行级权限，请换成普通用户。")
    if owned and not superuser:
        found.append(f"网页使用的数据库用户 {name} 是表的所有者（或其成员），请另建一个只有读写权限的用户。")
    if not settings.OFFICE_ORM_SCOPE:
        found.append("设置 OFFICE_ORM_SCOPE 被关闭，这个开关只供测试使用。")
    missing = unprotected_tables()
    if missing:
        found.append(f"这些含个人信息的表没有行级权限：{'、'.join(missing)}。请先升级数据库。")
    return found


def refuse_unsafe_role() -> None:
    """Raises UnsafeRole unless role and keys may serve, OperationalError when the database is down."""
    found = [*problems_of_role(), *filter(None, [problem_of_keys()])]
    if found:
        raise UnsafeRole("\n".join(found))
