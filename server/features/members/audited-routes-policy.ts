/** Which routes touch patient data, and what the audit calls it. A route's name in, an act out; whoever adds a capability says here which it is. */
import type { AuditAction, AuditSubject } from '#contract/audit.ts';

export interface AuditedAct {
  action: AuditAction;
  subject?: AuditSubject | undefined;
  detail?: { route: string } | undefined;
}

/** First words of routes that show or change nothing of a patient's; what they change of the practice's, they write down themselves. */
export const WITHOUT_PATIENT_DATA: ReadonlySet<string> = new Set([
  'signIn', 'session', 'passkeys', 'secondWay', 'community', 'me', 'practices', 'members', 'invitations', 'accessTokens', 'plan', 'audit', 'dataKept', 'lines', 'sandbox', 'handouts', 'relays', 'sipTraces', 'spokenMessages', 'ownPhone', 'interpreters', 'answering',
]);

/** Writes to patient data. Each feature appends its entry in the transaction of the act, with the id of what it made or changed: the one stands if and only if the other does. An imported file is one act: its pieces, and the rows it becomes, stand in the entries of the file. */
export const WRITTEN_BY_THE_FEATURE: ReadonlySet<string> = new Set([
  'calls.setOutcome', 'calls.setNextStep', 'calls.setNextStepDone',
  'contacts.add', 'contacts.change', 'contacts.remove', 'contacts.restore', 'contacts.setFavourite', 'contacts.duplicates.merge', 'contacts.duplicates.setApart', 'contacts.groups.add', 'contacts.groups.remove', 'contacts.groups.restore',
  'contacts.imports.create', 'contacts.imports.upload', 'contacts.imports.finishUpload', 'contacts.imports.start', 'contacts.imports.undo',
  'notes.save', 'notes.markCopied', 'notes.destroy',
  'voicemail.listen', 'voicemail.setDone', 'voicemail.remove', 'voicemail.restore',
]);

interface Kind {
  read: AuditAction;
  write: AuditAction;
}

const KINDS: Readonly<Record<string, Kind>> = {
  calls: { read: 'call-log-read', write: 'call-written' },
  contacts: { read: 'contact-read', write: 'contact-written' },
  notes: { read: 'note-read', write: 'note-written' },
  voicemail: { read: 'voicemail-read', write: 'voicemail-written' },
};

/** What an input names by each of these is the record that is touched. */
const SUBJECTS: Readonly<Record<string, string>> = { contactId: 'contact', groupId: 'contact-group', importId: 'contact-import', callId: 'call', id: 'record' };

/** Reads that are asked by POST, so that what is searched for stands in no address. */
const READS = /^(?:search|find|list|read|measure|timeline|export|get)/u;

/** Whether it changes nothing. */
export const isRead = (path: readonly string[], method: string | undefined): boolean => method === 'GET' || READS.test(path.slice(1).at(-1) ?? '');

/**
 * What the guard writes down before the act: reads, since what cannot be written down is not shown. Null for a route without patient data, and for a write, which its
 * feature writes down. A capability or a write that is named nowhere is written down too, so that a forgotten one is at least seen; a test refuses it.
 */
export function auditedActOf(path: readonly string[], method: string | undefined, input: unknown): AuditedAct | null {
  const [capability = ''] = path;
  if (WITHOUT_PATIENT_DATA.has(capability) || WRITTEN_BY_THE_FEATURE.has(path.join('.'))) return null;
  const known = KINDS[capability] ?? { read: 'patient-data-read', write: 'patient-data-written' };
  return { action: isRead(path, method) ? known.read : known.write, subject: subjectOf(input), detail: { route: path.join('-').replaceAll(/[^a-zA-Z0-9-]/gu, '').slice(0, 64) } };
}

function subjectOf(input: unknown): AuditSubject | undefined {
  if (typeof input !== 'object' || input === null) return undefined;
  for (const [name, kind] of Object.entries(SUBJECTS)) {
    const id = name in input ? (input as Record<string, unknown>)[name] : undefined;
    if (typeof id === 'string' && UUID.test(id)) return { kind, id };
  }
  return undefined;
}

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/u;
