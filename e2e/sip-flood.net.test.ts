/** Strangers flood the SIP port while calls go on: none of the strangers hears a word, all of the calls stand, and not much later than without. */
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '#server/platform/clock/clock.ts';
import { systemRandom } from '#server/platform/clock/random.ts';
import { silentLog } from '#server/platform/logging/log.ts';
import { checkTrunkSettings, createSipCarrier } from '#server/telephony/index.ts';
import { startSipp } from './peers/sipp-peer.ts';
import { startTethered } from './peers/tethered-process.ts';

const cleanups: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const SDP = 'v=0\r\no=- 5 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n';
const CALLS = 100;
const JUNK_PER_SECOND = 10_000;

describe('a flood of 10,000 junk datagrams a second', () => {
  it('neither gets an answer nor keeps a call from standing', async () => {
    const sipp = await startSipp({ scenario: 'uas-patient', calls: CALLS * 2, timeoutSec: 50 });
    cleanups.push(() => sipp.stop());
    const checked = checkTrunkSettings({ name: 'sipp', host: '127.0.0.1', port: sipp.port, optionsIntervalSec: 0 });
    if (!checked.ok) throw new Error(checked.refusal.join(' '));
    const carrier = await createSipCarrier({ trunks: [checked.value], listen: { host: '127.0.0.1', udpPort: 0 }, clock: systemClock, random: systemRandom, log: silentLog });
    cleanups.push(() => carrier.close(500));

    const setUpMs = (): Promise<number> =>
      new Promise((resolve, reject) => {
        const startedMs = performance.now();
        const placed = carrier.place({ callId: 'c', to: '+15550100100', from: '+15550199199', displayName: undefined, offer: SDP, trunks: ['sipp'], ringTimeoutMs: 20_000 }, (event) => {
          if (event.type === 'answered') {
            resolve(performance.now() - startedMs);
            setTimeout(() => placed.ok && placed.value.hangUp(), 100);
          }
          if (event.type === 'ended' && event.end.cause !== 'hung-up') reject(new Error(event.end.cause));
        });
      });
    const callMany = async (): Promise<number[]> =>
      (await Promise.all(
        Array.from({ length: CALLS }, async (_, index) => {
          await new Promise((resolve) => setTimeout(resolve, index * 40));
          return setUpMs();
        }),
      )).toSorted((one, other) => one - other);

    const quiet = await callMany();
    const flood = startTethered(process.execPath, [fileURLToPath(new URL('peers/junk-flood.ts', import.meta.url)), String(carrier.port('udp')), String(JUNK_PER_SECOND), '6']);
    cleanups.push(() => flood.kill());
    await new Promise((resolve) => setTimeout(resolve, 500));
    const flooded = await callMany();
    const [, report] = await flood.waitForOutput(/(\{.*\})/, 20_000);
    const { sent, answers } = JSON.parse(report!) as { sent: number; answers: number };
    expect(answers).toBe(0);
    // A busy machine floods more slowly; what it managed is what was withstood.
    expect(sent).toBeGreaterThan(20_000);
    const addedMs = flooded[Math.floor(CALLS * 0.99)]! - quiet[Math.floor(CALLS * 0.5)]!;
    process.stdout.write(`flood: ${sent} junk datagrams, ${CALLS} calls stood, p99 of the set-up time grew by ${Math.round(addedMs)} ms\n`);
    expect(addedMs).toBeLessThan(1_000);
  }, 60_000);
});
