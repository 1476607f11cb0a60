/** Puts together what answers calls to a practice's own lines: the door, the proof of lines, voicemail, the announcement, and their rows in the log. Wired here so that main stays a list of parts; holds no rule. */
import { join } from 'node:path';
import type { CallId, PartyNumber } from '#contract/ids.ts';
import type { CallLog } from './features/call-log/index.ts';
import { createIncomingHistory, type Calls, type IncomingNews, type NamesOf } from './features/calls/index.ts';
import type { Contacts } from './features/contacts/index.ts';
import { createIncomingCalls, type IncomingTaker } from './features/incoming-calls/index.ts';
import { listAllPracticeIds, readPracticeCountry, type MemberGuard } from './features/members/index.ts';
import { openVoicemail } from './features/voicemail/index.ts';
import type { Clock } from './platform/clock/clock.ts';
import type { RandomSource } from './platform/clock/random.ts';
import type { BlindIndex, RecordCipher } from './platform/crypto/record-cipher.ts';
import type { Log } from './platform/logging/log.ts';
import type { Database } from './platform/storage/database.ts';
import type { CallCarrier, MediaEngine, SdesPolicy } from './telephony/index.ts';

export interface IncomingParts {
  readonly database: Database;
  readonly dataPath: string;
  readonly sealing: { readonly cipher: RecordCipher; readonly index: BlindIndex };
  readonly carrier: CallCarrier;
  readonly engine: MediaEngine;
  readonly sdes: SdesPolicy;
  readonly contacts: Contacts;
  readonly calls: Pick<Calls, 'tellLogChanged'>;
  readonly callLog: CallLog;
  readonly namesOf: NamesOf;
  readonly takeReturn: IncomingTaker;
  /** Time as destroying believes it. */
  readonly acceptedNow: () => number;
  readonly serverName: string;
  readonly guard: MemberGuard;
  readonly onOutcome: (outcome: 'taken' | 'announced' | 'refused') => void;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly log: Log;
}

export function openIncoming({ database, dataPath, sealing, carrier, engine, sdes, contacts, calls, callLog, namesOf, takeReturn, acceptedNow, serverName, guard, onOutcome, clock, random, log }: IncomingParts) {
  const announce = (practiceId: string, callId: CallId, keptTo: readonly string[]): void =>
    void callLog.announce(practiceId, { id: callId, madeBy: null, onBehalfOf: null, keptTo }).catch((cause: unknown) => log.error('call-news-lost', cause, { callId }));
  const onNews = ({ practiceId, callId, caller, keptTo, at }: IncomingNews): void => {
    if (caller !== undefined) contacts.noteCall(practiceId, callId, caller, at).catch((cause: unknown) => log.error('call-news-lost', cause, { callId }));
    announce(practiceId, callId, keptTo);
  };
  const history = createIncomingHistory({ database, ...sealing, keptToOf: (practiceId, number) => contacts.keptToOf(practiceId, number), onNews, serverName, clock, random });
  const voicemail = openVoicemail({
    database,
    cipher: sealing.cipher,
    keysDirectory: join(dataPath, 'keys'),
    history,
    namesOf,
    announce,
    tellReader: (memberId, callId) => calls.tellLogChanged([memberId], callId),
    engine,
    sdes,
    countryOf: (practiceId) => readPracticeCountry(database, practiceId),
    listPractices: () => listAllPracticeIds(database),
    acceptedNow,
    guard,
    clock,
    log: log.child({ component: 'voicemail' }),
  });
  const start = () => {
    const incoming = createIncomingCalls({
      database,
      carrier,
      engine,
      sdes,
      async noteAnnounced({ caller }, { practiceId, lineId, number }) {
        const record = await history.begin({ practiceId, line: { id: lineId, number }, caller: E164.test(caller ?? '') ? (caller as PartyNumber) : undefined });
        await record.noteAnswer();
        return (outcome) => record.end(outcome === 'heard' ? 'caller-heard-announcement' : 'caller-left-nothing');
      },
      onOutcome,
      clock,
      log: log.child({ component: 'incoming' }),
    });
    incoming.addTaker(takeReturn, { provesLines: true });
    incoming.addTaker(voicemail.take);
    return incoming;
  };
  return { ...voicemail, start };
}

const E164 = /^\+[1-9]\d{6,14}$/;
