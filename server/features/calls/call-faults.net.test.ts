import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { CallView } from '#contract/calls.ts';
import { inPractice } from '#server/platform/storage/database.ts';
import type { MediaEngine } from '#server/telephony/index.ts';
import type { PhoneCall } from './test-phone.ts';
import { openPage, openTestAudio } from './test-page.ts';
import type { PageAccess, TestAudio, TestPage } from './test-page.ts';
import { openTestPractice } from './test-practice.ts';
import type { TestPractice } from './test-practice.ts';

describe('when something breaks', () => {
  let practice: TestPractice;
  let access: PageAccess;
  let page: TestPage;
  let audio: TestAudio;
  let breaks = false;

  /** The real engine, whose holding has a bug while `breaks` is set. */
  const throughEngine = (engine: MediaEngine): MediaEngine => ({
    ...engine,
    open(options) {
      const opened = engine.open(options);
      if (!opened.ok) return opened;
      const session = opened.value;
      return {
        ok: true,
        value: {
          ...session,
          setHeld(leg, held) {
            if (breaks) throw new Error('a planted bug');
            session.setHeld(leg, held);
          },
        },
      };
    },
  });

  beforeAll(async () => {
    practice = await openTestPractice({ throughEngine });
    access = await practice.enter();
    page = await openPage(access);
    page.send({ type: 'hello', deviceId: page.deviceId as never });
    await page.next('welcome');
    audio = await openTestAudio();
  });
  afterAll(async () => {
    page.vanish();
    await audio.close();
    await practice.close();
  });

  const talk = async (requestId: string): Promise<{ call: CallView; phone: PhoneCall }> => {
    page.send({ type: 'dial', requestId, to: '(612) 555-0123', offer: audio.offer });
    const [answer, phone] = await Promise.all([page.next('media-answer', (message) => message.requestId === requestId), practice.phone.nextCall()]);
    phone.leg.answer(phone.answer);
    return { call: await page.call(({ id, state }) => id === answer.callId && state === 'talking'), phone };
  };
  const inDatabase = async (statement: string): Promise<void> => {
    await sql.raw(statement).execute(practice.store.database.unscoped);
  };
  const written = (id: CallView['id']): Promise<{ end_reason: string | null; ended_at: Date | null } | undefined> =>
    inPractice(practice.store.database, practice.demo.practiceId, async (transaction) => (await sql<{ end_reason: string | null; ended_at: Date | null }>`select end_reason, ended_at from call where id = ${id}`.execute(transaction)).rows[0]);

  test('a bug ends its own call, hangs up its party, and the next call is made as if nothing had been', async () => {
    const { call, phone } = await talk('first');
    breaks = true;
    page.send({ type: 'hold', callId: call.id, held: true });
    expect((await page.call(({ id, state }) => id === call.id && state === 'ended')).endReason).toBe('internal-error');
    await vi.waitFor(() => expect(phone.events.at(-1)).toMatchObject({ type: 'ended', end: { by: 'peer', kind: 'hung-up' } }));
    breaks = false;
    expect(practice.engine.sessionCount()).toBe(0);
    const next = await talk('second');
    page.send({ type: 'hang-up', callId: next.call.id });
    await page.call(({ id, state }) => id === next.call.id && state === 'ended');
    await vi.waitFor(async () => expect((await written(call.id))?.end_reason).toBe('internal-error'));
  });

  test('without its table no call is made, and nothing goes out', async () => {
    const before = practice.phone.inviteCount();
    await inDatabase('alter table call rename to call_away');
    page.send({ type: 'dial', requestId: 'away', to: '(612) 555-0123', offer: audio.offer });
    expect((await page.next('dial-refused', ({ requestId }) => requestId === 'away')).refusal).toBe('server-busy');
    await inDatabase('alter table call_away rename to call');
    expect(practice.phone.inviteCount()).toBe(before);
    expect(practice.engine.sessionCount()).toBe(0);
  });

  test('a live call goes on while the database cannot be written, and its end is written when it can', async () => {
    // The calls before this one, refused or hung up, are let go once their ends are written.
    await vi.waitFor(() => expect(practice.calls.liveCount()).toBe(0), 5_000);
    const { call, phone } = await talk('live');
    await inDatabase('alter table call rename to call_away');
    page.send({ type: 'mute', callId: call.id, muted: true });
    await page.call(({ muted }) => muted);
    phone.leg.hangUp();
    expect((await page.call(({ id, state }) => id === call.id && state === 'ended')).endReason).toBe('hung-up-by-party');
    expect(practice.calls.liveCount()).toBe(1);
    await inDatabase('alter table call_away rename to call');
    await vi.waitFor(async () => expect(await written(call.id)).toMatchObject({ end_reason: 'hung-up-by-party', ended_at: expect.any(Date) }), { timeout: 5_000, interval: 200 });
    await vi.waitFor(() => expect(practice.calls.liveCount()).toBe(0), 5_000);
  });
});
