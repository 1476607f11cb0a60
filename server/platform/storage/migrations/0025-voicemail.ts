/** Calls that came in, which are no member's, and what callers left. The audio is sealed chunk by chunk with a key of its own that lies outside the database. */
import type { Migration } from '../migration.ts';

export const voicemail: Migration = {
  number: 25,
  name: 'voicemail',
  sql: `
alter table call
  -- Null of a call that came in and was put through to nobody: it is the practice's.
  alter column member_id drop not null,
  alter column device_id drop not null,
  -- Null where the caller withheld it.
  alter column number_sealed drop not null,
  -- Of a call that came in: the physicians to whom the caller's contact was kept then; empty for the whole practice.
  add column kept_to uuid[] not null default '{}',
  add constraint outgoing_is_somebodys check (direction = 'incoming' or (member_id is not null and device_id is not null and number_sealed is not null));
create index call_log_of_the_practice on call (practice_id, id desc) where member_id is null;
grant select (direction) on call to quietline_installation;

-- An unproven line hears the announcement, whatever is switched on for it.
grant select (proven_at) on line to quietline_installation;
alter table line add column takes_voicemail boolean not null default false;
alter table practice
  add column voicemail_days integer not null default 30 check (voicemail_days between 1 and 365),
  add column greeting_languages text[] not null default '{en}',
  add column hold_sound text not null default 'music' check (hold_sound in ('music', 'silence'));

create table voicemail (
  practice_id uuid not null,
  call_id uuid not null,
  received_at timestamptz not null,
  -- Null while it is recorded; after a kill, until the next start has counted what was kept.
  duration_ms integer check (duration_ms >= 0),
  done_at timestamptz,
  done_by_id uuid,
  -- Taken away by a member; gone for good half a minute later.
  removed_at timestamptz,
  primary key (practice_id, call_id),
  foreign key (practice_id, call_id) references call (practice_id, id),
  foreign key (practice_id, done_by_id) references member (practice_id, id),
  check ((done_at is null) = (done_by_id is null))
);
create index voicemail_by_time on voicemail (practice_id, received_at);
create table voicemail_chunk (
  practice_id uuid not null,
  call_id uuid not null,
  -- 0, 1, 2: a second each, and the last one shorter.
  position integer not null check (position >= 0),
  audio_sealed bytea not null,
  primary key (practice_id, call_id, position),
  foreign key (practice_id, call_id) references voicemail on delete cascade
);
create table voicemail_heard (
  practice_id uuid not null,
  call_id uuid not null,
  member_id uuid not null,
  heard_at timestamptz not null,
  primary key (practice_id, call_id, member_id),
  foreign key (practice_id, call_id) references voicemail on delete cascade,
  foreign key (practice_id, member_id) references member (practice_id, id)
);
-- The practice's own words to callers; without a row the default is spoken.
create table voicemail_greeting (
  practice_id uuid primary key references practice,
  recording_sealed bytea not null,
  duration_ms integer not null check (duration_ms > 0),
  recorded_at timestamptz not null,
  recorded_by_id uuid not null,
  foreign key (practice_id, recorded_by_id) references member (practice_id, id)
);

do $$ declare name text; begin
  foreach name in array array['voicemail', 'voicemail_chunk', 'voicemail_heard', 'voicemail_greeting'] loop
    execute format('alter table %I enable row level security, force row level security', name);
    execute format('create policy of_the_practice on %I to quietline_app using (practice_id = current_setting(''app.practice'')::uuid)', name);
    execute format('grant select, insert, update, delete on %I to quietline_app', name);
  end loop;
end $$;
`,
};
