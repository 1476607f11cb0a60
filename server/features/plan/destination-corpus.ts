/** Reads the corpus of destinations: each line a range with its source and what must become of it, expanded the same way on every machine. For tests and benches only. */
import { readFileSync } from 'node:fs';

export interface CorpusNumber {
  practice: string;
  allow: readonly string[];
  typed: string;
  expect: 'allowed' | 'refused' | 'emergency' | 'routed';
  /** Reasons that would do; undefined for any. */
  reasons: readonly string[] | undefined;
  /** Where an allowed one must lead. */
  country: string | undefined;
  source: string;
  /** The public page that the riskiest ranges were held against; undefined where it was the source alone. */
  checked: string | undefined;
}

interface CorpusRange extends Omit<CorpusNumber, 'typed' | 'allow'> {
  pattern: string;
  count: number;
  allow?: readonly string[];
}

export function readDestinationCorpus(): CorpusNumber[] {
  const lines = readFileSync(new URL('./destination-corpus.jsonl', import.meta.url), 'utf8').trimEnd().split('\n');
  return lines.flatMap((line, index) => expandRange(JSON.parse(line) as CorpusRange, index));
}

function expandRange({ pattern, count, allow = [], ...range }: CorpusRange, index: number): CorpusNumber[] {
  const random = seededRandom(index + 1);
  return Array.from({ length: count }, (_, turn) => {
    let isFirstChoice = true;
    const typed = pattern.replace(/\[([^\]]*)\]|[XNZ]/gu, (token, choices: string | undefined) => {
      if (choices === undefined) return String(token === 'X' ? below(random, 10) : token === 'N' ? 2 + below(random, 8) : 1 + below(random, 9));
      const all = choices.split('|');
      // The first choice goes through its entries in turn, so that a list of codes is tried whole and not by luck.
      const entry = all[isFirstChoice ? turn % all.length : below(random, all.length)]!;
      isFirstChoice = false;
      return entry;
    });
    return { ...range, allow, typed, reasons: range.reasons, country: range.country, checked: range.checked };
  });
}

/** mulberry32: small, and the same everywhere. */
function seededRandom(seed: number): () => number {
  let state = (seed * 0x9e3779b9) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const below = (random: () => number, bound: number): number => Math.floor(random() * bound);
