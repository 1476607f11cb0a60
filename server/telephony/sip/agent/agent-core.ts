/** What the parts of a user agent share: transports, transactions, the table of dialogs. Made once by the user agent; decides nothing. */
import { isIP } from 'node:net';
import type { Clock } from '#server/platform/clock/clock.ts';
import type { Log } from '#server/platform/logging/log.ts';
import type { SessionTimerWish } from '../dialogs/session-timer-policy.ts';
import { paramOf, parseNameAddress, parseReason, splitAll, splitList } from '../messages/header-values-codec.ts';
import { headerOf, headersOf } from '../messages/message.ts';
import type { SipMessage, SipRequest } from '../messages/message.ts';
import { partOf } from '../messages/multipart-codec.ts';
import { parseSipUri } from '../messages/uri-codec.ts';
import { wireToText } from '../messages/wire-text.ts';
import type { TimerValues } from '../transactions/timer-values.ts';
import type { Tokens } from '../transactions/tokens.ts';
import type { ServerTransaction, TransactionLayer } from '../transactions/transaction-layer.ts';
import { hostForUri } from '../transport/flow.ts';
import type { Flow } from '../transport/flow.ts';
import type { TlsClientSettings } from '../transport/stream-transport.ts';
import type { Target, TransportLayer } from '../transport/transport-layer.ts';

/** Whatever takes the requests of one dialog. */
export interface DialogOwner {
  onRequest(transaction: ServerTransaction): void;
  onAck(ack: SipRequest): void;
}

/** What it takes besides to go on with a dialog: it holds numbers, so it is kept sealed or not at all. */
export interface DialogSecret {
  /** With its user part. */
  target: string;
  remoteValue: string;
  local: { readonly displayName?: string | undefined; readonly uri: string };
  isCaller: boolean;
  peerAllowsUpdate: boolean;
  timer: { readonly intervalSec: number; readonly weRefresh: boolean };
}

/** What it takes to end a dialog after the process that held it has died. Names nobody: the tags alone say which dialog it is. */
export interface DialogRecord {
  /** The caller's own word for it; undefined for a dialog that nobody would go on with. */
  label?: string | undefined;
  secret?: DialogSecret | undefined;
  callId: string;
  localTag: string;
  remoteTag: string;
  /** The peer's target without its user part, which may be a patient's number. */
  target: string;
  routes: readonly string[];
  cseq: number;
  transport: 'udp' | 'tcp' | 'tls';
  address: string;
  port: number;
}

export interface DialogJournal {
  opened(record: DialogRecord): void;
  closed(record: Pick<DialogRecord, 'callId' | 'localTag'>): void;
}

export interface AgentCore {
  readonly clock: Clock;
  readonly log: Log;
  readonly tokens: Tokens;
  readonly timers: TimerValues;
  readonly sessionTimer: SessionTimerWish;
  readonly transports: TransportLayer;
  readonly transactions: TransactionLayer;
  /** By dialogKey. */
  readonly dialogs: Map<string, DialogOwner>;
  /** Told of each dialog that stands, and of its end. */
  readonly journal: DialogJournal | undefined;
  /** Whose certificate is expected of whoever is at this address, where a connection must be made for a dialog. */
  tlsTowards(address: string): TlsClientSettings | undefined;
  /** Targets that took no TCP connection when a request was too large for a datagram, and until when that counts. */
  readonly withoutTcp: Map<string, number>;
  /** What to do when an INVITE still open is cancelled. */
  readonly cancels: WeakMap<ServerTransaction, (cancel: SipRequest) => void>;
}

/** Extensions we know (RFC 3261 20.37). */
export const SUPPORTED = ['timer', '100rel'] as const;

const CONTACT_USER = 'quietline';

/** Our Contact on this flow. The user part is fixed: it tells peers nothing of anyone. */
export function contactUri(flow: Flow): string {
  const transport = flow.transport === 'udp' ? '' : `;transport=${flow.transport}`;
  return `sip:${CONTACT_USER}@${hostForUri(flow.local.host)}:${flow.local.port}${transport}`;
}

/**
 * The flow for a request inside a dialog. The peer's target decides, where it names an address; a name would need a resolver's
 * answer to differ from where the dialog began, so the flow we have is the better guess. A dead end falls back to it as well.
 */
export function withFlowTowards(core: AgentCore, nextHop: string, current: Flow, run: (flow: Flow) => void): void {
  // A bug in what follows ends one message, never the process.
  flowTowards(core, nextHop, current).then(run).catch((error: unknown) => core.log.error('sip-request-failed', error));
}

async function flowTowards(core: AgentCore, nextHop: string, current: Flow): Promise<Flow> {
  const target = targetOf(nextHop, current);
  const isSame = target === undefined || (target.address === current.remote.address && target.port === current.remote.port && target.transport === current.transport);
  if (isSame && current.isOpen()) return current;
  const wanted = target ?? { ...current.remote, transport: current.transport };
  try {
    // RFC 5922 7.1: a Contact names an address, and a certificate the domain that stands behind it.
    return await core.transports.open(wanted.transport === 'tls' ? { ...wanted, tls: core.tlsTowards(wanted.address) } : wanted);
  } catch {
    return current;
  }
}

function targetOf(nextHop: string, current: Flow): Target | undefined {
  const uri = parseSipUri(nextHop);
  if (uri === undefined) return undefined;
  const address = (paramOf(uri.params, 'maddr') ?? uri.host).replace(/^\[|\]$/g, '');
  if (isIP(address) === 0) return undefined;
  const named = paramOf(uri.params, 'transport')?.toLowerCase();
  const transport = uri.scheme === 'sips' || named === 'tls' ? 'tls' : named === 'tcp' ? 'tcp' : named === 'udp' ? 'udp' : current.transport;
  return { address, port: uri.port ?? (transport === 'tls' ? 5061 : 5060), transport };
}

/** The session description in a message, or undefined. */
export function sdpIn(message: SipMessage): string | undefined {
  if (message.body === '') return undefined;
  const contentType = headerOf(message, 'content-type') ?? '';
  const type = contentType.split(';')[0]!.trim().toLowerCase();
  const body = type === 'application/sdp' ? message.body : type.startsWith('multipart/') ? partOf(contentType, message.body, 'application/sdp') : undefined;
  return body === undefined ? undefined : wireToText(body);
}

export function hasOption(message: SipMessage, header: 'supported' | 'require' | 'allow', option: string): boolean {
  return splitAll(headersOf(message, header)).some((value) => value.toLowerCase() === option);
}

/** What Reason headers say: a Q.850 cause, a SIP cause, a text. */
export function reasonIn(message: SipMessage): { q850: number | undefined; reasonStatus: number | undefined; reasonText: string | undefined } {
  let q850: number | undefined;
  let reasonStatus: number | undefined;
  let reasonText: string | undefined;
  for (const value of headersOf(message, 'reason').flatMap(splitList)) {
    const reason = parseReason(value);
    if (reason === undefined) continue;
    if (reason.protocol.toUpperCase() === 'Q.850') q850 ??= reason.cause;
    if (reason.protocol.toUpperCase() === 'SIP') reasonStatus ??= reason.cause;
    reasonText ??= reason.text;
  }
  return { q850, reasonStatus, reasonText };
}

export function addressIn(message: SipMessage, header: string): { displayName: string; uri: string; params: string } | undefined {
  const value = splitAll(headersOf(message, header))[0];
  return value === undefined ? undefined : parseNameAddress(value);
}

/** RFC 3261 18.1.1: a request within 200 octets of an unknown path MTU is too large for a datagram, which would be broken up and half lost. */
const LARGEST_DATAGRAM_OCTETS = 1_300;
/** What Via and Contact may add to the request that was measured. */
const VIA_OCTETS = 120;
const TCP_PATIENCE_MS = 1_000;
const WITHOUT_TCP_MS = 600_000;

/** The flow for a request of this size: TCP in UDP's place where it is too large and the target takes it; UDP all the same where it does not. */
export async function flowForSize(core: AgentCore, target: Target, udp: Flow, octets: number): Promise<Flow> {
  const key = `${target.address} ${target.port}`;
  if (udp.transport !== 'udp' || octets + VIA_OCTETS <= LARGEST_DATAGRAM_OCTETS || (core.withoutTcp.get(key) ?? 0) > core.clock.monotonic()) return udp;
  let isLate = false;
  const patience = new Promise<undefined>((resolve) => {
    core.clock.after(TCP_PATIENCE_MS, () => {
      isLate = true;
      resolve(undefined);
    });
  });
  const tcp = await Promise.race([core.transports.open({ address: target.address, port: target.port, transport: 'tcp' }).catch(() => undefined), patience]);
  if (tcp !== undefined && !isLate) return tcp;
  core.withoutTcp.set(key, core.clock.monotonic() + WITHOUT_TCP_MS);
  return udp;
}
