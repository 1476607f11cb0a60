/** The audit: entries and signed checkpoints. The database itself refuses to change or remove one, whoever asks. */
import type { Migration } from '../migration.ts';

export const audit: Migration = {
  number: 5,
  name: 'audit',
  sql: `
-- No foreign keys: the chain outlives what it tells of, and the installation's own chain belongs to no practice.
create table audit_entry (
  practice_id uuid not null,
  seq bigint not null check (seq > 0),
  at timestamptz not null,
  actor jsonb not null,
  action text not null,
  subject_kind text,
  subject_id uuid,
  detail jsonb not null,
  previous_hash bytea not null check (length(previous_hash) = 32),
  hash bytea not null check (length(hash) = 32),
  primary key (practice_id, seq)
);
create index audit_of_subject on audit_entry (practice_id, subject_id, seq desc) where subject_id is not null;
create index audit_of_member on audit_entry (practice_id, (actor ->> 'memberId'), seq desc);

create table audit_checkpoint (
  practice_id uuid not null,
  seq bigint not null check (seq > 0),
  hash bytea not null,
  at timestamptz not null,
  signature bytea not null,
  primary key (practice_id, seq)
);

create function refuse_change_of_audit() returns trigger language plpgsql as $$
begin
  raise exception 'The audit is written once: % of % is refused.', tg_op, tg_table_name using errcode = 'insufficient_privilege';
end $$;
create trigger written_once before update or delete on audit_entry for each row execute function refuse_change_of_audit();
create trigger never_emptied before truncate on audit_entry execute function refuse_change_of_audit();
create trigger written_once before update or delete on audit_checkpoint for each row execute function refuse_change_of_audit();
create trigger never_emptied before truncate on audit_checkpoint execute function refuse_change_of_audit();

alter table audit_entry enable row level security, force row level security;
alter table audit_checkpoint enable row level security, force row level security;
create policy of_the_practice on audit_entry to quietline_app using (practice_id = current_setting('app.practice')::uuid);
-- Signing in is written before the practice is known; signing and verifying read every chain. There is no patient data in any.
create policy of_the_installation on audit_entry to quietline_installation using (true);
create policy of_the_installation on audit_checkpoint to quietline_installation using (true);
grant select, insert on audit_entry to quietline_app, quietline_installation;
grant select, insert on audit_checkpoint to quietline_installation;
`,
};
