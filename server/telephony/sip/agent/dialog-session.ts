/**
 * Runs one established call: its dialog, its session machine, their timers and messages. Owns the 2xx that await an ACK.
 * Refuses to decide what may be said when: the machines do.
 */
import type { Timer } from '#server/platform/clock/clock.ts';
import { startAnswerRepeat, stepAnswerRepeat } from '../dialogs/answer-repeat-machine.ts';
import type { AnswerRepeatStep } from '../dialogs/answer-repeat-machine.ts';
import { addressRequest, countRequest, dialogKey, takeAnswer, takeRequest } from '../dialogs/dialog-machine.ts';
import type { DialogState } from '../dialogs/dialog-machine.ts';
import { stepSession } from '../dialogs/session-machine.ts';
import type { SessionEffect, SessionEvent, SessionState } from '../dialogs/session-machine.ts';
import { answerSessionTimer, LONGEST_SESSION_SEC, parseSessionExpires, readSessionTimer } from '../dialogs/session-timer-policy.ts';
import type { SessionExpires, SessionTimer } from '../dialogs/session-timer-policy.ts';
import { parseSeconds } from '../messages/header-values-codec.ts';
import { headerOf, headersOf } from '../messages/message.ts';
import type { SipMessage, SipRequest, SipResponse } from '../messages/message.ts';
import { buildRequest } from '../messages/outgoing-message.ts';
import type { OutgoingHeaders } from '../messages/outgoing-fields.ts';
import type { OutgoingRequest, RequestTemplate } from '../messages/outgoing-message.ts';
import { wireToText } from '../messages/wire-text.ts';
import type { ClientTransaction, ServerTransaction } from '../transactions/transaction-layer.ts';
import type { Flow } from '../transport/flow.ts';
import { contactUri, withFlowTowards, hasOption, reasonIn, sdpIn, SUPPORTED } from './agent-core.ts';
import type { AgentCore } from './agent-core.ts';
import type { DigestClient } from './digest.ts';
import type { SipLegEvent } from './leg.ts';

/** One re-INVITE of ours. Its 2xx is repeated until our ACK arrives, which may be after the next re-INVITE has left. */
interface Reinvite {
  request: OutgoingRequest;
  transaction: ClientTransaction;
  patience: Timer;
  isAnswered: boolean;
}

/** How long a re-INVITE may stay at 1xx. No person is asked for it, so no person's time is needed. */
const PATIENCE_MS = 60_000;

export interface DialogSession {
  feed(event: SessionEvent): void;
  info(contentType: 'application/dtmf-relay', body: string, onOver?: (status: number | undefined) => void): void;
  /** Repeats `answer` (a 2xx to an INVITE) until the ACK comes. */
  awaitAck(answer: () => void): void;
}

export interface DialogSessionOptions {
  core: AgentCore;
  dialog: DialogState;
  session: SessionState;
  flow: Flow;
  digest: DigestClient | undefined;
  timer: SessionTimer;
  /** For the journal; see DialogRecord. */
  label?: string | undefined;
  emit(event: SipLegEvent): void;
}

export function createDialogSession(options: DialogSessionOptions): DialogSession {
  const { core, digest } = options;
  let { dialog, session, flow } = options;
  const key = dialogKey(dialog.callId, dialog.localTag, dialog.remoteTag);
  const timers = new Map<string, Timer>();
  /** Their INVITE or UPDATE that awaits our final answer, and the one being looked at now. */
  let inHand: ServerTransaction | undefined;
  let newcomer: ServerTransaction | undefined;
  let reinvite: Reinvite | undefined;
  let repeatTimer: Timer | undefined;
  let endMessage: SipMessage | undefined;
  let isConfirmed = session.theirs === 'idle';
  /** The shortest session interval that both bear. */
  let floorSec = core.sessionTimer.minSec;

  let writtenTarget = '';
  /** At the start, and again where the peer moved: a dialog is gone on with where it is, not where it was. */
  const writeDown = (): void => {
    if (core.journal === undefined || dialog.remoteTarget === writtenTarget) return;
    writtenTarget = dialog.remoteTarget;
    core.journal.opened({
      callId: dialog.callId, localTag: dialog.localTag, remoteTag: dialog.remoteTag, target: withoutUser(dialog.remoteTarget), routes: dialog.routes, cseq: dialog.localCSeq,
      transport: flow.transport, address: flow.remote.address, port: flow.remote.port, label: options.label,
      secret: options.label === undefined ? undefined : { target: dialog.remoteTarget, remoteValue: dialog.remoteValue, local: dialog.local, isCaller: session.isCaller, peerAllowsUpdate: session.peerAllowsUpdate, timer: session.timer ?? options.timer },
    });
  };

  const feed = (event: SessionEvent): void => {
    const step = stepSession(session, event);
    session = step.state;
    for (const effect of step.effects) run(effect);
  };

  const run = (effect: SessionEffect): void => {
    switch (effect.type) {
      case 'send-reinvite':
        sendReinvite(effect.offer);
        break;
      case 'ack-reinvite':
        if (reinvite !== undefined) sendAck(reinvite.request);
        break;
      case 'send-update':
        send('UPDATE', { ...refreshHeaders(), supported: SUPPORTED, allow: true }, undefined, {
          onAnswer(response) {
            if (response.status < 300) readTimer(response);
            feed({ type: 'update-answered', status: response.status });
          },
          onFailure: () => feed({ type: 'update-answered', status: 408 }),
        });
        break;
      case 'answer-peer':
        if (inHand !== undefined) answerPeer(inHand, effect.status, effect.sdp, effect.retryAfterMaxSec);
        inHand = undefined;
        break;
      case 'refuse-newcomer':
        newcomer?.respond({ status: effect.status, toTag: undefined, retryAfterSec: effect.retryAfterMaxSec === undefined ? undefined : core.tokens.integer(effect.retryAfterMaxSec + 1) });
        break;
      case 'tell-offered': {
        inHand = newcomer;
        if (newcomer?.request.method === 'INVITE') core.cancels.set(newcomer, () => feed({ type: 'peer-cancelled' }));
        let isDecided = false;
        const decide = (event: SessionEvent): void => {
          if (isDecided) return;
          isDecided = true;
          feed(event);
        };
        options.emit({ type: 'offered', offer: effect.offer, answer: (sdp) => decide({ type: 'user-answered', answer: sdp }), reject: () => decide({ type: 'user-rejected' }) });
        break;
      }
      case 'tell-reanswered':
        options.emit({ type: 'reanswered', sdp: effect.answer });
        break;
      case 'tell-refused':
        options.emit({ type: 'reoffer-refused', status: effect.status });
        break;
      case 'send-bye':
        repeatTimer?.cancel();
        send('BYE', {}, undefined, { onAnswer: () => feed({ type: 'bye-answered' }), onFailure: () => feed({ type: 'bye-answered' }) });
        break;
      case 'arm': {
        const { timer } = effect;
        timers.get(timer)?.cancel();
        // RFC 3261 14.1: in units of 10 ms.
        const spread = Math.max(0, Math.floor((effect.toMs - effect.fromMs) / 10));
        const afterMs = effect.fromMs + (spread === 0 ? 0 : core.tokens.integer(spread + 1) * 10);
        timers.set(timer, core.clock.after(afterMs, () => feed({ type: timer === 'glare' ? 'glare-over' : timer === 'refresh' ? 'refresh-due' : 'expired' })));
        break;
      }
      case 'disarm':
        timers.get(effect.timer)?.cancel();
        timers.delete(effect.timer);
        break;
      case 'ended': {
        const reason = endMessage === undefined ? { q850: undefined, reasonStatus: undefined, reasonText: undefined } : reasonIn(endMessage);
        options.emit({ type: 'ended', end: { by: effect.by, kind: effect.cause, status: undefined, ...reason } });
        break;
      }
      case 'finished':
        repeatTimer?.cancel();
        // A re-INVITE still unanswered has nobody left to answer it.
        reinvite?.patience.cancel();
        reinvite?.transaction?.abandon();
        core.dialogs.delete(key);
        core.journal?.closed(dialog);
        break;
    }
  };

  const template = (method: string, cseq: number, headers: OutgoingHeaders, body: RequestTemplate['body']): { template: RequestTemplate; nextHop: string } => {
    const { uri, routes, nextHop } = addressRequest(dialog);
    return {
      template: { method, uri, routes, from: { ...dialog.local, tag: dialog.localTag }, to: { remoteValue: dialog.remoteValue }, callId: dialog.callId, cseq, body, ...headers },
      nextHop,
    };
  };

  /** Sends a request of this dialog, answering one challenge. */
  const send = (
    method: string,
    headers: OutgoingHeaders,
    body: RequestTemplate['body'],
    on: { onAnswer(response: SipResponse): void; onFailure(): void; onSent?(request: OutgoingRequest, transaction: ClientTransaction): void },
    tried: { challenge?: true; interval?: true } = {},
  ): void => {
    const counted = countRequest(dialog);
    dialog = counted.state;
    const made = template(method, counted.cseq, headers, body);
    const contact = method === 'INVITE' || method === 'UPDATE';
    withFlowTowards(core, made.nextHop, flow, (chosen) => {
      flow = chosen;
      const authorization = headers.authorization ?? digest?.anticipate({ method, uri: made.template.uri });
      const request = buildRequest({ ...made.template, authorization, contact: contact ? contactUri(chosen) : undefined });
      if (session.phase === 'ended') return;
      const begun = core.transactions.request(request, chosen, {
        onResponse(response) {
          if (response.status < 200) return;
          if (response.status === 401 || response.status === 407) {
            const isProxy = response.status === 407;
            const answer = tried.challenge ? undefined : digest?.answer(headersOf(response, isProxy ? 'proxy-authenticate' : 'www-authenticate'), { method, uri: request.uri, isProxy });
            if (answer !== undefined) return send(method, { ...headers, authorization: answer }, body, on, { ...tried, challenge: true });
          }
          // RFC 4028 7.4: the peer bears no interval so short; asked again for the one it named.
          if (response.status === 422 && tried.interval !== true && raiseFloor(response)) return send(method, { ...headers, ...refreshHeaders() }, body, on, { ...tried, interval: true });
          if (contact && response.status < 300) {
            dialog = takeAnswer(dialog, response);
            writeDown();
          }
          on.onAnswer(response);
        },
        onFailure: () => on.onFailure(),
      });
      on.onSent?.(request, begun);
    });
  };

  const sendReinvite = (offer: string): void => {
    let own: Reinvite | undefined;
    send('INVITE', { ...refreshHeaders(), supported: SUPPORTED, allow: true }, { type: 'application/sdp', text: offer }, {
      onSent(request, transaction) {
        reinvite?.patience.cancel();
        own = { request, transaction, patience: core.clock.after(PATIENCE_MS, () => giveUpReinvite(transaction)), isAnswered: false };
        reinvite = own;
      },
      onAnswer(response) {
        // A 2xx that is repeated is this re-INVITE's, and tells nothing of one that followed it.
        if (own?.isAnswered === true) return sendAck(own.request);
        if (own !== undefined) own.isAnswered = true;
        own?.patience.cancel();
        if (response.status < 300) readTimer(response);
        const retryAfter = headerOf(response, 'retry-after');
        feed({ type: 'reoffer-answered', status: response.status, answer: sdpIn(response), retryAfterSec: retryAfter === undefined ? undefined : parseSeconds(retryAfter) });
      },
      onFailure() {
        own?.patience.cancel();
        feed({ type: 'reoffer-failed' });
      },
    });
  };

  /** RFC 3261 gives an INVITE that was answered provisionally no time limit, so the peer's silence needs one of ours: CANCEL, then the end. */
  const giveUpReinvite = (transaction: ClientTransaction): void => {
    transaction.cancel(undefined);
    if (reinvite === undefined) return;
    reinvite.patience = core.clock.after(64 * core.timers.t1Ms, () => {
      transaction.abandon();
      feed({ type: 'reoffer-failed' });
    });
  };

  const sendAck = (invite: OutgoingRequest): void => {
    const made = template('ACK', invite.template.cseq, { authorization: invite.template.authorization }, undefined);
    withFlowTowards(core, made.nextHop, flow, (chosen) => core.transactions.sendAck(buildRequest(made.template), chosen));
  };

  const answerPeer = (transaction: ServerTransaction, status: number, sdp: string | undefined, retryAfterMaxSec: number | undefined): void => {
    const isSuccess = status < 300;
    const timerHeaders = isSuccess ? agreeTimer(transaction.request) : {};
    const respond = (): void =>
      transaction.respond({
        status, toTag: undefined, ...timerHeaders,
        contact: isSuccess ? contactUri(transaction.flow) : undefined,
        allow: isSuccess ? true : undefined,
        supported: isSuccess ? SUPPORTED : undefined,
        body: sdp === undefined ? undefined : { type: 'application/sdp', text: sdp },
        retryAfterSec: retryAfterMaxSec === undefined ? undefined : core.tokens.integer(retryAfterMaxSec + 1),
      });
    respond();
    if (isSuccess && transaction.request.method === 'INVITE') awaitAck(respond);
  };

  const awaitAck = (answer: () => void): void => {
    repeatTimer?.cancel();
    const wait = (step: AnswerRepeatStep): void => {
      if (step.next === 'give-up') return feed({ type: 'ack-missing' });
      if (step.repeat) answer();
      repeatTimer = core.clock.after(step.afterMs, () => wait(stepAnswerRepeat(step.state, core.timers)));
    };
    wait(startAnswerRepeat(core.timers));
  };

  // --- session timers (RFC 4028) ---

  const refreshHeaders = (): OutgoingHeaders => ({
    // 7.4: a refresh names the refresher it has, so that the roles stay.
    sessionExpires: { seconds: Math.max(floorSec, session.timer?.intervalSec ?? core.sessionTimer.intervalSec), refresher: session.timer === undefined ? undefined : session.timer.weRefresh ? 'uac' : 'uas' },
    minSe: floorSec,
  });
  const raiseFloor = (response: SipResponse): boolean => {
    const asked = parseSeconds(headerOf(response, 'min-se') ?? '');
    if (asked === undefined || asked <= floorSec || asked > LONGEST_SESSION_SEC) return false;
    floorSec = asked;
    return true;
  };
  const readTimer = (response: SipResponse): void => {
    const value = headerOf(response, 'session-expires');
    feed({ type: 'timer-agreed', timer: readSessionTimer(value === undefined ? undefined : parseSessionExpires(value), core.sessionTimer) });
  };
  const agreeTimer = (request: SipRequest): { sessionExpires?: SessionExpires; require?: readonly string[] } => {
    const agreed = judgeSessionTimer(core, request);
    if (agreed.kind === 'too-small') return {};
    feed({ type: 'timer-agreed', timer: agreed.timer });
    return { sessionExpires: agreed.header, ...(agreed.requireTimer ? { require: ['timer'] } : {}) };
  };

  const onSessionRequest = (transaction: ServerTransaction, request: SipRequest): void => {
    const agreed = judgeSessionTimer(core, request);
    if (agreed.kind === 'too-small') return transaction.respond({ status: 422, toTag: undefined, minSe: agreed.minSec });
    const offer = sdpIn(request);
    if (request.body !== '' && offer === undefined) return transaction.respond({ status: 415, toTag: undefined, accept: 'application/sdp' });
    if (request.method === 'UPDATE' && offer === undefined) return answerPeer(transaction, 200, undefined, undefined);
    newcomer = transaction;
    feed({ type: 'peer-offered', method: request.method === 'UPDATE' ? 'UPDATE' : 'INVITE', offer });
    newcomer = undefined;
  };


  const onRequest = (transaction: ServerTransaction): void => {
    const { request } = transaction;
    const taken = takeRequest(dialog, request);
    dialog = taken.state;
    if (taken.isInOrder) writeDown();
    if (!taken.isInOrder) return transaction.respond({ status: 500, toTag: undefined, retryAfterSec: core.tokens.integer(11) });
    // The peer may have moved (a NAT's new port, a new connection): where it speaks from is where it hears.
    if (transaction.flow.isReliable) flow = transaction.flow;
    switch (request.method) {
      case 'INVITE':
      case 'UPDATE':
        return onSessionRequest(transaction, request);
      case 'BYE':
        transaction.respond({ status: 200, toTag: undefined });
        endMessage = request;
        return feed({ type: 'peer-bye' });
      case 'INFO': {
        const contentType = (headerOf(request, 'content-type') ?? '').split(';')[0]!.trim().toLowerCase();
        const isKnown = request.body === '' || contentType === 'application/dtmf-relay' || contentType === 'application/dtmf';
        transaction.respond({ status: isKnown ? 200 : 415, toTag: undefined });
        // A key that crosses our BYE is answered, but nobody listens any more.
        if (isKnown && request.body !== '' && session.phase === 'active') options.emit({ type: 'info', contentType, body: wireToText(request.body) });
        return undefined;
      }
      case 'OPTIONS':
        return transaction.respond({ status: 200, toTag: undefined, allow: true, accept: 'application/sdp', supported: SUPPORTED });
      case 'REFER':
        // A trunk can start nothing: it may not send our call elsewhere.
        return transaction.respond({ status: 603, toTag: undefined });
      case 'PRACK':
        return transaction.respond({ status: 481, toTag: undefined });
      default:
        return transaction.respond({ status: 405, toTag: undefined, allow: true });
    }
  };

  const onAck = (ack: SipRequest): void => {
    repeatTimer?.cancel();
    repeatTimer = undefined;
    if (!isConfirmed) {
      isConfirmed = true;
      if (session.phase === 'active') options.emit({ type: 'confirmed' });
    }
    feed({ type: 'acked', answer: sdpIn(ack) });
  };

  core.dialogs.set(key, { onRequest, onAck });
  writeDown();
  feed({ type: 'timer-agreed', timer: options.timer });

  return {
    feed,
    info(contentType, body, onOver) {
      if (session.phase !== 'active') return onOver?.(undefined);
      send('INFO', {}, { type: contentType, text: body }, { onAnswer: ({ status }) => onOver?.(status), onFailure: () => onOver?.(undefined) });
    },
    awaitAck,
  };
}

/** Dialogs are told apart by their tags (RFC 3261 12): the user part is not needed to end one. */
function withoutUser(uri: string): string {
  return uri.replace(/^(sips?:)[^@;?]*@/i, '$1');
}

/** RFC 4028 9 for a request in hand. */
export function judgeSessionTimer(core: AgentCore, request: SipRequest): ReturnType<typeof answerSessionTimer> {
  const expires = headerOf(request, 'session-expires');
  const minSe = headerOf(request, 'min-se');
  return answerSessionTimer(
    {
      expires: expires === undefined ? undefined : parseSessionExpires(expires),
      minSec: minSe === undefined ? undefined : parseSeconds(minSe),
      peerSupportsTimer: hasOption(request, 'supported', 'timer') || hasOption(request, 'require', 'timer'),
    },
    core.sessionTimer,
  );
}
