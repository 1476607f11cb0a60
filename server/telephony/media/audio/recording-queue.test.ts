import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRecordingQueue } from './recording-queue.ts';

const FRAME = 160;
const START = 0xffff_ff00;
/** Frame n is full of n + 1. */
const packet = (n: number): Int16Array => new Int16Array(FRAME).fill(n + 1);

function record(arrivals: readonly number[], ticks = 0): number[] {
  const out: number[] = [];
  const queue = createRecordingQueue((frame) => out.push(frame[80]!));
  for (const n of arrivals) queue.push((START + n * FRAME) >>> 0, packet(n), FRAME);
  for (let tick = 0; tick < ticks; tick += 1) queue.tick();
  queue.end();
  return out;
}

describe('what is recorded', () => {
  it('is whole however late a busy machine hands it over: two seconds at once, across the turn of RTP time', () => {
    expect(record(Array.from({ length: 100 }, (_, n) => n))).toEqual(Array.from({ length: 100 }, (_, n) => n + 1));
  });

  it('is in order where packets are not, up to half a second apart', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 40, maxLength: 40 }), (delays) => {
        const arrivals = delays.map((delay, n) => ({ n, at: n + delay })).sort((one, other) => one.at - other.at || one.n - other.n).map(({ n }) => n);
        // What comes before the first that came is not part of it.
        const from = arrivals[0]!;
        const heard = record(arrivals);
        expect(heard).toEqual(Array.from({ length: 40 - from }, (_, index) => from + index + 1));
      }),
    );
  });

  it('has as many frames as were sent where some are lost, and silence for a long pause', () => {
    expect(record([...Array.from({ length: 30 }, (_, n) => n).filter((n) => n % 7 !== 3), 30])).toHaveLength(31);
    expect(record([0, 1, 2, 300, 301])).toHaveLength(302);
  });

  it('of a phone that suppresses silence is quiet that passes, and goes on with its next word', () => {
    const out: number[] = [];
    const queue = createRecordingQueue((frame) => out.push(frame[80]!));
    queue.push(START, packet(4), FRAME);
    for (let tick = 0; tick < 150; tick += 1) queue.tick();
    expect(out.length).toBeGreaterThan(99);
    queue.push((START + 151 * FRAME) >>> 0, packet(8), FRAME);
    queue.end();
    expect([out[0], out.at(-1)]).toEqual([5, 9]);
    expect(out.length).toBeLessThan(110);
  });

  it('begins with quiet where nothing was heard yet, and never grows by itself', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.record({ timestamp: fc.nat(0xffff_ffff) }), fc.constant('tick' as const)), { maxLength: 60 }), (events) => {
        let frames = 0;
        const queue = createRecordingQueue(() => (frames += 1));
        for (const event of events) {
          if (event === 'tick') queue.tick();
          else queue.push(event.timestamp, packet(1), FRAME);
        }
        queue.end();
        // A packet brings its own frame and, at most, ten seconds of pause before it.
        expect(frames).toBeLessThanOrEqual(events.filter((event) => event === 'tick').length + events.length * 602);
      }),
    );
  });
});
