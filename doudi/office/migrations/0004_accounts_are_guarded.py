"""An account is changed by its own officer or by an administrator over it: the database asks, too."""

from django.db import migrations, models

from doudi.office.rowsecurity import as_web_role

OFFICER = "password, totp_key, totp_confirmed, totp_last_step, failures, locked_until, suspended, generation"
TODAY = "(now() at time zone 'Asia/Shanghai')::date"
# A job, or an administrator in force who is not this officer. For a role at a place: the place is within the
# administrator's own. For the account itself (no place): so are all its roles, and it is nobody else's.
GUARD = f"""
create function office_administers(account uuid, place text) returns boolean
language sql stable set search_path = public as $$
    select case when coalesce(current_setting('app.officer', true), '') = ''
        then coalesce(current_setting('app.department', true), '') = '*'
        else exists (
            select from office_rolegrant a
            where a.officer_id = nullif(current_setting('app.officer', true), '')::uuid and a.officer_id <> account
                and a.role = 'administrator'
                and a.from_day <= {TODAY} and (a.until_day is null or a.until_day > {TODAY})
                and (place is null or starts_with(place, a.region_id))
                and (place is not null or not exists (
                    select from office_rolegrant g where g.officer_id = account
                        and not starts_with(g.region_id, a.region_id)
                        and (g.until_day is null or g.until_day > {TODAY} or not exists (
                            select from office_rolegrant h
                            where h.officer_id = account and starts_with(h.region_id, a.region_id)))))
        ) end
$$;
create function office_guard_officer() returns trigger language plpgsql set search_path = public as $$
begin
    if pg_has_role(current_user, (select relowner from pg_class where oid = tg_relid), 'member') then
        return new;
    elsif tg_op = 'UPDATE' and new.id::text = current_setting('app.officer', true) then
        if new.suspended = old.suspended and (not old.totp_confirmed
            or (new.totp_confirmed and new.totp_key is not distinct from old.totp_key)) then
            return new;
        end if;
    elsif office_administers(new.id, null) then
        return new;
    end if;
    raise exception 'not this officer''s account to change' using errcode = 'insufficient_privilege';
end $$;
create function office_guard_grant() returns trigger language plpgsql set search_path = public as $$
begin
    if pg_has_role(current_user, (select relowner from pg_class where oid = tg_relid), 'member')
        or office_administers(new.officer_id, new.region_id) then
        return new;
    end if;
    raise exception 'not this officer''s role to give or end' using errcode = 'insufficient_privilege';
end $$;
create trigger officer_guarded before insert or update on office_officer
    for each row execute function office_guard_officer();
create trigger grant_guarded before insert or update on office_rolegrant
    for each row execute function office_guard_grant();
"""
UNGUARD = """
drop trigger grant_guarded on office_rolegrant;
drop trigger officer_guarded on office_officer;
drop function office_guard_grant();
drop function office_guard_officer();
drop function office_administers(uuid, text);
"""


class Migration(migrations.Migration):
    dependencies = (("office", "0003_audit_columns"),)
    operations = (
        # A role that was given by mistake ends on the day it was to begin: it never holds.
        migrations.RemoveConstraint("rolegrant", "office_grant_span"),
        migrations.AddConstraint(
            "rolegrant",
            models.CheckConstraint(
                condition=models.Q(until_day__isnull=True) | models.Q(until_day__gte=models.F("from_day")),
                name="office_grant_span",
            ),
        ),
        migrations.RunSQL(GUARD, UNGUARD),
        as_web_role("revoke update, delete, truncate on office_officer, office_rolegrant from {web}"),
        as_web_role(f"grant update ({OFFICER}) on office_officer to {{web}}"),
        as_web_role("grant update (until_day) on office_rolegrant to {web}"),
    )
