/** The first call, page to phone: what each side says is what the other hears, keys arrive, mute is silence, and the phone sees the clinic's number and nothing else. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { durationMs, excerpt, isSameSpeech, matchSpeech, repeated, silenceShare } from './audio/speech-match.ts';
import { spokenClip } from './audio/spoken-clips.ts';
import { type ChromiumUnderTest, startChromium } from './browser/chromium.ts';
import { type MemberPage, signIn } from './member-page.ts';
import { type PatientPhone, startPatientPhone } from './peers/baresip-peer.ts';
import { type Product, startProduct } from './product.ts';

const physician = excerpt(spokenClip('physician'), 0, 6000);
const patient = excerpt(spokenClip('patient'), 0, 6000);
const PATIENT_NUMBER = '(480) 555-0167';

let phone: PatientPhone;
let product: Product;
let chromium: ChromiumUnderTest;
let member: MemberPage;

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

/** What the phone hears from now on, once it is `lengthMs` long. */
async function phoneHearsNext(lengthMs: number) {
  const fromMs = durationMs(phone.heard()!);
  await expect.poll(() => durationMs(phone.heard()!), { timeout: lengthMs + 15_000 }).toBeGreaterThan(fromMs + lengthMs);
  return excerpt(phone.heard()!, fromMs, lengthMs);
}

describe('the first call', () => {
  it('rings the patient\'s phone, which sees the clinic\'s number', async () => {
    await member.dial(PATIENT_NUMBER);
    const incoming = await phone.nextEvent('CALL_INCOMING');
    expect(incoming.peeruri).toContain('+16125550100@');
    await member.seesState('Ringing');
  });

  it('carries what the physician says to the patient', async () => {
    await phone.accept();
    await member.seesState('Talking');
    await phone.nextEvent('CALL_ESTABLISHED');
    await expect.poll(() => phone.heard() !== undefined).toBe(true);
    const match = matchSpeech(repeated(physician, 2), excerpt(await phoneHearsNext(5500), 500, 5000));
    expect(isSameSpeech(match), JSON.stringify(match)).toBe(true);
  });

  it('carries what the patient says to the physician', async () => {
    await expect.poll(async () => durationMs(await member.heard()), { timeout: 20_000 }).toBeGreaterThan(6000);
    const heard = await member.heard();
    const match = matchSpeech(repeated(patient, 2), excerpt(heard, durationMs(heard) - 4500, 4500));
    expect(isSameSpeech(match), JSON.stringify(match)).toBe(true);
  });

  it('sends the keys that are pressed on the page, in their order', async () => {
    await member.pressKeys('1357924680*#');
    await expect.poll(() => phone.digitsHeard(), { timeout: 20_000 }).toBe('1357924680*#');
  });

  it('is silent at the far end while muted, and speaks again after', async () => {
    await member.press('Mute');
    await member.seesState('Talking, you are muted');
    // The press travels to the server; what was said before it is still on its way.
    await phoneHearsNext(1000);
    expect(silenceShare(await phoneHearsNext(3000))).toBeGreaterThan(0.99);
    await member.press('Unmute');
    await member.seesState('Talking');
    await phoneHearsNext(1000);
    const match = matchSpeech(repeated(physician, 2), await phoneHearsNext(4000));
    expect(isSameSpeech(match), JSON.stringify(match)).toBe(true);
  });

  it('ends at the phone when the physician hangs up', async () => {
    await member.press('End call');
    await phone.nextEvent('CALL_CLOSED');
    await member.seesEnd('You hung up.');
  });
});
