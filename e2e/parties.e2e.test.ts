/** An interpreter joins a call in two actions; each of three hears both others and not himself, measured at the far ends; muting, holding, a busy third party, a killed server. */
import { mkdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rms, toneShare, toSound } from './audio/signal.ts';
import { excerpt } from './audio/speech-match.ts';
import { spokenClip } from './audio/spoken-clips.ts';
import { axeFindings } from './axe.ts';
import { type ChromiumUnderTest, startChromium } from './browser/chromium.ts';
import { hearNext, hearsSpeech, type Listener } from './listening.ts';
import { type MemberPage, signIn } from './member-page.ts';
import { startTonePhones, type TonePhone, type TonePhones } from './peers/tone-phones.ts';
import { type Product, startProduct } from './product.ts';
import { tellsOneStory } from './story.ts';

const physician = excerpt(spokenClip('physician'), 0, 6000);
const PATIENT_HZ = 500;
const INTERPRETER_HZ = 1100;
/** Of what was heard, so much at one frequency is that tone; so little is music, speech or a room that has a little of everything. */
const HEARD = 0.5;
const NOT_HEARD = 0.1;
const PICTURES = process.env['QUIETLINE_PICTURES'];

let phones: TonePhones;
let patient: TonePhone;
let interpreter: TonePhone;
let product: Product;
let chromium: ChromiumUnderTest;
let member: MemberPage;

tellsOneStory({ pages: () => [member?.page], product: () => product });

beforeAll(async () => {
  phones = await startTonePhones(['+14805550167', '+16125550175']);
  patient = phones.phone('+14805550167');
  interpreter = phones.phone('+16125550175');
  product = await startProduct({ trunk: { name: 'clinic', host: '127.0.0.1', port: phones.port, callerIdForm: 'from', optionsIntervalSec: 0 } });
  chromium = await startChromium(physician);
  member = await signIn(await chromium.newContext({ viewport: { width: 1280, height: 800 } }), product.signInLink());
});
afterAll(async () => {
  await chromium?.close();
  await product?.close();
  phones?.close();
});

/** With QUIETLINE_PICTURES a folder: what it looks like, at both widths and in both themes. */
async function picture(name: string): Promise<void> {
  if (PICTURES === undefined) return;
  mkdirSync(PICTURES, { recursive: true });
  for (const [width, height] of [[1280, 800], [390, 844]] as const)
    for (const colorScheme of ['light', 'dark'] as const) {
      await member.page.setViewportSize({ width, height });
      await member.page.emulateMedia({ colorScheme });
      await member.page.screenshot({ path: `${PICTURES}/${name}-${width}-${colorScheme}.png` });
    }
  await member.page.setViewportSize({ width: 1280, height: 800 });
  await member.page.emulateMedia({ colorScheme: 'light' });
}

/** By windows so short that a stretched or skipped packet spoils one and not all. */
async function shareOf(listener: Listener, hertz: number): Promise<number> {
  const { samples, sampleRate } = await hearNext(listener, 600);
  const sound = toSound(samples);
  if (rms(sound) < 0.002) return 0;
  const length = Math.round(sampleRate * 0.08);
  const shares = Array.from({ length: Math.floor(sound.length / length) }, (_, index) => sound.subarray(index * length, (index + 1) * length)).map((window) => (rms(window) < 0.002 ? 0 : toneShare(window, sampleRate, hertz)));
  return shares.toSorted((one, other) => one - other)[shares.length >> 1] ?? 0;
}
const hears = (listener: Listener, hertz: number): Promise<void> => expect.poll(() => shareOf(listener, hertz), { timeout: 15_000 }).toBeGreaterThan(HEARD);
const hearsNot = (listener: Listener, hertz: number): Promise<void> => expect.poll(() => shareOf(listener, hertz), { timeout: 15_000 }).toBeLessThan(NOT_HEARD);
const row = (name: string | RegExp) => member.page.getByRole('list', { name: 'On this call' }).getByRole('listitem').filter({ hasText: name });

describe('a call of three', () => {
  it('has its interpreters set up by an admin, with the code that is pressed for everyone and shown to nobody', async () => {
    await member.page.goto(`${product.origin}/settings/practice`);
    await member.press('Add a service');
    const form = member.page.getByRole('form', { name: 'Add a service' });
    await form.getByRole('textbox', { name: 'Name' }).fill('Spanish interpreters');
    await form.getByRole('textbox', { name: 'Number' }).fill('900 555 0175');
    for (const language of ['Somali', 'Spanish']) await form.getByRole('combobox', { name: 'Languages' }).selectOption(language);
    await form.getByRole('button', { name: 'Take out Somali' }).click();
    expect(await form.getByRole('list', { name: 'Languages' }).innerText()).toBe('Spanish');
    expect(await axeFindings(member.page)).toEqual([]);
    await form.getByRole('textbox', { name: 'Account code' }).fill('42#');
    await member.press('Save the service');
    await form.getByText('This number cannot be called', { exact: false }).waitFor();
    await form.getByRole('textbox', { name: 'Number' }).fill('(612) 555-0175');
    await member.press('Save the service');
    await member.page.getByText('Code pressed for you', { exact: false }).waitFor();
    expect(await axeFindings(member.page)).toEqual([]);
    await picture('settings');
    // Whom one calls speaks it, and has a daughter.
    const details = { givenName: 'Rosalind', familyName: 'Achterberg', language: 'es', needsInterpreter: true, numbers: [{ number: '+14805550167', label: 'mobile' }, { number: '+16025550183', label: 'family' }] };
    expect((await member.page.request.post(`${product.origin}/api/contacts`, { data: { details }, headers: { origin: product.origin } })).status()).toBe(200);
    await member.page.goto(product.origin);
  });

  it('has its interpreter there in two actions', async () => {
    await member.dial('(480) 555-0167');
    await member.seesState('Talking');
    await hearsSpeech(patient, physician);
    await member.press('Add');
    await member.page.getByRole('button', { name: 'Call Spanish interpreters into this call' }).waitFor();
    await member.page.getByRole('button', { name: 'Call Rosalind Achterberg, Family into this call' }).waitFor();
    expect(await axeFindings(member.page)).toEqual([]);
    await picture('add');
    await member.press('Call Spanish interpreters into this call');
    await member.page.getByRole('heading', { name: 'Three on the call' }).waitFor({ timeout: 20_000 });
    await row('Spanish interpreters').getByText(/^(quiet|speaking)$/).waitFor({ timeout: 20_000 });
    await expect.poll(() => interpreter.digits(), { timeout: 15_000 }).toBe('42#');
    expect(patient.digits()).toBe('');
    await hearsSpeech(interpreter, physician);
    await hearsSpeech(patient, physician);
    expect(await axeFindings(member.page)).toEqual([]);
  });

  it('lets each hear both others, and not himself', async () => {
    await member.press('Mute');
    patient.play(PATIENT_HZ);
    await hears(interpreter, PATIENT_HZ);
    await hears(member, PATIENT_HZ);
    await hearsNot(patient, PATIENT_HZ);
    await row('Rosalind').getByText('speaking').waitFor();
    await row('Spanish interpreters').getByText('quiet').waitFor();
    await picture('three');
    patient.play(undefined);
    interpreter.play(INTERPRETER_HZ);
    await hears(patient, INTERPRETER_HZ);
    await hears(member, INTERPRETER_HZ);
    await hearsNot(interpreter, INTERPRETER_HZ);
    await row('Spanish interpreters').getByText('speaking').waitFor();
  });

  it('silences the one who is muted, and nobody else', async () => {
    await member.press('Mute Spanish interpreters');
    await row('Spanish interpreters').getByText('muted: nobody hears them').waitFor();
    await hearsNot(patient, INTERPRETER_HZ);
    await hearsNot(member, INTERPRETER_HZ);
    patient.play(PATIENT_HZ);
    await hears(interpreter, PATIENT_HZ);
    await member.press('Unmute Spanish interpreters');
    patient.play(undefined);
    await hears(patient, INTERPRETER_HZ);
  });

  it('keeps a held patient out, with music, while one speaks with the interpreter alone', async () => {
    await member.press('Hold Rosalind');
    await row('Rosalind').getByText('waits, and hears music').waitFor();
    await member.press('Done');
    await member.page.getByText('You speak with Spanish interpreters alone.', { exact: false }).waitFor();
    expect(await axeFindings(member.page)).toEqual([]);
    await picture('apart');
    await hearsNot(patient, INTERPRETER_HZ);
    const { samples } = await hearNext(patient, 3_000);
    expect(rms(toSound(samples))).toBeGreaterThan(0.005);
    patient.play(PATIENT_HZ);
    await hears(member, INTERPRETER_HZ);
    await hearsNot(interpreter, PATIENT_HZ);
    await hearsNot(member, PATIENT_HZ);
    patient.play(undefined);
    await member.press('Bring in Rosalind');
    await hears(patient, INTERPRETER_HZ);
  });

  it('goes on unharmed where somebody else cannot be reached', async () => {
    await member.press('Add');
    await member.press('Add someone else');
    await member.page.getByRole('textbox', { name: 'Their number' }).fill('(612) 555-0199');
    await member.press('Call Someone else into this call');
    await row('(612) 555-0199').getByText('Busy').waitFor({ timeout: 20_000 });
    await picture('busy');
    await hears(patient, INTERPRETER_HZ);
    await member.press('Dismiss that (612) 555-0199 has gone');
    await row('(612) 555-0199').waitFor({ state: 'detached' });
  });

  it('leaves no leg at the trunk when the server is killed: the patient’s call goes on, the interpreter’s leg is ended', async () => {
    expect(phones.openCount()).toBe(2);
    await product.kill();
    await product.start();
    await member.seesState(/^Talking/, 30_000);
    await expect.poll(() => interpreter.isInCall(), { timeout: 15_000 }).toBe(false);
    // Whom to add was still being chosen.
    await member.press('Done');
    await member.page.getByText(/was cut off when the server stopped\./).waitFor();
    patient.play(PATIENT_HZ);
    await hears(member, PATIENT_HZ);
    await member.press('End call');
    await member.seesEnd('You hung up.');
    await expect.poll(() => phones.openCount(), { timeout: 15_000 }).toBe(0);
  });

  it('says in the log who else was on it, and not who never came', async () => {
    await member.page.goto(product.origin);
    await member.page.getByRole('button', { name: /^More about the call to Rosalind/ }).click();
    await member.page.getByText('Also on the call: Spanish interpreters (an interpreter).', { exact: true }).waitFor();
    await picture('log');
  });
});
