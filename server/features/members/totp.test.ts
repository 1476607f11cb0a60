import fc from 'fast-check';
import { expect, test } from 'vitest';
import { systemRandom } from '#server/platform/clock/random.ts';
import { createTotpSecret, encodeBase32, findTotpStep, totpCode, totpUri } from './totp.ts';

/** RFC 6238 appendix B, SHA-1: the secret is the ASCII text "12345678901234567890"; we show the last six of its eight digits. */
const SECRET = encodeBase32(Buffer.from('12345678901234567890'));

test.each([
  [59, '94287082'],
  [1_111_111_109, '07081804'],
  [1_111_111_111, '14050471'],
  [1_234_567_890, '89005924'],
  [2_000_000_000, '69279037'],
  [20_000_000_000, '65353130'],
])('at second %i the code is that of the RFC', (second, code) => {
  expect(totpCode(SECRET, Math.floor(second / 30))).toBe(code.slice(2));
  expect(findTotpStep(SECRET, code.slice(2), second * 1_000, 0)).toBe(Math.floor(second / 30));
});

test('a code is good for its own step and one on either side, and not a second time', () => {
  const nowMs = 1_700_000_000_000;
  const step = Math.floor(nowMs / 30_000);
  const code = totpCode(SECRET, step);
  expect(findTotpStep(SECRET, code, nowMs - 30_000, 0)).toBe(step);
  expect(findTotpStep(SECRET, code, nowMs + 30_000, 0)).toBe(step);
  expect(findTotpStep(SECRET, code, nowMs + 60_000, 0)).toBeUndefined();
  expect(findTotpStep(SECRET, code, nowMs, step)).toBeUndefined();
  expect(findTotpStep(SECRET, totpCode(SECRET, step - 1), nowMs, step)).toBeUndefined();
});

test('nothing but six digits is a code', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 12 }).filter((text) => !/^\d{6}$/u.test(text.replaceAll(/\s/gu, ''))), (text) => {
      expect(findTotpStep(SECRET, text, 1_700_000_000_000, 0)).toBeUndefined();
    }),
    { numRuns: 500 },
  );
});

test('a new secret is 32 letters of base32, and its address names no person', () => {
  const secret = createTotpSecret(systemRandom);
  expect(secret).toMatch(/^[A-Z2-7]{32}$/u);
  expect(totpUri(secret, 'Lakeside Clinic')).toBe(`otpauth://totp/Quietline%3ALakeside%20Clinic?secret=${secret}&issuer=Quietline&algorithm=SHA1&digits=6&period=30`);
});
