/** The door of contacts: the people a practice calls. */
import type { Clock } from '#server/platform/clock/clock.ts';
import type { RandomSource } from '#server/platform/clock/random.ts';
import type { Keyring } from '#server/platform/crypto/keyring.ts';
import { createBlindIndex, createRecordCipher } from '#server/platform/crypto/record-cipher.ts';
import type { Log } from '#server/platform/logging/log.ts';
import type { Database } from '#server/platform/storage/database.ts';
import type { MemberGuard } from '../members/index.ts';
import { createContactDirectories } from './contact-directory.ts';
import { createContactImports, type ContactImports } from './contact-imports.ts';
import { createContactRoutes } from './contact-routes.ts';
import { createContacts, type Contacts } from './contacts.ts';

export { reindexContacts, sealedContactColumns } from './sealed-contact-columns.ts';
export type { Contacts } from './contacts.ts';
export { encodeCsv } from './csv-codec.ts';
export { encodeVCard, type VCard } from './vcard-codec.ts';

export interface ContactsSetup {
  readonly contacts: Contacts;
  readonly imports: ContactImports;
  readonly routes: ReturnType<typeof createContactRoutes>;
}

export function openContacts(options: { database: Database; keyring: Keyring; guard: MemberGuard; countryOf: (practiceId: string) => Promise<string>; clock: Clock; random: RandomSource; log: Log }): ContactsSetup {
  const { database, keyring, guard, countryOf, clock, random, log } = options;
  const sealing = { cipher: createRecordCipher(keyring), index: createBlindIndex(keyring) };
  const directories = createContactDirectories({ database, sealing, monotonicMs: () => clock.monotonic() });
  const contacts = createContacts({ database, sealing, directories, clock, random });
  const imports = createContactImports({ database, sealing, directories, countryOf, clock, random, log });
  return { contacts, imports, routes: createContactRoutes({ contacts, imports, guard }) };
}
