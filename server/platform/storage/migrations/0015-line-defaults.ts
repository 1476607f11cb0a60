/** Which line a member shows, who proved one, where its calls back go, and which reminders of a proof's end were given. A contact's line stands in its sealed details. */
import type { Migration } from '../migration.ts';

export const lineDefaults: Migration = {
  number: 15,
  name: 'line-defaults',
  sql: `
alter table line
  -- In the practice's words, for a number that other telephones answer: "the front desk".
  add column calls_back_to text check (length(calls_back_to) between 1 and 60),
  -- The admin whose yes it was; null for a line that a carrier gave.
  add column proven_by uuid,
  -- Looked at row by row from here on: a look at all rows would be one without a practice, which forced row-level security refuses; here they are all null.
  add constraint line_proven_by_a_member foreign key (practice_id, proven_by) references member (practice_id, id) not valid;
create table line_of_member (
  practice_id uuid not null,
  member_id uuid not null,
  line_id uuid not null,
  primary key (practice_id, member_id),
  foreign key (practice_id, member_id) references member (practice_id, id),
  foreign key (practice_id, line_id) references line (practice_id, id)
);
-- One row a threshold of a proof: whoever inserts it gives the reminder, and nobody gives it twice.
create table line_reminder (
  practice_id uuid not null,
  line_id uuid not null,
  expires_at timestamptz not null,
  days_before integer not null,
  given_at timestamptz not null,
  primary key (line_id, expires_at, days_before),
  foreign key (practice_id, line_id) references line (practice_id, id)
);
alter table line_of_member enable row level security, force row level security;
alter table line_reminder enable row level security, force row level security;
create policy of_the_practice on line_of_member to quietline_app using (practice_id = current_setting('app.practice')::uuid);
create policy of_the_practice on line_reminder to quietline_app using (practice_id = current_setting('app.practice')::uuid);
grant select, insert, update, delete on line_of_member to quietline_app;
grant select, insert on line_reminder to quietline_app;
`,
};
