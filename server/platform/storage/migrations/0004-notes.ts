/** Notes, sealed with keys that are not here; the operations already applied to them; what remains once they are gone: that there was one, and the receipt. */
import type { Migration } from '../migration.ts';

export const notes: Migration = {
  number: 4,
  name: 'notes',
  sql: `
create table note (
  practice_id uuid not null,
  call_id uuid not null,
  revision integer not null,
  -- The hour whose key sealed it (retention-policy.ts); the key lies in a file outside the database and dies with that hour.
  epoch integer not null,
  ends_at timestamptz not null,
  is_end_final boolean not null,
  text_sealed bytea not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  updated_by uuid not null,
  copied_at timestamptz,
  primary key (practice_id, call_id),
  foreign key (practice_id, call_id) references call (practice_id, id),
  foreign key (practice_id, updated_by) references member (practice_id, id)
);
create index note_by_epoch on note (epoch, practice_id);
create index note_unsettled on note (practice_id) where not is_end_final;

-- A save that arrives twice is applied once. Ids are made by the page.
create table note_operation (
  practice_id uuid not null,
  operation_id uuid not null,
  call_id uuid not null,
  primary key (practice_id, operation_id),
  foreign key (practice_id, call_id) references note (practice_id, call_id) on delete cascade
);
create index note_operation_of_note on note_operation (practice_id, call_id);

create table purge_receipt (
  practice_id uuid not null references practice,
  id uuid primary key,
  created_at timestamptz not null,
  body text not null,
  signature bytea not null,
  unique (practice_id, id)
);
create index purge_receipt_newest on purge_receipt (practice_id, created_at desc);

create table destroyed_note (
  practice_id uuid not null,
  call_id uuid not null,
  destroyed_at timestamptz not null,
  receipt_id uuid not null,
  primary key (practice_id, call_id),
  foreign key (practice_id, call_id) references call (practice_id, id),
  -- The receipt counts what the deletion before it, in the same transaction, found.
  foreign key (practice_id, receipt_id) references purge_receipt (practice_id, id) deferrable initially deferred
);

alter table note enable row level security, force row level security;
alter table note_operation enable row level security, force row level security;
alter table purge_receipt enable row level security, force row level security;
alter table destroyed_note enable row level security, force row level security;
create policy of_the_practice on note to quietline_app using (practice_id = current_setting('app.practice')::uuid);
create policy of_the_practice on note_operation to quietline_app using (practice_id = current_setting('app.practice')::uuid);
create policy of_the_practice on purge_receipt to quietline_app using (practice_id = current_setting('app.practice')::uuid);
create policy of_the_practice on destroyed_note to quietline_app using (practice_id = current_setting('app.practice')::uuid);
-- The job that destroys must know which practices have notes that are due; it is shown nothing else of them.
create policy due_in_the_installation on note for select to quietline_installation using (true);
grant select, insert, update, delete on note to quietline_app;
grant select, insert on note_operation to quietline_app;
grant select, insert on purge_receipt, destroyed_note to quietline_app;
grant select (practice_id, epoch, is_end_final) on note to quietline_installation;
`,
};
