/** The door of notes: opened with the data directory's keys, swept from then on. */
import { join } from 'node:path';
import type { RandomSource } from '#server/platform/clock/random.ts';
import type { Keyring } from '#server/platform/crypto/keyring.ts';
import type { Log } from '#server/platform/logging/log.ts';
import type { Database } from '#server/platform/storage/database.ts';
import type { SweepOptions } from './destruction-sweep.ts';
import { openEpochKeys } from './epoch-keys.ts';
import { createNotes, type NoteCalls, type Notes } from './notes.ts';
import { createReceiptSigner } from './receipt-signature.ts';
import { createRetentionClock } from './retention-clock.ts';

export { createNoteRoutes } from './note-routes.ts';
export { startSweeping, sweepNotes, type SweepResult } from './destruction-sweep.ts';
export type { NoteCalls, Notes } from './notes.ts';

export interface NotesSetup {
  readonly notes: Notes;
  /** For startSweeping. */
  readonly sweep: SweepOptions;
}

/** `keysDirectory` is `<data>/keys`; the notes' own keys lie below it in a folder that backups leave out. */
export function openNotes(options: { database: Database; keyring: Keyring; keysDirectory: string; calls: NoteCalls; random: RandomSource; log: Log }): NotesSetup {
  const directory = join(options.keysDirectory, 'notes-not-in-backups');
  const keys = openEpochKeys(directory);
  const clock = createRetentionClock({ directory, hasStakes: () => keys.hasAny() });
  const shared = { database: options.database, clock, keys, signer: createReceiptSigner(options.keyring.current('receipts').key), random: options.random };
  const notes = createNotes({ ...shared, calls: options.calls });
  return { notes, sweep: { ...shared, notes, log: options.log } };
}
