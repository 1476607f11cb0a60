/** The door of calls: dialling, live calls, their log. */
export { createCalls, type Calls, type CallsParts } from './calls.ts';
export { sealedCallColumns } from './sealed-call-columns.ts';
export type { StoredCallEvent } from './stored-calls.ts';
export { defaultCallLimits, type CallLimits } from './call-machine.ts';
