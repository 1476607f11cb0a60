/** For tests: a practice whose line takes messages, and a caller at the end of its trunk. Real SIP, RTP, PostgreSQL and key files. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';
import type { CallId, MemberId } from '#contract/ids.ts';
import { systemClock } from '#server/platform/clock/clock.ts';
import { systemRandom } from '#server/platform/clock/random.ts';
import { openKeyring } from '#server/platform/crypto/keyring.ts';
import { createBlindIndex, createRecordCipher, type RecordCipher } from '#server/platform/crypto/record-cipher.ts';
import { silentLog } from '#server/platform/logging/log.ts';
import { inPractice } from '#server/platform/storage/database.ts';
import { createTestDatabase, type TestDatabase } from '#server/platform/storage/test-database.ts';
import { checkTrunkSettings, createEmbeddedMediaEngine, createSipCarrier, createUserAgent, decodeG711, openRtpEndpoint, type MediaEngine, type SipLegEvent } from '#server/telephony/index.ts';
import { createIncomingHistory, type IncomingHistory } from '../calls/index.ts';
import { createIncomingCalls } from '../incoming-calls/index.ts';
import { seedDemoLines } from '../lines/index.ts';
import { seedDemoPractice, type DemoPractice, type Reader } from '../members/index.ts';
import { createAnswering, type Answering } from './answering.ts';
import { openVoicemailKeys, type VoicemailKeys } from './voicemail-keys.ts';
import type { VoicemailTables, VoicemailTransaction } from './voicemail-store.ts';
import { createVoicemailTaker } from './voicemail-taker.ts';
import { createVoicemails, type Voicemails } from './voicemails.ts';
import { sweepVoicemail } from './voicemail-sweep.ts';

export const HOSTED = '+16125550100';
export const CALLER = '+15550177177';

export interface Caller {
  readonly events: SipLegEvent[];
  /** How much was heard so far. */
  energy(): number;
  press(key: '1' | '#'): Promise<void>;
  say(samples: Int16Array): Promise<boolean>;
  hangUp(): void;
  over(): Promise<void>;
}

export interface VoicemailUnderTest {
  /** Where the trunk brings calls to us. */
  readonly sipPort: number;
  readonly store: TestDatabase;
  readonly demo: DemoPractice;
  readonly lee: Reader;
  readonly keys: VoicemailKeys;
  readonly keysPath: string;
  readonly cipher: RecordCipher;
  readonly history: IncomingHistory;
  readonly voicemails: Voicemails;
  readonly answering: Answering;
  /** What was told to devices: whom, and of which call. */
  readonly told: { memberId: MemberId; callId: CallId }[];
  call(options?: { from?: string }): Promise<Caller>;
  /** Waits for so many messages that are whole, newest first. */
  messages(count: number): Promise<Awaited<ReturnType<Voicemails['list']>>['messages']>;
  heard(callId: CallId, reader?: Reader): Promise<Int16Array>;
  within<Value>(run: (transaction: VoicemailTransaction) => Promise<Value>): Promise<Value>;
  sweep(nowMs?: number): Promise<number>;
  stopTaking(): Promise<void>;
  close(): Promise<void>;
}

export async function openVoicemailUnderTest({ openEngine }: { openEngine?: () => Promise<MediaEngine> } = {}): Promise<VoicemailUnderTest> {
  const [clock, random] = [systemClock, systemRandom];
  const store = await createTestDatabase();
  const { database } = store;
  const demo = await seedDemoPractice({ database, clock, random, isSandbox: false });
  const { practiceId } = demo;
  await seedDemoLines({ database, clock, random, practiceId });
  const keysPath = mkdtempSync(join(tmpdir(), 'quietline-voicemail-'));
  const keyring = openKeyring(keysPath);
  const [cipher, index] = [createRecordCipher(keyring), createBlindIndex(keyring)];
  const keys = openVoicemailKeys(join(keysPath, 'voicemail-not-in-backups'));
  const lee: Reader = { practiceId, memberId: demo.memberId, roles: ['physician', 'practice-admin'], actsFor: [] };
  const answering = createAnswering({ database, cipher, clock });
  const line = (await answering.read(practiceId)).lines.find(({ number }) => number === HOSTED)!;
  await answering.setLine({ practiceId, memberId: demo.memberId, actor: { kind: 'member', memberId: demo.memberId } }, line.id, true);

  const patient = await createUserAgent({ listen: { host: '127.0.0.1', udpPort: 0 }, clock, random, log: silentLog });
  const trunk = checkTrunkSettings({ name: 'main', host: '127.0.0.1', port: patient.port('udp')!, optionsIntervalSec: 0 });
  if (!trunk.ok) throw new Error(trunk.refusal.join(' '));
  const carrier = await createSipCarrier({ trunks: [trunk.value], listen: { host: '127.0.0.1', udpPort: 0 }, clock, random, log: silentLog });
  const engine = await (openEngine?.() ?? createEmbeddedMediaEngine({ bindAddress: '127.0.0.1', advertisedAddresses: ['127.0.0.1'], port: 0, partyAddress: '127.0.0.1', partyPortRange: { from: 20_000, to: 20_998 }, clock, random, log: silentLog }));
  const told: VoicemailUnderTest['told'] = [];
  const history = createIncomingHistory({ database, cipher, index, keptToOf: async () => [], onNews: ({ callId }) => void told.push({ memberId: demo.memberId, callId }), serverName: 'server', clock, random });
  const taker = createVoicemailTaker({ database, cipher, keys, history, engine, sdes: 'off', countryOf: async () => 'US', clock, log: silentLog });
  const sweepParts = (nowMs: number) => ({ database, keys, acceptedNow: () => nowMs, clock: { now: () => nowMs }, log: silentLog });
  const sweep = (nowMs = clock.now()): Promise<number> => sweepVoicemail(sweepParts(nowMs), practiceId);
  const voicemails = createVoicemails({ database, cipher, keys, namesOf: async () => new Map(), announce: (_practice, callId) => void told.push({ memberId: demo.memberId, callId }), tellReader: (memberId, callId) => void told.push({ memberId, callId }), sweep: async () => 0, clock, log: silentLog });
  const incoming = createIncomingCalls({
    database, carrier, engine, sdes: 'off', clock, log: silentLog,
    noteAnnounced: async ({ caller }, called) => {
      const record = await history.begin({ practiceId: called.practiceId, line: { id: called.lineId, number: called.number }, caller: caller as never });
      return (outcome) => record.end(outcome === 'heard' ? 'caller-heard-announcement' : 'caller-left-nothing');
    },
  });
  incoming.addTaker(taker.take);
  const endpoints: { close(): void }[] = [];

  return {
    sipPort: carrier.port('udp')!, store, demo, lee, keys, keysPath, cipher, history, voicemails, answering, told, sweep,
    stopTaking: () => taker.close(),
    within: (run) => inPractice<VoicemailTables, Awaited<ReturnType<typeof run>>>(database, practiceId, run as never),
    async call({ from = CALLER } = {}) {
      const audio = (await openRtpEndpoint({ address: '127.0.0.1', portRange: { from: 21_000, to: 21_998 }, clock, random }))!;
      endpoints.push(audio);
      let energy = 0;
      audio.onFrame((samples) => {
        for (const sample of samples) energy += sample * sample;
      });
      const events: SipLegEvent[] = [];
      const leg = patient.call(
        { target: { transport: 'udp', address: '127.0.0.1', port: carrier.port('udp')! }, requestUri: `sip:${HOSTED}@127.0.0.1`, from: { uri: `sip:${from}@127.0.0.1` }, to: { uri: `sip:${HOSTED}@127.0.0.1` }, offer: audio.createOffer(), ringTimeoutMs: 10_000 },
        (event) => {
          events.push(event);
          if (event.type === 'answered') {
            audio.acceptAnswer(event.sdp);
            // A telephone is never still: the engine learns from its packets where it is.
            void audio.play({ kind: 'tone', tone: 'comfort', country: 'US' });
          }
        },
      );
      return {
        events,
        energy: () => energy,
        press: (key) => audio.sendDtmf([key]),
        say: (samples) => audio.play({ kind: 'clip', samples, times: 1 }),
        hangUp: () => leg.hangUp(),
        over: () => vi.waitFor(() => void (events.at(-1)?.type === 'ended' || fail('the call goes on')), 40_000),
      };
    },
    messages: (count) =>
      vi.waitFor(async () => {
        const { messages } = await voicemails.list(lee, { isDone: false, before: undefined, limit: 50 });
        if (messages.length !== count) fail(`there are ${messages.length} messages`);
        return messages;
      }, 20_000),
    async heard(callId, reader = lee) {
      const pieces: Buffer[] = [];
      for (let from: number | null = 0; from !== null; ) {
        const piece = await voicemails.listen(reader, callId, from);
        if (!piece.ok) throw new Error(piece.refusal);
        pieces.push(piece.value.octets);
        from = piece.value.next;
      }
      const octets = Buffer.concat(pieces);
      const samples = new Int16Array(octets.length);
      decodeG711('PCMU', octets, 0, octets.length, samples);
      return samples;
    },
    async close() {
      incoming.close();
      await taker.close();
      for (const endpoint of endpoints) endpoint.close();
      patient.close();
      await carrier.close(500);
      await engine.close();
      await store.drop();
      rmSync(keysPath, { recursive: true, force: true });
    },
  };
}

function fail(words: string): never {
  throw new Error(words);
}
