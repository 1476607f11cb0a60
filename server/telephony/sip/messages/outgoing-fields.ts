/** The fields an outgoing message may be filled in from: the allow-list itself. What is not named here cannot leave. */

export interface OutgoingAddress {
  displayName?: string | undefined;
  uri: string;
  tag?: string | undefined;
}

export interface OutgoingBody {
  type: 'application/sdp' | 'application/dtmf-relay' | 'text/plain';
  text: string;
}

/** The optional headers there are. Each is written from typed parts. */
export interface OutgoingHeaders {
  /** URI of our Contact, without brackets, or '*' with parameters for none. */
  contact?: string | undefined;
  /** Several bindings, in a registrar's answer. */
  contactBindings?: readonly { uri: string; expiresSec: number }[] | undefined;
  expiresSec?: number | undefined;
  minExpiresSec?: number | undefined;
  allow?: true | undefined;
  accept?: 'application/sdp' | undefined;
  supported?: readonly string[] | undefined;
  require?: readonly string[] | undefined;
  unsupported?: readonly string[] | undefined;
  sessionExpires?: { seconds: number; refresher: 'uac' | 'uas' | undefined } | undefined;
  minSe?: number | undefined;
  assertedIdentity?: OutgoingAddress | undefined;
  preferredIdentity?: OutgoingAddress | undefined;
  privacy?: 'none' | 'id' | undefined;
  authorization?: { isProxy: boolean; value: string } | undefined;
  challenges?: readonly { isProxy: boolean; value: string }[] | undefined;
  reason?: { protocol: 'SIP' | 'Q.850'; cause: number; text?: string | undefined } | undefined;
  retryAfterSec?: number | undefined;
  rSeq?: number | undefined;
  rAck?: { rSeq: number; cseq: number; method: string } | undefined;
}
