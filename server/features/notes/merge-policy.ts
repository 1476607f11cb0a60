/** What becomes of one note that two devices changed: both changes where they are apart, both versions one below the other where they are not. Pure. Loses nothing that anyone wrote. */
import { differenceOf, type Change } from './text-difference-policy.ts';

export interface MergedText {
  readonly text: string;
  /** True where both had changed the same words and both versions now stand there: the page says so. */
  readonly hasBoth: boolean;
}

/** Between two versions of the same words. */
const BETWEEN = '\n';

/**
 * Merges what a device wrote (`mine`) into what is stored (`theirs`); both began from `base`. Words and spaces are the units, so that two people
 * adding to one line do not collide unless they touch the same word.
 */
export function mergeTexts(base: string, mine: string, theirs: string): MergedText {
  if (mine === theirs || base === mine) return { text: theirs, hasBoth: false };
  if (base === theirs) return { text: mine, hasBoth: false };
  const tokens = tokensOf(base);
  const regions = regionsOf(differenceOf(tokens, tokensOf(theirs)), differenceOf(tokens, tokensOf(mine)));
  let text = '';
  let hasBoth = false;
  let at = 0;
  for (const { start, end, theirChanges, myChanges } of regions) {
    text += tokens.slice(at, start).join('');
    const theirText = applied(tokens, start, end, theirChanges);
    const myText = applied(tokens, start, end, myChanges);
    if (myChanges.length === 0 || myText === theirText) text += theirText;
    else if (theirChanges.length === 0) text += myText;
    else {
      // Where one only deleted, the other's words stay: a deletion can be made again, a lost sentence cannot.
      hasBoth ||= theirText.trim() !== '' && myText.trim() !== '';
      text += [theirText, myText].filter((version) => version.trim() !== '').join(BETWEEN);
    }
    at = end;
  }
  return { text: text + tokens.slice(at).join(''), hasBoth };
}

interface Region {
  start: number;
  end: number;
  theirChanges: Change[];
  myChanges: Change[];
}

/** Changes of either side that overlap, or insert at one place, form one region. */
function regionsOf(theirs: readonly Change[], mine: readonly Change[]): Region[] {
  const all = [...theirs.map((change) => ({ change, isMine: false })), ...mine.map((change) => ({ change, isMine: true }))].sort((a, b) => a.change.start - b.change.start || a.change.end - b.change.end);
  const regions: Region[] = [];
  for (const { change, isMine } of all) {
    let region = regions.at(-1);
    if (region === undefined || change.start > region.end) {
      region = { start: change.start, end: change.end, theirChanges: [], myChanges: [] };
      regions.push(region);
    }
    region.end = Math.max(region.end, change.end);
    (isMine ? region.myChanges : region.theirChanges).push(change);
  }
  return regions;
}

function applied(tokens: readonly string[], start: number, end: number, changes: readonly Change[]): string {
  let text = '';
  let at = start;
  for (const change of changes) {
    text += tokens.slice(at, change.start).join('') + change.tokens.join('');
    at = change.end;
  }
  return text + tokens.slice(at, end).join('');
}

/** Words, single line ends, and runs of other space. Joined they give the text again. */
function tokensOf(text: string): string[] {
  return text.match(/\n|[^\S\n]+|\S+/g) ?? [];
}
