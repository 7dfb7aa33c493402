"""The policies read the scope's settings once a statement, not once a row; see `rowsecurity`."""

from typing import Any

from django.db import migrations

FIND = "select tablename, policyname, qual, with_check from pg_policies where schemaname = current_schema()"
REGION = "COALESCE(NULLIF(current_setting('app.region'::text, true), ''::text), '~'::text)"
OFFICE = "current_setting('app.department'::text, true)"


def once(condition: str) -> str:
    """The condition with each setting as a query of its own; one that has such queries already stays."""
    if "SELECT" in condition.upper():
        return condition
    for setting in (REGION, OFFICE):
        condition = condition.replace(setting, f"(select {setting})")
    return condition


def renew(state: Any, schema_editor: Any) -> None:
    """Tables made by later migrations have such policies from the start."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(FIND)
        for table, policy, using, check in cursor.fetchall():
            parts = [("using", using), ("with check", check)]
            for word, condition in parts:
                if condition and once(condition) != condition:
                    cursor.execute(f'alter policy "{policy}" on "{table}" {word} ({once(condition)})')


class Migration(migrations.Migration):
    dependencies = [("office", "0004_accounts_are_guarded")]
    operations = [migrations.RunPython(renew, migrations.RunPython.noop)]
