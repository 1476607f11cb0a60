/** How every bench tells what it found: a table for people, and on the last line the same as JSON. Measures nothing. */
import { availableParallelism, loadavg } from 'node:os';

export interface Row {
  readonly metric: string;
  readonly unit: string;
  readonly ours: number;
  /** Undefined where there is nothing to hold it against. */
  readonly peer?: number;
  readonly peerName?: string;
  /** What `ours`, or with a peer the ratio of ours to it, must not exceed; or not fall below, where more is better. */
  readonly goal: number;
  readonly goalOf: 'ours' | 'ratio';
  readonly better: 'less' | 'more';
}

export interface Conditions {
  readonly runs: number;
  readonly versions: Readonly<Record<string, string>>;
  readonly note?: string;
}

export function report(name: string, conditions: Conditions, rows: readonly Row[], isJson: boolean): void {
  const judged = rows.map(({ goalOf, better, ...row }) => {
    const ratio = row.peer === undefined ? null : round(row.ours / row.peer);
    const measured = goalOf === 'ratio' ? ratio : row.ours;
    const holds = measured !== null && (better === 'less' ? measured <= row.goal : measured >= row.goal);
    return { ...row, ours: round(row.ours), peer: row.peer === undefined ? null : round(row.peer), peerName: row.peerName ?? null, ratio, goal: row.goal, goalOf, better, holds };
  });
  const line = (cells: readonly string[]): string => cells.map((cell, index) => (index === 0 ? cell.padEnd(50) : cell.padStart(index === 5 ? 18 : 12))).join(' ').trimEnd();
  console.log(line(['', 'ours', 'peer', 'ratio', 'unit', 'goal', '']));
  for (const row of judged) {
    const goal = `${row.goalOf === 'ratio' ? 'ratio ' : ''}${row.better === 'less' ? '<=' : '>='} ${row.goal}`;
    console.log(line([row.metric, String(row.ours), row.peer === null ? '-' : String(row.peer), row.ratio === null ? '-' : String(row.ratio), row.unit, goal, row.holds ? 'holds' : 'MISSED']));
  }
  const full = { cores: availableParallelism(), load: round(loadavg()[0] ?? 0), ...conditions, versions: { node: process.version, ...conditions.versions } };
  console.log(`\n${full.cores} cores, load ${full.load}, median of ${full.runs} runs${full.note === undefined ? '' : `; ${full.note}`}`);
  if (isJson) console.log(JSON.stringify({ name, conditions: full, rows: judged }));
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

const round = (value: number): number => (Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3)));
