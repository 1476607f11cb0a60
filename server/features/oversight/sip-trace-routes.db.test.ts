import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLadderRecorder } from '#server/telephony/sip/carrier/ladder-recorder.ts';
import type { LadderRecorder } from '#server/telephony/sip/carrier/ladder-recorder.ts';
import { openTestHouse, type TestBrowser, type TestHouse } from '../members/test-house.ts';
import { createSipTraceRoutes } from './index.ts';

const OURS = '018f0000-0000-7000-8000-000000000001';
const THEIRS = '018f0000-0000-7000-8000-000000000002';
const INVITE = (callId: string): string => `INVITE sip:+15550100100@h SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bKa\r\nFrom: <sip:+15550199199@h>;tag=1\r\nTo: <sip:x@h>\r\nCall-ID: ${callId}\r\nCSeq: 1 INVITE\r\n\r\n`;

let house: TestHouse;
let operator: TestBrowser;
let recorder: LadderRecorder;

beforeEach(async () => {
  house = await openTestHouse({
    more: (parts) => {
      recorder = createLadderRecorder(parts.clock);
      return createSipTraceRoutes({ ...parts, traces: recorder, isCallOf: async (_practiceId, callId) => callId === OURS, filterSeen: async (_practiceId, callIds, { roles }) => callIds.filter((callId) => callId === OURS && roles.includes('physician')) });
    },
  });
  operator = house.openBrowser();
  await operator.enter();
});
afterEach(() => house.close());

const record = (callId: string): void => {
  recorder.bind(callId, callId, 'main');
  recorder.see('to-trunk', 'udp', INVITE(callId));
};

test('the operator switches, sees every ladder, and each act is in the audit', async () => {
  record(OURS);
  expect((await operator.get('/sip-traces')).body).toEqual({ onUntil: null, maySwitch: true, traces: [] });
  expect((await operator.post('/sip-traces/recording', { minutes: 30 })).body.onUntil).toBe(new Date(house.clock.now() + 30 * 60_000).toISOString());
  record(OURS);
  record(THEIRS);
  expect((await operator.get('/sip-traces')).body.traces.map(({ callId }: { callId: string }) => callId)).toEqual([THEIRS, OURS]);
  const { body } = await operator.get(`/sip-traces/${OURS}`);
  // The first member of a practice is a physician too; the role of an admin alone opens nobody's calls.
  expect(body.isInLog).toBe(true);
  expect(body.messages[0]).toMatchObject({ title: 'INVITE', direction: 'to-trunk', afterMs: 0 });
  expect(JSON.stringify(body)).not.toContain('5550');
  house.clock.advance(31 * 60_000);
  expect((await operator.get('/sip-traces')).body.onUntil).toBeNull();
});

test('a practice\'s admin reads the practice\'s own and switches nothing; staff reads nothing', async () => {
  await operator.post('/sip-traces/recording', { minutes: 30 });
  record(OURS);
  record(THEIRS);
  const invite = async (roles: string[]): Promise<TestBrowser> => {
    const { link } = (await operator.post('/invitations', { name: 'Sam Reed', email: null, roles })).body;
    const browser = house.openBrowser();
    await browser.join(link);
    return browser;
  };
  const admin = await invite(['practice-admin']);
  expect((await admin.get('/sip-traces')).body).toMatchObject({ maySwitch: false, traces: [{ callId: OURS, isInLog: false }] });
  expect((await admin.get(`/sip-traces/${OURS}`)).status).toBe(200);
  expect((await admin.get(`/sip-traces/${THEIRS}`)).status).toBe(404);
  expect((await admin.post('/sip-traces/recording', { minutes: 30 })).status).toBe(403);
  const staff = await invite(['staff']);
  expect([(await staff.get('/sip-traces')).status, (await staff.get(`/sip-traces/${OURS}`)).status]).toEqual([403, 403]);
});
