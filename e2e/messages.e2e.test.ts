/** A message for mailboxes: recorded on the page, heard, named, and left with one tap after the beep of a mailbox that the page has recognised by its sound. */
import { describe, expect, it } from 'vitest';
import { axeFindings } from './axe.ts';
import type { MemberPage } from './member-page.ts';
import type { Product } from './product.ts';
import { tellsSandboxStory } from './sandbox-story.ts';

const MAILBOX_MS = 40_000;

let product: Product;
let member: MemberPage;

tellsSandboxStory((story) => {
  ({ product, member } = story);
});

const call = (name: string): Promise<void> => member.page.getByRole('region', { name: 'Practice patients' }).getByRole('button', { name: new RegExp(name) }).click();

describe('a message for mailboxes', () => {
  it('is recorded, heard, named and kept in Settings', async () => {
    await member.page.goto(`${product.origin}/settings/messages`);
    await member.page.getByText('No message yet.').waitFor();
    await member.press('Record a message');
    await member.page.getByText(/^Recording, 4 of/).waitFor({ timeout: 20_000 });
    await member.press('Stop');
    await member.press('Listen');
    await member.press('Stop listening');
    await member.page.getByRole('textbox', { name: 'What it is called' }).fill('Call me back');
    await member.press('Keep this message');
    await member.page.getByText('It is kept, at a telephone’s loudness.').waitFor();
    await member.page.getByText(/^[345] seconds, recorded/).waitFor();
    expect(await axeFindings(member.page)).toEqual([]);
  });

  it('is offered where the sound is a mailbox’s, and left after its beep while the member is free', async () => {
    await member.page.goto(product.origin);
    await call('Milo Vance');
    await member.seesState('Talking');
    await member.page.getByText('This sounds like a mailbox.').waitFor({ timeout: MAILBOX_MS });
    expect(await axeFindings(member.page)).toEqual([]);
    await member.page.keyboard.press('Alt+KeyL');
    await member.page.getByRole('heading', { name: 'Waiting for the beep.' }).waitFor();
    expect(await axeFindings(member.page)).toEqual([]);
    await member.page.getByRole('heading', { name: 'Your message is being spoken.' }).waitFor({ timeout: MAILBOX_MS });
    await member.seesEnd('Voicemail left.', MAILBOX_MS);
    await member.page.getByText('your recorded message was spoken to its end', { exact: false }).waitFor();
    await member.page.goto(product.origin);
  });

  it('is chosen in the call’s panel too, and stopped', async () => {
    await call('Milo Vance');
    await member.seesState('Talking');
    await member.press('Message');
    await member.page.getByRole('button', { name: 'Leave “Call me back” after the beep' }).waitFor();
    expect(await axeFindings(member.page)).toEqual([]);
    await member.page.getByRole('button', { name: 'Leave “Call me back” now' }).click();
    await member.page.getByRole('heading', { name: 'Your message is being spoken.' }).waitFor();
    await member.press('Hang up now');
    await member.seesEnd('The message was cut off.');
  });
});
