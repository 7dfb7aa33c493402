"""Offices, emergency looks and audit rows in somebody else's name are refused to the web role's own statements."""

from django.db import migrations

from doudi.office.rowsecurity import as_web_role

JOB = """coalesce(current_setting('app.officer', true), '') = ''
            and coalesce(current_setting('app.department', true), '') = '*'"""
OWNER = "pg_has_role(current_user, (select relowner from pg_class where oid = tg_relid), 'member')"
ME = "nullif(current_setting('app.officer', true), '')::uuid"
# An office is made with the first role in it, by the administrator over the place. A look is one's own, a few
# hours long; it is ended, never taken out. Whoever signs in has no scope: the row then names the officer who is
# being let in, or nobody; inside a scope it names that officer or, for a refusal, nobody.
GUARD = f"""
create function office_guard_department() returns trigger language plpgsql set search_path = public as $$
begin
    if {OWNER} or ({JOB}) or exists (
        select from office_rolegrant a where a.officer_id = {ME} and a.role = 'administrator'
            and a.from_day <= (now() at time zone 'Asia/Shanghai')::date
            and (a.until_day is null or a.until_day > (now() at time zone 'Asia/Shanghai')::date)
            and starts_with(new.region_code, a.region_id)) then
        return new;
    end if;
    raise exception 'not this officer''s office to make' using errcode = 'insufficient_privilege';
end $$;
create trigger department_guarded before insert on office_department
    for each row execute function office_guard_department();
create function office_guard_emergency() returns trigger language plpgsql set search_path = public as $$
begin
    if {OWNER} or (new.officer_id = {ME} and new.ends_at <= now() + interval '4 hours 10 minutes'
        and (tg_op = 'INSERT' or new.ends_at <= old.ends_at)) then
        return new;
    end if;
    raise exception 'not this officer''s look to open' using errcode = 'insufficient_privilege';
end $$;
create trigger emergency_guarded before insert or update on office_emergencyaccess
    for each row execute function office_guard_emergency();
alter policy audit_append on office_auditentry with check (
    (select nullif(current_setting('app.officer', true), '')) is null
    or officer is null or officer = (select {ME}));
"""
BACK = """
alter policy audit_append on office_auditentry with check (true);
drop trigger emergency_guarded on office_emergencyaccess;
drop function office_guard_emergency();
drop trigger department_guarded on office_department;
drop function office_guard_department();
"""


class Migration(migrations.Migration):
    dependencies = (("office", "0009_keys_are_compared"),)
    operations = (
        migrations.RunSQL(GUARD, BACK),
        as_web_role("revoke update, delete, truncate on office_emergencyaccess from {web}"),
        as_web_role("grant update (ends_at) on office_emergencyaccess to {web}"),
    )
