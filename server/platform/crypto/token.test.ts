import { expect, test } from 'vitest';
import { systemRandom } from '../clock/random.ts';
import { createToken, hashToken, isSameHash } from './token.ts';

test('a token has 256 bits and travels in a URL fragment or a cookie as it is', () => {
  expect(createToken(systemRandom)).toMatch(/^[\w-]{43}$/);
});

test('a hash recognises its own token and no other', () => {
  const token = createToken(systemRandom);
  expect(isSameHash(hashToken(token), hashToken(token))).toBe(true);
  expect(isSameHash(hashToken(token), hashToken(createToken(systemRandom)))).toBe(false);
  expect(isSameHash(hashToken(token), hashToken(token).subarray(1))).toBe(false);
});
