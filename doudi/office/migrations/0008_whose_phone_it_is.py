"""A phone bound with a start password lets nobody in before it is checked; no role is given or ended in the past.

Who only reads, writes in no table with personal data but the audit (`rowsecurity.only_writers`).
"""

from django.db import migrations, models

from doudi.office.rowsecurity import as_web_role, only_writers

LATELY = "office_lately()"
JOB = """coalesce(current_setting('app.officer', true), '') = ''
            and coalesce(current_setting('app.department', true), '') = '*'"""
OWNER = "pg_has_role(current_user, (select relowner from pg_class where oid = tg_relid), 'member')"
BEGIN = """
create or replace function {name}() returns trigger language plpgsql set search_path = public as $$
begin
"""
OWN = """tg_op = 'UPDATE' and new.id::text = current_setting('app.officer', true) then
        if new.suspended = old.suspended {and_start}and (not old.totp_confirmed
            or (new.totp_confirmed and new.totp_key is not distinct from old.totp_key)) then
            return new;
        end if;"""
OFFICER_END = """
    raise exception 'not this officer''s account to change' using errcode = 'insufficient_privilege';
end $$;"""
GRANT_END = """
    raise exception 'not this officer''s role to give or end' using errcode = 'insufficient_privilege';
end $$;"""
MIXES = """exists (
            select from office_rolegrant g where g.officer_id = new.officer_id and g.role <> new.role
                and (g.role in ('administrator', 'auditor') or new.role in ('administrator', 'auditor'))
                and (g.until_day is null or g.until_day > new.from_day))"""
# Of an account another keeps the password, the lock, the suspension; a phone is bound by its officer alone.
# The web server's clock may be some minutes behind the database's at midnight.
GUARD = f"""
create function office_lately() returns date language sql stable as $$
    select ((now() - interval '10 minutes') at time zone 'Asia/Shanghai')::date
$$;
{BEGIN.format(name="office_guard_officer")}    if {OWNER} or ({JOB}) then
        return new;
    elsif {OWN.format(and_start="and new.start_until is not distinct from old.start_until ")}
    elsif office_administers(new.id, null) and office_keeps_keeper(new.id) then
        if not new.totp_confirmed and new.totp_key is null then
            return new;
        elsif tg_op = 'UPDATE' then
            if new.totp_confirmed = old.totp_confirmed and new.totp_key is not distinct from old.totp_key then
                return new;
            end if;
        end if;
    end if;{OFFICER_END}
{BEGIN.format(name="office_guard_grant")}    if {OWNER} or ({JOB}) then
        return new;
    elsif not office_administers(new.officer_id, new.region_id) then
        null;
    elsif tg_op = 'INSERT' then
        if new.from_day >= {LATELY} and (new.until_day is null or new.until_day > new.from_day)
            and not {MIXES} then
            return new;
        end if;
    elsif office_keeps_keeper(new.officer_id) and new.until_day >= {LATELY}
        and (old.until_day is null or (old.until_day >= {LATELY} and new.until_day <= old.until_day)) then
        return new;
    end if;{GRANT_END}
"""
BACK = f"""{BEGIN.format(name="office_guard_officer")}    if {OWNER} then
        return new;
    elsif {OWN.format(and_start="")}
    elsif office_administers(new.id, null) and office_keeps_keeper(new.id) then
        return new;
    end if;{OFFICER_END}
{BEGIN.format(name="office_guard_grant")}    if {OWNER} or (office_administers(new.officer_id, new.region_id)
        and (tg_op = 'INSERT' or office_keeps_keeper(new.officer_id))
        and ({JOB} or tg_op = 'UPDATE' or not {MIXES})) then
        return new;
    end if;{GRANT_END}
drop function office_lately();
"""


class Migration(migrations.Migration):
    dependencies = (("office", "0007_who_keeps_the_keepers"),)
    operations = (
        # Accounts bound before stay let in; a start password given before is over, and given anew.
        migrations.AddField(
            "officer", "start_until", models.DateTimeField("起始口令有效至", null=True)
        ),
        migrations.RunSQL(GUARD, BACK),
        as_web_role("grant update (start_until) on office_officer to {web}"),
        only_writers("office_attachment", "lists"),
    )
