"""Who only reads, writes nothing here; a village visits on leads and sends no lists."""

from django.db import migrations

from doudi.office.rowsecurity import only_writers


class Migration(migrations.Migration):
    dependencies = (("intake", "0007_whom_a_list_names"), ("office", "0008_whose_phone_it_is"))
    operations = (
        *(only_writers(f"intake_{table}", "lists") for table in ("importbatch", "importrow", "importperson")),
        only_writers("intake_lead", "asks"),
    )
