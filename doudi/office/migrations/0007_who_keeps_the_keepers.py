"""Accounts of who keeps accounts or reads traces are another's to keep; offices and regions stay as they are."""

from django.db import migrations, models

from doudi.office.rowsecurity import as_web_role

TODAY = "(now() at time zone 'Asia/Shanghai')::date"
JOB = """coalesce(current_setting('app.officer', true), '') = ''
            and coalesce(current_setting('app.department', true), '') = '*'"""
OWNER = "pg_has_role(current_user, (select relowner from pg_class where oid = tg_relid), 'member')"
# An account with such a role, not over, is changed by an administrator of a longer reach only: the level above.
ABOVE = f"""
create or replace function office_keeps_keeper(account uuid) returns boolean
language sql stable set search_path = public as $$
    select {JOB} or not exists (
        select from office_rolegrant g where g.officer_id = account and g.role in ('administrator', 'auditor')
            and (g.until_day is null or g.until_day > {TODAY})
            and not exists (
                select from office_rolegrant a
                where a.officer_id = nullif(current_setting('app.officer', true), '')::uuid
                    and a.role = 'administrator' and length(a.region_id) < length(g.region_id)
                    and a.from_day <= {TODAY} and (a.until_day is null or a.until_day > {TODAY})
                    and starts_with(g.region_id, a.region_id)))
$$;
create or replace function office_guard_officer() returns trigger
language plpgsql set search_path = public as $$
begin
    if {OWNER} then
        return new;
    elsif tg_op = 'UPDATE' and new.id::text = current_setting('app.officer', true) then
        if new.suspended = old.suspended and (not old.totp_confirmed
            or (new.totp_confirmed and new.totp_key is not distinct from old.totp_key)) then
            return new;
        end if;
    elsif office_administers(new.id, null) and office_keeps_keeper(new.id) then
        return new;
    end if;
    raise exception 'not this officer''s account to change' using errcode = 'insufficient_privilege';
end $$;
create or replace function office_guard_grant() returns trigger
language plpgsql set search_path = public as $$
begin
    if {OWNER} or (office_administers(new.officer_id, new.region_id)
        and (tg_op = 'INSERT' or office_keeps_keeper(new.officer_id))
        and ({JOB} or tg_op = 'UPDATE' or not exists (
            select from office_rolegrant g where g.officer_id = new.officer_id and g.role <> new.role
                and (g.role in ('administrator', 'auditor') or new.role in ('administrator', 'auditor'))
                and (g.until_day is null or g.until_day > new.from_day)))) then
        return new;
    end if;
    raise exception 'not this officer''s role to give or end' using errcode = 'insufficient_privilege';
end $$;
create function office_guard_region() returns trigger language plpgsql set search_path = public as $$
begin
    if {OWNER} or ({JOB}) then
        return new;
    end if;
    raise exception 'not this officer''s region to change' using errcode = 'insufficient_privilege';
end $$;
create trigger region_guarded before insert or update on office_region
    for each row execute function office_guard_region();
"""
BACK = f"""
drop trigger region_guarded on office_region;
drop function office_guard_region();
create or replace function office_guard_grant() returns trigger
language plpgsql set search_path = public as $$
begin
    if {OWNER} or office_administers(new.officer_id, new.region_id) then
        return new;
    end if;
    raise exception 'not this officer''s role to give or end' using errcode = 'insufficient_privilege';
end $$;
create or replace function office_keeps_keeper(account uuid) returns boolean
language sql stable as 'select true';
"""


class Migration(migrations.Migration):
    dependencies = (("office", "0006_audit_offset"),)
    operations = (
        migrations.AlterField("auditentry", "purpose", models.CharField(max_length=640)),
        migrations.RunSQL(ABOVE, BACK),
        # A department's kind says whose lists and answers an officer sees: an office is named once.
        as_web_role("revoke update, delete, truncate on office_department from {web}"),
        as_web_role("revoke delete, truncate on office_region from {web}"),
    )
