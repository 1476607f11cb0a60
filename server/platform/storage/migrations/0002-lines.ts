/** The telephone numbers a practice may show. */
import type { Migration } from '../migration.ts';

export const lines: Migration = {
  number: 2,
  name: 'lines',
  sql: `
create table line (
  id uuid primary key,
  practice_id uuid not null references practice,
  name text not null,
  number text not null check (number ~ '^\\+[1-9][0-9]{6,14}$'),
  kind text not null check (kind in ('hosted', 'verified')),
  is_default boolean not null,
  created_at timestamptz not null,
  -- When it was last proven to be the practice's own; a line without proof is never shown to anyone.
  proven_at timestamptz,
  removed_at timestamptz,
  unique (practice_id, id)
);
create unique index one_default_line on line (practice_id) where is_default and removed_at is null;
-- One telephone number belongs to one practice of the installation.
create unique index one_line_a_number on line (number) where removed_at is null;

alter table line enable row level security, force row level security;
create policy of_the_practice on line to quietline_app using (practice_id = current_setting('app.practice')::uuid);
grant select, insert, update on line to quietline_app;
`,
};
