/** Whether somebody is speaking, from the loudness of 20 ms frames: quick to believe in speech, slow to believe in its end. Pure. */

export interface VoiceActivity {
  readonly isSpeaking: boolean;
  /** Consecutive frames that speak for a change of mind. */
  readonly doubtFrames: number;
}

export const quietRoom: VoiceActivity = { isSpeaking: false, doubtFrames: 0 };

/** -38 dBm0 as amplitude: above a room's noise through G.711, below soft speech. */
const SPEECH_AMPLITUDE = 280;
/** 80 ms: a click is shorter. */
const FRAMES_TO_START = 4;
/** 300 ms: a pause between words is shorter. */
const FRAMES_TO_END = 15;

export function hearFrame(activity: VoiceActivity, samples: Int16Array): VoiceActivity {
  let energy = 0;
  for (const sample of samples) energy += sample * sample;
  const isLoud = energy > SPEECH_AMPLITUDE * SPEECH_AMPLITUDE * samples.length;
  if (isLoud === activity.isSpeaking) return activity.doubtFrames === 0 ? activity : { ...activity, doubtFrames: 0 };
  const doubtFrames = activity.doubtFrames + 1;
  const needed = activity.isSpeaking ? FRAMES_TO_END : FRAMES_TO_START;
  return doubtFrames >= needed ? { isSpeaking: isLoud, doubtFrames: 0 } : { ...activity, doubtFrames };
}
