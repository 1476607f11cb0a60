/** Keys are rotated under load: nothing is lost, nothing stays under the old key, searching never stops. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { contactDetailsSchema, type ContactDetails } from '#contract/contacts.ts';
import { openContacts } from './features/contacts/index.ts';
import { createMemberGuard, createSignIn, type Reader } from './features/members/index.ts';
import { rotateKeys } from './key-rotation.ts';
import { systemClock as clock } from './platform/clock/clock.ts';
import { systemRandom as random } from './platform/clock/random.ts';
import { openKeyring } from './platform/crypto/keyring.ts';
import { silentLog as log } from './platform/logging/log.ts';
import { inInstallation, inPractice } from './platform/storage/database.ts';
import { createTestDatabase, type TestDatabase } from './platform/storage/test-database.ts';

let store: TestDatabase;
let keys: string;
beforeAll(async () => {
  store = await createTestDatabase();
  keys = mkdtempSync(join(tmpdir(), 'rotation-'));
});
afterAll(async () => {
  await store.drop();
  rmSync(keys, { recursive: true, force: true });
});

test('while contacts are added, changed and searched, every record moves to the new key and the old one can be destroyed', async () => {
  const { database } = store;
  const [practiceId, memberId] = [randomUUID(), randomUUID()];
  await inInstallation(database, (transaction) => sql`insert into practice (id, name, country, time_zone, is_sandbox, created_at) values (${practiceId}, 'Lakeside', 'US', 'America/Chicago', false, now())`.execute(transaction));
  await inPractice(database, practiceId, (transaction) => sql`insert into member (id, practice_id, name, created_at) values (${memberId}, ${practiceId}, 'Dr. Lee', now())`.execute(transaction));
  const reader: Reader = { practiceId, memberId, roles: ['physician'], actsFor: [] };
  // The server's own keyring, and the command's: two processes on one directory.
  const { contacts } = openContacts({ database, keyring: openKeyring(keys), guard: createMemberGuard(createSignIn({ database, clock, random })), countryOf: async () => 'US', clock, random, log });
  const detailsOf = (index: number, family: string): ContactDetails => contactDetailsSchema.parse({ givenName: `P${index}`, familyName: family, numbers: [{ number: `+1612555${String(index).padStart(4, '0')}`, label: 'mobile' }] });
  const expected = new Map<string, string>();
  for (let index = 0; index < 1_200; index += 1) {
    const { id } = await contacts.add(reader, detailsOf(index, 'First'));
    expected.set(id, `P${index} First`);
  }

  let isRotating = true;
  let failures = 0;
  const load = (async () => {
    for (let index = 1_200; isRotating; index += 1) {
      const { id, version } = await contacts.add(reader, detailsOf(index, 'During'));
      const changed = await contacts.change(reader, { id, version }, detailsOf(index, 'Changed'));
      expected.set(id, `P${index} Changed`);
      if (!changed.ok || (await contacts.search(reader, { text: 'p7', onlyFavourites: false, limit: 1, offset: 0 })).total === 0) failures += 1;
      if ((await contacts.findByNumber(reader, '+16125550007')).length !== 1) failures += 1;
    }
  })();
  const progress: string[] = [];
  const result = await rotateKeys(database, openKeyring(keys), { retire: true, onProgress: ({ what }) => progress.push(what) });
  isRotating = false;
  await load;

  expect(failures).toBe(0);
  expect(result).toMatchObject({ recordKeyId: 2, indexKeyId: 2, retired: 1, undeclared: [] });
  expect(result.sealed).toBeGreaterThanOrEqual(1_200);
  expect(progress).toContain('contact.details_sealed');
  // A process that starts now has only the new key, and reads everything.
  const { contacts: later } = openContacts({ database, keyring: openKeyring(keys), guard: createMemberGuard(createSignIn({ database, clock, random })), countryOf: async () => 'US', clock, random, log });
  for (let offset = 0, left = expected.size; left > 0; offset += 200) {
    const page = await later.search(reader, { text: '', onlyFavourites: false, limit: 200, offset });
    for (const { id, details } of page.contacts) expect(`${details.givenName} ${details.familyName}`).toBe(expected.get(id));
    left -= page.contacts.length;
    expect(page.total).toBe(expected.size);
  }
});
