/** Opens the UDP sockets that media goes over. Owns how each is bound; reads and sends nothing. */
import dgram from 'node:dgram';
import { literalLookup } from './literal-lookup.ts';

export interface SocketOptions {
  readonly recvBufferSize: number;
  readonly sendBufferSize?: number;
  readonly ipv6Only?: boolean;
  /** Shares the port with others that say so, by the addresses of who sends (SO_REUSEPORT). */
  readonly reusePort?: boolean;
}

/** Rejects with what the operating system says if the address cannot be bound. With port 0 the system chooses one. */
export function openSocket(address: string, port: number, options: SocketOptions): Promise<dgram.Socket> {
  const socket = dgram.createSocket({ ...options, type: address.includes(':') ? 'udp6' : 'udp4', lookup: literalLookup });
  return new Promise((resolve, reject) => {
    socket.once('error', (cause) => {
      socket.close();
      reject(cause);
    });
    socket.bind(port, address, () => {
      socket.removeAllListeners('error');
      // An ICMP error of a peer that went away is no concern of the socket's other packets.
      socket.on('error', () => {});
      resolve(socket);
    });
  });
}

export const closeSocket = (socket: dgram.Socket): Promise<void> => new Promise((resolve) => void socket.close(() => resolve()));
