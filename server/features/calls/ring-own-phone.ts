/** From a page's wish to the member's own phone ringing: is there a proven one, does the plan admit it, by which trunk. A refusal becomes a fact of the call; the call itself goes on as it was. */
import type { CallId, E164, MemberId, PracticeId } from '#contract/ids.ts';
import type { Clock } from '#server/platform/clock/clock.ts';
import type { RandomSource } from '#server/platform/clock/random.ts';
import { createId } from '#server/platform/crypto/new-id.ts';
import type { Log } from '#server/platform/logging/log.ts';
import type { CallCarrier } from '#server/telephony/index.ts';
import type { Admission, DialRequest } from '../plan/index.ts';
import type { CallSession } from './call-session.ts';
import type { PlaceCallParts } from './place-call.ts';
import { chooseTrunks } from './routing-policy.ts';

export interface RingOwnPhoneParts {
  readonly carrier: CallCarrier;
  /** The member's own phone, proven to be theirs; undefined for none. */
  readonly ownPhoneOf: (owner: { practiceId: PracticeId; memberId: MemberId }) => Promise<E164 | undefined>;
  readonly admit: (request: DialRequest) => Promise<Admission>;
  readonly recordEnd: PlaceCallParts['recordEnd'];
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly log: Log;
}

export type RingOwnPhone = (call: CallSession, practice: DialRequest['practice']) => Promise<void>;

export function createRingOwnPhone({ carrier, ownPhoneOf, admit, recordEnd, clock, random, log }: RingOwnPhoneParts): RingOwnPhone {
  return async (session, practice) => {
    const { memberId, line } = session.call();
    const owner = { practiceId: practice.id, memberId };
    const to = await ownPhoneOf(owner);
    if (to === undefined) return session.post({ type: 'phone-refused', reason: 'no-phone' });
    const trunks = chooseTrunks(carrier.trunkHealth().map(({ trunk, state }) => ({ name: trunk, state })));
    if (!trunks.ok) return session.post({ type: 'phone-refused', reason: 'trunk-down' });
    const id = createId(clock.now(), random) as CallId;
    // It is a leg of a call that was admitted, and no further call: it counts and costs, and takes no second place.
    const admission = await admit({ id, practice, memberId, typed: to, liveCallCount: 0, isOwnPhone: true });
    if (!admission.ok) return session.post({ type: 'phone-refused', reason: admission.refusal === 'limit-reached' ? 'limit-reached' : 'not-allowed' });
    session.ringOwnPhone({
      legId: id,
      to,
      from: { number: line.number, name: line.name },
      trunks: trunks.value,
      onOver: (answeredAt) => void recordEnd({ id, practiceId: practice.id, answeredAt, endedAt: clock.now(), isOwnPhone: true }).catch((cause: unknown) => log.error('own-phone-cost-not-recorded', cause)),
    });
  };
}
