/** A practice patient calls back and leaves a message; a member hears it on the page, settles it, takes it away and gives it back; and sets how the practice answers. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeG711 } from '#server/telephony/index.ts';
import { excerpt, isSameSpeech, matchSpeech } from './audio/speech-match.ts';
import { spokenClip } from './audio/spoken-clips.ts';
import type { Recording } from './audio/wav-file.ts';
import { axeFindings } from './axe.ts';
import { type ChromiumUnderTest, startChromium } from './browser/chromium.ts';
import { type MemberPage, signIn } from './member-page.ts';
import { type Product, startProduct } from './product.ts';
import { tellsOneStory } from './story.ts';

/** The greeting, the beep, and what she says. */
const LEFT_MS = 90_000;
/** What the page gives to its sound card, in the order in which it is due. */
const LISTENER = `(() => {
  globalThis.played = [];
  const start = AudioBufferSourceNode.prototype.start;
  AudioBufferSourceNode.prototype.start = function (...when) {
    for (const sample of this.buffer.getChannelData(0)) globalThis.played.push(sample);
    return start.apply(this, when);
  };
})()`;

let product: Product;
let chromium: ChromiumUnderTest;
let member: MemberPage;

tellsOneStory({ pages: () => [member?.page], product: () => product });

beforeAll(async () => {
  product = await startProduct();
  chromium = await startChromium(excerpt(spokenClip('physician'), 0, 6000));
  const context = await chromium.newContext();
  await context.addInitScript(LISTENER);
  member = await signIn(context, product.signInLink());
});
afterAll(async () => {
  await chromium?.close();
  await product?.close();
});

const inbox = () => member.page.getByRole('region', { name: 'Voicemail', exact: true });
const card = () => inbox().getByRole('listitem', { name: 'Nell Abernathy' });
const heardCount = (): Promise<number> => member.page.evaluate<number>('globalThis.played.length');
const heardHere = async (): Promise<Recording> => ({ sampleRate: 8_000, samples: Int16Array.from(await member.page.evaluate<number[]>('globalThis.played'), (sample) => Math.round(sample * 32_767)) });

function nellsMessage(): Recording {
  const voice = readFileSync(join(import.meta.dirname, '../sandbox/voices/nell-message.wav'));
  const octets = voice.subarray(voice.indexOf('data') + 8);
  const samples = new Int16Array(octets.length);
  decodeG711('PCMU', octets, 0, octets.length, samples);
  return { sampleRate: 8_000, samples };
}

describe('voicemail', () => {
  it('of a patient who calls back stands in the inbox as soon as it is left, without a look', async () => {
    await member.press('Let Nell call you back');
    await member.page.getByText('Nell Abernathy is calling your line', { exact: false }).waitFor();
    await inbox().getByText('1 message not heard').waitFor({ timeout: LEFT_MS });
    await card().getByText('Probably Nell Abernathy').waitFor();
    await card().getByText('New', { exact: true }).waitFor();
    expect(await axeFindings(member.page)).toEqual([]);
  });

  it('is heard on the page as she said it, and is no longer new', async () => {
    await card().getByRole('button', { name: 'Play the message of Nell Abernathy' }).click();
    await card().getByText('Heard by you', { exact: false }).waitFor();
    await expect.poll(heardCount, { timeout: 20_000 }).toBeGreaterThan(40_000);
    await card().getByRole('button', { name: 'Pause the message of Nell Abernathy' }).click();
    // Her telephone shares a busy machine with everything else: one of her sentences may have a gap, not each of them.
    const heard = await heardHere();
    const matches = [500, 2_500, 4_500].map((fromMs) => matchSpeech(excerpt(nellsMessage(), fromMs, 3_000), heard));
    expect(matches.some(isSameSpeech), JSON.stringify(matches)).toBe(true);
    await inbox().getByText('All heard').waitFor();
  });

  it('is done for everybody, and not done after all; deleted, and given back', async () => {
    await card().getByRole('button', { name: 'Done with the message of Nell Abernathy' }).click();
    await inbox().getByText('Done, for everybody who sees it.').waitFor();
    await inbox().getByRole('button', { name: 'Undo' }).click();
    await card().getByRole('button', { name: 'Delete the message of Nell Abernathy' }).click();
    await inbox().getByText('Deleted. It is destroyed for good in half a minute.').waitFor();
    await inbox().getByRole('button', { name: 'Undo' }).click();
    await card().getByText('Heard by you', { exact: false }).waitFor();
    await card().getByRole('button', { name: 'Call back Nell Abernathy' }).waitFor();
  });

  it('stands in the log as what it is, and is heard there too', async () => {
    const log = member.page.getByRole('region', { name: 'Recent calls' });
    await log.getByText('Left a message').waitFor();
    await log.getByRole('button', { name: 'More about the call to Nell Abernathy' }).click();
    await log.getByRole('button', { name: 'Play the message of Nell Abernathy' }).waitFor();
    expect(await axeFindings(member.page)).toEqual([]);
  });

  it('is switched off for a line, and its greeting heard, in Settings', async () => {
    await member.page.goto(`${product.origin}/settings/answering`);
    const line = member.page.getByRole('checkbox', { name: 'Callers may leave a message on Lakeside Clinic' });
    await line.click();
    await member.page.getByText('Saved', { exact: true }).waitFor();
    await line.click();
    await member.page.getByRole('radio', { name: /^Silence/ }).click();
    await member.page.getByRole('checkbox', { name: 'Spanish' }).click();
    await member.page.getByRole('combobox').selectOption('90');
    await expect.poll(() => member.page.getByRole('combobox').inputValue()).toBe('90');
    await member.press('Hear what callers hear');
    await expect.poll(heardCount, { timeout: 20_000 }).toBeGreaterThan(150_000);
    await member.press('Stop listening');
    await member.press('Record a greeting');
    await member.page.getByText(/^Recording, 3 of/).waitFor({ timeout: 20_000 });
    await member.press('Stop');
    await member.press('Use this greeting');
    await member.page.getByText('Callers hear your own words from now on.').waitFor();
    await member.page.getByText(/^Your own words, \d s, recorded/).waitFor();
    expect(await axeFindings(member.page)).toEqual([]);
    await member.press('Go back to the default');
    await member.page.getByText('The default greeting is spoken.').waitFor();
  });
});
