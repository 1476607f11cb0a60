import { expect, it } from 'vitest';
import { decodeMuLaw, octetsOfBase64 } from './mu-law-codec.ts';

it.each([[0x00, -32_124], [0x80, 32_124], [0x8f, 16_764], [0xef, 132], [0x6f, -132], [0xff, 0], [0x7f, 0]])('%i is %i of 32768', (octet, sample) => {
  expect(Math.round(decodeMuLaw(Uint8Array.of(octet))[0]! * 32_768) + 0).toBe(sample);
});

it('grows evenly from silence to the loudest, on both sides of zero', () => {
  const louder = decodeMuLaw(Uint8Array.from({ length: 128 }, (_, index) => 0xff - index));
  for (let index = 1; index < louder.length; index += 1) expect(louder[index]!).toBeGreaterThan(louder[index - 1]!);
  const other = decodeMuLaw(Uint8Array.from({ length: 128 }, (_, index) => 0x7f - index));
  expect([...other].map((sample) => -sample + 0)).toEqual([...louder]);
});

it('reads octets as they travel', () => {
  expect(octetsOfBase64(btoa('\u0000\u007f\u00ff'))).toEqual(Uint8Array.of(0, 127, 255));
});
