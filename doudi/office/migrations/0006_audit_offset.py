"""Transaction numbers of the audit go on after a logical restore: `chain.go_on_after_restore` raises the offset."""

from django.db import migrations

OFFSET = """
create function office_audit_offset() returns bigint language sql stable as 'select 0::bigint';
alter table office_auditentry alter column xid
    set default (pg_current_xact_id()::text)::bigint + office_audit_offset();
"""
BACK = """
alter table office_auditentry alter column xid set default (pg_current_xact_id()::text)::bigint;
drop function office_audit_offset();
"""


class Migration(migrations.Migration):
    dependencies = (("office", "0005_settings_read_once"),)
    operations = (migrations.RunSQL(OFFSET, BACK),)
