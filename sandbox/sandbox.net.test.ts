import { describe, it, type TestContext } from 'vitest';
import { systemClock } from '#server/platform/clock/clock.ts';
import { systemRandom } from '#server/platform/clock/random.ts';
import { silentLog } from '#server/platform/logging/log.ts';
import { createUserAgent, openRtpEndpoint, type RtpEndpoint, type SipLeg, type SipLegEvent } from '#server/telephony/index.ts';
import { startSandbox } from './index.ts';
import { openVoices } from './voices.ts';

interface Caller {
  leg: SipLeg;
  endpoint: RtpEndpoint;
  /** Statuses of the provisional answers, in order. */
  rang: number[];
  /** Whether a 18x brought a session description. */
  hadEarlyMedia(): boolean;
  /** Directions the patient offered in re-INVITEs. */
  offers: string[];
  /** Loudest sample heard since the last question. */
  takePeak(): number;
  next(type: SipLegEvent['type']): Promise<SipLegEvent>;
}

/** Calls a number of a sandbox of its own, as any SIP phone would; all of it ends with the test. */
async function call(number: string, onTestFinished: TestContext['onTestFinished']): Promise<Caller> {
  const sandbox = await startSandbox({ clock: systemClock, random: systemRandom, log: silentLog });
  const agent = await createUserAgent({ listen: { host: '127.0.0.1', udpPort: 0 }, clock: systemClock, random: systemRandom, log: silentLog });
  const endpoint = await openRtpEndpoint({ address: '127.0.0.1', portRange: { from: 18_000, to: 18_999 }, clock: systemClock, random: systemRandom });
  if (endpoint === undefined) throw new Error('No free port.');
  onTestFinished(async () => {
    endpoint.close();
    leg.hangUp();
    // Its patients' BYEs are answered by the agent, and so end its calls too.
    await sandbox.close();
    agent.close();
  });

  const past: SipLegEvent[] = [];
  const waiting: { type: SipLegEvent['type']; resolve: (event: SipLegEvent) => void }[] = [];
  const rang: number[] = [];
  const offers: string[] = [];
  let hadEarlyMedia = false;
  let peak = 0;
  endpoint.onFrame((samples) => {
    for (const sample of samples) peak = Math.max(peak, Math.abs(sample));
  });
  const leg = agent.call(
    {
      target: { transport: 'udp', address: sandbox.trunk.host, port: sandbox.trunk.port },
      requestUri: `sip:${number}@${sandbox.trunk.host}`,
      from: { uri: `sip:+16125550100@${sandbox.trunk.host}`, displayName: 'Sandbox practice' },
      to: { uri: `sip:${number}@${sandbox.trunk.host}` },
      offer: endpoint.createOffer(),
      ringTimeoutMs: 60_000,
    },
    (event) => {
      if (event.type === 'progress') {
        rang.push(event.status);
        if (event.sdp !== undefined) {
          hadEarlyMedia = true;
          endpoint.acceptAnswer(event.sdp);
        }
      }
      if (event.type === 'answered') endpoint.acceptAnswer(event.sdp);
      if (event.type === 'offered' && event.offer !== undefined) {
        offers.push(/a=(sendrecv|sendonly|recvonly|inactive)/.exec(event.offer)?.[1] ?? 'sendrecv');
        const answer = endpoint.acceptOffer(event.offer);
        if (answer.ok) event.answer(answer.value);
      }
      const index = waiting.findIndex(({ type }) => type === event.type);
      if (index < 0) past.push(event);
      else waiting.splice(index, 1)[0]!.resolve(event);
    },
  );
  return {
    leg,
    endpoint,
    rang,
    offers,
    hadEarlyMedia: () => hadEarlyMedia,
    takePeak() {
      const before = peak;
      peak = 0;
      return before;
    },
    next(type) {
      const index = past.findIndex((event) => event.type === type);
      if (index >= 0) return Promise.resolve(past.splice(index, 1)[0]!);
      return new Promise((resolve) => waiting.push({ type, resolve }));
    },
  };
}

const ended = { by: 'peer', kind: 'hung-up' };
const voices = openVoices(`${import.meta.dirname}/voices`);
const SPEECH = 3000;

// Side by side: each waits for speech in real time, and none needs the processor.
describe.concurrent('the practice carrier', () => {
  it('says at once that Bruno is busy', async ({ expect, onTestFinished }) => {
    const bruno = await call('+16515550143', onTestFinished);
    expect(await bruno.next('ended')).toMatchObject({ end: { kind: 'refused', status: 486, q850: 17 } });
  });

  it('lets Greta decline after a ring', async ({ expect, onTestFinished }) => {
    const greta = await call('+12185550151', onTestFinished);
    expect(await greta.next('ended')).toMatchObject({ end: { kind: 'refused', status: 603, q850: 21 } });
    expect(greta.rang).toEqual([180]);
  });

  it('announces that Ida\'s number is not in service before it says so in SIP', async ({ expect, onTestFinished }) => {
    const ida = await call('+12185550149', onTestFinished);
    expect(await ida.next('ended')).toMatchObject({ end: { kind: 'refused', status: 404, q850: 1 } });
    expect(ida.hadEarlyMedia()).toBe(true);
    expect(ida.takePeak()).toBeGreaterThan(SPEECH);
  });

  it('knows nobody at a number that is not listed', async ({ expect, onTestFinished }) => {
    const nobody = await call('+16125550199', onTestFinished);
    expect(await nobody.next('ended')).toMatchObject({ end: { kind: 'refused', status: 404, q850: 1 } });
  });

  it('stops ringing when the caller gives Nell up', async ({ expect, onTestFinished }) => {
    const nell = await call('+16515550144', onTestFinished);
    await nell.next('progress');
    nell.leg.hangUp();
    expect(await nell.next('ended')).toMatchObject({ end: { by: 'us', kind: 'cancelled' } });
  });

  it('plays an announcement before Theo answers', async ({ expect, onTestFinished }) => {
    const theo = await call('+12185550150', onTestFinished);
    await theo.next('answered');
    expect(theo.rang).toEqual([183]);
    expect(theo.takePeak()).toBeGreaterThan(SPEECH);
  });

  it('drops Hugo in the middle of a word', async ({ expect, onTestFinished }) => {
    const hugo = await call('+16025550147', onTestFinished);
    await hugo.next('answered');
    expect(await hugo.next('ended')).toMatchObject({ end: ended });
  });

  it('says that Flora\'s mailbox is full and hangs up', async ({ expect, onTestFinished }) => {
    const flora = await call('+14805550146', onTestFinished);
    await flora.next('answered');
    expect(await flora.next('ended')).toMatchObject({ end: ended });
    expect(flora.takePeak()).toBeGreaterThan(SPEECH);
  });

  it('has Wanda reply when the caller has spoken and stopped', async ({ expect, onTestFinished }) => {
    const wanda = await call('+16125550141', onTestFinished);
    await wanda.next('answered');
    await expect.poll(() => wanda.takePeak(), { timeout: 5000 }).toBeGreaterThan(SPEECH);
    // Her greeting lasts a second and a half; ours stands in for a physician's.
    await expect.poll(() => wanda.takePeak(), { timeout: 5000, interval: 300 }).toBeLessThan(200);
    await wanda.endpoint.play({ kind: 'clip', samples: voices('theo-hello'), times: 1 });
    await expect.poll(() => wanda.takePeak(), { timeout: 5000 }).toBeGreaterThan(SPEECH);
    wanda.leg.hangUp();
    expect(await wanda.next('ended')).toMatchObject({ end: { by: 'us', kind: 'hung-up' } });
  });

  it('echoes what is said', async ({ expect, onTestFinished }) => {
    const echo = await call('+16125550142', onTestFinished);
    await echo.next('answered');
    // The greeting and its tone are 4.1 s; then only what we say comes back.
    await expect.poll(() => echo.takePeak(), { timeout: 5000 }).toBeGreaterThan(SPEECH);
    await expect.poll(() => echo.takePeak(), { timeout: 10_000, interval: 600 }).toBe(0);
    await echo.endpoint.play({ kind: 'clip', samples: voices('theo-hello'), times: 1 });
    expect(echo.takePeak()).toBeGreaterThan(SPEECH);
  });

  it('lets Pavel put the caller on hold and come back', async ({ expect, onTestFinished }) => {
    const pavel = await call('+15075550152', onTestFinished);
    await pavel.next('answered');
    await pavel.next('offered');
    await pavel.next('offered');
    expect(pavel.offers).toEqual(['sendonly', 'sendrecv']);
    pavel.leg.hangUp();
    await pavel.next('ended');
  });

  it('stops its greeting for a key, and reads the keys back', async ({ expect, onTestFinished }) => {
    const pharmacy = await call('+15075550153', onTestFinished);
    await pharmacy.next('answered');
    await expect.poll(() => pharmacy.takePeak(), { timeout: 5000 }).toBeGreaterThan(SPEECH);
    await pharmacy.endpoint.sendDtmf(['4', '2', '#']);
    pharmacy.takePeak();
    // Between the last key and the reading back there is a second and a half of quiet.
    await expect.poll(() => pharmacy.takePeak(), { timeout: 5000, interval: 800 }).toBeLessThan(200);
    await expect.poll(() => pharmacy.takePeak(), { timeout: 5000 }).toBeGreaterThan(SPEECH);
  });
});
