/** A call that comes in names a number and no practice: the installation may find whose line it is, and no more of it. */
import type { Migration } from '../migration.ts';

export const calledLines: Migration = {
  number: 13,
  name: 'called-lines',
  sql: `
create policy by_number_in_the_installation on line for select to quietline_installation using (true);
grant select (id, practice_id, number, kind, removed_at) on line to quietline_installation;
`,
};
