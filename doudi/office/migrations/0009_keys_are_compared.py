"""A known text under the keys of this database: another key folder is told before anything is written with it."""

import doudi.office.fields
from django.db import migrations, models

from doudi.office.rowsecurity import as_web_role


class Migration(migrations.Migration):
    dependencies = (("office", "0008_whose_phone_it_is"),)
    operations = (
        migrations.CreateModel(
            name="KeyCheck",
            fields=[
                ("id", models.UUIDField(default=doudi.office.fields.new_id, editable=False, primary_key=True, serialize=False)),
                ("sealed", doudi.office.fields.EncryptedField(purpose="key-check")),
                ("index", models.BinaryField()),
            ],
        ),
        # The web role reads it, and seals it anew when keys are changed (`doudi keys rotate`).
        as_web_role("revoke insert, update, delete, truncate on office_keycheck from {web}"),
        as_web_role("grant update (sealed) on office_keycheck to {web}"),
    )
