/** A sweep of a million notes is bound by what is checked for each slip it leaves. Both checks ask for what the one statement that writes slips has in its hands. */
import type { Migration } from '../migration.ts';

export const slipsInBulk: Migration = {
  number: 20,
  name: 'slips-in-bulk',
  sql: `
-- A slip is made of a note's row in the statement that deletes it, and that row pointed to its call; its receipt follows in the same transaction
-- (note-store.ts). Asked again for every row, the two were two thirds of a sweep.
alter table destroyed_note
  drop constraint destroyed_note_practice_id_call_id_fkey,
  drop constraint destroyed_note_practice_id_receipt_id_fkey;
`,
};
