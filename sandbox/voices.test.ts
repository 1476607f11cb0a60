/** The practice patients as they are heard: nobody turns the volume up for one of them. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openVoices } from './voices.ts';

const FOLDER = join(import.meta.dirname, 'voices');
const FRAME_SAMPLES = 160;
const SILENT_RMS = 130;

/** Of all that somebody says, pauses left out; below full scale. */
function levelDb(who: string): number {
  const voices = openVoices(FOLDER);
  const names = readdirSync(FOLDER).filter((name) => name.startsWith(`${who}-`)).map((name) => name.replace(/\.wav$/, ''));
  const powers = names.flatMap((name) => {
    const samples = voices(name);
    return Array.from({ length: Math.floor(samples.length / FRAME_SAMPLES) }, (_, index) => samples.subarray(index * FRAME_SAMPLES, (index + 1) * FRAME_SAMPLES).reduce((sum, sample) => sum + sample ** 2, 0) / FRAME_SAMPLES);
  });
  const spoken = powers.filter((power) => power > SILENT_RMS ** 2);
  return 10 * Math.log10(spoken.reduce((sum, power) => sum + power, 0) / spoken.length / 32_768 ** 2);
}

test.each(['rosa', 'wanda', 'petra', 'nell', 'pavel'])('%s speaks about as loudly as the others', (who) => {
  expect(Math.abs(levelDb(who) - -18.8)).toBeLessThan(2.5);
});
