/**
 * Turns keypresses into telephone-event packets (RFC 4733 2.5.1), one step every 20 ms. Owns the cadence; owns no
 * sequence numbers, no sockets and no clock.
 */
import type { DtmfDigit } from '../media-port.ts';

export const DTMF_STEP_MS = 20;
/** Q.24 asks receivers to take 40 ms; 120 ms passes transcoding gateways and slow mailboxes as well. */
export const DTMF_TONE_MS = 120;
export const DTMF_GAP_MS = 80;
/** RFC 4733 2.5.1.4: the end is sent three times, since its loss would hold the key down. */
const END_PACKETS = 3;
/** -10 dBm0, what gateways regenerate best. */
export const DTMF_VOLUME = 10;

export interface DtmfSender {
  digits: readonly DtmfDigit[];
  /** Steps since the present digit began. */
  step: number;
}

export const startDtmf = (digits: readonly DtmfDigit[]): DtmfSender => ({ digits, step: 0 });

export type DtmfStep =
  /** Send this; `first` asks for the marker bit and a new timestamp, kept for the whole key. `copies` packets go out now. */
  | { type: 'send'; digit: DtmfDigit; first: boolean; end: boolean; durationTicks: number; copies: number }
  /** Between two keys: audio stays suppressed so that the far end hears them apart. */
  | { type: 'gap' }
  | { type: 'done' };

const TONE_STEPS = DTMF_TONE_MS / DTMF_STEP_MS;
const GAP_STEPS = DTMF_GAP_MS / DTMF_STEP_MS;

/** One step of 20 ms. `clockRate` is the event's negotiated clock, in Hz. */
export function stepDtmf(sender: DtmfSender, clockRate: number): { sender: DtmfSender; step: DtmfStep } {
  const digit = sender.digits[0];
  if (digit === undefined) return { sender, step: { type: 'done' } };
  const ticksAStep = (clockRate * DTMF_STEP_MS) / 1000;
  const next = sender.step + 1;
  if (sender.step < TONE_STEPS) {
    const end = next === TONE_STEPS;
    return {
      sender: { digits: sender.digits, step: next },
      step: { type: 'send', digit, first: sender.step === 0, end, durationTicks: ticksAStep * next, copies: end ? END_PACKETS : 1 },
    };
  }
  const isOver = next >= TONE_STEPS + GAP_STEPS;
  return { sender: isOver ? startDtmf(sender.digits.slice(1)) : { digits: sender.digits, step: next }, step: { type: 'gap' } };
}
