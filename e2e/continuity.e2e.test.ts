/** The call belongs to the server: a refresh, a crashed tab, another device and a killed server, each in mid-call. */
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { excerpt } from './audio/speech-match.ts';
import { spokenClip } from './audio/spoken-clips.ts';
import { type ChromiumUnderTest, startChromium } from './browser/chromium.ts';
import { hearsSpeech } from './listening.ts';
import { type MemberPage, signIn } from './member-page.ts';
import { type PatientPhone, startPatientPhone } from './peers/baresip-peer.ts';
import { type Product, startProduct } from './product.ts';
import { tellsOneStory } from './story.ts';

const physician = excerpt(spokenClip('physician'), 0, 6000);
const patient = excerpt(spokenClip('patient'), 0, 6000);
const NUMBER = '(480) 555-0167';

let phone: PatientPhone;
let product: Product;
let chromium: ChromiumUnderTest;
let member: MemberPage;

tellsOneStory({ pages: () => [member?.page], product: () => product });

beforeAll(async () => {
  phone = await startPatientPhone({ number: '+14805550167', answer: 'auto', speech: patient });
  product = await startProduct({ trunk: { name: 'clinic', host: '127.0.0.1', port: phone.port, callerIdForm: 'from', optionsIntervalSec: 0 } });
  chromium = await startChromium(physician);
  member = await signIn(await chromium.newContext(), product.signInLink());
});
afterAll(async () => {
  await chromium?.close();
  await product?.close();
  await phone?.close();
});

const callsClosed = (): number => phone.events.filter(({ type }) => type === 'CALL_CLOSED').length;

async function bothHear(): Promise<void> {
  await hearsSpeech(phone, physician);
  await hearsSpeech(member, patient);
}

describe('a call in progress', () => {
  it('goes on through a refresh of the page', async () => {
    await member.dial(NUMBER);
    await member.seesState('Talking');
    await bothHear();
    await member.page.reload();
    await member.seesState('Talking');
    await bothHear();
    expect(callsClosed()).toBe(0);
  });

  it('is taken over by another device of the member, and leaves the first one', async () => {
    const second = await signIn(await chromium.newContext(), product.newLink());
    await second.press('Take it here');
    await second.seesState('Talking');
    await member.page.getByText(`${NUMBER}, on another device`).waitFor();
    await hearsSpeech(phone, physician);
    await hearsSpeech(second, patient);
    expect(callsClosed()).toBe(0);
    member = second;
  });

  it('waits for the member when the tab crashes', async () => {
    const context = member.page.context();
    const session = await context.newCDPSession(member.page);
    const crashed = member.page.waitForEvent('crash');
    // A page that crashed gives no answer.
    void session.send('Page.crash').catch(() => undefined);
    await crashed;
    member = await signIn(context, product.origin);
    await member.press('Take it here');
    await member.seesState('Talking');
    await bothHear();
    expect(callsClosed()).toBe(0);
  });

  it('goes on when the server is killed and comes back: one call, one row, and both hear', async () => {
    const added = await member.page.request.post(`${product.origin}/api/contacts`, { data: { details: { givenName: 'Rosalind', familyName: 'Achterberg', numbers: [{ number: '+14805550167', label: 'mobile' }] } }, headers: { origin: product.origin } });
    expect(added.status()).toBe(200);
    await product.kill();
    const startedMs = performance.now();
    await product.start();
    const upMs = performance.now();
    await member.seesState('Talking', 30_000);
    process.stdout.write(`killed in mid-call: the server was back after ${Math.round(upMs - startedMs)} ms, the call ${Math.round(performance.now() - upMs)} ms later\n`);
    await member.page.getByRole('region', { name: 'Call', exact: true }).getByText('Rosalind Achterberg').first().waitFor();
    await bothHear();
    expect(callsClosed()).toBe(0);
    await member.press('End call');
    await member.seesEnd('You hung up.');
    await phone.nextEvent('CALL_CLOSED');

    const database = new Client({ connectionString: product.databaseUrl() });
    await database.connect();
    const rows = async (): Promise<unknown[]> => (await database.query('select ended_at is not null as has_ended, end_reason, (select count(*)::int from call_transition where event = $1) as resumed from call', ['resumed'])).rows;
    // The page and the trunk know of the end before the row does.
    await expect.poll(rows, { timeout: 10_000 }).toEqual([{ has_ended: true, end_reason: 'hung-up-by-member', resumed: 1 }]);
    await database.end();
  });

  it('can be followed by another one at once', async () => {
    await member.press('Call Rosalind');
    await member.seesState('Talking');
    await bothHear();
    await member.press('End call');
    await member.seesEnd('You hung up.');
  });
});
