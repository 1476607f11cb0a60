/** The drill: a backup made while others write, everything killed, restored elsewhere; what was acknowledged is there, what was revoked since is refused, what has ended shows nowhere. */
import { randomUUID } from 'node:crypto';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { contactDetailsSchema } from '#contract/contacts.ts';
import type { CallId, MemberId } from '#contract/ids.ts';
import { appendAudit, keepRevocations, keepSigning, openCheckpointSigner, verifyAudit } from '#server/features/audit/index.ts';
import { openContactsUnderTest } from '#server/features/contacts/contacts-under-test.ts';
import { createSignIn } from '#server/features/members/index.ts';
import { openNotes, sweepNotes } from '#server/features/notes/index.ts';
import { RETENTION_MS } from '#server/features/notes/retention-policy.ts';
import { openNotesUnderTest, seedCall, seedPractice } from '#server/features/notes/notes-under-test.ts';
import { systemClock as clock } from '#server/platform/clock/clock.ts';
import { systemRandom as random } from '#server/platform/clock/random.ts';
import { openKeyring } from '#server/platform/crypto/keyring.ts';
import { silentLog as log } from '#server/platform/logging/log.ts';
import { inInstallation, inPractice, openDatabase, type Database } from '#server/platform/storage/database.ts';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '#server/platform/storage/embedded-postgres.ts';
import { migrate } from '#server/platform/storage/migration.ts';
import { allMigrations } from '#server/platform/storage/migrations/all-migrations.ts';
import { makeBackup, type MadeBackup } from './make-backup.ts';
import { restoreBackup, type RestoreOptions } from './restore-backup.ts';

const programs = process.env['QUIETLINE_TEST_POSTGRES'];
const NOTE = 'galactorrhea-canary';

let folder: string;
let data: string;
let postgres: EmbeddedPostgres;
let database: Database;
let reader: Awaited<ReturnType<typeof seedPractice>>;
let backup: MadeBackup;
const acknowledged = { contacts: [] as string[], notes: [] as string[] };
const facts = { sessionToken: '', linkToken: '', keptToken: '', revokedToken: '', disabledMember: '', removedLine: '', passkey: 'kept-passkey', noteOfHand: '' };

const token = (letter: string): string => letter.repeat(43);

async function ownerOf(url: string, run: (database: Database) => Promise<void>): Promise<void> {
  const opened = openDatabase({ url, log });
  try {
    await run(opened);
  } finally {
    await opened.close();
  }
}

/** What the features do, in one transaction with its entry. */
const actWith = (action: Parameters<typeof appendAudit>[2]['action'], kind: string, id: string, statement: ReturnType<typeof sql>, detail = {}): Promise<void> =>
  inPractice(database, reader.practiceId, async (transaction) => {
    await statement.execute(transaction);
    await appendAudit(transaction, Date.now(), { practiceId: reader.practiceId, actor: { kind: 'member', memberId: reader.memberId as MemberId }, action, subject: { kind, id }, detail });
  });

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'quietline-drill-'));
  chmodSync(folder, 0o711);
  data = join(folder, 'data');
  mkdirSync(data, { mode: 0o711 });
  postgres = await startEmbeddedPostgres({ directory: join(data, 'postgres'), programs });
  database = openDatabase({ url: postgres.url, log });
  await migrate(database, allMigrations);
  reader = await seedPractice(database);
  const signing = keepSigning({ database, signer: openCheckpointSigner(join(data, 'keys')), clock, log });
  const journal = keepRevocations({ database, path: join(data, 'keys/revocations.jsonl'), clock, log });
  const signIn = createSignIn({ database, clock, random });
  const { contacts } = openContactsUnderTest(database, join(data, 'keys'));
  const { notes } = openNotes({ database, keyring: openKeyring(join(data, 'keys')), keysDirectory: join(data, 'keys'), calls: { find: async () => ({ startedAtMs: Date.now() - 60_000, endedAtMs: Date.now() - 30_000 }), filterSeen: async (_practiceId, callIds) => [...callIds] }, random, log });

  // Before: a session, two links, two tokens, a second member, a second line, a passkey.
  facts.linkToken = await signIn.issueLink(reader.practiceId, reader.memberId);
  const opened = await signIn.redeemLink(await signIn.issueLink(reader.practiceId, reader.memberId));
  if (!opened.ok) throw new Error('no session');
  facts.sessionToken = opened.value.sessionToken;
  facts.disabledMember = randomUUID();
  facts.removedLine = randomUUID();
  await inPractice(database, reader.practiceId, async (transaction) => {
    await sql`insert into member (id, practice_id, name, created_at) values (${facts.disabledMember}, ${reader.practiceId}, 'Dr. Gone', now())`.execute(transaction);
    await sql`insert into line (id, practice_id, name, number, kind, is_default, created_at, proven_at) values (${facts.removedLine}, ${reader.practiceId}, 'Old desk', '+16125550177', 'verified', false, now(), now())`.execute(transaction);
    for (const [name, letter] of [['kept', 'k'], ['revoked', 'r']] as const) {
      const id = randomUUID();
      if (name === 'kept') facts.keptToken = id;
      else facts.revokedToken = id;
      await sql`insert into access_token (id, token_hash, practice_id, member_id, name, scopes, created_at, expires_at) values (${id}, ${Buffer.from(token(letter))}, ${reader.practiceId}, ${reader.memberId}, ${name}, '{calls:read}', now(), now() + interval '90 days')`.execute(transaction);
    }
  });
  await inInstallation(database, (transaction) => sql`insert into person (id, created_at) values (${facts.disabledMember}, now())`.execute(transaction));
  await inInstallation(database, (transaction) => sql`insert into passkey values ('kept-passkey', ${facts.disabledMember}, 'Phone', '\\x00', 0, '{}', false, now())`.execute(transaction));
  const noteFor = async (text: string): Promise<string> => {
    const callId = await seedCall(database, reader, Date.now() - 60_000, Date.now() - 30_000);
    const saved = await notes.save(reader, { callId: callId as CallId, operationId: randomUUID(), baseRevision: 0, baseText: '', text });
    if (!saved.ok) throw new Error(saved.refusal);
    return callId;
  };
  facts.noteOfHand = await noteFor(`${NOTE} by hand`);
  for (let index = 0; index < 50; index += 1) acknowledged.contacts.push((await contacts.add(reader, contactDetailsSchema.parse({ givenName: `Before ${index}` }))).id);
  acknowledged.notes.push(await noteFor(NOTE));

  // While four write without pause, and a key is made meanwhile.
  let isWriting = true;
  const writers = Array.from({ length: 4 }, async (_, writer) => {
    for (let index = 0; isWriting; index += 1) await contacts.add(reader, contactDetailsSchema.parse({ givenName: `During ${writer} ${index}`, numbers: [{ number: '+16125550123', label: 'mobile' }] }));
  });
  backup = await makeBackup({ databaseUrl: postgres.url, dataPath: data, to: join(folder, 'backups'), keysTo: join(folder, 'key-copies'), productVersion: '0.1.0', nowMs: Date.now() });
  isWriting = false;
  await Promise.all(writers);

  // Afterwards: everything that can be taken away is.
  await actWith('member-disabled', 'member', facts.disabledMember, sql`update member set disabled_at = now() where id = ${facts.disabledMember}`);
  await actWith('token-revoked', 'access-token', facts.revokedToken, sql`update access_token set revoked_at = now() where id = ${facts.revokedToken}`);
  await actWith('line-removed', 'line', facts.removedLine, sql`update line set removed_at = now() where id = ${facts.removedLine}`);
  await actWith('lines-to-show-changed', 'member', reader.memberId, sql`insert into lines_to_show values (${reader.practiceId}, ${reader.memberId}, ${[facts.removedLine]}::uuid[])`, { lineAA: `l${facts.removedLine}` });
  await actWith('notes-destroyed', 'call', facts.noteOfHand, sql`delete from note where call_id = ${facts.noteOfHand}`);
  await journal.stop();
  await signing.stop();
  await database.close();
  process.kill(Number(readFileSync(join(data, 'postgres/cluster/postmaster.pid'), 'utf8').split('\n')[0]), 'SIGKILL');
  await postgres.stop().catch(() => {});
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 }));

const optionsFor = (name: string, more: Partial<RestoreOptions> = {}): RestoreOptions => ({ from: backup.path, keys: backup.keysPath, dataPath: join(folder, name), databaseUrl: undefined, journals: [join(data, 'keys/revocations.jsonl')], noteKeys: join(data, 'keys/notes-not-in-backups'), nowMs: Date.now(), postgresPrograms: programs, ...more });

/** A server's database on a restored directory. */
async function onRestored(name: string, run: (database: Database, keys: string) => Promise<void>): Promise<void> {
  const restored = await startEmbeddedPostgres({ directory: join(folder, name, 'postgres'), programs });
  try {
    await ownerOf(restored.url, async (opened) => run(opened, join(folder, name, 'keys')));
  } finally {
    await restored.stop();
  }
}

test('a backup holds no key, no note, no name and no number in plain, and its keys lie elsewhere', () => {
  const files = readdirSync(backup.path);
  expect(files).toContain('manifest.json');
  for (const name of files) for (const word of ['Lakeside', 'Before 1', '+16125550123', NOTE, 'Dr. Gone', 'quietline key']) expect([name, word, readFileSync(join(backup.path, name)).includes(word)]).toEqual([name, word, false]);
  const keyCopy = readFileSync(backup.keysPath, 'utf8');
  expect(Object.keys((JSON.parse(keyCopy) as { files: Record<string, string> }).files).toSorted()).toEqual(expect.arrayContaining(['keys/audit-1.key', 'keys/backups-1.key', 'keys/records-1.key', 'keys/revocations.jsonl']));
  expect(keyCopy).not.toContain('epoch-');
});

test('everything acknowledged before the backup began is there, the audit is whole, and row-level security is in force again', async () => {
  const restored = await restoreBackup(optionsFor('whole'));
  expect(restored.audit.flatMap(({ findings }) => findings)).toEqual([]);
  expect(existsSync(join(folder, 'whole/restore-unfinished'))).toBe(false);
  await onRestored('whole', async (opened, keys) => {
    const { contacts } = openContactsUnderTest(opened, keys);
    for (const id of acknowledged.contacts) expect((await contacts.read(reader, id)).ok).toBe(true);
    // Of what was written meanwhile, each record is whole or not there.
    const found = await contacts.search(reader, { text: 'During', onlyFavourites: false, limit: 60, offset: 0 });
    for (const contact of found.contacts) expect((await contacts.findByNumber(reader, contact.details.numbers[0]!.number)).length).toBeGreaterThan(0);
    const forced = await sql<{ relname: string }>`select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' and relname <> 'migration' and not (relrowsecurity and relforcerowsecurity)`.execute(opened.unscoped);
    expect(forced.rows).toEqual([]);
    expect((await inPractice(opened, randomUUID(), (transaction) => sql`select id from contact`.execute(transaction))).rows).toEqual([]);
    expect((await verifyAudit(opened, openCheckpointSigner(keys))).flatMap(({ findings }) => findings)).toEqual([]);
  });
});

test('what was revoked after the backup is revoked, everybody is signed out, and what was not revoked goes on', async () => {
  const restored = await restoreBackup(optionsFor('strict'));
  expect(restored.revocationCount).toBe(5);
  await onRestored('strict', async (opened) => {
    const signIn = createSignIn({ database: opened, clock, random });
    expect(await signIn.findSession(facts.sessionToken)).toBeUndefined();
    expect((await signIn.redeemLink(facts.linkToken)).ok).toBe(false);
    const row = await inPractice(opened, reader.practiceId, async (transaction) =>
      (
        await sql<Record<string, unknown>>`select
          (select disabled_at is not null from member where id = ${facts.disabledMember}) as member,
          (select revoked_at is not null from access_token where id = ${facts.revokedToken}) as revoked,
          (select revoked_at is null from access_token where id = ${facts.keptToken}) as kept,
          (select removed_at is not null from line where id = ${facts.removedLine}) as line,
          (select line_ids from lines_to_show where member_id = ${reader.memberId}) as "toShow",
          (select count(*)::int from note where call_id = ${facts.noteOfHand}) as destroyed,
          (select count(*)::int from audit_entry where detail ->> 'reapplied' = 'true') as entries`.execute(transaction)
      ).rows[0],
    );
    expect(row).toEqual({ member: true, revoked: true, kept: true, line: true, toShow: [facts.removedLine], destroyed: 0, entries: 5 });
  });
});

test('without the journal access tokens end too', async () => {
  await restoreBackup(optionsFor('unknown', { journals: undefined, noteKeys: undefined }));
  await onRestored('unknown', async (opened) => {
    const { rows } = await inPractice(opened, reader.practiceId, (transaction) => sql<{ name: string }>`select name from access_token where revoked_at is null`.execute(transaction));
    expect(rows).toEqual([]);
  });
});

test('a note lives on where its key survived; without it, and nine days later with it, it shows nowhere', async () => {
  const calls = { find: async () => ({ startedAtMs: Date.now() - 60_000, endedAtMs: Date.now() - 30_000 }), filterSeen: async (_practiceId: string, callIds: readonly string[]) => [...callIds] };
  await restoreBackup(optionsFor('with-keys'));
  // As it lay on the day: the same files, looked at nine days later.
  cpSync(join(folder, 'with-keys/keys/notes-not-in-backups'), join(folder, 'old-keys'), { recursive: true });
  await onRestored('with-keys', async (opened, keys) => {
    const now = openNotes({ database: opened, keyring: openKeyring(keys), keysDirectory: keys, calls, random, log });
    expect(await now.notes.read(reader, acknowledged.notes[0]!)).toMatchObject({ value: { state: 'kept', text: NOTE } });
    const later = openNotesUnderTest(opened, join(folder, 'old-keys'), { trueMs: Date.now() + 9 * 86_400_000, wallErrorMs: 0 });
    expect(await later.notes.read(reader, acknowledged.notes[0]!)).toMatchObject({ value: expect.not.objectContaining({ text: NOTE }) as unknown });
    expect(later.nowMs() - Date.now()).toBeGreaterThan(RETENTION_MS);
  });
  await onRestored('unknown', async (opened, keys) => {
    const { notes, sweep } = openNotes({ database: opened, keyring: openKeyring(keys), keysDirectory: keys, calls, random, log });
    expect(await notes.read(reader, acknowledged.notes[0]!)).toMatchObject({ value: { state: 'destroyed' } });
    expect(await sweepNotes(sweep)).toMatchObject({ keys: 0 });
  });
});

test('refuses, and says the fix: places that are not apart, directories that are not empty, keys that do not fit, files that were changed', async () => {
  const make = (to: string, keysTo: string) => makeBackup({ databaseUrl: 'postgresql://nobody@localhost:1/none', dataPath: data, to, keysTo, productVersion: '0', nowMs: Date.now() });
  await expect(make(join(folder, 'one'), join(folder, 'one'))).rejects.toThrow(/must not lie together/);
  await expect(make(join(folder, 'one'), join(folder, 'one/keys'))).rejects.toThrow(/must not lie together/);
  await expect(make(join(data, 'backups'), join(folder, 'one'))).rejects.toThrow(/data directory/);
  await expect(restoreBackup(optionsFor('whole'))).rejects.toThrow(/not empty.*never overwrites/s);
  const otherKeys = join(folder, 'other-keys.json');
  writeFileSync(otherKeys, '{}');
  await expect(restoreBackup(optionsFor('fresh', { keys: otherKeys }))).rejects.toThrow(/no whole copy of keys/);
  const damaged = join(folder, 'damaged');
  cpSync(backup.path, damaged, { recursive: true });
  const victim = join(damaged, readdirSync(damaged).find((name) => name.startsWith('contact.'))!);
  const bytes = readFileSync(victim);
  bytes[bytes.length >> 1]! ^= 1;
  writeFileSync(victim, bytes);
  await expect(restoreBackup(optionsFor('fresh', { from: damaged }))).rejects.toThrow(/missing or damaged/);
  const manifest = join(damaged, 'manifest.json');
  writeFileSync(manifest, readFileSync(manifest, 'utf8').replace('"productVersion": "0.1.0"', '"productVersion": "0.1.1"'));
  await expect(restoreBackup(optionsFor('fresh', { from: damaged }))).rejects.toThrow(/manifest was changed/);
});
