/** Which stretches of a token list another replaces. Pure; knows nothing of notes or of who wrote what. */

/** base[start, end) became `tokens`. */
export interface Change {
  readonly start: number;
  readonly end: number;
  readonly tokens: readonly string[];
}

/** Beyond this many table cells the middle counts as replaced whole: coarse, never wrong, and always fast (2 MB, some 10 ms). */
const MOST_CELLS = 1_000_000;

/** The changes that turn `base` into `next`, in order, none touching another. Longest common subsequence, after what is common at both ends is set aside. */
export function differenceOf(base: readonly string[], next: readonly string[]): Change[] {
  let head = 0;
  while (head < base.length && head < next.length && base[head] === next[head]) head += 1;
  let tail = 0;
  while (tail < base.length - head && tail < next.length - head && base[base.length - 1 - tail] === next[next.length - 1 - tail]) tail += 1;
  const oldMiddle = base.slice(head, base.length - tail);
  const newMiddle = next.slice(head, next.length - tail);
  if (oldMiddle.length === 0 && newMiddle.length === 0) return [];
  if (oldMiddle.length === 0 || newMiddle.length === 0 || oldMiddle.length * newMiddle.length > MOST_CELLS) {
    return [{ start: head, end: base.length - tail, tokens: newMiddle }];
  }
  return changesAlong(oldMiddle, newMiddle, head);
}

function changesAlong(old: readonly string[], next: readonly string[], offset: number): Change[] {
  const width = next.length + 1;
  const lengths = new Uint16Array((old.length + 1) * width);
  for (let i = old.length - 1; i >= 0; i -= 1) {
    for (let j = next.length - 1; j >= 0; j -= 1) {
      lengths[i * width + j] = old[i] === next[j] ? lengths[(i + 1) * width + j + 1]! + 1 : Math.max(lengths[(i + 1) * width + j]!, lengths[i * width + j + 1]!);
    }
  }
  const changes: Change[] = [];
  let i = 0;
  let j = 0;
  while (i < old.length || j < next.length) {
    const start = i;
    const tokens: string[] = [];
    while ((i < old.length || j < next.length) && !(i < old.length && j < next.length && old[i] === next[j])) {
      if (j >= next.length || (i < old.length && lengths[(i + 1) * width + j]! >= lengths[i * width + j + 1]!)) i += 1;
      else tokens.push(next[j++]!);
    }
    if (i > start || tokens.length > 0) changes.push({ start: offset + start, end: offset + i, tokens });
    while (i < old.length && j < next.length && old[i] === next[j]) {
      i += 1;
      j += 1;
    }
  }
  return changes;
}
