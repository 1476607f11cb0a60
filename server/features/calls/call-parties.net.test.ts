/** A call of three and more, from the page's wish to the telephones: real sockets, real SIP and RTP, a real database. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { CallView, PartyView } from '#contract/calls.ts';
import type { ClientMessage } from '#contract/signalling.ts';
import { openPage, openTestAudio, post, type PageAccess, type TestAudio, type TestPage } from './test-page.ts';
import type { PhoneCall } from './test-phone.ts';
import { openTestPractice, type TestPractice } from './test-practice.ts';

const PATIENT = '+16125550123';
const DAUGHTER = '+16125550124';
const INTERPRETER = '+16125550125';

let practice: TestPractice;
let access: PageAccess;
let page: TestPage;
let audio: TestAudio;
let call: CallView;
let patient: PhoneCall;

beforeAll(async () => {
  practice = await openTestPractice();
  access = await practice.enter();
});
afterAll(() => practice.close());

beforeEach(async () => {
  page = await openPage(access);
  page.send({ type: 'hello', deviceId: page.deviceId as never });
  await page.next('welcome');
  audio = await openTestAudio();
  page.send({ type: 'dial', requestId: 'd', to: PATIENT, offer: audio.offer });
  let answer;
  [answer, patient] = await Promise.all([page.next('media-answer'), practice.phone.nextCall()]);
  await audio.accept(answer.answer);
  patient.leg.answer(patient.answer);
  call = await page.call(({ state }) => state === 'talking');
  audio.speak(9_000);
  await vi.waitFor(() => expect(patient.loudness()).toBeGreaterThan(3_000), 5_000);
});
afterEach(async () => {
  page.send({ type: 'hang-up', callId: call.id });
  await vi.waitFor(() => expect(practice.calls.liveCount()).toBe(0), 5_000);
  page.vanish();
  await audio.close();
  expect(practice.engine.sessionCount()).toBe(0);
});

const ask = (message: Omit<Extract<ClientMessage, { type: 'add-party' }>, 'type' | 'callId' | 'requestId' | 'isApart'> & { isApart?: boolean; requestId?: string }): void => page.send({ type: 'add-party', callId: call.id, requestId: 'add', isApart: false, ...message });
const added = (fits: (party: PartyView) => boolean): Promise<PartyView> => page.call(({ parties }) => parties.slice(1).some(fits)).then(({ parties }) => parties.slice(1).find(fits)!);
const add = async (to = DAUGHTER, options: { isApart?: boolean } = {}): Promise<PhoneCall> => {
  ask({ whom: { kind: 'number', to, role: 'family' }, ...options });
  const phone = await practice.phone.nextCall();
  phone.leg.progress(180);
  await added(({ number, state }) => number === to && state === 'ringing');
  return phone;
};
const join = async (to = DAUGHTER): Promise<{ phone: PhoneCall; party: PartyView }> => {
  const phone = await add(to);
  phone.leg.answer(phone.answer);
  return { phone, party: await added(({ number, state }) => number === to && state === 'answered') };
};

describe('a party added to a call', () => {
  test('sees the same line, rings apart, and once it answers everyone hears the others', async () => {
    const daughter = await add();
    expect(daughter.from).toContain('+16125550100');
    await vi.waitFor(() => expect(patient.loudness()).toBeGreaterThan(3_000), 3_000);
    daughter.leg.answer(daughter.answer);
    await added(({ state }) => state === 'answered');
    await vi.waitFor(() => expect(daughter.loudness()).toBeGreaterThan(3_000), 3_000);
    audio.speak(0);
    void patient.audio.play({ kind: 'tone', tone: 'busy', country: 'US' });
    patient.loudness();
    await vi.waitFor(() => expect(daughter.loudness()).toBeGreaterThan(500), 3_000);
    // Not himself: what the patient says does not come back to the patient.
    await vi.waitFor(() => expect(patient.loudness()).toBeLessThan(50), 3_000);
    const levels = await page.next('levels', (each) => each.levels.some(({ party, level }) => party === 'first' && level > 0.02));
    expect(levels.levels).toHaveLength(2);
    // How it sounds is looked at for both.
    void daughter.audio.play({ kind: 'tone', tone: 'busy', country: 'US' });
    const { audio: sounds } = await page.next('audio', ({ audio: each }) => each.added[0]?.codec === 'PCMU');
    expect(sounds).toMatchObject({ party: { codec: 'PCMU' }, added: [{ codec: 'PCMU', lostShare: 0 }] });
  });

  test('that does not answer leaves the first call as it was, with the reason', async () => {
    const daughter = await add();
    daughter.leg.reject(486);
    expect(await added(({ state }) => state === 'gone')).toMatchObject({ endReason: 'busy' });
    expect((await page.call(() => true)).state).toBe('talking');
    await vi.waitFor(() => expect(patient.loudness()).toBeGreaterThan(3_000), 3_000);
    const { party } = (await page.call(() => true)).parties[1]!;
    page.send({ type: 'drop-party', callId: call.id, party });
    await page.call(({ parties }) => parties.length === 1);
  });

  test('is cancelled while it rings', async () => {
    const daughter = await add();
    const { party } = await added(({ state }) => state === 'ringing');
    page.send({ type: 'drop-party', callId: call.id, party });
    expect(await added(({ state }) => state === 'gone')).toMatchObject({ endReason: 'cancelled' });
    await vi.waitFor(() => expect(daughter.events.at(-1)).toMatchObject({ type: 'ended', end: { kind: 'cancelled' } }));
  });

  test('is muted alone, and held alone with music', async () => {
    const { phone: daughter, party } = await join();
    audio.speak(0);
    void daughter.audio.play({ kind: 'tone', tone: 'busy', country: 'US' });
    await vi.waitFor(() => expect(patient.loudness()).toBeGreaterThan(500), 3_000);
    page.send({ type: 'mute-party', callId: call.id, party: party.party, muted: true });
    await added(({ muted }) => muted);
    patient.loudness();
    await vi.waitFor(() => expect(patient.loudness()).toBeLessThan(50), 3_000);
    page.send({ type: 'mute-party', callId: call.id, party: party.party, muted: false });
    await vi.waitFor(() => expect(patient.loudness()).toBeGreaterThan(500), 3_000);
    page.send({ type: 'hold-party', callId: call.id, party: 'first', held: true });
    await page.call(({ state, parties }) => state === 'talking' && parties[0]!.heldAt !== null);
    await vi.waitFor(() => expect(patient.events.find((event) => event.type === 'offered')).toMatchObject({ offer: expect.stringContaining('a=sendonly') }), 3_000);
    await vi.waitFor(() => expect(patient.loudness()).toBeGreaterThan(100), 3_000);
    audio.speak(9_000);
    daughter.loudness();
    await vi.waitFor(() => expect(daughter.loudness()).toBeGreaterThan(3_000), 3_000);
    page.send({ type: 'hold-party', callId: call.id, party: 'first', held: false });
    await vi.waitFor(() => expect(patient.loudness()).toBeGreaterThan(3_000), 3_000);
  });

  test('is spoken with alone first, the patient held from the first ring', async () => {
    const daughter = await add(DAUGHTER, { isApart: true });
    expect(await page.call(({ parties }) => parties[0]!.heldAt !== null)).toMatchObject({ state: 'on-hold' });
    daughter.leg.answer(daughter.answer);
    await page.call(({ state, parties }) => state === 'talking' && parties[0]!.heldAt !== null);
    await vi.waitFor(() => expect(daughter.loudness()).toBeGreaterThan(3_000), 3_000);
  });

  test('keeps the call when the first leaves, and ends it when it leaves last', async () => {
    const { phone: daughter } = await join();
    patient.leg.hangUp();
    expect(await page.call(({ parties }) => parties[0]!.state === 'gone')).toMatchObject({ state: 'talking', endReason: null, parties: [{ endReason: 'hung-up-by-party' }, { state: 'answered' }] });
    await vi.waitFor(() => expect(daughter.loudness()).toBeGreaterThan(3_000), 3_000);
    daughter.leg.hangUp();
    expect(await page.call(({ state }) => state === 'ended')).toMatchObject({ endReason: 'hung-up-by-party' });
  });

  test('is let go with everyone when the call is ended', async () => {
    const { phone: daughter } = await join();
    const ringing = await add(INTERPRETER);
    page.send({ type: 'hang-up', callId: call.id });
    await page.call(({ state }) => state === 'ended');
    for (const phone of [patient, daughter, ringing]) await vi.waitFor(() => expect(phone.events.at(-1)).toMatchObject({ type: 'ended' }), 3_000);
  });
});

describe('who may be added', () => {
  test.each([
    ['911', 'emergency-number'],
    ['+19005550142', 'destination-not-allowed'],
    ['12', 'number-incomplete'],
  ] as const)('not %s: %s, and the call goes on', async (to, refusal) => {
    const before = practice.phone.inviteCount();
    ask({ whom: { kind: 'number', to, role: 'other' } });
    expect(await page.next('add-refused')).toMatchObject({ refusal });
    expect(practice.phone.inviteCount()).toBe(before);
    expect((await page.call(() => true)).parties).toHaveLength(1);
  });

  test('no service that is not the practice’s', async () => {
    ask({ whom: { kind: 'interpreter', serviceId: crypto.randomUUID() as never } });
    expect(await page.next('add-refused')).toMatchObject({ refusal: 'interpreter-unknown' });
  });

  test('an interpreter service of the practice, whose code is pressed once it answers', async () => {
    const made = (await (await post(access.origin, '/api/interpreters', { name: 'Spanish line', number: '(612) 555-0125', languages: ['es'], code: '42#' }, access.cookie)).json()) as { id: string; hasCode: boolean };
    expect(made.hasCode).toBe(true);
    ask({ whom: { kind: 'interpreter', serviceId: made.id as never } });
    const service = await practice.phone.nextCall();
    expect(service.called).toBe(INTERPRETER);
    service.leg.answer(service.answer);
    expect(await added(({ state }) => state === 'answered')).toMatchObject({ role: 'interpreter', name: 'Spanish line' });
    await vi.waitFor(() => expect(service.digits.join('')).toBe('42#'), 6_000);
    expect(patient.digits).toEqual([]);
    expect(JSON.stringify(page.messages)).not.toContain('42#');
  });
});
