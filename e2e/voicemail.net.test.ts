/** A patient calls back and leaves a message: real SIP, RTP, PostgreSQL and key files, on both media engines. What was said is what is heard; a kill costs a second; nothing of it is plain on the disk. */
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { systemClock } from '#server/platform/clock/clock.ts';
import { systemRandom } from '#server/platform/clock/random.ts';
import { silentLog } from '#server/platform/logging/log.ts';
import { createEmbeddedMediaEngine, createRtpengineEngine, decodeG711, type MediaEngine } from '#server/telephony/index.ts';
import { CALLER, HOSTED, openVoicemailUnderTest, type Caller, type VoicemailUnderTest } from '#server/features/voicemail/test-voicemail.ts';
import { apiOf, type Api } from './api-operations.ts';
import { durationMs, excerpt, isSameSpeech, matchSpeech, repeated, silenceShare } from './audio/speech-match.ts';
import { spokenClip } from './audio/spoken-clips.ts';
import type { Recording } from './audio/wav-file.ts';
import { hearNext } from './listening.ts';
import { startPatientPhone } from './peers/baresip-peer.ts';
import { startRtpengine, type RtpenginePeer } from './peers/rtpengine-peer.ts';
import { startProduct, type Product } from './product.ts';

const SPOKEN = excerpt(spokenClip('patient'), 1_000, 4_000);

async function openBehindRtpengine(peer: RtpenginePeer): Promise<MediaEngine> {
  const inner = await createEmbeddedMediaEngine({ bindAddress: '127.0.0.1', advertisedAddresses: ['127.0.0.1'], port: 0, partyAddress: '127.0.0.1', partyPortRange: { from: 22_000, to: 22_998 }, clock: systemClock, random: systemRandom, log: silentLog });
  return createRtpengineEngine({ instances: [{ host: '127.0.0.1', port: peer.port, weight: 1 }], inner, clock: systemClock, random: systemRandom, log: silentLog });
}

describe.each(['embedded', 'rtpengine'] as const)('a message, by the %s engine', (name) => {
  let it: VoicemailUnderTest;
  let rtpengine: RtpenginePeer | undefined;
  beforeAll(async () => {
    const peer = name === 'rtpengine' ? await startRtpengine({ ports: { from: 52_000, to: 52_998 } }) : undefined;
    rtpengine = peer;
    it = await openVoicemailUnderTest(peer === undefined ? {} : { openEngine: () => openBehindRtpengine(peer) });
  });
  afterAll(async () => {
    await it?.close();
    await rtpengine?.stop();
  });

  /** The greeting is heard, and cut short by a key; the beep; then it records. */
  const toTheBeep = async (caller: Caller): Promise<void> => {
    await vi.waitFor(() => expect(caller.energy()).toBeGreaterThan(1e8), 15_000);
    await caller.press('1');
    await vi.waitFor(async () => expect(await it.within((transaction) => transaction.selectFrom('voicemail').select('call_id').where('duration_ms', 'is', null).execute())).toHaveLength(1), 15_000);
  };
  const endOf = (callId: string) => it.within((transaction) => transaction.selectFrom('call').select(['direction', 'state', 'end_reason', 'member_id']).where('id', '=', callId).executeTakeFirstOrThrow());

  test('is what the caller said, from the beep until they hang up', async () => {
    const caller = await it.call();
    await toTheBeep(caller);
    await caller.say(SPOKEN.samples);
    caller.hangUp();
    const [message] = await it.messages(1);
    expect(message).toMatchObject({ number: CALLER, isHeard: false, isReadable: true, done: null, line: { name: 'Lakeside Clinic' } });
    expect(message!.durationMs).toBeGreaterThan(3_800);
    const match = matchSpeech(SPOKEN, { sampleRate: 8_000, samples: await it.heard(message!.callId) });
    expect(isSameSpeech(match), JSON.stringify(match)).toBe(true);
    expect(match.intelligibility).toBeGreaterThan(0.9);
    expect((await it.messages(1))[0]).toMatchObject({ isHeard: true, heardBy: [{ memberId: it.demo.memberId }] });
    expect(await endOf(message!.callId)).toEqual({ direction: 'incoming', state: 'ended', end_reason: 'caller-left-message', member_id: null });
  });

  test('is what another program’s telephone said: a baresip that calls', async () => {
    const phone = await startPatientPhone({ number: CALLER, answer: 'manual', speech: SPOKEN });
    try {
      await phone.dial(`sip:${HOSTED}@127.0.0.1:${it.sipPort}`);
      await phone.nextEvent('CALL_ESTABLISHED', 15_000);
      // The greeting is heard at its end, and cut short there by a key.
      await expect.poll(async () => silenceShare(await hearNext(phone, 1_000)), { timeout: 15_000 }).toBeLessThan(0.7);
      await phone.press('1');
      await vi.waitFor(async () => expect(await it.within((transaction) => transaction.selectFrom('voicemail').select('call_id').where('duration_ms', 'is', null).execute())).toHaveLength(1), 15_000);
      await hearNext(phone, 8_000);
      await phone.hangUp();
      const [message] = await it.messages(2);
      expect(message).toMatchObject({ number: CALLER, isReadable: true });
      const heard = { sampleRate: 8_000, samples: await it.heard(message!.callId) };
      const match = matchSpeech(repeated(SPOKEN, 3), excerpt(heard, Math.max(0, durationMs(heard) - 5_000), 4_000));
      process.stdout.write(`a message from baresip, by the ${name} engine: ${message!.durationMs} ms, STOI ${match.intelligibility.toFixed(3)}\n`);
      expect(isSameSpeech(match), JSON.stringify(match)).toBe(true);
    } finally {
      await phone.close();
    }
  });

  test('ends with "#", is thanked for, and the call is ended from here', async () => {
    const caller = await it.call();
    await toTheBeep(caller);
    await caller.say(SPOKEN.samples.slice(0, 12_000));
    const before = caller.energy();
    await caller.press('#');
    await caller.over();
    expect(caller.energy() - before).toBeGreaterThan(1e8);
    await it.messages(3);
  });

  test('that was none leaves nothing but the call', async () => {
    const caller = await it.call();
    await toTheBeep(caller);
    const { call_id: callId } = await it.within((transaction) => transaction.selectFrom('voicemail').select('call_id').where('duration_ms', 'is', null).executeTakeFirstOrThrow());
    caller.hangUp();
    await vi.waitFor(async () => expect(await endOf(callId)).toMatchObject({ end_reason: 'caller-left-nothing' }), 10_000);
    expect(it.keys.find(callId)).toBeUndefined();
    await it.messages(3);
  });

  test('is kept as far as it came where the server stops', async () => {
    const caller = await it.call();
    await toTheBeep(caller);
    await caller.say(SPOKEN.samples.slice(0, 16_000));
    await it.stopTaking();
    const [message] = await it.messages(4);
    expect(message!.durationMs).toBeGreaterThan(1_800);
    await caller.over();
    // From now on callers hear the announcement, and that stands in the log.
    const next = await it.call();
    await vi.waitFor(() => expect(next.energy()).toBeGreaterThan(1e8), 15_000);
    next.hangUp();
    await vi.waitFor(async () => expect((await it.within((transaction) => transaction.selectFrom('call').select('end_reason').orderBy('id', 'desc').executeTakeFirstOrThrow())).end_reason).toBe('caller-left-nothing'), 10_000);
  });
});

describe('in the whole product', () => {
  let product: Product;
  let api: Api;
  let owner: Client;
  let cookie: string;
  const NELL = '+16515550144';
  const voice = readFileSync(join(import.meta.dirname, '../sandbox/voices/nell-message.wav'));
  /** As it travelled, octet for octet. */
  const octets = voice.subarray(voice.indexOf('data') + 8);

  const connect = async (): Promise<void> => {
    owner = new Client({ connectionString: product.databaseUrl() });
    // A killed server takes its database's connections along at times.
    owner.on('error', () => {});
    await owner.connect();
    cookie = await api.enter(new URL(product.newLink()).hash.slice(1));
  };
  beforeAll(async () => {
    product = await startProduct();
    api = apiOf(product);
    await connect();
    // A whole product, and a page built for it.
  }, 180_000);
  afterAll(async () => {
    await owner?.end();
    await product?.close();
  });

  const ask = async (method: string, path: string, body?: unknown) => JSON.parse((await api.send(method, path, cookie, body)).text);
  const chunkCount = async (): Promise<number> => Number((await owner.query<{ count: string }>('select count(*) from voicemail_chunk')).rows[0]!.count);
  const listen = async (callId: string): Promise<Recording> => {
    const pieces: Buffer[] = [];
    for (let from: number | null = 0; from !== null; ) {
      const piece: { audio: string; next: number | null } = await ask('GET', `/calls/${callId}/voicemail/recording?from=${from}`);
      pieces.push(Buffer.from(piece.audio, 'base64'));
      from = piece.next;
    }
    const heard = Buffer.concat(pieces);
    const samples = new Int16Array(heard.length);
    decodeG711('PCMU', heard, 0, heard.length, samples);
    return { sampleRate: 8_000, samples };
  };
  const spoken = (fromMs: number, forMs: number): Recording => {
    const samples = new Int16Array(octets.length);
    decodeG711('PCMU', octets, 0, octets.length, samples);
    return excerpt({ sampleRate: 8_000, samples }, fromMs, forMs);
  };

  test('a kill -9 in the middle of a message leaves what was said until then, to be heard', async () => {
    expect((await api.send('POST', '/sandbox/callbacks', cookie, { number: NELL })).status).toBe(200);
    await vi.waitFor(async () => expect(await chunkCount()).toBeGreaterThan(6), 60_000);
    await product.kill();
    await owner.end().catch(() => {});
    await product.start();
    await connect();
    const { messages } = await ask('GET', '/voicemail');
    expect(messages).toMatchObject([{ number: NELL, partyName: 'Nell Abernathy', isReadable: true, isHeard: false }]);
    expect(messages[0].durationMs).toBeGreaterThan(4_000);
    const heard = await listen(messages[0].callId);
    const match = matchSpeech(spoken(300, 2_500), heard);
    expect(isSameSpeech(match), JSON.stringify(match)).toBe(true);
    expect(await ask('GET', `/calls/${messages[0].callId}`)).toMatchObject({ direction: 'incoming', endReason: 'caller-left-message', madeBy: null });
  });

  test('nothing of it is plain in any file of the data directory, the write-ahead log and the server’s log included', async () => {
    await owner.query('checkpoint');
    // A word in the middle, as mu-law and in each way base64 may have written it down.
    const plain = octets.subarray(16_000, 16_096);
    const needles = [plain, ...[0, 1, 2].map((shift) => Buffer.from(octets.subarray(16_000 + shift, 16_096 + shift).toString('base64').slice(4, -4)))];
    const found = (): string[] =>
      readdirSync(product.dataPath, { recursive: true, encoding: 'utf8' })
        .map((name) => join(product.dataPath, name))
        .filter((path) => statSync(path).isFile())
        .filter((path) => {
          const bytes = readFileSync(path);
          return needles.some((needle) => bytes.includes(needle));
        });
    expect(found()).toEqual([]);
    // The search finds what is there.
    const planted = join(product.dataPath, 'planted');
    writeFileSync(planted, Buffer.concat([Buffer.from('before'), plain]));
    expect(found()).toEqual([planted]);
    writeFileSync(planted, '');
  });
});
