"""What is typed into a form and not sent waits sealed for a day: its officer's alone, under row security."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import doudi.office.fields
import doudi.office.scope
from doudi.office.rowsecurity import EVERY_OFFICE, enable_rls, only_writers, region_condition

# A job, which acts for no officer and for every office, removes what is a day old and changes keys.
_OFFICER, _OFFICE = (f"(select current_setting('app.{one}', true))" for one in ("officer", "department"))
OWN = f"(officer_id::text = {_OFFICER} or ({_OFFICER} = '' and {_OFFICE} = '{EVERY_OFFICE}'))"
BOTH = f"{region_condition('region_code')} and {OWN}"
NARROW = f"alter policy region_scope on registry_draft using ({BOTH}) with check ({BOTH})"


class Migration(migrations.Migration):
    dependencies = (("registry", "0006_who_writes"), ("office", "0010_statements_of_the_web_role"))
    operations = (
        migrations.CreateModel(
            name="Draft",
            fields=[
                ("id", models.UUIDField(
                    default=doudi.office.fields.new_id, editable=False, primary_key=True, serialize=False
                )),
                ("region_code", doudi.office.scope.RegionField()),
                ("kind", models.CharField(max_length=10, verbose_name="事项")),
                ("household", models.UUIDField(null=True)),
                ("about", models.UUIDField(null=True)),
                ("typed", doudi.office.fields.EncryptedField(purpose="draft", verbose_name="填写")),
                ("kept_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("officer", models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+", to="office.officer"
                )),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "indexes": [models.Index(fields=["kept_at"], name="registry_draft_kept")],
            },
        ),
        enable_rls("registry_draft"),
        migrations.RunSQL(NARROW, migrations.RunSQL.noop),
        only_writers("registry_draft", "asks"),
    )
