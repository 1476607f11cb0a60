/** What of the palette's entries a typed text finds, and in which order. Pure; knows no language and no entry from inside. */

/** Without accents and case, as one types in a hurry: "nunez" finds "Núñez". */
export const plainText = (text: string): string => text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase().trim();

/** 0 begins with it, 1 a word begins with it, 2 every word of it begins one; null is not found. */
export function rankOf(entry: string, typed: string): number | null {
  const text = plainText(entry);
  const asked = plainText(typed);
  if (text.startsWith(asked)) return 0;
  const begins = (word: string): boolean => text.split(/[^\p{L}\p{N}+]+/u).some((part) => part.startsWith(word));
  if (begins(asked)) return 1;
  const all = asked.split(/\s+/u);
  return all.length > 1 && all.every(begins) ? 2 : null;
}

/** Those that are found, the best first; otherwise in the order they came. */
export function findEntries<Entry>(entries: readonly Entry[], textOf: (entry: Entry) => string, typed: string): Entry[] {
  return entries
    .map((entry) => ({ entry, rank: rankOf(textOf(entry), typed) }))
    .filter((found): found is { entry: Entry; rank: number } => found.rank !== null)
    .toSorted((one, other) => one.rank - other.rank)
    .map(({ entry }) => entry);
}

/** The next chosen entry for a key; the ends lead into each other. Null where the key moves nothing. */
export function moveChoice(key: string, chosen: number, count: number): number | null {
  if (count === 0) return null;
  switch (key) {
    case 'ArrowDown':
      return (chosen + 1) % count;
    case 'ArrowUp':
      return (chosen - 1 + count) % count;
    case 'PageDown':
      return Math.min(count - 1, chosen + 5);
    case 'PageUp':
      return Math.max(0, chosen - 5);
    default:
      return null;
  }
}
