/** Makes out the digits of a code in a recording of the call that spoke it, by the recordings they were spoken from. Judges by the shape of the sound alone; knows no code. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeG711 } from '#server/telephony/index.ts';
import type { Recording } from './wav-file.ts';

const VOICES = join(import.meta.dirname, '../../server/features/lines/voices');
/** A quarter of the telephone's rate: enough to tell one digit from another, and sixteen times faster. */
const EVERY = 4;
const RATE = 8_000 / EVERY;
/** 1 is the same sound; another digit, or the sentence before, stays well under it. */
const LEAST_LIKENESS = 0.7;
/** From the beginning of one digit to that of the next, at most. */
const LONGEST_STEP_S = 1.6;
const DIGITS = 6;

interface Found {
  readonly at: number;
  readonly digit: string;
  readonly likeness: number;
}

/** The first six digits that follow one another; undefined while they are not all there. */
export function hearDigits(heard: Recording): string | undefined {
  const sound = thinned(heard.samples);
  const found = '0123456789'.split('').flatMap((digit) => occurrences(sound, digit, templateOf(digit)));
  const distinct: Found[] = [];
  for (const one of found.toSorted((a, b) => b.likeness - a.likeness)) if (distinct.every(({ at }) => Math.abs(at - one.at) > 0.3 * RATE)) distinct.push(one);
  const inOrder = distinct.toSorted((a, b) => a.at - b.at);
  for (let first = 0; first + DIGITS <= inOrder.length; first += 1) {
    const run = inOrder.slice(first, first + DIGITS);
    if (run.every(({ at }, index) => index === 0 || at - run[index - 1]!.at < LONGEST_STEP_S * RATE)) return run.map(({ digit }) => digit).join('');
  }
  return undefined;
}

const templates = new Map<string, Float32Array>();

function templateOf(digit: string): Float32Array {
  const known = templates.get(digit);
  if (known !== undefined) return known;
  const file = readFileSync(join(VOICES, `digit-${digit}.ulaw`));
  const samples = new Int16Array(file.length);
  decodeG711('PCMU', file, 0, file.length, samples);
  const template = thinned(samples);
  templates.set(digit, template);
  return template;
}

/** Averages of neighbours: a low-pass good enough for likeness. */
function thinned(samples: Int16Array): Float32Array {
  const out = new Float32Array(Math.floor(samples.length / EVERY));
  for (let index = 0; index < out.length; index += 1) {
    for (let offset = 0; offset < EVERY; offset += 1) out[index]! += samples[index * EVERY + offset]! / EVERY;
  }
  return out;
}

/** Where the normalised correlation has its peaks. */
function occurrences(sound: Float32Array, digit: string, template: Float32Array): Found[] {
  const ofTemplate = Math.sqrt(template.reduce((sum, value) => sum + value * value, 0));
  const found: Found[] = [];
  let energy = 0;
  for (let index = 0; index < template.length && index < sound.length; index += 1) energy += sound[index]! ** 2;
  for (let at = 0; at + template.length <= sound.length; at += 1) {
    // Where it is almost silent there is nothing to compare.
    if (energy > (0.2 * ofTemplate) ** 2) {
      let product = 0;
      for (let index = 0; index < template.length; index += 1) product += sound[at + index]! * template[index]!;
      const likeness = product / (ofTemplate * Math.sqrt(energy));
      if (likeness > LEAST_LIKENESS) found.push({ at, digit, likeness });
    }
    energy += (sound[at + template.length] ?? 0) ** 2 - sound[at]! ** 2;
  }
  return found;
}
