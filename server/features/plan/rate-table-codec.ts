/** Reads a carrier's rate table from CSV: a header, then one prefix a line. Refuses the whole table for one bad line, and says each that is. */
import type { Rate } from './spend-policy.ts';

export interface RateTableError {
  line: number;
  problem: 'empty' | 'too-long' | 'no-prefix-column' | 'no-price-column' | 'bad-prefix' | 'bad-price' | 'bad-step' | 'prefix-twice' | 'bad-quotes';
}

/** Carriers' full decks have some 60,000 lines. */
const MOST_LINES = 200_000;
const DEFAULT_STEP_S = 60;

/** Columns go by many names; each list is what decks were seen to call it. */
const COLUMNS = {
  prefix: ['prefix', 'code', 'destination code', 'dial code', 'dialcode', 'number prefix'],
  price: ['price', 'rate', 'price per minute', 'rate per minute', 'price/min', 'rate/min', 'price_per_minute', 'rate_per_minute'],
  connect: ['connect', 'connect fee', 'connection fee', 'connect_fee', 'setup fee'],
  firstStep: ['first step', 'initial increment', 'first interval', 'minimum time', 'first_step_s', 'interval_1'],
  nextStep: ['next step', 'increment', 'subsequent increment', 'next interval', 'next_step_s', 'interval_n'],
} as const;

/** `rates` is whole only where there is no problem. */
export interface RateTable {
  readonly rates: readonly Rate[];
  readonly problems: readonly RateTableError[];
}

export function readRateTable(csv: string): RateTable {
  const refused = (problem: RateTableError): RateTable => ({ rates: [], problems: [problem] });
  const lines = csv.replace(/^\ufeff/u, '').split(/\r\n|\n|\r/u);
  while (lines.at(-1)?.trim() === '') lines.pop();
  if (lines.length < 2) return refused({ line: 1, problem: 'empty' });
  if (lines.length > MOST_LINES) return refused({ line: MOST_LINES, problem: 'too-long' });
  const separator = separatorOf(lines[0]!);
  const header = cellsOf(lines[0]!, separator)?.map((cell) => cell.toLowerCase());
  if (header === undefined) return refused({ line: 1, problem: 'bad-quotes' });
  const at = (names: readonly string[]): number => header.findIndex((cell) => names.includes(cell));
  const columns = { prefix: at(COLUMNS.prefix), price: at(COLUMNS.price), connect: at(COLUMNS.connect), firstStep: at(COLUMNS.firstStep), nextStep: at(COLUMNS.nextStep) };
  if (columns.prefix === -1) return refused({ line: 1, problem: 'no-prefix-column' });
  if (columns.price === -1) return refused({ line: 1, problem: 'no-price-column' });

  const rates = new Map<string, Rate>();
  const problems: RateTableError[] = [];
  for (let index = 1; index < lines.length; index += 1) {
    if (lines[index]!.trim() === '') continue;
    const cells = cellsOf(lines[index]!, separator);
    const rate = cells === undefined ? 'bad-quotes' : rateOf(cells, columns);
    const problem = typeof rate === 'string' ? rate : rates.has(rate.prefix) ? 'prefix-twice' : null;
    if (problem !== null) problems.push({ line: index + 1, problem });
    else if (typeof rate !== 'string') rates.set(rate.prefix, rate);
  }
  return { rates: [...rates.values()], problems };
}

function rateOf(cells: readonly string[], columns: Readonly<Record<keyof typeof COLUMNS, number>>): Rate | RateTableError['problem'] {
  const cell = (column: number): string => cells[column] ?? '';
  const prefix = cell(columns.prefix).replace(/^\+/u, '');
  if (!/^[1-9]\d{0,14}$/u.test(prefix)) return 'bad-prefix';
  const microsPerMinute = microsOf(cell(columns.price));
  const connectMicros = cell(columns.connect) === '' ? 0 : microsOf(cell(columns.connect));
  if (microsPerMinute === undefined || connectMicros === undefined) return 'bad-price';
  const firstStepS = stepOf(cell(columns.firstStep));
  const nextStepS = stepOf(cell(columns.nextStep));
  if (firstStepS === undefined || nextStepS === undefined) return 'bad-step';
  return { prefix, microsPerMinute, connectMicros, firstStepS, nextStepS };
}

/** A decimal as it is written, without passing through a fraction: "0.0135" is 13,500. Up to 999 a minute; a comma is a decimal point. */
function microsOf(text: string): number | undefined {
  const match = /^(\d{1,3})(?:[.,](\d{1,8}))?$/u.exec(text.replace(/^[$€£]\s?/u, ''));
  if (match === null) return undefined;
  // Past the sixth place it is rounded up, so that a table never makes a call look cheaper than it is.
  const digits = (match[2] ?? '').padEnd(8, '0');
  return Number(match[1]) * 1_000_000 + Number(digits.slice(0, 6)) + (Number(digits.slice(6)) > 0 ? 1 : 0);
}

function stepOf(text: string): number | undefined {
  if (text === '') return DEFAULT_STEP_S;
  const steps = Number(text);
  return /^\d{1,3}$/u.test(text) && steps >= 1 && steps <= 600 ? steps : undefined;
}

function separatorOf(header: string): string {
  return [';', '\t', ','].find((sign) => header.includes(sign)) ?? ',';
}

/** RFC 4180's quoting, within one line. Undefined where a quote does not end. */
function cellsOf(line: string, separator: string): string[] | undefined {
  const cells: string[] = [];
  let cell = '';
  let isQuoted = false;
  for (let index = 0; index < line.length; index += 1) {
    const sign = line[index]!;
    if (isQuoted && sign === '"' && line[index + 1] === '"') {
      cell += '"';
      index += 1;
    } else if (sign === '"') {
      isQuoted = !isQuoted;
    } else if (sign === separator && !isQuoted) {
      cells.push(cell.trim());
      cell = '';
    } else {
      cell += sign;
    }
  }
  cells.push(cell.trim());
  return isQuoted ? undefined : cells;
}
