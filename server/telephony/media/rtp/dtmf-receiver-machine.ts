/**
 * Hears keypresses in telephone-event packets: each key is told once, however often its packets are repeated and
 * whichever of them are lost (RFC 4733 2.5.2). Pure; knows no sockets.
 */
import type { DtmfDigit } from '../media-port.ts';
import type { TelephoneEvent } from './telephone-event-codec.ts';

export interface DtmfReceiver {
  /** The key being held; its RTP timestamp names it. */
  current: { timestamp: number; digit: DtmfDigit; duration: number; heardAtMs: number } | undefined;
  /** The timestamp of the last key told, so that late copies of its end say nothing. */
  lastTimestamp: number | undefined;
}

export interface HeardDigit {
  digit: DtmfDigit;
  durationMs: number;
}

export const idleDtmfReceiver: DtmfReceiver = { current: undefined, lastTimestamp: undefined };

/** All three end packets lost: after this long without a packet the key counts as released. */
const RELEASE_AFTER_MS = 400;

const tell = (current: NonNullable<DtmfReceiver['current']>, clockRate: number): HeardDigit => ({
  digit: current.digit,
  durationMs: Math.round((current.duration * 1000) / clockRate),
});

export function receiveTelephoneEvent(
  receiver: DtmfReceiver,
  event: TelephoneEvent,
  timestamp: number,
  clockRate: number,
  nowMs: number,
): { receiver: DtmfReceiver; heard: readonly HeardDigit[] } {
  const { current } = receiver;
  const heard: HeardDigit[] = [];
  let lastTimestamp = receiver.lastTimestamp;
  if (timestamp === lastTimestamp) return { receiver, heard };
  if (current !== undefined && current.timestamp !== timestamp) {
    heard.push(tell(current, clockRate));
    lastTimestamp = current.timestamp;
  }
  const duration = current?.timestamp === timestamp ? Math.max(current.duration, event.duration) : event.duration;
  const held = { timestamp, digit: event.digit, duration, heardAtMs: nowMs };
  if (!event.end) return { receiver: { current: held, lastTimestamp }, heard };
  heard.push(tell(held, clockRate));
  return { receiver: { current: undefined, lastTimestamp: timestamp }, heard };
}

/** To be called now and then: ends a key whose end packets were all lost. */
export function releaseStaleKey(receiver: DtmfReceiver, clockRate: number, nowMs: number): { receiver: DtmfReceiver; heard: readonly HeardDigit[] } {
  const { current } = receiver;
  if (current === undefined || nowMs - current.heardAtMs < RELEASE_AFTER_MS) return { receiver, heard: [] };
  return { receiver: { current: undefined, lastTimestamp: current.timestamp }, heard: [tell(current, clockRate)] };
}
