/** For tests: dials of every kind, drawn at random: lines that are proven, requests and defaults that may be none of them. */
import fc from 'fast-check';
import type { E164, LineId } from '#contract/ids.ts';
import type { DialFacts } from './dial-policy.ts';

const ids = Array.from({ length: 6 }, (_, index) => `018f0000-0000-7000-8000-00000000000${index}` as LineId);
const anyId = fc.constantFrom(...ids);
const anyLine = fc.record({ id: anyId, name: fc.string({ maxLength: 12 }), number: fc.stringMatching(/^\+1[2-9]\d{9}$/).map((number) => number as E164), isDefault: fc.boolean() });

export const anyDial: fc.Arbitrary<DialFacts> = fc.record({
  lines: fc.uniqueArray(anyLine, { selector: ({ id }) => id, maxLength: 4 }),
  requestedLineId: fc.option(anyId, { nil: undefined }),
  lineDefaults: fc.record({ mayShow: fc.option(fc.uniqueArray(anyId, { minLength: 1, maxLength: 4 }), { freq: 2 }), ofContacts: fc.array(fc.option(anyId), { maxLength: 3 }), ofMember: fc.option(anyId) }),
  liveCallCount: fc.constant(0),
  trunks: fc.constant([{ name: 'recorder', state: 'up' as const }]),
});
