/** What the audit says of roles and passkeys, and how that is read again when a backup is restored. Words and hashes only. */
import { createHash } from 'node:crypto';
import type { AuditDetail } from '#contract/audit.ts';
import { roleSchema, type Role } from '#contract/sign-in.ts';

const wordOf = (role: Role): string => role.replace('-a', 'A');

/** As the audit's detail has them: one word each. */
export function rolesAsDetail(roles: readonly Role[]): AuditDetail {
  return Object.fromEntries(roles.map((role) => [wordOf(role), true]));
}

export function memberRolesOf(detail: AuditDetail): Role[] {
  return roleSchema.options.filter((role) => detail[wordOf(role)] === true);
}

/** A passkey's own id is no word of the audit; this is, and fits one passkey. */
export function passkeyFingerprint(credentialId: string): string {
  return `p${createHash('sha256').update(credentialId).digest('hex').slice(0, 40)}`;
}
