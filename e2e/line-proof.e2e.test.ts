/** A practice's first line, from "no Call button" to a call that shows it: proven in a browser, by the digits that the clinic's own telephone hears. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hearDigits } from './audio/spoken-digits.ts';
import { excerpt } from './audio/speech-match.ts';
import { spokenClip } from './audio/spoken-clips.ts';
import { axeFindings } from './axe.ts';
import { type ChromiumUnderTest, startChromium } from './browser/chromium.ts';
import { type MemberPage, signIn } from './member-page.ts';
import { type PatientPhone, startPatientPhone } from './peers/baresip-peer.ts';
import { type Product, startProduct } from './product.ts';
import { tellsOneStory } from './story.ts';

const SLOW = { timeout: 30_000 };

let desk: PatientPhone;
let product: Product;
let chromium: ChromiumUnderTest;
let member: MemberPage;
let code: string;

tellsOneStory({ pages: () => [member?.page], product: () => product });

beforeAll(async () => {
  desk = await startPatientPhone({ number: '+16122045136', answer: 'manual' });
  product = await startProduct({ trunk: { name: 'clinic', host: '127.0.0.1', port: desk.port, callerIdForm: 'both', ownNumber: '+16122045100', optionsIntervalSec: 0 }, line: null });
  chromium = await startChromium(excerpt(spokenClip('physician'), 0, 1000));
  member = await signIn(await chromium.newContext(), product.signInLink());
});
afterAll(async () => {
  await chromium?.close();
  await product?.close();
  await desk?.close();
});

const dialPane = () => member.page.getByRole('region', { name: 'Dial' });
const line = () => member.page.getByRole('listitem', { name: 'Westgate office' });
const enterFrom = async (digits: string): Promise<void> => {
  await line().getByRole('textbox', { name: 'Digit 1', exact: true }).click();
  await member.page.keyboard.type(digits, { delay: 20 });
};

describe('a practice without a line', () => {
  it('has no Call button, and leads its admin to proving one', async () => {
    await dialPane().getByText('Patient would see nothing known').waitFor(SLOW);
    expect(await dialPane().getByRole('button', { name: /^Call\b/ }).count()).toBe(0);
    expect(await axeFindings(member.page)).toEqual([]);
    await dialPane().getByRole('button', { name: 'Prove a line' }).click();
    await member.page.getByRole('heading', { name: 'Lines', exact: true }).waitFor(SLOW);
  });

  it('asks whose telephone rings there, and says of a hosted one that its call did not come back here', async () => {
    await member.press('Add a line');
    await member.page.getByRole('group', { name: 'Whose telephone rings at this number?' }).getByRole('radio', { name: /^This server’s trunk/ }).check();
    expect(await member.page.getByRole('textbox', { name: /^Extension/ }).count()).toBe(0);
    expect(await axeFindings(member.page)).toEqual([]);
    await member.page.getByRole('textbox', { name: 'Number', exact: true }).fill('(612) 204-5136');
    await member.page.getByRole('textbox', { name: /^Name/ }).fill('Westgate office');
    await member.press('Add this line');
    await member.press('Call it now');
    await desk.nextEvent('CALL_INCOMING');
    await desk.hangUp();
    await line().getByText('The call did not come back here.').waitFor(SLOW);
    await line().getByText('Is the number routed to this server at your carrier?').waitFor(SLOW);
    expect(await axeFindings(member.page)).toEqual([]);
    await line().getByRole('button', { name: 'Details' }).click();
    await member.press('Remove Westgate office');
    await line().waitFor({ ...SLOW, state: 'detached' });
  });

  it('adds a number of the clinic\'s own telephones, and refuses one that is none', async () => {
    await member.press('Add a line');
    await member.page.getByRole('textbox', { name: 'Number', exact: true }).fill('911');
    await member.page.getByRole('textbox', { name: /^Name/ }).fill('Westgate office');
    await member.page.getByRole('textbox', { name: 'Where calls back go' }).fill('the front desk');
    await member.press('Add this line');
    await member.page.getByText('This is no telephone number at home').waitFor(SLOW);
    await member.page.getByRole('textbox', { name: 'Number', exact: true }).fill('(612) 204-5136');
    await member.press('Add this line');
    await line().getByText('Nobody can show it yet.').waitFor(SLOW);
  });
});

describe('proving it', () => {
  it('says that the desk is busy, and calls again', async () => {
    await member.press('Call me, I am at the desk');
    await desk.nextEvent('CALL_INCOMING');
    await line().getByText('Pick up (612) 204-5136. It is ringing.').waitFor(SLOW);
    await desk.hangUp();
    await line().getByText('(612) 204-5136 is busy.').waitFor(SLOW);
    expect(await axeFindings(member.page)).toEqual([]);
  });

  it('rings the desk from the trunk\'s own number, and reads it six digits', async () => {
    await member.press('Call again');
    const incoming = await desk.nextEvent('CALL_INCOMING');
    expect(incoming.peeruri).toContain('+16122045100@');
    await desk.accept();
    await line().getByText('Listen: six digits.').waitFor(SLOW);
    await expect.poll(() => (code = hearDigits(desk.heard() ?? { samples: new Int16Array(0), sampleRate: 8_000 }) ?? ''), { timeout: 60_000, interval: 1_500 }).toMatch(/^\d{6}$/);
  });

  it('refuses other digits, and says how many tries are left', async () => {
    await enterFrom(code === '111111' ? '222222' : '111111');
    await line().getByText('These digits are not right. 2 more tries.').waitFor(SLOW);
    expect(await axeFindings(member.page)).toEqual([]);
  });

  it('takes those that were heard, pasted whole, and hangs up; still nobody can show the line', async () => {
    await line().getByRole('textbox', { name: 'Digit 1', exact: true }).click();
    await member.page.context().grantPermissions(['microphone', 'clipboard-read', 'clipboard-write']);
    await member.page.evaluate(`navigator.clipboard.writeText('${code.slice(0, 3)} ${code.slice(3)}')`);
    await member.page.keyboard.press('Control+V');
    await line().getByText('The code was entered; an admin has still to approve it.').waitFor(SLOW);
    await desk.nextEvent('CALL_CLOSED');
    await member.page.goto(product.origin);
    await dialPane().getByText('Patient would see nothing known').waitFor(SLOW);
  });

  it('is done with an admin\'s yes: the plate shows the line, and there is a Call button', async () => {
    await member.page.goto(`${product.origin}/settings/lines`);
    await line().getByRole('button', { name: 'Approve' }).click();
    await line().getByText(/Proven .* by Dr. Hannah Lee. Expires/).waitFor(SLOW);
    await member.page.getByRole('link', { name: 'Calls' }).click();
    await dialPane().getByText('Westgate office').waitFor(SLOW);
    await dialPane().getByText('Calls back to the front desk').waitFor(SLOW);
    await dialPane().getByRole('button', { name: /^Call\b/ }).waitFor(SLOW);
  });
});
