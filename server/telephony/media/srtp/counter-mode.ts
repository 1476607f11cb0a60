/**
 * AES in counter mode for packets (RFC 3711 4.1.1): the key stream of several packets to come is made by one ECB call of Node's, whose price is the call and not
 * the blocks. No cipher is set up for a packet. Owns no indexes: whoever asks twice for one is given the same.
 */
import { createCipheriv } from 'node:crypto';
import { readUint32, writeUint32 } from '../rtp/rtp-codec.ts';

/** Encrypts or decrypts `packet` from `from` to `to` in place. */
export type CounterMode = (packet: Uint8Array, from: number, to: number, ssrc: number, index: number) => void;

/** 160 octets: 20 ms of G.711, and every packet of Opus that is not full of repeats. Longer ones are served by a call of their own. */
const BLOCKS_A_PACKET = 10;
const LONGEST_PACKET = 2048;

/** Used between a call and its return only: all keys share it. */
const counters = new Uint8Array(LONGEST_PACKET);
const counterWords = new Uint32Array(counters.buffer);
const counterViews: Uint8Array[] = [];
/** A view costs more to make than to keep, and few lengths occur. */
const firstCounters = (blocks: number): Uint8Array => (counterViews[blocks] ??= counters.subarray(0, blocks << 4));

/** `packetsAhead` packets of a stream are prepared together; `packetsAhead` x 160 octets must not exceed 2048. */
export function createCounterMode(key: Uint8Array, salt: Uint8Array, packetsAhead: number): CounterMode {
  const ecb = createCipheriv('aes-128-ecb', key, null);
  ecb.setAutoPadding(false);
  let prepared: Uint8Array = new Uint8Array(0);
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

  return (packet, from, to, ssrc, index) => {
    const length = to - from;
    if (length <= 0) return;
    const blockCount = (length + 15) >> 4;
    const isPrepared = ssrc === preparedSsrc && index >= preparedIndex && index < preparedIndex + packetsAhead;
    let keyStream = prepared;
    let at = 0;
    if (blockCount > BLOCKS_A_PACKET || (!isPrepared && ssrc === preparedSsrc && index < preparedIndex)) {
      // A late packet leaves what is prepared for the next ones where it is.
      writeCounters(0, blockCount, ssrc, index);
      keyStream = ecb.update(firstCounters(blockCount));
    } else {
      if (!isPrepared) {
        for (let ahead = 0; ahead < packetsAhead; ahead += 1) writeCounters(ahead * BLOCKS_A_PACKET, BLOCKS_A_PACKET, ssrc, index + ahead);
        prepared = keyStream = ecb.update(firstCounters(packetsAhead * BLOCKS_A_PACKET));
        preparedSsrc = ssrc;
        preparedIndex = index;
      }
      at = (index - preparedIndex) * (BLOCKS_A_PACKET << 4);
    }
    for (let octet = 0; octet < length; octet += 1) packet[from + octet]! ^= keyStream[at + octet]!;
  };
}
