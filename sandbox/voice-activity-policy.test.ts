import { expect, it } from 'vitest';
import { hearFrame, quietRoom, type VoiceActivity } from './voice-activity-policy.ts';

const frame = (amplitude: number): Int16Array => new Int16Array(160).fill(amplitude);
const hear = (from: VoiceActivity, amplitude: number, frames: number): VoiceActivity =>
  Array.from({ length: frames }).reduce<VoiceActivity>((activity) => hearFrame(activity, frame(amplitude)), from);

it('takes 80 ms of loudness for speech, and a click for nothing', () => {
  expect(hear(quietRoom, 3000, 3).isSpeaking).toBe(false);
  expect(hear(hear(quietRoom, 3000, 3), 10, 1).isSpeaking).toBe(false);
  expect(hear(quietRoom, 3000, 4).isSpeaking).toBe(true);
});

it('takes a pause between words for speech, and 300 ms of quiet for its end', () => {
  const speaking = hear(quietRoom, 3000, 4);
  expect(hear(speaking, 10, 14).isSpeaking).toBe(true);
  expect(hear(hear(speaking, 10, 14), 3000, 1)).toEqual({ isSpeaking: true, doubtFrames: 0 });
  expect(hear(speaking, 10, 15).isSpeaking).toBe(false);
});

it('does not hear the noise of a room', () => {
  expect(hear(quietRoom, 60, 500).isSpeaking).toBe(false);
});
