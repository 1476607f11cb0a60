/** Messages that members recorded, to be left in mailboxes. Name and recording are sealed; deleting one deletes it. */
import type { Migration } from '../migration.ts';

export const spokenMessages: Migration = {
  number: 17,
  name: 'spoken-messages',
  sql: `
create table spoken_message (
  practice_id uuid not null references practice,
  id uuid primary key,
  member_id uuid not null,
  name_sealed bytea not null,
  -- G.711 mu-law, 8000 octets a second, as base64 before it is sealed.
  recording_sealed bytea not null,
  duration_ms integer not null check (duration_ms > 0),
  recorded_at timestamptz not null,
  foreign key (practice_id, member_id) references member (practice_id, id)
);
create index spoken_message_of_member on spoken_message (practice_id, member_id, recorded_at);
alter table spoken_message enable row level security, force row level security;
create policy of_the_practice on spoken_message to quietline_app using (practice_id = current_setting('app.practice')::uuid);
grant select, insert, update (name_sealed, recording_sealed), delete on spoken_message to quietline_app;
`,
};
