"""A row may tell what only a change request may write: an account, a county's decision."""

from django.db import migrations, models

from doudi.intake.models import OUTCOMES


class Migration(migrations.Migration):
    dependencies = (("intake", "0002_batches_of_an_office"),)
    operations = (
        migrations.AlterField(
            "importrow",
            "outcome",
            models.CharField("结果", blank=True, choices=list(OUTCOMES.items()), max_length=10),
        ),
    )
