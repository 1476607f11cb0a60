/** After a kill: goes on with the calls that still stand at a trunk and in a row, and ends the others. A call that is resumed waits for its device as one whose page was reloaded does. */
import type { CallId, MemberId, PartyId, PartyNumber, PracticeId } from '#contract/ids.ts';
import type { Clock } from '#server/platform/clock/clock.ts';
import type { Log } from '#server/platform/logging/log.ts';
import type { CallCarrier, LeftCall, MediaEngine, MediaEvent, SdesPolicy } from '#server/telephony/index.ts';
import { resumeCall } from './call-machine.ts';
import type { AddedParty, CallLimits } from './call-facts.ts';
import { PARTY_LEG, startCallSession } from './call-session.ts';
import type { CallDevices, CallSession } from './call-session.ts';
import type { CallStore, UnfinishedCall } from './call-store.ts';
import { createCallWriter } from './call-writer.ts';
import type { LiveCalls } from './live-calls.ts';

export interface RecoverParts {
  carrier: CallCarrier;
  engine: MediaEngine;
  store: CallStore;
  live: LiveCalls;
  devicesOf(memberId: MemberId): CallDevices;
  countryOf(practiceId: PracticeId): Promise<string>;
  /** Not in the row: of whoever made the call, as they may see it. */
  partyNameOf(call: { practiceId: PracticeId; madeBy: MemberId; number: PartyNumber }): Promise<string | null>;
  holdSoundOf(practiceId: PracticeId): Promise<'music' | 'silence'>;
  recordEnd(end: { id: CallId | PartyId; practiceId: PracticeId; answeredAt: number | null; endedAt: number; addedTo?: CallId }): Promise<void>;
  sdes: SdesPolicy;
  limits: CallLimits;
  clock: Clock;
  log: Log;
}

/** Resolves to how many calls were left, those that go on included. */
export async function recoverCalls(parts: RecoverParts): Promise<number> {
  const { carrier, store, log, clock } = parts;
  const left = new Map(carrier.leftCalls().map((call) => [call.callId, call]));
  const unfinished = left.size === 0 ? [] : await store.listUnfinished([...left.keys()]);
  const cutOff = await store.endLeftParties(clock.now());
  const addedTo = (id: CallId): AddedParty[] => cutOff.filter(({ callId }) => callId === id).map(({ party }) => party);
  const resumed = (await Promise.all(unfinished.map((call) => resumeOne(parts, call, left.get(call.record.id)!, addedTo(call.record.id)).catch((cause: unknown) => { log.error('call-not-resumed', cause, { callId: call.record.id }); return undefined; })))).filter((id) => id !== undefined);
  carrier.endLeftCalls();
  const ended = await store.endUnfinished(clock.now(), resumed);
  if (resumed.length > 0) log.info('calls-resumed', { count: resumed.length });
  return ended + resumed.length;
}

async function resumeOne(parts: RecoverParts, { practiceId, deviceId, isMuted, record }: UnfinishedCall, left: LeftCall, added: readonly AddedParty[]): Promise<CallId | undefined> {
  const { engine, store, live, clock, log } = parts;
  const { id } = record;
  const session: { now?: CallSession } = {};
  const early: MediaEvent[] = [];
  const opened = engine.open({ callId: id, survives: 'again', onEvent: (event) => (session.now === undefined ? void early.push(event) : session.now.hear(event)) });
  if (!opened.ok) return undefined;
  const [country, partyName, offer] = await Promise.all([parts.countryOf(practiceId), parts.partyNameOf({ practiceId, madeBy: record.madeBy, number: record.number }), opened.value.createPartyOffer(PARTY_LEG, { sdes: parts.sdes, direction: record.heldAt === null ? 'sendrecv' : 'sendonly' })]);
  if (!offer.ok) {
    opened.value.close();
    return undefined;
  }
  const now = clock.now();
  const first = resumeCall(
    {
      id, version: record.version, practiceId, memberId: record.madeBy, onBehalfOf: record.onBehalfOf, number: record.number, partyName, line: record.line, trunks: [], sandbox: record.isSandbox, limits: parts.limits,
      startedAt: record.startedAt, party: 'answered', ringingAt: record.ringingAt, answeredAt: record.answeredAt, hasEarlyMedia: false, isHeldByParty: false, isPartyMuted: false, partyEnd: null, added, device: { id: deviceId, signal: 'away', media: 'silent', offeredAt: now, takesFrom: null },
      phone: null, reconnectingSince: null, farewellSince: null, heldAt: record.heldAt, isMuted, digitsSent: '', hint: null, isListening: false, message: null, end: null,
    },
    now,
  );
  const recordEnd: RecoverParts['recordEnd'] = (end) => parts.recordEnd(end).catch((cause: unknown) => log.error('call-cost-not-recorded', cause, { callId: end.id }));
  const started = startCallSession({ recordPartyEnd: (end) => recordEnd({ ...end, practiceId, addedTo: id }), first, left, partyOffer: offer.value, country, holdSound: parts.holdSoundOf(practiceId), partyCountry: country, sdes: parts.sdes, media: opened.value, carrier: parts.carrier, devices: parts.devicesOf(record.madeBy), writer: createCallWriter({ store, clock, log }), clock, log });
  session.now = started;
  for (const event of early.splice(0)) started.hear(event);
  const recorded = started.finished.then(() => {
    const { answeredAt, end } = started.call();
    return recordEnd({ id, practiceId, answeredAt, endedAt: end?.at ?? clock.now() });
  });
  live.add({ ...started, finished: recorded });
  return id;
}
