/** The door of incoming calls: whoever takes calls to a practice's lines offers itself here. */
export { createIncomingCalls, type IncomingCalls, type IncomingTaker } from './incoming-calls.ts';
export type { CalledLine } from './called-line.ts';
