/** The handout: what a practice has decided, and each version as it was published. Nothing here is about a patient. */
import type { Migration } from '../migration.ts';

export const handouts: Migration = {
  number: 9,
  name: 'handouts',
  sql: `
create table handout (
  practice_id uuid primary key references practice,
  settings jsonb not null,
  saved_at timestamptz not null,
  saved_by uuid not null,
  -- The public address: short enough to be typed from paper.
  code text not null unique,
  foreign key (practice_id, saved_by) references member (practice_id, id)
);
create table handout_version (
  practice_id uuid not null,
  version integer not null,
  published_at timestamptz not null,
  published_by uuid not null,
  settings jsonb not null,
  -- The practice's name and lines as they were.
  facts jsonb not null,
  primary key (practice_id, version),
  foreign key (practice_id) references handout (practice_id),
  foreign key (practice_id, published_by) references member (practice_id, id)
);
alter table handout enable row level security, force row level security;
alter table handout_version enable row level security, force row level security;
create policy of_the_practice on handout to quietline_app using (practice_id = current_setting('app.practice')::uuid);
create policy of_the_practice on handout_version to quietline_app using (practice_id = current_setting('app.practice')::uuid);
-- A patient types a code, and nobody knows yet of which practice it is.
create policy by_code_in_the_installation on handout for select to quietline_installation using (true);
grant select, insert, update on handout to quietline_app;
grant select, insert on handout_version to quietline_app;
grant select (practice_id, code) on handout to quietline_installation;
`,
};
