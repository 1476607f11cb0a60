/** A leg we call: the INVITE with its challenges and intervals, its forks, its CANCEL, until a session stands or the leg is over. */
import type { Timer } from '#server/platform/clock/clock.ts';
import { addressRequest, countRequest, dialogKey, openAsCaller } from '../dialogs/dialog-machine.ts';
import type { DialogState } from '../dialogs/dialog-machine.ts';
import { stepUac, UAC_START } from '../dialogs/invite-uac-machine.ts';
import type { UacEffect, UacEvent, UacOutcome } from '../dialogs/invite-uac-machine.ts';
import { startSession } from '../dialogs/session-machine.ts';
import { LONGEST_SESSION_SEC, parseSessionExpires, readSessionTimer } from '../dialogs/session-timer-policy.ts';
import { parseSeconds } from '../messages/header-values-codec.ts';
import { toTagOf } from '../messages/message-parts.ts';
import { headerOf, headersOf } from '../messages/message.ts';
import type { SipMessage, SipResponse } from '../messages/message.ts';
import { buildRequest } from '../messages/outgoing-message.ts';
import type { OutgoingAddress, OutgoingHeaders } from '../messages/outgoing-fields.ts';
import type { OutgoingRequest } from '../messages/outgoing-message.ts';
import type { ClientTransaction, ServerTransaction } from '../transactions/transaction-layer.ts';
import type { Flow } from '../transport/flow.ts';
import type { Target } from '../transport/transport-layer.ts';
import { contactUri, flowForSize, withFlowTowards, hasOption, reasonIn, sdpIn, SUPPORTED } from './agent-core.ts';
import type { AgentCore } from './agent-core.ts';
import { createDialogSession } from './dialog-session.ts';
import type { DialogSession } from './dialog-session.ts';
import { createDigestClient, isStale } from './digest.ts';
import type { Credentials, DigestClient } from './digest.ts';
import type { LegEndKind, SipLeg, SipLegEvent } from './leg.ts';

export interface OutgoingCall {
  target: Target;
  requestUri: string;
  from: Omit<OutgoingAddress, 'tag'>;
  to: Omit<OutgoingAddress, 'tag'>;
  identity?: Pick<OutgoingHeaders, 'assertedIdentity' | 'preferredIdentity' | 'privacy'>;
  /** Routes set before any dialog: an outbound proxy. */
  routes?: readonly string[];
  offer: string;
  ringTimeoutMs: number;
  credentials?: Credentials | undefined;
  /** How long the target may keep entirely silent. */
  giveUpMs?: number | undefined;
  /** A new one where undefined. */
  callId?: string | undefined;
  /** The caller's own word for this call: whoever comes after a kill may go on with it by that. */
  label?: string | undefined;
  /** Any answer came, 100 included: someone is there. */
  onHeard?(): void;
}

/** RFC 3261 16.6's Timer C is a proxy's; ours is how long we wait for the end of what we cancelled: 64*T1. */
const GUARD_T1S = 64;
/** 401, 407 and 422 each ask for another INVITE; more than this is a peer that never has enough. */
const MOST_ATTEMPTS = 4;

interface Answered {
  dialog: DialogState;
  repeatAck: (() => void) | undefined;
}

export function createOutgoingLeg(core: AgentCore, call: OutgoingCall, emit: (event: SipLegEvent) => void): SipLeg {
  const callId = call.callId ?? core.tokens.callId();
  const localTag = core.tokens.tag();
  const digest: DigestClient | undefined = call.credentials === undefined ? undefined : createDigestClient(call.credentials, core.tokens);
  const answered = new Map<string, Answered>();
  /** Early dialogs by tag, for PRACK: their numbers go on in the session. */
  const early = new Map<string, { dialog: DialogState; lastRSeq: number }>();
  const timers = new Map<'ring' | 'guard', Timer>();
  let state = UAC_START;
  let cseq = 0;
  let attempts = 0;
  let sessionSec = core.sessionTimer.intervalSec;
  let minSec = core.sessionTimer.minSec;
  let authorization: OutgoingHeaders['authorization'];
  let transaction: ClientTransaction | undefined;
  let invite: OutgoingRequest | undefined;
  let lastMessage: SipMessage | undefined;
  let session: DialogSession | undefined;

  const feed = (event: UacEvent): void => {
    const step = stepUac(state, event);
    state = step.state;
    for (const effect of step.effects) run(effect);
    // RFC 3261 9.1: cancelled, and no final answer in 64*T1: the transaction is given up with it.
    if (event.type === 'guard' && state.phase === 'ended') transaction?.abandon();
  };

  const run = (effect: UacEffect): void => {
    switch (effect.type) {
      case 'cancel':
        transaction?.cancel(undefined);
        break;
      case 'stop-retrying':
        transaction?.stopRetrying();
        break;
      case 'tell-progress':
        emit({ type: 'progress', status: effect.status, sdp: effect.answer });
        break;
      case 'establish':
        establish(effect.tag, effect.answer);
        break;
      case 'ack-and-bye':
        acknowledge(effect.tag);
        endFork(effect.tag);
        break;
      case 'repeat-ack':
        answered.get(effect.tag)?.repeatAck?.();
        break;
      case 'arm':
        timers.set('guard', core.clock.after(GUARD_T1S * core.timers.t1Ms, () => feed({ type: 'guard' })));
        break;
      case 'disarm':
        timers.get(effect.timer)?.cancel();
        timers.delete(effect.timer);
        break;
      case 'ended':
        forgetEarly();
        emitEnd(effect.outcome);
        break;
    }
  };

  const emitEnd = (outcome: UacOutcome): void => {
    const reason = lastMessage === undefined ? { q850: undefined, reasonStatus: undefined, reasonText: undefined } : reasonIn(lastMessage);
    switch (outcome.kind) {
      case 'refused':
        return emit({ type: 'ended', end: { by: 'peer', kind: 'refused', status: outcome.status, ...reason } });
      case 'failed': {
        const kind: LegEndKind = outcome.why === 'timeout' ? 'no-response' : 'unreachable';
        return emit({ type: 'ended', end: { by: 'network', kind, status: undefined, q850: undefined, reasonStatus: undefined, reasonText: undefined } });
      }
      case 'gave-up':
        return emit({ type: 'ended', end: { by: 'us', kind: outcome.cause, status: undefined, q850: undefined, reasonStatus: undefined, reasonText: undefined } });
    }
  };

  const buildInvite = (flow: Flow): OutgoingRequest =>
    buildRequest({
      method: 'INVITE', uri: call.requestUri, routes: call.routes ?? [], from: { ...call.from, tag: localTag }, to: call.to, callId, cseq,
      contact: contactUri(flow), allow: true, supported: SUPPORTED, accept: 'application/sdp',
      sessionExpires: { seconds: sessionSec, refresher: undefined }, minSe: minSec, ...call.identity, authorization,
      body: { type: 'application/sdp', text: call.offer },
    });

  const sendInvite = (flow: Flow): void => {
    cseq++;
    attempts++;
    const request = buildInvite(flow);
    invite = request;
    transaction = core.transactions.request(
      request, flow,
      {
        onResponse: (response) => onResponse(response, flow, request),
        onFailure: (why) => feed({ type: 'failed', why }),
      },
      call.giveUpMs,
    );
  };

  const onResponse = (response: SipResponse, flow: Flow, request: OutgoingRequest): void => {
    lastMessage = response;
    call.onHeard?.();
    const tag = toTagOf(response);
    if (response.status < 200 && tag !== undefined && hasOption(response, 'require', '100rel') && !acknowledgeProgress(response, tag, request, flow)) return undefined;
    if (response.status < 200) return feed({ type: 'provisional', status: response.status, tag, answer: sdpIn(response) });
    if (response.status < 300) {
      const known = tag === undefined ? undefined : answered.get(tag);
      if (tag !== undefined && known === undefined) {
        const dialog = openAsCaller({ callId, localTag, local: call.from, cseq: request.template.cseq, requestUri: call.requestUri }, response);
        const begun = early.get(tag)?.dialog.localCSeq;
        if (dialog !== undefined) answered.set(tag, { dialog: begun === undefined ? dialog : { ...dialog, localCSeq: begun }, repeatAck: undefined });
      }
      // A 2xx without a tag makes no dialog, so it can neither be acknowledged nor ended: it counts as a refusal.
      return tag === undefined ? feed({ type: 'refused', status: 500 }) : feed({ type: 'answered', tag, answer: sdpIn(response) });
    }
    if (state.phase !== 'cancel-wanted' && state.phase !== 'cancelling' && attempts < MOST_ATTEMPTS && canRetry(response, request)) return sendInvite(flow);
    return feed({ type: 'refused', status: response.status });
  };

  /** Whether another INVITE on the same flow (RFC 3261 22.2, RFC 4028 7.4) may do better, and prepares it. */
  const canRetry = (response: SipResponse, request: OutgoingRequest): boolean => {
    if (response.status === 401 || response.status === 407) {
      const isProxy = response.status === 407;
      const challenges = headersOf(response, isProxy ? 'proxy-authenticate' : 'www-authenticate');
      // The same credentials again can only help where the nonce was stale.
      if (request.template.authorization?.isProxy === isProxy && !isStale(challenges)) return false;
      authorization = digest?.answer(challenges, { method: 'INVITE', uri: request.uri, isProxy });
      return authorization !== undefined;
    }
    if (response.status === 422) {
      const asked = parseSeconds(headerOf(response, 'min-se') ?? '');
      if (asked === undefined || asked <= minSec || asked > LONGEST_SESSION_SEC) return false;
      minSec = asked;
      sessionSec = Math.max(sessionSec, asked);
      return true;
    }
    return false;
  };

  /** RFC 3262 4: a PRACK for each new reliable answer, in order; false for one that is a repeat or out of order, which is not to be looked at. */
  const acknowledgeProgress = (response: SipResponse, tag: string, request: OutgoingRequest, flow: Flow): boolean => {
    const rSeq = parseSeconds(headerOf(response, 'rseq') ?? '');
    if (rSeq === undefined) return true;
    const known = early.get(tag);
    if (known !== undefined && rSeq !== known.lastRSeq + 1) return false;
    const opened = known?.dialog ?? openAsCaller({ callId, localTag, local: call.from, cseq: request.template.cseq, requestUri: call.requestUri }, response);
    if (opened === undefined) return true;
    const counted = countRequest(opened);
    early.set(tag, { dialog: counted.state, lastRSeq: rSeq });
    core.dialogs.set(dialogKey(callId, localTag, tag), { onRequest: (inner) => answerEarly(inner), onAck: () => {} });
    const { uri, routes, nextHop } = addressRequest(counted.state);
    withFlowTowards(core, nextHop, flow, (chosen) => {
      const prack = buildRequest({
        method: 'PRACK', uri, routes, from: { ...call.from, tag: localTag }, to: { remoteValue: counted.state.remoteValue }, callId, cseq: counted.cseq,
        rAck: { rSeq, cseq: request.template.cseq, method: 'INVITE' }, authorization: digest?.anticipate({ method: 'PRACK', uri }),
      });
      core.transactions.request(prack, chosen, { onResponse: () => {}, onFailure: () => {} });
    });
    return true;
  };

  /** The peer may speak inside an early dialog (RFC 3311 5.1): its UPDATE without an offer is taken, one with an offer is asked to wait for the answer. */
  const answerEarly = (inner: ServerTransaction): void => {
    const { method, body } = inner.request;
    if (method === 'UPDATE' && body !== '') return inner.respond({ status: 500, toTag: undefined, retryAfterSec: 1 + core.tokens.integer(10) });
    const isTaken = method === 'UPDATE' || method === 'OPTIONS' || method === 'INFO';
    return inner.respond({ status: isTaken ? 200 : 481, toTag: undefined, contact: method === 'UPDATE' ? contactUri(inner.flow) : undefined, allow: true, supported: SUPPORTED });
  };

  /** Early dialogs end with the INVITE's final answer, all but the one that stands (RFC 3261 12.3). */
  const forgetEarly = (): void => {
    for (const tag of early.keys()) core.dialogs.delete(dialogKey(callId, localTag, tag));
  };

  const acknowledge = (tag: string): void => {
    const fork = answered.get(tag);
    if (fork === undefined || invite === undefined || transaction === undefined) return;
    const { uri, routes, nextHop } = addressRequest(fork.dialog);
    const ack = buildRequest({
      method: 'ACK', uri, routes, from: { ...call.from, tag: localTag }, to: { remoteValue: fork.dialog.remoteValue }, callId,
      cseq: invite.template.cseq, authorization: invite.template.authorization,
    });
    const current = transaction.flow;
    withFlowTowards(core, nextHop, current, (flow) => {
      fork.repeatAck = core.transactions.sendAck(ack, flow);
    });
  };

  const endFork = (tag: string): void => {
    const fork = answered.get(tag);
    if (fork === undefined || transaction === undefined) return;
    const counted = countRequest(fork.dialog);
    const { uri, routes, nextHop } = addressRequest(fork.dialog);
    const current = transaction.flow;
    withFlowTowards(core, nextHop, current, (flow) => {
      const bye = buildRequest({ method: 'BYE', uri, routes, from: { ...call.from, tag: localTag }, to: { remoteValue: fork.dialog.remoteValue }, callId, cseq: counted.cseq, authorization: digest?.anticipate({ method: 'BYE', uri }) });
      core.transactions.request(bye, flow, { onResponse: () => {}, onFailure: () => {} });
    });
  };

  const establish = (tag: string, answer: string): void => {
    const fork = answered.get(tag);
    if (fork === undefined || transaction === undefined || lastMessage?.kind !== 'response') return;
    forgetEarly();
    acknowledge(tag);
    const expires = headerOf(lastMessage, 'session-expires');
    session = createDialogSession({
      core, dialog: fork.dialog, flow: transaction.flow, digest, emit, label: call.label,
      session: startSession({ isCaller: true, theirs: 'idle', localSdp: call.offer, remoteSdp: answer, peerAllowsUpdate: hasOption(lastMessage, 'allow', 'update') }),
      timer: readSessionTimer(expires === undefined ? undefined : parseSessionExpires(expires), { intervalSec: sessionSec, minSec }),
    });
    emit({ type: 'answered', sdp: answer });
  };

  timers.set('ring', core.clock.after(call.ringTimeoutMs, () => feed({ type: 'ring-timeout' })));
  const openFlow = async (): Promise<Flow> => {
    const flow = await core.transports.open(call.target);
    if (flow.isReliable) return flow;
    const measured = buildInvite(flow);
    return flowForSize(core, call.target, flow, measured.startLine.length + measured.rest.length);
  };
  openFlow().then(
    (flow) => {
      // Given up while the connection was being made: nothing has left, so nothing is to be cancelled.
      if (state.phase === 'calling') sendInvite(flow);
      else feed({ type: 'failed', why: 'transport' });
    },
    () => feed({ type: 'failed', why: 'transport' }),
  );

  return {
    reoffer: (sdp) => session?.feed({ type: 'reoffer', offer: sdp }),
    info: (contentType, body, onOver) => (session === undefined ? onOver?.(undefined) : session.info(contentType, body, onOver)),
    hangUp(kind = 'hung-up') {
      if (session === undefined) feed({ type: 'hang-up', cause: kind === 'hung-up' ? 'cancelled' : kind });
      else session.feed({ type: 'hang-up', cause: kind === 'cancelled' ? 'hung-up' : kind });
    },
  };
}
