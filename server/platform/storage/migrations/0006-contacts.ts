/** The people a practice calls: sealed whole, found by blind index, numbered by change so that a directory in memory can follow; and the files they are imported from. */
import type { Migration } from '../migration.ts';

export const contacts: Migration = {
  number: 6,
  name: 'contacts',
  sql: `
-- One row a practice, locked by each writer to its commit: a change with a lower sequence is never seen after one with a higher.
create table contact_directory (
  practice_id uuid primary key references practice,
  sequence bigint not null
);
create table contact_import (
  practice_id uuid not null,
  id uuid primary key,
  member_id uuid not null,
  kind text not null check (kind in ('csv', 'vcard')),
  state text not null check (state in ('uploading', 'mapping', 'running', 'done', 'undone', 'unreadable')),
  created_at timestamptz not null,
  bytes_received integer not null default 0,
  encoding text,
  delimiter text,
  -- Headers and the first values: somebody's data, and sealed.
  columns_sealed bytea,
  mapping jsonb,
  rows_total integer,
  rows_done integer not null default 0,
  added integer not null default 0,
  duplicates integer not null default 0,
  failed integer not null default 0,
  foreign key (practice_id, member_id) references member (practice_id, id),
  unique (practice_id, id)
);
create table contact_import_piece (
  practice_id uuid not null,
  import_id uuid not null,
  at_byte integer not null,
  length integer not null,
  bytes_sealed bytea not null,
  primary key (import_id, at_byte),
  foreign key (practice_id, import_id) references contact_import (practice_id, id)
);
create table contact_import_problem (
  practice_id uuid not null,
  import_id uuid not null,
  row_number integer not null,
  place integer not null,
  field text,
  problem text not null,
  primary key (import_id, row_number, place),
  foreign key (practice_id, import_id) references contact_import (practice_id, id)
);
create table contact (
  practice_id uuid not null references practice,
  id uuid primary key,
  version integer not null,
  sequence bigint not null,
  -- Null once an import was undone: nothing to restore.
  details_sealed bytea,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  removed_at timestamptz,
  import_id uuid,
  check (details_sealed is not null or removed_at is not null),
  foreign key (practice_id, import_id) references contact_import (practice_id, id),
  unique (practice_id, id)
);
create index contact_by_sequence on contact (practice_id, sequence);
create index contact_of_import on contact (import_id) where import_id is not null;
create table contact_number (
  practice_id uuid not null,
  number_index bytea not null,
  contact_id uuid not null,
  primary key (practice_id, number_index, contact_id),
  foreign key (practice_id, contact_id) references contact (practice_id, id)
);
create index contact_number_of_contact on contact_number (contact_id);
create table contact_group (
  practice_id uuid not null references practice,
  id uuid primary key,
  name_sealed bytea not null,
  created_at timestamptz not null,
  removed_at timestamptz
);
create table contact_favourite (
  practice_id uuid not null,
  member_id uuid not null,
  contact_id uuid not null,
  primary key (practice_id, member_id, contact_id),
  foreign key (practice_id, member_id) references member (practice_id, id),
  foreign key (practice_id, contact_id) references contact (practice_id, id)
);
-- Who changed what and when; which fields, never what stood in them.
create table contact_change (
  practice_id uuid not null,
  contact_id uuid not null,
  version integer not null,
  at timestamptz not null,
  by_member_id uuid not null,
  change text not null,
  fields text[] not null,
  primary key (contact_id, version),
  foreign key (practice_id, contact_id) references contact (practice_id, id),
  foreign key (practice_id, by_member_id) references member (practice_id, id)
);
create table contact_call (
  practice_id uuid not null,
  call_id uuid not null,
  contact_id uuid not null,
  at timestamptz not null,
  primary key (call_id, contact_id),
  foreign key (practice_id, call_id) references call (practice_id, id),
  foreign key (practice_id, contact_id) references contact (practice_id, id)
);
create index contact_call_of_contact on contact_call (contact_id, at desc);

do $$ declare name text; begin
  foreach name in array array['contact_directory', 'contact', 'contact_number', 'contact_group', 'contact_favourite', 'contact_change', 'contact_call', 'contact_import', 'contact_import_piece', 'contact_import_problem'] loop
    execute format('alter table %I enable row level security, force row level security', name);
    execute format('create policy of_the_practice on %I to quietline_app using (practice_id = current_setting(''app.practice'')::uuid)', name);
    execute format('grant select, insert, update on %I to quietline_app', name);
  end loop;
end $$;
grant delete on contact_number, contact_favourite, contact_call, contact_import_piece to quietline_app;
-- At its start a server goes on with the imports that a kill interrupted.
create policy running_in_the_installation on contact_import for select to quietline_installation using (state = 'running');
grant select (practice_id, id, state) on contact_import to quietline_installation;
`,
};
