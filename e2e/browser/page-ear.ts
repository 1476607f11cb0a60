/** What a page heard, as samples: reads the recorder of ear.js and decodes its Opus with ffmpeg. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { Recording } from '../audio/wav-file.ts';

/** To be run in a page before its own code. */
export const EAR_SCRIPT = join(import.meta.dirname, 'ear.js');

/** Telephone speech has nothing above 4 kHz. */
const SAMPLE_RATE = 8000;

/** Either driver's page: both run an expression and return its value. */
interface Evaluating {
  evaluate(expression: string): Promise<unknown>;
}

/** What the newest peer connection of the page received since it began; no samples if it has none yet. */
export async function heardByPage(page: Evaluating): Promise<Recording> {
  const encoded = Buffer.from(String(await page.evaluate('window.readEar()')), 'base64');
  if (encoded.length === 0) return { sampleRate: SAMPLE_RATE, samples: new Int16Array(0) };
  const decoder = spawnSync('ffmpeg', ['-loglevel', 'error', '-i', 'pipe:0', '-ac', '1', '-ar', String(SAMPLE_RATE), '-f', 's16le', 'pipe:1'], {
    input: encoded,
    maxBuffer: 64 * 1024 * 1024,
  });
  const bytes = decoder.stdout;
  const samples = new Int16Array(bytes.length >> 1);
  for (let index = 0; index < samples.length; index++) samples[index] = bytes.readInt16LE(2 * index);
  return { sampleRate: SAMPLE_RATE, samples };
}
