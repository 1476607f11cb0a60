import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { INSTALLATION_CHAIN, openCheckpointSigner, recordAct, signCheckpoints, verifyPart, type CheckpointSigner } from '../audit/index.ts';
import { openTestHouse, type TestBrowser, type TestHouse } from '../members/test-house.ts';
import { createOversightRoutes } from './index.ts';

describe('the audit, as the admin reads it', () => {
  let house: TestHouse;
  let admin: TestBrowser;
  let keys: string;
  let signer: CheckpointSigner;

  beforeEach(async () => {
    keys = await mkdtemp(join(tmpdir(), 'quietline-audit-'));
    signer = openCheckpointSigner(keys);
    house = await openTestHouse({ more: (parts) => createOversightRoutes({ ...parts, verify: (practiceId, from) => verifyPart(parts.database, signer, practiceId, from) }) });
    admin = house.openBrowser();
    await admin.enter();
  });
  afterEach(async () => {
    await house.close();
    await rm(keys, { recursive: true });
  });

  test('reading the audit is written in the audit, and exporting too', async () => {
    const { text, isWhole } = (await admin.get('/audit/export?action=signed-in')).body;
    expect(isWhole).toBe(true);
    expect(text.split('\r\n')[1]).toMatch(new RegExp(`^1,.*,member,${house.demo.memberId},,signed-in,session,[\\w-]{36},"method=link"$`, 'u'));
    expect((await admin.get('/audit?limit=1')).body[0]).toMatchObject({ action: 'audit-exported', detail: { entries: 1, format: 'csv' } });
    expect((await admin.get('/audit?limit=1')).body[0]).toMatchObject({ action: 'audit-read' });
  });

  test('is found by the kind of record, and its lines for programs hold the chain', async () => {
    await admin.post('/invitations', { name: 'Sam Reed', email: null, roles: ['staff'] });
    expect((await admin.get('/audit?subjectKind=invitation')).body.map(({ action }: { action: string }) => action)).toEqual(['member-invited']);
    const { text } = (await admin.get('/audit/export?format=jsonl')).body;
    const [newest, next] = text.split('\n').map((line: string) => (line === '' ? null : JSON.parse(line)));
    expect(newest.previousHash).toBe(next.hash);
  });

  test('says whether its chain is whole, up to where it is signed, and what somebody above the database did to it', async () => {
    await signCheckpoints(house.store.database, signer, house.clock.now());
    expect((await admin.get('/audit/verification')).body).toMatchObject({ fromSeq: 1, entryCount: 1, lastSeq: 1, nextSeq: null, signedUpToSeq: 1, findings: [] });
    await admin.get('/audit');
    // Read once in half a minute, however many ask.
    expect((await admin.get('/audit/verification')).body).toMatchObject({ entryCount: 1 });
    house.clock.advance(31_000);
    await sql.raw(`alter table audit_entry no force row level security; alter table audit_entry disable trigger user; update audit_entry set action = 'signed-out' where seq = 1`).execute(house.store.database.unscoped);
    expect((await admin.get('/audit/verification?fromSeq=1')).body).toMatchObject({ fromSeq: 1, entryCount: 2, nextSeq: null, findings: [{ kind: 'altered', seq: 1 }, { kind: 'contradicts-checkpoint', seq: 1 }] });
  });

  test('and what is kept are the admin\'s to see; a member without the role sees neither', async () => {
    expect((await admin.get('/data-kept')).body).toMatchObject({ contacts: 0, calls: 0, notes: 0, auditEntries: 1, lastBackupAt: null });
    await recordAct(house.store.database, house.clock.now(), { practiceId: INSTALLATION_CHAIN, actor: { kind: 'operator' }, action: 'backup-made' });
    expect((await admin.get('/data-kept')).body.lastBackupAt).toBe(new Date(house.clock.now()).toISOString());
    const { link } = (await admin.post('/invitations', { name: 'Sam Reed', email: null, roles: ['staff'] })).body;
    const staff = house.openBrowser();
    await staff.join(link);
    for (const path of ['/audit', '/audit/export', '/audit/verification', '/data-kept']) expect([path, (await staff.get(path)).status]).toEqual([path, 403]);
  });
});
