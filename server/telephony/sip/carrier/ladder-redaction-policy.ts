/**
 * What of a SIP message may be shown to whoever looks for a fault: a list of what stays, and everything else a blank. Numbers, names, addresses, keys and
 * texts go at this point, before anything is kept. Pure: names for what recurs (a tag, a branch) come from the caller, so that one can follow them.
 */
import { cseqOf } from '../messages/message-parts.ts';
import { parseMessage } from '../messages/parse-message-codec.ts';

export interface RedactedMessage {
  /** 'INVITE', '183'. */
  readonly title: string;
  /** '1 INVITE'; the request's own words, of which only known methods are shown. */
  readonly cseq: string;
  readonly hasSdp: boolean;
  readonly lines: readonly string[];
}

/** The same value gets the same name: 'tag-1', 'branch-3', 'host-2'. */
export type NameOf = (kind: 'tag' | 'branch' | 'host' | 'nonce', value: string) => string;

const METHODS: ReadonlySet<string> = new Set(['INVITE', 'ACK', 'BYE', 'CANCEL', 'OPTIONS', 'REGISTER', 'INFO', 'UPDATE', 'PRACK', 'REFER', 'NOTIFY', 'MESSAGE', 'SUBSCRIBE', 'PUBLISH']);
/** Words a list may be made of; any other is a peer's own, and could be anything. */
const OPTIONS = new Set(['timer', '100rel', 'replaces', 'path', 'outbound', 'gruu', 'norefersub', 'histinfo', 'precondition', 'privacy', 'eventlist', 'tdialog', 'from-change', 'join', 'early-session', 'sec-agree', 'resource-priority', 'multiple-refer']);
const TYPES = new Set(['application/sdp', 'application/dtmf-relay', 'application/dtmf', 'application/isup', 'application/*', '*/*', 'multipart/mixed', 'text/plain', 'message/sipfrag', 'application/simple-message-summary', 'application/media_control+xml']);
const LISTS: Readonly<Record<string, ReadonlySet<string>>> = {
  allow: METHODS, supported: OPTIONS, require: OPTIONS, 'proxy-require': OPTIONS, unsupported: OPTIONS, accept: TYPES, 'content-type': TYPES, privacy: new Set(['none', 'id', 'user', 'header', 'session', 'critical', 'history']), 'p-early-media': new Set(['supported', 'sendrecv', 'sendonly', 'recvonly', 'inactive', 'gated']),
};
/** Numbers, and the refresher's word. */
const NUMBERS: Readonly<Record<string, RegExp>> = { 'max-forwards': /^\d{1,3}$/, 'session-expires': /^\d{1,6}(;\s*refresher=(uac|uas))?$/i, 'min-se': /^\d{1,6}$/, expires: /^\d{1,6}$/, 'min-expires': /^\d{1,6}$/, rseq: /^\d{1,10}$/, 'retry-after': /^\d{1,6}$/, 'content-length': /^\d{1,6}$/ };
const ADDRESSES = new Set(['from', 'to', 'contact', 'route', 'record-route', 'p-asserted-identity', 'p-preferred-identity', 'remote-party-id', 'diversion', 'history-info', 'refer-to', 'referred-by', 'path', 'service-route']);
const SDP_ATTRIBUTES = /^a=(?:rtpmap:\d{1,3} [A-Za-z0-9-]{1,20}\/\d{1,6}(?:\/\d)?|fmtp:\d{1,3} [0-9,-]{1,20}|ptime:\d{1,4}|maxptime:\d{1,4}|sendrecv|sendonly|recvonly|inactive|rtcp-mux)$/;

/** Undefined for what is no SIP. */
export function redactMessage(text: string, nameOf: NameOf): RedactedMessage | undefined {
  const message = parseMessage(text);
  if (message.kind === 'malformed') return undefined;
  const cseq = cseqOf(message);
  const method = (word: string): string => (METHODS.has(word) ? word : '(method)');
  const shownCSeq = cseq === undefined ? '' : `${cseq.number} ${method(cseq.method)}`;
  const title = message.kind === 'request' ? method(message.method) : String(message.status);
  const start = message.kind === 'request' ? `${title} ${redactUri(message.uri, nameOf)} SIP/2.0` : `SIP/2.0 ${title}`;
  const headers = message.names.map((name, index) => redactHeader(name, message.values[index]!, shownCSeq, nameOf));
  const hasSdp = message.body.startsWith('v=0');
  const body = message.body === '' ? [] : hasSdp ? redactSdp(message.body, nameOf) : [`(${message.body.length} octets)`];
  return { title, cseq: shownCSeq, hasSdp, lines: [start, ...headers, ...(body.length === 0 ? [] : ['', ...body])] };
}

function redactHeader(name: string, value: string, cseq: string, nameOf: NameOf): string {
  if (name === 'cseq') return `cseq: ${cseq}`;
  if (name === 'via') return `via: ${redactVia(value, nameOf)}`;
  if (name === 'call-id') return 'call-id: (this call)';
  if (ADDRESSES.has(name)) return `${name}: ${redactAddress(value, nameOf)}`;
  if (name === 'reason') return `reason: ${[...value.matchAll(/(Q\.850|SIP)\s*;\s*cause\s*=\s*(\d{1,4})/gi)].map(([, protocol, cause]) => `${protocol};cause=${cause}`).join(', ')}`;
  if (name === 'rack') return `rack: ${/^\d{1,10} \d{1,10} (?=[A-Z]+$)/.exec(value)?.[0] ?? ''}${cseq.split(' ')[1] ?? ''}`;
  if (/^(www-authenticate|proxy-authenticate|authorization|proxy-authorization)$/.test(name)) return `${name}: ${redactDigest(value, nameOf)}`;
  if (NUMBERS[name]?.test(value) === true) return `${name}: ${value}`;
  const words = LISTS[name];
  if (words !== undefined) return `${name}: ${value.split(/[,;]/).map((word) => word.trim()).map((word) => (words.has(word) ? word : words.has(word.toLowerCase()) ? word.toLowerCase() : '(other)')).join(', ')}`;
  // A name of the peer's making could itself be a message.
  return `${/^[a-z][a-z-]{0,30}$/.test(name) && !/[0-9]/.test(name) ? name : '(header)'}: (${value.length} octets)`;
}

function redactVia(value: string, nameOf: NameOf): string {
  return value
    .split(',')
    .map((each) => {
      const [, transport = '?', host = ''] = /^\s*SIP\s*\/\s*2\.0\s*\/\s*(UDP|TCP|TLS|SCTP|WS|WSS)\s+(\[[^\]]*\]|[^\s:;]+)/i.exec(each) ?? [];
      const branch = /;\s*branch\s*=\s*([^;\s]+)/i.exec(each)?.[1];
      return `SIP/2.0/${transport.toUpperCase()} ${nameOf('host', host)}${branch === undefined ? '' : `;branch=${nameOf('branch', branch)}`}${/;\s*rport/i.test(each) ? ';rport' : ''}${/;\s*received/i.test(each) ? ';received' : ''}`;
    })
    .join(', ');
}

function redactAddress(value: string, nameOf: NameOf): string {
  const uri = /<([^>]*)>/.exec(value)?.[1] ?? value.split(';')[0]!;
  const tag = /;\s*tag\s*=\s*([^;\s]+)/i.exec(value)?.[1];
  return `<${redactUri(uri, nameOf)}>${tag === undefined ? '' : `;tag=${nameOf('tag', tag)}`}`;
}

function redactUri(uri: string, nameOf: NameOf): string {
  const [, scheme = '?', user, host = ''] = /^(sips?|tel):(?:([^@]*)@)?(\[[^\]]*\]|[^:;?>]*)/i.exec(uri) ?? [];
  if (scheme.toLowerCase() === 'tel') return 'tel:(number)';
  const transport = /;transport=(udp|tcp|tls)/i.exec(uri)?.[1];
  return `${scheme.toLowerCase()}:${user === undefined ? '' : '(user)@'}${nameOf('host', host)}${transport === undefined ? '' : `;transport=${transport}`}${/;lr(?:[;=?]|$)/i.test(uri) ? ';lr' : ''}`;
}

function redactDigest(value: string, nameOf: NameOf): string {
  const nonce = /\bnonce="([^"]*)"/i.exec(value)?.[1];
  const words = [...value.matchAll(/\b(algorithm|qop|stale|nc)="?(MD5-sess|MD5|SHA-256-sess|SHA-256|SHA-512-256|auth-int|auth|true|false|[0-9a-f]{8})\b/gi)].map(([, name, word]) => `${name}=${word}`);
  return ['Digest', ...(nonce === undefined ? [] : [`nonce=${nameOf('nonce', nonce)}`]), ...words].join(' ');
}

function redactSdp(body: string, nameOf: NameOf): string[] {
  return body.split(/\r?\n/).filter((line) => line !== '').map((line) => {
    const connection = /^c=IN (IP[46]) (\S+)/.exec(line);
    if (connection !== null) return `c=IN ${connection[1]} ${/^(?:0\.0\.0\.0|::)$/.test(connection[2]!) ? connection[2] : nameOf('host', connection[2]!)}`;
    const origin = /^o=\S+ \S+ (\d{1,20}) IN (IP[46]) (\S+)/.exec(line);
    if (origin !== null) return `o=- - ${origin[1]} IN ${origin[2]} ${nameOf('host', origin[3]!)}`;
    if (/^m=(audio|video|image) \d{1,5} [A-Z/]{3,25} [\d* ]{1,60}$/i.test(line) || line === 'v=0' || /^t=\d{1,20} \d{1,20}$/.test(line)) return line;
    const suite = /^a=crypto:(\d{1,3}) ([A-Z0-9_]{1,40}) /.exec(line);
    if (suite !== null) return `a=crypto:${suite[1]} ${suite[2]} (key)`;
    return SDP_ATTRIBUTES.test(line) ? line : `${/^[a-z]=/.exec(line)?.[0] ?? '?='}(${line.length} octets)`;
  });
}
