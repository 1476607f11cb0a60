/** What a killed process leaves in the journal, and that it leaves nothing once all calls are over. */
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { silentLog } from '#server/platform/logging/log.ts';
import { openDialogJournal } from './dialog-journal.ts';

const directory = mkdtempSync(join(tmpdir(), 'quietline-journal-'));
const path = join(directory, 'dialogs.jsonl');
afterEach(() => rmSync(path, { force: true }));

const record = (callId: string) => ({ callId, localTag: 'l', remoteTag: 'r', target: 'sip:192.0.2.1', routes: [], cseq: 1, transport: 'udp' as const, address: '192.0.2.1', port: 5060 });

it('hands the dialogs of a killed process to the next, a torn last line and all, and again to the one after if nobody ended them', () => {
  const first = openDialogJournal(path, silentLog);
  first.opened(record('a'));
  first.opened(record('b'));
  first.closed(record('a'));
  appendFileSync(path, '{"opened":{"callId":"torn');
  expect(openDialogJournal(path, silentLog).left).toEqual([record('b')]);
  const third = openDialogJournal(path, silentLog);
  expect(third.left).toEqual([record('b')]);
  third.closed(record('b'));
  expect(readFileSync(path, 'utf8')).toBe('');
});

it('takes no calls down with a disk that cannot be written', () => {
  const journal = openDialogJournal('/proc/none/dialogs.jsonl', silentLog);
  expect(() => {
    journal.opened(record('a'));
    journal.closed(record('a'));
  }).not.toThrow();
});
