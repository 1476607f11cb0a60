/**
 * Lets through only the DTLS records that a handshake for SRTP keys needs (RFC 6347 4.1). Alerts never pass: unencrypted ones can
 * be forged by anyone on the path, and the end of a call is told by signalling. Decrypts nothing.
 */

export interface RecordFilter {
  /** The records of the datagram that may pass, or undefined if none does. */
  pass(datagram: Buffer): Buffer | undefined;
  /** From here on, only a repeated last flight of the client passes: it asks for ours again. */
  setConnected(): void;
}

const RECORD_HEADER_LENGTH = 13;
const CHANGE_CIPHER_SPEC = 20;
const HANDSHAKE = 22;
const CLIENT_HELLO = 1;
/** What a whole handshake of a browser takes, many times over; beyond it a peer is playing with us. */
const MOST_RECORDS = 400;

export function createRecordFilter(): RecordFilter {
  let isConnected = false;
  let clientHelloSequence = 0;
  let recordCount = 0;

  const mayPass = (type: number, epoch: number, fragment: Buffer): boolean => {
    recordCount += 1;
    if (recordCount > MOST_RECORDS || epoch > 1) return false;
    if (type === CHANGE_CIPHER_SPEC) return !isConnected && epoch === 0;
    if (type !== HANDSHAKE) return false;
    if (epoch === 1) return true;
    if (fragment.length < 12) return false;
    if (fragment[0] !== CLIENT_HELLO) return !isConnected;
    // No renegotiation: a plaintext ClientHello would throw the keys of a live call away.
    if (isConnected) return false;
    // RFC 6347 4.2.2: the ClientHello that brings the cookie back is message 1. It may come in fragments, so that only
    // its header can be read here. A late copy of message 0 would make the library draw new secrets in mid-handshake.
    const messageSequence = fragment.readUInt16BE(4);
    if (messageSequence < clientHelloSequence) return false;
    clientHelloSequence = messageSequence;
    return true;
  };

  return {
    pass(datagram) {
      const passed: Buffer[] = [];
      for (let offset = 0; offset + RECORD_HEADER_LENGTH <= datagram.length; ) {
        const end = offset + RECORD_HEADER_LENGTH + datagram.readUInt16BE(offset + 11);
        if (end > datagram.length) break;
        if (mayPass(datagram[offset]!, datagram.readUInt16BE(offset + 3), datagram.subarray(offset + RECORD_HEADER_LENGTH, end))) {
          passed.push(datagram.subarray(offset, end));
        }
        offset = end;
      }
      return passed.length === 0 ? undefined : Buffer.concat(passed);
    },
    setConnected() {
      isConnected = true;
      recordCount = 0;
    },
  };
}
