"""Whoever sent a list does not confirm it, too."""

from django.db import migrations, models
from django.db.models import F, Q

# A list its own sender confirmed before this rule: not yet taken in, it waits for another officer again; taken
# in, the batch no longer names who confirmed it. The audit (import_confirmed) still does.
_EARLIER = """
alter table intake_importbatch no force row level security;
update intake_importbatch set state = 'COMPARED', confirmed_at = null
    where state = 'CONFIRMED' and confirmed_by_id = received_by_id;
update intake_importbatch set confirmed_by_id = null where confirmed_by_id = received_by_id;
alter table intake_importbatch force row level security;
"""


class Migration(migrations.Migration):
    dependencies = (("intake", "0004_set_aside"),)
    operations = (
        migrations.RunSQL(_EARLIER, migrations.RunSQL.noop),
        migrations.AddConstraint(
            "importbatch",
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("received_by")),
                name="intake_two_officers",
            ),
        ),
    )
