/**
 * The signalling port: what the call side may ask of SIP, and what it is told. Never URIs, sockets, glare, digests,
 * retransmissions: those end inside. Session descriptions pass as text, made and read by the media port.
 */
import type { Result } from '#contract/result.ts';

/** A telephone number as E.164 writes it: '+' and 7 to 15 digits. */
export type E164 = string;

/** A trunk's name in the configuration. */
export type TrunkName = string;

export interface PlaceRequest {
  /** The call's own id: for the log, never on the wire. */
  callId: string;
  /** Or a service code that is routed as it stands: 988, 711. */
  to: E164;
  /** The number the patient sees: a proven line of the practice. Nothing else of the caller goes out. */
  from: E164;
  /** The line's name, or undefined for none. Shown where carriers allow it. */
  displayName: string | undefined;
  offer: string;
  /** Those it may go by. Their settings' priority and weight say in which order; the next is tried only where no phone can have rung. */
  trunks: readonly TrunkName[];
  /** From the INVITE until the call is given up as unanswered. */
  ringTimeoutMs: number;
}

/** Whose act ended the leg. 'network': a transport, a timer or the trunk itself. */
export type EndedBy = 'us' | 'peer' | 'network';

export type LegEndCause =
  /** Answered, then hung up. */
  | 'hung-up'
  /** Given up by us before an answer. */
  | 'cancelled'
  /** The ring time-out, or the peer's 408 and 480. */
  | 'no-answer'
  | 'busy'
  | 'rejected'
  | 'not-in-service'
  | 'number-changed'
  | 'number-incomplete'
  /** An analytics engine or a network's policy refused it (603 with Reason, 607, 608). */
  | 'blocked'
  /** The trunk refused us: credentials, caller id, its own limits. */
  | 'trunk-refused'
  /** A trunk answered, and has no way through just now (5xx; Q.850 34, 38, 41, 42). */
  | 'network-busy'
  /** No trunk could be reached, or none said a word. */
  | 'trunk-down'
  /** Answered, then silent or unreachable: session timer, no ACK, media time-out named by us. */
  | 'connection-lost'
  /** No codec or security in common (488, 606, or an answer the media side could not use). */
  | 'media-refused';

export interface LegEnd {
  by: EndedBy;
  cause: LegEndCause;
  /** The final SIP status, where there was one. */
  status: number | undefined;
  /** ITU-T Q.850 cause from a Reason header, where there was one. */
  q850: number | undefined;
  /** The trunks that were tried, in order. */
  trunksTried: readonly TrunkName[];
}

/** An offer of the peer inside a call. Exactly one of the two is called, once; a second call is a no-op. */
export interface OfferResponder {
  answer(answer: string): void;
  /** 488 Not Acceptable Here: the session goes on as it was. */
  reject(): void;
}

/** Everything a leg says, in order. `ended` comes exactly once and is the last. */
export type PartyLegEvent =
  /** A provisional response past 100. With `answer`, early media may be heard: it is the session description of a 18x. */
  | { type: 'progress'; status: number; ringing: boolean; answer: string | undefined }
  /** 200 to the INVITE. `answer` is evaluated again even after early media. */
  | { type: 'answered'; answer: string }
  /** The peer changes the session: hold, resume, moved media. `offer` is undefined for an offerless re-INVITE: answer with our own offer, and the peer's answer comes as `reanswered`. */
  | { type: 'offered'; offer: string | undefined; responder: OfferResponder }
  /** The peer's answer to our `reoffer`, or to an offer we made in answer to an offerless re-INVITE. */
  | { type: 'reanswered'; answer: string }
  /** Our `reoffer` was refused; the session goes on as it was. */
  | { type: 'reoffer-refused'; status: number }
  /** A keypress by INFO (application/dtmf-relay). */
  | { type: 'dtmf'; digit: string; durationMs: number }
  | { type: 'ended'; end: LegEnd };

export type KeyByInfo = 'taken' | 'refused' | 'not-now';

/** One leg to a telephone. Every command after `ended` is a no-op. */
export interface PartyLeg {
  /** Sends a re-INVITE with this offer; glare and retries are handled inside. */
  reoffer(offer: string): void;
  /** A keypress by INFO, for trunks without RFC 4733. Resolves to what the peer makes of it; not-now: there is no answered call to say it in. */
  sendDtmfByInfo(digit: string, durationMs: number): Promise<KeyByInfo>;
  /** CANCEL or BYE, whichever the leg's state asks for. `cause` is told in `ended`; 'hung-up' and 'cancelled' are chosen by state. */
  hangUp(cause?: 'media-refused' | 'connection-lost' | 'no-answer'): void;
}

/** A call from a trunk. `onEvent` must be given before any command; unanswered it rings until the caller gives up. */
export interface IncomingCall {
  /** The number that was called, as the trunk wrote it, made E.164 where the trunk's profile says how. */
  called: E164;
  /** What the trunk says of the caller: a hint, never a proof. Undefined if withheld. */
  caller: E164 | undefined;
  /** Who was called first, where the call was diverted to us (RFC 5806, RFC 7044): a clinic's own phone system sends calls on that way. A hint. */
  divertedFrom: E164 | undefined;
  /** STIR/SHAKEN verdict as the trunk reported it (`verstat`). */
  callerVerified: 'passed' | 'failed' | 'unknown';
  trunk: TrunkName;
  offer: string | undefined;
  accept(onEvent: (event: PartyLegEvent) => void): IncomingLeg;
}

export interface IncomingLeg extends PartyLeg {
  /** 180, or 183 with early media where `answer` is given. */
  ring(answer?: string): void;
  /** 200. */
  answer(answer: string): void;
  /** A final refusal; the status is one of RFC 3261's 4xx, 5xx, 6xx. */
  reject(status: number): void;
}

/** What stands in a trunk's way that its operator can mend: its name leads to no address; its certificate, or ours, is not taken; nobody speaks TLS there; its registrar refuses the user or the password. */
export type TrunkTrouble = 'name-unresolved' | 'their-certificate' | 'our-certificate' | 'no-tls' | 'credentials-refused';
export type TrunkHealth = { trunk: TrunkName; state: 'up' | 'down' | 'unknown'; registered: boolean | undefined; trouble: TrunkTrouble | undefined };

export type PlaceRefusal = 'no-trunk' | 'bad-number';

/** A call that a killed process left standing at its trunk, and that can be gone on with. */
export interface LeftCall {
  /** As it was given with PlaceRequest. */
  readonly callId: string;
  /** Offers new media inside the same dialog. The peer's answer comes as `reanswered`; a peer that knows the call no more ends the leg. */
  resume(offer: string, onEvent: (event: PartyLegEvent) => void): PartyLeg;
}

export interface CallCarrier {
  /** Calls left by a killed process; those not resumed are ended by `endLeftCalls`, or soon by themselves. */
  leftCalls(): readonly LeftCall[];
  endLeftCalls(): void;
  /** Starts a call. Events come later, never during this call. */
  place(request: PlaceRequest, onEvent: (event: PartyLegEvent) => void): Result<PartyLeg, PlaceRefusal>;
  /** Names who takes calls from trunks; until then they get 480. */
  onIncoming(handler: (call: IncomingCall) => void): void;
  trunkHealth(): readonly TrunkHealth[];
  onTrunkHealth(listener: (health: TrunkHealth) => void): void;
  /** Ends every leg (BYE, CANCEL), unregisters, closes the sockets; waits for the answers no longer than `withinMs`. */
  close(withinMs: number): Promise<void>;
}
