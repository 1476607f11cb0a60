/** A patient calls a number of the practice: real SIP, RTP and PostgreSQL. Somebody takes the call, or a sentence is heard, or the number is said not to be ours. */
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { sql } from 'kysely';
import { systemClock } from '#server/platform/clock/clock.ts';
import { systemRandom } from '#server/platform/clock/random.ts';
import { silentLog } from '#server/platform/logging/log.ts';
import { inPractice } from '#server/platform/storage/database.ts';
import { createTestDatabase } from '#server/platform/storage/test-database.ts';
import type { TestDatabase } from '#server/platform/storage/test-database.ts';
import { checkTrunkSettings, createEmbeddedMediaEngine, createSipCarrier, createUserAgent, openRtpEndpoint } from '#server/telephony/index.ts';
import type { IncomingCall, SipLegEvent } from '#server/telephony/index.ts';
import { seedDemoLines } from '../lines/index.ts';
import { seedDemoPractice } from '../members/index.ts';
import { createIncomingCalls } from './index.ts';
import type { IncomingCalls } from './index.ts';

const HOSTED = '+16125550100';
const VERIFIED = '+16125550177';


describe('a call to a number of the practice', () => {
  let store: TestDatabase;
  const cleanups: (() => void | Promise<void>)[] = [];

  beforeAll(async () => {
    store = await createTestDatabase();
    const { database } = store;
    const { practiceId } = await seedDemoPractice({ database, clock: systemClock, random: systemRandom, isSandbox: false });
    await seedDemoLines({ database, clock: systemClock, random: systemRandom, practiceId });
    await inPractice(database, practiceId, (transaction) =>
      sql`insert into line (id, practice_id, name, number, kind, is_default, created_at, proven_at) values (gen_random_uuid(), ${practiceId}, 'Desk', ${VERIFIED}, 'verified', false, now(), now())`.execute(transaction),
    );
  });
  afterAll(() => store.drop());
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  });

  const open = async (): Promise<{ incoming: IncomingCalls; call: (number: string) => Promise<Patient>; outcomes: string[] }> => {
    const patient = await createUserAgent({ listen: { host: '127.0.0.1', udpPort: 0 }, clock: systemClock, random: systemRandom, log: silentLog });
    cleanups.push(() => patient.close());
    const trunk = checkTrunkSettings({ name: 'main', host: '127.0.0.1', port: patient.port('udp')!, optionsIntervalSec: 0 });
    if (!trunk.ok) throw new Error(trunk.refusal.join(' '));
    const carrier = await createSipCarrier({ trunks: [trunk.value], listen: { host: '127.0.0.1', udpPort: 0 }, clock: systemClock, random: systemRandom, log: silentLog });
    cleanups.push(() => carrier.close(500));
    const engine = await createEmbeddedMediaEngine({ bindAddress: '127.0.0.1', advertisedAddresses: ['127.0.0.1'], port: 0, partyAddress: '127.0.0.1', partyPortRange: { from: 19_000, to: 19_998 }, clock: systemClock, random: systemRandom, log: silentLog });
    cleanups.push(() => engine.close());
    const outcomes: string[] = [];
    const incoming = createIncomingCalls({ database: store.database, carrier, engine, sdes: 'off', clock: systemClock, log: silentLog, onOutcome: (outcome) => outcomes.push(outcome) });
    cleanups.push(() => incoming.close());
    return {
      incoming,
      outcomes,
      async call(number) {
        const audio = (await openRtpEndpoint({ address: '127.0.0.1', portRange: { from: 18_000, to: 18_998 }, clock: systemClock, random: systemRandom }))!;
        cleanups.push(() => audio.close());
        let energy = 0;
        audio.onFrame((samples) => {
          for (const sample of samples) energy += sample * sample;
        });
        const events: SipLegEvent[] = [];
        const leg = patient.call(
          { target: { transport: 'udp', address: '127.0.0.1', port: carrier.port('udp')! }, requestUri: `sip:${number}@127.0.0.1`, from: { uri: 'sip:+15550177177@127.0.0.1' }, to: { uri: `sip:${number}@127.0.0.1` }, offer: audio.createOffer(), ringTimeoutMs: 10_000 },
          (event) => {
            events.push(event);
            if (event.type === 'answered') audio.acceptAnswer(event.sdp);
          },
        );
        return { events, hangUp: () => leg.hangUp(), energy: () => energy, end: () => vi.waitFor(() => expect(events.at(-1)?.type).toBe('ended'), 40_000) };
      },
    };
  };
  interface Patient {
    events: SipLegEvent[];
    hangUp(): void;
    energy(): number;
    end(): Promise<void>;
  }
  const endOf = ({ events }: Patient): unknown => {
    const last = events.at(-1);
    return last?.type === 'ended' ? { kind: last.end.kind, status: last.end.status } : last;
  };

  test('is taken by the first who takes it, and told to nobody after', async () => {
    const { incoming, call, outcomes } = await open();
    const asked: string[] = [];
    incoming.addTaker(async (offered: IncomingCall, line) => {
      asked.push(`first: ${offered.called} of ${line.number}, from ${offered.caller}`);
      return false;
    });
    incoming.addTaker(async (offered) => {
      asked.push('second');
      offered.accept(() => {}).reject(486);
      return true;
    });
    incoming.addTaker(async () => {
      asked.push('third');
      return false;
    });
    const patient = await call(HOSTED);
    await patient.end();
    expect(endOf(patient)).toEqual({ kind: 'refused', status: 486 });
    expect(asked).toEqual([`first: ${HOSTED} of ${HOSTED}, from +15550177177`, 'second']);
    expect(outcomes).toEqual(['taken']);
  });

  test('is answered with a sentence where nobody takes it, a taker that fails included, and then ended', async () => {
    const { incoming, call, outcomes } = await open();
    incoming.addTaker(() => Promise.reject(new Error('a bug in a taker')));
    const patient = await call(HOSTED);
    await vi.waitFor(() => expect(patient.energy()).toBeGreaterThan(1e9), 10_000);
    expect(patient.events.some((event) => event.type === 'answered')).toBe(true);
    await patient.end();
    expect(endOf(patient)).toMatchObject({ kind: 'hung-up' });
    expect(outcomes).toEqual(['announced']);
  });

  test('a caller who hangs up during the sentence leaves nothing behind', async () => {
    const { call, outcomes } = await open();
    const patient = await call(HOSTED);
    await vi.waitFor(() => expect(patient.energy()).toBeGreaterThan(1e8), 10_000);
    patient.hangUp();
    await vi.waitFor(() => expect(outcomes).toEqual(['announced']), 5_000);
  });

  test('a taker that is passed over and comes after all finds a call that is gone', async () => {
    const { incoming, call } = await open();
    const late = new Promise<string>((resolve) => {
      incoming.addTaker(async (offered) => {
        await new Promise<void>((wake) => void systemClock.after(3_500, wake));
        offered.accept((event) => resolve(event.type)).answer('v=0\r\n');
        return true;
      });
    });
    const patient = await call(HOSTED);
    expect(await late).toBe('ended');
    patient.hangUp();
    await patient.end();
  });

  test.each([['that nobody has', '+16125550142'], ['of the clinic\'s own telephone system', VERIFIED]])('a number %s is refused with 404', async (_words, number) => {
    const { call, outcomes } = await open();
    const patient = await call(number);
    await patient.end();
    expect(endOf(patient)).toEqual({ kind: 'refused', status: 404 });
    expect(outcomes).toEqual(['refused']);
  });
});
