"""A batch that cannot be worked is set aside; its tries are counted. One that nobody wants is put away."""

from django.db import migrations, models

from doudi.intake.models import STATES


class Migration(migrations.Migration):
    dependencies = (("intake", "0003_differs"),)
    operations = (
        migrations.AddField(
            "importbatch", "tries", models.PositiveSmallIntegerField("这一步试过几次", default=0)
        ),
        migrations.AlterField(
            "importbatch",
            "state",
            models.CharField("状态", choices=list(STATES.items()), default="RECEIVED", max_length=10),
        ),
    )
