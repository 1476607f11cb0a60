/** The keypad's tones (ITU-T Q.23): which two make a key, and how a press of one sounds. Pure; hears nothing. */
import type { DtmfDigit } from '../media-port.ts';
import { SAMPLE_RATE } from './sample-source.ts';

export const ROWS_HZ = [697, 770, 852, 941];
export const COLUMNS_HZ = [1209, 1336, 1477, 1633];
export const KEYS = ['123A', '456B', '789C', '*0#D'];

/** Each of the two at about -10 dBm0, the higher one 2 dB over the lower, as telephones send them. */
const ROW_AMPLITUDE = 6_400;
const COLUMN_AMPLITUDE = 8_000;

/** The part of a press of `digit` that begins `offset` samples after its own beginning. */
export function fillKeyTone(digit: DtmfDigit, offset: number, frame: Int16Array): void {
  const row = KEYS.findIndex((keys) => keys.includes(digit));
  const rowStep = (2 * Math.PI * ROWS_HZ[row]!) / SAMPLE_RATE;
  const columnStep = (2 * Math.PI * COLUMNS_HZ[KEYS[row]!.indexOf(digit)]!) / SAMPLE_RATE;
  for (let index = 0; index < frame.length; index += 1) frame[index] = Math.round(ROW_AMPLITUDE * Math.sin(rowStep * (offset + index)) + COLUMN_AMPLITUDE * Math.sin(columnStep * (offset + index)));
}
