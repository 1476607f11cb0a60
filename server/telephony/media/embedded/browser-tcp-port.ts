/**
 * The browsers' port over TCP, for networks that let no UDP out: passive ICE candidates (RFC 6544) with framed packets (RFC 4571).
 * Owns connections and their bounds; what the packets mean is the browser port's business.
 */
import { createServer, type Server, type Socket } from 'node:net';
import { createFrameReader, FRAME_HEADER_LENGTH } from '../ice/framing-codec.ts';

export interface TcpOrigin {
  readonly address: string;
  readonly port: number;
  /** Dropped where the connection is behind by more than a moment of audio: late packets are worth less than fresh ones. */
  send(packet: Uint8Array, length: number): void;
  /** Told that the connection belongs to a call: it may stay. */
  keep(): void;
}

export interface TcpPort {
  close(): Promise<void>;
}

const LONGEST_PACKET = 2048;
/** A connection that has not proved itself by then belongs to nobody. */
const PROVE_WITHIN_MS = 5000;
const MOST_CONNECTIONS = 2000;
/** Half a second of G.711. */
const MOST_QUEUED_OCTETS = 6000;

/** Undefined if the port is taken: browsers then are told of UDP alone. */
export async function openTcpPort(
  address: string,
  port: number,
  onPacket: (packet: Buffer, origin: TcpOrigin) => void,
  onClosed: (origin: TcpOrigin) => void,
): Promise<TcpPort | undefined> {
  const sockets = new Set<Socket>();
  const server: Server = createServer({ noDelay: true, keepAlive: true }, (socket) => {
    sockets.add(socket);
    const reader = createFrameReader(LONGEST_PACKET);
    const origin: TcpOrigin = {
      address: socket.remoteAddress ?? '',
      port: socket.remotePort ?? 0,
      send(packet, length) {
        if (!socket.writable || socket.writableLength > MOST_QUEUED_OCTETS) return;
        const frame = Buffer.allocUnsafe(FRAME_HEADER_LENGTH + length);
        frame.writeUInt16BE(length, 0);
        frame.set(packet.subarray(0, length), FRAME_HEADER_LENGTH);
        socket.write(frame);
      },
      keep: () => clearTimeout(deadline),
    };
    const deadline = setTimeout(() => socket.destroy(), PROVE_WITHIN_MS);
    socket.on('data', (chunk) => {
      const packets = reader.push(chunk);
      if (packets === undefined) socket.destroy();
      else for (const packet of packets) onPacket(Buffer.from(packet.buffer, packet.byteOffset, packet.length), origin);
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      clearTimeout(deadline);
      sockets.delete(socket);
      onClosed(origin);
    });
  });
  server.maxConnections = MOST_CONNECTIONS;
  const isOpen = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false));
    server.listen({ port, host: address, ipv6Only: address.includes(':') }, () => resolve(true));
  });
  if (!isOpen) return undefined;
  return {
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
