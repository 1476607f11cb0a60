/** The door of lines: the numbers a practice may show. */
export { createLineRoutes } from './line-routes.ts';
export { createLineProofs, type LineProofs } from './line-proofs.ts';
export { listProvenLines, seedDemoLines } from './line-store.ts';
