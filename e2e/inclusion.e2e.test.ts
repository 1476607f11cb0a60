/** Each screen of a call, in both themes, on phones and on a desk: axe finds nothing, and the keyboard alone carries a call through. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { excerpt } from './audio/speech-match.ts';
import { spokenClip } from './audio/spoken-clips.ts';
import { axeFindings, findingsInBothThemes } from './axe.ts';
import { type ChromiumUnderTest, startChromiumShell } from './browser/chromium.ts';
import { type MemberPage, signIn } from './member-page.ts';
import { type Product, startProduct } from './product.ts';
import { tellsOneStory } from './story.ts';

let product: Product;
let chromium: ChromiumUnderTest;
let member: MemberPage;

tellsOneStory({ pages: () => [member?.page], product: () => product });

beforeAll(async () => {
  product = await startProduct();
  chromium = await startChromiumShell(excerpt(spokenClip('physician'), 0, 6000));
});
afterAll(async () => {
  await chromium?.close();
  await product?.close();
});

/** Nothing to scroll sideways: WCAG 2.2, 1.4.10. */
const overflow = (): Promise<unknown> => member.page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');

async function callPatient(name: RegExp): Promise<void> {
  await member.page.getByRole('region', { name: 'Practice patients' }).getByRole('button', { name }).click();
}

/** A desk; and a phone of the narrowest kind, with its reflow and the smallest room for its targets, then of a usual one. */
describe.each([
  { widths: [1280], height: 800 },
  { widths: [320, 390], height: 640 },
] as const)('at $widths px', ({ widths, height }) => {
  const [width, wider] = widths;
  it('axe finds nothing from the sign-in to the end of a call, light or dark, and nothing is cut off', async () => {
    const context = await chromium.newContext({ viewport: { width, height } });
    member = await signIn(context, product.newLink());
    const judge = async (): Promise<void> => {
      expect(await findingsInBothThemes(member.page)).toEqual([]);
      expect(await overflow()).toBe(0);
      if (wider === undefined) return;
      await member.page.setViewportSize({ width: wider, height: 844 });
      expect(await axeFindings(member.page, ['color-contrast', 'target-size'])).toEqual([]);
      expect(await overflow()).toBe(0);
      await member.page.setViewportSize({ width, height });
    };
    await judge();
    if (width < 600) {
      await member.page.getByRole('button', { name: 'Keypad' }).or(member.page.getByRole('button', { name: 'Hide the keypad' })).first().waitFor();
      if (await member.page.getByRole('button', { name: 'Hide the keypad' }).isVisible()) await member.press('Hide the keypad');
    }
    await callPatient(/Echo/);
    await member.seesState('Talking');
    await judge();
    await member.press('Keypad');
    await judge();
    await member.press('Done');
    await member.press('Audio');
    await judge();
    await member.press('Done');
    await member.press('Mute');
    await member.seesState('Talking, you are muted');
    await judge();
    await member.press('Hold');
    await member.seesState('On hold');
    await judge();
    await member.press('End call');
    await member.seesEnd('You hung up.');
    await judge();
    await member.backToCalls();
    await context.close();
  });
});

describe('with the keyboard alone', () => {
  it('a call is dialled, muted and ended', async () => {
    member = await signIn(await chromium.newContext(), product.newLink());
    const { keyboard } = member.page;
    await keyboard.type('6125550142');
    await keyboard.press('Enter');
    await member.seesState('Talking');
    await keyboard.press('Alt+M');
    await member.seesState('Talking, you are muted');
    await keyboard.press('Alt+M');
    await member.seesState('Talking');
    const end = member.page.getByRole('button', { name: 'End call' });
    for (let presses = 0; presses < 30 && !(await end.evaluate((button: { ownerDocument: { activeElement: unknown } }) => button.ownerDocument.activeElement === button)); presses++) {
      await keyboard.press('Tab');
    }
    await keyboard.press('Enter');
    await member.seesEnd('You hung up.');
  });
});
