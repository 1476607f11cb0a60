import { expect, test } from 'vitest';
import type { MemberId, PracticeId } from '#contract/ids.ts';
import { createFakeClock } from '#server/platform/clock/fake-clock.ts';
import { systemRandom } from '#server/platform/clock/random.ts';
import type { MemberSession } from './sign-in.ts';
import { createSocketTickets } from './socket-tickets.ts';

const session: MemberSession = {
  id: 's',
  expiresAt: 0,
  member: { id: 'm' as MemberId, name: 'Dr. Hannah Lee' },
  preferences: { language: null, clock: null },
  roles: ['physician'],
  actsFor: [],
  personId: null,
  method: 'link',
  token: null,
  isLocked: false,
  practice: { id: 'p' as PracticeId, name: 'Lakeside Clinic', country: 'US', timeZone: 'America/Chicago', isSandbox: true, isDemo: true },
};

test('a ticket opens one socket, within thirty seconds', () => {
  const clock = createFakeClock();
  const tickets = createSocketTickets({ clock, random: systemRandom });
  const ticket = tickets.issue(session);
  expect(tickets.redeem(ticket)).toBe(session);
  expect(tickets.redeem(ticket)).toBeUndefined();
  const late = tickets.issue(session);
  clock.advance(30_000);
  expect(tickets.redeem(late)).toBeUndefined();
});

test('a ticket that was never given opens nothing', () => {
  expect(createSocketTickets({ clock: createFakeClock(), random: systemRandom }).redeem('guess')).toBeUndefined();
});

test('asking for very many keeps the newest', () => {
  const tickets = createSocketTickets({ clock: createFakeClock(), random: systemRandom });
  const first = tickets.issue(session);
  let last = first;
  for (let count = 0; count < 10_000; count++) last = tickets.issue(session);
  expect(tickets.redeem(first)).toBeUndefined();
  expect(tickets.redeem(last)).toBe(session);
});
