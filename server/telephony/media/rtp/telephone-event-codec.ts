/** The payload of a telephone event (RFC 4733 2.3): four octets that name a key, whether it ended and how long it was held. */
import type { DtmfDigit } from '../media-port.ts';

export interface TelephoneEvent {
  digit: DtmfDigit;
  /** The key was released: this packet tells its whole duration. */
  end: boolean;
  /** 0..63: dBm0 with the sign dropped. */
  volume: number;
  /** In ticks of the negotiated clock. */
  duration: number;
}

export const TELEPHONE_EVENT_LENGTH = 4;

/** RFC 4733 3.2: event codes 0 to 15. */
const DIGITS: readonly DtmfDigit[] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '#', 'A', 'B', 'C', 'D'];

/** Undefined for a payload that is too short or an event that is no keypress (flash, tones of modems). */
export function readTelephoneEvent(packet: Uint8Array, offset: number, length: number): TelephoneEvent | undefined {
  if (length < TELEPHONE_EVENT_LENGTH) return undefined;
  const digit = DIGITS[packet[offset]!];
  if (digit === undefined) return undefined;
  const flags = packet[offset + 1]!;
  return { digit, end: (flags & 0x80) !== 0, volume: flags & 0x3f, duration: (packet[offset + 2]! << 8) | packet[offset + 3]! };
}

export function writeTelephoneEvent(into: Uint8Array, offset: number, event: TelephoneEvent): void {
  into[offset] = DIGITS.indexOf(event.digit);
  into[offset + 1] = (event.end ? 0x80 : 0) | event.volume;
  into[offset + 2] = event.duration >> 8;
  into[offset + 3] = event.duration;
}
