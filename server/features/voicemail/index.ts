/** The door of voicemail: opened with the data directory's keys; takes calls to lines for which it is switched on. */
import { join } from 'node:path';
import type { CallId, MemberId } from '#contract/ids.ts';
import type { Clock } from '#server/platform/clock/clock.ts';
import type { RecordCipher } from '#server/platform/crypto/record-cipher.ts';
import type { Log } from '#server/platform/logging/log.ts';
import type { Database } from '#server/platform/storage/database.ts';
import type { MediaEngine, SdesPolicy } from '#server/telephony/index.ts';
import type { IncomingHistory, NamesOf } from '../calls/index.ts';
import type { MemberGuard } from '../members/index.ts';
import { createAnswering } from './answering.ts';
import { createVoicemailRoutes } from './voicemail-routes.ts';
import { startVoicemailSweeping, sweepVoicemail } from './voicemail-sweep.ts';
import { createVoicemailTaker, recoverVoicemail } from './voicemail-taker.ts';
import { openVoicemailKeys } from './voicemail-keys.ts';
import { createVoicemails } from './voicemails.ts';

export { sealedGreetingColumns } from './answering.ts';

export interface VoicemailSetup {
  readonly database: Database;
  readonly cipher: RecordCipher;
  /** `<data>/keys`; the messages' own keys lie below it in a folder that backups leave out. */
  readonly keysDirectory: string;
  readonly history: IncomingHistory;
  readonly namesOf: NamesOf;
  readonly announce: (practiceId: string, callId: CallId, keptTo: readonly string[]) => void;
  tellReader(memberId: MemberId, callId: CallId): void;
  readonly engine: MediaEngine;
  readonly sdes: SdesPolicy;
  countryOf(practiceId: string): Promise<string>;
  readonly listPractices: () => Promise<readonly string[]>;
  readonly acceptedNow: () => number;
  readonly guard: MemberGuard;
  readonly clock: Clock;
  readonly log: Log;
}

export function openVoicemail(setup: VoicemailSetup) {
  const keys = openVoicemailKeys(join(setup.keysDirectory, 'voicemail-not-in-backups'));
  const parts = { ...setup, keys };
  const answering = createAnswering(setup);
  const taker = createVoicemailTaker(parts);
  const voicemails = createVoicemails({ ...parts, sweep: (practiceId) => sweepVoicemail(parts, practiceId) });
  return {
    take: taker.take,
    holdSoundOf: (practiceId: string) => answering.holdSoundOf(practiceId),
    routes: createVoicemailRoutes({ voicemails, answering, guard: setup.guard }),
    /** Before anything is served: settles what a killed server left. */
    recover: () => recoverVoicemail(parts),
    startSweeping: () => startVoicemailSweeping(parts),
    /** Ends the calls under way; what was said is kept. */
    close: () => taker.close(),
  };
}
