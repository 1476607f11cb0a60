/** Which routes touch patient data, and what the audit calls it. A route's name in, an act out; whoever adds a capability says here which it is. */
import type { AuditAction, AuditSubject } from '#contract/audit.ts';

export interface AuditedAct {
  action: AuditAction;
  subject?: AuditSubject | undefined;
  detail?: { route: string } | undefined;
}

/** First words of routes that show or change nothing of a patient's; what they change of the practice's, they write down themselves. */
export const WITHOUT_PATIENT_DATA: ReadonlySet<string> = new Set([
  'signIn', 'session', 'passkeys', 'secondWay', 'community', 'me', 'practices', 'members', 'invitations', 'accessTokens', 'plan', 'audit', 'lines', 'sandbox', 'handouts',
]);

const ACTIONS: Readonly<Record<string, { read: AuditAction; write: AuditAction; subject: string; idOf: string }>> = {
  calls: { read: 'call-log-read', write: 'call-log-read', subject: 'call', idOf: 'callId' },
  contacts: { read: 'contact-read', write: 'contact-written', subject: 'contact', idOf: 'contactId' },
  notes: { read: 'note-read', write: 'note-written', subject: 'call', idOf: 'callId' },
};

/** Reads that are asked by POST, so that what is searched for stands in no address. */
const READS = /^(?:search|find|list|read|timeline|export|get)/u;

/** Null for a route without patient data. A capability that is named nowhere is taken for one with it. */
export function auditedActOf(path: readonly string[], method: string | undefined, input: unknown): AuditedAct | null {
  const [capability = '', ...rest] = path;
  if (WITHOUT_PATIENT_DATA.has(capability)) return null;
  const known = ACTIONS[capability] ?? { read: 'patient-data-read', write: 'patient-data-written', subject: 'record', idOf: 'id' };
  const isRead = method === 'GET' || READS.test(rest.at(-1) ?? '');
  const id = typeof input === 'object' && input !== null && known.idOf in input ? (input as Record<string, unknown>)[known.idOf] : undefined;
  const subject = typeof id === 'string' && UUID.test(id) ? { kind: known.subject, id } : undefined;
  return { action: isRead ? known.read : known.write, subject, detail: { route: path.join('-').replaceAll(/[^a-zA-Z0-9-]/gu, '').slice(0, 64) } };
}

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/u;
