/**
 * HMAC-SHA1 (RFC 2104, FIPS 180-4) for packets, in integer arithmetic that neither branches on nor addresses by a secret. It begins
 * from the states that the key alone decides, crosses into no native code and allocates nothing. Owns no keys; compares no tags.
 *
 * Node's own digests cost seven times as much for a packet of 176 octets, all of it the way there and back (docs/decisions/0008).
 */

/** The first `length` octets of `octets`, and behind them `suffix` as 32 bits unless it is negative; the tag is valid until the next call. */
export type PacketAuthenticator = (octets: Uint8Array, length: number, suffix: number) => Uint8Array;

const BLOCK = 64;
const DIGEST = 20;
const INITIAL = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0];

/** Used between a call and its return only: all keys share them. */
const schedule = new Int32Array(80);
const state = new Int32Array(5);
/** What is left behind the last whole block: up to 63 octets and the suffix, the bit that ends, the length. */
const rest = new Uint8Array(2 * BLOCK);
/** The inner digest with its padding, which never changes: 84 octets are 672 bits. */
const outerBlock = new Uint8Array(BLOCK);
outerBlock[DIGEST] = 0x80;
outerBlock[62] = 672 >> 8;
outerBlock[63] = 672 & 0xff;

/**
 * One block into `into`. Five rounds stand in a row, so that the five words need not be moved from one to the next. The constants of the third and
 * fourth twenty are written as the negative numbers that they are in 32 bits.
 */
function compress(into: Int32Array, octets: Uint8Array, offset: number): void {
  const w = schedule;
  for (let index = 0, at = offset; index < 16; index += 1, at += 4) w[index] = (octets[at]! << 24) | (octets[at + 1]! << 16) | (octets[at + 2]! << 8) | octets[at + 3]!;
  for (let index = 16; index < 80; index += 1) {
    const word = w[index - 3]! ^ w[index - 8]! ^ w[index - 14]! ^ w[index - 16]!;
    w[index] = (word << 1) | (word >>> 31);
  }
  let a = into[0]!;
  let b = into[1]!;
  let c = into[2]!;
  let d = into[3]!;
  let e = into[4]!;
  for (let index = 0; index < 20; index += 5) {
    e = (((e + ((a << 5) | (a >>> 27))) | 0) + (((d ^ (b & (c ^ d))) + ((w[index]! + 0x5a827999) | 0)) | 0)) | 0;
    b = (b << 30) | (b >>> 2);
    d = (((d + ((e << 5) | (e >>> 27))) | 0) + (((c ^ (a & (b ^ c))) + ((w[index + 1]! + 0x5a827999) | 0)) | 0)) | 0;
    a = (a << 30) | (a >>> 2);
    c = (((c + ((d << 5) | (d >>> 27))) | 0) + (((b ^ (e & (a ^ b))) + ((w[index + 2]! + 0x5a827999) | 0)) | 0)) | 0;
    e = (e << 30) | (e >>> 2);
    b = (((b + ((c << 5) | (c >>> 27))) | 0) + (((a ^ (d & (e ^ a))) + ((w[index + 3]! + 0x5a827999) | 0)) | 0)) | 0;
    d = (d << 30) | (d >>> 2);
    a = (((a + ((b << 5) | (b >>> 27))) | 0) + (((e ^ (c & (d ^ e))) + ((w[index + 4]! + 0x5a827999) | 0)) | 0)) | 0;
    c = (c << 30) | (c >>> 2);
  }
  for (let index = 20; index < 40; index += 5) {
    e = (((e + ((a << 5) | (a >>> 27))) | 0) + (((b ^ c ^ d) + ((w[index]! + 0x6ed9eba1) | 0)) | 0)) | 0;
    b = (b << 30) | (b >>> 2);
    d = (((d + ((e << 5) | (e >>> 27))) | 0) + (((a ^ b ^ c) + ((w[index + 1]! + 0x6ed9eba1) | 0)) | 0)) | 0;
    a = (a << 30) | (a >>> 2);
    c = (((c + ((d << 5) | (d >>> 27))) | 0) + (((e ^ a ^ b) + ((w[index + 2]! + 0x6ed9eba1) | 0)) | 0)) | 0;
    e = (e << 30) | (e >>> 2);
    b = (((b + ((c << 5) | (c >>> 27))) | 0) + (((d ^ e ^ a) + ((w[index + 3]! + 0x6ed9eba1) | 0)) | 0)) | 0;
    d = (d << 30) | (d >>> 2);
    a = (((a + ((b << 5) | (b >>> 27))) | 0) + (((c ^ d ^ e) + ((w[index + 4]! + 0x6ed9eba1) | 0)) | 0)) | 0;
    c = (c << 30) | (c >>> 2);
  }
  for (let index = 40; index < 60; index += 5) {
    e = (((e + ((a << 5) | (a >>> 27))) | 0) + ((((b & c) | (d & (b | c))) + ((w[index]! - 0x70e44324) | 0)) | 0)) | 0;
    b = (b << 30) | (b >>> 2);
    d = (((d + ((e << 5) | (e >>> 27))) | 0) + ((((a & b) | (c & (a | b))) + ((w[index + 1]! - 0x70e44324) | 0)) | 0)) | 0;
    a = (a << 30) | (a >>> 2);
    c = (((c + ((d << 5) | (d >>> 27))) | 0) + ((((e & a) | (b & (e | a))) + ((w[index + 2]! - 0x70e44324) | 0)) | 0)) | 0;
    e = (e << 30) | (e >>> 2);
    b = (((b + ((c << 5) | (c >>> 27))) | 0) + ((((d & e) | (a & (d | e))) + ((w[index + 3]! - 0x70e44324) | 0)) | 0)) | 0;
    d = (d << 30) | (d >>> 2);
    a = (((a + ((b << 5) | (b >>> 27))) | 0) + ((((c & d) | (e & (c | d))) + ((w[index + 4]! - 0x70e44324) | 0)) | 0)) | 0;
    c = (c << 30) | (c >>> 2);
  }
  for (let index = 60; index < 80; index += 5) {
    e = (((e + ((a << 5) | (a >>> 27))) | 0) + (((b ^ c ^ d) + ((w[index]! - 0x359d3e2a) | 0)) | 0)) | 0;
    b = (b << 30) | (b >>> 2);
    d = (((d + ((e << 5) | (e >>> 27))) | 0) + (((a ^ b ^ c) + ((w[index + 1]! - 0x359d3e2a) | 0)) | 0)) | 0;
    a = (a << 30) | (a >>> 2);
    c = (((c + ((d << 5) | (d >>> 27))) | 0) + (((e ^ a ^ b) + ((w[index + 2]! - 0x359d3e2a) | 0)) | 0)) | 0;
    e = (e << 30) | (e >>> 2);
    b = (((b + ((c << 5) | (c >>> 27))) | 0) + (((d ^ e ^ a) + ((w[index + 3]! - 0x359d3e2a) | 0)) | 0)) | 0;
    d = (d << 30) | (d >>> 2);
    a = (((a + ((b << 5) | (b >>> 27))) | 0) + (((c ^ d ^ e) + ((w[index + 4]! - 0x359d3e2a) | 0)) | 0)) | 0;
    c = (c << 30) | (c >>> 2);
  }
  into[0]! += a;
  into[1]! += b;
  into[2]! += c;
  into[3]! += d;
  into[4]! += e;
}

function writeState(into: Uint8Array): void {
  for (let word = 0, at = 0; word < 5; word += 1, at += 4) {
    const value = state[word]!;
    into[at] = value >>> 24;
    into[at + 1] = value >>> 16;
    into[at + 2] = value >>> 8;
    into[at + 3] = value;
  }
}

/** The state after the one block that the key alone fills. */
function stateAfterKey(key: Uint8Array, mask: number): Int32Array {
  const block = new Uint8Array(BLOCK);
  for (let index = 0; index < BLOCK; index += 1) block[index] = (key[index] ?? 0) ^ mask;
  const after = Int32Array.from(INITIAL);
  compress(after, block, 0);
  return after;
}

/** `key` is no longer than a block. */
export function createPacketAuthenticator(key: Uint8Array): PacketAuthenticator {
  const inner = stateAfterKey(key, 0x36);
  const outer = stateAfterKey(key, 0x5c);
  const tag = new Uint8Array(DIGEST);
  return (octets, length, suffix) => {
    for (let word = 0; word < 5; word += 1) state[word] = inner[word]!;
    let at = 0;
    for (; at + BLOCK <= length; at += BLOCK) compress(state, octets, at);
    let end = length - at;
    for (let index = 0; index < end; index += 1) rest[index] = octets[at + index]!;
    let authenticated = length;
    if (suffix >= 0) {
      rest[end] = suffix >>> 24;
      rest[end + 1] = suffix >>> 16;
      rest[end + 2] = suffix >>> 8;
      rest[end + 3] = suffix;
      end += 4;
      authenticated += 4;
    }
    rest[end] = 0x80;
    // The length stands in the last eight octets; packets are far from filling more than two of them.
    const padded = end + 9 <= BLOCK ? BLOCK : 2 * BLOCK;
    for (let index = end + 1; index < padded; index += 1) rest[index] = 0;
    const bits = (BLOCK + authenticated) * 8;
    rest[padded - 3] = bits >>> 16;
    rest[padded - 2] = bits >>> 8;
    rest[padded - 1] = bits;
    compress(state, rest, 0);
    if (padded > BLOCK) compress(state, rest, BLOCK);
    writeState(outerBlock);
    for (let word = 0; word < 5; word += 1) state[word] = outer[word]!;
    compress(state, outerBlock, 0);
    writeState(tag);
    return tag;
  };
}

/**
 * An interpreter takes longer over a sum that exceeds 32 bits, compiled code does not. So that no key is met by the interpreter, what is public is
 * digested until the compiler has come by: some ten milliseconds, once.
 */
const ROUNDS_UNTIL_COMPILED = 1000;
const warm = createPacketAuthenticator(new Uint8Array(DIGEST));
for (let round = 0; round < ROUNDS_UNTIL_COMPILED; round += 1) warm(round % 2 === 0 ? new Uint8Array(176) : Buffer.alloc(176), 172, round);
