/**
 * Judges a parsed message: which status a request is owed, or whether a response is to be dropped. Owns RFC 3261 8.2's checks that
 * need no state; knows no dialog and no transaction. The parser refuses nothing, so that everything refused here can be answered.
 */
import { hasParam, parseVia, splitAll } from './header-values-codec.ts';
import { cseqOf, fromOf, fromTagOf, topViaOf, toOf } from './message-parts.ts';
import { countOf, headerOf, headersOf } from './message.ts';
import type { SipRequest, SipResponse } from './message.ts';
import { parseContentLength } from './parse-message-codec.ts';
import { parseSipUri } from './uri-codec.ts';

export type RequestVerdict =
  | { readonly verdict: 'good' }
  /** Answer with this status; the reason phrase is for whoever reads a trace. */
  | { readonly verdict: 'owed'; readonly status: number; readonly because: string; readonly unsupported?: readonly string[] }
  /** Nobody to answer: what an answer is made of is missing. */
  | { readonly verdict: 'drop'; readonly because: string };

const GOOD: RequestVerdict = { verdict: 'good' };
const TOKEN = /^[A-Za-z0-9.!%*_+`'~-]+$/;
const METHODS = new Set(['INVITE', 'ACK', 'CANCEL', 'BYE', 'OPTIONS', 'REGISTER', 'INFO', 'UPDATE', 'PRACK', 'REFER', 'NOTIFY', 'SUBSCRIBE', 'MESSAGE', 'PUBLISH']);
const SINGLE = ['from', 'to', 'call-id', 'cseq', 'max-forwards', 'content-length', 'content-type'];

const owed = (status: number, because: string): RequestVerdict => ({ verdict: 'owed', status, because });

export function judgeRequest(request: SipRequest, supported: readonly string[]): RequestVerdict {
  if (topViaOf(request) === undefined) return { verdict: 'drop', because: 'no readable Via' };
  const { names } = request;
  const callId = headerOf(request, 'call-id');
  if (callId === undefined || !names.includes('from') || !names.includes('to') || !names.includes('cseq')) {
    return request.method === 'ACK' ? { verdict: 'drop', because: 'header missing' } : owed(400, 'Missing Required Header');
  }
  // An ACK is never answered (RFC 3261 17): what is wrong with it can only be dropped.
  const verdict = judgeParts(request, callId, supported);
  return request.method === 'ACK' && verdict.verdict === 'owed' ? { verdict: 'drop', because: verdict.because } : verdict;
}

function judgeParts(request: SipRequest, callId: string, supported: readonly string[]): RequestVerdict {
  // RFC 3261 7.1 and 21.5.6: another major or minor version is not ours to interpret.
  if (request.version !== 'SIP/2.0') return /^SIP\/[0-9]+\.[0-9]+$/i.test(request.version) ? (request.version.toUpperCase() === 'SIP/2.0' ? GOOD : owed(505, 'Version Not Supported')) : owed(400, 'Bad Version');
  if (request.badLines > 0) return owed(400, 'Bad Header Line');
  if (!TOKEN.test(request.method)) return owed(400, 'Bad Method');
  for (const name of SINGLE) if (isRepeated(request.names, name)) return owed(400, 'Repeated Header');
  const cseq = cseqOf(request);
  if (cseq === undefined) return owed(400, 'Bad CSeq');
  // RFC 3261 8.1.1.5; an unknown method with another in CSeq still gets 501 (RFC 4475 3.3.9).
  if (cseq.method !== request.method) return METHODS.has(request.method) ? owed(400, 'CSeq Method Mismatch') : owed(501, 'Not Implemented');
  if (request.uri === '' || /[\s<>"]/.test(request.uri)) return owed(400, 'Bad Request-URI');
  if (/\s/.test(callId) || callId === '') return owed(400, 'Bad Call-ID');
  const fromAddress = fromOf(request);
  if (fromAddress === undefined) return owed(400, 'Bad From');
  if (toOf(request) === undefined) return owed(400, 'Bad To');
  if (hasParam(fromAddress.params, 'tag') && fromTagOf(request) === undefined) return owed(400, 'Bad From Tag');
  const length = headerOf(request, 'content-length');
  if (length !== undefined) {
    const declared = parseContentLength(length);
    // RFC 3261 18.3: a datagram shorter than it says is bad; on a stream the framing has seen to it.
    if (declared === undefined || declared > request.availableBodyLength) return owed(400, 'Bad Content-Length');
  }
  if (!hasReadableVias(request)) return owed(400, 'Bad Via');
  const maxForwards = headerOf(request, 'max-forwards');
  // Leading zeros are allowed and mean nothing (RFC 4475 3.1.1.1); 255 is the grammar's limit.
  if (maxForwards !== undefined && !(/^0*[0-9]{1,3}$/.test(maxForwards) && Number(maxForwards) <= 255)) return owed(400, 'Bad Max-Forwards');
  if (!METHODS.has(request.method)) return owed(501, 'Not Implemented');
  const scheme = request.uri.slice(0, request.uri.indexOf(':')).toLowerCase();
  if (scheme === 'sip' || scheme === 'sips') {
    if (parseSipUri(request.uri) === undefined) return owed(400, 'Bad Request-URI');
  } else if (scheme !== 'tel') {
    return request.method === 'CANCEL' || request.method === 'ACK' ? GOOD : owed(416, 'Unsupported URI Scheme');
  }
  // RFC 3261 8.2.2.3: Require is ignored in ACK and CANCEL.
  if (request.method !== 'ACK' && request.method !== 'CANCEL' && (request.names.includes('require') || request.names.includes('proxy-require'))) {
    const lacking = splitAll([...headersOf(request, 'require'), ...headersOf(request, 'proxy-require')]).filter((tag) => !supported.includes(tag.toLowerCase()));
    if (lacking.length > 0) return { verdict: 'owed', status: 420, because: 'Bad Extension', unsupported: lacking };
  }
  return GOOD;
}

/** The topmost was read already, to know whom to answer; it may share its line with others, and with separators that separate nothing (RFC 4475 3.1.2.1). */
function hasReadableVias(request: SipRequest): boolean {
  const lines = headersOf(request, 'via');
  if (lines.some((line) => /[;,]\s*[;,]/.test(line))) return false;
  return (lines.length === 1 && !lines[0]!.includes(',')) || splitAll(lines).every((via) => parseVia(via) !== undefined);
}

function isRepeated(names: readonly string[], name: string): boolean {
  const first = names.indexOf(name);
  return first >= 0 && names.indexOf(name, first + 1) >= 0;
}

/** A response that cannot be matched to a request of ours, or lies about itself, is dropped without a word (RFC 3261 8.1.3.3). */
export function isUsableResponse(response: SipResponse): boolean {
  return (
    response.status !== 0 && response.version === 'SIP/2.0' && response.badLines === 0 && countOf(response, 'call-id') === 1 &&
    topViaOf(response) !== undefined && cseqOf(response) !== undefined && fromOf(response) !== undefined && toOf(response) !== undefined
  );
}
