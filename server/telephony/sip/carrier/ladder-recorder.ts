/** Keeps the SIP ladders of calls while somebody has asked for them: redacted as they come, in memory alone, bounded, and gone with their time. Off unless switched on. */
import type { Clock } from '#server/platform/clock/clock.ts';
import { redactMessage } from './ladder-redaction-policy.ts';
import type { NameOf, RedactedMessage } from './ladder-redaction-policy.ts';

export interface LadderMessage extends RedactedMessage {
  /** Wall time. */
  readonly at: number;
  readonly direction: 'to-trunk' | 'from-trunk';
  readonly transport: 'udp' | 'tcp' | 'tls';
}

export interface Ladder {
  readonly callId: string;
  /** In the order in which they were tried. */
  readonly trunks: readonly string[];
  readonly startedAt: number;
  readonly messages: readonly LadderMessage[];
  /** More came than is kept. */
  readonly isCut: boolean;
}

/** What the rest of the server may ask: nothing here reaches a call. */
export interface SipTraces {
  switchOn(untilMs: number): void;
  switchOff(): void;
  /** Wall time; undefined while it is off. */
  onUntil(): number | undefined;
  /** Newest first. */
  ladders(): readonly Ladder[];
  find(callId: string): Ladder | undefined;
}

export interface LadderRecorder extends SipTraces {
  /** A dialog that this call is about to begin. */
  bind(sipCallId: string, callId: string, trunk: string): void;
  /** Every message there is, as it passes; cheap while it is off. */
  readonly see: (direction: LadderMessage['direction'], transport: LadderMessage['transport'], text: string) => void;
}

/** Some megabytes at most: enough for an hour of a practice, not for a memory of it. */
const MOST_CALLS = 100;
const MOST_MESSAGES = 200;
/** A ladder is looked at while the fault is fresh. */
const KEPT_MS = 24 * 3_600_000;

interface Recording {
  callId: string;
  trunks: string[];
  startedAt: number;
  messages: LadderMessage[];
  isCut: boolean;
  nameOf: NameOf;
}

export function createLadderRecorder(clock: Clock): LadderRecorder {
  const byCall = new Map<string, Recording>();
  const bySipCallId = new Map<string, Recording>();
  let untilMs: number | undefined;

  const isOn = (): boolean => untilMs !== undefined && clock.now() < untilMs;
  const forget = (recording: Recording): void => {
    byCall.delete(recording.callId);
    for (const [sipCallId, each] of bySipCallId) if (each === recording) bySipCallId.delete(sipCallId);
  };
  const forgetOld = (): void => {
    for (const recording of byCall.values()) if (byCall.size > MOST_CALLS || recording.startedAt + KEPT_MS < clock.now()) forget(recording);
  };

  return {
    switchOn(until) {
      untilMs = until;
    },
    switchOff() {
      untilMs = undefined;
    },
    onUntil: () => (isOn() ? untilMs : undefined),
    ladders() {
      forgetOld();
      return [...byCall.values()].toReversed();
    },
    find(callId) {
      forgetOld();
      return byCall.get(callId);
    },
    bind(sipCallId, callId, trunk) {
      if (!isOn()) return;
      const recording = byCall.get(callId) ?? { callId, trunks: [], startedAt: clock.now(), messages: [], isCut: false, nameOf: createNames() };
      if (recording.trunks.at(-1) !== trunk) recording.trunks.push(trunk);
      byCall.set(callId, recording);
      bySipCallId.set(sipCallId, recording);
      forgetOld();
    },
    see(direction, transport, text) {
      if (bySipCallId.size === 0) return;
      const sipCallId = /^(?:call-id|i)[ \t]*:[ \t]*(\S+)/im.exec(text)?.[1];
      const recording = sipCallId === undefined ? undefined : bySipCallId.get(sipCallId);
      if (recording === undefined) return;
      if (recording.messages.length >= MOST_MESSAGES) {
        recording.isCut = true;
        return;
      }
      const redacted = redactMessage(text, recording.nameOf);
      if (redacted !== undefined) recording.messages.push({ ...redacted, at: clock.now(), direction, transport });
    },
  };
}

/** Ordinals in place of values: nothing of the value is left, and one sees where it comes back. */
function createNames(): NameOf {
  const names = new Map<string, string>();
  const counts = new Map<string, number>();
  return (kind, value) => {
    const key = `${kind} ${value}`;
    const known = names.get(key);
    if (known !== undefined) return known;
    const count = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, count);
    const name = `${kind}-${count}`;
    names.set(key, name);
    return name;
  };
}
