/** The door of lines: the numbers a practice may show. */
export { placeCodeCall, type CodeCallParts, type RunningCall } from './code-call.ts';
export { admitCodeCall, codeCallsLeft, enterableCodeOf, freshCode, judgeCode, PROOF_LIFETIME_MS } from './line-proof-policy.ts';
export { createLineRoutes } from './line-routes.ts';
export { readLineOfMember } from './line-defaults.ts';
export { linesToShowOf, readLinesToShow } from './lines-to-show.ts';
export { startLineReminders, type LineReminder } from './line-reminders.ts';
export { createLineProofs, type LineProofs } from './line-proofs.ts';
export { listProvenLines, removeSandboxLines, seedDemoLines, seedSandboxLine } from './line-store.ts';
