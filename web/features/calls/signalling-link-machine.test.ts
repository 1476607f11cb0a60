import { describe, expect, test } from 'vitest';
import { socketCloseCodes } from '#contract/signalling.ts';
import { type LinkContext, type LinkEvent, type SignallingLink, pauseBeforeAttemptMs, stepSignallingLink, stoppedLink } from './signalling-link-machine.ts';

const calm: LinkContext = { nowMs: 100_000, random: 0.5, isUrgent: false };
const inCall: LinkContext = { ...calm, isUrgent: true };

const links: Record<string, SignallingLink> = {
  stopped: stoppedLink,
  ticketing: { phase: 'ticketing', attempt: 2 },
  opening: { phase: 'opening', attempt: 2 },
  open: { phase: 'open', openedAtMs: 0, pongDueAtMs: null },
  asked: { phase: 'open', openedAtMs: 0, pongDueAtMs: 105_000 },
  overdue: { phase: 'open', openedAtMs: 0, pongDueAtMs: 99_000 },
  fresh: { phase: 'open', openedAtMs: 99_500, pongDueAtMs: null },
  waiting: { phase: 'waiting', attempt: 2 },
};

const closed = (code: number): LinkEvent => ({ type: 'socket-closed', code });

/** From, event, phase after, effects in order; a cell that is not here leaves everything as it was. */
const cells: readonly (readonly [string, LinkEvent, string, string])[] = [
  ['stopped', { type: 'start' }, 'ticketing', 'fetch-ticket set-timer'],
  ['ticketing', { type: 'ticket-made', ticket: 't' }, 'opening', 'open-socket set-timer'],
  ['ticketing', { type: 'ticket-failed', isSignedOut: false }, 'waiting', 'set-timer'],
  ['ticketing', { type: 'ticket-failed', isSignedOut: true }, 'stopped', 'close-socket clear-timer'],
  ['ticketing', { type: 'timer' }, 'waiting', 'close-socket set-timer'],
  ['opening', { type: 'socket-opened' }, 'open', 'send-hello set-timer'],
  ['opening', closed(1006), 'waiting', 'set-timer'],
  ['opening', closed(socketCloseCodes.ticketRefused), 'waiting', 'set-timer'],
  ['opening', { type: 'timer' }, 'waiting', 'close-socket set-timer'],
  ['open', closed(1006), 'ticketing', 'fetch-ticket set-timer'],
  ['fresh', closed(1006), 'waiting', 'set-timer'],
  ['open', closed(socketCloseCodes.signedOut), 'stopped', 'close-socket clear-timer'],
  ['open', closed(socketCloseCodes.deviceTakenOver), 'stopped', 'close-socket clear-timer'],
  ['open', closed(socketCloseCodes.badMessage), 'stopped', 'close-socket clear-timer'],
  ['open', closed(socketCloseCodes.flooded), 'waiting', 'set-timer'],
  ['open', { type: 'timer' }, 'open', 'set-timer'],
  ['open', { type: 'nudge' }, 'open', 'send-ping set-timer'],
  ['asked', { type: 'heard' }, 'open', 'set-timer'],
  ['asked', { type: 'timer' }, 'open', 'set-timer'],
  ['asked', { type: 'nudge' }, 'open', 'send-ping set-timer'],
  ['overdue', { type: 'timer' }, 'ticketing', 'close-socket fetch-ticket set-timer'],
  ['waiting', { type: 'timer' }, 'ticketing', 'fetch-ticket set-timer'],
  ['waiting', { type: 'nudge' }, 'ticketing', 'fetch-ticket set-timer'],
];

describe('the link to the server', () => {
  test.each(cells)('%s, then %o, is %s and does: %s', (from, event, phase, effects) => {
    const step = stepSignallingLink(links[from] ?? stoppedLink, event, calm);
    expect(step.link.phase).toBe(phase);
    expect(step.effects.map((effect) => effect.type).join(' ')).toBe(effects);
  });

  test('ignores what belongs to a phase it is not in', () => {
    const late: LinkEvent[] = [{ type: 'ticket-made', ticket: 't' }, { type: 'ticket-failed', isSignedOut: true }, { type: 'socket-opened' }, closed(1006), { type: 'heard' }, { type: 'timer' }, { type: 'nudge' }];
    for (const event of late) expect(stepSignallingLink(stoppedLink, event, calm)).toEqual({ link: stoppedLink, effects: [] });
    expect(stepSignallingLink(links['open'] as SignallingLink, { type: 'ticket-made', ticket: 'late' }, calm).effects).toEqual([]);
  });

  test('pings while a call lives, and only then', () => {
    const step = stepSignallingLink(links['open'] as SignallingLink, { type: 'timer' }, inCall);
    expect(step.effects.map((effect) => effect.type)).toEqual(['send-ping', 'set-timer']);
    expect(step.link).toMatchObject({ pongDueAtMs: 110_000 });
  });

  test('stops from any phase when told to', () => {
    for (const link of Object.values(links)) expect(stepSignallingLink(link, { type: 'stop' }, calm).link).toEqual(stoppedLink);
  });

  test('pauses longer with each attempt, up to 15 s, or 2 s with a call', () => {
    expect([0, 1, 2, 3, 20].map((attempt) => pauseBeforeAttemptMs(attempt, { random: 1, isUrgent: false }))).toEqual([400, 800, 1_600, 3_200, 15_000]);
    expect([0, 3, 20].map((attempt) => pauseBeforeAttemptMs(attempt, { random: 1, isUrgent: true }))).toEqual([400, 2_000, 2_000]);
    expect(pauseBeforeAttemptMs(20, { random: 0, isUrgent: false })).toBe(7_500);
  });
});
