/** RFC 3261 12: one dialog's identity, sequence numbers, target and routes. Owns what a request inside it looks like and whether one that came is in order; knows no media. */
import { parseNameAddress, splitAll } from '../messages/header-values-codec.ts';
import { cseqOf, fromTagOf, toOf, toTagOf } from '../messages/message-parts.ts';
import { headerOf, headersOf } from '../messages/message.ts';
import type { SipRequest, SipResponse } from '../messages/message.ts';

export interface DialogState {
  readonly callId: string;
  readonly localTag: string;
  readonly remoteTag: string;
  /** Our side as From writes it, without the tag. */
  readonly local: { readonly displayName?: string | undefined; readonly uri: string };
  /** Their From or To value with its tag, as it came. */
  readonly remoteValue: string;
  readonly localCSeq: number;
  /** Undefined until the peer's first request. */
  readonly remoteCSeq: number | undefined;
  readonly remoteTarget: string;
  /** Route values, in the order in which we write them. */
  readonly routes: readonly string[];
}

export interface CallerPart {
  callId: string;
  localTag: string;
  local: DialogState['local'];
  cseq: number;
  /** The INVITE's request-URI, for an answer without Contact. */
  requestUri: string;
}

/** RFC 3261 12.1.2. Undefined where the answer carries no tag: then there is no dialog to speak of. */
export function openAsCaller(part: CallerPart, response: SipResponse): DialogState | undefined {
  const remoteValue = headerOf(response, 'to') ?? '';
  const remoteTag = toTagOf(response);
  if (remoteTag === undefined) return undefined;
  return {
    callId: part.callId, localTag: part.localTag, remoteTag, local: part.local, remoteValue,
    localCSeq: part.cseq, remoteCSeq: undefined,
    remoteTarget: contactOf(response) ?? part.requestUri,
    // 12.1.2: the caller takes the recorded routes in reverse.
    routes: splitAll(headersOf(response, 'record-route')).reverse(),
  };
}

/** RFC 3261 12.1.1. */
export function openAsCallee(request: SipRequest, localTag: string): DialogState | undefined {
  const remoteValue = headerOf(request, 'from') ?? '';
  const local = toOf(request);
  const cseq = cseqOf(request);
  const target = contactOf(request);
  if (local === undefined || cseq === undefined || target === undefined) return undefined;
  return {
    callId: headerOf(request, 'call-id') ?? '', localTag, remoteTag: fromTagOf(request) ?? '', local: { uri: local.uri }, remoteValue,
    // 12.1.1: empty until we send; any start will do (8.1.1.5).
    localCSeq: 0, remoteCSeq: cseq.number, remoteTarget: target, routes: splitAll(headersOf(request, 'record-route')),
  };
}

/** The next request's number. ACK and CANCEL take their INVITE's instead. */
export function countRequest(state: DialogState): { state: DialogState; cseq: number } {
  const cseq = state.localCSeq + 1;
  return { state: { ...state, localCSeq: cseq }, cseq };
}

/** RFC 3261 12.2.2: a lower number than the last is out of order and gets 500; an equal one is a repeat the transactions let through, so just as wrong. */
export function takeRequest(state: DialogState, request: SipRequest): { state: DialogState; isInOrder: boolean } {
  const cseq = cseqOf(request)?.number;
  if (cseq === undefined || (state.remoteCSeq !== undefined && cseq <= state.remoteCSeq)) return { state, isInOrder: false };
  const refreshes = request.method === 'INVITE' || request.method === 'UPDATE';
  return { state: { ...state, remoteCSeq: cseq, remoteTarget: (refreshes ? contactOf(request) : undefined) ?? state.remoteTarget }, isInOrder: true };
}

/** RFC 3261 12.2.1.2: a 2xx to a target refresh request moves the target; the routes never change again. */
export function takeAnswer(state: DialogState, response: SipResponse): DialogState {
  const target = contactOf(response);
  return target === undefined || target === state.remoteTarget ? state : { ...state, remoteTarget: target };
}

/** Where a request of this dialog goes (12.2.1.1): a strict router at the head takes the request-URI's place. */
export function addressRequest(state: DialogState): { uri: string; routes: readonly string[]; nextHop: string } {
  const first = state.routes[0];
  if (first === undefined) return { uri: state.remoteTarget, routes: [], nextHop: state.remoteTarget };
  const firstUri = parseNameAddress(first)?.uri ?? state.remoteTarget;
  if (/;lr(?:[;=?]|$)/i.test(firstUri)) return { uri: state.remoteTarget, routes: state.routes, nextHop: firstUri };
  return { uri: firstUri, routes: [...state.routes.slice(1), `<${state.remoteTarget}>`], nextHop: firstUri };
}

/** The map's key: both tags, ours first. */
export function dialogKey(callId: string, localTag: string, remoteTag: string): string {
  return `${callId} ${localTag} ${remoteTag}`;
}

function contactOf(message: SipRequest | SipResponse): string | undefined {
  const contact = splitAll(headersOf(message, 'contact'))[0];
  return contact === undefined ? undefined : parseNameAddress(contact)?.uri;
}
