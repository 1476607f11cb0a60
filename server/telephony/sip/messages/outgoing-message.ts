/**
 * The only maker of messages that leave. A message is filled in from the fields named here and from nothing else: what has
 * no field cannot be sent, so nothing of a member can be copied through. Refuses values that would break a line.
 */
import { headerOf, headersOf } from './message.ts';
import type { SipRequest } from './message.ts';
import type { OutgoingAddress, OutgoingBody, OutgoingHeaders } from './outgoing-fields.ts';
import { textToWire } from './wire-text.ts';

declare const outgoing: unique symbol;
/** Complete wire text made here; the transport takes nothing else. */
export type OutgoingText = string & { readonly [outgoing]: true };

/** What the world may know of the software. No version: it helps an attacker only. */
const PRODUCT = 'Quietline';
const ALLOWED_METHODS = 'INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE, PRACK, INFO';

export interface RequestTemplate extends OutgoingHeaders {
  method: string;
  uri: string;
  /** Route header values, in order, with brackets. */
  routes: readonly string[];
  from: OutgoingAddress;
  /** A remote party's To value goes back as it came, in dialogs: then `remoteValue` stands for it. */
  to: OutgoingAddress | { remoteValue: string };
  callId: string;
  cseq: number;
  maxForwards?: number;
  body?: OutgoingBody | undefined;
}

/** A request without its Via, which is the transport's to stamp. */
export interface OutgoingRequest {
  readonly method: string;
  readonly uri: string;
  readonly template: RequestTemplate;
  readonly startLine: string;
  readonly rest: string;
}

export function buildRequest(template: RequestTemplate): OutgoingRequest {
  let rest = '';
  for (const route of template.routes) rest += `Route: ${clean(route)}\r\n`;
  rest += `Max-Forwards: ${template.maxForwards ?? 70}\r\nFrom: ${addressText(template.from)}\r\nTo: ${
    'remoteValue' in template.to ? clean(template.to.remoteValue) : addressText(template.to)
  }\r\nCall-ID: ${clean(template.callId)}\r\nCSeq: ${template.cseq} ${template.method}\r\n${headersText(template)}User-Agent: ${PRODUCT}\r\n${bodyText(template.body)}`;
  return { method: template.method, uri: template.uri, template, startLine: `${template.method} ${clean(template.uri)} SIP/2.0\r\n`, rest };
}

/** RFC 3261 17.1.1.3: the ACK of a final answer other than 2xx; same branch, URI and Route as its INVITE, To from the answer. */
export function buildFailureAck(invite: OutgoingRequest, toValue: string): OutgoingRequest {
  const { uri, routes, from, callId, cseq } = invite.template;
  return buildRequest({ method: 'ACK', uri, routes, from, to: { remoteValue: toValue }, callId, cseq });
}

/** RFC 3261 9.1: To and CSeq number as in the INVITE, whatever tags its answers carried. */
export function buildCancel(invite: OutgoingRequest, reason: OutgoingHeaders['reason']): OutgoingRequest {
  const { uri, routes, from, to, callId, cseq } = invite.template;
  return buildRequest({ method: 'CANCEL', uri, routes, from, to, callId, cseq, reason });
}

export function stampRequest(request: OutgoingRequest, via: { transport: string; sentBy: string; branch: string }): OutgoingText {
  return `${request.startLine}Via: SIP/2.0/${via.transport} ${via.sentBy};branch=${via.branch};rport\r\n${request.rest}` as OutgoingText;
}

export interface ResponseTemplate extends OutgoingHeaders {
  status: number;
  reasonPhrase?: string;
  /** Our tag in To; none for 100. */
  toTag: string | undefined;
  /** Record-Route goes back only in answers that make a dialog (RFC 3261 12.1.1). */
  withRecordRoute?: boolean;
  body?: OutgoingBody | undefined;
}

/** `receivedFrom` is written into the topmost Via: received always, rport where it was asked for (RFC 3581 4). */
export function buildResponse(request: SipRequest, receivedFrom: { address: string; port: number }, template: ResponseTemplate): OutgoingText {
  let text = `SIP/2.0 ${template.status} ${clean(template.reasonPhrase ?? reasonPhraseOf(template.status))}\r\n`;
  const vias = headersOf(request, 'via');
  for (let i = 0; i < vias.length; i++) text += `Via: ${clean(i === 0 ? stampReceived(vias[0]!, receivedFrom) : vias[i]!)}\r\n`;
  if (template.withRecordRoute === true) for (const route of headersOf(request, 'record-route')) text += `Record-Route: ${clean(route)}\r\n`;
  const to = headerOf(request, 'to') ?? '';
  const hasTag = /;\s*tag\s*=/i.test(to);
  text += `From: ${clean(headerOf(request, 'from') ?? '')}\r\nTo: ${clean(to)}${hasTag || template.toTag === undefined ? '' : `;tag=${template.toTag}`}\r\nCall-ID: ${clean(
    headerOf(request, 'call-id') ?? '',
  )}\r\nCSeq: ${clean(headerOf(request, 'cseq') ?? '')}\r\n`;
  // RFC 3261 8.2.6.1: a 100 echoes the Timestamp.
  const timestamp = template.status === 100 ? headerOf(request, 'timestamp') : undefined;
  if (timestamp !== undefined) text += `Timestamp: ${clean(timestamp)}\r\n`;
  text += `${headersText(template)}${template.status === 100 ? '' : `Server: ${PRODUCT}\r\n`}${bodyText(template.body)}`;
  return text as OutgoingText;
}

function stampReceived(via: string, from: { address: string; port: number }): string {
  // A list of Vias in one line: the parameters belong into its first element only. No quoted comma occurs in a Via we would accept.
  const comma = via.indexOf(',');
  const first = comma < 0 ? via : via.slice(0, comma);
  const others = comma < 0 ? '' : via.slice(comma);
  const withoutReceived = first.replace(/;\s*received\s*=[^;,]*/gi, '');
  const withPort = withoutReceived.replace(/;\s*rport\s*(?:=[^;,]*)?(?=;|,|\s*$)/i, `;rport=${from.port}`);
  return `${withPort.trimEnd()};received=${from.address}${others}`;
}

function headersText(h: OutgoingHeaders): string {
  let text = '';
  if (h.contact !== undefined) text += `Contact: <${clean(h.contact)}>\r\n`;
  for (const binding of h.contactBindings ?? []) text += `Contact: <${clean(binding.uri)}>;expires=${binding.expiresSec}\r\n`;
  if (h.expiresSec !== undefined) text += `Expires: ${h.expiresSec}\r\n`;
  if (h.minExpiresSec !== undefined) text += `Min-Expires: ${h.minExpiresSec}\r\n`;
  if (h.allow) text += `Allow: ${ALLOWED_METHODS}\r\n`;
  if (h.accept !== undefined) text += `Accept: ${h.accept}\r\n`;
  if (h.supported !== undefined && h.supported.length > 0) text += `Supported: ${clean(h.supported.join(', '))}\r\n`;
  if (h.require !== undefined && h.require.length > 0) text += `Require: ${clean(h.require.join(', '))}\r\n`;
  if (h.unsupported !== undefined && h.unsupported.length > 0) text += `Unsupported: ${clean(h.unsupported.join(', '))}\r\n`;
  if (h.sessionExpires !== undefined) {
    text += `Session-Expires: ${h.sessionExpires.seconds}${h.sessionExpires.refresher === undefined ? '' : `;refresher=${h.sessionExpires.refresher}`}\r\n`;
  }
  if (h.minSe !== undefined) text += `Min-SE: ${h.minSe}\r\n`;
  if (h.assertedIdentity !== undefined) text += `P-Asserted-Identity: ${addressText(h.assertedIdentity)}\r\n`;
  if (h.preferredIdentity !== undefined) text += `P-Preferred-Identity: ${addressText(h.preferredIdentity)}\r\n`;
  if (h.privacy !== undefined) text += `Privacy: ${h.privacy}\r\n`;
  if (h.authorization !== undefined) text += `${h.authorization.isProxy ? 'Proxy-' : ''}Authorization: ${clean(h.authorization.value)}\r\n`;
  for (const challenge of h.challenges ?? []) text += `${challenge.isProxy ? 'Proxy' : 'WWW'}-Authenticate: ${clean(challenge.value)}\r\n`;
  if (h.reason !== undefined) {
    text += `Reason: ${h.reason.protocol};cause=${h.reason.cause}${h.reason.text === undefined ? '' : `;text="${quotable(h.reason.text)}"`}\r\n`;
  }
  if (h.retryAfterSec !== undefined) text += `Retry-After: ${h.retryAfterSec}\r\n`;
  if (h.rSeq !== undefined) text += `RSeq: ${h.rSeq}\r\n`;
  if (h.rAck !== undefined) text += `RAck: ${h.rAck.rSeq} ${h.rAck.cseq} ${h.rAck.method}\r\n`;
  return text;
}

function bodyText(body: OutgoingBody | undefined): string {
  if (body === undefined) return 'Content-Length: 0\r\n\r\n';
  const wire = textToWire(body.text);
  return `Content-Type: ${body.type}\r\nContent-Length: ${wire.length}\r\n\r\n${wire}`;
}

function addressText(address: OutgoingAddress): string {
  const name = address.displayName === undefined || address.displayName === '' ? '' : `"${quotable(address.displayName)}" `;
  return `${name}<${clean(address.uri)}>${address.tag === undefined ? '' : `;tag=${clean(address.tag)}`}`;
}

/** For inside quotes: control characters become blanks, quotes and backslashes are escaped, the rest is UTF-8. */
function quotable(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return textToWire(text.replace(/[\u0000-\u001f\u007f]+/g, ' ').replace(/["\\]/g, '\\$&'));
}

/** A value that would break its line is a bug or an attack: it ends this one message. */
function clean(value: string): string {
  if (/[\r\n]/.test(value)) throw new Error('a header value holds a line break');
  return value;
}

const REASON_PHRASES: Readonly<Record<number, string>> = {
  100: 'Trying', 180: 'Ringing', 181: 'Call Is Being Forwarded', 182: 'Queued', 183: 'Session Progress', 200: 'OK', 202: 'Accepted',
  300: 'Multiple Choices', 301: 'Moved Permanently', 302: 'Moved Temporarily', 400: 'Bad Request', 401: 'Unauthorized', 403: 'Forbidden', 404: 'Not Found', 405: 'Method Not Allowed', 406: 'Not Acceptable',
  407: 'Proxy Authentication Required', 408: 'Request Timeout', 410: 'Gone', 413: 'Request Entity Too Large', 414: 'Request-URI Too Long',
  415: 'Unsupported Media Type', 416: 'Unsupported URI Scheme', 420: 'Bad Extension', 421: 'Extension Required', 422: 'Session Interval Too Small',
  423: 'Interval Too Brief', 480: 'Temporarily Unavailable', 481: 'Call/Transaction Does Not Exist', 482: 'Loop Detected', 483: 'Too Many Hops',
  484: 'Address Incomplete', 485: 'Ambiguous', 486: 'Busy Here', 487: 'Request Terminated', 488: 'Not Acceptable Here', 491: 'Request Pending',
  493: 'Undecipherable', 500: 'Server Internal Error', 501: 'Not Implemented', 502: 'Bad Gateway', 503: 'Service Unavailable', 504: 'Server Time-out',
  505: 'Version Not Supported', 513: 'Message Too Large', 600: 'Busy Everywhere', 603: 'Decline', 604: 'Does Not Exist Anywhere', 606: 'Not Acceptable', 607: 'Unwanted', 608: 'Rejected',
};

function reasonPhraseOf(status: number): string {
  return REASON_PHRASES[status] ?? 'Answer';
}
