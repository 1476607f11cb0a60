import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { CallView } from '#contract/calls.ts';
import type { OwnPhoneView } from '#contract/own-phone.ts';
import { hashToken } from '#server/platform/crypto/token.ts';
import { inPractice } from '#server/platform/storage/database.ts';
import { defaultCallLimits } from './call-facts.ts';
import { openPage, openTestAudio, type PageAccess, type TestAudio, type TestPage } from './test-page.ts';
import type { PhoneCall } from './test-phone.ts';
import { openTestPractice, type TestPractice } from './test-practice.ts';

const PATIENT = '(612) 555-0123';
const OWN = '+16125550182';

/** A key as a telephone without events sends it: two tones, for a tenth of a second, and quiet around them. */
const tones = (rowHz: number, columnHz: number): Int16Array =>
  Int16Array.from({ length: 3_200 }, (_, index) => (index < 1_600 || index >= 2_400 ? 0 : Math.round(6_000 * (Math.sin((2 * Math.PI * rowHz * index) / 8_000) + Math.sin((2 * Math.PI * columnHz * index) / 8_000)))));

describe('a call that is moved to the member\'s own phone', () => {
  let practice: TestPractice;
  let access: PageAccess;
  let page: TestPage;
  let audio: TestAudio;
  let audios: TestAudio[];
  let pages: TestPage[];
  const logged: string[] = [];

  beforeAll(async () => {
    const write = (...words: unknown[]): void => void logged.push(JSON.stringify(words));
    const log = { debug: write, info: write, warn: write, error: write, child: () => log };
    practice = await openTestPractice({ limits: { ...defaultCallLimits, reconnectWindowMs: 1_500 }, log });
    access = await practice.enter();
  });
  afterAll(() => practice.close());
  beforeEach(async () => {
    pages = [];
    audios = [];
    page = await open();
    audio = await listen();
  });
  afterEach(async () => {
    for (const { messages } of pages) for (const message of messages) if (message.type === 'call') page.send({ type: 'hang-up', callId: message.call.id });
    await vi.waitFor(() => expect(practice.calls.liveCount()).toBe(0), 5_000);
    for (const each of pages) each.vanish();
    for (const each of audios) await each.close();
    expect(practice.engine.sessionCount()).toBe(0);
  });

  const open = async (): Promise<TestPage> => {
    const opened = await openPage(access);
    pages.push(opened);
    opened.send({ type: 'hello', deviceId: opened.deviceId as never });
    await opened.next('welcome');
    return opened;
  };
  const listen = async (): Promise<TestAudio> => {
    const opened = await openTestAudio();
    audios.push(opened);
    return opened;
  };
  const send = async (method: string, path: string, body: object = {}): Promise<{ status: number; body: OwnPhoneView & { code: OwnPhoneView['code'] | string } }> => {
    const response = await fetch(`${access.origin}/api/me/phone${path}`, { method, headers: { cookie: access.cookie, origin: access.origin, ...(method === 'GET' ? {} : { 'content-type': 'application/json' }) }, ...(method === 'GET' ? {} : { body: JSON.stringify(body) }) });
    return { status: response.status, body: (await response.json()) as never };
  };
  /** The spoken code is known to the one who hears it: here the hash is asked for each of a million. */
  const spokenCode = async (): Promise<string> => {
    const row = await inPractice(practice.store.database, practice.demo.practiceId, async (transaction) => (await sql<{ code_hash: Buffer | null }>`select code_hash from own_phone`.execute(transaction)).rows[0]);
    for (let code = 0; code < 1_000_000; code++) {
      const digits = String(code).padStart(6, '0');
      if (row?.code_hash && hashToken(`${practice.demo.memberId}:${digits}`).equals(row.code_hash)) return digits;
    }
    throw new Error('There is no code.');
  };
  const talk = async (): Promise<{ call: CallView; patient: PhoneCall }> => {
    page.send({ type: 'dial', requestId: 'd', to: PATIENT, offer: audio.offer });
    const [answer, patient] = await Promise.all([page.next('media-answer'), practice.phone.nextCall()]);
    await audio.accept(answer.answer);
    patient.leg.answer(patient.answer);
    const call = await page.call(({ state, id }) => state === 'talking' && id === answer.callId);
    audio.speak(9_000);
    await vi.waitFor(() => expect(patient.loudness()).toBeGreaterThan(3_000), 5_000);
    return { call, patient };
  };
  const ring = async (call: CallView): Promise<PhoneCall> => {
    const next = practice.phone.nextCall();
    page.send({ type: 'ring-phone', callId: call.id });
    const phone = await next;
    phone.leg.progress(180);
    await page.call(({ ownPhone }) => ownPhone?.phase === 'ringing');
    return phone;
  };
  const answer = async (phone: PhoneCall, description = phone.answer): Promise<void> => {
    phone.leg.answer(description);
    await page.call(({ ownPhone }) => ownPhone?.phase === 'asking');
  };
  const join = async (phone: PhoneCall): Promise<void> => {
    await answer(phone);
    // It is told what to press.
    await vi.waitFor(() => expect(phone.loudness()).toBeGreaterThan(300), 5_000);
    await phone.audio.sendDtmf(['1']);
    await page.call(({ ownPhone }) => ownPhone?.phase === 'joined');
  };
  const heard = (phone: PhoneCall, from: number, to = Number.POSITIVE_INFINITY): Promise<void> => {
    phone.loudness();
    return vi.waitFor(() => {
      const loudness = phone.loudness();
      expect(loudness).toBeGreaterThanOrEqual(from);
      expect(loudness).toBeLessThanOrEqual(to);
    }, { timeout: 5_000, interval: 200 });
  };

  test('rings none before one is proven', async () => {
    const { call } = await talk();
    const before = practice.phone.inviteCount();
    page.send({ type: 'ring-phone', callId: call.id });
    expect((await page.call(({ ownPhone }) => ownPhone?.phase === 'failed')).ownPhone?.failure).toBe('no-phone');
    expect(practice.phone.inviteCount()).toBe(before);
  });

  test('a number is proven by the code that was heard on it, and is shown to its member alone', async () => {
    expect((await send('GET', '')).body).toMatchObject({ number: null, state: 'none' });
    expect((await send('PUT', '', { number: '+44 20 7946 0018' })).body.code).toBe('NUMBER_NOT_ALLOWED');
    expect((await send('PUT', '', { number: '612 555 0182' })).body).toMatchObject({ number: OWN, state: 'unproven' });
    const [called, phone] = await Promise.all([send('POST', '/code-call'), practice.phone.nextCall()]);
    expect(called.body).toMatchObject({ codeCall: 'calling', codeCallsLeft: 4 });
    expect([phone.called, phone.from]).toEqual([OWN, expect.stringContaining('+16125550100')]);
    phone.leg.answer(phone.answer);
    await vi.waitFor(() => expect(phone.loudness()).toBeGreaterThan(500), 5_000);
    const code = await spokenCode();
    expect((await send('POST', '/code', { code: code === '000000' ? '111111' : '000000' })).body.code).toBe('CODE_WRONG');
    expect((await send('POST', '/code', { code })).body).toMatchObject({ state: 'proven', number: OWN });
    expect((await send('POST', '/code', { code })).body.code).toBe('NO_CODE');
    await vi.waitFor(async () => expect(['stopped', 'spoken']).toContain((await send('GET', '')).body.codeCall));
    const kept = await inPractice(practice.store.database, practice.demo.practiceId, async (transaction) => (await sql<{ row: string }>`select own_phone::text as row from own_phone`.execute(transaction)).rows);
    expect(JSON.stringify(kept)).not.toContain(OWN.slice(2));
  });

  test('is joined by pressing 1, with the browser let go only then; the patient hears the phone, and no key', async () => {
    const { call, patient } = await talk();
    const phone = await ring(call);
    expect([phone.called, phone.from]).toEqual([OWN, expect.stringContaining('+16125550100')]);
    await answer(phone);
    // Whatever it says is heard by nobody yet, and the browser goes on as it was.
    void phone.audio.play({ kind: 'tone', tone: 'busy', country: 'US' });
    await heard(patient, 3_000);
    expect((await page.call(() => true)).carriedBy).toBe('this-device');
    phone.audio.stopPlaying();
    await phone.audio.sendDtmf(['1']);
    expect(await page.call(({ ownPhone }) => ownPhone?.phase === 'joined')).toMatchObject({ state: 'talking', carriedBy: 'own-phone' });
    await page.next('device-replaced');
    await heard(patient, 0, 50);
    void phone.audio.play({ kind: 'tone', tone: 'busy', country: 'US' });
    await heard(patient, 500);
    void patient.audio.play({ kind: 'tone', tone: 'busy', country: 'US' });
    await heard(phone, 500);
    expect(patient.digits).toEqual([]);
    phone.leg.hangUp();
    expect((await page.call(({ state }) => state === 'ended')).endReason).toBe('hung-up-by-member');
    expect(patient.events.at(-1)).toMatchObject({ type: 'ended' });
  });

  test('is joined by a 1 that comes as INFO', async () => {
    const { call } = await talk();
    const phone = await ring(call);
    await answer(phone);
    phone.leg.info('application/dtmf-relay', 'Signal=1\r\nDuration=160\r\n');
    await page.call(({ ownPhone }) => ownPhone?.phase === 'joined');
  });

  test.each([['2', 1336], ['1', 1209]])('is joined by the sound of a 1 where no telephone events were agreed on, and not by that of a %s', async (digit, columnHz) => {
    const { call } = await talk();
    const phone = await ring(call);
    await answer(phone, phone.answer.replace(/ 101\r\n/, '\r\n').replaceAll(/^a=(rtpmap|fmtp):101.*\r\n/gm, ''));
    await phone.audio.play({ kind: 'clip', samples: tones(697, columnHz), times: 1 });
    if (digit === '2') {
      page.send({ type: 'stop-phone', callId: call.id });
      await page.call(({ ownPhone }) => ownPhone === null);
      expect(page.messages.some((message) => message.type === 'call' && message.call.ownPhone?.phase === 'joined')).toBe(false);
    } else await page.call(({ ownPhone }) => ownPhone?.phase === 'joined');
  });

  test.each([['5'], ['1']] as const)('is not joined by a mailbox, which presses nothing; a %s too late is nobody\'s', async (digit) => {
    const { call, patient } = await talk();
    const phone = await ring(call);
    await answer(phone);
    if (digit === '5') await phone.audio.sendDtmf([digit]);
    page.send({ type: 'stop-phone', callId: call.id });
    await page.call(({ ownPhone }) => ownPhone === null);
    await vi.waitFor(() => expect(phone.events.at(-1)).toMatchObject({ type: 'ended' }));
    if (digit === '1') await phone.audio.sendDtmf([digit]);
    await heard(patient, 3_000);
    expect((await page.call(() => true)).carriedBy).toBe('this-device');
  });

  test('says why it was not: busy', async () => {
    const { call } = await talk();
    const phone = await ring(call);
    phone.leg.reject(486);
    expect((await page.call(({ ownPhone }) => ownPhone?.phase === 'failed')).ownPhone?.failure).toBe('busy');
  });

  test('comes back to a browser, which the phone makes room for once it is heard', async () => {
    const { call, patient } = await talk();
    const phone = await ring(call);
    await join(phone);
    audio.speak(undefined);
    const again = await listen();
    page.send({ type: 'attach', requestId: 'back', callId: call.id, offer: again.offer });
    await again.accept((await page.next('media-answer', ({ requestId }) => requestId === 'back')).answer);
    again.speak(9_000);
    expect(await page.call(({ ownPhone }) => ownPhone === null)).toMatchObject({ state: 'talking', carriedBy: 'this-device' });
    await vi.waitFor(() => expect(phone.events.at(-1)).toMatchObject({ type: 'ended' }));
    await heard(patient, 3_000);
  });

  test('is kept when the browser is long gone: the phone is rung from another page, and the farewell is not said', async () => {
    const { call, patient } = await talk();
    const watcher = await open();
    page.vanish();
    audio.speak(undefined);
    page = watcher;
    await page.call(({ state }) => state === 'reconnecting');
    const phone = await ring(call);
    await answer(phone);
    expect(await page.call(() => true)).toMatchObject({ state: 'reconnecting', reconnectUntil: null });
    await phone.audio.sendDtmf(['1']);
    expect(await page.call(({ ownPhone }) => ownPhone?.phase === 'joined')).toMatchObject({ state: 'talking', carriedBy: 'own-phone' });
    void phone.audio.play({ kind: 'tone', tone: 'busy', country: 'US' });
    await heard(patient, 500);
  });

  test('stands in no log', () => {
    expect(logged.length).toBeGreaterThan(0);
    expect(logged.filter((line) => line.includes(OWN.slice(2)))).toEqual([]);
  });
});
