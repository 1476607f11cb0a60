/** How a member reads the screens: their language and their clock. Null where they leave it to the browser and to their country. */
import type { Migration } from '../migration.ts';

export const memberPreferences: Migration = {
  number: 12,
  name: 'member-preferences',
  sql: `
alter table member
  -- BCP 47. Which ones the screens speak is theirs to know.
  add column language text check (length(language) <= 12),
  add column clock text check (clock in ('12-hour', '24-hour'));
`,
};
