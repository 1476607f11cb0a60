/**
 * The one UDP port that all browsers share, on IPv4 and where asked on IPv6. Tells their packets apart: by first octet
 * (RFC 7983), a peer's first check by its ufrag, everything after by the source address that a check proved. Answers
 * nobody it does not know.
 */
import dgram from 'node:dgram';
import { literalLookup } from '../rtp/literal-lookup.ts';
import { isRtcp } from '../rtp/rtp-codec.ts';
import { readStun, type StunMessage } from '../ice/stun-codec.ts';
import { localUfragOf } from '../ice/ice-lite-policy.ts';

/** One proven way to a browser. */
export interface BrowserPath {
  readonly address: string;
  readonly port: number;
  readonly peer: BrowserPeer;
  /** When authentic media last came this way; monotonic. */
  heardAtMs: number | undefined;
  send(packet: Uint8Array, length: number): void;
}

export interface BrowserPeer {
  /** A check that names this peer; true if it proved its sender, whose address then becomes a path. */
  takeCheck(packet: Buffer, message: StunMessage, from: dgram.RemoteInfo, reply: (packet: Uint8Array) => void): boolean;
  /** The path of a proven check, before the next packet. */
  pathProven(path: BrowserPath, message: StunMessage): void;
  takeDtls(datagram: Buffer, path: BrowserPath): void;
  takeRtp(packet: Buffer, path: BrowserPath): void;
  takeRtcp(packet: Buffer, path: BrowserPath): void;
  /** A bug of ours met in one of the above: the peer's session ends, the port goes on. */
  failed(cause: unknown): void;
}

export interface BrowserPort {
  readonly port: number;
  register(ufrag: string, peer: BrowserPeer): void;
  unregister(ufrag: string): void;
  /** Forgets every path of a peer. */
  forget(peer: BrowserPeer): void;
  close(): Promise<void>;
}

const MOST_PATHS_A_PEER = 16;
const BUFFER_OCTETS = 4 * 1024 * 1024;

/** Throws what the operating system says if an address cannot be bound. With port 0 the system chooses one for all addresses. */
export async function openBrowserPort(bindAddresses: readonly string[], wantedPort: number): Promise<BrowserPort> {
  const peers = new Map<string, BrowserPeer>();
  const pathsByAddress = new Map<string, Map<number, BrowserPath>>();
  const pathsByPeer = new Map<BrowserPeer, Set<BrowserPath>>();
  const sockets: dgram.Socket[] = [];

  const findPath = (address: string, port: number): BrowserPath | undefined => pathsByAddress.get(address)?.get(port);

  const dropPath = (path: BrowserPath): void => {
    const ports = pathsByAddress.get(path.address);
    if (ports?.get(path.port) === path) ports.delete(path.port);
    if (ports?.size === 0) pathsByAddress.delete(path.address);
    pathsByPeer.get(path.peer)?.delete(path);
  };

  const addPath = (socket: dgram.Socket, peer: BrowserPeer, from: dgram.RemoteInfo): BrowserPath => {
    const before = findPath(from.address, from.port);
    if (before?.peer === peer) return before;
    if (before !== undefined) dropPath(before);
    const path: BrowserPath = {
      address: from.address,
      port: from.port,
      peer,
      heardAtMs: undefined,
      send: (packet, length) => socket.send(packet, 0, length, from.port, from.address),
    };
    const own = pathsByPeer.get(peer) ?? new Set();
    pathsByPeer.set(peer, own);
    if (own.size >= MOST_PATHS_A_PEER) dropPath(own.values().next().value!);
    own.add(path);
    const ports = pathsByAddress.get(from.address) ?? new Map<number, BrowserPath>();
    pathsByAddress.set(from.address, ports);
    ports.set(from.port, path);
    return path;
  };

  const takeStun = (socket: dgram.Socket, packet: Buffer, from: dgram.RemoteInfo): void => {
    const message = readStun(packet);
    if (message === undefined) return;
    const peer = peers.get(localUfragOf(message) ?? '');
    if (peer === undefined) return;
    const isProven = peer.takeCheck(packet, message, from, (reply) => socket.send(reply, 0, reply.length, from.port, from.address));
    if (isProven) peer.pathProven(addPath(socket, peer, from), message);
  };

  const takePacket = (socket: dgram.Socket, packet: Buffer, from: dgram.RemoteInfo): void => {
    if (packet.length < 2) return;
    const first = packet[0]!;
    if (first < 4) {
      takeStun(socket, packet, from);
      return;
    }
    const path = findPath(from.address, from.port);
    if (path === undefined) return;
    try {
      if (first >= 128 && first < 192) {
        if (isRtcp(packet)) path.peer.takeRtcp(packet, path);
        else path.peer.takeRtp(packet, path);
      } else if (first >= 20 && first < 64) {
        path.peer.takeDtls(packet, path);
      }
    } catch (cause) {
      path.peer.failed(cause);
    }
  };

  let port = wantedPort;
  for (const address of bindAddresses) {
    const isIpv6 = address.includes(':');
    const socket = dgram.createSocket({ type: isIpv6 ? 'udp6' : 'udp4', ipv6Only: isIpv6, recvBufferSize: BUFFER_OCTETS, sendBufferSize: BUFFER_OCTETS, lookup: literalLookup });
    try {
      await new Promise<void>((resolve, reject) => {
        socket.once('error', reject);
        socket.bind(port, address, () => {
          socket.off('error', reject);
          resolve();
        });
      });
    } catch (cause) {
      socket.close();
      for (const open of sockets) open.close();
      throw cause;
    }
    // ICMP errors of browsers that went away concern nobody else.
    socket.on('error', () => {});
    socket.on('message', (packet, from) => takePacket(socket, packet, from));
    port = socket.address().port;
    sockets.push(socket);
  }

  return {
    port,
    register: (ufrag, peer) => void peers.set(ufrag, peer),
    unregister: (ufrag) => void peers.delete(ufrag),
    forget(peer) {
      for (const path of pathsByPeer.get(peer) ?? []) dropPath(path);
      pathsByPeer.delete(peer);
    },
    async close() {
      await Promise.all(sockets.map((socket) => new Promise<void>((resolve) => socket.close(() => resolve()))));
    },
  };
}
