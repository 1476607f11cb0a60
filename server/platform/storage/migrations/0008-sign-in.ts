/** Who may come in and how: people with their passkeys and codes, their memberships with roles, invitations, sessions, access tokens. Of every secret only a hash or a sealed copy. */
import type { Migration } from '../migration.ts';

export const signIn: Migration = {
  number: 8,
  name: 'sign-in',
  sql: `
-- One who signs in, in however many practices: theirs alone and no practice's, so that only the installation may look.
create table person (
  id uuid primary key,
  email text check (email = lower(email)),
  created_at timestamptz not null,
  totp_sealed bytea,
  totp_confirmed_at timestamptz,
  -- The last 30 s step whose code was used: none up to it is taken again.
  totp_last_step bigint not null default 0
);
create unique index one_person_an_email on person (email) where email is not null;

-- Somebody known by a community's identity provider: issuer and subject together, and neither e-mail nor name.
create table person_identity (
  issuer text not null,
  subject text not null,
  person_id uuid not null references person,
  created_at timestamptz not null,
  primary key (issuer, subject)
);

create table passkey (
  credential_id text primary key,
  person_id uuid not null references person,
  name text not null,
  public_key bytea not null,
  counter bigint not null,
  transports text[] not null,
  is_backed_up boolean not null,
  created_at timestamptz not null,
  last_used_at timestamptz
);
create index passkey_of_person on passkey (person_id);

create table recovery_code (
  person_id uuid not null references person,
  code_index bytea not null,
  used_at timestamptz,
  primary key (person_id, code_index)
);

-- What was asked of a browser and is waited for: a passkey's challenge, a mailed link, a provider's answer. Each is taken once.
create table sign_in_challenge (
  token_hash bytea primary key,
  kind text not null check (kind in ('passkey-add', 'passkey-sign-in', 'email-link', 'join-passkey', 'authenticator', 'oidc')),
  person_id uuid references person,
  detail jsonb not null,
  attempts integer not null default 0,
  expires_at timestamptz not null,
  used_at timestamptz
);
create index sign_in_challenge_old on sign_in_challenge (expires_at);

alter table member
  add column person_id uuid references person,
  add column roles text[] not null default '{physician}',
  add column plan text not null default 'member',
  add column is_verified_physician boolean not null default false,
  add constraint roles_are_known check (roles <@ '{physician,staff,practice-admin,operator}' and cardinality(roles) > 0);
create unique index one_membership_a_practice on member (practice_id, person_id) where person_id is not null;
create index memberships_of_person on member (person_id);

alter table session
  add column method text not null default 'link',
  add column user_agent text not null default '',
  add column last_active_at timestamptz not null default now();
create index session_ended on session (ended_at) where ended_at is not null;

create table invitation (
  id uuid primary key,
  token_hash bytea not null unique,
  practice_id uuid not null references practice,
  name text not null,
  email text,
  roles text[] not null check (roles <@ '{physician,staff,practice-admin}' and cardinality(roles) > 0),
  invited_by uuid not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  withdrawn_at timestamptz,
  foreign key (practice_id, invited_by) references member (practice_id, id)
);
create index invitation_of_practice on invitation (practice_id, id desc);

create table access_token (
  id uuid primary key,
  token_hash bytea not null unique,
  practice_id uuid not null,
  member_id uuid not null,
  name text not null,
  scopes text[] not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  last_used_at timestamptz,
  revoked_at timestamptz,
  foreign key (practice_id, member_id) references member (practice_id, id)
);
create index access_token_of_member on access_token (practice_id, member_id);

alter table person enable row level security, force row level security;
alter table person_identity enable row level security, force row level security;
alter table passkey enable row level security, force row level security;
alter table recovery_code enable row level security, force row level security;
alter table sign_in_challenge enable row level security, force row level security;
alter table invitation enable row level security, force row level security;
alter table access_token enable row level security, force row level security;
create policy of_the_installation on person to quietline_installation using (true);
create policy of_the_installation on person_identity to quietline_installation using (true);
create policy of_the_installation on passkey to quietline_installation using (true);
create policy of_the_installation on recovery_code to quietline_installation using (true);
create policy of_the_installation on sign_in_challenge to quietline_installation using (true);
create policy of_the_installation on invitation to quietline_installation using (true);
create policy of_the_installation on access_token to quietline_installation using (true);
create policy of_the_practice on invitation to quietline_app using (practice_id = current_setting('app.practice')::uuid);
create policy of_the_practice on access_token to quietline_app using (practice_id = current_setting('app.practice')::uuid);
-- One who joins becomes a member before there is a session to be scoped by.
create policy joined_by_the_installation on member for insert to quietline_installation with check (true);
create policy changed_by_the_installation on member for update to quietline_installation using (true);

grant select, insert, update on person, passkey to quietline_installation;
grant select, insert on person_identity to quietline_installation;
grant select, insert, update, delete on recovery_code, sign_in_challenge to quietline_installation;
grant delete on passkey to quietline_installation;
grant insert, update on member to quietline_installation;
grant select, update on invitation to quietline_installation;
grant select, insert, update on invitation, access_token to quietline_app;
grant select, update on access_token to quietline_installation;
`,
};
