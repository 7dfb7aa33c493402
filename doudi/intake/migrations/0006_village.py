"""Where rows belong that name no village: a township's clerk may choose one for the whole list."""

from django.db import migrations

from doudi.office.scope import RegionField


class Migration(migrations.Migration):
    dependencies = (("intake", "0005_two_officers"),)
    operations = (
        migrations.AddField(
            "importbatch", "village", RegionField("没写村（社区）的归到", blank=True, default="")
        ),
    )
