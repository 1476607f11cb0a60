/** A newcomer in the sandbox: every practice patient ends on the screen as its sentence says, and what is said to the echo comes back. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openVoices } from '../sandbox/voices.ts';
import { locate, resample, toSound } from './audio/signal.ts';
import { hearNext, hearsSilence, hearsSpeech } from './listening.ts';
import type { MemberPage } from './member-page.ts';
import { physiciansVoice, tellsSandboxStory } from './sandbox-story.ts';

let member: MemberPage;

tellsSandboxStory((story) => {
  ({ member } = story);
});

/** Presses the patient's row in the list. */
async function call(name: string): Promise<void> {
  await member.page.getByRole('region', { name: 'Practice patients' }).getByRole('button', { name: new RegExp(name) }).click();
}

async function hangUp(): Promise<void> {
  await member.press('End call');
  await member.seesEnd('You hung up.');
  await member.backToCalls();
}

describe('the sandbox', () => {
  it('says on every screen that no real phone rings', async () => {
    await member.page.getByText('Sandbox. No real phone rings, nobody real answers.').waitFor();
  });

  it('lists its practice patients, each with what it does', async () => {
    const rows = member.page.getByRole('region', { name: 'Practice patients' }).getByRole('listitem');
    await expect.poll(() => rows.count(), { timeout: 20_000 }).toBe(14);
    await rows.filter({ hasText: 'Bruno Okafor' }).getByText('Is always on the phone: busy.').waitFor();
  });

  it('hears Wanda answer and talk', async () => {
    await call('Wanda Lindqvist');
    await member.seesState('Ringing');
    await member.seesState('Talking');
    await expect.poll(() => hearsSilence(member, 1000), { timeout: 15_000 }).toBe(false);
    await hangUp();
  });

  it('hears Rosa answer in Spanish, word for word', async () => {
    await call('Rosa Quintero');
    await member.seesState('Talking');
    const hola = toSound(openVoices(join(import.meta.dirname, '../sandbox/voices'))('rosa-hola'));
    const PIECE = 2400;
    const pieces = Array.from({ length: Math.floor(hola.length / PIECE) }, (_, index) => hola.subarray(index * PIECE, (index + 1) * PIECE));
    // By pieces: a machine that is late shifts what follows by a packet, and spoils no more.
    const shareHeard = async (): Promise<number> => {
      const { samples, sampleRate } = await member.heard();
      const heard = resample(toSound(samples), sampleRate, 8000);
      return pieces.filter((piece) => locate(piece, heard).likeness > 0.9).length / pieces.length;
    };
    await expect.poll(shareHeard, { timeout: 20_000, interval: 1000 }).toBeGreaterThanOrEqual(0.5);
    await hangUp();
  });

  it('hears Petra interpret in Wanda’s call, two actions after it was answered', async () => {
    await call('Wanda Lindqvist');
    await member.seesState('Talking');
    await member.press('Add');
    await member.press('Call Petra, practice interpreter into this call');
    await member.page.getByRole('list', { name: 'On this call' }).getByRole('listitem').filter({ hasText: 'Petra' }).getByText('speaking').waitFor({ timeout: 20_000 });
    await hangUp();
  });

  it('hears its own words back from Echo, before and after a hold', async () => {
    await call('Echo');
    await member.seesState('Talking');
    await hearsSpeech(member, physiciansVoice);
    await member.press('Hold');
    await member.seesState('On hold');
    await hearNext(member, 1000);
    expect(await hearsSilence(member, 1000)).toBe(true);
    await member.press('Resume');
    await member.seesState('Talking');
    await hearsSpeech(member, physiciansVoice);
    await hangUp();
  });

  it('says that Bruno is busy', async () => {
    await call('Bruno Okafor');
    await member.seesEnd('Bruno’s line is busy.');
    await member.backToCalls();
  });

  it('rings at Nell\'s until the physician gives up', async () => {
    await call('Nell Abernathy');
    await member.seesState('Ringing');
    await member.press('Cancel');
    await member.seesEnd('Cancelled before anyone answered.');
    await member.backToCalls();
  });

  it('rings at Nell\'s until the network gives up', async () => {
    await call('Nell Abernathy');
    await member.seesEnd(/^No answer after \d+ seconds\.$/, 45_000);
    await member.backToCalls();
  });

  it('hears Milo\'s mailbox to its tone', async () => {
    await call('Milo Vance');
    await member.seesState('Talking');
    await expect.poll(() => hearsSilence(member, 1000), { timeout: 15_000 }).toBe(false);
    await hangUp();
  });

  it('is left by Flora\'s full mailbox', async () => {
    await call('Flora Reyes');
    await member.seesState('Talking');
    await member.seesEnd('Flora hung up.');
    await member.backToCalls();
  });

  it('is left by Hugo in the middle of a word', async () => {
    await call('Hugo Brandt');
    await member.seesState('Talking');
    await member.seesEnd('Hugo hung up.');
    await member.backToCalls();
  });

  it('is asked who is calling before Cora takes the call', async () => {
    await call('Cora Whitfield');
    await member.seesState('Talking');
    await expect.poll(() => hearsSilence(member, 1000), { timeout: 15_000 }).toBe(false);
    await hangUp();
  });

  it('hears the announcement, then reads that Ida\'s number is not in service', async () => {
    await call('Ida Sorensen');
    await expect.poll(() => hearsSilence(member, 1000), { timeout: 15_000 }).toBe(false);
    await member.seesEnd('This number is not in service.');
    await member.backToCalls();
  });

  it('hears Theo\'s network before Theo', async () => {
    await call('Theo Marsh');
    await member.seesState('Ringing');
    await expect.poll(() => hearsSilence(member, 500), { timeout: 15_000 }).toBe(false);
    await member.seesState('Talking');
    await hangUp();
  });

  it('reads that Greta\'s phone declined', async () => {
    await call('Greta Novak');
    await member.seesEnd('Greta’s phone declined the call.');
    await member.backToCalls();
  });

  it('is put on hold by Pavel, and hears him come back', async () => {
    await call('Pavel Ilic');
    await member.seesState('Talking');
    await member.seesState('On hold at the other side');
    await member.seesState('Talking');
    await hangUp();
  });

  it('has the pharmacy\'s line read the pressed keys back', async () => {
    await call('Pinecrest Pharmacy');
    await member.seesState('Talking');
    await member.pressKeys('42#');
    await expect.poll(() => hearsSilence(member, 1000), { timeout: 15_000 }).toBe(false);
    await hangUp();
  });

  it('lists every call that was made', async () => {
    const recent = member.page.getByRole('region', { name: 'Recent calls' });
    for (const short of ['Busy', 'Cancelled', 'No answer', 'Not in service', 'Declined', 'Talked']) await recent.getByText(new RegExp(short)).first().waitFor();
  });
});
