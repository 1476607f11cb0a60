/** Which lines a member may show, where an admin has said that it is not all of them; and the index by which a restored database is told of it again. */
import type { Migration } from '../migration.ts';

export const linesToShow: Migration = {
  number: 21,
  name: 'lines-to-show',
  sql: `
-- A member without a row may show every line of the practice. Ids, and no foreign keys: a line that is removed, or not there after a restore, must not widen what an admin narrowed.
create table lines_to_show (
  practice_id uuid not null,
  member_id uuid not null,
  line_ids uuid[] not null,
  primary key (practice_id, member_id),
  foreign key (practice_id, member_id) references member (practice_id, id)
);
alter table lines_to_show enable row level security, force row level security;
create policy of_the_practice on lines_to_show to quietline_app using (practice_id = current_setting('app.practice')::uuid);
grant select, insert, update, delete on lines_to_show to quietline_app;
drop index audit_revocations;
create index audit_revocations on audit_entry (practice_id, seq)
  where action in ('member-disabled', 'member-enabled', 'member-roles-changed', 'token-revoked', 'passkey-removed', 'line-expired', 'line-removed', 'notes-destroyed', 'practice-disabled', 'practice-enabled', 'lines-to-show-changed');
`,
};
