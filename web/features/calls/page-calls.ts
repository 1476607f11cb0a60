/** What this page knows of the member's calls: the shapes, and the questions the screens ask of them. Changes nothing; that is the machine's. */
import type { AddRefusal, CallView, DialRefusal, PartyRef } from '#contract/calls.ts';
import type { CallId, LineId, MemberId, SpokenMessageId } from '#contract/ids.ts';
import type { DialRefusalDetail } from '#contract/plan.ts';
import type { ClientMessage, ServerMessage } from '#contract/signalling.ts';

/** Why no microphone could be opened; each has its own sentence. */
export type MicrophoneFailure = 'denied' | 'none-found' | 'busy' | 'insecure-page' | 'failed';

export interface DialRequest {
  /** As typed or pasted. */
  readonly to: string;
  readonly lineId: LineId | null;
  /** The physician in whose name; null for oneself. */
  readonly onBehalfOf: MemberId | null;
  /** Known only for a dial from a list. */
  readonly partyName: string | null;
}

/** A dial before the server has made a call of it. */
export type Dial =
  | { readonly phase: 'preparing'; readonly requestId: string; readonly request: DialRequest; readonly sinceMs: number }
  | { readonly phase: 'waiting'; readonly requestId: string; readonly request: DialRequest; readonly sinceMs: number; readonly offer: string }
  | { readonly phase: 'sent'; readonly requestId: string; readonly request: DialRequest; readonly sinceMs: number; readonly isCancelled: boolean }
  | { readonly phase: 'network-lost'; readonly request: DialRequest; readonly sinceMs: number }
  | { readonly phase: 'microphone-failed'; readonly request: DialRequest; readonly failure: MicrophoneFailure }
  | { readonly phase: 'refused'; readonly request: DialRequest; readonly refusal: DialRefusal; readonly detail: DialRefusalDetail | null };

/** The one audio session of this page, and which call it is for. */
export type Audio =
  | { readonly phase: 'none' }
  /** `callId` is null until the server has said which call a dial became. */
  | { readonly phase: 'preparing'; readonly requestId: string; readonly callId: CallId | null }
  | { readonly phase: 'waiting'; readonly requestId: string; readonly callId: CallId; readonly offer: string }
  | { readonly phase: 'offered'; readonly requestId: string; readonly callId: CallId | null }
  | { readonly phase: 'attached'; readonly requestId: string; readonly callId: CallId }
  | { readonly phase: 'failed'; readonly callId: CallId; readonly failure: MicrophoneFailure | 'media-unavailable' };

export interface PageCalls {
  readonly isLinked: boolean;
  /** Since when the link is down; null while it stands. */
  readonly unlinkedSinceMs: number | null;
  /** False until the server has said hello once: nothing is known yet, and nothing may be concluded. */
  readonly isWelcomed: boolean;
  /** Which run of the server said hello last; null before the first. */
  readonly serverRun: string | null;
  readonly calls: ReadonlyMap<CallId, CallView>;
  readonly dial: Dial | null;
  readonly audio: Audio;
  /** Our own microphone's word is law here: a late snapshot must not open it. */
  readonly isMuted: boolean;
  /** The call that this tab carried last; survives a refresh in the tab's storage. */
  readonly carriedCallId: CallId | null;
  /** End was pressed; the server may not have heard it yet. */
  readonly endingCallId: CallId | null;
  /** The call whose end is on the screen. */
  readonly endedCallId: CallId | null;
  /** Someone is being asked into this call; the server has not answered yet. */
  readonly adding: { readonly requestId: string; readonly callId: CallId } | null;
  /** Nobody was added to it, and why; until the next try. */
  readonly addRefused: { readonly callId: CallId; readonly refusal: AddRefusal; readonly detail: DialRefusalDetail | null } | null;
  /** A message could not be left in it. */
  readonly refusedMessageCallId: CallId | null;
}

/** Who is to be added: one of the practice's interpreter services, or a number. */
export type PartyWanted = Extract<ClientMessage, { type: 'add-party' }>['whom'];

export type PageCallsEvent =
  | { readonly type: 'link-opened' }
  | { readonly type: 'link-lost' }
  | { readonly type: 'message'; readonly message: ServerMessage }
  | { readonly type: 'offer-made'; readonly requestId: string; readonly offer: string }
  | { readonly type: 'microphone-failed'; readonly requestId: string; readonly failure: MicrophoneFailure }
  /** The watchdog gave this audio session up. */
  | { readonly type: 'media-lost'; readonly requestId: string }
  | { readonly type: 'dial-asked'; readonly request: DialRequest }
  | { readonly type: 'dial-dismissed' }
  | { readonly type: 'take-asked'; readonly callId: CallId }
  | { readonly type: 'end-asked' }
  | { readonly type: 'mute-asked'; readonly muted: boolean }
  | { readonly type: 'hold-asked'; readonly held: boolean }
  | { readonly type: 'digits-asked'; readonly digits: string }
  | { readonly type: 'leave-message-asked'; readonly callId: CallId; readonly messageId: SpokenMessageId; readonly when: 'after-beep' | 'now' }
  | { readonly type: 'add-party-asked'; readonly callId: CallId; readonly whom: PartyWanted; readonly isApart: boolean }
  | { readonly type: 'drop-party-asked'; readonly callId: CallId; readonly party: PartyRef }
  | { readonly type: 'mute-party-asked'; readonly callId: CallId; readonly party: PartyRef; readonly muted: boolean }
  | { readonly type: 'hold-party-asked'; readonly callId: CallId; readonly party: PartyRef; readonly held: boolean }
  | { readonly type: 'ring-phone-asked'; readonly callId: CallId }
  | { readonly type: 'stop-phone-asked'; readonly callId: CallId }
  /** Of a call that this page does not carry. */
  | { readonly type: 'end-elsewhere-asked'; readonly callId: CallId }
  | { readonly type: 'end-seen' }
  | { readonly type: 'tick' };

export type PageCallsEffect =
  | { readonly type: 'send'; readonly message: ClientMessage }
  | { readonly type: 'make-offer'; readonly requestId: string; readonly muted: boolean }
  | { readonly type: 'apply-answer'; readonly requestId: string; readonly answer: string }
  | { readonly type: 'close-media'; readonly requestId: string }
  | { readonly type: 'set-muted'; readonly muted: boolean }
  | { readonly type: 'remember-carried'; readonly callId: CallId | null };

export interface PageCallsContext {
  readonly nowMs: number;
  /** Never used before; becomes a request's id. */
  readonly freshRequestId: string;
}

export interface PageCallsStep {
  readonly state: PageCalls;
  readonly effects: readonly PageCallsEffect[];
}

export const startPageCalls = (carriedCallId: CallId | null, nowMs: number): PageCalls => ({
  isLinked: false,
  unlinkedSinceMs: nowMs,
  isWelcomed: false,
  serverRun: null,
  calls: new Map(),
  dial: null,
  audio: { phase: 'none' },
  isMuted: false,
  carriedCallId,
  endingCallId: null,
  endedCallId: null,
  adding: null,
  addRefused: null,
  refusedMessageCallId: null,
});

/** One that leaves a message goes on without this page. */
export const isLive = (call: CallView): boolean => call.state !== 'ended' && call.state !== 'leaving-message';

/** By another device, or by the member's own phone. */
export const isCarriedElsewhere = (call: CallView): boolean => call.carriedBy === 'another-device' || call.carriedBy === 'own-phone';

export const liveCalls = (state: PageCalls): CallView[] => [...state.calls.values()].filter(isLive);

export const audioRequestId = (audio: Audio): string | null => ('requestId' in audio ? audio.requestId : null);

export const audioCallId = (audio: Audio): CallId | null => ('callId' in audio ? audio.callId : null);

/** The live call whose audio is, or is about to be, on this page. */
export function callHere(state: PageCalls): CallView | null {
  const boundId = audioCallId(state.audio) ?? state.endingCallId;
  const bound = boundId === null ? undefined : state.calls.get(boundId);
  if (bound !== undefined && isLive(bound) && !isCarriedElsewhere(bound)) return bound;
  return liveCalls(state).find((call) => call.carriedBy === 'this-device') ?? null;
}

/** A live call that this page does not carry but could take. */
export function callElsewhere(state: PageCalls): CallView | null {
  return callHere(state) === null ? (liveCalls(state)[0] ?? null) : null;
}
