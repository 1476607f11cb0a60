/** The door of the log of calls. */
export { createCallLog, type CallLog } from './call-log.ts';
export { createCallLogRoutes } from './call-log-routes.ts';
export { sealedStepColumns } from './call-log-store.ts';
