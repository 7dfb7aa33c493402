"""An ID number stands once in a county, with the dead, too: who was registered dead in error comes back."""

from django.db import migrations, models
from django.db.models.functions import Left


class Migration(migrations.Migration):
    dependencies = (("registry", "0007_drafts"),)
    operations = (
        migrations.RemoveConstraint(model_name="person", name="registry_person_once"),
        migrations.AddConstraint(
            model_name="person",
            constraint=models.UniqueConstraint(
                models.F("id_index"), Left("region_code", 6), name="registry_person_once"
            ),
        ),
    )
