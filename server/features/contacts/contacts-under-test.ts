/** For the tests of contacts: a practice in a real database, keys in a folder of their own, and the feature opened on both. */
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { systemClock } from '#server/platform/clock/clock.ts';
import { systemRandom } from '#server/platform/clock/random.ts';
import { openKeyring, type Keyring } from '#server/platform/crypto/keyring.ts';
import { createBlindIndex, createRecordCipher } from '#server/platform/crypto/record-cipher.ts';
import { silentLog } from '#server/platform/logging/log.ts';
import { inInstallation, inPractice, type Database } from '#server/platform/storage/database.ts';
import { createContactDirectories, type ContactDirectories } from './contact-directory.ts';
import { createContactImports, type ContactImports } from './contact-imports.ts';
import type { Sealing } from './contact-store.ts';
import { createContacts, type ContactReader, type Contacts } from './contacts.ts';

export interface ContactsUnderTest {
  readonly contacts: Contacts;
  readonly imports: ContactImports;
  readonly directories: ContactDirectories;
  readonly sealing: Sealing;
  readonly keyring: Keyring;
}

/** As a process started now opens it. */
export function openContactsUnderTest(database: Database, keysDirectory: string): ContactsUnderTest {
  const keyring = openKeyring(keysDirectory);
  const sealing = { cipher: createRecordCipher(keyring), index: createBlindIndex(keyring) };
  const directories = createContactDirectories({ database, sealing, monotonicMs: () => systemClock.monotonic() });
  const shared = { database, sealing, directories, clock: systemClock, random: systemRandom };
  return { contacts: createContacts(shared), imports: createContactImports({ ...shared, countryOf: async () => 'US', log: silentLog }), directories, sealing, keyring };
}

export async function seedReader(database: Database): Promise<ContactReader> {
  const [practiceId, memberId] = [randomUUID(), randomUUID()];
  await inInstallation(database, (transaction) => sql`insert into practice (id, name, country, time_zone, is_sandbox, created_at) values (${practiceId}, 'Lakeside Clinic', 'US', 'America/Chicago', false, now())`.execute(transaction));
  await inPractice(database, practiceId, (transaction) => sql`insert into member (id, practice_id, name, created_at) values (${memberId}, ${practiceId}, 'Dr. Lee', now())`.execute(transaction));
  return { practiceId, memberId, roles: ['physician'], actsFor: [] };
}

/** Sends a file as a page does, in pieces of 45,000 bytes, and resolves to the import's id. */
export async function uploadFile(imports: ContactImports, reader: ContactReader, kind: 'csv' | 'vcard', file: Buffer): Promise<string> {
  const { id } = await imports.create(reader, kind);
  for (let at = 0; at < file.length; at += 45_000) await imports.upload(reader, id, at, file.subarray(at, at + 45_000));
  await imports.finishUpload(reader, id);
  return id;
}

/** A file of `rows` people, each different. */
export function csvOfPeople(rows: number): Buffer {
  const lines = Array.from({ length: rows }, (_, index) => `Given${index},Family${index % 997},(612) 555-${String(index % 10_000).padStart(4, '0')},${index % 2 === 0 ? 'Spanish' : 'English'},"tag ${index % 7}"`);
  return Buffer.from(`First name,Last name,Mobile phone,Language,Tags\r\n${lines.join('\r\n')}\r\n`);
}
