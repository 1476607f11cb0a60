/** The door of the audit: append to it, read it, sign and verify it. */
export { appendAudit, INSTALLATION_CHAIN, lastActAt, listAudit, listChained, recordAct, type AuditAct, type AuditFilter } from './audit-store.ts';
export { keepSigning, signCheckpoints, verifyAudit, verifyPart, type ChainPart } from './audit-verification.ts';
export { openCheckpointSigner, type CheckpointSigner } from './checkpoint-signer.ts';
export type { ChainedEntry, ChainFinding, ChainReport } from './audit-chain.ts';
export { keepRevocations, readRevocations, type Revocation } from './revocation-journal.ts';
