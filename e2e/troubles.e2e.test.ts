/** What goes wrong before or around a call, each with its own sentence: no microphone, an emergency number, no network, no trunk. None of it rings anyone. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { excerpt } from './audio/speech-match.ts';
import { spokenClip } from './audio/spoken-clips.ts';
import { axeFindings } from './axe.ts';
import { type ChromiumUnderTest, startChromium } from './browser/chromium.ts';
import { type MemberPage, signIn } from './member-page.ts';
import { type RecordingTrunk, startRecordingTrunk } from './peers/recording-trunk.ts';
import { type Product, startProduct } from './product.ts';
import { tellsOneStory } from './story.ts';

const NUMBER = '(480) 555-0167';

let trunk: RecordingTrunk;
let product: Product;
let chromium: ChromiumUnderTest;
let member: MemberPage;

tellsOneStory({ pages: () => [member?.page], product: () => product });

beforeAll(async () => {
  trunk = await startRecordingTrunk();
  product = await startProduct({ trunk: { name: 'clinic', host: '127.0.0.1', port: trunk.port, callerIdForm: 'from', optionsIntervalSec: 0 } });
  chromium = await startChromium(excerpt(spokenClip('physician'), 0, 6000));
  member = await signIn(await chromium.newContext(), product.signInLink());
});
afterAll(async () => {
  await chromium?.close();
  await product?.close();
  trunk?.close();
});

const invites = (): number => trunk.sip.filter((datagram) => datagram.toString('latin1').startsWith('INVITE ')).length;

describe('before anybody is rung', () => {
  it('says that the browser denies the microphone, and how to allow it', async () => {
    const deaf = await signIn(await chromium.newContext({ microphone: 'denied' }), product.newLink());
    await deaf.dial(NUMBER);
    await deaf.page.getByRole('alert').getByText('Your browser does not let us hear you.').waitFor();
    await deaf.page.getByText('Nobody was rung.').first().waitFor();
    expect(invites()).toBe(0);
    await deaf.page.close();
  });

  it.each(['911', '9911', '112', '999', '1-911'])('does not dial %s, and shows and sounds so within a second', async (number) => {
    const { page } = member;
    await page.evaluate('window.hasSounded = false; for (const [owner, name] of [[speechSynthesis.__proto__, "speak"], [OscillatorNode.prototype, "start"]]) { const original = owner[name]; owner[name] = function (...words) { window.hasSounded = true; return original.apply(this, words); }; }');
    const field = page.getByRole('textbox', { name: 'Number to call' });
    await field.fill(number.slice(0, -1));
    await field.press('End');
    // The page's own clock stands still, but for the second that it is given: how busy this machine is does not count.
    await page.clock.pauseAt(await page.evaluate<number>('Date.now() + 1'));
    await field.press(number.at(-1)!);
    const alert = page.getByRole('alert', { name: /not dialled/ });
    // Some forms are known for what they are only when Call is pressed.
    const call = page.getByRole('region', { name: 'Dial' }).getByRole('button', { name: /^Call\b/ });
    await alert.or(call).first().waitFor();
    if (!(await alert.isVisible())) await call.click();
    await page.clock.runFor(1000);
    await alert.waitFor();
    await expect.poll(() => page.evaluate('window.hasSounded'), { timeout: 5000 }).toBe(true);
    await page.clock.resume();
    expect(await axeFindings(page)).toEqual([]);
    await member.press('Back to the keypad');
    expect(invites()).toBe(0);
  });

  it('refuses a number that is none, and says so', async () => {
    await member.dial('(480) 055-0167');
    await member.page.getByRole('alert').getByText('Nothing was dialled.').waitFor();
    expect(invites()).toBe(0);
    await member.page.reload();
  });

  it('says that the network is lost, and that nobody was rung', async () => {
    const context = member.page.context();
    // Loaded whole, lines too: what was never known is not known offline either.
    await member.page.getByRole('textbox', { name: 'Number to call' }).fill(NUMBER);
    await member.page.getByRole('region', { name: 'Dial' }).getByRole('button', { name: /^Call\b/ }).waitFor();
    await product.kill();
    await context.setOffline(true);
    await member.page.getByText('No network. You see what was last known.').waitFor({ timeout: 20_000 });
    await member.dial(NUMBER);
    await member.page.getByText('Nobody was rung.').first().waitFor({ timeout: 20_000 });
    await product.start();
    await context.setOffline(false);
    await member.press('Call now');
    await member.seesState('Talking');
    expect(invites()).toBe(1);
    await member.press('End call');
    await member.seesEnd('You hung up.');
    await member.backToCalls();
  });

  it('says that the trunk does not answer', async () => {
    trunk.close();
    await member.dial(NUMBER);
    await member.page.getByText('The phone carrier does not answer').first().waitFor({ timeout: 45_000 });
    await member.page.getByText('nobody was rung', { exact: false }).first().waitFor();
  });
});
