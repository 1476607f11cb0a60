/**
 * What two sides of an established call may do and when: offers and answers with their glare (RFC 3261 14, 3264, 6337), session timers (RFC 4028),
 * UPDATE (RFC 3311), BYE. Owns the order; messages, numbers and timers are the runner's.
 */
import { assertNever } from '#contract/result.ts';
import { timerDelays } from './session-timer-policy.ts';
import type { SessionTimer } from './session-timer-policy.ts';

export interface SessionState {
  /** 'ending': our BYE is out. 'ending-after-ack': it waits for the ACK of our 2xx (RFC 3261 15). */
  readonly phase: 'active' | 'ending-after-ack' | 'ending' | 'ended';
  /** Whether the Call-ID is ours: it chooses the glare wait (RFC 3261 14.1). */
  readonly isCaller: boolean;
  readonly ours: 'idle' | 'pending' | 'glare';
  /** What is in flight or waits out a glare is a refresh of ours, no news for the user. */
  readonly oursIsRefresh: boolean;
  readonly offer: string | undefined;
  /** To go out when the way is free; the newest wins. */
  readonly queued: string | undefined;
  /** 'offered': the user decides. 'acking': our 2xx awaits its ACK, 'acking-offer': with their answer in it. */
  readonly theirs: 'idle' | 'offered' | 'acking' | 'acking-offer';
  readonly theirMethod: 'INVITE' | 'UPDATE';
  readonly theirsHadOffer: boolean;
  /** Our side as last agreed: what a refreshing re-INVITE repeats. */
  readonly localSdp: string | undefined;
  readonly pendingLocalSdp: string | undefined;
  readonly remoteSdp: string | undefined;
  readonly timer: SessionTimer | undefined;
  readonly peerAllowsUpdate: boolean;
  readonly hangUpCause: HangUpCause;
}

export type HangUpCause = 'hung-up' | 'media-refused' | 'connection-lost' | 'no-answer';

export type SessionEvent =
  | { readonly type: 'reoffer'; readonly offer: string }
  | { readonly type: 'hang-up'; readonly cause: HangUpCause }
  | { readonly type: 'bye-answered' }
  /** A re-INVITE, or an UPDATE that carries an offer. */
  | { readonly type: 'peer-offered'; readonly method: 'INVITE' | 'UPDATE'; readonly offer: string | undefined }
  | { readonly type: 'user-answered'; readonly answer: string }
  | { readonly type: 'user-rejected' }
  | { readonly type: 'acked'; readonly answer: string | undefined }
  | { readonly type: 'ack-missing' }
  | { readonly type: 'peer-cancelled' }
  | { readonly type: 'peer-bye' }
  | { readonly type: 'reoffer-answered'; readonly status: number; readonly answer: string | undefined; readonly retryAfterSec: number | undefined }
  | { readonly type: 'reoffer-failed' }
  | { readonly type: 'update-answered'; readonly status: number }
  | { readonly type: 'timer-agreed'; readonly timer: SessionTimer }
  | { readonly type: 'glare-over' }
  | { readonly type: 'refresh-due' }
  | { readonly type: 'expired' };

export type SessionTimerName = 'glare' | 'refresh' | 'expiry';

export type SessionEffect =
  | { readonly type: 'send-reinvite'; readonly offer: string }
  | { readonly type: 'ack-reinvite' }
  /** A refresh without a session description. */
  | { readonly type: 'send-update' }
  /** The final answer to their INVITE or UPDATE in hand. A 2xx to an INVITE is repeated until its ACK. */
  | { readonly type: 'answer-peer'; readonly status: number; readonly sdp: string | undefined; readonly retryAfterMaxSec: number | undefined }
  /** The answer to a request the machine refuses at once: the one in hand stays in hand. */
  | { readonly type: 'refuse-newcomer'; readonly status: number; readonly retryAfterMaxSec: number | undefined }
  | { readonly type: 'tell-offered'; readonly offer: string | undefined }
  | { readonly type: 'tell-reanswered'; readonly answer: string }
  | { readonly type: 'tell-refused'; readonly status: number }
  | { readonly type: 'send-bye' }
  /** A random instant between the two. */
  | { readonly type: 'arm'; readonly timer: SessionTimerName; readonly fromMs: number; readonly toMs: number }
  | { readonly type: 'disarm'; readonly timer: SessionTimerName }
  | { readonly type: 'ended'; readonly by: 'us' | 'peer' | 'network'; readonly cause: HangUpCause }
  /** Nothing is left to wait for: forget the dialog. */
  | { readonly type: 'finished' };

export interface SessionStep {
  readonly state: SessionState;
  readonly effects: readonly SessionEffect[];
}

export function startSession(part: Pick<SessionState, 'isCaller' | 'theirs' | 'localSdp' | 'remoteSdp' | 'peerAllowsUpdate'>): SessionState {
  return {
    ...part, phase: 'active', ours: 'idle', oursIsRefresh: false, offer: undefined, queued: undefined, theirMethod: 'INVITE', theirsHadOffer: true,
    pendingLocalSdp: undefined, timer: undefined, hangUpCause: 'hung-up',
  };
}

export function stepSession(state: SessionState, event: SessionEvent): SessionStep {
  const stay: SessionStep = { state, effects: [] };
  if (state.phase === 'ended') return stay;
  if (state.phase === 'ending' || state.phase === 'ending-after-ack') return stepEnding(state, event);
  switch (event.type) {
    case 'reoffer':
      return sendWhenFree({ ...state, queued: event.offer });
    case 'hang-up':
      return hangUp(state, event.cause, 'us');
    case 'peer-offered':
      return onPeerOffered(state, event.method, event.offer);
    case 'user-answered': {
      if (state.theirs !== 'offered') return stay;
      const isInvite = state.theirMethod === 'INVITE';
      const agreed: SessionState = {
        ...state,
        theirs: isInvite ? (state.theirsHadOffer ? 'acking' : 'acking-offer') : 'idle',
        localSdp: state.theirsHadOffer ? event.answer : state.localSdp,
        pendingLocalSdp: state.theirsHadOffer ? undefined : event.answer,
      };
      const next = isInvite ? { state: agreed, effects: [] } : sendWhenFree(agreed);
      return { state: next.state, effects: [{ type: 'answer-peer', status: 200, sdp: event.answer, retryAfterMaxSec: undefined }, ...next.effects] };
    }
    case 'user-rejected': {
      if (state.theirs !== 'offered') return stay;
      const next = sendWhenFree({ ...state, theirs: 'idle' });
      return { state: next.state, effects: [{ type: 'answer-peer', status: 488, sdp: undefined, retryAfterMaxSec: undefined }, ...next.effects] };
    }
    case 'acked': {
      if (state.theirs !== 'acking' && state.theirs !== 'acking-offer') return stay;
      if (state.theirs === 'acking') return sendWhenFree({ ...state, theirs: 'idle' });
      // Our offer went out in the 2xx; their answer is due in the ACK (RFC 3261 13.2.2.4).
      if (event.answer === undefined) return hangUp({ ...state, theirs: 'idle' }, 'media-refused', 'network');
      const next = sendWhenFree({ ...state, theirs: 'idle', localSdp: state.pendingLocalSdp ?? state.localSdp, pendingLocalSdp: undefined, remoteSdp: event.answer });
      return { state: next.state, effects: [{ type: 'tell-reanswered', answer: event.answer }, ...next.effects] };
    }
    case 'ack-missing':
      // RFC 3261 13.3.1.4: the session is up, but nobody confirmed it: end it.
      return state.theirs === 'acking' || state.theirs === 'acking-offer' ? hangUp({ ...state, theirs: 'idle' }, 'connection-lost', 'network') : stay;
    case 'peer-cancelled': {
      if (state.theirs !== 'offered') return stay;
      const next = sendWhenFree({ ...state, theirs: 'idle' });
      return { state: next.state, effects: [{ type: 'answer-peer', status: 487, sdp: undefined, retryAfterMaxSec: undefined }, ...next.effects] };
    }
    case 'peer-bye':
      return end(state, 'peer', 'hung-up', state.theirs === 'offered');
    case 'reoffer-answered':
      return onReofferAnswered(state, event.status, event.answer, event.retryAfterSec);
    case 'reoffer-failed':
      // RFC 3261 14.1 and 12.2.1.2: no answer inside a dialog means the dialog is gone.
      return state.ours === 'pending' ? hangUp({ ...state, ours: 'idle' }, 'connection-lost', 'network') : stay;
    case 'update-answered':
      if (event.status === 408 || event.status === 481) return hangUp(state, 'connection-lost', 'network');
      // A peer that said it knows UPDATE and then does not is refreshed by re-INVITE.
      if (event.status === 405 || event.status === 501) return refresh({ ...state, peerAllowsUpdate: false });
      // The expiry timer is what decides in the end.
      return event.status >= 300 ? { state, effects: [refreshAgain(event.status)] } : stay;
    case 'timer-agreed': {
      const { refreshAfterMs, expireAfterMs } = timerDelays(event.timer);
      return {
        state: { ...state, timer: event.timer },
        effects: [
          refreshAfterMs === undefined ? { type: 'disarm', timer: 'refresh' } : { type: 'arm', timer: 'refresh', fromMs: refreshAfterMs, toMs: refreshAfterMs },
          { type: 'arm', timer: 'expiry', fromMs: expireAfterMs, toMs: expireAfterMs },
        ],
      };
    }
    case 'glare-over': {
      if (state.ours !== 'glare') return stay;
      // A newer wish replaces the one that lost.
      return sendWhenFree({ ...state, ours: 'idle', queued: state.queued ?? state.offer, offer: undefined, oursIsRefresh: state.queued === undefined && state.oursIsRefresh });
    }
    case 'refresh-due':
      return refresh(state);
    case 'expired':
      return hangUp(state, 'connection-lost', 'network');
    case 'bye-answered':
      return stay;
    default:
      return assertNever(event);
  }
}

function onPeerOffered(state: SessionState, method: 'INVITE' | 'UPDATE', offer: string | undefined): SessionStep {
  // RFC 3261 14.2: ours is under way.
  if (state.ours === 'pending') return { state, effects: [{ type: 'refuse-newcomer', status: 491, retryAfterMaxSec: undefined }] };
  // 14.2 and RFC 3311 5.2: theirs is still open; two at once are one too many.
  if (state.theirs !== 'idle') return { state, effects: [{ type: 'refuse-newcomer', status: 500, retryAfterMaxSec: 10 }] };
  return {
    state: { ...state, theirs: 'offered', theirMethod: method, theirsHadOffer: offer !== undefined, remoteSdp: offer ?? state.remoteSdp },
    effects: [{ type: 'tell-offered', offer }],
  };
}

function onReofferAnswered(state: SessionState, status: number, answer: string | undefined, retryAfterSec: number | undefined): SessionStep {
  if (state.ours !== 'pending') return status < 300 ? { state, effects: [{ type: 'ack-reinvite' }] } : { state, effects: [] };
  const free: SessionState = { ...state, ours: 'idle', offer: undefined, oursIsRefresh: false };
  if (status >= 200 && status < 300) {
    if (answer === undefined) {
      const lost = hangUp(free, 'media-refused', 'network');
      return { state: lost.state, effects: [{ type: 'ack-reinvite' }, ...lost.effects] };
    }
    // A refresh that changed nothing is no news.
    const isNews = !state.oursIsRefresh || answer !== state.remoteSdp;
    const next = sendWhenFree({ ...free, localSdp: state.offer, remoteSdp: answer });
    return { state: next.state, effects: [{ type: 'ack-reinvite' }, ...(isNews ? [{ type: 'tell-reanswered', answer } as const] : []), ...next.effects] };
  }
  if (status === 491 || (status === 500 && retryAfterSec !== undefined)) {
    // RFC 3261 14.1: the Call-ID's owner waits 2.1-4 s, the other 0-2 s, so that one of them comes first.
    const [fromMs, toMs] = status === 500 ? [retryAfterSec! * 1_000, retryAfterSec! * 1_000 + 100] : state.isCaller ? [2_100, 4_000] : [0, 2_000];
    return { state: { ...state, ours: 'glare' }, effects: [{ type: 'arm', timer: 'glare', fromMs, toMs: Math.min(toMs, 32_000) }] };
  }
  // RFC 3261 12.2.1.2: these two say that the dialog is gone.
  if (status === 408 || status === 481) return hangUp(free, 'connection-lost', 'network');
  const next = sendWhenFree(free);
  return { state: next.state, effects: [state.oursIsRefresh ? refreshAgain(status) : { type: 'tell-refused', status }, ...next.effects] };
}

/** A refresh that was refused is tried again until the session expires: 491 after the usual wait, whatever else in a while, for a peer that is busy with itself. */
function refreshAgain(status: number): SessionEffect {
  const [fromMs, toMs] = status === 491 ? [2_100, 4_000] : [10_000, 20_000];
  return { type: 'arm', timer: 'refresh', fromMs, toMs };
}

/** RFC 3261 14.1: no new INVITE while another is in progress in either direction. */
function sendWhenFree(state: SessionState): SessionStep {
  if (state.queued === undefined || state.ours !== 'idle' || state.theirs !== 'idle') return { state, effects: [] };
  return { state: { ...state, ours: 'pending', offer: state.queued, queued: undefined }, effects: [{ type: 'send-reinvite', offer: state.queued }] };
}

function refresh(state: SessionState): SessionStep {
  if (state.peerAllowsUpdate) return { state, effects: [{ type: 'send-update' }] };
  // An offer already under way refreshes as well; none is possible while theirs is open, and their re-INVITE refreshes too.
  if (state.ours !== 'idle' || state.theirs !== 'idle' || state.queued !== undefined || state.localSdp === undefined) return { state, effects: [] };
  return sendWhenFree({ ...state, queued: state.localSdp, oursIsRefresh: true });
}

function hangUp(state: SessionState, cause: HangUpCause, by: 'us' | 'network'): SessionStep {
  const disarm: SessionEffect[] = [{ type: 'disarm', timer: 'glare' }, { type: 'disarm', timer: 'refresh' }, { type: 'disarm', timer: 'expiry' }];
  const open: SessionEffect[] = state.theirs === 'offered' ? [{ type: 'answer-peer', status: 487, sdp: undefined, retryAfterMaxSec: undefined }] : [];
  const awaitsAck = state.theirs === 'acking' || state.theirs === 'acking-offer';
  return {
    state: { ...state, phase: awaitsAck ? 'ending-after-ack' : 'ending', hangUpCause: cause, theirs: awaitsAck ? state.theirs : 'idle' },
    effects: [...disarm, ...open, ...(awaitsAck ? [] : [{ type: 'send-bye' } as const]), { type: 'ended', by, cause }],
  };
}

function end(state: SessionState, by: 'us' | 'peer' | 'network', cause: HangUpCause, hasOpenRequest: boolean): SessionStep {
  return {
    state: { ...state, phase: 'ended', theirs: 'idle', ours: 'idle' },
    effects: [
      // RFC 3261 15.1.2: what is still open is answered 487.
      ...(hasOpenRequest ? [{ type: 'answer-peer', status: 487, sdp: undefined, retryAfterMaxSec: undefined } as const] : []),
      { type: 'disarm', timer: 'glare' }, { type: 'disarm', timer: 'refresh' }, { type: 'disarm', timer: 'expiry' },
      { type: 'ended', by, cause }, { type: 'finished' },
    ],
  };
}

/** The user was told; what is left is to leave no leg open at the peer. */
function stepEnding(state: SessionState, event: SessionEvent): SessionStep {
  switch (event.type) {
    case 'acked':
    case 'ack-missing':
      return state.phase === 'ending-after-ack' ? { state: { ...state, phase: 'ending', theirs: 'idle' }, effects: [{ type: 'send-bye' }] } : { state, effects: [] };
    case 'reoffer-answered':
      return { state: { ...state, ours: 'idle' }, effects: event.status >= 200 && event.status < 300 ? [{ type: 'ack-reinvite' }] : [] };
    case 'peer-offered':
      return { state, effects: [{ type: 'refuse-newcomer', status: 481, retryAfterMaxSec: undefined }] };
    case 'peer-bye':
    case 'bye-answered':
      return { state: { ...state, phase: 'ended' }, effects: [{ type: 'finished' }] };
    case 'reoffer':
    case 'hang-up':
    case 'user-answered':
    case 'user-rejected':
    case 'peer-cancelled':
    case 'reoffer-failed':
    case 'update-answered':
    case 'timer-agreed':
    case 'glare-over':
    case 'refresh-due':
    case 'expired':
      return { state, effects: [] };
    default:
      return assertNever(event);
  }
}
