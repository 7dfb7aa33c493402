"""Whom of the register a list names; and who of them is registered elsewhere in the county."""

import django.db.models.deletion
from django.db import migrations, models

from doudi.intake.models import OUTCOMES
from doudi.office.rowsecurity import enable_rls
from doudi.office.scope import RegionField


class Migration(migrations.Migration):
    dependencies = (("intake", "0006_village"),)
    operations = (
        migrations.CreateModel(
            name="ImportPerson",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "person", "batch_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("person", models.UUIDField()),
                ("region_code", RegionField()),
                (
                    "batch",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="intake.importbatch",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        enable_rls("intake_importperson"),
        migrations.AlterField(
            "importrow",
            "outcome",
            models.CharField("结果", blank=True, choices=list(OUTCOMES.items()), max_length=10),
        ),
    )
