/**
 * What an ICE-lite agent does with a connectivity check (RFC 8445 2.5, 7.3), and which of a browser's proven paths our
 * packets take. Pure: digests come as an argument, sockets are elsewhere.
 */
import { BINDING_REQUEST, hasIntegrity, writeBindingError, writeBindingSuccess, type HmacSha1, type StunMessage, type TransportAddress } from './stun-codec.ts';

export interface IceCredentials {
  localUfrag: string;
  localPassword: Uint8Array;
  remoteUfrag: string;
}

export interface CheckOutcome {
  /** To be sent back to where the check came from; undefined: silence. */
  reply: Uint8Array | undefined;
  /** The sender holds our password: packets may come from its address and go there. */
  isProven: boolean;
  isNominated: boolean;
}

const SILENCE: CheckOutcome = { reply: undefined, isProven: false, isNominated: false };

/** The local half of "local:remote" in a check's USERNAME (RFC 8445 7.2.2), by which the peers of one port are told apart. */
export function localUfragOf(message: StunMessage): string | undefined {
  const colon = message.username?.indexOf(':') ?? -1;
  return colon > 0 ? message.username!.slice(0, colon) : undefined;
}

/**
 * RFC 8489 9.1.3 would answer a check without the password by 400 or 401. It is dropped instead: a browser never sends
 * one, and whoever does shall learn nothing, not even that something listens here.
 */
export function answerCheck(credentials: IceCredentials, packet: Uint8Array, message: StunMessage, from: TransportAddress, hmacSha1: HmacSha1): CheckOutcome {
  const { localPassword } = credentials;
  if (message.type !== BINDING_REQUEST || message.username !== `${credentials.localUfrag}:${credentials.remoteUfrag}`) return SILENCE;
  if (!message.hasFingerprint || !hasIntegrity(packet, message, localPassword, hmacSha1)) return SILENCE;
  if (message.unknownAttributes.length > 0) {
    return { ...SILENCE, reply: writeBindingError(message.transactionId, 420, message.unknownAttributes, localPassword, hmacSha1) };
  }
  // RFC 8445 7.3.1.1: a lite agent is always controlled, so that whoever claims the same role must change its own.
  if (message.role === 'controlled') {
    return { ...SILENCE, reply: writeBindingError(message.transactionId, 487, [], localPassword, hmacSha1) };
  }
  return { reply: writeBindingSuccess(message.transactionId, from, localPassword, hmacSha1), isProven: true, isNominated: message.useCandidate };
}

/** When a selected path has been silent for this long, authentic media on another proven one tells of a NAT that changed its mind. */
export const REBIND_AFTER_MS = 1000;

/** Whether packets should now go to a path on which authentic media arrives, though another one is selected. */
export const shouldRebind = (selectedHeardAtMs: number | undefined, nowMs: number): boolean =>
  selectedHeardAtMs === undefined || nowMs - selectedHeardAtMs > REBIND_AFTER_MS;
