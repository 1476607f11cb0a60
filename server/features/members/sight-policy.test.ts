import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Role } from '#contract/sign-in.ts';
import { mayCallFor, maySeeCall, maySeeContact, subjectsSeenBy, type CallSight, type Reader } from './sight-policy.ts';

const [LEE, OSEI, PRIYA, MARTA, ADMIN] = ['lee', 'osei', 'priya', 'marta', 'admin'] as const;
const reader = (memberId: string, roles: Role[], ...actsFor: string[]): Reader => ({ practiceId: 'lakeside', memberId, roles, actsFor });

const drLee = reader(LEE, ['physician']);
const drOsei = reader(OSEI, ['physician']);
const priyaForLee = reader(PRIYA, ['staff'], LEE);
const martaForOsei = reader(MARTA, ['staff'], OSEI);
const admin = reader(ADMIN, ['practice-admin']);
const operator = reader('operator', ['operator'], LEE);

const ownOfLee: CallSight = { madeBy: LEE, onBehalfOf: null, isOver: true };
const forLeeByPriya: CallSight = { madeBy: PRIYA, onBehalfOf: LEE, isOver: true };
const ownOfPriya: CallSight = { madeBy: PRIYA, onBehalfOf: null, isOver: true };

describe('a call and its note', () => {
  it.each([
    ['a physician’s own', ownOfLee, [drLee, priyaForLee], [drOsei, martaForOsei, admin, operator]],
    ['one that staff made for a physician', forLeeByPriya, [drLee, priyaForLee], [drOsei, martaForOsei, admin, operator]],
    ['one that staff made for themselves', ownOfPriya, [priyaForLee], [drLee, drOsei, martaForOsei, admin, operator]],
  ] as const)('%s', (_name, call, seen, unseen) => {
    expect(seen.map((each) => maySeeCall(each, call))).toEqual(seen.map(() => true));
    expect(unseen.map((each) => maySeeCall(each, call))).toEqual(unseen.map(() => false));
  });

  it('is gone for staff with the assignment, once it is over; who makes it sees it to its end', () => {
    const noMore = reader(PRIYA, ['staff']);
    expect(maySeeCall(noMore, forLeeByPriya)).toBe(false);
    expect(maySeeCall(noMore, { ...forLeeByPriya, isOver: false })).toBe(true);
  });

  it('is not opened by an assignment of one who is no longer of the staff', () => {
    expect(maySeeCall(reader(PRIYA, ['practice-admin'], LEE), forLeeByPriya)).toBe(false);
  });
});

describe('a contact', () => {
  it('is the whole practice’s, but never the operator’s', () => {
    expect([drLee, drOsei, priyaForLee, admin].map((each) => maySeeContact(each, []))).toEqual([true, true, true, true]);
    expect(maySeeContact(operator, [])).toBe(false);
  });
  it('kept to a physician is theirs, and of who works for them', () => {
    expect([drLee, priyaForLee, drOsei, martaForOsei, admin, operator].map((each) => maySeeContact(each, [LEE]))).toEqual([true, true, false, false, false, false]);
  });
});

describe('calling in a name', () => {
  const physician = { roles: ['physician'] as Role[], isDisabled: false };
  it('needs the staff role, the assignment, and a physician who is still here', () => {
    expect(mayCallFor(priyaForLee, LEE, physician)).toBe(true);
    expect(mayCallFor(priyaForLee, OSEI, physician)).toBe(false);
    expect(mayCallFor(reader(PRIYA, ['physician'], LEE), LEE, physician)).toBe(false);
    expect(mayCallFor(priyaForLee, LEE, { ...physician, isDisabled: true })).toBe(false);
    expect(mayCallFor(priyaForLee, LEE, { roles: ['practice-admin'], isDisabled: false })).toBe(false);
  });
});

describe('of anybody, to anything', () => {
  const ids = fc.constantFrom(LEE, OSEI, PRIYA, MARTA);
  const anybody = fc.record({ practiceId: fc.constant('lakeside'), memberId: ids, roles: fc.uniqueArray(fc.constantFrom<Role>('physician', 'staff', 'practice-admin', 'operator')), actsFor: fc.uniqueArray(ids) });
  const anyCall = fc.record({ madeBy: ids, onBehalfOf: fc.option(ids), isOver: fc.boolean() });

  it('a call that is over is seen exactly by whom it belongs to and staff assigned to them; more roles and more assignments never hide one', () => {
    fc.assert(
      fc.property(anybody, anyCall, ids, (who, call, more) => {
        const subject = call.onBehalfOf ?? call.madeBy;
        const belongs = who.roles.some((role) => role !== 'operator') && (subject === who.memberId || (who.roles.includes('staff') && who.actsFor.includes(subject)));
        expect(maySeeCall(who, { ...call, isOver: true })).toBe(belongs);
        if (maySeeCall(who, call)) expect(maySeeCall({ ...who, roles: [...who.roles, 'staff'], actsFor: [...who.actsFor, more] }, call)).toBe(true);
        expect(subjectsSeenBy(who).includes(subject)).toBe(belongs);
      }),
      { numRuns: 2_000 },
    );
  });

  it('a contact kept to more people is seen by no fewer of them, and to nobody without a role', () => {
    fc.assert(
      fc.property(anybody, fc.uniqueArray(ids, { minLength: 1 }), ids, (who, keptTo, more) => {
        if (maySeeContact(who, keptTo)) {
          expect(maySeeContact(who, [...keptTo, more])).toBe(true);
          expect(maySeeContact(who, [])).toBe(true);
        }
        expect(maySeeContact({ ...who, roles: ['operator'] }, keptTo)).toBe(false);
      }),
      { numRuns: 2_000 },
    );
  });
});
