import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { LineView } from '#contract/api.ts';
import type { LineDetail } from '#contract/lines.ts';
import { inPractice } from '#server/platform/storage/database.ts';
import { post } from './test-page.ts';
import type { PageAccess } from './test-page.ts';
import { openTestPractice } from './test-practice.ts';
import type { TestPractice } from './test-practice.ts';
import { hashToken } from '#server/platform/crypto/token.ts';

const DESK = '(612) 555-0177';

describe('proving that a number is the practice\'s own', () => {
  let practice: TestPractice;
  let access: PageAccess;

  beforeAll(async () => {
    practice = await openTestPractice();
    access = await practice.enter();
  });
  afterAll(() => practice.close());

  const send = async (method: string, path: string, body: object = {}): Promise<{ status: number; body: LineDetail & { code?: string } }> => {
    const response = await fetch(`${access.origin}/api${path}`, { method, headers: { cookie: access.cookie, origin: access.origin, ...(method === 'GET' ? {} : { 'content-type': 'application/json' }) }, ...(method === 'GET' ? {} : { body: JSON.stringify(body) }) });
    return { status: response.status, body: (await response.json()) as LineDetail & { code?: string } };
  };
  const shown = async (): Promise<string[]> => ((await send('GET', '/lines')).body as unknown as LineView[]).map(({ number }) => number);
  const detail = async (id: string): Promise<LineDetail> => ((await send('GET', '/lines/all')).body as unknown as LineDetail[]).find((line) => line.id === id)!;
  const add = (name: string, number: string, extension: string | null = null) => send('POST', '/lines', { name, number, extension });
  /** The spoken code is known to the one who hears it: here the hash is asked for each of a million. */
  const codeOf = async (id: string): Promise<string> => {
    const row = await inPractice(practice.store.database, practice.demo.practiceId, async (transaction) => (await sql<{ code_hash: Buffer | null }>`select code_hash from line where id = ${id}`.execute(transaction)).rows[0]);
    for (let code = 0; code < 1_000_000; code++) {
      const digits = String(code).padStart(6, '0');
      if (row?.code_hash && hashToken(`${id}:${digits}`).equals(row.code_hash)) return digits;
    }
    throw new Error('There is no code.');
  };

  test('goes by a call that shows a proven line, a spoken code, its entry and an admin\'s yes; only then it may be shown', async () => {
    const added = await add('Front desk', DESK);
    expect(added).toMatchObject({ status: 200, body: { number: '+16125550177', kind: 'verified', state: 'unproven', codeCall: 'none' } });
    const { id } = added.body;
    expect(await shown()).not.toContain('+16125550177');
    expect((await send('POST', `/lines/${id}/approval`)).body.code).toBe('NOT_AWAITING_APPROVAL');

    const [called, phone] = await Promise.all([send('POST', `/lines/${id}/code-call`), practice.phone.nextCall()]);
    expect(called).toMatchObject({ status: 200, body: { codeCall: 'calling' } });
    expect(phone.called).toBe('+16125550177');
    expect(phone.from).toContain('+16125550100');
    expect((await send('POST', `/lines/${id}/code-call`)).body.code).toBe('CODE_CALL_RUNNING');
    phone.leg.answer(phone.answer);
    await vi.waitFor(() => expect(phone.loudness()).toBeGreaterThan(500), 5_000);
    expect((await detail(id)).codeCall).toBe('speaking');

    const code = await codeOf(id);
    const wrong = code === '000000' ? '111111' : '000000';
    expect((await send('POST', `/lines/${id}/code`, { code: wrong })).body.code).toBe('CODE_WRONG');
    expect((await send('POST', `/lines/${id}/code`, { code })).body.state).toBe('awaiting-approval');
    expect((await send('POST', `/lines/${id}/code`, { code })).body.code).toBe('NO_CODE');
    expect(await shown()).not.toContain('+16125550177');
    phone.leg.hangUp();
    await vi.waitFor(async () => expect((await detail(id)).codeCall).toBe('not-reached'), 3_000);

    expect((await send('POST', `/lines/${id}/approval`)).body).toMatchObject({ state: 'proven', isReminderDue: false });
    expect(await shown()).toContain('+16125550177');
    expect((await send('PUT', `/lines/${id}/default`)).body.isDefault).toBe(true);
    expect((await shown())[0]).toBe('+16125550177');
  });

  test('presses the desk\'s extension before it speaks', async () => {
    const { id } = (await add('Nurses', '(612) 555-0178', '42')).body;
    const [, phone] = await Promise.all([send('POST', `/lines/${id}/code-call`), practice.phone.nextCall()]);
    phone.leg.answer(phone.answer);
    await vi.waitFor(() => expect(phone.digits.join('')).toBe('42'), 8_000);
    phone.leg.hangUp();
    await vi.waitFor(async () => expect((await detail(id)).codeCall).toBe('not-reached'), 3_000);
  });

  test('says so where nobody answers', async () => {
    const { id } = (await add('Back office', '(612) 555-0179')).body;
    const [, phone] = await Promise.all([send('POST', `/lines/${id}/code-call`), practice.phone.nextCall()]);
    phone.leg.reject(486);
    await vi.waitFor(async () => expect((await detail(id)).codeCall).toBe('not-reached'), 3_000);
    expect((await send('POST', `/lines/${id}/code`, { code: '123456' })).body.code).toBe('CODE_WRONG');
  });

  test('ends after 180 days: the line is shown to nobody until it is proven again', async () => {
    const before = await shown();
    await inPractice(practice.store.database, practice.demo.practiceId, (transaction) =>
      sql`update line set proven_at = now() - interval '181 days' where number = '+16125550177'`.execute(transaction),
    );
    expect(before).toContain('+16125550177');
    expect(await shown()).not.toContain('+16125550177');
  });

  test.each([
    ['(612) 555-0100', 'NUMBER_TAKEN'],
    ['911', 'NUMBER_NOT_ALLOWED'],
    ['+44 20 7946 0018', 'NUMBER_NOT_ALLOWED'],
    ['1 900 234 5678', 'NUMBER_NOT_ALLOWED'],
  ])('%s is not taken: %s', async (number, code) => expect((await add('Other', number)).body.code).toBe(code));

  test('is nobody\'s business without a session, and another practice\'s line is not there', async () => {
    expect((await post(access.origin, '/api/lines/01890000-0000-7000-8000-00000000000f/approval', {})).status).toBe(401);
    expect((await send('POST', '/lines/01890000-0000-7000-8000-00000000000f/approval')).status).toBe(404);
  });
});
