/** The short fuzzing of every run: each target's inputs drawn and shrunk by fast-check. The long one is scripts/fuzz. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseMessage } from '#server/telephony/sip/messages/parse-message-codec.ts';
import { judgeRequest } from '#server/telephony/sip/messages/validate-message-policy.ts';
import { writeSip } from './grammar.ts';
import { seededDraw, tapeDraw } from './mutation.ts';
import { TARGETS } from './targets.ts';

const tape = fc.array(fc.nat(2 ** 20), { maxLength: 160, size: 'max' });

describe('a reader of what strangers send', () => {
  it.each(Object.entries(TARGETS))('%s breaks at no input', (_name, run) => {
    fc.assert(fc.property(tape, (numbers) => run(tapeDraw(numbers))), { numRuns: 3_000 });
  });
});

describe('the grammar', () => {
  it('reaches good requests, owed answers and malformed texts alike: it is no dead fuzzer', () => {
    const outcomes = new Map<string, number>();
    for (let seed = 1; seed <= 5_000; seed++) {
      const message = parseMessage(writeSip(seededDraw(seed)));
      const outcome = message.kind !== 'request' ? message.kind : judgeRequest(message, ['timer', '100rel']).verdict;
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
    expect([...outcomes.keys()].toSorted()).toEqual(['drop', 'good', 'malformed', 'owed', 'response']);
    for (const count of outcomes.values()) expect(count).toBeGreaterThan(20);
  });
});
