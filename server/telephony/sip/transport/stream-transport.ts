/** TCP and TLS: connections made and taken, reused by address, cut into messages. Closes what cannot be followed, is too slow, or comes from strangers. */
import { createServer as createTcpServer, connect as connectTcp } from 'node:net';
import type { Server, Socket } from 'node:net';
import { connect as connectTls, createServer as createTlsServer } from 'node:tls';
import type { PeerCertificate, TLSSocket } from 'node:tls';
import type { Clock, Timer } from '#server/platform/clock/clock.ts';
import type { Log } from '#server/platform/logging/log.ts';
import type { Endpoint, Flow } from './flow.ts';
import { EMPTY_STREAM, feedStream } from './stream-framing-codec.ts';
import { speaksFor } from './tls-identity-policy.ts';

export interface TlsServerSettings {
  /** PEM. */
  key: string;
  cert: string;
  /** PEM of the authorities whose clients are let in; undefined asks no certificate of a client. */
  clientCa?: string | undefined;
}

export interface TlsClientSettings {
  /** The name the certificate must speak for, and SNI. */
  serverName: string;
  /** PEM of the authorities to trust in place of the system's. */
  ca?: string | undefined;
  /** PEM of our own certificate, where the trunk asks for one. */
  cert?: string | undefined;
  key?: string | undefined;
}

export interface StreamTransportOptions {
  kind: 'tcp' | 'tls';
  host: string;
  /** 0 picks a free port; undefined listens not at all. */
  port: number | undefined;
  tls?: TlsServerSettings | undefined;
  clock: Clock;
  log: Log;
  advertisedHost(remoteAddress: string): string;
  acceptsSource(address: string): boolean;
  onMessage(text: string, flow: Flow): void;
  onClosed(flow: Flow): void;
}

export interface StreamTransport {
  /** Where others reach us; undefined where nothing listens. */
  readonly port: number | undefined;
  /** An open connection to the peer, an old one or a new. Rejects when none can be had. */
  open(remote: Endpoint, tls: TlsClientSettings | undefined): Promise<Flow>;
  connectionCount(): number;
  close(): void;
}

const CONNECT_TIMEOUT_MS = 5_000;
/** How long a message may take from its first octet to its last. */
const MESSAGE_TIMEOUT_MS = 10_000;
const MOST_CONNECTIONS = 512;
/** A peer that reads nothing must not fill our memory. */
const MOST_UNSENT_BYTES = 4 * 1024 * 1024;

export async function openStreamTransport(options: StreamTransportOptions): Promise<StreamTransport> {
  const { kind, log, clock } = options;
  const connections = new Map<Socket, Flow>();
  const reusable = new Map<string, Promise<Flow>>();

  const adopt = (socket: Socket, reuseKey: string, listeningPort: number | undefined): Flow => {
    const remote: Endpoint = { address: plainAddress(socket.remoteAddress ?? ''), port: socket.remotePort ?? 0 };
    let framing = EMPTY_STREAM;
    let slowness: Timer | undefined;
    const flow: Flow = {
      transport: kind,
      isReliable: true,
      remote,
      // Where nothing listens, the connection itself is the only way back to us.
      local: { host: options.advertisedHost(remote.address), port: listeningPort ?? socket.localPort ?? 0 },
      isOpen: () => connections.has(socket) && socket.writable,
      towards: () => flow,
      send(text, onError) {
        if (!connections.has(socket) || !socket.writable || socket.writableLength > MOST_UNSENT_BYTES) return onError();
        socket.write(text, 'latin1', (error) => {
          if (error !== null && error !== undefined) onError();
        });
      },
    };
    connections.set(socket, flow);
    reusable.set(reuseKey, Promise.resolve(flow));
    socket.setNoDelay(true);
    socket.setEncoding('latin1');
    socket.on('data', (chunk) => {
      const step = feedStream(framing, String(chunk));
      framing = step.state;
      for (let i = 0; i < step.pings; i++) socket.write('\r\n', 'latin1');
      for (const message of step.messages) options.onMessage(message, flow);
      if (step.failure !== undefined) {
        log.warn('sip-stream-unreadable', { transport: kind, reason: step.failure });
        socket.destroy();
        return;
      }
      if (step.messages.length > 0 || framing.buffered === '') {
        slowness?.cancel();
        slowness = undefined;
      }
      if (framing.buffered !== '' && slowness === undefined) slowness = clock.after(MESSAGE_TIMEOUT_MS, () => socket.destroy());
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      slowness?.cancel();
      connections.delete(socket);
      reusable.delete(reuseKey);
      options.onClosed(flow);
    });
    return flow;
  };

  const onConnection = (socket: Socket): void => {
    const address = plainAddress(socket.remoteAddress ?? '');
    if (!options.acceptsSource(address) || connections.size >= MOST_CONNECTIONS) {
      socket.destroy();
      return;
    }
    adopt(socket, keyOf({ address, port: socket.remotePort ?? 0 }, undefined), port);
  };

  const server = options.port === undefined ? undefined : createListener(options, onConnection);
  if (server !== undefined) await listen(server, options.host, options.port ?? 0);
  const bound = server?.address();
  const port = bound !== undefined && bound !== null && typeof bound === 'object' ? bound.port : undefined;

  const connectTo = (remote: Endpoint, tls: TlsClientSettings | undefined, reuseKey: string): Promise<Flow> =>
    new Promise((resolve, reject) => {
      const socket = kind === 'tcp' ? connectTcp({ host: remote.address, port: remote.port }) : connectSecure(remote, tls);
      const deadline = clock.after(CONNECT_TIMEOUT_MS, () => fail(new Error('connect timed out')));
      const fail = (error: Error): void => {
        deadline.cancel();
        reusable.delete(reuseKey);
        socket.destroy();
        reject(error);
      };
      socket.once('error', fail);
      socket.once(kind === 'tcp' ? 'connect' : 'secureConnect', () => {
        deadline.cancel();
        socket.off('error', fail);
        resolve(adopt(socket, reuseKey, port));
      });
    });

  return {
    port,
    open(remote, tls) {
      const key = keyOf(remote, tls);
      const existing = reusable.get(key);
      if (existing !== undefined) return existing;
      const opening = connectTo(remote, tls, key);
      reusable.set(key, opening);
      return opening;
    },
    connectionCount: () => connections.size,
    close() {
      server?.close();
      for (const socket of connections.keys()) socket.destroy();
    },
  };
}

function createListener(options: StreamTransportOptions, onConnection: (socket: Socket) => void): Server {
  if (options.kind === 'tcp') return createTcpServer({ noDelay: true }, onConnection);
  const tls = options.tls;
  if (tls === undefined) throw new Error('a TLS listener needs a key and a certificate');
  const server = createTlsServer({
    key: tls.key,
    cert: tls.cert,
    minVersion: 'TLSv1.2',
    handshakeTimeout: CONNECT_TIMEOUT_MS,
    ...(tls.clientCa === undefined ? {} : { ca: tls.clientCa, requestCert: true, rejectUnauthorized: true }),
  });
  // Strangers are cut off before a handshake is paid for.
  server.on('connection', (socket: Socket) => {
    if (!options.acceptsSource(plainAddress(socket.remoteAddress ?? ''))) socket.destroy();
  });
  server.on('secureConnection', onConnection);
  server.on('tlsClientError', (error: Error & { code?: string }) => options.log.debug('tls-handshake-failed', { code: error.code }));
  return server;
}

function connectSecure(remote: Endpoint, tls: TlsClientSettings | undefined): TLSSocket {
  const expected = tls?.serverName ?? remote.address;
  return connectTls({
    host: remote.address,
    port: remote.port,
    minVersion: 'TLSv1.2',
    // SNI carries names only (RFC 6066 3).
    ...(/^[0-9.]+$|:/.test(expected) ? {} : { servername: expected }),
    ...(tls?.ca === undefined ? {} : { ca: tls.ca }),
    ...(tls?.cert === undefined || tls.key === undefined ? {} : { cert: tls.cert, key: tls.key }),
    checkServerIdentity: (_host, certificate) =>
      speaksFor(namesIn(certificate), expected) ? undefined : Object.assign(new Error('the certificate is for another name'), { code: 'ERR_TLS_CERT_ALTNAME_INVALID' }),
  });
}

function namesIn(certificate: PeerCertificate): { alternativeNames: string[]; commonName: string | undefined } {
  const commonName: unknown = certificate.subject?.CN;
  return { alternativeNames: (certificate.subjectaltname ?? '').split(', ').filter((name) => name !== ''), commonName: typeof commonName === 'string' ? commonName : undefined };
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function keyOf(remote: Endpoint, tls: TlsClientSettings | undefined): string {
  return `${remote.address}|${remote.port}|${tls?.serverName ?? ''}`;
}

/** A dual-stack listener reports IPv4 peers as ::ffff:a.b.c.d. */
export function plainAddress(address: string): string {
  return address.startsWith('::ffff:') ? address.slice(7) : address;
}
