import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { encodeG711 } from './g711-codec.ts';
import { createOpusDecoder, createOpusEncoder, loadOpus, type OpusDecoder } from './opus.ts';
import { createSpeechPlayout, type SpeechPlayout } from './speech-playout.ts';

const FRAME = 160;
/** A voice that rises and falls, so that any two frames differ. */
const spoken = (index: number): Int16Array => Int16Array.from({ length: FRAME }, (_, at) => Math.round(7000 * Math.sin((index * FRAME + at) / 13) * (1 + 0.5 * Math.sin((index * FRAME + at) / 2000))));
const muLaw = (index: number): Uint8Array => {
  const octets = new Uint8Array(FRAME);
  encodeG711('PCMU', spoken(index), FRAME, octets, 0);
  return octets;
};
const push = (playout: SpeechPlayout, index: number, atMs: number, octets = muLaw(index)): void => playout.push('PCMU', index * FRAME, octets, 0, octets.length, false, atMs);

/** Packets at given instants, frames pulled every 20 ms in between; what was heard, frame by frame. */
function run(playout: SpeechPlayout, arrivals: readonly { index: number; atMs: number }[], untilMs: number, octetsOf = muLaw): { frames: Int16Array[]; delays: number[] } {
  const sorted = arrivals.toSorted((a, b) => a.atMs - b.atMs);
  const frames: Int16Array[] = [];
  const delays: number[] = [];
  let next = 0;
  for (let nowMs = 5; nowMs < untilMs; nowMs += 20) {
    for (; sorted[next] !== undefined && sorted[next]!.atMs <= nowMs; next += 1) push(playout, sorted[next]!.index, sorted[next]!.atMs, octetsOf(sorted[next]!.index));
    const frame = new Int16Array(FRAME);
    if (playout.pull(frame, nowMs)) frames.push(frame);
    delays.push(playout.delayMs(nowMs));
  }
  return { frames, delays };
}

const even = (count: number, late: (index: number) => number = () => 0): { index: number; atMs: number }[] => Array.from({ length: count }, (_, index) => ({ index, atMs: index * 20 + late(index) }));
const none = (): undefined => undefined;
const powerOf = (frame: Int16Array): number => frame.reduce((sum, sample) => sum + sample * sample, 0) / frame.length;

describe('speech that is held back', () => {
  it('comes out whole and in order on a good network, held back by no more than 40 ms', () => {
    const playout = createSpeechPlayout(none);
    const { delays } = run(playout, even(500), 9990);
    expect(playout.counts).toMatchObject({ late: 0, recovered: 0 });
    expect(playout.counts.concealed).toBeLessThanOrEqual(2);
    expect(Math.max(...delays.slice(100))).toBeLessThanOrEqual(40);
  });

  it('is put in order again where packets overtake one another', () => {
    const playout = createSpeechPlayout(none);
    run(playout, even(500, (index) => (index % 7 === 3 ? 45 : 0)), 9990);
    expect(playout.counts.late + playout.counts.concealed).toBeLessThanOrEqual(8);
  });

  it('waits out pauses of 250 ms as a relay over TCP makes them, and conceals each of them no longer once it knows them', () => {
    const playout = createSpeechPlayout(none);
    const stall = (index: number): number => (index % 100 < 13 ? (13 - (index % 100)) * 20 : 0);
    run(playout, even(1500, stall), 15_000);
    const concealedBefore = playout.counts.concealed;
    const playoutLater = createSpeechPlayout(none);
    run(playoutLater, even(1500, stall), 29_990);
    expect(playoutLater.counts.concealed - concealedBefore).toBeLessThan(12);
  });

  it('comes back to a short delay after an outage', () => {
    const playout = createSpeechPlayout(none);
    const { delays } = run(playout, even(3000, (index) => (index >= 200 && index < 300 ? (300 - index) * 20 : 0)), 59_990);
    expect(Math.min(...delays.slice(-50))).toBeLessThanOrEqual(60);
  });

  it('follows a talker whose clock drifts', () => {
    for (const skew of [-0.0002, 0.0002]) {
      const playout = createSpeechPlayout(none);
      const { delays } = run(playout, Array.from({ length: 15_000 }, (_, index) => ({ index, atMs: index * 20 * (1 + skew) })), 15_000 * 20 * (1 + skew) - 50);
      expect(Math.max(...delays.slice(200))).toBeLessThan(60);
      expect(playout.counts.concealed).toBeLessThan(12);
    }
  });

  it('is dropped where it comes after its moment, and starts anew after a long silence', () => {
    const playout = createSpeechPlayout(none);
    run(playout, [...even(100), { index: 20, atMs: 1500 }], 1990);
    expect(playout.counts.late).toBe(1);
    const frame = new Int16Array(FRAME);
    for (let nowMs = 2000; nowMs < 4000; nowMs += 20) playout.pull(frame, nowMs);
    expect(playout.pull(frame, 4000)).toBe(false);
    push(playout, 5000, 4010);
    expect(playout.pull(frame, 4020)).toBe(true);
  });

  it('gives 20 ms for every 20 ms and never grows, whatever arrives and whenever', () => {
    const arrival = fc.record({ index: fc.integer({ min: 0, max: 400 }), lateMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 1500 })), isRepeat: fc.boolean(), codec: fc.constantFrom('PCMU', 'PCMA', 'opus'), octets: fc.uint8Array({ maxLength: 480 }) });
    fc.assert(
      fc.property(fc.array(arrival, { maxLength: 500 }), (arrivals) => {
        const playout = createSpeechPlayout(() => decoder);
        const sorted = arrivals.map((each) => ({ ...each, atMs: each.index * 20 + each.lateMs })).toSorted((a, b) => a.atMs - b.atMs);
        const frame = new Int16Array(FRAME);
        let next = 0;
        let hasBegun = false;
        for (let nowMs = 0; nowMs < 9500; nowMs += 20) {
          for (; sorted[next] !== undefined && sorted[next]!.atMs <= nowMs; next += 1) {
            const { codec, index, octets, isRepeat, atMs } = sorted[next]!;
            playout.push(codec, index * FRAME, octets, 0, octets.length, isRepeat, atMs);
          }
          hasBegun = playout.pull(frame, nowMs) || hasBegun;
        }
        expect(playout.counts.frames).toBeLessThanOrEqual(475);
        expect(Number.isFinite(playout.delayMs(9500))).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
});

let decoder: OpusDecoder;

beforeAll(async () => {
  await loadOpus();
  decoder = await createOpusDecoder();
});

describe('speech in Opus', () => {
  it('is restored from the packet behind a loss, and from repeats that reach further back', async () => {
    const encoder = await createOpusEncoder();
    encoder.expectLoss(0.2);
    const packets = Array.from({ length: 400 }, (_, index) => encoder.encode(spoken(index)));
    const own = await createOpusDecoder();
    const isLost = (index: number): boolean => index > 50 && index % 10 === 5;
    const withFec = createSpeechPlayout(() => own);
    for (let nowMs = 5, index = 0; index < 400; nowMs += 20, index += 1) {
      if (!isLost(index)) withFec.push('opus', index * FRAME, packets[index]!, 0, packets[index]!.length, false, nowMs - 5);
      withFec.pull(new Int16Array(FRAME), nowMs);
    }
    expect(withFec.counts.recovered).toBeGreaterThan(25);
    expect(withFec.counts.concealed).toBeLessThan(12);

    const burst = (index: number): boolean => index > 50 && index % 20 >= 15 && index % 20 < 18;
    const withRepeats = createSpeechPlayout(() => own);
    let faint = 0;
    for (let nowMs = 5, index = 0; index < 400; nowMs += 20, index += 1) {
      if (!burst(index)) {
        withRepeats.push('opus', index * FRAME, packets[index]!, 0, packets[index]!.length, false, nowMs - 5);
        for (const back of [1, 2]) if (index >= back) withRepeats.push('opus', (index - back) * FRAME, packets[index - back]!, 0, packets[index - back]!.length, true, nowMs - 5);
      }
      const frame = new Int16Array(FRAME);
      withRepeats.pull(frame, nowMs);
      if (index > 100 && powerOf(frame) < 1e6) faint += 1;
    }
    // Three lost: two are repeated, and the oldest repeat carries the one before it.
    expect(withRepeats.counts.recovered).toBeGreaterThan(30);
    expect(withRepeats.counts.concealed).toBeLessThan(15);
    expect(faint).toBeLessThan(15);
    encoder.close();
    own.close();
  });

  it('takes octets that are no Opus for a loss', () => {
    const playout = createSpeechPlayout(() => decoder);
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), fc.nat(1000), (octets, index) => {
        playout.push('opus', index * FRAME, octets, 0, octets.length, false, index * 20);
        playout.pull(new Int16Array(FRAME), index * 20);
      }),
      { numRuns: 500 },
    );
  });
});
