import { expect, test } from 'vitest';
import { openSourceLock, resignalSource, takesSource } from './source-lock-policy.ts';

const PEER = { address: '192.0.2.10', port: 4000 };

test('the place that the description names is taken at once, and then nobody else', () => {
  const lock = openSourceLock(PEER);
  expect(takesSource(lock, PEER.address, PEER.port, 1, 1)).toBe(true);
  for (let sequence = 0; sequence < 20; sequence += 1) expect(takesSource(lock, '203.0.113.9', 5000, 7, sequence)).toBe(false);
  expect(takesSource(lock, PEER.address, 4001, 1, 2)).toBe(false);
  expect(takesSource(lock, PEER.address, PEER.port, 1, 2)).toBe(true);
});

test('a peer behind a NAT is learned from a run of its packets', () => {
  const lock = openSourceLock({ address: '10.0.0.5', port: 4000 });
  const taken = [1, 2, 3, 4, 5, 6].map((sequence) => takesSource(lock, '198.51.100.7', 31_000, 42, sequence));
  expect(taken).toEqual([false, false, false, false, true, true]);
});

test('guesses from many places never become the peer', () => {
  const lock = openSourceLock(PEER);
  for (let index = 0; index < 100; index += 1) expect(takesSource(lock, `203.0.113.${index}`, 5000, index, index)).toBe(false);
  expect(takesSource(lock, PEER.address, PEER.port, 1, 1)).toBe(true);
});

test('the named place wins over a stranger who has not yet proved himself', () => {
  const lock = openSourceLock(PEER);
  for (const sequence of [1, 2, 3, 4]) takesSource(lock, '203.0.113.9', 5000, 7, sequence);
  expect(takesSource(lock, PEER.address, PEER.port, 1, 1)).toBe(true);
  expect(takesSource(lock, '203.0.113.9', 5000, 7, 5)).toBe(false);
});

test('a description that moves the media opens the lock; one that repeats it does not', () => {
  const lock = openSourceLock(PEER);
  takesSource(lock, PEER.address, PEER.port, 1, 1);
  expect(resignalSource(lock, { ...PEER })).toBe(lock);
  const moved = resignalSource(lock, { address: '192.0.2.20', port: 4000 });
  expect(takesSource(moved, PEER.address, PEER.port, 1, 2)).toBe(false);
  expect(takesSource(moved, '192.0.2.20', 4000, 2, 1)).toBe(true);
});
