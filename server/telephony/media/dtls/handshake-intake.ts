/**
 * Gives the DTLS library a client's handshake as it must be taken (RFC 6347 4.2): whole messages, each once, in their order,
 * whatever the network lost, doubled, split or shuffled. The library takes records as they come, and after one loss in the wrong
 * place derives keys that the client does not have. Alerts never pass: unencrypted ones can be forged by anyone on the path, and the
 * end of a call is told by signalling. Decrypts nothing.
 */

export interface HandshakeIntake {
  /** The records to be handed on now, one after the other; most often none or one. */
  take(datagram: Buffer): readonly Buffer[];
  /** From here on, only a repeated last flight of the client passes: it asks for ours again. */
  setConnected(): void;
}

interface PartialMessage {
  type: number;
  body: Buffer;
  /** 1 for each octet that is there. */
  present: Uint8Array;
  missing: number;
}

const RECORD_HEADER_LENGTH = 13;
const MESSAGE_HEADER_LENGTH = 12;
const CHANGE_CIPHER_SPEC = 20;
const HANDSHAKE = 22;
const CLIENT_HELLO = 1;
const CERTIFICATE_VERIFY = 15;
/** A browser's certificate has 300 octets, its longest ClientHello 1,500. */
const LONGEST_MESSAGE = 8192;
/** A client's last flight has messages 2 to 5; further ahead nothing can be due. */
const FURTHEST_AHEAD = 4;
/** What a whole handshake takes, many times over; beyond it a peer is playing with us. */
const MOST_RECORDS = 400;

export function createHandshakeIntake(): HandshakeIntake {
  const partial = new Map<number, PartialMessage>();
  let nextSequence = 0;
  /** The message handed on last, while it is a ClientHello: its repetition asks for our flight again. */
  let repeatable: number | undefined;
  let isProofIn = false;
  let isConnected = false;
  let recordCount = 0;

  const collect = (fragment: Buffer): void => {
    for (let offset = 0; offset + MESSAGE_HEADER_LENGTH <= fragment.length; ) {
      const type = fragment[offset]!;
      const total = fragment.readUIntBE(offset + 1, 3);
      const sequence = fragment.readUInt16BE(offset + 4);
      const from = fragment.readUIntBE(offset + 6, 3);
      const length = fragment.readUIntBE(offset + 9, 3);
      const start = offset + MESSAGE_HEADER_LENGTH;
      if (start + length > fragment.length || from + length > total || total > LONGEST_MESSAGE) return;
      offset = start + length;
      const isDue = (sequence >= nextSequence && sequence < nextSequence + FURTHEST_AHEAD) || sequence === repeatable;
      if (!isDue) continue;
      let message = partial.get(sequence);
      if (message === undefined || message.type !== type || message.body.length !== total) {
        message = { type, body: Buffer.alloc(total), present: new Uint8Array(total), missing: total };
        partial.set(sequence, message);
      }
      fragment.copy(message.body, from, start, start + length);
      for (let octet = from; octet < from + length; octet += 1) {
        message.missing -= 1 - message.present[octet]!;
        message.present[octet] = 1;
      }
    }
  };

  const handOn = (sequence: number): Buffer | undefined => {
    const message = partial.get(sequence);
    if (message === undefined || message.missing > 0) return undefined;
    partial.delete(sequence);
    return writeRecord(message.type, sequence, message.body);
  };

  const takeHandshake = (fragment: Buffer): readonly Buffer[] => {
    collect(fragment);
    const records: Buffer[] = [];
    if (repeatable !== undefined) {
      const repeated = handOn(repeatable);
      if (repeated !== undefined) records.push(repeated);
    }
    for (;;) {
      const type = partial.get(nextSequence)?.type;
      const record = handOn(nextSequence);
      if (record === undefined) return records;
      records.push(record);
      repeatable = type === CLIENT_HELLO ? nextSequence : undefined;
      isProofIn ||= type === CERTIFICATE_VERIFY;
      nextSequence += 1;
    }
  };

  const takeRecord = (record: Buffer): readonly Buffer[] => {
    recordCount += 1;
    if (recordCount > MOST_RECORDS) return [];
    const type = record[0]!;
    const epoch = record.readUInt16BE(3);
    // Finished comes under the new keys, and means something once everything before it is in.
    if (type === HANDSHAKE && epoch === 1) return isProofIn ? [record] : [];
    // Once connected nothing is negotiated again: a plaintext ClientHello would throw the keys of a live call away.
    if (epoch !== 0 || isConnected) return [];
    if (type === CHANGE_CIPHER_SPEC) return [record];
    return type === HANDSHAKE ? takeHandshake(record.subarray(RECORD_HEADER_LENGTH)) : [];
  };

  return {
    take(datagram) {
      const records: Buffer[] = [];
      for (let offset = 0; offset + RECORD_HEADER_LENGTH <= datagram.length; ) {
        const end = offset + RECORD_HEADER_LENGTH + datagram.readUInt16BE(offset + 11);
        if (end > datagram.length) break;
        records.push(...takeRecord(datagram.subarray(offset, end)));
        offset = end;
      }
      return records;
    },
    setConnected() {
      isConnected = true;
      recordCount = 0;
      partial.clear();
    },
  };
}

/** A record of epoch 0 with one message in one piece. The library does not look at the record's number there. */
function writeRecord(type: number, sequence: number, body: Buffer): Buffer {
  const record = Buffer.alloc(RECORD_HEADER_LENGTH + MESSAGE_HEADER_LENGTH + body.length);
  record[0] = HANDSHAKE;
  record.writeUInt16BE(0xfefd, 1);
  record.writeUInt16BE(MESSAGE_HEADER_LENGTH + body.length, 11);
  record[RECORD_HEADER_LENGTH] = type;
  record.writeUIntBE(body.length, RECORD_HEADER_LENGTH + 1, 3);
  record.writeUInt16BE(sequence, RECORD_HEADER_LENGTH + 4);
  record.writeUIntBE(body.length, RECORD_HEADER_LENGTH + 9, 3);
  body.copy(record, RECORD_HEADER_LENGTH + MESSAGE_HEADER_LENGTH);
  return record;
}
