/** Three and more legs hear each other: every leg gets the sum of all others and never itself. Owns the mix; relays nothing. */
import { decodeG711, type G711Law } from '../audio/g711-codec.ts';
import { createFrameQueue, type FrameQueue } from '../audio/frame-queue.ts';
import { FRAME_SAMPLES } from '../audio/sample-source.ts';
import { createLossConcealment, type LossConcealment } from '../audio/loss-concealment.ts';
import type { RtpHeader } from '../rtp/rtp-codec.ts';
import type { Leg } from './leg.ts';

export interface Conference {
  setMembers(legs: readonly Leg[]): void;
  hear(from: Leg, header: RtpHeader, packet: Uint8Array, law: G711Law): void;
  /** The loudest sample of the last moments of each member, 0 to 1. */
  levels(): { leg: string; level: number }[];
  /** Every 20 ms, before the legs' own. */
  tick(nowMs: number): void;
}

interface Member {
  leg: Leg;
  queue: FrameQueue;
  frame: Int16Array;
  concealment: LossConcealment;
  isHeard: boolean;
  /** Falls slowly, so that whoever looks a few times a second misses no word. */
  peak: number;
}

const LONGEST_PACKET_SAMPLES = 1600;
/** A frame: half in 100 ms. */
const PEAK_FALLS_TO = 0.87;
const SILENCE = new Int16Array(FRAME_SAMPLES);

export function createConference(): Conference {
  let members: readonly Member[] = [];
  const decoded = new Int16Array(LONGEST_PACKET_SAMPLES);
  const sum = new Int32Array(FRAME_SAMPLES);
  const mixed = new Int16Array(FRAME_SAMPLES);

  return {
    setMembers(legs) {
      members = legs.map((leg) => members.find((member) => member.leg === leg) ?? { leg, queue: createFrameQueue(), frame: new Int16Array(FRAME_SAMPLES), concealment: createLossConcealment(), isHeard: false, peak: 0 });
    },
    hear(from, header, packet, law) {
      if (header.payloadLength > LONGEST_PACKET_SAMPLES) return;
      for (const member of members) {
        if (member.leg !== from) continue;
        decodeG711(law, packet, header.payloadOffset, header.payloadLength, decoded);
        member.queue.push(header.timestamp, decoded, header.payloadLength);
      }
    },
    levels: () => members.map(({ leg, peak }) => ({ leg: leg.id, level: peak / 32_768 })),
    tick(nowMs) {
      sum.fill(0);
      for (const member of members) {
        // A muted member's queue runs on, so that it is not heard late when it speaks again.
        const { repair } = member.leg;
        if (repair?.isActive() === true) member.frame.set(repair.nextFrame(nowMs) ?? SILENCE);
        else if (member.queue.pull(member.frame) === 'heard') member.concealment.hear(member.frame);
        else member.concealment.conceal(member.frame);
        member.peak *= PEAK_FALLS_TO;
        for (let index = 0; index < FRAME_SAMPLES; index += 1) if (member.frame[index]! > member.peak) member.peak = member.frame[index]!;
        member.isHeard = !member.leg.isMuted;
        if (!member.isHeard) continue;
        for (let index = 0; index < FRAME_SAMPLES; index += 1) sum[index]! += member.frame[index]!;
      }
      for (const member of members) {
        for (let index = 0; index < FRAME_SAMPLES; index += 1) {
          const others = member.isHeard ? sum[index]! - member.frame[index]! : sum[index]!;
          mixed[index] = others > 32_767 ? 32_767 : others < -32_768 ? -32_768 : others;
        }
        member.leg.sender.sendFrame(mixed, nowMs);
      }
    },
  };
}
