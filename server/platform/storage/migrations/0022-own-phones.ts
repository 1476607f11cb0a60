/** Members' own phones, to which a call may be moved. The number is sealed; a removed one leaves its row without it, so that code calls stay counted. */
import type { Migration } from '../migration.ts';

export const ownPhones: Migration = {
  number: 22,
  name: 'own-phones',
  sql: `
create table own_phone (
  practice_id uuid not null references practice,
  member_id uuid not null,
  number_sealed bytea,
  proven_at timestamptz,
  code_hash bytea,
  code_issued_at timestamptz,
  code_tries integer not null default 0,
  code_calls integer not null default 0,
  code_calls_since timestamptz,
  primary key (practice_id, member_id),
  foreign key (practice_id, member_id) references member (practice_id, id)
);
alter table own_phone enable row level security, force row level security;
create policy of_the_practice on own_phone to quietline_app using (practice_id = current_setting('app.practice')::uuid);
grant select, insert, update on own_phone to quietline_app;
`,
};
