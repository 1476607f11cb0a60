/**
 * Runs the four transaction machines: matches messages to them (RFC 3261 17.1.3, 17.2.3), keeps their timers, sends what they say.
 * Refuses to decide: every decision is a machine's or the core's.
 */
import type { Clock, Timer } from '#server/platform/clock/clock.ts';
import type { Via } from '../messages/header-values-codec.ts';
import { cseqOf, fromTagOf, topViaOf, toTagOf } from '../messages/message-parts.ts';
import { headerOf } from '../messages/message.ts';
import type { SipMessage, SipRequest, SipResponse } from '../messages/message.ts';
import { buildCancel, buildFailureAck, buildResponse, stampRequest } from '../messages/outgoing-message.ts';
import type { OutgoingHeaders } from '../messages/outgoing-fields.ts';
import type { OutgoingRequest, OutgoingText, ResponseTemplate } from '../messages/outgoing-message.ts';
import { hostForUri } from '../transport/flow.ts';
import type { Flow } from '../transport/flow.ts';
import { startInviteClient, stepInviteClient } from './invite-client-machine.ts';
import type { InviteClientEvent, InviteClientState, InviteClientStep } from './invite-client-machine.ts';
import { startInviteServer, stepInviteServer } from './invite-server-machine.ts';
import type { InviteServerEvent, InviteServerState, InviteServerStep } from './invite-server-machine.ts';
import { startNonInviteClient, stepNonInviteClient } from './non-invite-client-machine.ts';
import type { NonInviteClientEvent, NonInviteClientState, NonInviteClientStep } from './non-invite-client-machine.ts';
import { startNonInviteServer, stepNonInviteServer } from './non-invite-server-machine.ts';
import type { NonInviteServerEvent, NonInviteServerState, NonInviteServerStep } from './non-invite-server-machine.ts';
import type { TimerValues, TransactionConfig } from './timer-values.ts';
import type { Tokens } from './tokens.ts';

export interface ClientHandlers {
  onResponse(response: SipResponse): void;
  /** No answer in time, or the transport failed; nothing follows. */
  onFailure(why: 'timeout' | 'transport'): void;
}

export interface ClientTransaction {
  readonly request: OutgoingRequest;
  readonly flow: Flow;
  /** RFC 3261 9.1; the caller sees to it that a provisional answer came first. */
  cancel(reason: OutgoingHeaders['reason']): void;
  /** An INVITE that nobody answered yet is not sent again; an answer is still taken. */
  stopRetrying(): void;
  /** Forgets it, timers and all; its handlers hear nothing more. An INVITE that was only ever answered provisionally ends no other way. */
  abandon(): void;
}

export interface ServerTransaction {
  readonly request: SipRequest;
  readonly flow: Flow;
  respond(template: ResponseTemplate): void;
}

export interface TransactionCore {
  /** A new request, ACK excepted. The core must respond. */
  onRequest(transaction: ServerTransaction): void;
  /** An ACK of a 2xx. */
  onAck(ack: SipRequest, flow: Flow): void;
  /** A CANCEL of an INVITE still open; it was already answered with 200. */
  onCancel(invite: ServerTransaction, cancel: SipRequest): void;
  /** A 2xx no transaction awaits: a fork's answer after Timer M, or a stray. */
  onStrayAnswer(response: SipResponse, flow: Flow): void;
}

export interface TransactionCounts {
  retransmitted: number;
  timedOut: number;
  open: number;
}

export interface TransactionLayer {
  request(request: OutgoingRequest, flow: Flow, handlers: ClientHandlers, giveUpMs?: number): ClientTransaction;
  /** A 2xx's ACK is a transaction of its own that no one answers. Returns what repeats it, octet by octet. */
  sendAck(ack: OutgoingRequest, flow: Flow): () => void;
  receive(message: SipMessage, flow: Flow): void;
  flowClosed(flow: Flow): void;
  counts(): TransactionCounts;
  /** Forgets everything and stops every timer. */
  close(): void;
}

interface ClientEntry {
  key: string;
  flow: Flow;
  request: OutgoingRequest;
  text: OutgoingText;
  branch: string;
  handlers: ClientHandlers;
  config: TransactionConfig;
  timers: Map<string, Timer>;
  /** The answer in hand, for 'deliver' and 'send-ack'. */
  response: SipResponse | undefined;
  ackText: OutgoingText | undefined;
  sentBefore: boolean;
  invite: InviteClientState | undefined;
  other: NonInviteClientState | undefined;
}

interface ServerEntry extends ServerTransaction {
  key: string;
  /** Of an INVITE that begins a dialog: see `ways`. */
  way: string | undefined;
  config: TransactionConfig;
  timers: Map<string, Timer>;
  /** The way back, with the port RFC 3261 18.2.2 chooses. */
  back: Flow;
  lastText: OutgoingText | undefined;
  nextText: OutgoingText | undefined;
  ack: SipRequest | undefined;
  invite: InviteServerState | undefined;
  other: NonInviteServerState | undefined;
}

const COOKIE = 'z9hG4bK';

export interface TransactionLayerOptions {
  clock: Clock;
  tokens: Tokens;
  timers: TimerValues;
  core: TransactionCore;
  /** A connection to whoever asked by one that is gone; undefined where none is made. */
  openBack?(flow: Flow, port: number | undefined): Promise<Flow>;
}

export function createTransactionLayer(options: TransactionLayerOptions): TransactionLayer {
  const { clock, tokens, timers, core } = options;
  const clients = new Map<string, ClientEntry>();
  const servers = new Map<string, ServerEntry>();
  /** INVITEs under way by what stays the same whatever way they came. */
  const ways = new Map<string, ServerEntry>();
  const totals = { retransmitted: 0, timedOut: 0 };

  const arm = (entry: { timers: Map<string, Timer> }, timer: string, afterMs: number, fire: () => void): void => {
    entry.timers.get(timer)?.cancel();
    entry.timers.set(timer, clock.after(afterMs, fire));
  };
  const disarm = (entry: { timers: Map<string, Timer> }, timer: string): void => {
    entry.timers.get(timer)?.cancel();
    entry.timers.delete(timer);
  };
  const forget = (entry: { key: string; timers: Map<string, Timer> }, from: Map<string, { timers: Map<string, Timer> }>): void => {
    for (const timer of entry.timers.values()) timer.cancel();
    entry.timers.clear();
    if (from.get(entry.key) === entry) from.delete(entry.key);
  };

  // --- clients ---

  const feedClient = (entry: ClientEntry, event: InviteClientEvent | NonInviteClientEvent): void => {
    if (entry.invite !== undefined) runClient(entry, stepInviteClient(entry.invite, event as InviteClientEvent, entry.config));
    else if (entry.other !== undefined) runClient(entry, stepNonInviteClient(entry.other, event as NonInviteClientEvent, entry.config));
  };

  const runClient = (entry: ClientEntry, step: InviteClientStep | NonInviteClientStep): void => {
    if (entry.invite !== undefined) entry.invite = step.state as InviteClientState;
    else entry.other = step.state as NonInviteClientState;
    for (const effect of step.effects) {
      switch (effect.type) {
        case 'send-request':
          if (entry.sentBefore) totals.retransmitted++;
          entry.sentBefore = true;
          entry.flow.send(entry.text, () => feedClient(entry, { type: 'transport-error' }));
          break;
        case 'send-ack':
          entry.ackText ??= stampRequest(buildFailureAck(entry.request, headerOf(entry.response!, 'to') ?? ''), viaOf(entry.flow, entry.branch));
          entry.flow.send(entry.ackText, () => feedClient(entry, { type: 'transport-error' }));
          break;
        case 'arm': {
          const { timer } = effect;
          arm(entry, timer, effect.afterMs, () => feedClient(entry, { type: 'timer', timer }));
          break;
        }
        case 'disarm':
          disarm(entry, effect.timer);
          break;
        case 'deliver':
          entry.handlers.onResponse(entry.response!);
          break;
        case 'timed-out':
          totals.timedOut++;
          entry.handlers.onFailure('timeout');
          break;
        case 'transport-failed':
          entry.handlers.onFailure('transport');
          break;
        case 'terminated':
          forget(entry, clients);
          break;
      }
    }
  };

  const request = (outgoing: OutgoingRequest, flow: Flow, handlers: ClientHandlers, giveUpMs?: number, sameBranch?: string): ClientTransaction => {
    const branch = sameBranch ?? tokens.branch();
    const config: TransactionConfig = { ...timers, isReliable: flow.isReliable, giveUpMs };
    const isInvite = outgoing.method === 'INVITE';
    const start = isInvite ? startInviteClient(config) : startNonInviteClient(config);
    const entry: ClientEntry = {
      key: `${branch} ${outgoing.method}`, flow, request: outgoing, text: stampRequest(outgoing, viaOf(flow, branch)), branch, handlers, config,
      timers: new Map(), response: undefined, ackText: undefined, sentBefore: false,
      invite: isInvite ? (start.state as InviteClientState) : undefined,
      other: isInvite ? undefined : (start.state as NonInviteClientState),
    };
    clients.set(entry.key, entry);
    runClient(entry, start);
    return {
      request: outgoing,
      flow,
      cancel(reason) {
        // The CANCEL's own outcome changes nothing: the INVITE's final answer does, and its absence is the leg's to time.
        request(buildCancel(outgoing, reason), flow, { onResponse: () => {}, onFailure: () => {} }, undefined, branch);
      },
      stopRetrying() {
        if (entry.invite !== undefined) feedClient(entry, { type: 'stop-retrying' });
      },
      abandon: () => forget(entry, clients),
    };
  };

  const receiveResponse = (response: SipResponse, flow: Flow): void => {
    const via = topViaOf(response);
    const cseq = cseqOf(response);
    if (via === undefined || cseq === undefined) return;
    const entry = clients.get(`${via.branch ?? ''} ${cseq.method}`);
    if (entry === undefined) {
      if (cseq.method === 'INVITE' && response.status >= 200 && response.status < 300) core.onStrayAnswer(response, flow);
      return;
    }
    entry.response = response;
    feedClient(entry, { type: 'response', status: response.status });
  };

  // --- servers ---

  const feedServer = (entry: ServerEntry, event: InviteServerEvent | NonInviteServerEvent): void => {
    if (entry.invite !== undefined) runServer(entry, stepInviteServer(entry.invite, event as InviteServerEvent, entry.config));
    else if (entry.other !== undefined && event.type !== 'ack') runServer(entry, stepNonInviteServer(entry.other, event as NonInviteServerEvent, entry.config));
  };

  const runServer = (entry: ServerEntry, step: InviteServerStep | NonInviteServerStep): void => {
    if (entry.invite !== undefined) entry.invite = step.state as InviteServerState;
    else entry.other = step.state as NonInviteServerState;
    for (const effect of step.effects) {
      switch (effect.type) {
        case 'send-response':
          entry.lastText = entry.nextText;
          sendBack(entry, entry.lastText!);
          break;
        case 'resend-response':
          totals.retransmitted++;
          if (entry.lastText !== undefined) entry.back.send(entry.lastText, () => feedServer(entry, { type: 'transport-error' }));
          break;
        case 'send-trying':
          entry.lastText = buildResponse(entry.request, entry.flow.remote, { status: 100, toTag: undefined });
          entry.back.send(entry.lastText, () => feedServer(entry, { type: 'transport-error' }));
          break;
        case 'arm': {
          const { timer } = effect;
          arm(entry, timer, effect.afterMs, () => feedServer(entry, { type: 'timer', timer }));
          break;
        }
        case 'disarm':
          disarm(entry, effect.timer);
          break;
        case 'deliver-ack':
          if (entry.ack !== undefined) core.onAck(entry.ack, entry.flow);
          break;
        case 'timed-out':
          totals.timedOut++;
          break;
        case 'transport-failed':
          // The peer's own timers end its side; ours ends with the leg's.
          break;
        case 'terminated':
          forget(entry, servers);
          if (entry.way !== undefined && ways.get(entry.way) === entry) ways.delete(entry.way);
          break;
      }
    }
  };

  const sendBack = (entry: ServerEntry, text: OutgoingText): void => {
    const fail = (): void => feedServer(entry, { type: 'transport-error' });
    entry.back.send(text, () => {
      if (!entry.back.isReliable || entry.back !== entry.flow || options.openBack === undefined) return fail();
      // RFC 3261 18.2.2: the connection is gone, so another is made to where the request says that it came from. Once: `back` is then no longer `flow`.
      options.openBack(entry.flow, topViaOf(entry.request)?.port).then((flow) => {
        entry.back = flow;
        flow.send(text, fail);
      }, fail);
      return undefined;
    });
  };

  const receiveRequest = (received: SipRequest, flow: Flow): void => {
    const via = topViaOf(received);
    if (via === undefined) return;
    const key = serverKey(received, via, received.method === 'ACK' ? 'INVITE' : received.method);
    const existing = servers.get(key);
    if (received.method === 'ACK') {
      if (existing === undefined) core.onAck(received, flow);
      else {
        existing.ack = received;
        feedServer(existing, { type: 'ack' });
      }
      return;
    }
    if (existing !== undefined) {
      feedServer(existing, { type: 'request' });
      return;
    }
    const isInvite = received.method === 'INVITE';
    const way = isInvite && toTagOf(received) === undefined ? `${headerOf(received, 'call-id')} ${fromTagOf(received)} ${cseqOf(received)?.number}` : undefined;
    const start = isInvite ? startInviteServer() : startNonInviteServer();
    const entry: ServerEntry = {
      key, way, request: received, flow, config: { ...timers, isReliable: flow.isReliable }, timers: new Map(),
      back: flow.isReliable || via.hasRport ? flow : flow.towards(via.port ?? 5060),
      lastText: undefined, nextText: undefined, ack: undefined,
      invite: isInvite ? (start.state as InviteServerState) : undefined,
      other: isInvite ? undefined : (start.state as NonInviteServerState),
      respond(template) {
        entry.nextText = buildResponse(received, flow.remote, template);
        feedServer(entry, { type: 'respond', status: template.status });
      },
    };
    servers.set(key, entry);
    runServer(entry, start);
    if (received.method === 'CANCEL') {
      const invite = servers.get(serverKey(received, via, 'INVITE'));
      // RFC 3261 9.2: 481 for what is not there, 200 for what is, even if it is answered already.
      entry.respond({ status: invite === undefined ? 481 : 200, toTag: tokens.tag() });
      if (invite?.invite?.name === 'proceeding') core.onCancel(invite, received);
      return;
    }
    // RFC 3261 8.2.2.2: the same call by another way, forked before it reached us. One of the two is answered.
    if (way !== undefined && ways.has(way)) return entry.respond({ status: 482, toTag: tokens.tag() });
    if (way !== undefined) ways.set(way, entry);
    core.onRequest(entry);
  };

  return {
    request: (outgoing, flow, handlers, giveUpMs) => request(outgoing, flow, handlers, giveUpMs),
    sendAck(ack, flow) {
      const text = stampRequest(ack, viaOf(flow, tokens.branch()));
      const send = (): void => flow.send(text, () => {});
      send();
      return send;
    },
    receive(message, flow) {
      if (message.kind === 'request') receiveRequest(message, flow);
      else receiveResponse(message, flow);
    },
    flowClosed(flow) {
      // Answers that were due on this connection can no longer come (RFC 3261 18.4).
      for (const entry of clients.values()) if (entry.flow === flow) feedClient(entry, { type: 'transport-error' });
    },
    counts: () => ({ ...totals, open: clients.size + servers.size }),
    close() {
      for (const entry of clients.values()) forget(entry, clients);
      for (const entry of servers.values()) forget(entry, servers);
      ways.clear();
    },
  };
}

function viaOf(flow: Flow, branch: string): { transport: string; sentBy: string; branch: string } {
  return { transport: flow.transport.toUpperCase(), sentBy: `${hostForUri(flow.local.host)}:${flow.local.port}`, branch };
}

/** RFC 3261 17.2.3; without the cookie, RFC 2543's way: everything that an ACK or a CANCEL repeats of its INVITE. */
function serverKey(request: SipRequest, via: Via, method: string): string {
  // The cookie alone makes no branch (RFC 4475 3.2.1).
  if (via.branch !== undefined && via.branch.length > COOKIE.length && via.branch.startsWith(COOKIE)) return `${via.branch} ${via.host.toLowerCase()}:${via.port ?? ''} ${method}`;
  const number = cseqOf(request)?.number ?? '';
  return `2543 ${headerOf(request, 'call-id')} ${headerOf(request, 'from')} ${number} ${request.uri} ${headerOf(request, 'via')} ${method}`;
}
