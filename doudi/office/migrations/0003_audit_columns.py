"""Number, moment and transaction of an audit entry are the database's to say, never the web server's."""

from django.db import migrations

from doudi.office.rowsecurity import as_web_role

COLUMNS = "officer, role, region_code, verb, subject, purpose, detail, origin"


class Migration(migrations.Migration):
    dependencies = (("office", "0002_guessing_address"),)
    operations = (
        as_web_role("revoke insert on office_auditentry from {web}"),
        as_web_role(f"grant insert ({COLUMNS}) on office_auditentry to {{web}}"),
    )
