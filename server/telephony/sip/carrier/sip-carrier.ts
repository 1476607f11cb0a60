/** Fulfils the call port over SIP trunks: one user agent, the trunks' lives, calls out and in. Drops, unanswered, whatever is not from a trunk. */
import { ok, refused } from '#contract/result.ts';
import type { Clock } from '#server/platform/clock/clock.ts';
import type { RandomSource } from '#server/platform/clock/random.ts';
import type { Log } from '#server/platform/logging/log.ts';
import { createDigestClient } from '../agent/digest.ts';
import type { DialogRecord } from '../agent/agent-core.ts';
import { createStoppableClock } from '../agent/stoppable-clock.ts';
import { createUserAgent } from '../agent/user-agent.ts';
import type { UserAgent, UserAgentOptions } from '../agent/user-agent.ts';
import type { CallCarrier, IncomingCall, TrunkHealth } from '../call-port.ts';
import type { SessionTimerWish } from '../dialogs/session-timer-policy.ts';
import type { TimerValues } from '../transactions/timer-values.ts';
import { createTokens } from '../transactions/tokens.ts';
import type { Tokens } from '../transactions/tokens.ts';
import type { ListenSettings } from '../transport/transport-layer.ts';
import { openDialogJournal } from './dialog-journal.ts';
import type { FileJournal, JournalSeal } from './dialog-journal.ts';
import { resumeCall, targetOfLeft } from './resumed-call.ts';
import { createCarrierTrunk } from './carrier-trunk.ts';
import type { CarrierTrunk } from './carrier-trunk.ts';
import { createLadderRecorder } from './ladder-recorder.ts';
import type { SipTraces } from './ladder-recorder.ts';
import { placeCall } from './placed-call.ts';
import { receiveCall } from './received-call.ts';
import { orderServers } from './target-order-policy.ts';
import { clientTlsOf, createSystemNames } from './trunk-targets.ts';
import type { NameService } from './trunk-targets.ts';
import type { TrunkSettings } from './trunk-settings.ts';

export interface SipCarrierOptions {
  trunks: readonly TrunkSettings[];
  listen: ListenSettings;
  clock: Clock;
  random: RandomSource;
  log: Log;
  /** RFC 3261's own where undefined. */
  timers?: TimerValues;
  sessionTimer?: SessionTimerWish;
  /** A file that outlives the process: calls an earlier one left open at the trunk are ended at the start. */
  journalPath?: string | undefined;
  /** Without it the journal names nobody at all, and calls can only be ended. */
  journalSeal?: JournalSeal | undefined;
  /** Sockets where undefined; a simulated network brings its own. */
  openTransports?: UserAgentOptions['openTransports'];
  /** The system's resolver where undefined. */
  names?: NameService;
}

export interface SipCarrier extends CallCarrier {
  /** Ladders of calls, for whoever looks for a fault. */
  readonly traces: SipTraces;
  /** Where it listens, for the log at start. */
  port(transport: 'udp' | 'tcp' | 'tls'): number | undefined;
  counts(): { received: number; unreadable: number; retransmitted: number; timedOut: number; open: number; dialogs: number };
}

const E164 = /^\+[1-9][0-9]{6,14}$/;
/** 988, 711: no E.164 number, and dialled as they are. */
const SERVICE_CODE = /^(?:988|711)$/;
/** Whoever held the calls reads its records within this, or has none. */
const LEFT_PATIENCE_MS = 10_000;
const RANK: Readonly<Record<TrunkHealth['state'], number>> = { up: 0, unknown: 0, down: 1 };

export async function createSipCarrier(options: SipCarrierOptions): Promise<SipCarrier> {
  const { log } = options;
  const clock = createStoppableClock(options.clock, (error) => log.error('sip-timer-failed', error));
  const tokens = createTokens(options.random);
  const names = options.names ?? createSystemNames();
  const healthListeners: ((health: TrunkHealth) => void)[] = [];
  const hangUps = new Set<() => void>();
  let onIncoming: ((call: IncomingCall) => void) | undefined;
  let isClosing = false;

  const legs = {
    add(hangUp: () => void): () => void {
      hangUps.add(hangUp);
      return () => void hangUps.delete(hangUp);
    },
  };
  const trunks = new Map<string, CarrierTrunk>(
    options.trunks.map((settings) => [
      settings.name,
      createCarrierTrunk({ settings, clock, log, tokens, names, onHealth: (health) => healthListeners.forEach((listener) => listener(health)) }),
    ]),
  );
  const trunkOf = (address: string): CarrierTrunk | undefined => [...trunks.values()].find((trunk) => trunk.accepts(address));

  const journal = options.journalPath === undefined ? undefined : openDialogJournal(options.journalPath, log, options.journalSeal);
  const recorder = createLadderRecorder(clock);
  const agent = await createUserAgent({
    tap: recorder.see,
    listen: options.listen, clock, random: options.random, log,
    ...(options.timers === undefined ? {} : { timers: options.timers }),
    ...(options.sessionTimer === undefined ? {} : { sessionTimer: options.sessionTimer }),
    ...(journal === undefined ? {} : { journal }),
    ...(options.openTransports === undefined ? {} : { openTransports: options.openTransports }),
    acceptsSource: (address) => trunkOf(address) !== undefined,
    tlsTowards: (address) => [...trunks.values()].filter((trunk) => trunk.accepts(address)).map(({ settings }) => clientTlsOf(settings)).find((tls) => tls !== undefined),
    onInvite(invite) {
      const trunk = trunkOf(invite.source.address);
      if (trunk === undefined || onIncoming === undefined || isClosing) return invite.reject(480);
      if (trunk.settings.mediaEncryption === 'required' && invite.source.transport !== 'tls') {
        // RFC 4568 8.2: the audio's keys would stand in the open; and over UDP anyone may write the trunk's address on a datagram.
        log.warn('trunk-call-refused', { trunk: trunk.settings.name, reason: 'not-over-tls' });
        return invite.reject(403);
      }
      const call = receiveCall(invite, trunk.settings, legs);
      return call === undefined ? invite.reject(404) : onIncoming(call);
    },
  });
  for (const trunk of trunks.values()) trunk.start(agent);
  // What nobody can go on with is ended at once; the rest waits a moment for whoever held it.
  const left = new Map((journal?.left ?? []).flatMap((record) => (record.label === undefined || record.secret === undefined ? [] : [[record.label, { record, secret: record.secret }] as const])));
  const endLeft = (records: readonly DialogRecord[]): void => {
    if (journal !== undefined && records.length > 0) void endLeftDialogs(agent, journal, records, [...trunks.values()], tokens, log);
  };
  const endLeftCalls = (): void => {
    leftPatience?.cancel();
    const records = [...left.values()].map(({ record }) => record);
    left.clear();
    endLeft(records);
  };
  endLeft((journal?.left ?? []).filter((record) => record.label === undefined || !left.has(record.label)));
  const leftPatience = left.size === 0 ? undefined : clock.after(LEFT_PATIENCE_MS, endLeftCalls);

  return {
    leftCalls: () => [...left.keys()].map((callId) => ({
      callId,
      resume(offer, onEvent) {
        const found = left.get(callId);
        left.delete(callId);
        let forget = (): void => {};
        const leg = resumeCall({ agent, tokens, trunks: [...trunks.values()], offer, onEvent, onOver: () => forget(), log: log.child({ callId }) }, found);
        forget = legs.add(() => leg.hangUp());
        return leg;
      },
    })),
    endLeftCalls,
    traces: recorder,
    port: (transport) => agent.port(transport),
    counts: () => agent.counts(),
    place(request, onEvent) {
      if (!(E164.test(request.to) || SERVICE_CODE.test(request.to)) || !E164.test(request.from)) return refused('bad-number');
      const usable = request.trunks.map((name) => trunks.get(name)).filter((trunk) => trunk !== undefined);
      if (usable.length === 0 || isClosing) return refused('no-trunk');
      const chosen = orderServers(usable.map((trunk) => ({ trunk, priority: trunk.settings.priority, weight: trunk.settings.weight })), (below) => tokens.integer(below)).map(({ trunk }) => trunk);
      // A trunk known to be down is the last resort, not the first delay. The sort is stable.
      chosen.sort((one, other) => RANK[one.health().state] - RANK[other.health().state]);
      let forget = (): void => {};
      const leg = placeCall({ agent, clock, log: log.child({ callId: request.callId }), trunks: chosen, request, onEvent, onOver: () => forget(), bind: (sipCallId, trunk) => recorder.bind(sipCallId, request.callId, trunk) });
      forget = legs.add(() => leg.hangUp());
      return ok(leg);
    },
    onIncoming(handler) {
      onIncoming = handler;
    },
    trunkHealth: () => [...trunks.values()].map((trunk) => trunk.health()),
    onTrunkHealth: (listener) => void healthListeners.push(listener),
    async close(withinMs) {
      isClosing = true;
      for (const hangUp of hangUps) hangUp();
      const endsAtMs = clock.monotonic() + withinMs;
      let isStopped = false;
      void Promise.all([...trunks.values()].map((trunk) => trunk.stop())).then(() => {
        isStopped = true;
      });
      // Dialogs go when their BYEs are answered.
      while (clock.monotonic() < endsAtMs && (!isStopped || agent.counts().dialogs > 0 || hangUps.size > 0)) {
        await new Promise<void>((resolve) => void options.clock.after(20, resolve));
      }
      clock.stop();
      agent.close();
    },
  };
}

/** A patient must not sit on a line that nobody holds: what an earlier process left open is ended before anything else. */
async function endLeftDialogs(agent: UserAgent, journal: FileJournal, records: readonly DialogRecord[], trunks: readonly CarrierTrunk[], tokens: Tokens, log: Log): Promise<void> {
  const targets = (await Promise.all(trunks.map(async (trunk) => (await trunk.targets()).map((target) => ({ ...target, trunk }))))).flat();
  await Promise.all(
    records.map(async (record) => {
      const { target, known } = targetOfLeft(record, targets);
      const credentials = known?.trunk.settings.credentials;
      const isEnded = await agent.endLeftDialog(record, target, credentials === undefined ? undefined : createDigestClient(credentials, tokens));
      log.info('left-dialog-ended', { ended: isEnded });
      journal.closed(record);
    }),
  );
}
