/** What the operator needs to keep several practices: which one is the demo, and which may not be entered any more. */
import type { Migration } from '../migration.ts';

export const practicesByTheOperator: Migration = {
  number: 11,
  name: 'practices-by-the-operator',
  sql: `
alter table practice
  add column disabled_at timestamptz,
  -- Made by the first start, so that the first call needs no setting; nobody real belongs to it.
  add column is_demo boolean not null default false;
create unique index one_demo on practice (is_demo) where is_demo;
update practice set is_demo = true where id = (select id from practice order by id limit 1);
-- Whether calls go to the sandbox follows the configuration of each start, for every practice at once.
grant update on practice to quietline_installation;
`,
};
