/** Finds what was taken away from somebody without reading the whole audit: the journal outside the database follows it (features/audit/revocation-journal.ts). */
import type { Migration } from '../migration.ts';

export const revocations: Migration = {
  number: 14,
  name: 'revocations',
  sql: `
create index audit_revocations on audit_entry (practice_id, seq)
  where action in ('member-disabled', 'member-enabled', 'member-roles-changed', 'token-revoked', 'passkey-removed', 'line-expired', 'line-removed', 'notes-destroyed', 'practice-disabled', 'practice-enabled');
`,
};
