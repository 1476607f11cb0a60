/** Calls and their histories. The party's number is sealed (record-cipher.ts); the database never sees it. */
import type { Migration } from '../migration.ts';

export const calls: Migration = {
  number: 3,
  name: 'calls',
  sql: `
create table call (
  id uuid primary key,
  practice_id uuid not null,
  member_id uuid not null,
  -- The server that carries it: at its next start, what it left unfinished is known to be over.
  server_name text not null,
  version integer not null,
  direction text not null check (direction in ('outgoing', 'incoming')),
  state text not null,
  number_sealed bytea not null,
  line_id uuid not null,
  -- As they were shown when the call was made, whatever the line is called later.
  line_name text not null,
  line_number text not null,
  is_sandbox boolean not null,
  device_id uuid not null,
  started_at timestamptz not null,
  ringing_at timestamptz,
  answered_at timestamptz,
  held_at timestamptz,
  ended_at timestamptz,
  end_reason text,
  -- Null until a page of the member was told how it ended.
  end_shown_at timestamptz,
  foreign key (practice_id, member_id) references member (practice_id, id),
  foreign key (practice_id, line_id) references line (practice_id, id),
  check ((ended_at is null) = (end_reason is null)),
  unique (practice_id, id)
);
-- Ids are made in order of time (UUID version 7): the log is read along them.
create index call_log on call (practice_id, member_id, id desc);
create index call_unfinished on call (server_name) where ended_at is null;
create index call_end_unseen on call (practice_id, member_id) where end_shown_at is null;

create table call_transition (
  practice_id uuid not null,
  call_id uuid not null,
  version integer not null,
  at timestamptz not null,
  -- What happened, in the words of call-machine.ts, and the state it led to. No digits, no names.
  event text not null,
  state text not null,
  primary key (call_id, version),
  foreign key (practice_id, call_id) references call (practice_id, id)
);

alter table call enable row level security, force row level security;
alter table call_transition enable row level security, force row level security;
create policy of_the_practice on call to quietline_app using (practice_id = current_setting('app.practice')::uuid);
create policy of_the_practice on call_transition to quietline_app using (practice_id = current_setting('app.practice')::uuid);
-- At its start a server ends what it left unfinished, in all practices.
create policy unfinished_of_the_installation on call for select to quietline_installation using (true);
create policy unfinished_ended_by_the_installation on call for update to quietline_installation using (ended_at is null) with check (true);
create policy ends_of_the_installation on call_transition for insert to quietline_installation with check (true);
grant select, insert, update on call to quietline_app;
grant select, insert on call_transition to quietline_app;
grant select (id, practice_id, version, server_name, ended_at), update (version, state, ended_at, end_reason, held_at) on call to quietline_installation;
grant insert on call_transition to quietline_installation;
`,
};
