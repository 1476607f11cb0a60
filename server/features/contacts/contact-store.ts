/** The rows of contacts: sealed details, blind indexes, favourites, groups, changes, links to calls. Sees details only to seal and open them; decides nothing. */
import { sql, type Transaction } from 'kysely';
import type { AuditAction } from '#contract/audit.ts';
import { contactDetailsSchema, type ContactDetails } from '#contract/contacts.ts';
import type { BlindIndex, RecordCipher } from '#server/platform/crypto/record-cipher.ts';
import { appendAudit } from '../audit/index.ts';
import { actorOfReader } from '../members/index.ts';

export interface ContactTables {
  contact_directory: { practice_id: string; sequence: string };
  contact: { practice_id: string; id: string; version: number; sequence: string; details_sealed: Buffer | null; created_at: Date; updated_at: Date; removed_at: Date | null; import_id: string | null };
  contact_number: { practice_id: string; number_index: Buffer; contact_id: string };
  contact_group: { practice_id: string; id: string; name_sealed: Buffer; created_at: Date; removed_at: Date | null };
  contact_favourite: { practice_id: string; member_id: string; contact_id: string; taken_from: string | null };
  contact_apart: { practice_id: string; first_id: string; second_id: string; by_member_id: string; at: Date };
  contact_change: { practice_id: string; contact_id: string; version: number; at: Date; by_member_id: string; change: ContactChangeKind; fields: string[] };
  contact_call: { practice_id: string; call_id: string; contact_id: string; at: Date; taken_from: string | null };
}

export type ContactTransaction = Transaction<ContactTables>;
export type ContactChangeKind = 'added' | 'imported' | 'changed' | 'merged' | 'removed' | 'restored';

/** A contact as it is stored, opened. */
export interface StoredContact {
  readonly id: string;
  readonly version: number;
  readonly details: ContactDetails;
  readonly updatedAt: Date;
}

export interface Sealing {
  readonly cipher: RecordCipher;
  readonly index: BlindIndex;
}

const placeOf = (practiceId: string, rowId: string) => ({ practiceId, table: 'contact', column: 'details', rowId });

/** What an older version left out. Sealed details are authentic, so they are not checked again: at 10,000 contacts that would be half the time of loading. */
const DEFAULTS = contactDetailsSchema.parse({});

export function openDetails(cipher: RecordCipher, practiceId: string, id: string, sealed: Uint8Array): ContactDetails {
  return { ...DEFAULTS, ...(JSON.parse(cipher.open(placeOf(practiceId, id), sealed)) as Partial<ContactDetails>) };
}

/** Takes the practice's turn to write and resolves to the number that the changes of this transaction bear. */
export async function nextSequence(transaction: ContactTransaction, practiceId: string): Promise<string> {
  const row = await transaction
    .insertInto('contact_directory')
    .values({ practice_id: practiceId, sequence: '1' })
    .onConflict((conflict) => conflict.column('practice_id').doUpdateSet({ sequence: sql`contact_directory.sequence + 1` }))
    .returning('sequence')
    .executeTakeFirstOrThrow();
  return row.sequence;
}

export async function readSequence(transaction: ContactTransaction, practiceId: string): Promise<bigint> {
  const row = await transaction.selectFrom('contact_directory').select('sequence').where('practice_id', '=', practiceId).executeTakeFirst();
  return BigInt(row?.sequence ?? 0);
}

/** Every row changed after a number, removed ones included, as they lie. */
export function listChangedSince(transaction: ContactTransaction, practiceId: string, sequence: bigint): Promise<Array<ContactTables['contact']>> {
  return transaction.selectFrom('contact').selectAll().where('practice_id', '=', practiceId).where('sequence', '>', String(sequence)).execute();
}

export async function findContact(transaction: ContactTransaction, { cipher }: Sealing, practiceId: string, id: string, options: { isRemoved?: boolean; forUpdate?: boolean } = {}): Promise<StoredContact | undefined> {
  let query = transaction
    .selectFrom('contact')
    .selectAll()
    .where('practice_id', '=', practiceId)
    .where('id', '=', id)
    .where('removed_at', options.isRemoved === true ? 'is not' : 'is', null)
    .where('details_sealed', 'is not', null);
  if (options.forUpdate === true) query = query.forUpdate();
  const row = await query.executeTakeFirst();
  return row === undefined ? undefined : { id: row.id, version: row.version, details: openDetails(cipher, practiceId, row.id, row.details_sealed!), updatedAt: row.updated_at };
}

export async function findByNumber(transaction: ContactTransaction, { cipher, index }: Sealing, practiceId: string, number: string): Promise<StoredContact[]> {
  const rows = await transaction
    .selectFrom('contact_number')
    .innerJoin('contact', 'contact.id', 'contact_number.contact_id')
    .selectAll('contact')
    .where('contact_number.practice_id', '=', practiceId)
    .where('number_index', 'in', index.allOf(practiceId, 'phone', number))
    .where('removed_at', 'is', null)
    .orderBy('updated_at', 'desc')
    .limit(10)
    .execute();
  const seen = new Map(rows.map((row) => [row.id, { id: row.id, version: row.version, details: openDetails(cipher, practiceId, row.id, row.details_sealed!), updatedAt: row.updated_at }]));
  return [...seen.values()];
}

export interface ContactWrite {
  readonly id: string;
  readonly version: number;
  readonly details: ContactDetails;
  readonly change: ContactChangeKind;
  readonly fields: readonly string[];
}

export interface WriteFacts {
  readonly practiceId: string;
  readonly memberId: string;
  /** Of the program that writes, if it is one. */
  readonly tokenId?: string | undefined;
  readonly at: Date;
  readonly sequence: string;
  readonly importId?: string;
}

/** Adds contacts, some hundred at a time, with their indexes and changes. */
export async function insertContacts(transaction: ContactTransaction, sealing: Sealing, facts: WriteFacts, writes: readonly ContactWrite[]): Promise<void> {
  if (writes.length === 0) return;
  const { practiceId, at, sequence, importId = null } = facts;
  await transaction
    .insertInto('contact')
    .values(
      writes.map(({ id, version, details }) => ({
        practice_id: practiceId,
        id,
        version,
        sequence,
        details_sealed: seal(sealing, practiceId, id, details),
        created_at: at,
        updated_at: at,
        removed_at: null,
        import_id: importId,
      })),
    )
    .execute();
  await insertNumbers(transaction, sealing, practiceId, writes);
  await insertChanges(transaction, facts, writes);
  // A file of 200,000 rows is one act, and its import writes it down as one.
  if (importId !== null) return;
  for (const { id, change } of writes) await writeDown(transaction, facts, 'contact-written', { kind: 'contact', id }, { act: change });
}

/** Writes what calls have shown of a contact's numbers: nobody's change, so neither a version nor a line of its history. */
export async function updateHealth(transaction: ContactTransaction, sealing: Sealing, practiceId: string, id: string, details: ContactDetails, sequence: string): Promise<void> {
  await transaction.updateTable('contact').set({ sequence, details_sealed: seal(sealing, practiceId, id, details) }).where('practice_id', '=', practiceId).where('id', '=', id).execute();
}

/** Writes a contact's next version, `removed` ones staying as they were but for that. */
export async function updateContact(transaction: ContactTransaction, sealing: Sealing, facts: WriteFacts, write: ContactWrite): Promise<void> {
  const { practiceId, at, sequence } = facts;
  await transaction
    .updateTable('contact')
    .set({ version: write.version, sequence, details_sealed: seal(sealing, practiceId, write.id, write.details), updated_at: at, removed_at: write.change === 'removed' ? at : null })
    .where('practice_id', '=', practiceId)
    .where('id', '=', write.id)
    .execute();
  await transaction.deleteFrom('contact_number').where('practice_id', '=', practiceId).where('contact_id', '=', write.id).execute();
  if (write.change !== 'removed') await insertNumbers(transaction, sealing, practiceId, [write]);
  await insertChanges(transaction, facts, [write]);
  await writeDown(transaction, facts, write.change === 'removed' ? 'contact-deleted' : 'contact-written', { kind: 'contact', id: write.id }, { act: write.change });
}

/** In the audit, with the record's id and in the transaction that changed it: the one stands if and only if the other does. */
export function writeDown(transaction: unknown, { practiceId, at, ...who }: Pick<WriteFacts, 'practiceId' | 'memberId' | 'tokenId' | 'at'>, action: AuditAction, subject: { kind: 'contact' | 'contact-group' | 'contact-import'; id: string }, detail: Record<string, string | number> = {}): Promise<void> {
  return appendAudit(transaction, at.getTime(), { practiceId, actor: actorOfReader(who), action, subject, detail });
}

export async function listFavourites(transaction: ContactTransaction, practiceId: string, memberId: string): Promise<Set<string>> {
  const rows = await transaction.selectFrom('contact_favourite').select('contact_id').where('practice_id', '=', practiceId).where('member_id', '=', memberId).execute();
  return new Set(rows.map(({ contact_id }) => contact_id));
}

export async function setFavourite(transaction: ContactTransaction, practiceId: string, memberId: string, contactId: string, isFavourite: boolean): Promise<void> {
  if (isFavourite) {
    await transaction.insertInto('contact_favourite').values({ practice_id: practiceId, member_id: memberId, contact_id: contactId, taken_from: null }).onConflict((conflict) => conflict.doNothing()).execute();
  } else await transaction.deleteFrom('contact_favourite').where('practice_id', '=', practiceId).where('member_id', '=', memberId).where('contact_id', '=', contactId).execute();
}

/** Of two contacts: the smaller id first, as the pair is kept. */
export const pairOf = (one: string, other: string): readonly [string, string] => (one < other ? [one, other] : [other, one]);

/** The pairs of whom somebody has said that they are two, each as "first second". */
export async function listApart(transaction: ContactTransaction, practiceId: string): Promise<Set<string>> {
  const rows = await transaction.selectFrom('contact_apart').select(['first_id', 'second_id']).where('practice_id', '=', practiceId).execute();
  return new Set(rows.map(({ first_id, second_id }) => `${first_id} ${second_id}`));
}

/** Every two of these contacts are told apart, or no more. */
export async function setApart(transaction: ContactTransaction, { practiceId, memberId, at }: Pick<WriteFacts, 'practiceId' | 'memberId' | 'at'>, contactIds: readonly string[], isApart: boolean): Promise<void> {
  const pairs = contactIds.flatMap((one, index) => contactIds.slice(index + 1).map((other) => pairOf(one, other)));
  for (const [first_id, second_id] of pairs) {
    if (isApart) await transaction.insertInto('contact_apart').values({ practice_id: practiceId, first_id, second_id, by_member_id: memberId, at }).onConflict((conflict) => conflict.doNothing()).execute();
    else await transaction.deleteFrom('contact_apart').where('practice_id', '=', practiceId).where('first_id', '=', first_id).where('second_id', '=', second_id).execute();
  }
}

export async function listGroups(transaction: ContactTransaction, { cipher }: Sealing, practiceId: string): Promise<Array<{ id: string; name: string }>> {
  const rows = await transaction.selectFrom('contact_group').select(['id', 'name_sealed']).where('practice_id', '=', practiceId).where('removed_at', 'is', null).orderBy('created_at').execute();
  return rows.map(({ id, name_sealed }) => ({ id, name: cipher.open({ practiceId, table: 'contact_group', column: 'name', rowId: id }, name_sealed) }));
}

export async function insertGroup(transaction: ContactTransaction, { cipher }: Sealing, practiceId: string, group: { id: string; name: string; at: Date }): Promise<void> {
  const name_sealed = cipher.seal({ practiceId, table: 'contact_group', column: 'name', rowId: group.id }, group.name);
  await transaction.insertInto('contact_group').values({ practice_id: practiceId, id: group.id, name_sealed, created_at: group.at, removed_at: null }).execute();
}

/** Those who are in it stay in it, so that it comes back whole. Resolves to whether it was in the other state. */
export async function setGroupRemoved(transaction: ContactTransaction, practiceId: string, groupId: string, removedAt: Date | null): Promise<boolean> {
  const changed = await transaction.updateTable('contact_group').set({ removed_at: removedAt }).where('practice_id', '=', practiceId).where('id', '=', groupId).where('removed_at', removedAt === null ? 'is not' : 'is', null).executeTakeFirst();
  if (changed.numUpdatedRows === 0n) return false;
  await nextSequence(transaction, practiceId);
  return true;
}

export function listChanges(transaction: ContactTransaction, practiceId: string, contactId: string): Promise<Array<ContactTables['contact_change']>> {
  return transaction.selectFrom('contact_change').selectAll().where('practice_id', '=', practiceId).where('contact_id', '=', contactId).orderBy('version', 'desc').limit(200).execute();
}

export async function linkCall(transaction: ContactTransaction, practiceId: string, callId: string, contactIds: readonly string[], at: Date): Promise<void> {
  if (contactIds.length === 0) return;
  await transaction
    .insertInto('contact_call')
    .values(contactIds.map((contact_id) => ({ practice_id: practiceId, call_id: callId, contact_id, at, taken_from: null })))
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** The calls and favourites of a contact become another's, who says whence they are. Its own stay where they are: nobody sees them while it is removed. */
export async function takeLinks(transaction: ContactTransaction, practiceId: string, from: string, to: string): Promise<void> {
  await sql`insert into contact_call (practice_id, call_id, contact_id, at, taken_from) select practice_id, call_id, ${to}, at, ${from} from contact_call where practice_id = ${practiceId} and contact_id = ${from} on conflict do nothing`.execute(transaction);
  await sql`insert into contact_favourite (practice_id, member_id, contact_id, taken_from) select practice_id, member_id, ${to}, ${from} from contact_favourite where practice_id = ${practiceId} and contact_id = ${from} on conflict do nothing`.execute(transaction);
}

/** What another took from a contact is its own again, and nobody else's. */
export async function returnLinks(transaction: ContactTransaction, practiceId: string, to: string): Promise<void> {
  await transaction.deleteFrom('contact_call').where('practice_id', '=', practiceId).where('taken_from', '=', to).execute();
  await transaction.deleteFrom('contact_favourite').where('practice_id', '=', practiceId).where('taken_from', '=', to).execute();
}

function seal({ cipher }: Sealing, practiceId: string, id: string, details: ContactDetails): Buffer {
  return cipher.seal(placeOf(practiceId, id), JSON.stringify(details));
}

async function insertNumbers(transaction: ContactTransaction, { index }: Sealing, practiceId: string, writes: readonly ContactWrite[]): Promise<void> {
  const rows = writes.flatMap(({ id, details }) => [...new Set(details.numbers.map(({ number }) => number))].map((number) => ({ practice_id: practiceId, number_index: index.of(practiceId, 'phone', number), contact_id: id })));
  if (rows.length > 0) await transaction.insertInto('contact_number').values(rows).execute();
}

async function insertChanges(transaction: ContactTransaction, { practiceId, memberId, at }: WriteFacts, writes: readonly ContactWrite[]): Promise<void> {
  await transaction
    .insertInto('contact_change')
    .values(writes.map(({ id, version, change, fields }) => ({ practice_id: practiceId, contact_id: id, version, at, by_member_id: memberId, change, fields: [...fields] })))
    .execute();
}
