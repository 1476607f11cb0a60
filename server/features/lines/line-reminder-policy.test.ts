import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PROOF_LIFETIME_MS } from './line-proof-policy.ts';
import { dueReminderOf, REMINDER_DAYS } from './line-reminder-policy.ts';

const DAY = 86_400_000;
const PROVEN = Date.UTC(2026, 0, 1);
const END = PROVEN + PROOF_LIFETIME_MS;
const facts = { kind: 'verified', provenAt: PROVEN, codeEnteredAt: PROVEN - 1 } as const;
const dueAt = (nowMs: number): number | null => dueReminderOf(facts, nowMs)?.daysBefore ?? null;

test('a reminder is due from fourteen days before the end, then at seven, at one, and when it is over', () => {
  expect([END - 14 * DAY - 1, END - 14 * DAY, END - 7 * DAY, END - DAY, END - 1, END, END + 90 * DAY].map(dueAt)).toEqual([null, 14, 7, 1, 1, 0, 0]);
});

test('none is due of a line that a carrier gave, was never proven, or waits for an admin', () => {
  expect(dueReminderOf({ ...facts, kind: 'hosted', codeEnteredAt: null }, END)).toBeNull();
  expect(dueReminderOf({ ...facts, kind: 'hosted' }, END)).not.toBeNull();
  expect(dueReminderOf({ ...facts, provenAt: null }, END)).toBeNull();
  expect(dueReminderOf({ ...facts, codeEnteredAt: PROVEN + 1 }, END - DAY)).toBeNull();
});

test('however often one looks, each threshold comes up at most once and they only grow nearer', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 400 * 24 }), { maxLength: 60 }), (hours) => {
      const seen = hours.toSorted((a, b) => a - b).map((hour) => dueAt(PROVEN + hour * 3_600_000)).filter((days) => days !== null);
      expect(seen).toEqual(seen.toSorted((a, b) => b - a));
      expect(new Set(seen).size).toBeLessThanOrEqual(REMINDER_DAYS.length);
    }),
  );
});
