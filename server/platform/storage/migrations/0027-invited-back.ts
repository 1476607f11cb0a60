/** Invitations for somebody who is a member already, and has lost every way in. */
import type { Migration } from '../migration.ts';

export const invitedBack: Migration = {
  number: 27,
  name: 'invited-back',
  sql: `
-- Null for somebody new.
alter table invitation
  add column member_id uuid,
  add foreign key (practice_id, member_id) references member (practice_id, id);
`,
};
