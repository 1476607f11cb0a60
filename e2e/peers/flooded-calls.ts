/** Calls placed one after the other on a trunk that sipp plays, without and then beside a flood of junk; tells how long each took to be answered. Judges nothing. */
import { fileURLToPath } from 'node:url';
import { systemClock } from '#server/platform/clock/clock.ts';
import { systemRandom } from '#server/platform/clock/random.ts';
import { silentLog } from '#server/platform/logging/log.ts';
import { checkTrunkSettings, createSipCarrier } from '#server/telephony/index.ts';
import type { SipCarrier } from '#server/telephony/index.ts';
import { startSipp } from './sipp-peer.ts';
import { startTethered } from './tethered-process.ts';

export interface FloodWish {
  readonly junkPerSecond: number;
  readonly seconds: number;
  readonly callsPerSecond: number;
}

export interface FloodFound {
  /** Junk datagrams that left: a busy machine floods more slowly, and what it managed is what was withstood. */
  readonly sent: number;
  /** What the strangers heard. */
  readonly answers: number;
  /** From the wish to the answer, in ms and in order of size. Every call stood, or this was never returned. */
  readonly quietMs: readonly number[];
  readonly floodedMs: readonly number[];
}

const SDP = 'v=0\r\no=- 5 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n';
/** The flood is at its height before the first call, and beyond the last. */
const MARGIN_SEC = 1;

export async function callBesideFlood({ junkPerSecond, seconds, callsPerSecond }: FloodWish): Promise<FloodFound> {
  const calls = Math.floor((seconds - 2 * MARGIN_SEC) * callsPerSecond);
  const sipp = await startSipp({ scenario: 'uas-patient', calls: calls * 2, timeoutSec: seconds * 2 + 30 });
  const checked = checkTrunkSettings({ name: 'sipp', host: '127.0.0.1', port: sipp.port, optionsIntervalSec: 0 });
  if (!checked.ok) throw new Error(checked.refusal.join(' '));
  const carrier = await createSipCarrier({ trunks: [checked.value], listen: { host: '127.0.0.1', udpPort: 0 }, clock: systemClock, random: systemRandom, log: silentLog });
  let flood: ReturnType<typeof startTethered> | undefined;
  try {
    const quietMs = await callMany(carrier, calls, callsPerSecond);
    flood = startTethered(process.execPath, [fileURLToPath(new URL('junk-flood.ts', import.meta.url)), String(carrier.port('udp')), String(junkPerSecond), String(seconds)]);
    await new Promise((resolve) => setTimeout(resolve, MARGIN_SEC * 1_000));
    const floodedMs = await callMany(carrier, calls, callsPerSecond);
    const [, report] = await flood.waitForOutput(/(\{.*\})/, seconds * 1_000 + 20_000);
    return { ...(JSON.parse(report!) as { sent: number; answers: number }), quietMs, floodedMs };
  } finally {
    await flood?.kill();
    await carrier.close(500);
    await sipp.stop();
  }
}

const callMany = async (carrier: SipCarrier, calls: number, callsPerSecond: number): Promise<number[]> =>
  (await Promise.all(
    Array.from({ length: calls }, async (_, index) => {
      await new Promise((resolve) => setTimeout(resolve, (index * 1_000) / callsPerSecond));
      return setUpMs(carrier);
    }),
  )).toSorted((one, other) => one - other);

const setUpMs = (carrier: SipCarrier): Promise<number> =>
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
