/**
 * Calls that come in from the trunks: whose line was called, who takes calls to it, and an announcement where nobody does. A patient who
 * calls back always reaches somebody or hears a sentence. Owns the order in which takers are asked; what they do with a call is theirs.
 */
import type { Clock, Timer } from '#server/platform/clock/clock.ts';
import type { Log } from '#server/platform/logging/log.ts';
import type { Database } from '#server/platform/storage/database.ts';
import type { CallCarrier, IncomingCall, IncomingLeg, MediaEngine, PartyLegEvent, SdesPolicy } from '#server/telephony/index.ts';
import { announce, type AnnouncementOutcome } from './announcement.ts';
import { findCalledLine, readCallersLanguages } from './called-line.ts';
import type { CalledLine } from './called-line.ts';
import { decideIncoming } from './incoming-routing-policy.ts';

/** Asked once for each call to a hosted line. True: it accepted the call (`call.accept`) and sees it through. False: it has not touched it. */
export type IncomingTaker = (call: IncomingCall, line: CalledLine) => Promise<boolean>;

export interface IncomingCalls {
  /** Takers are asked in the order in which they came here; of calls to a line that is not proven yet only those that prove lines. */
  addTaker(taker: IncomingTaker, options?: { readonly provesLines: boolean }): void;
  /** From now on every call is refused. */
  close(): void;
}

export interface IncomingCallsParts {
  readonly database: Database;
  readonly carrier: CallCarrier;
  readonly engine: MediaEngine;
  readonly sdes: SdesPolicy;
  readonly clock: Clock;
  readonly log: Log;
  /** Writes a call down that nobody takes; what it resolves to is told what became of it. Never in the call's way. */
  noteAnnounced?(call: IncomingCall, line: CalledLine): Promise<(outcome: AnnouncementOutcome) => Promise<void>>;
  /** How each call ended up, for the metrics. */
  onOutcome?(outcome: 'taken' | 'announced' | 'refused'): void;
}

/** A caller hears nothing meanwhile; past this the announcement is kinder. */
const TAKER_PATIENCE_MS = 3_000;

export function createIncomingCalls(parts: IncomingCallsParts): IncomingCalls {
  const { database, carrier, clock, log } = parts;
  const takers: { readonly taker: IncomingTaker; readonly provesLines: boolean }[] = [];
  let announcing = 0;
  let isClosing = false;

  const route = async (call: IncomingCall): Promise<void> => {
    const line = await findCalledLine(database, call.called);
    const decision = decideIncoming({ line, announcing, isClosing });
    if (decision.type === 'refuse' || line === undefined) {
      const { status, reason } = decision.type === 'refuse' ? decision : { status: 404, reason: 'number-not-ours' };
      call.accept(() => {}).reject(status);
      log.info('incoming-call-refused', { trunk: call.trunk, status, reason });
      parts.onOutcome?.('refused');
      return;
    }
    for (const { taker, provesLines } of takers) {
      if (decision.to === 'provers' && !provesLines) continue;
      if (await isTakenBy(taker, call, line)) {
        log.info('incoming-call-taken', { trunk: call.trunk });
        parts.onOutcome?.('taken');
        return;
      }
    }
    announcing++;
    const noted = parts.noteAnnounced?.(call, line);
    try {
      const outcome = await announce(parts, call, await readCallersLanguages(database, line.practiceId));
      log.info('incoming-call-announced', { trunk: call.trunk, outcome });
      parts.onOutcome?.('announced');
      noted?.then((note) => note(outcome)).catch((cause: unknown) => log.error('announced-call-not-noted', cause));
    } finally {
      announcing--;
    }
  };

  /** A taker that fails or does not come to a decision has not taken the call, unless it accepted it before; and once passed over it finds a call that is gone. */
  const isTakenBy = async (taker: IncomingTaker, call: IncomingCall, line: CalledLine): Promise<boolean> => {
    let hasAccepted = false;
    let isPassedOver = false;
    const offered: IncomingCall = {
      ...call,
      accept(onEvent) {
        if (isPassedOver) return goneLeg(call, onEvent);
        hasAccepted = true;
        return call.accept(onEvent);
      },
    };
    let patience: Timer | undefined;
    const late = new Promise<boolean>((resolve) => {
      patience = clock.after(TAKER_PATIENCE_MS, () => resolve(false));
    });
    const decided = taker(offered, line).catch((cause: unknown) => {
      log.error('incoming-taker-failed', cause);
      return false;
    });
    const isTaken = await Promise.race([decided, late]);
    patience?.cancel();
    isPassedOver = !hasAccepted;
    return isTaken || hasAccepted;
  };

  carrier.onIncoming((call) => {
    route(call).catch((cause: unknown) => {
      // The database may be away: a busy tone makes the caller try again, silence would not.
      log.error('incoming-call-failed', cause);
      call.accept(() => {}).reject(480);
    });
  });

  return {
    addTaker: (taker, { provesLines } = { provesLines: false }) => void takers.push({ taker, provesLines }),
    close() {
      isClosing = true;
    },
  };
}

/** What a taker that came too late is given: a leg that has ended. */
function goneLeg(call: IncomingCall, onEvent: (event: PartyLegEvent) => void): IncomingLeg {
  queueMicrotask(() => onEvent({ type: 'ended', end: { by: 'network', cause: 'cancelled', status: undefined, q850: undefined, trunksTried: [call.trunk] } }));
  const nothing = (): void => {};
  return { ring: nothing, answer: nothing, reject: nothing, reoffer: nothing, sendDtmfByInfo: () => Promise.resolve('not-now'), hangUp: nothing };
}
