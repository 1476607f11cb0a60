/** How each call sounded: loss, jitter, what was mended; no addresses. */
import type { Migration } from '../migration.ts';

export const callAudio: Migration = {
  number: 18,
  name: 'call-audio',
  sql: `
-- contract/call-audio.ts. Null on calls that reached nobody, and on calls of before.
alter table call add column audio jsonb;
`,
};
