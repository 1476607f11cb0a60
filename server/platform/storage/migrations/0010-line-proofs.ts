/** How a line is proven: the code that was spoken (its hash), when it was entered, who has still to approve. */
import type { Migration } from '../migration.ts';

export const lineProofs: Migration = {
  number: 10,
  name: 'line-proofs',
  sql: `
alter table line
  add column extension text check (extension ~ '^[0-9*#]{1,10}$'),
  add column code_hash bytea,
  add column code_issued_at timestamptz,
  add column code_tries integer not null default 0,
  -- Calls with a code in the day that began at code_calls_since.
  add column code_calls integer not null default 0,
  add column code_calls_since timestamptz,
  -- Entered; proven_at follows with an admin's approval.
  add column code_entered_at timestamptz;
`,
};
