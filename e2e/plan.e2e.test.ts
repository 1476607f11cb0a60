/** What the plan says on its screen is what stops or lets through a dial, at once; and what is asked for is seen by who may allow it. */
import { join } from 'node:path';
import { writeFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { excerpt } from './audio/speech-match.ts';
import { spokenClip } from './audio/spoken-clips.ts';
import { type ChromiumUnderTest, startChromiumShell } from './browser/chromium.ts';
import { type MemberPage, signIn } from './member-page.ts';
import { type RecordingTrunk, startRecordingTrunk } from './peers/recording-trunk.ts';
import { type Product, startProduct } from './product.ts';
import { seedProvenLine } from './proven-line.ts';
import { tellsOneStory } from './story.ts';

const SLOW = { timeout: 30_000 };
const ZURICH = '+41446681800';

let trunk: RecordingTrunk;
let product: Product;
let chromium: ChromiumUnderTest;
let member: MemberPage;
let folder: string;

tellsOneStory({ pages: () => [member?.page], product: () => product });

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'quietline-rates-'));
  trunk = await startRecordingTrunk();
  product = await startProduct({ trunk: { name: 'clinic', host: '127.0.0.1', port: trunk.port, callerIdForm: 'both', optionsIntervalSec: 0 } });
  await seedProvenLine(product, { name: 'Procedures', number: '+16125550118' });
  chromium = await startChromiumShell(excerpt(spokenClip('physician'), 0, 1000));
  member = await signIn(await chromium.newContext(), product.signInLink());
});
afterAll(async () => {
  await chromium?.close();
  await product?.close();
  trunk?.close();
  rmSync(folder, { recursive: true, force: true });
});

const invites = (): string[] => trunk.sip.map((datagram) => datagram.toString('latin1')).filter((text) => text.startsWith('INVITE '));
const page = () => member.page;
const openPlan = async (): Promise<void> => {
  await page().goto(`${product.origin}/settings/plan`);
  await page().getByRole('heading', { name: 'Plan', exact: true }).waitFor(SLOW);
};
const attempt = async (number: string): Promise<void> => {
  await page().getByRole('textbox', { name: 'Try a number' }).fill(number);
  await member.press('Try it');
};
const dialZurich = async (): Promise<void> => {
  await page().goto(product.origin);
  await page().getByRole('heading', { name: 'Calls', exact: true }).waitFor(SLOW);
  await member.dial(ZURICH);
};

describe('the plan', () => {
  it('answers for a number as the server would, and dials nothing', async () => {
    await openPlan();
    await attempt('(480) 204-5167');
    await page().getByText('Yes. It is in United States, and calls at home are free.').waitFor(SLOW);
    await attempt(ZURICH);
    await page().getByText(/^No\. Calls to Switzerland are not in your plan\./).waitFor(SLOW);
    await attempt('+1 876 926 1234');
    await page().getByText(/^No\. It looks like a call at home and leads to Jamaica/).waitFor(SLOW);
    await attempt('911');
    await page().getByText(/^No\. Call for help from your phone/).waitFor(SLOW);
  });

  it('stops a dial to a country that is not allowed, and nothing goes to the trunk', async () => {
    await dialZurich();
    await page().getByText('Not in your plan', { exact: true }).waitFor(SLOW);
    expect(invites()).toEqual([]);
    await member.press('Open the plan');
    await page().getByRole('heading', { name: 'Plan', exact: true }).waitFor(SLOW);
  });

  it('lets it through once the country is allowed, showing the proven line', async () => {
    await page().getByRole('combobox', { name: 'Another country' }).selectOption('CH');
    await member.press('Allow this country');
    await page().getByRole('button', { name: 'Do not allow Switzerland' }).waitFor(SLOW);
    await dialZurich();
    const invite = await trunk.nextSip('INVITE ');
    expect(invite).toContain(`INVITE sip:${ZURICH}@`);
    expect(invite).toMatch(/^From:.*<sip:\+16125550100@/m);
    await member.seesState('Talking');
    await member.press('End call');
    await member.seesEnd('You hung up.');
  });

  it('shows a patient no line that its caller may not show: on the plate, and in the INVITE', async () => {
    await page().goto(`${product.origin}/settings/members`);
    const mayShow = page().getByRole('button', { name: /^Lines that .* may show:/u });
    await mayShow.click(SLOW);
    const clinic = page().getByRole('checkbox', { name: 'Lakeside Clinic' });
    await clinic.click(SLOW);
    await expect.poll(() => mayShow.innerText(), SLOW).toContain('Procedures');
    // The last one stays: who may show nothing could call nobody.
    expect(await page().getByRole('checkbox', { name: 'Procedures' }).isDisabled()).toBe(true);
    await member.press('Undo');
    await expect.poll(() => mayShow.innerText(), SLOW).toContain('All lines');
    await clinic.click(SLOW);
    await expect.poll(() => mayShow.innerText(), SLOW).toContain('Procedures');
    const before = invites().length;
    await dialZurich();
    await expect.poll(() => invites().slice(before).at(0), SLOW).toMatch(/^From:.*<sip:\+16125550118@/mu);
    await member.seesState('Talking');
    await member.press('End call');
    await member.seesEnd('You hung up.');
    await page().goto(`${product.origin}/settings/members`);
    await mayShow.click(SLOW);
    await clinic.click(SLOW);
    await expect.poll(() => mayShow.innerText(), SLOW).toContain('All lines');
    await openPlan();
  });

  it('refuses a rate table row by row, shows what a good one changes, and takes it only then', async () => {
    await openPlan();
    writeFileSync(join(folder, 'bad.csv'), 'prefix,rate\n41,0.02\nx,0.01\n44,free\n');
    writeFileSync(join(folder, 'good.csv'), 'prefix,rate\n41,0.02\n4179,0.09\n');
    await page().getByLabel('A carrier’s rates, as CSV').setInputFiles(join(folder, 'bad.csv'));
    await page().getByText('Line 3: the prefix is not digits').waitFor(SLOW);
    await page().getByText('Line 4: the price is not an amount').waitFor(SLOW);
    expect(await page().getByRole('button', { name: 'Bring these rates into effect' }).count()).toBe(0);
    await member.press('Choose another file');
    await page().getByLabel('A carrier’s rates, as CSV').setInputFiles(join(folder, 'good.csv'));
    await page().getByText('2 prefixes would have a price: 2 new, 0 gone').waitFor(SLOW);
    await page().getByText('No rates yet').waitFor(SLOW);
    await member.press('Bring these rates into effect');
    await page().getByText('2 rates are in effect.').waitFor(SLOW);
    await page().getByText('$0.02 to $0.09 a minute').waitFor(SLOW);
  });

  it('stops dials again once the country is allowed no more', async () => {
    await member.press('Do not allow Switzerland');
    await page().getByRole('button', { name: 'Do not allow Switzerland' }).waitFor({ state: 'detached', ...SLOW });
    const before = invites().length;
    await dialZurich();
    await page().getByText('Not in your plan', { exact: true }).waitFor(SLOW);
    expect(invites()).toHaveLength(before);
  });
});
