/**
 * G.711, both laws, between octets and linear 16-bit samples (ITU-T G.711). Owns the tables; knows no packets and no time.
 */

/** The two companding laws a telephone network speaks, by their names in SDP (RFC 3551 6). */
export type G711Law = 'PCMU' | 'PCMA';

/** The octet that stands for silence: the positive value nearest to zero. */
export const SILENCE_OCTET: Readonly<Record<G711Law, number>> = { PCMU: 0xff, PCMA: 0xd5 };

const MU_BIAS = 0x84;
const MU_CLIP = 32635;

const decodeMu = (octet: number): number => {
  const inverted = ~octet & 0xff;
  const exponent = (inverted >> 4) & 7;
  const magnitude = ((((inverted & 0x0f) << 3) + MU_BIAS) << exponent) - MU_BIAS;
  return inverted & 0x80 ? -magnitude : magnitude;
};

const encodeMu = (sample: number): number => {
  const sign = sample < 0 ? 0x80 : 0;
  const magnitude = Math.min(Math.abs(sample), MU_CLIP) + MU_BIAS;
  const exponent = 31 - Math.clz32(magnitude) - 7;
  const mantissa = (magnitude >> (exponent + 3)) & 0x0f;
  return ~(sign | (exponent << 4) | mantissa) & 0xff;
};

const decodeA = (octet: number): number => {
  const inverted = octet ^ 0x55;
  const exponent = (inverted >> 4) & 7;
  const mantissa = (inverted & 0x0f) << 4;
  const magnitude = exponent === 0 ? mantissa + 8 : (mantissa + 0x108) << (exponent - 1);
  return inverted & 0x80 ? magnitude : -magnitude;
};

const encodeA = (sample: number): number => {
  const positive = sample >= 0;
  // A-law works on 13 bits; a negative sample is one's complemented so that -1 and 0 fall on either side of zero.
  const magnitude = Math.min(positive ? sample : ~sample, 32767) >> 3;
  const exponent = magnitude < 32 ? 0 : 31 - Math.clz32(magnitude) - 4;
  const mantissa = exponent === 0 ? (magnitude >> 1) & 0x0f : (magnitude >> exponent) & 0x0f;
  return ((positive ? 0x80 : 0) | (exponent << 4) | mantissa) ^ 0x55;
};

const tableOfOctets = (decode: (octet: number) => number): Int16Array => Int16Array.from({ length: 256 }, (_, octet) => decode(octet));

/** One entry for each 16-bit sample, found at sample + 32768: 64 kB a law buys an encode without a branch. */
const tableOfSamples = (encode: (sample: number) => number): Uint8Array =>
  Uint8Array.from({ length: 65_536 }, (_, index) => encode(index - 32_768));

const DECODED: Readonly<Record<G711Law, Int16Array>> = { PCMU: tableOfOctets(decodeMu), PCMA: tableOfOctets(decodeA) };
const ENCODED: Readonly<Record<G711Law, Uint8Array>> = { PCMU: tableOfSamples(encodeMu), PCMA: tableOfSamples(encodeA) };

const crossTable = (from: G711Law, to: G711Law): Uint8Array =>
  Uint8Array.from({ length: 256 }, (_, octet) => ENCODED[to][DECODED[from][octet]! + 32_768]!);

const CROSSED: Readonly<Record<G711Law, Uint8Array>> = { PCMU: crossTable('PCMU', 'PCMA'), PCMA: crossTable('PCMA', 'PCMU') };

/** Writes `length` samples, decoded from `octets` at `offset`, to the start of `into`. */
export function decodeG711(law: G711Law, octets: Uint8Array, offset: number, length: number, into: Int16Array): void {
  const table = DECODED[law];
  for (let index = 0; index < length; index += 1) into[index] = table[octets[offset + index]!]!;
}

/** Writes `length` octets, encoded from the start of `samples`, into `into` at `offset`. */
export function encodeG711(law: G711Law, samples: Int16Array, length: number, into: Uint8Array, offset: number): void {
  const table = ENCODED[law];
  for (let index = 0; index < length; index += 1) into[offset + index] = table[samples[index]! + 32_768]!;
}

/** Turns `length` octets of one law, in place, into the other. */
export function crossG711(from: G711Law, octets: Uint8Array, offset: number, length: number): void {
  const table = CROSSED[from];
  for (let index = offset; index < offset + length; index += 1) octets[index] = table[octets[index]!]!;
}
