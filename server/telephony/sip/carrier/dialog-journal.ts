/** Writes down which dialogs stand, so that the next process can go on with those this one left, or end them. What names somebody is sealed, or not written; empties itself when nothing stands. */
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import type { Log } from '#server/platform/logging/log.ts';
import type { DialogJournal, DialogRecord, DialogSecret } from '../agent/agent-core.ts';

export interface FileJournal extends DialogJournal {
  /** What an earlier process left open. */
  readonly left: readonly DialogRecord[];
}

/** Seals what names somebody to its place in the journal; without one it is not written at all. */
export interface JournalSeal {
  seal(place: string, text: string): string;
  /** Undefined where it is not ours to open: another installation's, or damaged. */
  open(place: string, sealed: string): string | undefined;
}

type WrittenRecord = Omit<DialogRecord, 'secret'> & { sealed?: string };
type Line = { opened: WrittenRecord } | { closed: string };

/** Appended line by line: what the kernel has, a killed process cannot lose. A machine's crash may lose the last; then the peer's session timer ends the call. */
export function openDialogJournal(path: string, log: Log, seal?: JournalSeal): FileJournal {
  const written = readLeft(path);
  const left = written.map(({ sealed, ...record }): DialogRecord => ({ ...record, secret: sealed === undefined ? undefined : readSecret(seal?.open(keyOf(record), sealed)) }));
  const write = ({ secret, ...record }: DialogRecord): WrittenRecord => (secret === undefined || seal === undefined ? record : { ...record, sealed: seal.seal(keyOf(record), JSON.stringify(secret)) });
  const open = new Set<string>();
  let isWritable = true;
  const attempt = (write: () => void): void => {
    if (!isWritable) return;
    try {
      write();
    } catch (error) {
      // A full disk must not take calls with it.
      isWritable = false;
      log.error('dialog-journal-lost', error);
    }
  };
  // What was left is this process's to end now; should it die at once, it is left again.
  attempt(() => writeFileSync(path, written.map((record) => `${JSON.stringify({ opened: record })}\n`).join(''), { mode: 0o600 }));
  for (const record of left) open.add(keyOf(record));

  return {
    left,
    opened(record) {
      open.add(keyOf(record));
      attempt(() => appendFileSync(path, `${JSON.stringify({ opened: write(record) })}\n`));
    },
    closed(record) {
      if (!open.delete(keyOf(record))) return;
      attempt(() => (open.size === 0 ? writeFileSync(path, '') : appendFileSync(path, `${JSON.stringify({ closed: keyOf(record) })}\n`)));
    },
  };
}

function keyOf(record: Pick<DialogRecord, 'callId' | 'localTag'>): string {
  return `${record.callId} ${record.localTag}`;
}

function readSecret(text: string | undefined): DialogSecret | undefined {
  return text === undefined ? undefined : (JSON.parse(text) as DialogSecret);
}

function readLeft(path: string): readonly WrittenRecord[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return [];
  }
  const open = new Map<string, WrittenRecord>();
  for (const row of text.split('\n')) {
    try {
      const line = JSON.parse(row) as Line;
      if ('opened' in line) open.set(keyOf(line.opened), line.opened);
      else open.delete(line.closed);
    } catch {
      // The last line of a process that was killed while it wrote.
    }
  }
  return [...open.values()];
}
