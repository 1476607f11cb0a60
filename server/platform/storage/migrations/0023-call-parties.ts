/** Who else is dialled into a call, and the interpreter services of a practice. Numbers of people and the services' codes are sealed. */
import type { Migration } from '../migration.ts';

export const callParties: Migration = {
  number: 23,
  name: 'call-parties',
  sql: `
create table interpreter_service (
  practice_id uuid not null references practice,
  id uuid primary key,
  name text not null,
  number text not null,
  -- BCP 47; empty: any language, by asking.
  languages text[] not null,
  -- The keys it asks for after its answer: the practice's account.
  code_sealed bytea,
  created_at timestamptz not null,
  -- Its name stays for the log of calls.
  removed_at timestamptz,
  unique (practice_id, id)
);

create table call_party (
  practice_id uuid not null,
  id uuid primary key,
  call_id uuid not null,
  role text not null check (role in ('interpreter', 'family', 'other')),
  number_sealed bytea not null,
  service_id uuid,
  started_at timestamptz not null,
  ringing_at timestamptz,
  answered_at timestamptz,
  ended_at timestamptz,
  end_reason text,
  foreign key (practice_id, call_id) references call (practice_id, id),
  foreign key (practice_id, service_id) references interpreter_service (practice_id, id),
  check ((ended_at is null) = (end_reason is null))
);
create index call_party_of_call on call_party (practice_id, call_id);
create index call_party_unfinished on call_party (call_id) where ended_at is null;

do $$ declare name text; begin
  foreach name in array array['interpreter_service', 'call_party'] loop
    execute format('alter table %I enable row level security, force row level security', name);
    execute format('create policy of_the_practice on %I to quietline_app using (practice_id = current_setting(''app.practice'')::uuid)', name);
    execute format('grant select, insert, update on %I to quietline_app', name);
  end loop;
end $$;
-- At its start a server ends what it left unfinished, in all practices.
create policy unfinished_of_the_installation on call_party for select to quietline_installation using (true);
create policy unfinished_ended_by_the_installation on call_party for update to quietline_installation using (ended_at is null) with check (true);
grant select (id, practice_id, call_id, ended_at), update (ended_at, end_reason) on call_party to quietline_installation;
`,
};
