/**
 * What this page does about the member's calls: dialling, carrying the audio, losing and regaining it, the end. Pure:
 * effects come back as data. The call itself belongs to the server; a page holds only its reflection.
 */
import type { CallView } from '#contract/calls.ts';
import type { CallId } from '#contract/ids.ts';
import { assertNever } from '#contract/result.ts';
import type { ClientMessage, ServerMessage } from '#contract/signalling.ts';
import {
  type DialRequest,
  type MicrophoneFailure,
  type PageCalls,
  type PageCallsContext,
  type PageCallsEffect,
  type PageCallsEvent,
  type PageCallsStep,
  audioCallId,
  audioRequestId,
  callHere,
  isCarriedElsewhere,
  isLive,
  liveCalls,
} from './page-calls.ts';

/** A dial that has found no server for this long says so: nobody was rung. */
export const dialWithoutNetworkMs = 4_000;

const step = (state: PageCalls, ...effects: readonly PageCallsEffect[]): PageCallsStep => ({ state, effects });

const andThen = (first: PageCallsStep, next: (state: PageCalls) => PageCallsStep): PageCallsStep => {
  const second = next(first.state);
  return { state: second.state, effects: [...first.effects, ...second.effects] };
};

const send = (message: ClientMessage): PageCallsEffect => ({ type: 'send', message });

/** Lets the audio go, whatever it was for. */
function dropAudio(state: PageCalls): PageCallsStep {
  const requestId = audioRequestId(state.audio);
  return step({ ...state, audio: { phase: 'none' } }, ...(requestId === null ? [] : [{ type: 'close-media', requestId } as const]));
}

function remember(state: PageCalls, callId: CallId | null): PageCallsStep {
  return state.carriedCallId === callId ? step(state) : step({ ...state, carriedCallId: callId }, { type: 'remember-carried', callId });
}

/** Offers this page's audio to a call: after a refresh, a lost connection, or to take it from another device. */
function beginAttach(state: PageCalls, callId: CallId, context: PageCallsContext): PageCallsStep {
  const requestId = context.freshRequestId;
  // A device that joins takes over the mute the party has been hearing, so that a refresh never opens a microphone.
  const isMuted = state.carriedCallId === callId && state.audio.phase !== 'none' ? state.isMuted : (state.calls.get(callId)?.muted ?? false);
  return andThen(dropAudio(state), (dropped) =>
    step({ ...dropped, isMuted, audio: { phase: 'preparing', requestId, callId } }, { type: 'make-offer', requestId, muted: isMuted }),
  );
}

function bindAudio(state: PageCalls, callId: CallId): PageCallsStep {
  const { audio } = state;
  if (!('callId' in audio) || audio.callId !== null) return step(state);
  // Cancelled between asking and hearing of the call: the call must not go on by itself.
  if (state.dial?.phase === 'sent' && state.dial.isCancelled) return endCall({ ...state, dial: null }, callId);
  // The media answer may come before the first snapshot: until then the dial is all there is to show.
  return step({ ...state, audio: { ...audio, callId }, dial: state.calls.has(callId) ? null : state.dial });
}

function endCall(state: PageCalls, callId: CallId): PageCallsStep {
  // The microphone closes at once, network or none: after End nobody may be heard.
  return andThen(dropAudio({ ...state, endingCallId: callId }), (dropped) => (dropped.isLinked ? step(dropped, send({ type: 'hang-up', callId })) : step(dropped)));
}

/** Makes audio and calls agree after news from the server. */
function reconcile(state: PageCalls, context: PageCallsContext): PageCallsStep {
  let next = step(state);
  const boundId = audioCallId(state.audio);
  const bound = boundId === null ? undefined : state.calls.get(boundId);
  const isGone = boundId !== null && state.isWelcomed && (bound === undefined || !isLive(bound) || isCarriedElsewhere(bound));
  // A snapshot that says so may be older than our own attach's answer; while that is under way it proves nothing.
  const isTaking = state.audio.phase === 'preparing' || state.audio.phase === 'waiting' || state.audio.phase === 'offered';
  if (isGone && !(isTaking && bound !== undefined && isLive(bound))) next = dropAudio(state);
  return andThen(next, (settled) => {
    if (settled.audio.phase !== 'none' || settled.dial?.phase === 'sent') return step(settled);
    const ours = liveCalls(settled).find(
      (call) => call.id !== settled.endingCallId && (call.carriedBy === 'this-device' || (call.carriedBy === 'none' && call.id === settled.carriedCallId)),
    );
    return ours === undefined ? step(settled) : beginAttach(settled, ours.id, context);
  });
}

function learnCall(state: PageCalls, call: CallView): PageCalls {
  const known = state.calls.get(call.id);
  if (known !== undefined && known.version > call.version) return state;
  const calls = new Map(state.calls).set(call.id, call);
  // One more than before: whoever was asked for is there.
  const adding = state.adding?.callId === call.id && call.parties.length > (known?.parties.length ?? 0) ? null : state.adding;
  if (isLive(call)) return { ...state, calls, adding };
  const wasHere = known?.carriedBy === 'own-phone' || state.endingCallId === call.id || audioCallId(state.audio) === call.id || state.carriedCallId === call.id;
  return {
    ...state,
    calls,
    adding: null,
    addRefused: null,
    endingCallId: state.endingCallId === call.id ? null : state.endingCallId,
    endedCallId: wasHere && state.endedCallId !== call.id ? call.id : state.endedCallId,
  };
}

function forgetEnded(state: PageCalls): PageCallsStep {
  const carried = state.carriedCallId === null ? undefined : state.calls.get(state.carriedCallId);
  return carried !== undefined && !isLive(carried) ? remember(state, null) : step(state);
}

function onCall(state: PageCalls, call: CallView, context: PageCallsContext): PageCallsStep {
  const isNew = !state.calls.has(call.id);
  return andThen(step(learnCall(state, call)), (learned) => {
    // The first news of a dialled call may come before its media answer.
    const bound = isNew && learned.dial?.phase === 'sent' && !isCarriedElsewhere(call) ? bindAudio(learned, call.id) : step(learned);
    const shown = andThen(bound, (now) => step(now.dial?.phase === 'sent' && audioCallId(now.audio) === call.id ? { ...now, dial: null } : now));
    return andThen(andThen(shown, (now) => reconcile(now, context)), forgetEnded);
  });
}

function onWelcome(state: PageCalls, { calls, serverRun }: Extract<ServerMessage, { type: 'welcome' }>, context: PageCallsContext): PageCallsStep {
  const isAnotherRun = state.serverRun !== null && state.serverRun !== serverRun;
  const stated = new Set(calls.map((call) => call.id));
  // A call the server no longer knows as live has ended in its absence; it tells the reason of those that it can.
  const orphans = liveCalls(state).filter((call) => !stated.has(call.id));
  let next: PageCalls = { ...state, isWelcomed: true, serverRun };
  for (const orphan of orphans) next = learnCall(next, { ...orphan, state: 'ended', endReason: 'server-restarted', endedAt: new Date(context.nowMs).toISOString() });
  for (const call of calls) next = learnCall(next, call);
  const effects: PageCallsEffect[] = [];
  if (next.endingCallId !== null) {
    const ending = next.calls.get(next.endingCallId);
    if (ending !== undefined && isLive(ending)) effects.push(send({ type: 'hang-up', callId: ending.id }));
  }
  const here = callHere(next);
  if (here !== null && next.audio.phase === 'attached' && here.muted !== next.isMuted) effects.push(send({ type: 'mute', callId: here.id, muted: next.isMuted }));
  const resume = (welcomed: PageCalls): PageCallsStep => (isAnotherRun ? replaceAudio(welcomed, context) : resumeSending(welcomed, context));
  return andThen(step(next, ...effects), (welcomed) => andThen(andThen(resume(welcomed), (resumed) => reconcile(resumed, context)), forgetEnded));
}

/** The server was started anew and goes on with the call: what this page still sends reaches nobody, though whatever stands between may go on answering it. */
function replaceAudio(state: PageCalls, context: PageCallsContext): PageCallsStep {
  const here = callHere(state);
  return here !== null && state.audio.phase === 'attached' && state.endingCallId === null ? beginAttach(state, here.id, context) : resumeSending(state, context);
}

/** What waited for the network goes out, now that what the server knows is known here too. */
function resumeSending(state: PageCalls, context: PageCallsContext): PageCallsStep {
  const { dial, audio } = state;
  if (audio.phase === 'waiting')
    return step({ ...state, audio: { phase: 'offered', requestId: audio.requestId, callId: audio.callId } }, send({ type: 'attach', requestId: audio.requestId, callId: audio.callId, offer: audio.offer }));
  if (dial?.phase === 'waiting') return sendDial(state, dial);
  if (dial?.phase === 'sent') {
    // It went out and the link broke before a word came back. If the server made a call of it, the welcome holds that call.
    const made = liveCalls(state).find((call) => !isCarriedElsewhere(call) && Date.parse(call.startedAt) >= dial.sinceMs - clockSkewMs);
    if (made !== undefined && dial.isCancelled) return endCall({ ...state, dial: null }, made.id);
    if (made !== undefined) return beginAttach({ ...state, dial: null }, made.id, context);
    return andThen(dropAudio(state), (dropped) => step({ ...dropped, dial: dial.isCancelled ? null : { phase: 'network-lost', request: dial.request, sinceMs: dial.sinceMs } }));
  }
  // An offer's answer went down with the old link: offer again.
  if (audio.phase === 'offered' && audio.callId !== null && liveCalls(state).some((call) => call.id === audio.callId)) return beginAttach(state, audio.callId, context);
  return step(state);
}

/** The page's clock and the server's may differ by so much before a call just dialled is not recognised. */
const clockSkewMs = 30_000;

function sendDial(state: PageCalls, dial: { readonly requestId: string; readonly request: DialRequest; readonly offer: string; readonly sinceMs: number }): PageCallsStep {
  const { requestId, request, offer, sinceMs } = dial;
  return step(
    { ...state, dial: { phase: 'sent', requestId, request, sinceMs, isCancelled: false }, audio: { phase: 'offered', requestId, callId: null } },
    send({ type: 'dial', requestId, to: request.to, ...(request.lineId === null ? {} : { lineId: request.lineId }), ...(request.onBehalfOf === null ? {} : { onBehalfOf: request.onBehalfOf }), offer }),
  );
}

function onMessage(state: PageCalls, message: ServerMessage, context: PageCallsContext): PageCallsStep {
  switch (message.type) {
    case 'welcome':
      return onWelcome(state, message, context);
    case 'call':
      return onCall(state, message.call, context);
    case 'media-answer': {
      const { audio } = state;
      if (audio.phase !== 'offered' || audio.requestId !== message.requestId) return step(state);
      return andThen(audio.callId === null ? bindAudio(state, message.callId) : step(state), (bound) => {
        if (bound.audio.phase !== 'offered') return step(bound);
        return andThen(remember({ ...bound, audio: { phase: 'attached', requestId: message.requestId, callId: message.callId } }, message.callId), (attached) =>
          step(attached, { type: 'apply-answer', requestId: message.requestId, answer: message.answer }),
        );
      });
    }
    case 'dial-refused': {
      const { dial } = state;
      if (dial?.phase !== 'sent' || dial.requestId !== message.requestId) return step(state);
      return andThen(dropAudio(state), (dropped) => step({ ...dropped, dial: dial.isCancelled ? null : { phase: 'refused', request: dial.request, refusal: message.refusal, detail: message.detail } }));
    }
    case 'attach-refused': {
      if (state.audio.phase !== 'offered' || state.audio.requestId !== message.requestId) return step(state);
      return andThen(dropAudio(state), (dropped) =>
        message.refusal === 'call-ended' ? remember(dropped, null) : step({ ...dropped, audio: { phase: 'failed', callId: message.callId, failure: 'media-unavailable' } }),
      );
    }
    case 'device-replaced':
      return andThen(audioCallId(state.audio) === message.callId ? dropAudio({ ...state, dial: null }) : step(state), (dropped) => {
        const call = dropped.calls.get(message.callId);
        // Its snapshot may come after; until then nothing must call the audio back.
        const calls = call === undefined || isCarriedElsewhere(call) ? dropped.calls : new Map(dropped.calls).set(call.id, { ...call, carriedBy: 'another-device' as const });
        return remember({ ...dropped, calls }, dropped.carriedCallId === message.callId ? null : dropped.carriedCallId);
      });
    case 'add-refused':
      return step({ ...state, adding: null, addRefused: { callId: message.callId, refusal: message.refusal, detail: message.detail } });
    case 'levels':
      return step(state);
    case 'message-refused':
      return step({ ...state, refusedMessageCallId: message.callId });
    case 'going-away':
    case 'log-changed':
    case 'audio':
    case 'check-answer':
    case 'check-refused':
    case 'pong':
      return step(state);
    default:
      return assertNever(message);
  }
}

function onOffer(state: PageCalls, requestId: string, offer: string): PageCallsStep {
  const { audio, dial } = state;
  if (audio.phase !== 'preparing' || audio.requestId !== requestId) return step(state, { type: 'close-media', requestId });
  if (audio.callId !== null) {
    const { callId } = audio;
    if (!state.isLinked || !state.isWelcomed) return step({ ...state, audio: { phase: 'waiting', requestId, callId, offer } });
    return step({ ...state, audio: { phase: 'offered', requestId, callId } }, send({ type: 'attach', requestId, callId, offer }));
  }
  if (dial?.phase !== 'preparing' || dial.requestId !== requestId) return dropAudio(state);
  if (!state.isLinked || !state.isWelcomed) return step({ ...state, dial: { ...dial, phase: 'waiting', offer } });
  return sendDial(state, { ...dial, offer });
}

function onMicrophoneFailed(state: PageCalls, requestId: string, failure: MicrophoneFailure): PageCallsStep {
  const { audio, dial } = state;
  if (audioRequestId(audio) !== requestId) return step(state);
  const callId = audioCallId(audio);
  if (callId !== null) return andThen(dropAudio(state), (dropped) => step({ ...dropped, audio: { phase: 'failed', callId, failure } }));
  return andThen(dropAudio(state), (dropped) => step(dial !== null && 'requestId' in dial ? { ...dropped, dial: { phase: 'microphone-failed', request: dial.request, failure } } : dropped));
}

function onEndAsked(state: PageCalls): PageCallsStep {
  // Bound to a call by the media answer, of which no snapshot has come yet, is a call all the same.
  const hereId = callHere(state)?.id ?? audioCallId(state.audio);
  if (hereId !== null) return endCall({ ...state, dial: null }, hereId);
  const { dial } = state;
  if (dial === null) return step(state);
  // Which call it became is not known yet; until it is, the microphone at least is shut.
  if (dial.phase === 'sent') return step({ ...state, dial: { ...dial, isCancelled: true }, isMuted: true }, { type: 'set-muted', muted: true });
  return andThen(dropAudio(state), (dropped) => step({ ...dropped, dial: null }));
}

function onTick(state: PageCalls, context: PageCallsContext): PageCallsStep {
  const { dial } = state;
  const isStuck = dial?.phase === 'waiting' || (dial?.phase === 'sent' && !state.isLinked);
  if (!isStuck || dial === null || !('sinceMs' in dial)) return step(state);
  const lostSinceMs = Math.max(dial.sinceMs, state.unlinkedSinceMs ?? dial.sinceMs);
  if (context.nowMs - lostSinceMs < dialWithoutNetworkMs) return step(state);
  // What was sent may have become a call: it is looked for when the server is back, and stays 'sent' until then.
  if (dial.phase === 'sent') return step(state);
  return andThen(dropAudio(state), (dropped) => step({ ...dropped, dial: { phase: 'network-lost', request: dial.request, sinceMs: lostSinceMs } }));
}

/** The page's calls after an event, and what is to be done for them. */
export function stepPageCalls(state: PageCalls, event: PageCallsEvent, context: PageCallsContext): PageCallsStep {
  switch (event.type) {
    case 'link-opened':
      // Nothing is sent before the welcome: what the server knows comes first.
      return step({ ...state, isLinked: true, unlinkedSinceMs: null });
    case 'link-lost':
      // Whoever was asked for with the old link is in the welcome's call, or was not dialled.
      return step({ ...state, adding: null, isLinked: false, isWelcomed: false, unlinkedSinceMs: state.unlinkedSinceMs ?? context.nowMs });
    case 'message':
      return onMessage(state, event.message, context);
    case 'offer-made':
      return onOffer(state, event.requestId, event.offer);
    case 'microphone-failed':
      return onMicrophoneFailed(state, event.requestId, event.failure);
    case 'media-lost': {
      if (state.audio.phase !== 'attached' || state.audio.requestId !== event.requestId) return step(state);
      return beginAttach(state, state.audio.callId, context);
    }
    case 'dial-asked': {
      const isBusy = callHere(state) !== null || (state.dial !== null && 'requestId' in state.dial);
      if (isBusy) return step(state);
      const requestId = context.freshRequestId;
      return andThen(dropAudio(state), (dropped) =>
        step(
          {
            ...dropped,
            isMuted: false,
            endedCallId: null,
            dial: { phase: 'preparing', requestId, request: event.request, sinceMs: context.nowMs },
            audio: { phase: 'preparing', requestId, callId: null },
          },
          { type: 'make-offer', requestId, muted: false },
        ),
      );
    }
    case 'dial-dismissed':
      return state.dial !== null && 'requestId' in state.dial ? step(state) : step({ ...state, dial: null });
    case 'take-asked': {
      const call = state.calls.get(event.callId);
      return call === undefined || !isLive(call) ? step(state) : beginAttach(state, call.id, context);
    }
    case 'end-asked':
      return onEndAsked(state);
    case 'mute-asked': {
      const here = callHere(state);
      const muted: PageCallsEffect = { type: 'set-muted', muted: event.muted };
      return step({ ...state, isMuted: event.muted }, muted, ...(here === null || !state.isLinked ? [] : [send({ type: 'mute', callId: here.id, muted: event.muted })]));
    }
    case 'hold-asked': {
      const here = callHere(state);
      return here === null || !state.isLinked ? step(state) : step(state, send({ type: 'hold', callId: here.id, held: event.held }));
    }
    case 'digits-asked': {
      const here = callHere(state);
      return here === null || !state.isLinked ? step(state) : step(state, send({ type: 'dtmf', callId: here.id, digits: event.digits }));
    }
    case 'leave-message-asked': {
      const { callId, messageId, when } = event;
      if (callHere(state)?.id !== callId || !state.isLinked) return step(state);
      return step({ ...state, refusedMessageCallId: null }, send({ type: 'leave-message', requestId: context.freshRequestId, callId, messageId, when }));
    }
    case 'add-party-asked': {
      const { callId, whom, isApart } = event;
      if (callHere(state)?.id !== callId || !state.isLinked || state.adding !== null) return step(state);
      const requestId = context.freshRequestId;
      return step({ ...state, adding: { requestId, callId }, addRefused: null }, send({ type: 'add-party', requestId, callId, whom, isApart }));
    }
    case 'drop-party-asked':
      return state.isLinked ? step(state, send({ type: 'drop-party', callId: event.callId, party: event.party })) : step(state);
    case 'mute-party-asked':
      return state.isLinked ? step(state, send({ type: 'mute-party', callId: event.callId, party: event.party, muted: event.muted })) : step(state);
    case 'hold-party-asked':
      return state.isLinked ? step(state, send({ type: 'hold-party', callId: event.callId, party: event.party, held: event.held })) : step(state);
    case 'ring-phone-asked':
      return state.isLinked ? step(state, send({ type: 'ring-phone', callId: event.callId })) : step(state);
    case 'stop-phone-asked':
      return state.isLinked ? step(state, send({ type: 'stop-phone', callId: event.callId })) : step(state);
    case 'end-elsewhere-asked':
      return state.isLinked ? step(state, send({ type: 'hang-up', callId: event.callId })) : step(state);
    case 'end-seen':
      return step({ ...state, endedCallId: null });
    case 'tick':
      return onTick(state, context);
    default:
      return assertNever(event);
  }
}
