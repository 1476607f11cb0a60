import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { suggestionReasonSchema } from '#contract/call-log.ts';
import { callOutcomes } from '#contract/call-outcome.ts';
import { endReasonSchema, type EndReason } from '#contract/calls.ts';
import { suggestOutcome, type ObservedCall } from './outcome-suggestion-policy.ts';

const DIALLED = 1_000_000;
/** Seconds of ringing, seconds of talk (null: never answered), and the end. */
function call(rangS: number | null, talkedS: number | null, endReason: EndReason): ObservedCall {
  const ringingAt = rangS === null ? null : DIALLED + 500;
  const answeredAt = talkedS === null ? null : (ringingAt ?? DIALLED) + (rangS ?? 0) * 1_000;
  const endedAt = answeredAt === null ? (ringingAt ?? DIALLED) + (rangS ?? 1) * 1_000 : answeredAt + (talkedS ?? 0) * 1_000;
  return { startedAt: DIALLED, ringingAt, answeredAt, endedAt, endReason };
}

describe('the outcome suggested for', () => {
  it.each([
    ['a talk of six minutes', call(6, 372, 'hung-up-by-member'), 'reached', 'spoke'],
    ['a talk of six minutes after a long ring', call(25, 372, 'hung-up-by-party'), 'reached', 'spoke'],
    ['a short word to somebody who picked up at once', call(3, 5, 'hung-up-by-member'), 'reached', 'spoke-briefly'],
    ['a talk that the time limit ended', call(3, 14_400, 'time-limit-reached'), 'reached', 'spoke'],
    ['a talk that the network ended', call(3, 40, 'party-lost'), 'reached', 'spoke'],
    ['an answer whose network went before a word', call(3, 2, 'party-lost'), 'failed', 'lost-on-the-way'],
    ['a recorded message spoken to its end', call(24, 35, 'message-left'), 'voicemail-left', 'message-spoken'],
    ['a recorded message cut off', call(24, 35, 'message-cut-off'), 'mailbox-full', 'message-cut-off'],
    ['a recorded message that found no beep', call(24, 70, 'message-not-left'), 'no-answer', 'message-not-begun'],
    ['a long ring, then time for a message', call(24, 35, 'hung-up-by-member'), 'voicemail-left', 'mailbox-and-time-to-speak'],
    ['a long ring, then a greeting one did not hear out', call(24, 6, 'hung-up-by-member'), 'no-answer', 'mailbox-and-hung-up'],
    ['a long ring, then a machine that ended it', call(24, 12, 'hung-up-by-party'), 'mailbox-full', 'machine-ended-it'],
    ['one who hung up at once', call(4, 3, 'hung-up-by-party'), 'no-answer', 'hung-up-at-once'],
    ['a phone that rang out', call(55, null, 'no-answer'), 'no-answer', 'rang-out'],
    ['a line that was busy', call(null, null, 'busy'), 'busy', 'busy'],
    ['a call that was declined', call(3, null, 'rejected'), 'no-answer', 'declined'],
    ['a number not in service', call(null, null, 'not-in-service'), 'wrong-number', 'number-is-dead'],
    ['a number that has changed', call(null, null, 'number-changed'), 'wrong-number', 'number-is-dead'],
    ['a number that lacks digits', call(null, null, 'number-incomplete'), 'wrong-number', 'number-is-dead'],
    ['a call blocked as spam', call(null, null, 'blocked'), 'call-screened', 'blocked'],
    ['a call given up while it rang', call(12, null, 'cancelled'), 'no-answer', 'cancelled-while-ringing'],
    ['a call given up before it rang', call(null, null, 'cancelled'), 'failed', 'never-rang'],
    ['a trunk that is down', call(null, null, 'trunk-down'), 'failed', 'lost-on-the-way'],
    ['a trunk that refuses', call(null, null, 'trunk-refused'), 'failed', 'lost-on-the-way'],
    ['sound that could not be joined', call(2, null, 'media-refused'), 'failed', 'lost-on-the-way'],
    ['a device that went away while it rang', call(9, null, 'device-lost'), 'failed', 'lost-on-the-way'],
    ['a server that stopped while it rang', call(9, null, 'server-restarted'), 'failed', 'lost-on-the-way'],
    ['a bug', call(9, null, 'internal-error'), 'failed', 'lost-on-the-way'],
  ] as const)('%s', (_name, observed, outcome, because) => {
    expect(suggestOutcome(observed)).toEqual({ outcome, because });
  });

  it.each([
    ['a greeting, and time to speak after its tone', 'beep', 24, 'hung-up-by-member', 'voicemail-left', 'mailbox-and-time-to-speak'],
    ['a greeting one did not hear out', 'mailbox', 5, 'hung-up-by-member', 'no-answer', 'mailbox-and-hung-up'],
    ['a greeting that hung up by itself', 'mailbox', 9, 'hung-up-by-party', 'mailbox-full', 'machine-ended-it'],
    ['a phone that asked who calls', 'screening', 14, 'hung-up-by-party', 'call-screened', 'asked-who-calls'],
    ['a phone that asked who calls, and then put through', 'screening', 200, 'hung-up-by-party', 'reached', 'spoke'],
    ['a silence', 'silence', 60, 'hung-up-by-party', 'reached', 'spoke'],
  ] as const)('%s, heard after two rings', (_name, hint, talkedS, endReason, outcome, because) => {
    expect(suggestOutcome({ ...call(6, talkedS, endReason), hint })).toEqual({ outcome, because });
  });

  it('a call that goes on is none', () => {
    expect(suggestOutcome({ ...call(3, 5, 'busy'), endReason: null, endedAt: null })).toBeNull();
  });

  it('any call that is over is one of the words, "reached" and "voicemail left" only where it was answered, and longer talk never makes "reached" something else', () => {
    const observed = fc.record({ rangS: fc.option(fc.integer({ min: 0, max: 120 })), talkedS: fc.option(fc.integer({ min: 0, max: 20_000 })), endReason: fc.constantFrom(...endReasonSchema.options) });
    fc.assert(
      fc.property(observed, fc.integer({ min: 0, max: 20_000 }), ({ rangS, talkedS, endReason }, more) => {
        const suggestion = suggestOutcome(call(rangS, talkedS, endReason))!;
        expect(callOutcomes).toContain(suggestion.outcome);
        expect(suggestionReasonSchema.options).toContain(suggestion.because);
        if (talkedS === null) expect(['reached', 'voicemail-left', 'mailbox-full']).not.toContain(suggestion.outcome);
        else if (suggestion.because === 'spoke') expect(suggestOutcome(call(rangS, talkedS + more, endReason))!.outcome).toBe('reached');
      }),
      { numRuns: 2_000 },
    );
  });
});
