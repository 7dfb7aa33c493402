"""A batch and its rows belong to the department that sent them; who took one out again is kept."""

import django.db.models.deletion
from django.db import migrations, models

from doudi.office.rowsecurity import narrow_rls

TABLES = ("importbatch", "importrow")
_OWNERS = """
alter table intake_importbatch no force row level security;
alter table intake_importrow no force row level security;
update intake_importbatch b set department = coalesce((
    select d.kind from office_rolegrant g join office_department d on d.id = g.department_id
    where g.officer_id = b.received_by_id and g.region_id = b.region_code
      and g.role in ('township_clerk', 'county_handler', 'liaison')
    order by g.from_day desc, g.id limit 1), '');
update intake_importrow r set department = b.department from intake_importbatch b where b.id = r.batch_id;
alter table intake_importbatch force row level security;
alter table intake_importrow force row level security;
"""


class Migration(migrations.Migration):
    dependencies = (("intake", "0001_initial"), ("office", "0002_guessing_address"))
    operations = (
        *(
            migrations.AddField(
                table, "department", models.CharField("部门类别", blank=True, default="", max_length=12), False
            )
            for table in TABLES
        ),
        migrations.AddField("importbatch", "undone_at", models.DateTimeField(null=True)),
        migrations.AddField(
            "importbatch",
            "undone_by",
            models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="office.officer"
            ),
        ),
        migrations.RunSQL(_OWNERS, migrations.RunSQL.noop),
        *(narrow_rls(f"intake_{table}") for table in TABLES),
    )
