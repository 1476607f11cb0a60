/** What every request asks, as functions: a session found in one statement, and a chain's end taken and read in another. Each round trip costs more than the rows. */
import type { Migration } from '../migration.ts';

export const fewerRoundTrips: Migration = {
  number: 24,
  name: 'fewer-round-trips',
  sql: `
-- Takes the installation's role for its own transaction and no longer: row-level security holds here as it does in a transaction that begins with it.
-- Whether it is idle, and what a role may do, is the server's to say; whether it has ended, and whether its member or practice was stopped, is said here.
create function find_session(session_hash bytea, at timestamptz)
returns table (id uuid, expires_at timestamptz, method text, last_active_at timestamptz,
  member_id uuid, member_name text, roles text[], person_id uuid, language text, clock text,
  practice_id uuid, practice_name text, country text, time_zone text, is_sandbox boolean, is_demo boolean, acts_for jsonb)
language plpgsql as $$
begin
  perform set_config('role', 'quietline_installation', true), set_config('app.practice', '', true);
  return query
    select session.id, session.expires_at, session.method::text, session.last_active_at,
      member.id, member.name, member.roles, member.person_id, member.language::text, member.clock::text,
      practice.id, practice.name, practice.country, practice.time_zone, practice.is_sandbox, practice.is_demo,
      case when 'staff' = any(member.roles) then (
        select jsonb_agg(jsonb_build_object('id', physician.id, 'name', physician.name, 'roles', physician.roles, 'isDisabled', physician.disabled_at is not null) order by physician.name, physician.id)
        from acting_for join member physician on physician.id = acting_for.physician_id
        where acting_for.practice_id = practice.id and acting_for.staff_id = member.id) end
    from session join member on member.id = session.member_id join practice on practice.id = session.practice_id
    where session.token_hash = session_hash and session.ended_at is null and session.expires_at > at and member.disabled_at is null and practice.disabled_at is null;
end
$$;
revoke execute on function find_session from public;
grant execute on function find_session to quietline_installation;

-- The lock, then the look: each statement of a function sees what was committed before it, and the last entry may have been committed while the lock was waited for.
create function take_audit_end(chain uuid) returns table (seq bigint, hash bytea)
language plpgsql as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('audit ' || chain, 0));
  return query select entry.seq, entry.hash from audit_entry as entry where entry.practice_id = chain order by entry.seq desc limit 1;
end
$$;
`,
};
