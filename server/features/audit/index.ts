/** The door of the audit: append to it, read it, sign and verify it. */
export { appendAudit, INSTALLATION_CHAIN, listAudit, recordAct, type AuditAct, type AuditFilter } from './audit-store.ts';
export { keepSigning, signCheckpoints, verifyAudit } from './audit-verification.ts';
export { openCheckpointSigner, type CheckpointSigner } from './checkpoint-signer.ts';
export type { ChainFinding, ChainReport } from './audit-chain.ts';
