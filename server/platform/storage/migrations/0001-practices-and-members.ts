/** Practices, their members, and how a member comes in: single-use links and sessions, of which only hashes are kept. */
import type { Migration } from '../migration.ts';

export const practicesAndMembers: Migration = {
  number: 1,
  name: 'practices-and-members',
  sql: `
create table practice (
  id uuid primary key,
  name text not null,
  country text not null check (country ~ '^[A-Z]{2}$'),
  time_zone text not null,
  is_sandbox boolean not null,
  created_at timestamptz not null
);
create table member (
  id uuid primary key,
  practice_id uuid not null references practice,
  name text not null,
  created_at timestamptz not null,
  disabled_at timestamptz,
  unique (practice_id, id)
);
create table sign_in_link (
  token_hash bytea primary key,
  practice_id uuid not null,
  member_id uuid not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  foreign key (practice_id, member_id) references member (practice_id, id)
);
create table session (
  id uuid primary key,
  token_hash bytea not null unique,
  practice_id uuid not null,
  member_id uuid not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  ended_at timestamptz,
  foreign key (practice_id, member_id) references member (practice_id, id)
);
create index session_of_member on session (practice_id, member_id) where ended_at is null;

alter table practice enable row level security, force row level security;
alter table member enable row level security, force row level security;
alter table sign_in_link enable row level security, force row level security;
alter table session enable row level security, force row level security;

create policy of_the_practice on practice to quietline_app using (id = current_setting('app.practice')::uuid);
create policy of_the_practice on member to quietline_app using (practice_id = current_setting('app.practice')::uuid);
create policy of_the_practice on sign_in_link to quietline_app using (practice_id = current_setting('app.practice')::uuid);
create policy of_the_practice on session to quietline_app using (practice_id = current_setting('app.practice')::uuid);

-- A link and a session are found by their token's hash, before anyone knows of which practice they are.
create policy of_the_installation on practice to quietline_installation using (true);
create policy of_the_installation on member for select to quietline_installation using (true);
create policy of_the_installation on sign_in_link to quietline_installation using (true);
create policy of_the_installation on session to quietline_installation using (true);

grant select, update on practice to quietline_app;
grant select, insert, update on member, sign_in_link, session to quietline_app;
grant select, insert on practice to quietline_installation;
grant select on member to quietline_installation;
grant select, update on sign_in_link to quietline_installation;
grant select, insert, update on session to quietline_installation;
`,
};
