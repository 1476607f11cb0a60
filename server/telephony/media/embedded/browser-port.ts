/**
 * The one port that all browsers share, on IPv4 and where asked on IPv6, over UDP and, where that is blocked, TCP. Tells their packets apart: by first octet
 * (RFC 7983), a peer's first check by its ufrag, everything after by the source address that a check proved. Answers
 * nobody it does not know.
 */
import type dgram from 'node:dgram';
import { closeSocket, openSocket } from '../rtp/open-socket.ts';
import { isRtcp } from '../rtp/rtp-codec.ts';
import { readStun, type StunMessage, type TransportAddress } from '../ice/stun-codec.ts';
import { localUfragOf } from '../ice/ice-lite-policy.ts';
import { openTcpPort, type TcpOrigin, type TcpPort } from './browser-tcp-port.ts';

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
  takeCheck(packet: Buffer, message: StunMessage, from: TransportAddress, reply: (packet: Uint8Array) => void): boolean;
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
  /** Whether TCP listens there too, on every address. */
  readonly hasTcp: boolean;
  register(ufrag: string, peer: BrowserPeer): void;
  unregister(ufrag: string): void;
  /** Forgets every path of a peer. */
  forget(peer: BrowserPeer): void;
  close(): Promise<void>;
}

const MOST_PATHS_A_PEER = 16;
const BUFFER_OCTETS = 4 * 1024 * 1024;
/**
 * The kernel shares browsers out among this many sockets of the one port, by their addresses. Node reads at most 32 packets of a socket
 * before it looks at the next, which is a telephone's: with a single one for all browsers, they would wait while telephones are served, and
 * be lost from some three hundred calls on (docs/decisions/0008). Each also has a buffer of its own, which a stock Linux keeps small.
 */
const SOCKETS_A_PORT = process.platform === 'linux' ? 8 : 1;

async function openShared(address: string, wantedPort: number): Promise<dgram.Socket[]> {
  const options = { ipv6Only: address.includes(':'), recvBufferSize: BUFFER_OCTETS, sendBufferSize: BUFFER_OCTETS };
  const alone = await openSocket(address, wantedPort, options);
  if (SOCKETS_A_PORT === 1) return [alone];
  // Alone first: sockets that share would also share with those of a second server of ours, and take its calls.
  const { port } = alone.address();
  await closeSocket(alone);
  const shared: dgram.Socket[] = [];
  try {
    while (shared.length < SOCKETS_A_PORT) shared.push(await openSocket(address, port, { ...options, reusePort: true }));
    return shared;
  } catch (cause) {
    for (const socket of shared) socket.close();
    throw cause;
  }
}

/** Throws what the operating system says if an address cannot be bound. With port 0 the system chooses one for all addresses. */
export async function openBrowserPort(bindAddresses: readonly string[], wantedPort: number): Promise<BrowserPort> {
  const peers = new Map<string, BrowserPeer>();
  /** By port first: a number is found sooner than an address, which is a new string with every packet. */
  const pathsByPort = new Map<number, BrowserPath[]>();
  const pathsByPeer = new Map<BrowserPeer, Set<BrowserPath>>();
  const pathsByConnection = new Map<TcpOrigin, BrowserPath>();
  const sockets: dgram.Socket[] = [];
  const tcpPorts: TcpPort[] = [];

  const findPath = (address: string, port: number): BrowserPath | undefined => {
    const paths = pathsByPort.get(port);
    if (paths !== undefined) for (const path of paths) if (path.address === address) return path;
    return undefined;
  };

  const dropPath = (path: BrowserPath): void => {
    const others = pathsByPort.get(path.port)?.filter((known) => known !== path) ?? [];
    if (others.length > 0) pathsByPort.set(path.port, others);
    else pathsByPort.delete(path.port);
    for (const [origin, known] of pathsByConnection) if (known === path) pathsByConnection.delete(origin);
    pathsByPeer.get(path.peer)?.delete(path);
  };

  const newPath = (peer: BrowserPeer, from: TransportAddress, send: BrowserPath['send']): BrowserPath => {
    const path: BrowserPath = { address: from.address, port: from.port, peer, heardAtMs: undefined, send };
    const own = pathsByPeer.get(peer) ?? new Set();
    pathsByPeer.set(peer, own);
    if (own.size >= MOST_PATHS_A_PEER) dropPath(own.values().next().value!);
    own.add(path);
    return path;
  };

  const addUdpPath = (socket: dgram.Socket, peer: BrowserPeer, from: dgram.RemoteInfo): BrowserPath => {
    const before = findPath(from.address, from.port);
    if (before?.peer === peer) return before;
    if (before !== undefined) dropPath(before);
    const path = newPath(peer, from, (packet, length) => socket.send(packet, 0, length, from.port, from.address));
    pathsByPort.set(from.port, [...(pathsByPort.get(from.port) ?? []), path]);
    return path;
  };

  const addTcpPath = (origin: TcpOrigin, peer: BrowserPeer): BrowserPath => {
    const before = pathsByConnection.get(origin);
    if (before?.peer === peer) return before;
    if (before !== undefined) dropPath(before);
    const path = newPath(peer, origin, (packet, length) => origin.send(packet, length));
    pathsByConnection.set(origin, path);
    origin.keep();
    return path;
  };

  const takeStun = (packet: Buffer, from: TransportAddress, reply: (packet: Uint8Array) => void, addPath: (peer: BrowserPeer) => BrowserPath): void => {
    const message = readStun(packet);
    if (message === undefined) return;
    const peer = peers.get(localUfragOf(message) ?? '');
    if (peer?.takeCheck(packet, message, from, reply) === true) peer.pathProven(addPath(peer), message);
  };

  const takeDatagram = (socket: dgram.Socket, packet: Buffer, from: dgram.RemoteInfo): void => {
    if (packet.length < 2) return;
    if (packet[0]! >= 4) {
      const path = findPath(from.address, from.port);
      if (path !== undefined) takePacket(packet, path);
      return;
    }
    takeStun(packet, from, (reply) => socket.send(reply, 0, reply.length, from.port, from.address), (peer) => addUdpPath(socket, peer, from));
  };

  const takeFrame = (packet: Buffer, origin: TcpOrigin): void => {
    if (packet.length < 2) return;
    if (packet[0]! >= 4) {
      const path = pathsByConnection.get(origin);
      if (path !== undefined) takePacket(packet, path);
      return;
    }
    takeStun(packet, origin, (reply) => origin.send(reply, reply.length), (peer) => addTcpPath(origin, peer));
  };

  const closeConnection = (origin: TcpOrigin): void => {
    const path = pathsByConnection.get(origin);
    if (path !== undefined) dropPath(path);
  };

  /** From a proven path: never a check. */
  const takePacket = (packet: Buffer, path: BrowserPath): void => {
    const first = packet[0]!;
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
    try {
      for (const socket of await openShared(address, port)) {
        socket.on('message', (packet, from) => takeDatagram(socket, packet, from));
        port = socket.address().port;
        sockets.push(socket);
      }
    } catch (cause) {
      for (const open of sockets) open.close();
      throw cause;
    }
    const tcp = await openTcpPort(address, port, takeFrame, closeConnection);
    if (tcp !== undefined) tcpPorts.push(tcp);
  }

  return {
    port,
    hasTcp: tcpPorts.length === bindAddresses.length,
    register: (ufrag, peer) => void peers.set(ufrag, peer),
    unregister: (ufrag) => void peers.delete(ufrag),
    forget(peer) {
      for (const path of pathsByPeer.get(peer) ?? []) dropPath(path);
      pathsByPeer.delete(peer);
    },
    async close() {
      await Promise.all(tcpPorts.map((tcp) => tcp.close()));
      await Promise.all(sockets.map(closeSocket));
    },
  };
}
