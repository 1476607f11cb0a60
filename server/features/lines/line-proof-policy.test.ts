import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { admitCodeCall, codeCallsLeft, codeFrom, enterableCodeOf, isApprovalDue, isReminderDue, judgeCode, proofStateOf } from './line-proof-policy.ts';
import type { LineProofFacts } from './line-proof-policy.ts';

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 5, 1);
const verified = (provenAt: number | null, codeEnteredAt: number | null): LineProofFacts => ({ kind: 'verified', provenAt, codeEnteredAt });

test.each([
  ['added', verified(null, null), 'unproven'],
  ['its code entered', verified(null, NOW - 1), 'awaiting-approval'],
  ['approved', verified(NOW - 1, NOW - 2), 'proven'],
  ['a moment before the end of its proof', verified(NOW - 180 * DAY + 1, 0), 'proven'],
  ['at the end of its proof', verified(NOW - 180 * DAY, 0), 'expired'],
  ['proven again after the end, not yet approved', verified(NOW - 200 * DAY, NOW - 1), 'awaiting-approval'],
  ['proven again before the end', verified(NOW - 170 * DAY, NOW - 1), 'proven'],
  ['lent', { kind: 'hosted', provenAt: 0, codeEnteredAt: null }, 'proven'],
  ['hosted, just added', { kind: 'hosted', provenAt: null, codeEnteredAt: null }, 'unproven'],
  ['hosted, the call came back', { kind: 'hosted', provenAt: null, codeEnteredAt: 5 }, 'awaiting-approval'],
] as const)('a line that is %s', (_name, facts, state) => {
  expect(proofStateOf(facts, NOW)).toBe(state);
});

test('a code alone shows nobody a number: without an approval no line is ever proven', () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: NOW }), fc.integer({ min: 0, max: 2 * NOW }), (enteredAt, now) => {
    expect(proofStateOf(verified(null, enteredAt), now)).not.toBe('proven');
  }));
});

test('a reminder comes fourteen days before the end, and goes with the new code', () => {
  expect(isReminderDue(verified(NOW - 165 * DAY, 0), NOW)).toBe(false);
  expect(isReminderDue(verified(NOW - 166 * DAY, 0), NOW)).toBe(true);
  expect(isReminderDue(verified(NOW - 166 * DAY, NOW - 1), NOW)).toBe(false);
  expect(isApprovalDue(verified(NOW - 166 * DAY, NOW - 1))).toBe(true);
});

describe('a code', () => {
  const right = { issuedAt: NOW, tries: 0, isRight: true };
  test('is good for ten minutes', () => {
    expect(judgeCode(right, NOW + 599_999).ok).toBe(true);
    expect(judgeCode(right, NOW + 600_000)).toEqual({ ok: false, refusal: 'code-expired' });
  });
  test('may be tried three times, and is of no use after that, right or wrong', () => {
    expect(judgeCode({ ...right, tries: 2, isRight: false }, NOW)).toEqual({ ok: false, refusal: 'code-wrong' });
    expect(judgeCode({ ...right, tries: 3 }, NOW)).toEqual({ ok: false, refusal: 'too-many-tries' });
  });
  test('says until when it may be entered, and how often', () => {
    expect(enterableCodeOf({ issuedAt: NOW, tries: 1 }, NOW + 1)).toEqual({ expiresAtMs: NOW + 600_000, triesLeft: 2 });
    expect(enterableCodeOf({ issuedAt: NOW, tries: 0 }, NOW + 600_000)).toBeNull();
    expect(enterableCodeOf({ issuedAt: null, tries: 0 }, NOW)).toBeNull();
  });
  test('is asked for before it is given', () => expect(judgeCode({ ...right, issuedAt: null }, NOW)).toEqual({ ok: false, refusal: 'no-code' }));
  test('has six digits, each as likely as the next', () => {
    const counts = Array.from({ length: 10 }, () => 0);
    for (let byte = 0; byte < 256; byte++) for (const digit of codeFrom(new Uint8Array(6).fill(byte)) ?? '') counts[Number(digit)]! += 1;
    expect(new Set(counts)).toEqual(new Set([150]));
  });
});

test('a number is called with a code five times a day at most', () => {
  let facts = { calls: 0, callsSince: null as number | null };
  for (let count = 0; count < 5; count++) {
    const admitted = admitCodeCall(facts, NOW + count);
    if (!admitted.ok) throw new Error(admitted.refusal);
    facts = admitted.value;
    expect(codeCallsLeft(facts, NOW + count)).toBe(4 - count);
  }
  expect(codeCallsLeft(facts, NOW + DAY)).toBe(5);
  expect(admitCodeCall(facts, NOW + DAY - 1).ok).toBe(false);
  expect(admitCodeCall(facts, NOW + DAY)).toEqual({ ok: true, value: { calls: 1, callsSince: NOW + DAY } });
});
