/** What becomes of a call that came in: asked of those who take calls, announced to, or refused. Facts in, decision out; answers nothing itself. */

export interface IncomingFacts {
  readonly line: { readonly kind: 'hosted' | 'verified'; readonly isProven: boolean } | undefined;
  /** How many announcements are being spoken now. */
  readonly announcing: number;
  readonly isClosing: boolean;
}

export type IncomingDecision =
  /** Whoever takes calls is asked, in order; the announcement is for when nobody does. Of a line that is not proven yet, only whoever proves it. */
  | { readonly type: 'offer'; readonly to: 'all' | 'provers' }
  | { readonly type: 'refuse'; readonly status: 404 | 480 | 503; readonly reason: 'number-not-ours' | 'line-not-hosted' | 'closing' | 'too-many' };

/** An announcement costs a media session of eleven seconds: many more at once are an attack or a trunk gone wild, and must not take the sessions of calls. */
export const MOST_ANNOUNCEMENTS = 32;

export function decideIncoming(facts: IncomingFacts): IncomingDecision {
  if (facts.isClosing) return { type: 'refuse', status: 503, reason: 'closing' };
  if (facts.line === undefined) return { type: 'refuse', status: 404, reason: 'number-not-ours' };
  if (facts.line.kind !== 'hosted') return { type: 'refuse', status: 404, reason: 'line-not-hosted' };
  if (facts.announcing >= MOST_ANNOUNCEMENTS) return { type: 'refuse', status: 480, reason: 'too-many' };
  return { type: 'offer', to: facts.line.isProven ? 'all' : 'provers' };
}
