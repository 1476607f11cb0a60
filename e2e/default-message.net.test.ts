/** The message that the server speaks for a member who recorded none, as the mailbox hears it: in the contact's language, whole, in the whole product. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { defaultSpokenMessageId } from '#contract/default-spoken-message.ts';
import { openPage, openTestAudio, signIn } from '#server/features/calls/test-page.ts';
import { defaultSpokenMessage } from '#server/features/spoken-messages/index.ts';
import { apiOf } from './api-operations.ts';
import { isSameSpeech, matchSpeech } from './audio/speech-match.ts';
import type { Recording } from './audio/wav-file.ts';
import { startTonePhones, type TonePhones } from './peers/tone-phones.ts';
import { startProduct, type Product } from './product.ts';

const NUMBER = '+14805550167';
let phones: TonePhones;
let product: Product;

beforeAll(async () => {
  phones = await startTonePhones([NUMBER]);
  product = await startProduct({ trunk: { name: 'clinic', host: '127.0.0.1', port: phones.port, callerIdForm: 'from', optionsIntervalSec: 0 }, environment: () => ({ QUIETLINE_MEDIA_ADDRESS: '127.0.0.1' }) });
  // A whole product, and a page built for it.
}, 180_000);
afterAll(async () => {
  await product?.close();
  phones?.close();
});

const spoken = (language: 'en' | 'es'): Recording => ({ sampleRate: 8_000, samples: defaultSpokenMessage(language) });

test('it is spoken in Spanish to whom Spanish is noted for, from its first word to its last', async () => {
  const access = await signIn(product.origin, new URL(product.newLink()).hash.slice(1));
  const details = { givenName: 'Rosalind', familyName: 'Achterberg', language: 'es-MX', numbers: [{ number: NUMBER, label: 'mobile' }] };
  expect((await apiOf(product).send('POST', '/contacts', access.cookie, { details })).status).toBe(200);
  const page = await openPage(access);
  page.send({ type: 'hello', deviceId: page.deviceId as never });
  await page.next('welcome');
  const audio = await openTestAudio();
  page.send({ type: 'dial', requestId: 'd', to: NUMBER, offer: audio.offer });
  const { answer, callId } = await page.next('media-answer');
  await audio.accept(answer);
  // A handshake that is cut short leaves its timers behind, in the browser's stand-in.
  await vi.waitFor(() => expect(audio.packetsHeard()).toBeGreaterThan(0), 10_000);
  await page.call(({ state }) => state === 'talking');
  page.send({ type: 'leave-message', requestId: 'm', callId, messageId: defaultSpokenMessageId, when: 'now' });
  expect((await page.call(({ state }) => state === 'ended')).endReason).toBe('message-left');
  const heard = phones.phone(NUMBER).heard();
  const match = matchSpeech(spoken('es'), heard);
  process.stdout.write(`the default message in Spanish at the far end: STOI ${match.intelligibility.toFixed(3)}, ${(100 * match.dropOutShare).toFixed(1)} % missing\n`);
  expect(isSameSpeech(match), JSON.stringify(match)).toBe(true);
  expect(isSameSpeech(matchSpeech(spoken('en'), heard))).toBe(false);
  await audio.close();
  page.vanish();
}, 120_000);
