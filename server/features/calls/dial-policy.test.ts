import fc from 'fast-check';
import { expect, test, describe } from 'vitest';
import type { E164, LineId } from '#contract/ids.ts';
import { decideDial } from './dial-policy.ts';
import type { DialFacts } from './dial-policy.ts';
import { anyDial } from './test-dials.ts';

const CLINIC = { id: '018f0000-0000-7000-8000-000000000004' as LineId, name: 'Lakeside Clinic', number: '+16125550100' as E164, isDefault: true };
const PROCEDURES = { id: '018f0000-0000-7000-8000-000000000005' as LineId, name: 'Lakeside Procedures', number: '+16125550118' as E164, isDefault: false };

const facts: DialFacts = {
  lines: [CLINIC, PROCEDURES],
  requestedLineId: undefined,
  lineDefaults: { mayShow: null, ofContacts: [], ofMember: null },
  liveCallCount: 0,
  trunks: [{ name: 'sandbox', state: 'unknown' }],
};
const outcome = (given: Partial<DialFacts>): string => {
  const decision = decideDial({ ...facts, ...given });
  return decision.ok ? decision.value.line.number : decision.refusal;
};

describe('the line', () => {
  test('is the one asked for, if it is the practice\'s', () => expect(outcome({ requestedLineId: PROCEDURES.id })).toBe('+16125550118'));
  test('is never another one in place of the one asked for', () => expect(outcome({ requestedLineId: '018f0000-0000-7000-8000-0000000000ff' as LineId })).toBe('no-line'));
  test('is one of the proven ones, whatever is asked for: in 100,000 dials no other number is shown', () => {
    fc.assert(
      fc.property(anyDial, (dial) => {
        const decision = decideDial(dial);
        if (!decision.ok) return;
        expect(dial.lines).toContain(decision.value.line);
        if (dial.lineDefaults.mayShow !== null) expect(dial.lineDefaults.mayShow).toContain(decision.value.line.id);
        if (dial.requestedLineId !== undefined) expect(decision.value.line.id).toBe(dial.requestedLineId);
      }),
      { numRuns: 100_000 },
    );
  });
  test('is the caller\'s to show, or there is no call', () => {
    const only = { mayShow: [PROCEDURES.id], ofContacts: [CLINIC.id], ofMember: CLINIC.id };
    expect(outcome({ lineDefaults: only })).toBe('+16125550118');
    expect(outcome({ lineDefaults: only, requestedLineId: CLINIC.id })).toBe('no-line');
  });
  test('is needed', () => expect(outcome({ lines: [] })).toBe('no-line'));
});

test('a member on a call does not start another', () => expect(outcome({ liveCallCount: 1 })).toBe('already-on-a-call'));

test('a trunk known to be down is passed over, and with no other there is no call', () => {
  const trunks = [{ name: 'first', state: 'down' }, { name: 'second', state: 'up' }] as const;
  expect(decideDial({ ...facts, trunks })).toMatchObject({ value: { trunks: ['second'] } });
  expect(outcome({ trunks: [trunks[0]] })).toBe('trunk-down');
});
