import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { CallView } from '#contract/calls.ts';
import { inInstallation, inPractice } from '#server/platform/storage/database.ts';
import { createDtmfDetector } from '#server/telephony/index.ts';
import type { CallRow, CallTables } from './call-row.ts';
import { defaultCallLimits } from './call-facts.ts';
import type { PhoneCall } from './test-phone.ts';
import { openPage, openTestAudio } from './test-page.ts';
import type { PageAccess, TestAudio, TestPage } from './test-page.ts';
import { openTestPractice } from './test-practice.ts';
import type { TestPractice } from './test-practice.ts';

const PATIENT = '(612) 555-0123';
/** Short enough for a test to wait out. */
const limits = { ...defaultCallLimits, reconnectWindowMs: 1_500, ringTimeoutMs: 20_000 };

describe('a call between a page and a telephone', () => {
  let practice: TestPractice;
  let access: PageAccess;
  let page: TestPage;
  let audio: TestAudio;
  let pages: TestPage[];
  let audios: TestAudio[];

  beforeAll(async () => {
    practice = await openTestPractice({ limits });
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
    for (const call of pages.flatMap(({ messages }) => messages.filter((message) => message.type === 'call').map((message) => message.call.id))) page.send({ type: 'hang-up', callId: call });
    await vi.waitFor(() => expect(practice.calls.liveCount()).toBe(0), 5_000);
    for (const each of pages) each.vanish();
    for (const each of audios) await each.close();
    expect(practice.engine.sessionCount()).toBe(0);
  });

  const open = async (deviceId?: string): Promise<TestPage> => {
    const opened = await openPage(access, deviceId);
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
  const dial = async (to = PATIENT): Promise<{ call: CallView; phone: PhoneCall }> => {
    page.send({ type: 'dial', requestId: 'd', to, offer: audio.offer });
    const [answer, phone] = await Promise.all([page.next('media-answer'), practice.phone.nextCall()]);
    await audio.accept(answer.answer);
    return { call: await page.call(({ id }) => id === answer.callId), phone };
  };
  const talk = async (): Promise<{ call: CallView; phone: PhoneCall }> => {
    const { phone } = await dial();
    phone.leg.progress(180);
    await page.call(({ state }) => state === 'ringing');
    phone.leg.answer(phone.answer);
    const call = await page.call(({ state }) => state === 'talking');
    void phone.audio.play({ kind: 'tone', tone: 'busy', country: 'US' });
    audio.speak(9_000);
    await vi.waitFor(() => expect(phone.loudness()).toBeGreaterThan(3_000), 5_000);
    return { call, phone };
  };
  const attach = async (to: TestPage, callId: CallView['id']): Promise<TestAudio> => {
    const again = await listen();
    to.send({ type: 'attach', requestId: 'a', callId, offer: again.offer });
    await again.accept((await to.next('media-answer', ({ requestId }) => requestId === 'a')).answer);
    return again;
  };

  test('rings, is answered, is heard at both ends and ends with its reason', async () => {
    const { phone, call } = await talk();
    expect(phone.from).toContain('+16125550100');
    expect(phone.called).toBe('+16125550123');
    expect(call).toMatchObject({ number: '+16125550123', carriedBy: 'this-device', line: { name: 'Lakeside Clinic' } });
    await vi.waitFor(() => expect(audio.packetsHeard()).toBeGreaterThan(10), 3_000);
    phone.leg.hangUp();
    expect(await page.call(({ state }) => state === 'ended')).toMatchObject({ endReason: 'hung-up-by-party' });
  });

  test('is heard ringing by the server\'s tone, and by the network\'s own where there is one', async () => {
    const { phone } = await dial();
    phone.leg.progress(180);
    expect(await page.call(({ state }) => state === 'ringing')).toMatchObject({ earlyMedia: false });
    await vi.waitFor(() => expect(audio.packetsHeard()).toBeGreaterThan(5), 3_000);
    phone.leg.progress(183, phone.answer);
    await page.call(({ earlyMedia }) => earlyMedia);
    phone.leg.reject(486);
    expect(await page.call(({ state }) => state === 'ended')).toMatchObject({ endReason: 'busy' });
  });

  test.each(['988', '711'])('to %s goes out as it was dialled', async (code) => {
    const { phone } = await dial(code);
    expect(phone.called).toBe(code);
  });

  test('that is given up while it rings is cancelled at the phone', async () => {
    const { call, phone } = await dial();
    phone.leg.progress(180);
    page.send({ type: 'hang-up', callId: call.id });
    expect(await page.call(({ state }) => state === 'ended')).toMatchObject({ endReason: 'cancelled' });
    await vi.waitFor(() => expect(phone.events.at(-1)).toMatchObject({ type: 'ended', end: { kind: 'cancelled' } }));
  });

  test('hears keys as they were pressed, and mute as silence', async () => {
    const { call, phone } = await talk();
    page.send({ type: 'dtmf', callId: call.id, digits: '12#' });
    await vi.waitFor(() => expect(phone.digits.join('')).toBe('12#'), 5_000);
    expect((await page.call(({ digitsSent }) => digitsSent !== '')).digitsSent).toBe('12#');
    page.send({ type: 'mute', callId: call.id, muted: true });
    await page.call(({ muted }) => muted);
    phone.loudness();
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(phone.loudness()).toBeLessThan(50);
    page.send({ type: 'mute', callId: call.id, muted: false });
    await vi.waitFor(() => expect(phone.loudness()).toBeGreaterThan(3_000), 3_000);
  });

  test('that takes no telephone events hears keys as tones before it answers, and then by INFO', async () => {
    const { call, phone } = await dial();
    const answer = phone.answer.replace(/a=(rtpmap|fmtp):101.*\r\n/g, '').replace(/(m=audio.*) 101/, '$1');
    expect(answer).not.toContain('telephone-event');
    const heard: string[] = [];
    const keys = createDtmfDetector();
    phone.audio.onFrame((samples) => {
      const key = keys.hear(samples);
      if (key !== undefined) heard.push(`${key.digit} ${key.durationMs >= 80}`);
    });
    phone.leg.progress(183, answer);
    await page.call(({ earlyMedia }) => earlyMedia);
    page.send({ type: 'dtmf', callId: call.id, digits: '1690*#' });
    await vi.waitFor(() => expect(heard).toEqual(['1 true', '6 true', '9 true', '0 true', '* true', '# true']), 8_000);
    phone.leg.answer(answer);
    await page.call(({ state }) => state === 'talking');
    page.send({ type: 'dtmf', callId: call.id, digits: '47' });
    const bodies = (): string[] => phone.events.flatMap((event) => (event.type === 'info' ? [event.body] : []));
    await vi.waitFor(() => expect(bodies()).toEqual(['Signal=4\r\nDuration=120\r\n', 'Signal=7\r\nDuration=120\r\n']), 8_000);
    expect(heard).toHaveLength(6);
  });

  test('is held and taken up again, by us and by the party', async () => {
    const { call, phone } = await talk();
    page.send({ type: 'hold', callId: call.id, held: true });
    await page.call(({ state }) => state === 'on-hold');
    await vi.waitFor(() => expect(phone.events.find((event) => event.type === 'offered')).toMatchObject({ offer: expect.stringContaining('a=sendonly') }), 3_000);
    page.send({ type: 'hold', callId: call.id, held: false });
    await page.call(({ state }) => state === 'talking');
    phone.loudness();
    await vi.waitFor(() => expect(phone.loudness()).toBeGreaterThan(3_000), 3_000);
    phone.leg.reoffer(phone.audio.createOffer('sendonly'));
    await page.call(({ heldByParty }) => heldByParty);
    await vi.waitFor(() => expect(phone.events.some((event) => event.type === 'reanswered')).toBe(true));
    phone.leg.reoffer(phone.audio.createOffer('sendrecv'));
    await page.call(({ heldByParty }) => !heldByParty);
  });

  test('survives a refresh: the party hears no goodbye, and the same device goes on', async () => {
    const { call, phone } = await talk();
    page.vanish();
    audio.speak(undefined);
    const back = await open(page.deviceId);
    const welcome = await back.next('welcome');
    expect(welcome.calls).toMatchObject([{ id: call.id, carriedBy: 'this-device' }]);
    const again = await attach(back, call.id);
    await back.call(({ state }) => state === 'talking');
    again.speak(9_000);
    phone.loudness();
    await vi.waitFor(() => expect(phone.loudness()).toBeGreaterThan(3_000), 5_000);
    expect(phone.events.filter(({ type }) => type === 'ended')).toEqual([]);
    page = back;
  });

  test('is taken over by a second page, and the first is told', async () => {
    const { call, phone } = await talk();
    const second = await open();
    expect((await second.next('welcome')).calls).toMatchObject([{ id: call.id, carriedBy: 'another-device' }]);
    phone.longestGapMs();
    const again = await listen();
    again.speak(9_000);
    second.send({ type: 'attach', requestId: 'a', callId: call.id, offer: again.offer });
    await again.accept((await second.next('media-answer', ({ requestId }) => requestId === 'a')).answer);
    // The first one speaks on until it is told that the second is heard.
    await page.next('device-replaced');
    audio.speak(undefined);
    phone.loudness();
    await vi.waitFor(() => expect(phone.loudness()).toBeGreaterThan(3_000), 5_000);
    const gapMs = phone.longestGapMs();
    process.stdout.write(`hand-over: the far end heard nothing for ${Math.round(gapMs)} ms at most\n`);
    expect(gapMs).toBeLessThan(150);
    expect((await page.call(({ carriedBy }) => carriedBy !== 'this-device')).carriedBy).toBe('another-device');
    second.send({ type: 'hang-up', callId: call.id });
    expect((await page.call(({ state }) => state === 'ended')).endReason).toBe('hung-up-by-member');
  });

  test('waits for its device, plays to the party meanwhile, and ends when nobody comes back', async () => {
    const { phone } = await talk();
    const watcher = await open();
    page.vanish();
    audio.speak(undefined);
    expect(await watcher.call(({ state }) => state === 'reconnecting')).toMatchObject({ carriedBy: 'none', reconnectUntil: expect.any(String) });
    expect((await watcher.call(({ state }) => state === 'ended')).endReason).toBe('device-lost');
    await vi.waitFor(() => expect(phone.events.at(-1)).toMatchObject({ type: 'ended', end: { kind: 'hung-up', by: 'peer' } }));
    page = watcher;
  });

  test('is missed by the ear before the socket notices: a silent device is a lost one, until it is heard again', async () => {
    await talk();
    audio.speak(undefined);
    await page.call(({ state }) => state === 'reconnecting');
    audio.speak(9_000);
    await page.call(({ state }) => state === 'talking');
  });

  test.each([
    ['911', 'emergency-number'],
    ['612 555 01', 'number-incomplete'],
    ['+44 20 7946 0018', 'destination-not-allowed'],
  ])('to %s is refused as %s, and nothing goes out', async (to, refusal) => {
    const before = practice.phone.inviteCount();
    page.send({ type: 'dial', requestId: 'x', to, offer: audio.offer });
    expect(await page.next('dial-refused')).toMatchObject({ requestId: 'x', refusal });
    expect(practice.phone.inviteCount()).toBe(before);
  });

  test('is one at a time: of two dials at one instant, one goes out', async () => {
    const before = practice.phone.inviteCount();
    page.send({ type: 'dial', requestId: 'one', to: PATIENT, offer: audio.offer });
    const second = await open();
    second.send({ type: 'dial', requestId: 'two', to: PATIENT, offer: audio.offer });
    expect(await second.next('dial-refused')).toMatchObject({ refusal: 'already-on-a-call' });
    await practice.phone.nextCall();
    expect(practice.phone.inviteCount()).toBe(before + 1);
  });

  test('without audio in its offer is refused before anything goes out', async () => {
    page.send({ type: 'dial', requestId: 'x', to: PATIENT, offer: 'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n' });
    expect(await page.next('dial-refused')).toMatchObject({ refusal: 'media-unavailable' });
  });

  test('tells its page how both legs sound, and keeps what the page alone knows', async () => {
    const { phone, call } = await talk();
    const report = { path: 'relay-tls', concealedShare: 0.02 } as const;
    page.send({ type: 'device-report', callId: call.id, report });
    const said = await page.next('audio');
    expect(said).toMatchObject({ callId: call.id, audio: { device: { codec: 'PCMU', lostShare: 0 }, party: { codec: 'PCMU', lostShare: 0 } } });
    expect(JSON.stringify(said)).not.toMatch(/127\.0\.0\.1/);
    phone.leg.hangUp();
    await page.call(({ state }) => state === 'ended');
    await vi.waitFor(async () => {
      const row = await inPractice<CallTables, Pick<CallRow, 'audio'> | undefined>(practice.store.database, practice.demo.practiceId, (transaction) => transaction.selectFrom('call').select(['audio']).where('id', '=', call.id).executeTakeFirst());
      expect(row?.audio).toMatchObject({ report });
    });
  });

  test('has its network checked without a call: a connection that carries silence, and is over when the page has seen enough', async () => {
    page.send({ type: 'check-network', requestId: 'c', offer: audio.offer });
    await audio.accept((await page.next('check-answer')).answer);
    await vi.waitFor(() => expect(audio.packetsHeard()).toBeGreaterThan(20), 5_000);
    expect(practice.calls.liveCount()).toBe(0);
    page.send({ type: 'end-check', requestId: 'c' });
    await vi.waitFor(() => expect(practice.engine.sessionCount()).toBe(0));
    page.send({ type: 'check-network', requestId: 'x', offer: 'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n' });
    expect(await page.next('check-refused')).toMatchObject({ requestId: 'x', refusal: 'media-unavailable' });
  });

  test('stands in its record with its end, and with how it sounded', async () => {
    const { phone, call } = await talk();
    phone.leg.hangUp();
    await page.call(({ state }) => state === 'ended');
    await vi.waitFor(async () => {
      const row = await inPractice<CallTables, Pick<CallRow, 'state' | 'end_reason' | 'audio'> | undefined>(practice.store.database, practice.demo.practiceId, (transaction) =>
        transaction.selectFrom('call').select(['state', 'end_reason', 'audio']).where('id', '=', call.id).executeTakeFirst(),
      );
      expect(row).toMatchObject({ state: 'ended', end_reason: 'hung-up-by-party', audio: { device: { codec: 'PCMU', lostShare: 0 }, party: { codec: 'PCMU', lostShare: 0 } } });
    });
  });
});

describe('the signalling socket', () => {
  let practice: TestPractice;
  let access: PageAccess;

  beforeAll(async () => {
    practice = await openTestPractice();
    access = await practice.enter();
  });
  afterAll(() => practice.close());

  const hello = (page: TestPage): void => page.send({ type: 'hello', deviceId: page.deviceId as never });

  test('opens for no ticket twice', async () => {
    const first = await openPage(access, undefined, {});
    const used = await openPage(access, undefined, { ticket: 'x'.repeat(43) });
    expect((await used.closed()).code).toBe(4401);
    first.vanish();
  });

  test('opens for no page of another origin', async () => {
    await expect(openPage(access, undefined, { origin: 'https://evil.example' })).rejects.toThrow(/403/);
    await expect(openPage(access, undefined, { origin: `${access.origin}.evil.example` })).rejects.toThrow(/403/);
    await expect(openPage(access, undefined, { origin: access.origin.replace('http', 'https') })).rejects.toThrow(/403/);
    await expect(openPage(access, undefined, { origin: 'null' })).rejects.toThrow(/403/);
  });

  test.each(['{', '[]', '{"type":"dance"}', '{"type":"hello","deviceId":"me"}', '{"type":"dtmf","callId":"x","digits":"1"}', '{"type":"ping"}', '{"__proto__":{"type":"ping"}}'])('closes on %s', async (text) => {
    const page = await openPage(access);
    page.send(text);
    expect((await page.closed()).code).toBe(4400);
  });

  test('closes on a flood', async () => {
    const page = await openPage(access);
    hello(page);
    for (let count = 0; count < 200; count++) page.send({ type: 'ping' });
    expect((await page.closed()).code).toBe(4429);
  });

  test('gives a device\'s place to its newest socket', async () => {
    const first = await openPage(access);
    hello(first);
    await first.next('welcome');
    const second = await openPage(access, first.deviceId);
    hello(second);
    expect((await first.closed()).code).toBe(4409);
    await second.next('welcome');
    second.vanish();
  });

  test('closes when its member signs out', async () => {
    const other = await practice.enter();
    const page = await openPage(other);
    hello(page);
    await page.next('welcome');
    await fetch(`${practice.origin}/api/sign-out`, { method: 'POST', headers: { cookie: other.cookie, origin: practice.origin, 'content-type': 'application/json' }, body: '{}' });
    expect((await page.closed()).code).toBe(4403);
  });

  test('of a session that is locked opens, for its call may live, and closes when it dials', async () => {
    const person = crypto.randomUUID();
    const { practiceId, memberId } = practice.demo;
    await inInstallation(practice.store.database, async (transaction) => {
      await sql`insert into person (id, created_at) values (${person}, now())`.execute(transaction);
      await sql`update member set person_id = ${person} where id = ${memberId}`.execute(transaction);
    });
    const locked = await practice.enter();
    await inPractice(practice.store.database, practiceId, (transaction) => sql`update session set last_active_at = now() - interval '16 minutes' where ended_at is null`.execute(transaction));
    expect((await fetch(`${practice.origin}/api/lines`, { headers: { cookie: locked.cookie } })).status).toBe(423);
    const page = await openPage(locked);
    hello(page);
    await page.next('welcome');
    const before = practice.phone.inviteCount();
    page.send({ type: 'dial', requestId: 'd', to: '911', offer: 'v=0' });
    expect((await page.next('dial-refused')).refusal).toBe('emergency-number');
    page.send({ type: 'dial', requestId: 'd', to: PATIENT, offer: 'v=0' });
    expect((await page.closed()).code).toBe(4403);
    expect(practice.phone.inviteCount()).toBe(before);
  });

  test('answers a ping', async () => {
    const page = await openPage(access);
    hello(page);
    page.send({ type: 'ping' });
    await page.next('pong');
    page.vanish();
  });
});
