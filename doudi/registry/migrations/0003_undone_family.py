"""A request that changed nothing may outlive its family, when the batch that brought the family is undone."""

from django.db import migrations

_FINAL = """
drop trigger registry_request_final on registry_changerequest;
create trigger registry_request_final before update of
    kind, day, state, proposed_by_id, decided_by_id, decided_at, answer on registry_changerequest
    for each row when (old.state <> 'PROPOSED') execute function registry_refuse_change();
create trigger registry_request_family before update of household_id on registry_changerequest
    for each row when (old.state <> 'PROPOSED'
        and not (old.state in ('WITHDRAWN', 'REJECTED') and new.household_id is null))
    execute function registry_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = (("registry", "0002_asked_once"),)
    operations = (migrations.RunSQL(_FINAL, migrations.RunSQL.noop),)
