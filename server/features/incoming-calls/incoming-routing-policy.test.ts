import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideIncoming, MOST_ANNOUNCEMENTS } from './incoming-routing-policy.ts';

describe('a call that comes in', () => {
  it.each([
    [{ line: { kind: 'hosted', isProven: true }, announcing: 0, isClosing: false }, { type: 'offer', to: 'all' }],
    [{ line: { kind: 'hosted', isProven: true }, announcing: MOST_ANNOUNCEMENTS - 1, isClosing: false }, { type: 'offer', to: 'all' }],
    // Not 404: whoever was given the number hears a sentence.
    [{ line: { kind: 'hosted', isProven: false }, announcing: 0, isClosing: false }, { type: 'offer', to: 'provers' }],
    [{ line: { kind: 'hosted', isProven: true }, announcing: MOST_ANNOUNCEMENTS, isClosing: false }, { type: 'refuse', status: 480, reason: 'too-many' }],
    [{ line: { kind: 'verified', isProven: true }, announcing: 0, isClosing: false }, { type: 'refuse', status: 404, reason: 'line-not-hosted' }],
    [{ line: undefined, announcing: 0, isClosing: false }, { type: 'refuse', status: 404, reason: 'number-not-ours' }],
    [{ line: { kind: 'hosted', isProven: true }, announcing: 0, isClosing: true }, { type: 'refuse', status: 503, reason: 'closing' }],
  ] as const)('%j: %j', (facts, decision) => expect(decideIncoming(facts)).toEqual(decision));

  it('is never offered where the number is not a hosted line of ours', () => {
    fc.assert(fc.property(fc.constantFrom(undefined, { kind: 'verified', isProven: true } as const), fc.nat(100), fc.boolean(), (line, announcing, isClosing) => decideIncoming({ line, announcing, isClosing }).type === 'refuse'));
  });
});
