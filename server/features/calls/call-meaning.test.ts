import { describe, expect, test } from 'vitest';
import type { CallHint, EndReason } from '#contract/calls.ts';
import { endReasonOf, hintAfter, saysWhy } from './call-meaning-policy.ts';
import type { HeardSign, PartyEndCause } from './call-meaning-policy.ts';

/** What a leg ended with, before any answer, and the tones that were heard: the reason. Reason and Q.850 come before the status, and that before tones. */
const table: ReadonlyArray<readonly [cause: PartyEndCause, status: number | undefined, q850: number | undefined, heard: CallHint | null, reason: EndReason]> = [
  // Nothing but tones says why.
  ['no-answer', 480, undefined, 'not-in-service', 'not-in-service'],
  ['no-answer', 480, undefined, 'busy', 'busy'],
  ['no-answer', 408, undefined, 'network-busy', 'network-busy'],
  ['no-answer', 487, undefined, 'announcement', 'network-announcement'],
  ['no-answer', undefined, undefined, 'busy', 'busy'],
  ['network-busy', 503, undefined, 'not-in-service', 'not-in-service'],
  ['network-busy', 500, undefined, 'busy', 'busy'],
  ['cancelled', undefined, undefined, 'busy', 'busy'],
  ['cancelled', 487, undefined, 'not-in-service', 'not-in-service'],
  ['no-answer', 480, 16, 'busy', 'busy'],
  ['network-busy', 503, 31, 'announcement', 'network-announcement'],
  // Q.850 or a telling status stands, whatever was heard.
  ['no-answer', 480, 19, 'busy', 'no-answer'],
  ['no-answer', 480, 18, 'not-in-service', 'no-answer'],
  ['network-busy', 503, 34, 'not-in-service', 'network-busy'],
  ['not-in-service', 404, undefined, 'busy', 'not-in-service'],
  ['not-in-service', 480, 1, 'busy', 'not-in-service'],
  ['busy', 486, undefined, 'not-in-service', 'busy'],
  ['rejected', 603, undefined, 'busy', 'rejected'],
  ['blocked', 607, undefined, 'not-in-service', 'blocked'],
  ['number-changed', 410, undefined, 'not-in-service', 'number-changed'],
  ['trunk-refused', 403, undefined, 'busy', 'trunk-refused'],
  ['media-refused', 488, undefined, 'busy', 'media-refused'],
  // Nothing was heard.
  ['no-answer', 480, undefined, null, 'no-answer'],
  ['cancelled', 487, undefined, null, 'cancelled'],
  ['network-busy', 503, undefined, null, 'network-busy'],
  // What only a machine says is no reason.
  ['no-answer', 480, undefined, 'mailbox', 'no-answer'],
  ['cancelled', undefined, undefined, 'beep', 'cancelled'],
];

test.each(table)('%s with status %s and Q.850 %s after hearing %s is %s', (cause, status, q850, hint, reason) => {
  expect(endReasonOf({ cause, by: 'peer', saysWhy: saysWhy({ status, q850 }), hint })).toBe(reason);
});

describe('what the sound suggests', () => {
  const after = (...signs: HeardSign[]): CallHint | null => signs.reduce<CallHint | null>((hint, sign) => hintAfter(hint, sign) ?? hint, null);
  test.each<readonly [readonly HeardSign[], CallHint | null]>([
    [[], null],
    [['initial-silence'], 'silence'],
    [['initial-silence', 'long-greeting'], 'mailbox'],
    [['long-greeting'], 'mailbox'],
    [['long-greeting', 'beep'], 'beep'],
    [['long-greeting', 'beep', 'greeting-waits'], 'beep'],
    [['long-greeting', 'greeting-waits'], 'screening'],
    [['long-greeting', 'greeting-waits', 'beep'], 'beep'],
    [['busy-tone'], 'busy'],
    [['reorder-tone'], 'network-busy'],
    [['network-busy-tones', 'long-greeting'], 'network-busy'],
    [['not-in-service-tones', 'long-greeting', 'greeting-waits'], 'not-in-service'],
    [['announcement-tones', 'initial-silence'], 'announcement'],
  ])('%j is %s', (signs, hint) => expect(after(...signs)).toBe(hint));
});
