import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, test, vi } from 'vitest';
import { defaultCallLimits } from './call-facts.ts';
import { farewellClip, holdMusicClip, oneMomentClip } from './prompts.ts';
import { openPage, openTestAudio } from './test-page.ts';
import type { PageAccess, TestAudio, TestPage } from './test-page.ts';
import { openTestPractice } from './test-practice.ts';
import type { TestPractice } from './test-practice.ts';

/** Longer than "One moment, please" once over, so that it is heard whole. */
const limits = { ...defaultCallLimits, reconnectWindowMs: 3_000 };
const EXCERPT_SAMPLES = 4_000;

/** How alike the best place of `heard` is to `wanted`: 1 is the same sound. */
function likeness(heard: Int16Array, wanted: Int16Array): number {
  let best = 0;
  for (let shift = 0; shift + wanted.length <= heard.length; shift += 1) {
    let [product, energy, wantedEnergy] = [0, 1, 1];
    for (let index = 0; index < wanted.length; index += 4) {
      product += heard[shift + index]! * wanted[index]!;
      energy += heard[shift + index]! ** 2;
      wantedEnergy += wanted[index]! ** 2;
    }
    best = Math.max(best, product / Math.sqrt(energy * wantedEnergy));
  }
  return best;
}

describe('what the patient hears in place of the member', () => {
  let practice: TestPractice;
  let access: PageAccess;
  let page: TestPage;
  let audio: TestAudio;
  let heard: number[];
  const heardSoFar = (): Int16Array => Int16Array.from(heard);

  beforeAll(async () => {
    practice = await openTestPractice({ limits });
    access = await practice.enter();
  });
  afterAll(() => practice.close());
  beforeEach(async () => {
    page = await openPage(access);
    page.send({ type: 'hello', deviceId: page.deviceId as never });
    await page.next('welcome');
    audio = await openTestAudio();
    heard = [];
  });
  afterEach(async () => {
    await vi.waitFor(() => expect(practice.calls.liveCount()).toBe(0), 5_000);
    page.vanish();
    await audio.close();
  });

  const talk = async (): Promise<{ callId: never }> => {
    page.send({ type: 'dial', requestId: 'd', to: '(612) 555-0123', offer: audio.offer });
    const [answer, phone] = await Promise.all([page.next('media-answer'), practice.phone.nextCall()]);
    await audio.accept(answer.answer);
    phone.audio.onFrame((frame) => heard.push(...frame));
    phone.leg.answer(phone.answer);
    await page.call(({ state }) => state === 'talking');
    await vi.waitFor(() => expect(audio.packetsHeard()).toBeGreaterThan(0), 5_000);
    return { callId: answer.callId as never };
  };

  test('is music on hold', async () => {
    const { callId } = await talk();
    page.send({ type: 'hold', callId, held: true });
    await page.call(({ state }) => state === 'on-hold');
    await vi.waitFor(() => expect(likeness(heardSoFar(), holdMusicClip().subarray(4_000, 4_000 + EXCERPT_SAMPLES))).toBeGreaterThan(0.97), { timeout: 10_000, interval: 500 });
    page.send({ type: 'hang-up', callId });
    await page.call(({ state }) => state === 'ended');
  });

  test('is "One moment, please" while no device is there, and a kind word before the call ends', async () => {
    await talk();
    audio.speak(8_000);
    await vi.waitFor(() => expect(heard.length).toBeGreaterThan(1_600), 5_000);
    audio.speak(undefined);
    await page.call(({ state }) => state === 'reconnecting');
    const ended = await page.call(({ state }) => state === 'ended');
    expect(ended.endReason).toBe('device-lost');
    const all = heardSoFar();
    expect(likeness(all, oneMomentClip().subarray(1_600, 1_600 + EXCERPT_SAMPLES))).toBeGreaterThan(0.95);
    // Its first words and its last: heard whole, before the goodbye of the call.
    const farewell = farewellClip();
    expect(likeness(all, farewell.subarray(4_000, 4_000 + EXCERPT_SAMPLES))).toBeGreaterThan(0.95);
    expect(likeness(all, farewell.subarray(farewell.length - 8_000, farewell.length - 8_000 + EXCERPT_SAMPLES))).toBeGreaterThan(0.95);
  });
});

test('on hold, where a practice wants silence, the patient hears that the line lives and no music', async () => {
  const practice = await openTestPractice({ limits, holdSound: 'silence' });
  const page = await openPage(await practice.enter());
  const audio = await openTestAudio();
  try {
    page.send({ type: 'hello', deviceId: page.deviceId as never });
    await page.next('welcome');
    page.send({ type: 'dial', requestId: 'd', to: '(612) 555-0123', offer: audio.offer });
    const [{ answer, callId }, phone] = await Promise.all([page.next('media-answer'), practice.phone.nextCall()]);
    await audio.accept(answer);
    const heard: number[] = [];
    phone.audio.onFrame((frame) => heard.push(...frame));
    phone.leg.answer(phone.answer);
    await page.call(({ state }) => state === 'talking');
    audio.speak(8_000);
    await vi.waitFor(() => expect(phone.loudness()).toBeGreaterThan(3_000), 5_000);
    page.send({ type: 'hold', callId, held: true });
    await page.call(({ state }) => state === 'on-hold');
    await vi.waitFor(() => expect(phone.loudness()).toBeLessThan(30), 5_000);
    const before = heard.length;
    await vi.waitFor(() => expect(heard.length).toBeGreaterThan(before + 16_000), 10_000);
    const held = heard.slice(before);
    const loudest = held.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
    expect(loudest).toBeGreaterThan(0);
    // -60 dBFS: a breath, where the music is at a thousand and more.
    expect(loudest).toBeLessThan(33);
    page.send({ type: 'hang-up', callId });
    await page.call(({ state }) => state === 'ended');
  } finally {
    page.vanish();
    await audio.close();
    await practice.close();
  }
});
