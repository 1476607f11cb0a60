import fc from 'fast-check';
import { expect, test } from 'vitest';
import { crossG711, decodeG711, encodeG711, SILENCE_OCTET, type G711Law } from './g711-codec.ts';

const LAWS: readonly G711Law[] = ['PCMU', 'PCMA'];

const decodeOne = (law: G711Law, octet: number): number => {
  const samples = new Int16Array(1);
  decodeG711(law, Uint8Array.of(octet), 0, 1, samples);
  return samples[0]!;
};

const encodeOne = (law: G711Law, sample: number): number => {
  const octets = new Uint8Array(1);
  encodeG711(law, Int16Array.of(sample), 1, octets, 0);
  return octets[0]!;
};

test('the values of G.711 at its corners are the recommendation’s', () => {
  expect([0x80, 0x00, 0xff, 0x7f].map((octet) => decodeOne('PCMU', octet))).toEqual([32_124, -32_124, 0, 0]);
  expect([0xaa, 0x2a, 0xd5, 0x55].map((octet) => decodeOne('PCMA', octet))).toEqual([32_256, -32_256, 8, -8]);
});

test('silence is the octet nearest to zero', () => {
  for (const law of LAWS) expect(Math.abs(decodeOne(law, SILENCE_OCTET[law]))).toBeLessThanOrEqual(8);
  expect(encodeOne('PCMU', 0)).toBe(SILENCE_OCTET.PCMU);
  expect(encodeOne('PCMA', 0)).toBe(SILENCE_OCTET.PCMA);
});

test('an octet survives decoding and encoding, but for the negative zero of the µ-law', () => {
  for (const law of LAWS) {
    for (let octet = 0; octet < 256; octet += 1) {
      if (law === 'PCMU' && octet === 0x7f) continue;
      expect(encodeOne(law, decodeOne(law, octet))).toBe(octet);
    }
  }
});

test('a sample is never moved by more than half a step of its segment', () => {
  fc.assert(
    fc.property(fc.constantFrom(...LAWS), fc.integer({ min: -32_000, max: 32_000 }), (law, sample) => {
      const step = Math.max(16, 2 ** Math.ceil(Math.log2(Math.abs(sample) + 132)) / 16);
      expect(Math.abs(decodeOne(law, encodeOne(law, sample)) - sample)).toBeLessThanOrEqual(step / 2 + 8);
    }),
  );
});

test('crossing from one law to the other keeps the sound', () => {
  for (let octet = 0; octet < 256; octet += 1) {
    for (const [from, to] of [['PCMU', 'PCMA'], ['PCMA', 'PCMU']] as const) {
      const octets = Uint8Array.of(0, octet, 0);
      crossG711(from, octets, 1, 1);
      const before = decodeOne(from, octet);
      expect(Math.abs(decodeOne(to, octets[1]!) - before)).toBeLessThanOrEqual(Math.max(16, Math.abs(before) / 16));
      expect([octets[0], octets[2]]).toEqual([0, 0]);
    }
  }
});
