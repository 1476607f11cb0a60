/** Two ways to the clinic, one of which dies in mid-call, and then the other: the same call goes on over what is left. */
import { execFileSync } from 'node:child_process';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { excerpt } from './audio/speech-match.ts';
import { spokenClip } from './audio/spoken-clips.ts';
import type { Recording } from './audio/wav-file.ts';
import { type ChromiumUnderTest, startChromium } from './browser/chromium.ts';
import { hearNext, hearsSpeech } from './listening.ts';
import { type MemberPage, signIn } from './member-page.ts';
import { canMakeNetworks } from './networks/namespaces.ts';
import { buildTwoUplinks, type TwoUplinks } from './networks/two-uplinks.ts';
import { type Product, startProduct } from './product.ts';
import { tellsOneStory } from './story.ts';

const physician = excerpt(spokenClip('physician'), 0, 6000);

/** How long nothing is heard at the beginning of a recording, by frames of 20 ms. */
function quietBefore({ samples, sampleRate }: Recording): number {
  const frame = sampleRate / 50;
  for (let at = 0; at + frame <= samples.length; at += frame) if (samples.subarray(at, at + frame).some((sample) => Math.abs(sample) > 1_000)) return (at * 1_000) / sampleRate;
  return Number.POSITIVE_INFINITY;
}

let network: TwoUplinks;
let product: Product;
let chromium: ChromiumUnderTest;
let member: MemberPage;

describe.skipIf(!canMakeNetworks)('with two ways to the clinic', () => {
  tellsOneStory({ pages: () => [member?.page], product: () => product });

  beforeAll(async () => {
    network = buildTwoUplinks();
    const { clinicAddress, inClinic, inHome } = network;
    product = await startProduct({
      place: { inside: inClinic, mediaAddress: clinicAddress, origin: `https://${clinicAddress}`, words: ['--https', '--port', '443', '--public-url', `https://${clinicAddress}`], environment: {} },
    });
    const authority = execFileSync(inClinic[0]!, [...inClinic.slice(1), 'curl', '--silent', '--insecure', `https://${clinicAddress}/authority.crt`], { encoding: 'utf8' });
    chromium = await startChromium(physician, { inside: inHome, authority });
    member = await signIn(await chromium.newContext(), product.signInLink());
  });
  afterAll(async () => {
    await chromium?.close();
    await product?.close();
    network?.close();
  });

  it('a call to Echo is heard over the first', async () => {
    await member.page.getByRole('region', { name: 'Practice patients' }).getByRole('button', { name: /Echo/ }).click();
    await member.seesState('Talking');
    await hearsSpeech(member, physician, 60_000);
  });

  it('survives a blackout of two seconds, with speech both ways within two more', async () => {
    network.setDark(true);
    await setTimeout(2_000);
    network.setDark(false);
    // Echo gives back what it hears, half a second later: what is heard here went both ways.
    const heard = await hearNext(member, 6_000);
    const quietMs = quietBefore(heard);
    process.stdout.write(`after a blackout of 2 s the speech was back, both ways, in ${quietMs} ms\n`);
    expect(quietMs).toBeLessThan(2_000);
    await hearsSpeech(member, physician, 30_000);
    await member.seesState('Talking');
  });

  it('goes on over the second when the first dies', async () => {
    network.setUp('first', false);
    await hearsSpeech(member, physician, 60_000);
    await member.seesState('Talking');
  });

  it('and over the first again, which came back as the second dies', async () => {
    network.setUp('first', true);
    network.setUp('second', false);
    await hearsSpeech(member, physician, 60_000);
    await member.seesState('Talking');
  });

  it('was one call all the while', async () => {
    await member.press('End call');
    await member.seesEnd('You hung up.');
    expect(product.log().match(/trunk-attempt-ended/g)).toHaveLength(1);
  });
});
