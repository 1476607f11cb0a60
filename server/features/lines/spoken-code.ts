/** The words of a call with a code, as samples. Reads the recordings beside it; speaks to nobody. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeG711, SAMPLE_RATE } from '#server/telephony/index.ts';

const PAUSE_BETWEEN_DIGITS_MS = 450;
const PAUSE_AT_END_MS = 2_000;

/** The sentence, the digits one by one, and a breath before it is said again. */
export function speakCode(code: string): Int16Array {
  const pause = new Int16Array((PAUSE_BETWEEN_DIGITS_MS * SAMPLE_RATE) / 1_000);
  const parts = [read('code-is'), ...code.split('').flatMap((digit) => [pause, read(`digit-${digit}`)]), new Int16Array((PAUSE_AT_END_MS * SAMPLE_RATE) / 1_000)];
  const whole = new Int16Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

/** Raw mu-law: one byte a sample, no header. Ten short files, read when somebody is about to hear them. */
function read(name: string): Int16Array {
  const file = readFileSync(join(import.meta.dirname, 'voices', `${name}.ulaw`));
  const samples = new Int16Array(file.length);
  decodeG711('PCMU', file, 0, file.length, samples);
  return samples;
}
