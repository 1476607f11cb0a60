/** What becomes of a form whose contact somebody else changed meanwhile: what was changed here stays, everything else is the newest. Pure. */
import type { ContactDetails } from '#contract/contacts.ts';

const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

/** `base`: what the form began with; `mine`: what stands in it. */
export function keepEdits(base: ContactDetails, mine: ContactDetails, newest: ContactDetails): ContactDetails {
  const keys = Object.keys(newest) as Array<keyof ContactDetails>;
  return Object.fromEntries(keys.map((key) => [key, isSame(base[key], mine[key]) ? newest[key] : mine[key]])) as ContactDetails;
}
