/**
 * A whole SIP user agent, usable by itself: it listens, calls, takes calls, answers what is owed. Knows no trunk and no practice.
 * Refuses requests it does not know, in the words of RFC 3261; says nothing to sources it was told not to accept.
 */
import type { Clock } from '#server/platform/clock/clock.ts';
import type { RandomSource } from '#server/platform/clock/random.ts';
import type { Log } from '#server/platform/logging/log.ts';
import { dialogKey } from '../dialogs/dialog-machine.ts';
import type { SessionTimerWish } from '../dialogs/session-timer-policy.ts';
import { splitAll } from '../messages/header-values-codec.ts';
import { fromTagOf, toTagOf } from '../messages/message-parts.ts';
import { headerOf, headersOf } from '../messages/message.ts';
import type { SipRequest, SipResponse } from '../messages/message.ts';
import { buildRequest } from '../messages/outgoing-message.ts';
import type { OutgoingAddress, OutgoingHeaders } from '../messages/outgoing-fields.ts';
import { isUsableResponse, judgeRequest } from '../messages/validate-message-policy.ts';
import { RFC_TIMERS } from '../transactions/timer-values.ts';
import type { TimerValues } from '../transactions/timer-values.ts';
import { createTokens } from '../transactions/tokens.ts';
import { createTransactionLayer } from '../transactions/transaction-layer.ts';
import type { ServerTransaction, TransactionCounts, TransactionLayer } from '../transactions/transaction-layer.ts';
import type { Endpoint, Flow, TransportKind } from '../transport/flow.ts';
import { openTransportLayer } from '../transport/transport-layer.ts';
import type { TlsClientSettings } from '../transport/stream-transport.ts';
import type { ListenSettings, MessageTap, Target, TransportCounts, TransportLayer, TransportLayerOptions } from '../transport/transport-layer.ts';
import { contactUri, sdpIn, SUPPORTED } from './agent-core.ts';
import type { AgentCore, DialogJournal, DialogOwner, DialogRecord } from './agent-core.ts';
import { judgeSessionTimer } from './dialog-session.ts';
import { isStale } from './digest.ts';
import type { DigestClient } from './digest.ts';
import { createIncomingInvite } from './incoming-leg.ts';
import type { IncomingInvite } from './incoming-leg.ts';
import type { RejectOptions, SipLeg, SipLegEvent } from './leg.ts';
import { createOutgoingLeg } from './outgoing-leg.ts';
import type { OutgoingCall } from './outgoing-leg.ts';
import { createResumedLeg, LEFT_CSEQ_GAP } from './resumed-leg.ts';
import type { ResumedCall } from './resumed-leg.ts';
import { createStoppableClock } from './stoppable-clock.ts';
import { createStrayEnder } from './stray-answer.ts';

/** A REGISTER or OPTIONS from outside any dialog. */
export interface OutsideRequest {
  readonly method: string;
  readonly source: Endpoint & { transport: TransportKind };
  readonly requestUri: string;
  header(name: string): string | undefined;
  headers(name: string): string[];
  respond(status: number, headers?: Pick<OutgoingHeaders, 'contactBindings' | 'minExpiresSec' | 'expiresSec' | 'challenges'> & Pick<RejectOptions, 'reasonPhrase'>): void;
}

export interface UserAgentOptions {
  listen: ListenSettings;
  clock: Clock;
  random: RandomSource;
  log: Log;
  /** RFC 3261's own where undefined; tests shorten T1. */
  timers?: TimerValues;
  sessionTimer?: SessionTimerWish;
  /** Sockets where undefined; a simulated network brings its own. */
  openTransports?(options: TransportLayerOptions): Promise<TransportLayer>;
  /** Sees each message as it passes. */
  tap?: MessageTap | undefined;
  journal?: DialogJournal;
  /** See AgentCore. Undefined: the address itself must stand in the certificate. */
  tlsTowards?(address: string): TlsClientSettings | undefined;
  /** Sources that are not accepted get no answer at all. Everyone is accepted where undefined. */
  acceptsSource?(address: string, transport: TransportKind): boolean;
  /** Undefined: incoming calls get 480. */
  onInvite?(invite: IncomingInvite): void;
  /** REGISTER, and OPTIONS where it wants them; returning false leaves the answer to the agent (200 to OPTIONS, 405 to the rest). */
  onOutsideRequest?(request: OutsideRequest): boolean;
}

export interface AgentRequest {
  method: 'OPTIONS' | 'REGISTER';
  target: Target;
  requestUri: string;
  from: Omit<OutgoingAddress, 'tag'>;
  to: Omit<OutgoingAddress, 'tag'>;
  /** A registration keeps both over its life (RFC 3261 10.2). */
  callId?: string;
  cseq?: number;
  /** REGISTER: the life asked for; 0 unregisters. */
  expiresSec?: number;
  digest?: DigestClient | undefined;
  giveUpMs?: number;
  /** The connection by which the final answer came has closed since. Datagrams have none. */
  onConnectionLost?: () => void;
}

export type AgentAnswer = { kind: 'response'; response: SipResponse; contactUri: string; cseq: number } | { kind: 'no-response' } | { kind: 'unreachable'; /** A word of the kernel's, of Node's or of OpenSSL's, where one was given. */ because: string | undefined };

export interface UserAgent {
  /** Where it listens; undefined for a transport that does not. */
  port(transport: TransportKind): number | undefined;
  call(call: OutgoingCall, onEvent: (event: SipLegEvent) => void): SipLeg;
  request(request: AgentRequest): Promise<AgentAnswer>;
  /** Ends a dialog that another process opened and left, answering one challenge. True where the peer took the BYE or knows no such dialog. */
  endLeftDialog(record: DialogRecord, target: Target, digest?: DigestClient): Promise<boolean>;
  /** Goes on with a dialog that another process held: a re-INVITE with this offer, whose answer comes as `reanswered`. */
  resume(call: ResumedCall, onEvent: (event: SipLegEvent) => void): SipLeg;
  counts(): TransportCounts & TransactionCounts & { dialogs: number };
  newCallId(): string;
  /** Closes every socket and timer at once; legs are not ended for it. */
  close(): void;
}

export const DEFAULT_SESSION_TIMER: SessionTimerWish = { intervalSec: 1_800, minSec: 90 };

export async function createUserAgent(options: UserAgentOptions): Promise<UserAgent> {
  const { log } = options;
  const clock = createStoppableClock(options.clock, (error) => log.error('sip-timer-failed', error));
  const tokens = createTokens(options.random);
  const timers = options.timers ?? RFC_TIMERS;
  const dialogs = new Map<string, DialogOwner>();
  /** Who wants to know that a connection is gone. */
  const mourners = new Map<Flow, () => void>();
  let isClosed = false;

  const ownerOf = (request: SipRequest): DialogOwner | undefined => {
    const localTag = toTagOf(request);
    return localTag === undefined ? undefined : dialogs.get(dialogKey(headerOf(request, 'call-id') ?? '', localTag, fromTagOf(request) ?? ''));
  };

  const onRequest = (transaction: ServerTransaction): void => {
    const { request } = transaction;
    const verdict = judgeRequest(request, SUPPORTED);
    if (verdict.verdict === 'drop') return;
    if (verdict.verdict === 'owed') {
      return transaction.respond({ status: verdict.status, toTag: tokens.tag(), reasonPhrase: verdict.because, unsupported: verdict.unsupported, allow: verdict.status === 501 || verdict.status === 405 ? true : undefined });
    }
    if (toTagOf(request) !== undefined) {
      const owner = ownerOf(request);
      // RFC 3261 12.2.2: a dialog that is not ours, or no more.
      return owner === undefined ? transaction.respond({ status: 481, toTag: undefined }) : owner.onRequest(transaction);
    }
    switch (request.method) {
      case 'INVITE':
        return onInvite(transaction);
      case 'OPTIONS':
      case 'REGISTER':
        if (options.onOutsideRequest?.(outside(transaction)) === true) return undefined;
        return request.method === 'OPTIONS'
          ? transaction.respond({ status: 200, toTag: tokens.tag(), allow: true, accept: 'application/sdp', supported: SUPPORTED, contact: contactUri(transaction.flow) })
          : transaction.respond({ status: 405, toTag: tokens.tag(), allow: true });
      case 'BYE':
      case 'INFO':
      case 'UPDATE':
      case 'PRACK':
        return transaction.respond({ status: 481, toTag: tokens.tag() });
      case 'REFER':
        return transaction.respond({ status: 603, toTag: tokens.tag() });
      default:
        return transaction.respond({ status: 405, toTag: tokens.tag(), allow: true });
    }
  };

  const onInvite = (transaction: ServerTransaction): void => {
    const { request } = transaction;
    const refuse = (status: number): void => transaction.respond({ status, toTag: tokens.tag() });
    if (headerOf(request, 'contact') === undefined || fromTagOf(request) === undefined) return refuse(400);
    if (request.body !== '' && sdpIn(request) === undefined) return transaction.respond({ status: 415, toTag: tokens.tag(), accept: 'application/sdp' });
    // RFC 3261 21.4.7: a caller that will not read a session description cannot be answered with one.
    if (!acceptsSdp(request)) return refuse(406);
    const timer = judgeSessionTimer(core, request);
    if (timer.kind === 'too-small') return transaction.respond({ status: 422, toTag: tokens.tag(), minSe: timer.minSec });
    if (options.onInvite === undefined || isClosed) return refuse(480);
    return options.onInvite(createIncomingInvite(core, transaction));
  };

  const outside = (transaction: ServerTransaction): OutsideRequest => ({
    method: transaction.request.method,
    source: { ...transaction.flow.remote, transport: transaction.flow.transport },
    requestUri: transaction.request.uri,
    header: (name) => headerOf(transaction.request, name),
    headers: (name) => headersOf(transaction.request, name),
    respond: (status, headers) => transaction.respond({ status, toTag: tokens.tag(), ...headers }),
  });

  const endStray = createStrayEnder(() => transactions);
  const transactions: TransactionLayer = createTransactionLayer({
    clock, tokens, timers,
    openBack: ({ transport, remote: { address } }, port = transport === 'tls' ? 5061 : 5060) => transports.open({ transport, address, port, tls: transport === 'tls' ? options.tlsTowards?.(address) : undefined }),
    core: {
      onRequest,
      onAck(ack) {
        if (judgeRequest(ack, SUPPORTED).verdict === 'good') ownerOf(ack)?.onAck(ack);
      },
      onCancel(invite, cancel) {
        core.cancels.get(invite)?.(cancel);
      },
      onStrayAnswer(response, flow) {
        // A dialog we know has had its ACK, and its own repeats it.
        if (dialogs.has(dialogKey(headerOf(response, 'call-id') ?? '', fromTagOf(response) ?? '', toTagOf(response) ?? ''))) return;
        log.info('sip-stray-answer');
        endStray(response, flow);
      },
    },
  });

  const openTransports = (wanted: TransportLayerOptions): Promise<TransportLayer> => options.openTransports?.(wanted) ?? openTransportLayer(wanted);
  const transports = await openTransports({
    listen: options.listen, clock, log, tap: options.tap,
    acceptsSource: (address, transport) => !isClosed && (options.acceptsSource?.(address, transport) ?? true),
    onMessage(message, flow) {
      if (message.kind === 'response' && !isUsableResponse(message)) return;
      transactions.receive(message, flow);
    },
    onFlowClosed(flow: Flow) {
      transactions.flowClosed(flow);
      const tell = mourners.get(flow);
      mourners.delete(flow);
      if (!isClosed) tell?.();
    },
  });

  const core: AgentCore = { clock, log, tokens, timers, sessionTimer: options.sessionTimer ?? DEFAULT_SESSION_TIMER, transports, transactions, dialogs, journal: options.journal, tlsTowards: (address) => options.tlsTowards?.(address), cancels: new WeakMap(), withoutTcp: new Map() };

  const request = async (wanted: AgentRequest): Promise<AgentAnswer> => {
    let flow: Flow;
    try {
      flow = await transports.open(wanted.target);
    } catch (error) {
      return { kind: 'unreachable', because: (error as { code?: string }).code };
    }
    const callId = wanted.callId ?? tokens.callId();
    const tag = tokens.tag();
    const contact = contactUri(flow);
    let cseq = wanted.cseq ?? 1;
    let authorization = wanted.digest?.anticipate({ method: wanted.method, uri: wanted.requestUri });
    for (let attempt = 0; ; attempt++) {
      const built = buildRequest({
        method: wanted.method, uri: wanted.requestUri, routes: [], from: { ...wanted.from, tag }, to: wanted.to, callId, cseq,
        contact, expiresSec: wanted.expiresSec, accept: wanted.method === 'OPTIONS' ? 'application/sdp' : undefined, allow: true, supported: SUPPORTED, authorization,
      });
      const answer = await new Promise<SipResponse | 'timeout' | 'transport'>((resolve) => {
        transactions.request(built, flow, { onResponse: (response) => response.status >= 200 && resolve(response), onFailure: resolve }, wanted.giveUpMs);
      });
      if (answer === 'timeout') return { kind: 'no-response' };
      if (answer === 'transport') return { kind: 'unreachable', because: flow.failure?.() };
      if ((answer.status === 401 || answer.status === 407) && attempt < 2) {
        const isProxy = answer.status === 407;
        const challenges = headersOf(answer, isProxy ? 'proxy-authenticate' : 'www-authenticate');
        const isWorthIt = attempt === 0 || isStale(challenges);
        const next = isWorthIt ? wanted.digest?.answer(challenges, { method: wanted.method, uri: wanted.requestUri, isProxy }) : undefined;
        if (next !== undefined) {
          authorization = next;
          cseq++;
          continue;
        }
      }
      if (wanted.onConnectionLost !== undefined && flow.isReliable && flow.isOpen()) mourners.set(flow, wanted.onConnectionLost);
      return { kind: 'response', response: answer, contactUri: contact, cseq };
    }
  };

  return {
    port: (transport) => transports.port(transport),
    call: (call, onEvent) => createOutgoingLeg(core, call, onEvent),
    request,
    counts: () => ({ ...transports.counts(), ...transactions.counts(), dialogs: dialogs.size }),
    async endLeftDialog(record, target, digest) {
      let flow: Flow;
      try {
        flow = await transports.open(target);
      } catch {
        return false;
      }
      let cseq = record.cseq + LEFT_CSEQ_GAP;
      let authorization: OutgoingHeaders['authorization'];
      for (let attempt = 0; ; attempt++) {
        const bye = buildRequest({ method: 'BYE', uri: record.target, routes: record.routes, from: { uri: 'sip:quietline@localhost', tag: record.localTag }, to: { uri: record.target, tag: record.remoteTag }, callId: record.callId, cseq: cseq++, authorization });
        const response = await new Promise<SipResponse | undefined>((resolve) => {
          transactions.request(bye, flow, { onResponse: (each) => each.status >= 200 && resolve(each), onFailure: () => resolve(undefined) });
        });
        if (response === undefined) return false;
        const isProxy = response.status === 407;
        // A trunk that challenges a BYE has not ended the call by it.
        authorization = response.status === 401 || isProxy ? digest?.answer(headersOf(response, isProxy ? 'proxy-authenticate' : 'www-authenticate'), { method: 'BYE', uri: record.target, isProxy }) : undefined;
        if (authorization === undefined || attempt > 0) return response.status < 300 || response.status === 481 || response.status === 408;
      }
    },
    resume: (call, onEvent) => createResumedLeg(core, call, onEvent),
    newCallId: () => tokens.callId(),
    close() {
      isClosed = true;
      clock.stop();
      transactions.close();
      transports.close();
    },
  };
}

/** RFC 3261 20.1: without an Accept, session descriptions are; an empty one accepts nothing. */
function acceptsSdp(request: SipRequest): boolean {
  const values = headersOf(request, 'accept');
  return values.length === 0 || splitAll(values).some((value) => /^(?:application\/(?:sdp|\*)|\*\/\*|multipart\/(?:mixed|\*))\s*(?:;|$)/i.test(value));
}
