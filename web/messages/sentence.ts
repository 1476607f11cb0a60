/** The shapes of sentences that are more than a text: what they may mention, and what they consist of. Holds no words. */

/** What a sentence about a call's end may mention. */
export interface EndFacts {
  /** "Rosalind", or the number where no name is known. */
  readonly who: string;
  /** "Lakeside Clinic". */
  readonly line: string;
  /** From the first ring to the end; null where it never rang. */
  readonly rangSeconds: number | null;
  readonly wasAnswered: boolean;
}

export interface Sentence {
  readonly title: string;
  readonly text: string;
  /** The label of the one next step. */
  readonly next: string;
}
