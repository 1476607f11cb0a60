/** Contacts that look like one person, and of whom somebody has said that they are two. */
import type { Migration } from '../migration.ts';

export const toldApart: Migration = {
  number: 28,
  name: 'told-apart',
  sql: `
-- No foreign keys: the check of what is there would need a practice. A pair stands once, the smaller id first.
create table contact_apart (
  practice_id uuid not null references practice,
  first_id uuid not null,
  second_id uuid not null,
  by_member_id uuid not null,
  at timestamptz not null,
  primary key (practice_id, first_id, second_id),
  check (first_id < second_id)
);
alter table contact_apart enable row level security, force row level security;
create policy of_the_practice on contact_apart to quietline_app using (practice_id = current_setting('app.practice')::uuid);
grant select, insert, delete on contact_apart to quietline_app;
`,
};
