import { expect, test } from 'vitest';
import { fullBucket, MESSAGES_AT_ONCE, MESSAGES_PER_SECOND, takeFromBucket } from './flood-policy.ts';

const takeAt = (times: readonly number[]): boolean => {
  let bucket = fullBucket(0);
  for (const at of times) {
    const next = takeFromBucket(bucket, at);
    if (next === undefined) return false;
    bucket = next;
  }
  return true;
};

test('a burst passes, one more does not', () => {
  expect(takeAt(Array.from({ length: MESSAGES_AT_ONCE }, () => 0))).toBe(true);
  expect(takeAt(Array.from({ length: MESSAGES_AT_ONCE + 1 }, () => 0))).toBe(false);
});

test('a steady pace passes for as long as it lasts', () => {
  expect(takeAt(Array.from({ length: 10_000 }, (_, index) => (index * 1_000) / MESSAGES_PER_SECOND))).toBe(true);
});

test('a pace a tenth above it is found out', () => {
  expect(takeAt(Array.from({ length: 10_000 }, (_, index) => (index * 1_000) / (MESSAGES_PER_SECOND * 1.1)))).toBe(false);
});
