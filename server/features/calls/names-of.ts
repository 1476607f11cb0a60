/** How calls ask for names: what main gives them. Knows no contact. */
import type { PartyNumber } from '#contract/ids.ts';
import type { Reader } from '../members/index.ts';

/** Names for numbers, where they are known and the reader may see whose they are. Never fails: a call is not held up for a name. */
export type NamesOf = (reader: Reader, numbers: readonly PartyNumber[]) => Promise<ReadonlyMap<string, string>>;
