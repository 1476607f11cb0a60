/** For tests: what networks and mailboxes play, made from sines with soft edges, at a loudness and pitch of one's choice. */
import { SAMPLE_RATE } from '../audio/sample-source.ts';
import type { ToneSpec } from '../audio/tone-plan.ts';

export interface TonePart {
  readonly hz: readonly number[];
  readonly ms: number;
}

const SLOPE_SAMPLES = 16;

export function renderTone(parts: readonly TonePart[], amplitude = 3_200): Int16Array {
  const lengths = parts.map(({ ms }) => Math.round((ms * SAMPLE_RATE) / 1000));
  const samples = new Int16Array(lengths.reduce((sum, length) => sum + length, 0));
  let start = 0;
  for (const [part, { hz }] of parts.entries()) {
    const length = lengths[part]!;
    for (let index = 0; index < length; index += 1) {
      const slope = Math.min(1, (index + 1) / SLOPE_SAMPLES, (length - index) / SLOPE_SAMPLES);
      samples[start + index] = Math.round(amplitude * slope * hz.reduce((sum, each) => sum + Math.sin((2 * Math.PI * each * index) / SAMPLE_RATE), 0));
    }
    start += length;
  }
  return samples;
}

export const silence = (ms: number): TonePart => ({ hz: [], ms });

/** A country's tone for so long. */
export function cadenceParts({ frequencies, cadence }: ToneSpec, forMs: number): TonePart[] {
  const parts: TonePart[] = [];
  for (let [ms, at] = [0, 0]; ms < forMs; at += 1) {
    const length = cadence[at % cadence.length]!;
    parts.push({ hz: at % 2 === 0 ? frequencies : [], ms: length });
    ms += length;
  }
  return parts;
}

/** Telcordia SR-2275: first and second tone's pitch and length; the third is the same in all. */
export const NORTH_AMERICAN_TONES = {
  intercept: [913.8, 274, 1370.6, 274],
  'vacant code': [985.2, 380, 1370.6, 274],
  'reorder, local': [913.8, 274, 1428.5, 380],
  'no circuit, local': [985.2, 380, 1428.5, 380],
  'reorder, distant': [985.2, 274, 1370.6, 380],
  'no circuit, distant': [913.8, 380, 1370.6, 380],
  ineffective: [913.8, 380, 1428.5, 274],
} as const;

export function informationTone([firstHz, firstMs, secondHz, secondMs]: readonly [number, number, number, number]): TonePart[] {
  return [{ hz: [firstHz], ms: firstMs }, { hz: [secondHz], ms: secondMs }, { hz: [1776.7], ms: 380 }];
}
