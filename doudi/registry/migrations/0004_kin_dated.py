"""A filing of an official's kin is dated and known like the rest; the list of what somebody decided has an index."""

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("registry", "0003_undone_family"),)
    operations = (
        migrations.RenameField("nearrelative", "filed_on", "from_day"),
        migrations.RemoveField("nearrelative", "filed_by"),
        migrations.AddField(
            "nearrelative", "known_from", models.DateTimeField(default=django.utils.timezone.now)
        ),
        migrations.AddField("nearrelative", "known_until", models.DateTimeField(null=True)),
        migrations.AddIndex(
            "changerequest", models.Index(fields=["decided_by", "decided_at"], name="registry_request_done")
        ),
    )
