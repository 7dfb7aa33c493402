"""Row level security for the tables with personal data: migration operations, and the check that they ran."""

from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connections, migrations, models

EVERY_OFFICE = "*"
AUDIT = "office_auditentry"
"""Written by everybody, who only reads most of all: `only_writers` is for every other table."""
# A query of its own is answered once a statement, a bare function once a row. And the planner does not look
# into it: it would plan for the village that asks first, and the county then reads 100,000 rows by that plan.
# "~" sorts after every digit in collation "C": nothing is >= "~", so no setting means no rows (fails closed).
_SETTING = "(select coalesce(nullif(current_setting('app.region', true), ''), '~'))"


def region_condition(column: str) -> str:
    """SQL: the row's region lies in the half-open range of `app.region`."""
    return f'({column} collate "C" >= {_SETTING} and {column} collate "C" < {_SETTING} || \'~\')'


def office_condition(column: str) -> str:
    """SQL: the row is of the department of `app.department`, which may be every one (`scope.offices`)."""
    return f"((select current_setting('app.department', true)) in ({column}, '{EVERY_OFFICE}'))"


def narrow_rls(table: str, office: str = "department", region: str = "region_code") -> migrations.RunSQL:
    """Migration operation: the table's policy asks for the department as well as for the region."""
    both, wide = f"{region_condition(region)} and {office_condition(office)}", region_condition(region)
    alter = f"alter policy region_scope on {table} using ({{0}}) with check ({{0}})"
    return migrations.RunSQL(sql=[alter.format(both)], reverse_sql=[alter.format(wide)])


def only_writers(table: str, kind: str) -> migrations.RunSQL:
    """Migration operation: only scopes that write this kind (`roles.Writes`) write the table's rows."""
    condition = f"(select current_setting('app.writes', true)) like '%{kind}%'"
    asked = {"insert": "with check ({0})", "update": "using ({0}) with check ({0})", "delete": "using ({0})"}
    return migrations.RunSQL(
        sql=[
            f"create policy writers_{verb} on {table} as restrictive for {verb} {words.format(condition)}"
            for verb, words in asked.items()
        ],
        reverse_sql=[f"drop policy writers_{verb} on {table}" for verb in asked],
    )


def enable_rls(table: str, region: str = "region_code") -> migrations.RunSQL:
    """Migration operation: FORCE row level security by region on a table, for reading and for writing."""
    condition = region_condition(region)
    return migrations.RunSQL(
        sql=[
            f"alter table {table} enable row level security",
            f"alter table {table} force row level security",
            f"create policy region_scope on {table} using {condition} with check {condition}",
        ],
        reverse_sql=[
            f"drop policy region_scope on {table}",
            f"alter table {table} no force row level security",
            f"alter table {table} disable row level security",
        ],
    )


def as_web_role(statement: str) -> migrations.RunPython:
    """Migration operation: one statement (a GRANT or REVOKE) with the web role's name in place of `{web}`."""

    def run(state: Any, schema_editor: Any) -> None:
        connection = schema_editor.connection
        web = connection.ops.quote_name(settings.DATABASES["default"]["USER"])
        schema_editor.execute(statement.format(web=web))

    return migrations.RunPython(run, migrations.RunPython.noop)


def personal_models() -> list[type[models.Model]]:
    """Every table with personal data (a `PersonalModel`), in the order of the installed parts."""
    return [model for model in apps.get_models() if hasattr(model, "region_field")]


def unprotected_tables() -> list[str]:
    """Tables with personal data that lack forced row level security, to read or to write. Should be empty."""
    wanted = [model._meta.db_table for model in personal_models()]
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "select relname from pg_class c where relnamespace = current_schema()::regnamespace"
            " and relrowsecurity and relforcerowsecurity and relname = any(%s) and (relname = %s or 3 ="
            " (select count(*) from pg_policy where polrelid = c.oid and not polpermissive))",
            [wanted, AUDIT],
        )
        protected = {name for (name,) in cursor.fetchall()}
    return [table for table in wanted if table not in protected]
