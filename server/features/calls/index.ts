/** The door of calls: dialling, live calls, their log. */
export { createCalls, type Calls, type CallsParts } from './calls.ts';
export { fillInOldCalls, reindexCalls, sealedCallColumns } from './sealed-call-columns.ts';
export { createRelayCredentials, type RelaySettings } from './relay-credentials.ts';
export { createRelayRoutes } from './relay-routes.ts';
export { isSeenBy, openCallRow, placeOfNumber, placeOfPartyNumber, type CallRow, type CallTables } from './call-row.ts';
export type { NamesOf } from './names-of.ts';
export { viewOfRecord } from './call-view-policy.ts';
export type { StoredCallEvent } from './stored-calls.ts';
export { defaultCallLimits, type CallLimits } from './call-facts.ts';
export { createIncomingHistory, type IncomingHistory, type IncomingNews, type IncomingRecord } from './incoming-history.ts';
