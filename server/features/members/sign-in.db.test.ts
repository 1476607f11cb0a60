import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sql } from 'kysely';
import { createFakeClock } from '#server/platform/clock/fake-clock.ts';
import { systemRandom } from '#server/platform/clock/random.ts';
import { inInstallation } from '#server/platform/storage/database.ts';
import { createTestDatabase } from '#server/platform/storage/test-database.ts';
import type { TestDatabase } from '#server/platform/storage/test-database.ts';
import { seedDemoPractice } from './demo-practice.ts';
import type { DemoPractice } from './demo-practice.ts';
import { createSignIn } from './sign-in.ts';
import type { SignIn } from './sign-in.ts';

describe('signing in', () => {
  const clock = createFakeClock();
  let store: TestDatabase;
  let demo: DemoPractice;
  let signIn: SignIn;

  beforeAll(async () => {
    store = await createTestDatabase();
    demo = await seedDemoPractice({ database: store.database, clock, random: systemRandom, isSandbox: true });
    signIn = createSignIn({ database: store.database, clock, random: systemRandom });
  });
  afterAll(() => store.drop());

  const enter = async () => {
    const redeemed = await signIn.redeemLink(await signIn.issueLink(demo.practiceId, demo.memberId));
    if (!redeemed.ok) throw new Error(redeemed.refusal);
    return redeemed.value;
  };

  test('a link opens a session of its member, once', async () => {
    const token = await signIn.issueLink(demo.practiceId, demo.memberId);
    const redeemed = await signIn.redeemLink(token);
    expect(redeemed).toMatchObject({ ok: true, value: { session: { member: { name: 'Dr. Hannah Lee' }, practice: { name: 'Lakeside Clinic', isSandbox: true } } } });
    expect(await signIn.redeemLink(token)).toEqual({ ok: false, refusal: 'link-used-or-expired' });
  });

  test('of twenty who redeem one link at the same instant, one comes in', async () => {
    const token = await signIn.issueLink(demo.practiceId, demo.memberId);
    const all = await Promise.all(Array.from({ length: 20 }, () => signIn.redeemLink(token)));
    expect(all.filter(({ ok }) => ok)).toHaveLength(1);
  });

  test('a link is good for an hour, a session for twelve', async () => {
    const token = await signIn.issueLink(demo.practiceId, demo.memberId);
    const { sessionToken } = await enter();
    clock.advance(3_600_000);
    expect((await signIn.redeemLink(token)).ok).toBe(false);
    clock.advance(11 * 3_600_000 - 1);
    expect(await signIn.findSession(sessionToken)).toBeDefined();
    clock.advance(1);
    expect(await signIn.findSession(sessionToken)).toBeUndefined();
  });

  test('a session that was signed out of is nobody\'s, and whoever stands on it is told', async () => {
    const { session, sessionToken } = await enter();
    const ended: string[] = [];
    signIn.onSessionEnded((id) => ended.push(id));
    await signIn.endSession(session);
    expect(await signIn.findSession(sessionToken)).toBeUndefined();
    expect(ended).toEqual([session.id]);
  });

  test('neither link nor session can be read out of the database', async () => {
    const link = await signIn.issueLink(demo.practiceId, demo.memberId);
    const { sessionToken } = await enter();
    const rows = await inInstallation<object, unknown>(store.database, async (transaction) => [
      (await sql`select * from sign_in_link`.execute(transaction)).rows,
      (await sql`select * from session`.execute(transaction)).rows,
    ]);
    const everything = JSON.stringify(rows, (_key, value: unknown) => (value instanceof Object && 'data' in value && Array.isArray(value.data) ? Buffer.from(value.data as number[]).toString('latin1') : value));
    expect(everything).not.toContain(link);
    expect(everything).not.toContain(sessionToken);
  });

  test('seeding again finds the same practice and member', async () => {
    expect(await seedDemoPractice({ database: store.database, clock, random: systemRandom, isSandbox: true })).toEqual(demo);
  });
});
