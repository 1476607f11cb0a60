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
    expect(await detail(id)).toMatchObject({ code: { triesLeft: 2 }, codeCallsLeft: 4 });
    expect((await send('PUT', `/lines/${id}`, { name: 'Front desk', extension: null, callsBackTo: 'the front desk' })).body.callsBackTo).toBe('the front desk');
    expect((await send('POST', `/lines/${id}/code`, { code })).body.state).toBe('awaiting-approval');
    expect((await send('POST', `/lines/${id}/code`, { code })).body.code).toBe('NO_CODE');
    expect(await shown()).not.toContain('+16125550177');
    // What was heard in time is entered: the call hangs up by itself.
    await vi.waitFor(async () => expect((await detail(id)).codeCall).toBe('stopped'), 3_000);

    expect((await send('POST', `/lines/${id}/approval`)).body).toMatchObject({ state: 'proven', isReminderDue: false, isApprovalDue: false, provenBy: practice.demo.memberId, callsBackTo: 'the front desk' });
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
    await vi.waitFor(async () => expect((await detail(id)).codeCall).toBe('cut-short'), 3_000);
  });

  test.each([[486, 'busy', '82'], [480, 'no-answer', '83'], [404, 'not-in-service', '84'], [603, 'rejected', '85'], [503, 'not-reached', '86']] as const)('says what came of it where nobody answers: %i is %s', async (status, outcome, ending) => {
    const { id } = (await add('Back office', `(612) 555-01${ending}`)).body;
    const [, phone] = await Promise.all([send('POST', `/lines/${id}/code-call`), practice.phone.nextCall()]);
    phone.leg.reject(status);
    await vi.waitFor(async () => expect((await detail(id)).codeCall).toBe(outcome), 3_000);
    expect((await send('POST', `/lines/${id}/code`, { code: '123456' })).body.code).toBe('CODE_WRONG');
  });

  const setSandbox = (is: boolean) => inPractice(practice.store.database, practice.demo.practiceId, (transaction) => sql`update practice set is_sandbox = ${is}`.execute(transaction));
  const tryHosted = (name: string, number: string) => send('POST', '/lines', { name, number, kind: 'hosted', extension: null });
  const addHosted = async (name: string, number: string) => {
    await setSandbox(false);
    const added = await tryHosted(name, number);
    await setSandbox(true);
    return added;
  };

  test('of this server\'s trunk is not begun in the sandbox, where no call could come back', async () => {
    expect(await tryHosted('Call backs', '(612) 555-0189')).toMatchObject({ status: 409, body: { code: 'NO_TRUNK' } });
    expect(await shown()).not.toContain('+16125550189');
  });

  const codeCallOf = async (id: string): Promise<string> => (await detail(id)).codeCall;

  test('of this server\'s trunk goes by a call that the carrier brings back here, and an admin\'s yes, for 180 days', async () => {
    const { body: added } = await addHosted('Call backs', '(612) 555-0190');
    expect(added).toMatchObject({ number: '+16125550190', kind: 'hosted', state: 'unproven', expiresAt: null });
    const { id } = added;
    expect(await shown()).not.toContain('+16125550190');
    expect((await send('PUT', `/lines/${id}/default`)).body.code).toBe('LINE_NOT_PROVEN');

    const [called, loop] = await Promise.all([send('POST', `/lines/${id}/code-call`), practice.phone.nextCall()]);
    expect(called).toMatchObject({ status: 200, body: { codeCall: 'calling', code: null, codeCallsLeft: 4 } });
    expect(loop.called).toBe('+16125550190');
    // A call to another number is not the one that is waited for.
    const offer = loop.audio.createOffer();
    expect(await practice.phone.bring('+16125550142', { from: loop.from, offer, port: practice.sipPort })).toBe(404);
    expect((await detail(id)).state).toBe('unproven');
    expect(await practice.phone.bring(loop.called!, { from: loop.from, offer, port: practice.sipPort })).toBe(486);
    await vi.waitFor(async () => expect(await detail(id)).toMatchObject({ codeCall: 'returned', state: 'awaiting-approval', isApprovalDue: true }), 3_000);
    // Nothing rings on.
    await vi.waitFor(() => expect(loop.events.at(-1)?.type).toBe('ended'), 3_000);
    expect(await shown()).not.toContain('+16125550190');

    const approved = (await send('POST', `/lines/${id}/approval`)).body;
    expect(approved).toMatchObject({ state: 'proven', provenBy: practice.demo.memberId });
    expect(Date.parse(approved.expiresAt!) - Date.parse(approved.provenAt!)).toBe(180 * 86_400_000);
    expect(await shown()).toContain('+16125550190');
    await inPractice(practice.store.database, practice.demo.practiceId, (transaction) => sql`update line set proven_at = now() - interval '181 days', code_entered_at = now() - interval '182 days' where id = ${id}`.execute(transaction));
    expect((await detail(id)).state).toBe('expired');
    expect(await shown()).not.toContain('+16125550190');
  });

  test('of this server\'s trunk is not given where something else answers, or refuses, or the one who waits stops it', async () => {
    const { id } = (await addHosted('Elsewhere', '(612) 555-0191')).body;
    const [, answered] = await Promise.all([send('POST', `/lines/${id}/code-call`), practice.phone.nextCall()]);
    answered.leg.answer(answered.answer);
    await vi.waitFor(async () => expect(await codeCallOf(id)).toBe('not-returned'), 3_000);
    await vi.waitFor(() => expect(answered.events.at(-1)?.type).toBe('ended'), 3_000);

    const [, refused] = await Promise.all([send('POST', `/lines/${id}/code-call`), practice.phone.nextCall()]);
    refused.leg.reject(486);
    await vi.waitFor(async () => expect(await codeCallOf(id)).toBe('not-returned'), 3_000);

    const [, stopped] = await Promise.all([send('POST', `/lines/${id}/code-call`), practice.phone.nextCall()]);
    expect((await send('DELETE', `/lines/${id}/code-call`)).body.codeCall).toBe('stopped');
    await vi.waitFor(() => expect(stopped.events.at(-1)?.type).toBe('ended'), 3_000);
    expect((await detail(id)).state).toBe('unproven');
    expect((await send('POST', `/lines/${id}/approval`)).body.code).toBe('NOT_AWAITING_APPROVAL');
  });

  test('stops when the one who waits says so, and what was heard so far opens nothing', async () => {
    const { id } = (await add('Side door', '(612) 555-0181')).body;
    const [, phone] = await Promise.all([send('POST', `/lines/${id}/code-call`), practice.phone.nextCall()]);
    phone.leg.answer(phone.answer);
    await vi.waitFor(async () => expect((await detail(id)).codeCall).toBe('speaking'), 5_000);
    const code = await codeOf(id);
    expect((await send('DELETE', `/lines/${id}/code-call`)).body).toMatchObject({ codeCall: 'stopped', code: null });
    expect((await send('POST', `/lines/${id}/code`, { code })).body.code).toBe('NO_CODE');
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
