/** An import of many contacts is taken back in batches: how far, by whom, and what stayed. */
import type { Migration } from '../migration.ts';

export const importsTakenBack: Migration = {
  number: 29,
  name: 'imports-taken-back',
  sql: `
alter table contact_import drop constraint contact_import_state_check;
alter table contact_import add check (state in ('uploading', 'mapping', 'running', 'done', 'undoing', 'undone', 'unreadable'));
-- A start goes on with either.
alter policy running_in_the_installation on contact_import using (state in ('running', 'undoing'));
-- No foreign key: the check of what is there would need a practice.
alter table contact_import
  add column undone_by uuid,
  add column taken_out integer not null default 0,
  add column kept integer not null default 0;
-- Batches go by the id, from where the last one ended. The practice stands first, as in every question: else, before the first statistics, a planner
-- may take an index that has it alone, and read a whole practice for each contact.
drop index contact_of_import;
create index contact_of_import on contact (practice_id, import_id, id) where import_id is not null;
drop index contact_number_of_contact;
create index contact_number_of_contact on contact_number (practice_id, contact_id);
`,
};
