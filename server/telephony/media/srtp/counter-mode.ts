/**
 * AES in counter mode for packets (RFC 3711 4.1.1): the key stream of several packets to come is made by one ECB call of Node's, whose price is the call and not
 * the blocks. No cipher is set up for a packet. Owns no indexes: whoever asks twice for one is given the same.
 */
import { createCipheriv } from 'node:crypto';
import { readUint32, writeUint32 } from '../rtp/rtp-codec.ts';
import { createSizedViews } from '../rtp/sized-views.ts';

/** Encrypts or decrypts `packet` from `from` to `to` in place. */
export type CounterMode = (packet: Uint8Array, from: number, to: number, ssrc: number, index: number) => void;

/** 160 octets: 20 ms of G.711, and every packet of Opus that is not full of repeats. Longer ones are served by a call of their own. */
const BLOCKS_A_PACKET = 10;
const LONGEST_PACKET = 2048;

/** Used between a call and its return only: all keys share it. */
const counters = new Uint8Array(LONGEST_PACKET);
const counterWords = new Uint32Array(counters.buffer);
const firstOctets = createSizedViews(counters);
const firstCounters = (blocks: number): Uint8Array => firstOctets(blocks << 4);
const NO_WORDS: Uint32Array = new Uint32Array(0);

/** `packetsAhead` packets of a stream are prepared together; `packetsAhead` x 160 octets must not exceed 2048. */
export function createCounterMode(key: Uint8Array, salt: Uint8Array, packetsAhead: number): CounterMode {
  const ecb = createCipheriv('aes-128-ecb', key, null);
  ecb.setAutoPadding(false);
  let prepared: Uint8Array = new Uint8Array(0);
  let preparedWords = NO_WORDS;
  /** The last packet's memory, which of a leg is the same each time, and its words; none where they do not lie on words' places. */
  let viewed: Uint8Array | undefined;
  let words = NO_WORDS;
  let preparedSsrc = 0;
  /** Of the first packet that is prepared for. */
  let preparedIndex = -Infinity;

  /** Fills `blockCount` counters from block `at` on. IV = (salt << 16) ^ (SSRC << 64) ^ (index << 16), then a 16-bit block counter. */
  const writeCounters = (at: number, blockCount: number, ssrc: number, index: number): void => {
    const first = at << 4;
    const high = Math.floor(index / 65_536);
    for (let octet = 0; octet < 14; octet += 1) counters[first + octet] = salt[octet]!;
    writeUint32(counters, first + 4, (readUint32(counters, first + 4) ^ ssrc) >>> 0);
    writeUint32(counters, first + 8, (readUint32(counters, first + 8) ^ high) >>> 0);
    counters[first + 12]! ^= index >> 8;
    counters[first + 13]! ^= index;
    counters[first + 14] = 0;
    counters[first + 15] = 0;
    const from = at << 2;
    const word0 = counterWords[from]!;
    const word1 = counterWords[from + 1]!;
    const word2 = counterWords[from + 2]!;
    const word3 = counterWords[from + 3]!;
    // Whole words are copied as they lie in memory; only the counter's own octet is written (no packet has 256 blocks).
    for (let block = 1, word = from + 4; block < blockCount; block += 1, word += 4) {
      counterWords[word] = word0;
      counterWords[word + 1] = word1;
      counterWords[word + 2] = word2;
      counterWords[word + 3] = word3;
      counters[(word << 2) + 15] = block;
    }
  };

  const addPrepared = (packet: Uint8Array, from: number, length: number, at: number): void => {
    if (packet !== viewed) {
      viewed = packet;
      words = packet.byteOffset % 4 === 0 ? new Uint32Array(packet.buffer, packet.byteOffset, packet.length >> 2) : NO_WORDS;
    }
    // A word at a time costs a fifth of an octet at a time.
    const wordCount = words.length > 0 && from % 4 === 0 ? length >> 2 : 0;
    for (let word = 0; word < wordCount; word += 1) words[(from >> 2) + word]! ^= preparedWords[(at >> 2) + word]!;
    for (let octet = wordCount << 2; octet < length; octet += 1) packet[from + octet]! ^= prepared[at + octet]!;
  };

  return (packet, from, to, ssrc, index) => {
    const length = to - from;
    if (length <= 0) return;
    const blockCount = (length + 15) >> 4;
    const isPrepared = ssrc === preparedSsrc && index >= preparedIndex && index < preparedIndex + packetsAhead;
    if (blockCount > BLOCKS_A_PACKET || (!isPrepared && ssrc === preparedSsrc && index < preparedIndex)) {
      // A late packet leaves what is prepared for the next ones where it is.
      writeCounters(0, blockCount, ssrc, index);
      const keyStream = ecb.update(firstCounters(blockCount));
      for (let octet = 0; octet < length; octet += 1) packet[from + octet]! ^= keyStream[octet]!;
      return;
    }
    if (!isPrepared) {
      for (let ahead = 0; ahead < packetsAhead; ahead += 1) writeCounters(ahead * BLOCKS_A_PACKET, BLOCKS_A_PACKET, ssrc, index + ahead);
      prepared = ecb.update(firstCounters(packetsAhead * BLOCKS_A_PACKET));
      preparedWords = new Uint32Array(prepared.buffer, prepared.byteOffset, prepared.length >> 2);
      preparedSsrc = ssrc;
      preparedIndex = index;
    }
    addPrepared(packet, from, length, (index - preparedIndex) * (BLOCKS_A_PACKET << 4));
  };
}
