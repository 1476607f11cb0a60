/** Whether somebody speaks in 20 ms of a telephone, against the room they are in. A gate and a frame in, the next gate out; for ending a message, where a wrong guess costs a few seconds. */

export interface SpeechGate {
  /** Mean square of the quietest that was heard lately: the room. */
  readonly room: number;
  readonly isSpeech: boolean;
}

/** -50 dBFS and less is nobody, whatever the room. */
const FAINTEST = 32_768 ** 2 * 10 ** -5;
/** A voice stands this far above its room: 9 dB. */
const ABOVE_ROOM = 8;
/** A room that grew louder is believed after some seconds: 6 dB in five. */
const RISE_A_FRAME = 4 ** (1 / 250);

export const openGate: SpeechGate = { room: FAINTEST, isSpeech: false };

export function hearThrough(gate: SpeechGate, frame: Int16Array): SpeechGate {
  let energy = 0;
  for (const sample of frame) energy += sample * sample;
  const power = energy / Math.max(1, frame.length);
  const room = Math.max(1, Math.min(gate.room * RISE_A_FRAME, Math.max(power, FAINTEST / 64)));
  return { room, isSpeech: power > Math.max(FAINTEST, room * ABOVE_ROOM) };
}
