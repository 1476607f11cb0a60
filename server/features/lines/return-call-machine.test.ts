import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nextReturnCall, type ReturnCallEvent, type ReturnCallState } from './return-call-machine.ts';

const EVENTS: readonly (readonly [ReturnCallEvent, ReturnCallState])[] = [
  [{ type: 'came-back' }, 'returned'],
  [{ type: 'answered' }, 'not-returned'],
  [{ type: 'too-late' }, 'not-returned'],
  [{ type: 'stopped' }, 'stopped'],
  [{ type: 'ended', cause: 'busy' }, 'not-returned'],
  [{ type: 'ended', cause: 'no-answer' }, 'not-returned'],
  [{ type: 'ended', cause: 'rejected' }, 'not-returned'],
  [{ type: 'ended', cause: 'hung-up' }, 'not-returned'],
  [{ type: 'ended', cause: 'cancelled' }, 'not-returned'],
  [{ type: 'ended', cause: 'not-in-service' }, 'not-in-service'],
  [{ type: 'ended', cause: 'number-changed' }, 'not-in-service'],
  [{ type: 'ended', cause: 'number-incomplete' }, 'not-in-service'],
  [{ type: 'ended', cause: 'blocked' }, 'not-reached'],
  [{ type: 'ended', cause: 'network-busy' }, 'not-reached'],
  [{ type: 'ended', cause: 'trunk-refused' }, 'not-reached'],
  [{ type: 'ended', cause: 'trunk-down' }, 'not-reached'],
  [{ type: 'ended', cause: 'connection-lost' }, 'not-reached'],
  [{ type: 'ended', cause: 'media-refused' }, 'not-reached'],
];
const OVER = ['returned', 'not-returned', 'not-in-service', 'not-reached', 'stopped'] as const;

test.each(EVENTS)('a call to a hosted line, placed, and then %j: %s', (event, outcome) => expect(nextReturnCall('placed', event)).toBe(outcome));

test.each(OVER)('%s stays as it is, whatever comes after', (state) => {
  for (const [event] of EVENTS) expect(nextReturnCall(state, event)).toBe(state);
});

test('nothing proves a line but a call that comes back before anything else is heard', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...EVENTS.map(([event]) => event))), (events) => {
      const end = events.reduce(nextReturnCall, 'placed' as ReturnCallState);
      return (end === 'returned') === (events[0]?.type === 'came-back');
    }),
  );
});
