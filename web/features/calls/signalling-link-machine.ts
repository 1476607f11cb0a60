/** When the page's socket to the server is opened, trusted, given up and opened again. Pure: owns no socket, timer or ticket; knows no call. */
import { assertNever } from '#contract/result.ts';
import { socketCloseCodes } from '#contract/signalling.ts';

/** Why the link will not come back by itself. */
export type LinkStop = 'stopped' | 'signed-out' | 'taken-over' | 'bad-message';

export type SignallingLink =
  | { readonly phase: 'stopped'; readonly why: LinkStop }
  | { readonly phase: 'ticketing'; readonly attempt: number }
  | { readonly phase: 'opening'; readonly attempt: number }
  | { readonly phase: 'open'; readonly openedAtMs: number; readonly pongDueAtMs: number | null }
  | { readonly phase: 'waiting'; readonly attempt: number };

type OpenLink = Extract<SignallingLink, { phase: 'open' }>;

export type LinkEvent =
  | { readonly type: 'start' }
  | { readonly type: 'stop' }
  | { readonly type: 'ticket-made'; readonly ticket: string }
  | { readonly type: 'ticket-failed'; readonly isSignedOut: boolean }
  | { readonly type: 'socket-opened' }
  | { readonly type: 'socket-closed'; readonly code: number }
  | { readonly type: 'heard' }
  | { readonly type: 'timer' }
  /** The network came back, or the tab was looked at again: do not wait out the pause. */
  | { readonly type: 'nudge' };

export type LinkEffect =
  | { readonly type: 'fetch-ticket' }
  | { readonly type: 'open-socket'; readonly ticket: string }
  | { readonly type: 'close-socket' }
  | { readonly type: 'send-hello' }
  | { readonly type: 'send-ping' }
  /** One timer at a time: a new one replaces the last. */
  | { readonly type: 'set-timer'; readonly delayMs: number }
  | { readonly type: 'clear-timer' };

export interface LinkContext {
  readonly nowMs: number;
  /** From 0 up to 1. */
  readonly random: number;
  /** A call lives or is being dialled: come back fast, and ping. */
  readonly isUrgent: boolean;
}

export interface LinkStep {
  readonly link: SignallingLink;
  readonly effects: readonly LinkEffect[];
}

export const pingEveryMs = 5_000;
export const pongWithinMs = 10_000;
/** After sleep or a change of network the answer is either quick or will not come. */
const nudgedPongWithinMs = 2_500;
/** A ticket or a socket that takes longer than this is tried anew: a captive network swallows packets without a word. */
const openWithinMs = 8_000;
const stoodAfterMs = 2_000;
const attemptAfterFlood = 4;
const firstPauseMs = 400;
const longestPauseMs = 15_000;
/** The screen says "every 2 seconds" to someone who waits with a call. */
const longestUrgentPauseMs = 2_000;

export const stoppedLink: SignallingLink = { phase: 'stopped', why: 'stopped' };

export function pauseBeforeAttemptMs(attempt: number, context: Pick<LinkContext, 'random' | 'isUrgent'>): number {
  const ceilingMs = Math.min(firstPauseMs * 2 ** Math.min(attempt, 10), context.isUrgent ? longestUrgentPauseMs : longestPauseMs);
  // Half fixed, half random: a thousand pages that lost one server do not come back in one instant.
  return Math.round(ceilingMs / 2 + (ceilingMs / 2) * context.random);
}

const stay = (link: SignallingLink): LinkStep => ({ link, effects: [] });

const fetchTicket = (attempt: number): LinkStep => ({
  link: { phase: 'ticketing', attempt },
  effects: [{ type: 'fetch-ticket' }, { type: 'set-timer', delayMs: openWithinMs }],
});

const pause = (attempt: number, context: LinkContext, before: readonly LinkEffect[] = []): LinkStep => ({
  link: { phase: 'waiting', attempt },
  effects: [...before, { type: 'set-timer', delayMs: pauseBeforeAttemptMs(attempt, context) }],
});

const ping = (link: OpenLink, context: LinkContext, withinMs: number): LinkStep => ({
  link: { ...link, pongDueAtMs: context.nowMs + withinMs },
  effects: [{ type: 'send-ping' }, { type: 'set-timer', delayMs: withinMs }],
});

const stop = (why: LinkStop): LinkStep => ({ link: { phase: 'stopped', why }, effects: [{ type: 'close-socket' }, { type: 'clear-timer' }] });

const attemptOf = (link: SignallingLink): number => ('attempt' in link ? link.attempt : 0);

function afterClose(link: SignallingLink, code: number, context: LinkContext): LinkStep {
  switch (code) {
    case socketCloseCodes.signedOut:
      return stop('signed-out');
    case socketCloseCodes.deviceTakenOver:
      return stop('taken-over');
    case socketCloseCodes.badMessage:
      return stop('bad-message');
    case socketCloseCodes.flooded:
      return pause(attemptAfterFlood, context);
    default:
      // A socket that had stood is replaced at once; one that never did waits its turn, so that a server that closes each is not hammered.
      return link.phase === 'open' && context.nowMs - link.openedAtMs >= stoodAfterMs ? fetchTicket(0) : pause(attemptOf(link) + 1, context);
  }
}

function onTimer(link: SignallingLink, context: LinkContext): LinkStep {
  switch (link.phase) {
    case 'stopped':
      return stay(link);
    case 'ticketing':
    case 'opening':
      return pause(link.attempt + 1, context, [{ type: 'close-socket' }]);
    case 'waiting':
      return fetchTicket(link.attempt);
    case 'open':
      if (link.pongDueAtMs !== null && context.nowMs >= link.pongDueAtMs) {
        const { effects, link: next } = fetchTicket(0);
        return { link: next, effects: [{ type: 'close-socket' }, ...effects] };
      }
      if (link.pongDueAtMs !== null) return { link, effects: [{ type: 'set-timer', delayMs: link.pongDueAtMs - context.nowMs }] };
      // Without a call no ping is owed; the timer goes on, so that a call finds it running.
      if (!context.isUrgent) return { link, effects: [{ type: 'set-timer', delayMs: pingEveryMs }] };
      return ping(link, context, pongWithinMs);
    default:
      return assertNever(link);
  }
}

/** The link after an event, and what is to be done for it. */
export function stepSignallingLink(link: SignallingLink, event: LinkEvent, context: LinkContext): LinkStep {
  switch (event.type) {
    case 'start':
      return link.phase === 'stopped' ? fetchTicket(0) : stay(link);
    case 'stop':
      return stop('stopped');
    case 'ticket-made':
      if (link.phase !== 'ticketing') return stay(link);
      return {
        link: { phase: 'opening', attempt: link.attempt },
        effects: [
          { type: 'open-socket', ticket: event.ticket },
          { type: 'set-timer', delayMs: openWithinMs },
        ],
      };
    case 'ticket-failed':
      if (link.phase !== 'ticketing') return stay(link);
      return event.isSignedOut ? stop('signed-out') : pause(link.attempt + 1, context);
    case 'socket-opened':
      if (link.phase !== 'opening') return stay(link);
      return { link: { phase: 'open', openedAtMs: context.nowMs, pongDueAtMs: null }, effects: [{ type: 'send-hello' }, { type: 'set-timer', delayMs: pingEveryMs }] };
    case 'socket-closed':
      return link.phase === 'opening' || link.phase === 'open' ? afterClose(link, event.code, context) : stay(link);
    case 'heard':
      // Any word from the server proves the network, not only a pong.
      if (link.phase !== 'open' || link.pongDueAtMs === null) return stay(link);
      return { link: { ...link, pongDueAtMs: null }, effects: [{ type: 'set-timer', delayMs: pingEveryMs }] };
    case 'timer':
      return onTimer(link, context);
    case 'nudge':
      if (link.phase === 'waiting') return fetchTicket(link.attempt);
      // An open socket may be dead after sleep or a change of network: ask it, also where an older question is still open.
      return link.phase === 'open' ? ping(link, context, nudgedPongWithinMs) : stay(link);
    default:
      return assertNever(event);
  }
}
