/** A leg that calls us: its INVITE from the first provisional answer to the final one, and the session after a 200. */
import type { Timer } from '#server/platform/clock/clock.ts';
import { dialogKey, openAsCallee } from '../dialogs/dialog-machine.ts';
import { stepUas, UAS_START } from '../dialogs/invite-uas-machine.ts';
import type { UasEffect, UasEvent } from '../dialogs/invite-uas-machine.ts';
import { startReliableProgress, stepReliableProgress } from '../dialogs/reliable-progress-machine.ts';
import type { ReliableProgressEvent } from '../dialogs/reliable-progress-machine.ts';
import { startSession } from '../dialogs/session-machine.ts';
import { parseRAck } from '../messages/header-values-codec.ts';
import { cseqOf } from '../messages/message-parts.ts';
import type { SipRequest } from '../messages/message.ts';
import { headerOf, headersOf } from '../messages/message.ts';
import { numberInUri } from '../messages/uri-codec.ts';
import type { ServerTransaction } from '../transactions/transaction-layer.ts';
import type { Endpoint, TransportKind } from '../transport/flow.ts';
import { addressIn, contactUri, hasOption, reasonIn, sdpIn, SUPPORTED } from './agent-core.ts';
import type { AgentCore } from './agent-core.ts';
import { createDialogSession, judgeSessionTimer } from './dialog-session.ts';
import type { DialogSession } from './dialog-session.ts';
import type { IncomingSipLeg, RejectOptions, SipLegEvent } from './leg.ts';

/** An INVITE that has not been answered. Whoever gets it must take it or reject it. */
export interface IncomingInvite {
  readonly source: Endpoint & { transport: TransportKind };
  readonly requestUri: string;
  /** The number in the request-URI as written, without visual separators. */
  readonly called: string | undefined;
  readonly offer: string | undefined;
  /** First value of a header, by its lower-case long name: for reading, never for copying. */
  header(name: string): string | undefined;
  headers(name: string): string[];
  /** From, P-Asserted-Identity and the like, read as an address. */
  address(header: string): { displayName: string; uri: string; params: string } | undefined;
  /** Begins the leg; until its first answer the peer gets 100 after 200 ms. */
  take(onEvent: (event: SipLegEvent) => void): IncomingSipLeg;
  reject(status: number, options?: RejectOptions): void;
}

const MINUTE_MS = 60_000;

export function createIncomingInvite(core: AgentCore, transaction: ServerTransaction): IncomingInvite {
  const { request, flow } = transaction;
  return {
    source: { ...flow.remote, transport: flow.transport },
    requestUri: request.uri,
    called: numberInUri(request.uri),
    offer: sdpIn(request),
    header: (name) => headerOf(request, name),
    headers: (name) => headersOf(request, name),
    address: (header) => addressIn(request, header),
    take: (onEvent) => createIncomingLeg(core, transaction, onEvent),
    reject: (status, options) => respondFinally(transaction, status, core.tokens.tag(), options),
  };
}

function createIncomingLeg(core: AgentCore, transaction: ServerTransaction, emit: (event: SipLegEvent) => void): IncomingSipLeg {
  const { request, flow } = transaction;
  const localTag = core.tokens.tag();
  const offer = sdpIn(request);
  const dialog = openAsCallee(request, localTag);
  let state = UAS_START;
  let minute: Timer | undefined;
  let session: DialogSession | undefined;
  let endMessage: SipRequest | undefined;
  let rejectOptions: RejectOptions | undefined;
  /** Only where the caller demands it: RFC 3262 leaves the choice to us, and the plain way has fewer surprises. */
  const isReliable = hasOption(request, 'require', '100rel');
  let reliable = startReliableProgress(1 + core.tokens.integer(2 ** 31 - 2));
  let reliableTimer: Timer | undefined;
  let heldAnswer: string | undefined;

  const key = dialog === undefined ? undefined : dialogKey(dialog.callId, dialog.localTag, dialog.remoteTag);
  if (key !== undefined) {
    core.dialogs.set(key, {
      onRequest(inner) {
        // RFC 3261 15.1.2: a BYE ends an early dialog too. Everything else waits for the answer.
        if (inner.request.method === 'BYE') {
          inner.respond({ status: 200, toTag: undefined });
          endMessage = inner.request;
          feed({ type: 'peer-bye' });
        } else if (inner.request.method === 'PRACK') takePrack(inner);
        // RFC 3311 5.2: without an offer there is nothing to wait for.
        else if (inner.request.method === 'UPDATE' && inner.request.body === '') inner.respond({ status: 200, toTag: undefined, contact: contactUri(flow), allow: true, supported: SUPPORTED });
        else inner.respond({ status: inner.request.method === 'OPTIONS' ? 200 : 500, toTag: undefined, allow: true, retryAfterSec: inner.request.method === 'OPTIONS' ? undefined : 2 });
      },
      onAck: () => {},
    });
  }
  core.cancels.set(transaction, (cancel) => {
    endMessage = cancel;
    feed({ type: 'peer-cancelled' });
  });

  const feed = (event: UasEvent): void => {
    const step = stepUas(state, event);
    state = step.state;
    for (const effect of step.effects) run(effect);
  };

  const run = (effect: UasEffect): void => {
    switch (effect.type) {
      case 'respond':
        if (effect.status >= 300) {
          feedReliable({ type: 'final' });
          return respondFinally(transaction, effect.status, localTag, rejectOptions);
        }
        if (isReliable) return feedReliable({ type: 'progress', progress: { status: effect.status, sdp: effect.sdp } });
        return transaction.respond({
          status: effect.status, toTag: localTag, withRecordRoute: true, contact: contactUri(flow), allow: true, supported: SUPPORTED,
          body: effect.sdp === undefined ? undefined : { type: 'application/sdp', text: effect.sdp },
        });
      case 'establish':
        return establish(effect.sdp);
      case 'arm-minute':
        minute?.cancel();
        minute = core.clock.after(MINUTE_MS, () => feed({ type: 'minute' }));
        return undefined;
      case 'disarm-minute':
        return minute?.cancel();
      case 'ended': {
        if (key !== undefined) core.dialogs.delete(key);
        const reason = endMessage === undefined ? { q850: undefined, reasonStatus: undefined, reasonText: undefined } : reasonIn(endMessage);
        return emit({ type: 'ended', end: { by: effect.by, kind: effect.by === 'peer' ? 'cancelled' : 'refused', status: undefined, ...reason } });
      }
    }
  };

  const feedReliable = (event: ReliableProgressEvent, prack?: ServerTransaction): void => {
    const step = stepReliableProgress(reliable, event, core.timers);
    reliable = step.state;
    for (const effect of step.effects) {
      switch (effect.type) {
        case 'send':
          transaction.respond({
            status: effect.progress.status, toTag: localTag, withRecordRoute: true, contact: contactUri(flow), allow: true, supported: SUPPORTED, require: ['100rel'], rSeq: effect.rSeq,
            body: effect.progress.sdp === undefined ? undefined : { type: 'application/sdp', text: effect.progress.sdp },
          });
          break;
        case 'arm':
          reliableTimer = core.clock.after(effect.afterMs, () => feedReliable({ type: 'interval-over' }));
          break;
        case 'disarm':
          reliableTimer?.cancel();
          break;
        case 'answer-prack':
          prack?.respond({ status: effect.status, toTag: undefined });
          break;
        case 'free':
          if (heldAnswer !== undefined) feed({ type: 'answer', sdp: heldAnswer });
          break;
        case 'give-up':
          feed({ type: 'reject', status: 504 });
          break;
      }
    }
  };

  const takePrack = (prack: ServerTransaction): void => {
    const rAck = parseRAck(headerOf(prack.request, 'rack') ?? '');
    // Our early answer was to their offer; another offer inside the PRACK comes too soon for us.
    if (prack.request.body !== '') return prack.respond({ status: 488, toTag: undefined });
    const isOurs = rAck !== undefined && rAck.cseq.method === 'INVITE' && rAck.cseq.number === cseqOf(request)?.number;
    feedReliable({ type: 'prack', rSeq: isOurs ? rAck.rSeq : -1 }, prack);
  };

  const establish = (sdp: string): void => {
    if (dialog === undefined) return;
    feedReliable({ type: 'final' });
    const agreed = judgeSessionTimer(core, request);
    // A 422 was owed before the leg began: the user agent has seen to it.
    if (agreed.kind === 'too-small') return;
    const answer = (): void =>
      transaction.respond({
        status: 200, toTag: localTag, withRecordRoute: true, contact: contactUri(flow), allow: true, supported: SUPPORTED, accept: 'application/sdp',
        sessionExpires: agreed.header, require: agreed.requireTimer ? ['timer'] : undefined, body: { type: 'application/sdp', text: sdp },
      });
    session = createDialogSession({
      core, dialog, flow, digest: undefined, emit, timer: agreed.timer,
      session: startSession({
        isCaller: false, theirs: offer === undefined ? 'acking-offer' : 'acking', localSdp: sdp, remoteSdp: offer, peerAllowsUpdate: hasOption(request, 'allow', 'update'),
      }),
    });
    answer();
    session.awaitAck(answer);
  };

  return {
    progress: (status, sdp) => feed({ type: 'progress', status, sdp }),
    answer(sdp) {
      // RFC 3262 3: no 2xx while a reliable provisional answer waits for its PRACK.
      if (reliable.outstanding === undefined) feed({ type: 'answer', sdp });
      else heldAnswer = sdp;
    },
    reject(status, options) {
      rejectOptions = options;
      feed({ type: 'reject', status });
    },
    reoffer: (sdp) => session?.feed({ type: 'reoffer', offer: sdp }),
    info: (contentType, body, onOver) => (session === undefined ? onOver?.(undefined) : session.info(contentType, body, onOver)),
    hangUp(kind = 'hung-up') {
      if (session === undefined) feed({ type: 'reject', status: 480 });
      else session.feed({ type: 'hang-up', cause: kind === 'cancelled' ? 'hung-up' : kind });
    },
  };
}

function respondFinally(transaction: ServerTransaction, status: number, toTag: string, options: RejectOptions | undefined): void {
  transaction.respond({
    status, toTag, allow: status === 405 ? true : undefined,
    ...(options?.reasonPhrase === undefined ? {} : { reasonPhrase: options.reasonPhrase }),
    reason: options?.reason, retryAfterSec: options?.retryAfterSec,
    challenges: options?.challenges?.map((value) => ({ isProxy: status === 407, value })),
  });
}
