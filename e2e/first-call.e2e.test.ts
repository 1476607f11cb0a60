/** The first call, page to phone: what each side says is what the other hears, keys arrive, mute is silence, and the phone sees the clinic's number. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { excerpt } from './audio/speech-match.ts';
import { spokenClip } from './audio/spoken-clips.ts';
import { type ChromiumUnderTest, startChromium } from './browser/chromium.ts';
import { hearNext, hearsSilence, hearsSpeech } from './listening.ts';
import { type MemberPage, signIn } from './member-page.ts';
import { type PatientPhone, startPatientPhone } from './peers/baresip-peer.ts';
import { type Product, startProduct } from './product.ts';
import { tellsOneStory } from './story.ts';

const physician = excerpt(spokenClip('physician'), 0, 6000);
const patient = excerpt(spokenClip('patient'), 0, 6000);

let phone: PatientPhone;
let product: Product;
let chromium: ChromiumUnderTest;
let member: MemberPage;

tellsOneStory({ pages: () => [member?.page], product: () => product });

beforeAll(async () => {
  phone = await startPatientPhone({ number: '+14805550167', answer: 'manual', speech: patient });
  product = await startProduct({ trunk: { name: 'clinic', host: '127.0.0.1', port: phone.port, callerIdForm: 'p-asserted-identity', optionsIntervalSec: 0 } });
  chromium = await startChromium(physician);
  member = await signIn(await chromium.newContext(), product.signInLink());
});
afterAll(async () => {
  await chromium?.close();
  await product?.close();
  await phone?.close();
});

describe('the first call', () => {
  it('rings the patient\'s phone, which sees the clinic\'s number', async () => {
    await member.dial('(480) 555-0167');
    const incoming = await phone.nextEvent('CALL_INCOMING');
    expect(incoming.peeruri).toContain('+16125550100@');
    await member.seesState('Ringing');
  });

  it('carries what the physician says to the patient', async () => {
    await phone.accept();
    await member.seesState('Talking');
    await hearsSpeech(phone, physician);
  });

  it('carries what the patient says to the physician', async () => {
    await hearsSpeech(member, patient);
  });

  it('sends the keys that are pressed on the page, in their order', async () => {
    await member.pressKeys('1357924680*#');
    await expect.poll(() => phone.digitsHeard(), { timeout: 20_000 }).toBe('1357924680*#');
  });

  it('is silent at the far end while muted, and speaks again after', async () => {
    await member.press('Mute');
    await member.seesState('Talking, you are muted');
    // The press travels to the server; what was said before it is still on its way.
    await hearNext(phone, 1000);
    expect(await hearsSilence(phone, 3000)).toBe(true);
    await member.press('Unmute');
    await member.seesState('Talking');
    await hearsSpeech(phone, physician);
  });

  it('puts the patient on hold and comes back', async () => {
    await member.press('Hold');
    await member.seesState('On hold');
    await hearNext(member, 1000);
    expect(await hearsSilence(member, 2000)).toBe(true);
    await member.press('Resume');
    await member.seesState('Talking');
    // baresip stops writing what it hears at its first re-INVITE: the way to the patient is heard with the sandbox's echo.
    await hearsSpeech(member, patient);
  });

  it('ends at the phone when the physician hangs up', async () => {
    await member.press('End call');
    await phone.nextEvent('CALL_CLOSED');
    await member.seesEnd('You hung up.');
  });

  it('says on the page that the patient hung up', async () => {
    await member.backToCalls();
    await member.dial('480-555-0167');
    await phone.nextEvent('CALL_INCOMING');
    await phone.accept();
    await member.seesState('Talking');
    await phone.hangUp();
    await member.seesEnd('(480) 555-0167 hung up.');
  });
});
