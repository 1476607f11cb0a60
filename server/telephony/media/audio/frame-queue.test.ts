import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createFrameQueue } from './frame-queue.ts';

const packetOf = (value: number): Int16Array => new Int16Array(160).fill(value);
const pulled = (queue: ReturnType<typeof createFrameQueue>): number | 'lost' | undefined => {
  const frame = new Int16Array(160);
  const outcome = queue.pull(frame);
  return outcome === 'heard' ? frame[0] : outcome === 'lost' ? 'lost' : undefined;
};

test('two frames are waited for, then packets come out in the order of their time', () => {
  const queue = createFrameQueue();
  queue.push(1000, packetOf(1), 160);
  expect(pulled(queue)).toBeUndefined();
  queue.push(1320, packetOf(3), 160);
  queue.push(1160, packetOf(2), 160);
  expect([pulled(queue), pulled(queue), pulled(queue), pulled(queue)]).toEqual([1, 2, 3, undefined]);
});

test('a lost packet is told as one, and is no older sound', () => {
  const queue = createFrameQueue();
  for (const index of [0, 1, 2, 3]) queue.push(index * 160, packetOf(9), 160);
  expect([pulled(queue), pulled(queue), pulled(queue), pulled(queue)]).toEqual([9, 9, 9, 9]);
  queue.push(640, packetOf(5), 160);
  queue.push(960, packetOf(6), 160);
  expect([pulled(queue), pulled(queue), pulled(queue)]).toEqual([5, 'lost', 6]);
});

test('time may wrap, and a source may begin again anywhere', () => {
  const queue = createFrameQueue();
  queue.push(0xffff_ffff - 159, packetOf(1), 160);
  queue.push(0, packetOf(2), 160);
  expect([pulled(queue), pulled(queue)]).toEqual([1, 2]);
  queue.push(3_000_000, packetOf(3), 160);
  queue.push(3_000_160, packetOf(4), 160);
  expect([pulled(queue), pulled(queue)]).toEqual([3, 4]);
});

test('whatever arrives, what is waiting stays short', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 20_000 }), fc.integer({ min: 0, max: 1600 }))), (packets) => {
      const queue = createFrameQueue();
      for (const [time, length] of packets) queue.push(time, new Int16Array(1600), length);
      let frames = 0;
      while (pulled(queue) !== undefined) frames += 1;
      expect(frames).toBeLessThanOrEqual(13);
    }),
  );
});
