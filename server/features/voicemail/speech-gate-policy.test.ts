import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hearThrough, openGate } from './speech-gate-policy.ts';

const FRAME = 160;
const tone = (amplitude: number): Int16Array => Int16Array.from({ length: FRAME }, (_, index) => amplitude * Math.sin(index / 3));
const noise = (amplitude: number, seed: number): Int16Array => {
  let state = seed >>> 0;
  return Int16Array.from({ length: FRAME }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state / 2 ** 32 - 0.5) * 2 * amplitude;
  });
};

function afterFrames(frames: readonly Int16Array[]) {
  let gate = openGate;
  for (const frame of frames) gate = hearThrough(gate, frame);
  return gate;
}

describe('whether somebody speaks', () => {
  it('hears a voice in a quiet room, and none in silence', () => {
    expect(afterFrames([...Array.from({ length: 50 }, () => noise(10, 1)), tone(3_000)]).isSpeech).toBe(true);
    expect(afterFrames(Array.from({ length: 500 }, () => new Int16Array(FRAME))).isSpeech).toBe(false);
  });

  it('takes the even noise of a car for quiet after some seconds, and a voice above it for a voice', () => {
    const car = Array.from({ length: 1_000 }, (_, index) => noise(400, index));
    expect(afterFrames(car).isSpeech).toBe(false);
    expect(afterFrames([...car, tone(4_000)]).isSpeech).toBe(true);
  });

  it('hears the next word after a second of loud speech', () => {
    expect(afterFrames([...Array.from({ length: 50 }, () => tone(9_000)), ...Array.from({ length: 10 }, () => noise(20, 3)), tone(6_000)]).isSpeech).toBe(true);
  });

  it('whatever comes, it stays a number and silence is never speech', () => {
    fc.assert(
      fc.property(fc.array(fc.int16Array({ minLength: 0, maxLength: FRAME }), { maxLength: 40 }), (frames) => {
        const gate = afterFrames(frames);
        expect(Number.isFinite(gate.room)).toBe(true);
        expect(hearThrough(gate, new Int16Array(FRAME)).isSpeech).toBe(false);
      }),
    );
  });
});
