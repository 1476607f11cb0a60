/** Who sees whose calls, notes and contacts, and for whom one may call: by role and by assignment, and by nothing else. Pure; the queries that say the same in SQL are tested against this. */
import type { Role } from '#contract/sign-in.ts';

/** Who asks, with everything that decides what they are shown. */
export interface Reader {
  readonly practiceId: string;
  readonly memberId: string;
  readonly roles: readonly Role[];
  /** The physicians whom an admin has said they work for. Means something to one of the staff only. */
  readonly actsFor: readonly string[];
  /** The access token by which a program asks for them; not there for a page. Opens nothing: it is what the audit names. */
  readonly tokenId?: string | undefined;
}

export interface CallSight {
  /** Null of a call that came in and that nobody took. */
  readonly madeBy: string | null;
  /** Null: for the one who made it. */
  readonly onBehalfOf: string | null;
  readonly isOver: boolean;
  /** Of a call that came in: to whom its caller is kept; empty for the whole practice. */
  readonly keptTo?: readonly string[];
}

/** Who runs the installation, and is nothing else here, has no business with a patient. */
const seesPatients = ({ roles }: Pick<Reader, 'roles'>): boolean => roles.some((role) => role !== 'operator');

/** Whose calls the reader sees whole: their own, and of the physicians they work for. An admin's role alone adds nobody. */
export function subjectsSeenBy(reader: Pick<Reader, 'memberId' | 'roles' | 'actsFor'>): readonly string[] {
  if (!seesPatients(reader)) return [];
  return reader.roles.includes('staff') ? [...new Set([reader.memberId, ...reader.actsFor])] : [reader.memberId];
}

/** A call and its note belong to the physician it was made for. Who made it sees it to its end, even if the assignment ends meanwhile. One that came in is seen as its caller's contact is. */
export function maySeeCall(reader: Reader, { madeBy, onBehalfOf, isOver, keptTo = [] }: CallSight): boolean {
  if (!seesPatients(reader)) return false;
  if (madeBy === null) return maySeeContact(reader, keptTo);
  return subjectsSeenBy(reader).includes(onBehalfOf ?? madeBy) || (madeBy === reader.memberId && !isOver);
}

/** A contact is the whole practice's, unless it is kept to some physicians: then theirs, and of those who work for them. */
export function maySeeContact(reader: Reader, keptTo: readonly string[]): boolean {
  if (!seesPatients(reader)) return false;
  return keptTo.length === 0 || subjectsSeenBy(reader).some((memberId) => keptTo.includes(memberId));
}

export interface PhysicianFacts {
  readonly roles: readonly Role[];
  readonly isDisabled: boolean;
}

/** Whether the reader may call in a physician's name, who has to be one of the practice still. */
export function mayCallFor(reader: Pick<Reader, 'roles' | 'actsFor'>, physicianId: string, physician: PhysicianFacts): boolean {
  return reader.roles.includes('staff') && reader.actsFor.includes(physicianId) && physician.roles.includes('physician') && !physician.isDisabled;
}
