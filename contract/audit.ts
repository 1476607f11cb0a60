/** What server and page agree on about the audit: who did what to which record, and when. Words and ids only; nothing of a patient. */
import { oc } from '@orpc/contract';
import * as z from 'zod';
import { memberIdSchema } from './ids.ts';

export const auditActionSchema = z.enum([
  'signed-in',
  'sign-in-refused',
  'signed-out',
  'session-ended',
  'session-ended-for-abuse',
  'passkey-added',
  'passkey-removed',
  'passkey-renamed',
  'totp-set-up',
  'recovery-codes-made',
  'member-invited',
  'member-invited-back',
  'invitation-resent',
  'invitation-withdrawn',
  'member-joined',
  'member-renamed',
  'member-roles-changed',
  'member-acts-for-changed',
  'member-disabled',
  'member-enabled',
  'token-made',
  'token-revoked',
  'practice-made',
  'practice-link-made',
  'practice-disabled',
  'practice-enabled',
  'practice-changed',
  'preferences-changed',
  'handout-saved',
  'handout-published',
  'line-added',
  'line-code-called',
  'line-code-refused',
  'line-proven',
  'line-approved',
  'line-changed',
  'line-reminded',
  'line-expired',
  'line-removed',
  'line-default-changed',
  'line-of-member-changed',
  'lines-to-show-changed',
  'limits-changed',
  'country-allowed',
  'country-removed',
  'country-asked',
  'country-declined',
  'breaker-reset',
  'rates-imported',
  'dial-refused',
  'call-started',
  'call-ended',
  'own-phone-added',
  'own-phone-code-called',
  'own-phone-code-refused',
  'own-phone-proven',
  'own-phone-removed',
  'own-phone-rung',
  'own-phone-ended',
  'party-added',
  'party-left',
  'interpreter-added',
  'interpreter-changed',
  'interpreter-removed',
  'call-log-read',
  'call-log-exported',
  'call-written',
  'contact-read',
  'contact-written',
  'contact-deleted',
  'note-read',
  'note-written',
  'notes-destroyed',
  'voicemail-read',
  'voicemail-heard',
  'voicemail-written',
  'voicemail-destroyed',
  'answering-changed',
  'spoken-message-recorded',
  'spoken-message-renamed',
  'spoken-message-removed',
  'text-sent',
  'patient-data-read',
  'patient-data-written',
  'audit-read',
  'audit-exported',
  'sip-trace-switched',
  'sip-trace-read',
  'backup-made',
  'restored',
  'keys-rotated',
]);
export type AuditAction = z.infer<typeof auditActionSchema>;

/** Whose act it was. 'system': a timer or a job. 'visitor': somebody not signed in. */
export const auditActorSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('member'), memberId: memberIdSchema }),
  z.object({ kind: z.literal('token'), memberId: memberIdSchema, tokenId: z.uuid() }),
  z.object({ kind: z.literal('operator') }),
  z.object({ kind: z.literal('system') }),
  z.object({ kind: z.literal('visitor') }),
]);
export type AuditActor = z.infer<typeof auditActorSchema>;

/** Which record: a kind ("call", "line") and its id. */
export const auditSubjectSchema = z.object({ kind: z.string().regex(/^[a-z][a-z-]{0,30}$/), id: z.uuid() });
export type AuditSubject = z.infer<typeof auditSubjectSchema>;

/**
 * Codes, counts and yes or no. No sentence, no name and no telephone number fits: a word begins with a letter and has no
 * space, a number has at most six digits.
 */
export const auditDetailSchema = z.record(z.string().regex(/^[a-zA-Z]{1,40}$/), z.union([z.string().regex(/^[a-zA-Z][a-zA-Z0-9-]{0,63}$/), z.int().min(-999_999).max(999_999), z.boolean()]));
export type AuditDetail = z.infer<typeof auditDetailSchema>;

export const auditEntrySchema = z.object({
  /** 1, 2, 3 without gaps, for each practice. */
  seq: z.int().positive(),
  at: z.iso.datetime(),
  actor: auditActorSchema,
  action: auditActionSchema,
  subject: auditSubjectSchema.nullable(),
  detail: auditDetailSchema,
});
export type AuditEntry = z.infer<typeof auditEntrySchema>;

export const auditFilterSchema = z.object({
  action: auditActionSchema.optional(),
  memberId: memberIdSchema.optional(),
  /** "call", "line", "member" ... */
  subjectKind: z.string().regex(/^[a-z][a-z-]{0,30}$/).optional(),
  subjectId: z.uuid().optional(),
  from: z.iso.datetime().optional(),
  until: z.iso.datetime().optional(),
});

export const auditVerificationSchema = z.object({
  checkedAt: z.iso.datetime(),
  /** The first entry that was looked at: one before it may have been altered unseen. */
  fromSeq: z.int().positive(),
  /** How many were looked at. */
  entryCount: z.int().nonnegative(),
  /** The last of the chain, whether or not it was looked at yet. */
  lastSeq: z.int().nonnegative(),
  /** Where to go on; null after the end. */
  nextSeq: z.int().positive().nullable(),
  /** Up to here a signature vouches; what came later is signed within half a minute. */
  signedUpToSeq: z.int().nonnegative(),
  findings: z.array(z.object({ kind: z.enum(['altered', 'broken-link', 'missing', 'out-of-order', 'truncated', 'contradicts-checkpoint', 'forged-checkpoint']), seq: z.int().nonnegative() })),
});
export type AuditVerification = z.infer<typeof auditVerificationSchema>;

export const auditContract = {
  /** Newest first. `beforeSeq` is the number of the last entry of the page before. Reading is itself an act, and written down. */
  list: oc
    .route({ method: 'GET', path: '/audit' })
    .input(auditFilterSchema.extend({ beforeSeq: z.coerce.number().int().positive().optional(), limit: z.coerce.number().int().min(1).max(500).default(100) }))
    .output(z.array(auditEntrySchema)),
  /**
   * Up to 50,000 entries, newest first. CSV for a spreadsheet; JSON lines with each entry's hash and its predecessor's, by which the
   * chain can be checked elsewhere. `isWhole` is false where older entries were left out.
   */
  export: oc
    .route({ method: 'GET', path: '/audit/export' })
    .input(auditFilterSchema.extend({ format: z.enum(['csv', 'jsonl']).default('csv') }))
    .output(z.object({ text: z.string(), entryCount: z.int().nonnegative(), isWhole: z.boolean() })),
  /**
   * Computes the chain anew and compares it with what was signed: from the newest signed entry on, which is quick; or, with `fromSeq`, a part of up to 20,000
   * entries. Whoever begins with 1 and goes on with each answer's `nextSeq` has checked all of it.
   */
  verify: oc
    .route({ method: 'GET', path: '/audit/verification' })
    .input(z.object({ fromSeq: z.coerce.number().int().positive().optional() }))
    .output(auditVerificationSchema),
};
