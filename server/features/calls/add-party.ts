/**
 * From a page's wish to an added party: decide as for a first dial, make the offer, write the row, dial. Refuses before anything goes out;
 * whatever fails in here leaves the call as it was.
 */
import { findEmergencyNumber } from '#contract/emergency-numbers.ts';
import { mostPartiesInCall } from '#contract/call-parties.ts';
import type { AddRefusal, PartyRole } from '#contract/calls.ts';
import type { CallId, InterpreterServiceId, MemberId, PartyId, PracticeId } from '#contract/ids.ts';
import type { DialRefusalDetail } from '#contract/plan.ts';
import { ok, refused, type Result } from '#contract/result.ts';
import type { Clock } from '#server/platform/clock/clock.ts';
import type { RandomSource } from '#server/platform/clock/random.ts';
import { createId } from '#server/platform/crypto/new-id.ts';
import type { Log } from '#server/platform/logging/log.ts';
import type { CallCarrier } from '#server/telephony/index.ts';
import type { Reader } from '../members/index.ts';
import type { Admission, DialRequest } from '../plan/index.ts';
import type { NewParty } from './call-facts.ts';
import { countParties, mayAddParty } from './call-parties-machine.ts';
import type { CallSession } from './call-session.ts';
import type { CallStore } from './call-store.ts';
import type { LineFact } from './dial-policy.ts';
import type { NamesOf } from './names-of.ts';
import { chooseTrunks } from './routing-policy.ts';

export interface PartyWish {
  practice: DialRequest['practice'];
  memberId: MemberId;
  reader: Reader;
  call: CallSession;
  whom: { kind: 'interpreter'; serviceId: InterpreterServiceId } | { kind: 'number'; to: string; role: PartyRole };
  isApart: boolean;
  /** Whether the member may dial at all, at this instant. */
  mayDial: () => Promise<boolean>;
}

/** A service as it is dialled. */
export interface DialledInterpreter {
  readonly name: string;
  readonly number: string;
  readonly code: string | undefined;
}

export type OpenInterpreter = (practiceId: PracticeId, id: InterpreterServiceId) => Promise<DialledInterpreter | undefined>;

export interface AddPartyParts {
  carrier: CallCarrier;
  store: Pick<CallStore, 'insertParty'>;
  listLines(practiceId: PracticeId): Promise<readonly LineFact[]>;
  openInterpreter: OpenInterpreter;
  admit(request: DialRequest): Promise<Admission>;
  recordEnd(end: { id: PartyId; practiceId: PracticeId; answeredAt: number | null; endedAt: number; addedTo: CallId }): Promise<void>;
  namesOf: NamesOf;
  /** The member's calls that have not ended. */
  countOf(memberId: MemberId): number;
  clock: Clock;
  random: RandomSource;
  log: Log;
}

export interface AddRefused {
  refusal: AddRefusal;
  detail: DialRefusalDetail | null;
  endSession: boolean;
  isSessionOver: boolean;
}

/** Resolves once the call has the party, or will not. */
export type AddParty = (wish: PartyWish) => Promise<Result<void, AddRefused>>;

const refuse = (refusal: AddRefusal): { ok: false; refusal: AddRefused } => refused({ refusal, detail: null, endSession: false, isSessionOver: false });

export function createAddParty(parts: AddPartyParts): AddParty {
  const { carrier, store, clock, random, log } = parts;

  const add = async (wish: PartyWish, id: PartyId): Promise<Result<void, AddRefused> | 'admitted-in-vain'> => {
    const { practice, memberId, call: session, whom } = wish;
    const call = session.call();
    const [lines, mayDial, service] = await Promise.all([parts.listLines(practice.id), wish.mayDial(), whom.kind === 'interpreter' ? parts.openInterpreter(practice.id, whom.serviceId) : undefined]);
    if (!mayDial) return refused({ refusal: 'server-busy', detail: null, endSession: false, isSessionOver: true });
    if (whom.kind === 'interpreter' && service === undefined) return refuse('interpreter-unknown');
    // They see what the first party sees, if it is still the practice's to show.
    if (lines.every((line) => line.id !== call.line.id || line.number !== call.line.number)) return refuse('no-line');
    const trunks = chooseTrunks(carrier.trunkHealth().map(({ trunk, state }) => ({ name: trunk, state })));
    if (!trunks.ok) return refuse(trunks.refusal);
    const typed = whom.kind === 'number' ? whom.to : service!.number;
    // The call itself is one of the member's; its legs are bounded by mostPartiesInCall.
    const admission = await parts.admit({ id, practice, memberId, typed, liveCallCount: Math.max(0, parts.countOf(memberId) - 1), addedTo: call.id });
    if (!admission.ok) return refused({ refusal: admission.refusal, detail: admission.detail, endSession: admission.endSession, isSessionOver: false });
    const offer = await session.offerParty(id);
    if (!offer.ok) return 'admitted-in-vain';
    const names = service === undefined ? await parts.namesOf(wish.reader, [admission.to]) : undefined;
    const party: NewParty = { id, role: whom.kind === 'number' ? whom.role : 'interpreter', name: service?.name ?? names?.get(admission.to) ?? null, number: admission.to, serviceId: whom.kind === 'interpreter' ? whom.serviceId : null, hasCode: service?.code !== undefined };
    // The row before the INVITE, as of the call itself.
    await store.insertParty(call, party, clock.now());
    session.addParty(party, { offer: offer.value, trunks: trunks.value, code: service?.code }, wish.isApart);
    return ok(undefined);
  };

  return async (wish) => {
    const { practice, memberId, whom } = wish;
    const id = createId(clock.now(), random) as PartyId;
    if (whom.kind === 'number' && findEmergencyNumber(whom.to, practice.country) !== null) {
      // Logged behind the answer: the screen and the voice wait for nothing.
      void parts.admit({ id, practice, memberId, typed: whom.to, liveCallCount: 0 }).catch((cause: unknown) => log.error('refusal-not-logged', cause));
      return refuse('emergency-number');
    }
    const call = wish.call.call();
    if (countParties(call) >= mostPartiesInCall) return refuse('too-many-parties');
    if (!mayAddParty(call)) return refuse('call-not-open');
    const giveBack = async (refusal: AddRefusal): Promise<Result<void, AddRefused>> => {
      wish.call.withdrawParty(id);
      // Admitted and not dialled: it holds no place and costs nothing. Of one never admitted there is nothing to give back.
      await parts.recordEnd({ id, practiceId: practice.id, answeredAt: null, endedAt: clock.now(), addedTo: call.id }).catch((cause: unknown) => log.error('call-cost-not-recorded', cause, { callId: id }));
      return refuse(refusal);
    };
    try {
      const added = await add(wish, id);
      return added === 'admitted-in-vain' ? await giveBack('media-unavailable') : added;
    } catch (cause) {
      log.error('party-not-added', cause, { callId: call.id });
      return giveBack('server-busy');
    }
  };
}
