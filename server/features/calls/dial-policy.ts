/** Whether a dial becomes a call: showing which line, by which trunks; or why not. To whom is the plan's to say. Facts in, decision and reason out. */
import type { DialRefusal } from '#contract/calls.ts';
import type { E164, LineId } from '#contract/ids.ts';
import { ok, refused } from '#contract/result.ts';
import type { Result } from '#contract/result.ts';
import { chooseTrunks } from './routing-policy.ts';
import type { TrunkFact } from './routing-policy.ts';

export interface LineFact {
  readonly id: LineId;
  readonly name: string;
  readonly number: E164;
  readonly isDefault: boolean;
}

export interface DialFacts {
  /** The lines that the practice has proven to be its own, and no others: the number shown comes from here or there is no call. */
  readonly lines: readonly LineFact[];
  readonly requestedLineId: LineId | undefined;
  /** The member's calls that are not yet ended. */
  readonly liveCallCount: number;
  readonly trunks: readonly TrunkFact[];
}

export interface DialDecision {
  readonly line: LineFact;
  readonly trunks: readonly string[];
}

/** One conversation at a time. */
const LIVE_CALLS_PER_MEMBER = 1;

export function decideDial(facts: DialFacts): Result<DialDecision, DialRefusal> {
  const line = chooseLine(facts.lines, facts.requestedLineId);
  if (line === undefined) return refused('no-line');
  if (facts.liveCallCount >= LIVE_CALLS_PER_MEMBER) return refused('already-on-a-call');
  const trunks = chooseTrunks(facts.trunks);
  if (!trunks.ok) return trunks;
  return ok({ line, trunks: trunks.value });
}

/** A line that was asked for and is not the practice's is no reason to show another one. */
function chooseLine(lines: readonly LineFact[], requestedLineId: LineId | undefined): LineFact | undefined {
  if (requestedLineId !== undefined) return lines.find(({ id }) => id === requestedLineId);
  return lines.find(({ isDefault }) => isDefault) ?? lines[0];
}
