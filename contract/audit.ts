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
  'totp-set-up',
  'recovery-codes-made',
  'member-invited',
  'invitation-withdrawn',
  'member-joined',
  'member-roles-changed',
  'member-disabled',
  'member-enabled',
  'token-made',
  'token-revoked',
  'practice-made',
  'practice-changed',
  'line-added',
  'line-code-called',
  'line-code-refused',
  'line-proven',
  'line-approved',
  'line-expired',
  'line-removed',
  'line-default-changed',
  'limits-changed',
  'country-allowed',
  'country-removed',
  'rates-imported',
  'dial-refused',
  'call-started',
  'call-ended',
  'call-log-read',
  'contact-read',
  'contact-written',
  'contact-deleted',
  'note-read',
  'note-written',
  'notes-destroyed',
  'voicemail-heard',
  'text-sent',
  'patient-data-read',
  'patient-data-written',
  'audit-read',
  'audit-exported',
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
  subjectId: z.uuid().optional(),
  from: z.iso.datetime().optional(),
  until: z.iso.datetime().optional(),
});

export const auditContract = {
  /** Newest first. `beforeSeq` is the number of the last entry of the page before. Reading is itself an act, and written down. */
  list: oc
    .route({ method: 'GET', path: '/audit' })
    .input(auditFilterSchema.extend({ beforeSeq: z.coerce.number().int().positive().optional(), limit: z.coerce.number().int().min(1).max(500).default(100) }))
    .output(z.array(auditEntrySchema)),
  /** As CSV, up to 50,000 entries. */
  export: oc.route({ method: 'GET', path: '/audit/export' }).input(auditFilterSchema).output(z.object({ csv: z.string() })),
};
