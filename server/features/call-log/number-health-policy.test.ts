import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CallOutcome, callOutcomes } from '#contract/call-outcome.ts';
import { healthOf, type SaidOutcome } from './number-health-policy.ts';

const NOW = Date.UTC(2026, 4, 14, 14, 31);
const said = (...outcomes: CallOutcome[]): SaidOutcome[] => outcomes.map((outcome, index) => ({ outcome, endReason: 'hung-up-by-member', endedAt: NOW - index * 60_000 }));

describe('the health of a number', () => {
  it.each([
    [[], 'unknown', null],
    [['no-answer', 'busy', 'failed', 'call-screened'], 'unknown', null],
    [['reached'], 'works', NOW],
    [['voicemail-left', 'mailbox-full'], 'works', null],
    [['no-answer', 'mailbox-full', 'reached'], 'mailbox-full', NOW - 120_000],
    [['wrong-number', 'reached'], 'wrong', NOW - 60_000],
  ] as const)('after %j is %s', (outcomes, health, reachedAt) => {
    expect(healthOf(said(...outcomes))).toEqual({ health, lastReachedAt: reachedAt === null ? null : new Date(reachedAt).toISOString() });
  });

  it('of one that the carrier says is not in service is that, and not merely somebody else’s', () => {
    expect(healthOf([{ outcome: 'wrong-number', endReason: 'not-in-service', endedAt: NOW }]).health).toBe('not-in-service');
  });

  it('is after taking the newest word back what it was before it', () => {
    const outcomes = fc.array(fc.constantFrom(...callOutcomes), { maxLength: 12 });
    fc.assert(
      fc.property(outcomes, fc.constantFrom(...callOutcomes), (before, newest) => {
        const earlier = said(...before).map((each) => ({ ...each, endedAt: each.endedAt - 3_600_000 }));
        const withNewest = healthOf([...said(newest), ...earlier]);
        if (newest === 'reached') expect(withNewest).toEqual({ health: 'works', lastReachedAt: new Date(NOW).toISOString() });
        if (['no-answer', 'busy', 'failed', 'call-screened'].includes(newest)) expect(withNewest).toEqual(healthOf(earlier));
        else expect(withNewest.health).not.toBe('unknown');
      }),
    );
  });
});
