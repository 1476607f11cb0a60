import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { SpokenMessageId } from '#contract/ids.ts';
import type { SpokenMessageView } from '#contract/spoken-messages.ts';
import { speechLoudness } from '#server/telephony/media/audio/loudness-policy.ts';
import { toneFor } from '#server/telephony/media/audio/tone-plan.ts';
import { cadenceParts, informationTone, NORTH_AMERICAN_TONES, renderTone, silence } from '#server/telephony/media/testing/network-tones.ts';
import type { PhoneCall } from './test-phone.ts';
import { openPage, openTestAudio, post } from './test-page.ts';
import type { PageAccess, TestAudio, TestPage } from './test-page.ts';
import { openTestPractice } from './test-practice.ts';
import type { TestPractice } from './test-practice.ts';

const PATIENT = '(612) 555-0123';
const voice = (ms: number) => ({ hz: [210, 420, 655, 1130], ms });
/** Two seconds of something like speech, far too soft: what a member records across a room. */
const RECORDED = renderTone([silence(700), voice(1_200), silence(250), voice(550), silence(900)], 400);

describe('a message left in a mailbox, and what the network says in tones', () => {
  let practice: TestPractice;
  let access: PageAccess;
  let page: TestPage;
  let audio: TestAudio;
  let message: SpokenMessageView;

  beforeAll(async () => {
    practice = await openTestPractice();
    access = await practice.enter();
    const recording = Buffer.from(RECORDED.buffer, RECORDED.byteOffset, RECORDED.byteLength).toString('base64');
    const answer = await post(access.origin, '/api/spoken-messages', { name: 'Call me back', recording }, access.cookie);
    expect(answer.status).toBe(200);
    message = (await answer.json()) as SpokenMessageView;
  });
  afterAll(() => practice.close());
  beforeEach(async () => {
    page = await openPage(access);
    page.send({ type: 'hello', deviceId: page.deviceId as never });
    await page.next('welcome');
    audio = await openTestAudio();
  });
  afterEach(async () => {
    await vi.waitFor(() => expect(practice.calls.liveCount()).toBe(0), 5_000);
    page.vanish();
    await audio.close();
    expect(practice.engine.sessionCount()).toBe(0);
  });

  /** What the far end hears, sample by sample. */
  const listenAt = (phone: PhoneCall): { samples: () => Int16Array; mark: () => number } => {
    const heard: number[] = [];
    phone.audio.onFrame((frame) => heard.push(...frame));
    return { samples: () => Int16Array.from(heard), mark: () => heard.length };
  };
  const dial = async (): Promise<{ callId: never; phone: PhoneCall }> => {
    page.send({ type: 'dial', requestId: 'd', to: PATIENT, offer: audio.offer });
    const [answer, phone] = await Promise.all([page.next('media-answer'), practice.phone.nextCall()]);
    await audio.accept(answer.answer);
    // A handshake that is cut short leaves its timers behind, in the browser's stand-in.
    await vi.waitFor(() => expect(audio.packetsHeard()).toBeGreaterThan(0), 5_000);
    return { callId: answer.callId as never, phone };
  };
  const talk = async (): Promise<{ callId: never; phone: PhoneCall }> => {
    const dialled = await dial();
    dialled.phone.leg.answer(dialled.phone.answer);
    await page.call(({ state }) => state === 'talking');
    return dialled;
  };
  const leave = (callId: never, when: 'after-beep' | 'now', messageId: SpokenMessageId = message.id): void => page.send({ type: 'leave-message', requestId: 'm', callId, messageId, when });

  test('waits for the beep, is heard whole and at a telephone’s loudness, and the member is free at once', async () => {
    const { callId, phone } = await talk();
    audio.speak(8_000);
    const far = listenAt(phone);
    const greeted = phone.audio.play({ kind: 'clip', samples: renderTone([silence(300), voice(3_000), silence(600), { hz: [1000], ms: 400 }]), times: 1 });
    await page.call(({ hint }) => hint === 'mailbox');
    leave(callId, 'after-beep');
    const released = await page.call(({ state }) => state === 'leaving-message');
    expect(released).toMatchObject({ message: 'awaiting-beep', carriedBy: 'none' });
    const before = far.mark();
    await greeted;
    const atBeep = far.mark();
    expect(speechLoudness(far.samples().subarray(before + 800, atBeep))).toBeUndefined();
    await page.call((call) => call.message === 'playing');
    const ended = await page.call(({ state }) => state === 'ended');
    expect(ended.endReason).toBe('message-left');
    await vi.waitFor(() => expect(phone.events.at(-1)?.type).toBe('ended'), 3_000);
    const after = far.samples().subarray(atBeep);
    const first = after.findIndex((sample) => Math.abs(sample) > 1_000) / 8;
    const last = after.findLastIndex((sample) => Math.abs(sample) > 1_000) / 8;
    // From the beep's end to the first word, and from that to the last: 1200 + 250 + 550 ms.
    expect(first).toBeGreaterThan(0);
    expect(first).toBeLessThan(1_000);
    expect(last - first).toBeGreaterThan(1_900);
    expect(last - first).toBeLessThan(2_150);
    expect(speechLoudness(after)).toBeCloseTo(-20, -1);
    expect((after.length / 8 - last) / 1_000).toBeGreaterThan(0.5);
  });

  test('is cut off where the other side hangs up, and says so; a second call may be made meanwhile', async () => {
    const { callId, phone } = await talk();
    leave(callId, 'now');
    await page.call((call) => call.message === 'playing');
    const other = await openTestAudio();
    page.send({ type: 'dial', requestId: 'e', to: '(612) 555-0124', offer: other.offer });
    const [answer, second] = await Promise.all([page.next('media-answer', ({ requestId }) => requestId === 'e'), practice.phone.nextCall()]);
    await other.accept(answer.answer);
    await vi.waitFor(() => expect(other.packetsHeard()).toBeGreaterThan(0), 5_000);
    phone.leg.hangUp();
    await page.call(({ id, endReason }) => id === callId && endReason === 'message-cut-off');
    second.leg.reject(486);
    await page.call(({ endReason }) => endReason === 'busy');
    await other.close();
  });

  test('is refused for a message that is not there, and the call goes on', async () => {
    const { callId } = await talk();
    leave(callId, 'now', crypto.randomUUID() as never);
    expect((await page.next('message-refused')).callId).toBe(callId);
    page.send({ type: 'hang-up', callId });
    expect((await page.call(({ state }) => state === 'ended')).endReason).toBe('hung-up-by-member');
  });

  test.each([
    ['a busy tone', renderTone(cadenceParts(toneFor('US', 'busy'), 8_000)), 'busy', 'busy'],
    ['reorder', renderTone(cadenceParts(toneFor('US', 'reorder'), 8_000)), 'network-busy', 'network-busy'],
    ['the tones of a vacant code', renderTone([silence(300), ...informationTone(NORTH_AMERICAN_TONES['vacant code']), silence(3_000)]), 'not-in-service', 'not-in-service'],
    ['the ITU’s three tones', renderTone([silence(300), ...[950, 1400, 1800].map((hz) => ({ hz: [hz], ms: 330 })), silence(3_000)]), 'announcement', 'network-announcement'],
  ] as const)('%s in early media is hinted at, and explains a call that nothing else explains', async (_, tones, hint, reason) => {
    const { phone } = await dial();
    phone.leg.progress(183, phone.answer);
    await page.call(({ earlyMedia }) => earlyMedia);
    void phone.audio.play({ kind: 'clip', samples: tones, times: 1 });
    await page.call((call) => call.hint === hint);
    phone.leg.reject(480);
    expect((await page.call(({ state }) => state === 'ended')).endReason).toBe(reason);
  });

  test('a Q.850 cause explains it before any tone', async () => {
    const { phone } = await dial();
    phone.leg.progress(183, phone.answer);
    await page.call(({ earlyMedia }) => earlyMedia);
    void phone.audio.play({ kind: 'clip', samples: renderTone(cadenceParts(toneFor('US', 'busy'), 8_000)), times: 1 });
    await page.call(({ hint }) => hint === 'busy');
    phone.leg.reject(503, { reason: { protocol: 'Q.850', cause: 1 } });
    expect((await page.call(({ state }) => state === 'ended')).endReason).toBe('not-in-service');
  });
});
