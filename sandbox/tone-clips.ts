/** The sounds of a network, made from sines: ringing, the beep of a mailbox, the three tones before "not in service", music on hold. */
import { SAMPLE_RATE } from '#server/telephony/index.ts';

interface ToneSegment {
  readonly frequenciesHz: readonly number[];
  readonly forMs: number;
}

/** About -16 dBm0 for each frequency. */
const AMPLITUDE = 3200;
/** Without a slope at both ends a tone clicks. */
const SLOPE_SAMPLES = 40;

const toSamples = (ms: number): number => Math.round((ms * SAMPLE_RATE) / 1000);

function renderTones(segments: readonly ToneSegment[]): Int16Array {
  const clip = new Int16Array(segments.reduce((total, { forMs }) => total + toSamples(forMs), 0));
  let start = 0;
  for (const { frequenciesHz, forMs } of segments) {
    const length = toSamples(forMs);
    for (let index = 0; index < length; index++) {
      const slope = Math.min(1, (index + 1) / SLOPE_SAMPLES, (length - index) / SLOPE_SAMPLES);
      let sum = 0;
      for (const hertz of frequenciesHz) sum += Math.sin((2 * Math.PI * hertz * index) / SAMPLE_RATE);
      clip[start + index] = Math.round(AMPLITUDE * slope * sum);
    }
    start += length;
  }
  return clip;
}

/** Ringing as North America hears it, 440 and 480 Hz, 2 s on and 4 s off, cut at `forMs`. */
export function ringbackClip(forMs: number): Int16Array {
  const cycle: ToneSegment[] = [{ frequenciesHz: [440, 480], forMs: 2000 }, { frequenciesHz: [], forMs: 4000 }];
  const cycles = Math.ceil(forMs / 6000);
  return renderTones(Array.from({ length: cycles }, () => cycle).flat()).subarray(0, toSamples(forMs));
}

export const mailboxBeepClip = (forMs: number): Int16Array => renderTones([{ frequenciesHz: [1000], forMs }]);

/** The special information tone of a vacant code (Telcordia SR-2275): long, short, long; then what is left of `forMs` in silence. */
export function notInServiceClip(forMs: number): Int16Array {
  const tones: ToneSegment[] = [
    { frequenciesHz: [985.2], forMs: 380 },
    { frequenciesHz: [1370.6], forMs: 274 },
    { frequenciesHz: [1776.7], forMs: 380 },
  ];
  const leftMs = forMs - tones.reduce((total, tone) => total + tone.forMs, 0);
  return renderTones([...tones, { frequenciesHz: [], forMs: Math.max(0, leftMs) }]);
}

/** A slow chime, to be repeated while one holds. */
export const holdMusicClip: Int16Array = renderTones(
  [523.3, 659.3, 784, 659.3].flatMap((hertz) => [
    { frequenciesHz: [hertz], forMs: 500 },
    { frequenciesHz: [], forMs: 300 },
  ]),
);
