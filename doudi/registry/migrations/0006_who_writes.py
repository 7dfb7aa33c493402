"""Who only reads, writes nothing here."""

from django.db import migrations

from doudi.office.rowsecurity import only_writers

REGISTER = (
    "household", "person", "nametoken", "membership", "statement", "externalstatus", "obligor", "nearrelative",
)


class Migration(migrations.Migration):
    dependencies = (("registry", "0005_points_for_ranges"), ("office", "0008_whose_phone_it_is"))
    operations = (
        *(only_writers(f"registry_{table}", "register") for table in REGISTER),
        only_writers("registry_changerequest", "asks"),
    )
