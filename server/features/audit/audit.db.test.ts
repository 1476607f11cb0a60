import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { MemberId } from '#contract/ids.ts';
import { createFakeClock } from '#server/platform/clock/fake-clock.ts';
import { silentLog } from '#server/platform/logging/log.ts';
import { inInstallation, inPractice } from '#server/platform/storage/database.ts';
import { createTestDatabase, type TestDatabase } from '#server/platform/storage/test-database.ts';
import { appendAudit, keepSigning, listAudit, openCheckpointSigner, recordAct, signCheckpoints, verifyAudit, verifyPart, type AuditAct, type CheckpointSigner } from './index.ts';

const LAKESIDE = '018f0000-0000-7000-8000-000000000001';
const HILLTOP = '018f0000-0000-7000-8000-000000000002';
const MEMBER = '018f0000-0000-7000-8000-000000000003' as MemberId;
const NOW = Date.UTC(2026, 0, 5, 12);

const act = (practiceId: string, turn = 0): AuditAct => ({ practiceId, actor: { kind: 'member', memberId: MEMBER }, action: 'call-started', detail: { turn } });

describe('the audit', () => {
  let store: TestDatabase;
  let keys: string;
  let signer: CheckpointSigner;

  beforeEach(async () => {
    store = await createTestDatabase();
    keys = mkdtempSync(join(tmpdir(), 'quietline-audit-'));
    signer = openCheckpointSigner(keys);
    for (let turn = 0; turn < 12; turn += 1) await recordAct(store.database, NOW + turn, act(LAKESIDE, turn));
    await recordAct(store.database, NOW, act(HILLTOP));
  });
  afterEach(async () => {
    await store.drop();
    rmSync(keys, { recursive: true });
  });

  /** What somebody can do who owns the database and knows PostgreSQL. */
  const tamper = async (statement: string): Promise<void> => {
    await sql.raw(`alter table audit_entry no force row level security; alter table audit_checkpoint no force row level security;
      alter table audit_entry disable trigger user; alter table audit_checkpoint disable trigger user`).execute(store.database.unscoped);
    await sql.raw(statement).execute(store.database.unscoped);
  };
  const findings = async (): Promise<string[]> => (await verifyAudit(store.database, signer)).flatMap((report) => report.findings.map(({ kind }) => kind));

  test('that nobody touched verifies, each practice by itself', async () => {
    await signCheckpoints(store.database, signer, NOW);
    const reports = await verifyAudit(store.database, signer);
    expect(reports.map(({ practiceId, entryCount, signedUpToSeq, findings: found }) => [practiceId, entryCount, signedUpToSeq, found])).toEqual([
      [LAKESIDE, 12, 12, []],
      [HILLTOP, 1, 1, []],
    ]);
  });

  test.each([
    ['a flipped value', `update audit_entry set detail = '{"turn": 99}' where practice_id = '${LAKESIDE}' and seq = 5`, 'altered'],
    ['a flipped time', `update audit_entry set at = at + interval '1 ms' where practice_id = '${LAKESIDE}' and seq = 12`, 'altered'],
    ['a deleted entry', `delete from audit_entry where practice_id = '${LAKESIDE}' and seq = 5`, 'missing'],
    ['a deleted entry with the gap closed', `delete from audit_entry where practice_id = '${LAKESIDE}' and seq = 5; update audit_entry set seq = seq - 1 where practice_id = '${LAKESIDE}' and seq > 5`, 'altered'],
    ['two entries exchanged', `update audit_entry set seq = 100 where practice_id = '${LAKESIDE}' and seq = 5; update audit_entry set seq = 5 where practice_id = '${LAKESIDE}' and seq = 6; update audit_entry set seq = 6 where practice_id = '${LAKESIDE}' and seq = 100`, 'altered'],
    ['an end cut off', `delete from audit_entry where practice_id = '${LAKESIDE}' and seq > 8`, 'truncated'],
    ['an end cut off together with its checkpoint', `delete from audit_entry where practice_id = '${LAKESIDE}' and seq > 8; delete from audit_checkpoint`, 'truncated'],
    ['everything gone', 'truncate audit_entry, audit_checkpoint', 'truncated'],
    ['an entry given to another practice', `update audit_entry set practice_id = '${HILLTOP}' where practice_id = '${LAKESIDE}' and seq = 12`, 'missing'],
    ['a checkpoint of somebody else\'s making', `update audit_checkpoint set seq = 11 where practice_id = '${LAKESIDE}'`, 'forged-checkpoint'],
  ])('tells of %s', async (_what, statement, finding) => {
    await signCheckpoints(store.database, signer, NOW);
    await tamper(statement);
    expect(await findings()).toContain(finding);
  });

  test('is checked in parts that meet, and since the newest signature; each says what it looked at', async () => {
    await signCheckpoints(store.database, signer, NOW);
    await recordAct(store.database, NOW, act(LAKESIDE, 13));
    const part = async (from: number | 'signed', entries = 5): Promise<unknown[]> => {
      const { fromSeq, entryCount, lastSeq, nextSeq, findings: found } = await verifyPart(store.database, signer, LAKESIDE, from, entries);
      return [fromSeq, entryCount, lastSeq, nextSeq, found.map(({ kind }) => kind)];
    };
    expect(await part('signed')).toEqual([12, 2, 13, null, []]);
    expect(await part(1)).toEqual([1, 5, 5, 5, []]);
    expect(await part(5)).toEqual([5, 5, 9, 9, []]);
    expect(await part(9)).toEqual([9, 5, 13, null, []]);
    await tamper(`update audit_entry set detail = '{"turn": 99}' where practice_id = '${LAKESIDE}' and seq = 3; delete from audit_entry where practice_id = '${LAKESIDE}' and seq = 9`);
    // What lies before the signature is not looked at again; the parts find it, wherever they meet.
    expect((await part('signed'))[4]).toEqual([]);
    expect([(await part(1))[4], (await part(5))[4], (await part(9))[4]]).toEqual([['altered'], [], ['missing']]);
    await tamper(`delete from audit_entry where practice_id = '${LAKESIDE}' and seq >= 12`);
    expect((await part('signed'))[4]).toEqual(expect.arrayContaining(['truncated']));
  });

  test('of many parts is whole, and tells how far it is', async () => {
    await Promise.all(Array.from({ length: 20 }, (_, turn) => recordAct(store.database, NOW, act(LAKESIDE, turn))));
    await signCheckpoints(store.database, signer, NOW);
    const told: number[] = [];
    const [report] = await verifyAudit(store.database, signer, { entriesAPart: 10, onProgress: (_practiceId, checked, of) => void told.push(checked, of) });
    expect(report).toMatchObject({ fromSeq: 1, entryCount: 32, lastSeq: 32, signedUpToSeq: 32, findings: [] });
    expect(told).toEqual([10, 32, 19, 32, 28, 32]);
    const [sinceSigned] = await verifyAudit(store.database, signer, { sinceSigned: true });
    expect(sinceSigned).toMatchObject({ fromSeq: 32, entryCount: 1 });
  });

  test.each(['quietline_app', 'quietline_installation'])('cannot be changed or shortened by %s', async (role) => {
    for (const statement of ['update audit_entry set action = \'note-read\'', 'delete from audit_entry', 'truncate audit_entry']) {
      const run = role === 'quietline_app' ? inPractice(store.database, LAKESIDE, (transaction) => sql.raw(statement).execute(transaction)) : inInstallation(store.database, (transaction) => sql.raw(statement).execute(transaction));
      await expect(run).rejects.toThrow(/permission denied/u);
    }
  });

  test('cannot be changed by the tables\' owner either, without first taking down what forbids it', async () => {
    await sql.raw('alter table audit_entry no force row level security').execute(store.database.unscoped);
    await expect(sql.raw('update audit_entry set seq = 50 where seq = 5').execute(store.database.unscoped)).rejects.toThrow(/written once/u);
    await expect(sql.raw('truncate audit_entry').execute(store.database.unscoped)).rejects.toThrow(/written once/u);
  });

  test('is of one practice: another sees none of it and can write none into it', async () => {
    const seen = await inPractice(store.database, HILLTOP, (transaction) => listAudit(transaction, { limit: 100 }));
    expect(seen).toHaveLength(1);
    await expect(inPractice(store.database, HILLTOP, (transaction) => appendAudit(transaction, NOW, act(LAKESIDE)))).rejects.toThrow(/row-level security/u);
  });

  test('holds an act if and only if the act was done', async () => {
    const undone = inPractice(store.database, LAKESIDE, async (transaction) => {
      await appendAudit(transaction, NOW, act(LAKESIDE, 77));
      throw new Error('the act failed');
    });
    await expect(undone).rejects.toThrow('the act failed');
    expect(await findings()).toEqual([]);
    expect((await inPractice(store.database, LAKESIDE, (transaction) => listAudit(transaction, { limit: 1 })))[0]?.seq).toBe(12);
  });

  test('stays one chain when eight write at once', async () => {
    await Promise.all(Array.from({ length: 80 }, (_, turn) => recordAct(store.database, NOW, act(LAKESIDE, turn))));
    const [report] = await verifyAudit(store.database, signer);
    expect(report).toMatchObject({ entryCount: 92, lastSeq: 92, findings: [] });
  });

  test('is read by action, member, record and time, newest first', async () => {
    const subject = { kind: 'line', id: '018f0000-0000-7000-8000-00000000000a' };
    await recordAct(store.database, NOW + 3_600_000, { practiceId: LAKESIDE, actor: { kind: 'system' }, action: 'line-expired', subject });
    const read = (filter: object): Promise<number[]> => inPractice(store.database, LAKESIDE, async (transaction) => (await listAudit(transaction, { limit: 100, ...filter })).map(({ seq }) => seq));
    expect(await read({ limit: 3 })).toEqual([13, 12, 11]);
    expect(await read({ limit: 3, beforeSeq: 3 })).toEqual([2, 1]);
    expect(await read({ action: 'line-expired' })).toEqual([13]);
    expect(await read({ subjectId: subject.id })).toEqual([13]);
    expect(await read({ memberId: MEMBER })).toHaveLength(12);
    expect(await read({ from: new Date(NOW + 10), until: new Date(NOW + 12) })).toEqual([12, 11]);
  });

  test('is signed while the server runs and once more when it stops', async () => {
    const clock = createFakeClock(NOW);
    const signing = keepSigning({ database: store.database, signer, clock, log: silentLog });
    await signing.stop();
    expect(clock.pendingCount()).toBe(0);
    expect((await signer.readCopies()).map(({ seq }) => seq).sort((one, other) => one - other)).toEqual([1, 12]);
    expect(await signCheckpoints(store.database, signer, NOW)).toBe(0);
  });
});
