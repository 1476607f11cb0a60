/** A call moved from the browser to the member's own phone and back, in the sandbox, where a practice phone presses 1. */
import { describe, expect, it } from 'vitest';
import { axeFindings } from './axe.ts';
import { hearsSpeech } from './listening.ts';
import type { MemberPage } from './member-page.ts';
import type { Product } from './product.ts';
import { physiciansVoice, tellsSandboxStory } from './sandbox-story.ts';

let product: Product;
let member: MemberPage;

tellsSandboxStory((story) => {
  ({ product, member } = story);
});

describe('a call in the browser', () => {
  it('says where it can go, and keeps everything within a phone\'s screen', async () => {
    await member.dial('(612) 555-0142');
    await member.seesState('Talking');
    await member.page.setViewportSize({ width: 390, height: 844 });
    await member.press('Move');
    const panel = member.page.getByRole('region', { name: 'Move the call' });
    await panel.getByText('Ring my phone, ending 54').waitFor();
    await panel.getByText('Here now').waitFor();
    expect(await axeFindings(member.page)).toEqual([]);
    expect(await member.page.evaluate('document.documentElement.scrollWidth <= document.documentElement.clientWidth')).toBe(true);
  });

  it('goes on on the member\'s own phone once 1 was pressed there, and says so', async () => {
    await member.press('Ring it');
    await member.page.getByText('Press 1 on your phone to join').waitFor({ timeout: 20_000 });
    await member.press('Move here');
    await member.seesState('Talking');
    // Echo says back what is said: the browser is heard again, and hears.
    await hearsSpeech(member, physiciansVoice);
    await member.press('End call');
    await member.seesEnd('You hung up.');
  });
});

describe('the member\'s own phone', () => {
  it('stands under Me, with what the sandbox lends', async () => {
    await member.page.goto(`${product.origin}/settings/me`);
    await member.page.getByRole('region', { name: 'Your own phone' }).getByText(/a practice phone stands for yours: \(612\) 555-0154/).waitFor();
    expect(await axeFindings(member.page)).toEqual([]);
  });
});
