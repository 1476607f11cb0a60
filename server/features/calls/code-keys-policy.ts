/** The keys a service asks for after its answer: "1234,,5#" as pauses and presses. A comma waits, as on every telephone. Text in, plan out. */

export interface CodePress {
  readonly waitMs: number;
  readonly digits: string;
}

/** What telephones wait for a comma. */
const COMMA_MS = 2_000;
/** Nobody takes keys in the first moment of an answer. */
const FIRST_MS = 1_000;

export function planCode(code: string): CodePress[] {
  const presses: CodePress[] = [];
  let waitMs = FIRST_MS;
  for (const [run] of code.matchAll(/,+|[0-9*#]+/g)) {
    if (run.startsWith(',')) waitMs += run.length * COMMA_MS;
    else {
      presses.push({ waitMs, digits: run });
      waitMs = 0;
    }
  }
  return presses;
}
