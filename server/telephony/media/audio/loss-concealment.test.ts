import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createLossConcealment } from './loss-concealment.ts';

/** A voice of sorts: a fundamental that drifts, and its harmonics. */
function voice(frames: number): Int16Array {
  let phase = 0;
  return Int16Array.from({ length: frames * 160 }, (_, index) => {
    phase += (2 * Math.PI * (120 + 15 * Math.sin(index / 4000))) / 8000;
    return Math.round(5000 * Math.sin(phase) + 2500 * Math.sin(2 * phase) + 1200 * Math.sin(5 * phase));
  });
}

/** What is heard where the frames named are lost: concealed, or silence. */
function hear(spoken: Int16Array, isLost: (frame: number) => boolean, isConcealed: boolean): Int16Array {
  const concealment = createLossConcealment();
  const heard = spoken.slice();
  for (let frame = 0; frame * 160 < heard.length; frame += 1) {
    const samples = heard.subarray(frame * 160, (frame + 1) * 160);
    if (!isLost(frame)) {
      if (isConcealed) concealment.hear(samples);
    } else if (isConcealed) concealment.conceal(samples);
    else samples.fill(0);
  }
  return heard;
}

const errorOf = (spoken: Int16Array, heard: Int16Array): number => spoken.reduce((sum, sample, index) => sum + (sample - heard[index]!) ** 2, 0);
const steepest = (samples: Int16Array): number => samples.reduce((most, sample, index) => (index === 0 ? 0 : Math.max(most, Math.abs(sample - samples[index - 1]!))), 0);

test('a voice with one frame in ten lost is far nearer to itself concealed than cut out', () => {
  const spoken = voice(200);
  const isLost = (frame: number): boolean => frame % 10 === 7;
  expect(errorOf(spoken, hear(spoken, isLost, true))).toBeLessThan(0.35 * errorOf(spoken, hear(spoken, isLost, false)));
});

test('neither the beginning nor the end of a loss clicks', () => {
  const spoken = voice(100);
  expect(steepest(hear(spoken, (frame) => frame % 9 === 5, true))).toBeLessThan(1.6 * steepest(spoken));
});

test('what is made up fades, and is silence after 60 ms', () => {
  const heard = hear(voice(30), (frame) => frame >= 20, true);
  expect(steepest(heard.subarray(20 * 160, 21 * 160))).toBeGreaterThan(500);
  expect(heard.subarray(20 * 160 + 490).every((sample) => sample === 0)).toBe(true);
});

test('silence is concealed by silence', () => {
  expect(hear(new Int16Array(1600), (frame) => frame > 4, true).every((sample) => sample === 0)).toBe(true);
});

test('nothing that is heard or lost makes it louder than it was', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), fc.int16Array({ minLength: 160, maxLength: 160 })), { maxLength: 12 }), (frames) => {
      const concealment = createLossConcealment();
      let loudest = 0;
      for (const [isLost, samples] of frames) {
        if (isLost) concealment.conceal(samples);
        else {
          for (const sample of samples) loudest = Math.max(loudest, Math.abs(sample));
          concealment.hear(samples);
        }
        for (const sample of samples) expect(Math.abs(sample)).toBeLessThanOrEqual(loudest + 1);
      }
    }),
  );
});
