/** Presses keys towards one party by the first way it takes: telephone events (RFC 4733), INFO, tones in its audio. Keeps their order; hears no keys. */
import { ok } from '#contract/result.ts';
import type { Clock } from '#server/platform/clock/clock.ts';
import type { DtmfDigit, LegId, MediaResult, MediaSession, PartyLeg } from '#server/telephony/index.ts';
import { inTime } from './in-time.ts';

/** As long as a press by telephone events. */
const INFO_DURATION_MS = 120;

export interface KeyPresser {
  /** Resolves when the last of them is out, with what went wrong. */
  press(digits: readonly DtmfDigit[]): Promise<MediaResult<void>>;
}

export function createKeyPresser({ media, mediaLeg, leg, clock }: { media: MediaSession; mediaLeg: LegId; leg: () => PartyLeg | undefined; clock: Clock }): KeyPresser {
  let queue: Promise<unknown> = Promise.resolve();
  /** An answer that says it takes none: the next key need not wait for another. */
  let isInfoRefused = false;

  const isTakenByInfo = async (digit: DtmfDigit): Promise<boolean> => {
    const pressed = isInfoRefused ? undefined : leg()?.sendDtmfByInfo(digit, INFO_DURATION_MS);
    if (pressed === undefined) return false;
    // A peer that says nothing is not waited for as long as SIP would: a menu has gone on by then.
    const answer = await inTime(clock, pressed).catch(() => 'refused' as const);
    isInfoRefused = answer === 'refused';
    return answer === 'taken';
  };

  const pressNow = async (digits: readonly DtmfDigit[]): Promise<MediaResult<void>> => {
    const sent = await media.sendDtmf(mediaLeg, digits);
    if (sent.ok || sent.refusal !== 'no-common-codec') return sent;
    for (const [index, digit] of digits.entries()) {
      if (!(await isTakenByInfo(digit))) return media.sendDtmf(mediaLeg, digits.slice(index), 'tones');
    }
    return ok(undefined);
  };

  return {
    press(digits) {
      const pressed = queue.then(() => pressNow(digits));
      queue = pressed.catch(() => undefined);
      return pressed;
    },
  };
}
