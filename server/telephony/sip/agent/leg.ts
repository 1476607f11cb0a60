/** What a leg tells and may be told, whichever side called. The one vocabulary between the SIP core and whoever uses it: carrier, sandbox. */

/** Why a leg is over. 'refused' carries the peer's status; the carrier makes words of it. */
export type LegEndKind = 'refused' | 'unreachable' | 'no-response' | 'hung-up' | 'cancelled' | 'no-answer' | 'media-refused' | 'connection-lost';

export interface SipLegEnd {
  by: 'us' | 'peer' | 'network';
  kind: LegEndKind;
  status: number | undefined;
  /** RFC 3326 Reason of the message that ended it. */
  q850: number | undefined;
  reasonText: string | undefined;
  /** SIP cause of a Reason header, as analytics blocks carry it. */
  reasonStatus: number | undefined;
}

export type SipLegEvent =
  /** A provisional answer past 100 (caller's side). */
  | { type: 'progress'; status: number; sdp: string | undefined }
  /** The peer answered our INVITE. */
  | { type: 'answered'; sdp: string }
  /** The peer's ACK of our 200 came (callee's side). */
  | { type: 'confirmed' }
  /** A re-INVITE or UPDATE with an offer, or, undefined, a re-INVITE that asks for ours. Exactly one of the two is to be called. */
  | { type: 'offered'; offer: string | undefined; answer(sdp: string): void; reject(): void }
  | { type: 'reanswered'; sdp: string }
  | { type: 'reoffer-refused'; status: number }
  | { type: 'info'; contentType: string; body: string }
  /** Once, and last. */
  | { type: 'ended'; end: SipLegEnd };

/** Every command after 'ended' is a no-op. */
export interface SipLeg {
  reoffer(sdp: string): void;
  /** `onOver` is told the final status, once; undefined where none came. */
  info(contentType: 'application/dtmf-relay', body: string, onOver?: (status: number | undefined) => void): void;
  /** CANCEL, BYE or a final refusal, as the state asks. */
  hangUp(kind?: 'hung-up' | 'cancelled' | 'no-answer' | 'media-refused' | 'connection-lost'): void;
}

export interface RejectOptions {
  reason?: { protocol: 'SIP' | 'Q.850'; cause: number; text?: string };
  reasonPhrase?: string;
  retryAfterSec?: number;
  /** With 401 and 407: the values of WWW- or Proxy-Authenticate. */
  challenges?: readonly string[];
}

export interface IncomingSipLeg extends SipLeg {
  /** 180, 183 and the like; with `sdp`, early media. */
  progress(status: number, sdp?: string): void;
  /** 200. */
  answer(sdp: string): void;
  reject(status: number, options?: RejectOptions): void;
}
