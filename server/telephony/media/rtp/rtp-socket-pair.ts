/** A pair of UDP sockets, RTP on an even port and RTCP on the next (RFC 3550 11), from a range shared by all calls. */
import type dgram from 'node:dgram';
import type { RandomSource } from '#server/platform/clock/random.ts';
import { openSocket } from './open-socket.ts';

export interface PortRange {
  /** Both inclusive. */
  from: number;
  to: number;
}

export interface RtpSocketPair {
  readonly rtp: dgram.Socket;
  readonly rtcp: dgram.Socket;
  readonly port: number;
  close(): void;
}

/** A burst of 300 calls' frames must not overflow the kernel's buffer while a garbage collection runs. */
const RECEIVE_BUFFER_OCTETS = 512 * 1024;

/** Begins at a random place in the range, so that a port just freed is not the next one used; undefined if none is free. */
export async function openRtpSocketPair(address: string, range: PortRange, random: RandomSource): Promise<RtpSocketPair | undefined> {
  const first = range.from + (range.from % 2);
  const pairCount = Math.floor((range.to - first + 1) / 2);
  if (pairCount <= 0) return undefined;
  const seed = random.bytes(4);
  const start = (((seed[0]! << 24) | (seed[1]! << 16) | (seed[2]! << 8) | seed[3]!) >>> 0) % pairCount;
  for (let attempt = 0; attempt < pairCount; attempt += 1) {
    const port = first + ((start + attempt) % pairCount) * 2;
    const rtp = await openAt(address, port);
    if (rtp === undefined) continue;
    const rtcp = await openAt(address, port + 1);
    if (rtcp === undefined) {
      rtp.close();
      continue;
    }
    return {
      rtp,
      rtcp,
      port,
      close() {
        rtp.close();
        rtcp.close();
      },
    };
  }
  return undefined;
}

/** Undefined where the port is taken: the next is tried. */
const openAt = (address: string, port: number): Promise<dgram.Socket | undefined> => openSocket(address, port, { recvBufferSize: RECEIVE_BUFFER_OCTETS }).catch(() => undefined);
