/** What the log of calls needs: for whom a call was made and who may see that, what came of it, what is to be done next. */
import type { Migration } from '../migration.ts';

export const callLog: Migration = {
  number: 16,
  name: 'call-log',
  sql: `
-- Which physicians a member of the staff works for: it opens their calls and notes, and lets calls be made for them.
create table acting_for (
  practice_id uuid not null,
  staff_id uuid not null,
  physician_id uuid not null,
  created_at timestamptz not null,
  primary key (practice_id, staff_id, physician_id),
  foreign key (practice_id, staff_id) references member (practice_id, id),
  foreign key (practice_id, physician_id) references member (practice_id, id),
  check (staff_id <> physician_id)
);
create index acting_for_physician on acting_for (practice_id, physician_id);

alter table call
  -- Null: for the one who made it.
  add column on_behalf_of_id uuid,
  -- Blind; null on calls of before, until the next start has filled it in.
  add column number_index bytea,
  -- What was concluded from the call's own facts; a person's word stands in call_outcome.
  add column suggested_outcome text,
  add column suggested_because text,
  add foreign key (practice_id, on_behalf_of_id) references member (practice_id, id);
create index call_log_of_physician on call (practice_id, coalesce(on_behalf_of_id, member_id), id desc);
create index call_by_number on call (practice_id, number_index);

create table call_outcome (
  practice_id uuid not null,
  call_id uuid not null,
  outcome text not null,
  by_member_id uuid not null,
  at timestamptz not null,
  primary key (practice_id, call_id),
  foreign key (practice_id, call_id) references call (practice_id, id),
  foreign key (practice_id, by_member_id) references member (practice_id, id)
);
create table next_step (
  practice_id uuid not null,
  call_id uuid not null,
  text_sealed bytea not null,
  due_on date not null,
  by_member_id uuid not null,
  at timestamptz not null,
  done_at timestamptz,
  done_by_id uuid,
  primary key (practice_id, call_id),
  foreign key (practice_id, call_id) references call (practice_id, id),
  foreign key (practice_id, by_member_id) references member (practice_id, id),
  foreign key (practice_id, done_by_id) references member (practice_id, id),
  check ((done_at is null) = (done_by_id is null))
);
create index next_step_open on next_step (practice_id, due_on) where done_at is null;

do $$ declare name text; begin
  foreach name in array array['acting_for', 'call_outcome', 'next_step'] loop
    execute format('alter table %I enable row level security, force row level security', name);
    execute format('create policy of_the_practice on %I to quietline_app using (practice_id = current_setting(''app.practice'')::uuid)', name);
    execute format('grant select, insert, update, delete on %I to quietline_app', name);
  end loop;
end $$;
-- A session is read before its practice is known, with whom its member acts for.
create policy of_the_installation on acting_for for select to quietline_installation using (true);
grant select on acting_for to quietline_installation;
-- Calls that a killed server left unfinished get their suggestion where they get their end.
grant select (started_at, ringing_at, answered_at), update (suggested_outcome, suggested_because) on call to quietline_installation;
`,
};
