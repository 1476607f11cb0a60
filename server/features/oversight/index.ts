/** The door of oversight: the audit as a practice's admin reads and exports it. */
export { createOversightRoutes } from './oversight-routes.ts';
export { createSipTraceRoutes } from './sip-trace-routes.ts';
