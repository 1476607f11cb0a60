/** Which line a call shows, one rule for the plate above the Call button and for the server that obeys it. Facts in, choice out; a line that is not among the proven ones, or not the caller's to show, is shown by no rule. */
import type { LineId } from './ids.ts';

export interface LineChoiceFacts<Line> {
  /** The lines that the practice has proven to be its own, and no others. */
  readonly lines: readonly Line[];
  /** Those of them that the calling member may show, as an admin has said it; null: all. */
  readonly mayShow: readonly LineId[] | null;
  /** By hand, for this call. */
  readonly requestedId: LineId | null;
  /** Of the contacts who have the number: each one's own, or null. */
  readonly ofContacts: readonly (LineId | null)[];
  readonly ofMember: LineId | null;
}

/** Who decided. */
export type LineChosenBy = 'hand' | 'contact' | 'member' | 'practice';

/** Null: there is none that may be shown, and so there is no call. */
export function chooseLine<Line extends { readonly id: LineId; readonly isDefault: boolean }>({ lines: proven, mayShow, requestedId, ofContacts, ofMember }: LineChoiceFacts<Line>): { readonly line: Line; readonly by: LineChosenBy } | null {
  const lines = mayShow === null ? proven : proven.filter(({ id }) => mayShow.includes(id));
  const find = (id: LineId | null): Line | undefined => (id === null ? undefined : lines.find((line) => line.id === id));
  if (requestedId !== null) {
    // One that was asked for and may not be shown is no reason to show another.
    const requested = find(requestedId);
    return requested === undefined ? null : { line: requested, by: 'hand' };
  }
  // Two people on one number who are called with different lines: neither can be meant for sure.
  const [first = null] = ofContacts;
  const ofContact = ofContacts.every((id) => id === first) ? find(first) : undefined;
  if (ofContact !== undefined) return { line: ofContact, by: 'contact' };
  const mine = find(ofMember);
  if (mine !== undefined) return { line: mine, by: 'member' };
  const practices = lines.find(({ isDefault }) => isDefault) ?? lines[0];
  return practices === undefined ? null : { line: practices, by: 'practice' };
}
