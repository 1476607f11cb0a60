import { expect, test } from 'vitest';
import { contactDetailsSchema } from '#contract/contacts.ts';
import { keepEdits } from './kept-edits-policy.ts';

test('what was typed stays, and what another changed meanwhile is taken over', () => {
  const base = contactDetailsSchema.parse({ givenName: 'Ann', familyName: 'Lee', tags: ['a'], numbers: [{ number: '+16125550101', label: 'mobile' }] });
  const mine = { ...base, givenName: 'Anne', tags: ['a', 'b'] };
  const newest = contactDetailsSchema.parse({ ...base, familyName: 'Lee-Smith', tags: ['c'], textConsent: { state: 'withdrawn', at: '2026-05-14T12:00:00Z' } });
  expect(keepEdits(base, mine, newest)).toEqual({ ...newest, givenName: 'Anne', tags: ['a', 'b'] });
  expect(keepEdits(base, base, newest)).toEqual(newest);
});
