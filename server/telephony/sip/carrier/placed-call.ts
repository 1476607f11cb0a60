/** A call going out: trunk after trunk until one takes it, then one leg. Never tries another trunk once a phone may have rung. */
import { assertNever } from '#contract/result.ts';
import type { Clock, Timer } from '#server/platform/clock/clock.ts';
import type { Log } from '#server/platform/logging/log.ts';
import type { SipLeg, SipLegEnd, SipLegEvent } from '../agent/leg.ts';
import type { UserAgent } from '../agent/user-agent.ts';
import type { LegEnd, LegEndCause, PartyLeg, PartyLegEvent, PlaceRequest } from '../call-port.ts';
import type { Target } from '../transport/transport-layer.ts';
import { numberUri, writeCaller } from './caller-identity-policy.ts';
import type { CarrierTrunk } from './carrier-trunk.ts';
import { readDtmf } from './dtmf-relay-codec.ts';
import { causeOfRefusal, mayTryNextTrunk } from './failure-policy.ts';
import { pressByInfo } from './key-by-info.ts';

/**
 * Timer B shortened for each target (RFC 3261 17.1.1.2 lets 64*T1 pass, 32 s of "Connecting"). With another to turn to, one that says nothing at
 * all is left after the third repeat; the last gets a fourth, since there is nothing to be gained by leaving it but the answer. A network
 * that loses one datagram in twenty each way loses all five INVITEs or their answers once in a hundred thousand calls.
 */
const SILENT_TARGET_MS = 4_000;
const SILENT_LAST_TARGET_MS = 10_000;

export interface PlacedCallOptions {
  agent: UserAgent;
  clock: Clock;
  log: Log;
  trunks: readonly CarrierTrunk[];
  request: PlaceRequest;
  onEvent(event: PartyLegEvent): void;
  onOver(): void;
  /** Told which dialog each attempt begins. */
  bind(sipCallId: string, trunk: string): void;
}

interface Attempt {
  trunk: CarrierTrunk;
  target: Target;
}

export function placeCall(options: PlacedCallOptions): PartyLeg {
  const { agent, clock, log, request } = options;
  const startedMs = clock.monotonic();
  const tried: string[] = [];
  let leg: SipLeg | undefined;
  let isOver = false;
  let silence: Timer | undefined;

  const finish = (end: Omit<LegEnd, 'trunksTried'>): void => {
    if (isOver) return;
    isOver = true;
    silence?.cancel();
    options.onEvent({ type: 'ended', end: { ...end, trunksTried: [...tried] } });
    options.onOver();
  };

  const ahead: Attempt[] = [];
  let trunksLookedUp = 0;

  /** The next address in order. Looked up one trunk at a time: most calls need the first only. */
  const nextAttempt = async (): Promise<Attempt | undefined> => {
    while (ahead.length === 0) {
      const trunk = options.trunks[trunksLookedUp++];
      if (trunk === undefined) return undefined;
      ahead.push(...(await trunk.targets()).map((target) => ({ trunk, target })));
    }
    return ahead.shift();
  };

  const next = async (last: Omit<LegEnd, 'trunksTried'>): Promise<void> => {
    const attempt = await nextAttempt();
    if (isOver) return;
    const leftMs = request.ringTimeoutMs - (clock.monotonic() - startedMs);
    if (attempt === undefined) finish(last);
    else if (leftMs <= 0) finish({ by: 'us', cause: 'no-answer', status: undefined, q850: undefined });
    else start(attempt, leftMs, ahead.length > 0 || trunksLookedUp < options.trunks.length);
  };

  const start = ({ trunk, target }: Attempt, ringTimeoutMs: number, hasNext: boolean): void => {
    const { settings } = trunk;
    if (tried.at(-1) !== settings.name) tried.push(settings.name);
    const attemptMs = clock.monotonic();
    let hadProgress = false;
    let isAbandoned = false;
    const to = numberUri(settings, request.to);
    const { from, identity } = writeCaller({ ...settings, accountUser: settings.credentials?.user }, request.from, request.displayName);

    const onEvent = (event: SipLegEvent): void => {
      if (isAbandoned) return;
      silence?.cancel();
      if (event.type === 'ended') {
        const unreachable = event.end.kind === 'unreachable' || event.end.kind === 'no-response';
        trunk.noteReachable(target, !unreachable && event.end.status !== 503);
        const facts = { ...event.end, hadProgress, tookMs: clock.monotonic() - attemptMs };
        const end = endOf(event.end);
        log.info('trunk-attempt-ended', { trunk: settings.name, status: event.end.status, cause: end.cause });
        const canMoveOn = event.end.kind === 'refused' || unreachable;
        isAbandoned = true;
        leg = undefined;
        if (canMoveOn && mayTryNextTrunk(facts)) void next(end);
        else finish(end);
        return;
      }
      if (event.type === 'progress') hadProgress = true;
      const told = partyEvent(event);
      if (told !== undefined) options.onEvent(told);
    };

    const sipCallId = agent.newCallId();
    options.bind(sipCallId, settings.name);
    leg = agent.call(
      { target, callId: sipCallId, label: request.callId, requestUri: to, from, to: { uri: to }, identity, offer: request.offer, ringTimeoutMs, credentials: settings.credentials, onHeard: () => isAbandoned || silence?.cancel() },
      onEvent,
    );
    const silentLeg = leg;
    silence = clock.after(hasNext ? SILENT_TARGET_MS : SILENT_LAST_TARGET_MS, () => {
      // Should the silent target speak up after all, its leg cancels or ends what it began: no phone rings twice, or alone.
      isAbandoned = true;
      trunk.noteReachable(target, false);
      leg = undefined;
      silentLeg.hangUp('no-answer');
      void next({ by: 'network', cause: 'trunk-down', status: undefined, q850: undefined });
    });
  };

  void next({ by: 'network', cause: 'trunk-down', status: undefined, q850: undefined });

  return {
    reoffer: (offer) => leg?.reoffer(offer),
    sendDtmfByInfo: (digit, durationMs) => pressByInfo(leg, digit, durationMs),
    hangUp(cause) {
      if (isOver) return;
      if (leg === undefined) finish({ by: 'us', cause: cause ?? 'cancelled', status: undefined, q850: undefined });
      else leg.hangUp(cause);
    },
  };
}

/** A leg's end in the port's words, the trunks left out. */
export function endOf(end: SipLegEnd): Omit<LegEnd, 'trunksTried'> {
  return { by: end.by, cause: causeOf(end), status: end.status, q850: end.q850 };
}

function causeOf(end: SipLegEnd): LegEndCause {
  switch (end.kind) {
    case 'refused':
      return causeOfRefusal(end);
    case 'unreachable':
    case 'no-response':
      return 'trunk-down';
    case 'hung-up':
    case 'cancelled':
    case 'no-answer':
    case 'media-refused':
    case 'connection-lost':
      return end.kind;
    default:
      return assertNever(end.kind);
  }
}

/** A leg's event in the port's words; undefined for what the port does not tell. */
export function partyEvent(event: Exclude<SipLegEvent, { type: 'ended' }>): PartyLegEvent | undefined {
  switch (event.type) {
    case 'progress':
      return { type: 'progress', status: event.status, ringing: event.status === 180, answer: event.sdp };
    case 'answered':
      return { type: 'answered', answer: event.sdp };
    case 'offered':
      return { type: 'offered', offer: event.offer, responder: { answer: (answer) => event.answer(answer), reject: () => event.reject() } };
    case 'reanswered':
      return { type: 'reanswered', answer: event.sdp };
    case 'reoffer-refused':
      return { type: 'reoffer-refused', status: event.status };
    case 'info': {
      const key = readDtmf(event.contentType, event.body);
      return key === undefined ? undefined : { type: 'dtmf', ...key };
    }
    case 'confirmed':
      return undefined;
  }
}
