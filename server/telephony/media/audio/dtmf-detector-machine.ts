/**
 * Keypresses heard as tones (ITU-T Q.23, Q.24), for networks that send no telephone events: eight Goertzel filters over blocks of
 * 12.75 ms. Wary of speech (talk-off): a pair must be nearly all there is, even, and without overtones.
 */
import type { DtmfDigit } from '../media-port.ts';
import { COLUMNS_HZ, KEYS, ROWS_HZ } from './dtmf-tones-policy.ts';
import { SAMPLE_RATE } from './sample-source.ts';

export interface DtmfDetector {
  /** A keypress once it is over. */
  hear(frame: Int16Array): { digit: DtmfDigit; durationMs: number } | undefined;
}

/** Narrow enough to tell neighbours apart, short enough that any tone of 40 ms fills two. */
const BLOCK_SAMPLES = 102;
const BLOCK_MS = (BLOCK_SAMPLES * 1000) / SAMPLE_RATE;
/** Of the block's energy. */
const LEAST_PAIR_SHARE = 0.8;
/** Q.24: the higher tone up to 8 dB stronger, or 4 dB weaker; ours with a little room. */
const MOST_COLUMN_OVER_ROW = 10 ** 0.85;
const MOST_ROW_OVER_COLUMN = 10 ** 0.55;
/** 8 dB over each other tone of its group. */
const LEAST_OVER_NEIGHBOURS = 6.3;
/** A voice has overtones; a key has next to none. */
const MOST_OVERTONE = 0.05;
/** -36 dBFS, by energy of a block. */
const LEAST_ENERGY = 10 ** -3.6 * BLOCK_SAMPLES;
const BLOCKS_TO_BEGIN = 2;
/** A drop-out of 10 ms does not end a key. */
const BLOCKS_TO_END = 3;

const coefficientOf = (hz: number): number => 2 * Math.cos((2 * Math.PI * hz) / SAMPLE_RATE);
const rows = ROWS_HZ.map(coefficientOf);
const columns = COLUMNS_HZ.map(coefficientOf);
const rowOvertones = ROWS_HZ.map((hz) => coefficientOf(2 * hz));
const columnOvertones = COLUMNS_HZ.map((hz) => coefficientOf(2 * hz));

export function createDtmfDetector(): DtmfDetector {
  const block = new Float64Array(BLOCK_SAMPLES);
  let filled = 0;
  let digit: DtmfDigit | undefined;
  let hits = 0;
  let misses = 0;
  let isPressed = false;

  const takeBlock = (): { digit: DtmfDigit; durationMs: number } | undefined => {
    const heard = digitIn(block);
    if (heard !== undefined && heard === digit) {
      hits += 1;
      misses = 0;
      isPressed ||= hits >= BLOCKS_TO_BEGIN;
      return undefined;
    }
    if (digit !== undefined && isPressed && heard === undefined && ++misses < BLOCKS_TO_END) return undefined;
    const ended = isPressed ? { digit: digit!, durationMs: Math.round(hits * BLOCK_MS) } : undefined;
    digit = heard;
    hits = heard === undefined ? 0 : 1;
    misses = 0;
    isPressed = false;
    return ended;
  };

  return {
    hear(frame) {
      let ended: ReturnType<typeof takeBlock>;
      for (let index = 0; index < frame.length; index += 1) {
        block[filled] = frame[index]! / 32_768;
        filled += 1;
        if (filled < BLOCK_SAMPLES) continue;
        filled = 0;
        ended = takeBlock() ?? ended;
      }
      return ended;
    },
  };
}

function digitIn(block: Float64Array): DtmfDigit | undefined {
  let energy = 0;
  for (let index = 0; index < BLOCK_SAMPLES; index += 1) energy += block[index]! * block[index]!;
  if (energy < LEAST_ENERGY) return undefined;
  const row = strongestOf(block, rows);
  const column = strongestOf(block, columns);
  if (row === undefined || column === undefined) return undefined;
  if (column.power > row.power * MOST_COLUMN_OVER_ROW || row.power > column.power * MOST_ROW_OVER_COLUMN) return undefined;
  if (2 * (row.power + column.power) < LEAST_PAIR_SHARE * BLOCK_SAMPLES * energy) return undefined;
  if (goertzel(block, rowOvertones[row.at]!) > MOST_OVERTONE * row.power && goertzel(block, columnOvertones[column.at]!) > MOST_OVERTONE * column.power) return undefined;
  return KEYS[row.at]![column.at] as DtmfDigit;
}

/** The strongest of a group, if it stands out from the rest. */
function strongestOf(block: Float64Array, coefficients: readonly number[]): { at: number; power: number } | undefined {
  let at = 0;
  let power = 0;
  let second = 0;
  for (const [index, coefficient] of coefficients.entries()) {
    const here = goertzel(block, coefficient);
    if (here > power) {
      second = power;
      power = here;
      at = index;
    } else if (here > second) second = here;
  }
  return power > second * LEAST_OVER_NEIGHBOURS ? { at, power } : undefined;
}

/** The power of one frequency in a block (G. Goertzel, 1958): a filter of two poles, instead of a whole transform. */
function goertzel(block: Float64Array, coefficient: number): number {
  let before = 0;
  let last = 0;
  for (let index = 0; index < block.length; index += 1) {
    const next = block[index]! + coefficient * last - before;
    before = last;
    last = next;
  }
  return last * last + before * before - coefficient * last * before;
}
