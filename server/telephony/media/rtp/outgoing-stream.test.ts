import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createOutgoingStream, stampEvent, stampGenerated, stampRelayed } from './outgoing-stream.ts';

const seeded = (fill: number) => ({ bytes: (length: number) => new Uint8Array(length).fill(fill) });

test('nothing of a source’s numbers shows, and a second source goes on where the first one ended', () => {
  const stream = createOutgoingStream(seeded(0xff));
  const seen: [number, number][] = [];
  for (let index = 0; index < 3; index += 1) {
    expect(stampRelayed(stream, 1, 500 + index, 90_000 + index * 160, false, index * 20)).toBe(true);
    seen.push([stream.sequence, stream.timestamp]);
  }
  for (let index = 0; index < 3; index += 1) {
    expect(stampRelayed(stream, 2, 9 + index, 7 + index * 160, false, 60 + index * 20)).toBe(true);
    expect(stream.marker).toBe(index === 0);
    seen.push([stream.sequence, stream.timestamp]);
  }
  for (let index = 1; index < seen.length; index += 1) {
    expect((seen[index]![0] - seen[index - 1]![0]) & 0xffff).toBe(1);
    expect((seen[index]![1] - seen[index - 1]![1]) >>> 0).toBe(160);
  }
  expect(seen[0]![0]).not.toBe(500);
});

test('a loss stays a loss, and a late packet finds its place', () => {
  const stream = createOutgoingStream(seeded(3));
  const numbers = [10, 11, 14, 13].map((sequence) => {
    stampRelayed(stream, 1, sequence, sequence * 160, false, 0);
    return stream.sequence;
  });
  expect(numbers.map((number) => number - numbers[0]!)).toEqual([0, 1, 4, 3]);
});

test('a packet from before the source took over is not sent: its number is spent', () => {
  const stream = createOutgoingStream(seeded(3));
  stampGenerated(stream, 0);
  expect(stampRelayed(stream, 1, 100, 16_000, false, 20)).toBe(true);
  expect(stampRelayed(stream, 1, 99, 15_840, false, 20)).toBe(false);
});

test('a pause shows in time and not in numbers', () => {
  const stream = createOutgoingStream(seeded(3));
  stampGenerated(stream, 0);
  const [sequence, timestamp] = [stream.sequence, stream.timestamp];
  stampGenerated(stream, 1000);
  expect(stream.sequence).toBe(sequence + 1);
  expect(stream.timestamp - timestamp).toBe(8000);
  expect(stream.marker).toBe(true);
});

test('a keypress keeps one timestamp, and audio goes on after it', () => {
  const stream = createOutgoingStream(seeded(3));
  stampGenerated(stream, 0);
  stampEvent(stream, true, 20);
  const begun = stream.timestamp;
  for (const atMs of [40, 60, 80]) {
    stampEvent(stream, false, atMs);
    expect(stream.timestamp).toBe(begun);
  }
  stampRelayed(stream, 1, 5, 5, false, 220);
  expect(stream.timestamp - begun).toBe(1600);
});

test('whatever feeds a stream, no number is ever used twice', () => {
  const feed = fc.record({ source: fc.integer({ min: 0, max: 3 }), sequence: fc.nat({ max: 40 }), step: fc.nat({ max: 30 }) });
  fc.assert(
    fc.property(fc.array(feed, { maxLength: 200 }), (feeds) => {
      const stream = createOutgoingStream(seeded(0xff));
      const given = new Map<number, Set<number>>();
      const used = new Set<number>();
      let source = -1;
      let nowMs = 0;
      for (const next of feeds) {
        nowMs += next.step;
        if (next.source === 0) stampGenerated(stream, nowMs);
        else {
          if (source !== next.source) given.clear();
          const own = given.get(next.source) ?? new Set();
          given.set(next.source, own);
          // A replay is for the receiver of the source to drop.
          if (own.has(next.sequence)) continue;
          if (!stampRelayed(stream, next.source, next.sequence, next.sequence * 160, false, nowMs)) continue;
          own.add(next.sequence);
        }
        source = next.source;
        expect(used.has(stream.sequence)).toBe(false);
        used.add(stream.sequence);
      }
    }),
  );
});
