/** Whether a dial becomes a call: showing which line, by which trunks; or why not. To whom is the plan's to say. Facts in, decision and reason out. */
import type { DialRefusal } from '#contract/calls.ts';
import type { E164, LineId } from '#contract/ids.ts';
import { chooseLine, type LineChoiceFacts } from '#contract/line-choice.ts';
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

export type LineDefaults = Pick<LineChoiceFacts<LineFact>, 'mayShow' | 'ofContacts' | 'ofMember'>;

export interface DialFacts {
  /** The lines that the practice has proven to be its own, and no others: the number shown comes from here or there is no call. */
  readonly lines: readonly LineFact[];
  /** By hand, for this call; undefined where the caller left it to the defaults. */
  readonly requestedLineId: LineId | undefined;
  /** The default lines that apply to this call, by contact and by member, and the lines that the caller may show at all. */
  readonly lineDefaults: LineDefaults;
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
  const chosen = chooseLine({ lines: facts.lines, requestedId: facts.requestedLineId ?? null, ...facts.lineDefaults });
  if (chosen === null) return refused('no-line');
  if (facts.liveCallCount >= LIVE_CALLS_PER_MEMBER) return refused('already-on-a-call');
  const trunks = chooseTrunks(facts.trunks);
  if (!trunks.ok) return trunks;
  return ok({ line: chosen.line, trunks: trunks.value });
}
