/** Music on hold, made and not recorded: four slow chords, each a few soft plucks, that end where they begin. Ours, so that nobody's licence is owed. */

/** Of the scale of F: F, Dm7, Bb, C. Within a telephone's band. */
const CHORDS_HZ = [
  [349.2, 440, 523.3, 698.5],
  [349.2, 440, 587.3, 523.3],
  [349.2, 466.2, 587.3, 698.5],
  [392, 523.3, 659.3, 784],
] as const;
const PLUCK_MS = 500;
const PLUCKS_A_CHORD = 8;
/** Each pluck takes another note of its chord. */
const ORDER = [0, 1, 2, 3, 2, 1, 2, 1] as const;
/** About -26 dBFS: below speech, since nobody chose to listen to it. */
const AMPLITUDE = 2_300;
const DECAY_MS = 420;
const ATTACK_MS = 12;

/** Sixteen seconds, to be repeated. */
export function renderHoldMusic(sampleRate: number): Int16Array {
  const pluckSamples = (PLUCK_MS * sampleRate) / 1_000;
  const length = CHORDS_HZ.length * PLUCKS_A_CHORD * pluckSamples;
  const sum = new Float64Array(length);
  for (const [chord, notes] of CHORDS_HZ.entries()) {
    for (const [pluck, note] of ORDER.entries()) {
      const start = (chord * PLUCKS_A_CHORD + pluck) * pluckSamples;
      const hz = notes[note];
      // Four plucks ring into one another, those at the end into the beginning.
      for (let index = 0; index < 4 * pluckSamples; index += 1) {
        const ms = (index * 1_000) / sampleRate;
        const strength = Math.min(1, ms / ATTACK_MS) * Math.exp(-ms / DECAY_MS);
        const phase = (2 * Math.PI * hz * index) / sampleRate;
        sum[(start + index) % length]! += strength * (Math.sin(phase) + 0.35 * Math.sin(2 * phase) * Math.exp(-ms / 200));
      }
    }
  }
  return Int16Array.from(sum, (value) => Math.round(value * AMPLITUDE * 0.8));
}
