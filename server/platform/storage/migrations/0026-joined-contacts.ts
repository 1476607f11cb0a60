/** From whom a contact took a call or a favourite when the two were joined, so that taking it back parts them again. */
import type { Migration } from '../migration.ts';

export const joinedContacts: Migration = {
  number: 26,
  name: 'joined-contacts',
  sql: `
-- The one that was removed keeps its own rows; what the other got is a copy that says whose it was. No foreign key: the check of what is there would need a practice.
alter table contact_call add column taken_from uuid;
alter table contact_favourite add column taken_from uuid;
create index contact_call_taken on contact_call (taken_from) where taken_from is not null;
create index contact_favourite_taken on contact_favourite (taken_from) where taken_from is not null;
`,
};
