/** TCP and TLS: connections made and taken, reused by address, cut into messages. Closes what cannot be followed, is too slow, or comes from strangers. */
import { createServer as createTcpServer, connect as connectTcp } from 'node:net';
import type { Server, Socket } from 'node:net';
import { connect as connectTls, createServer as createTlsServer } from 'node:tls';
import type { PeerCertificate, TLSSocket } from 'node:tls';
import type { Clock, Timer } from '#server/platform/clock/clock.ts';
import type { Log } from '#server/platform/logging/log.ts';
import type { Endpoint, Flow } from './flow.ts';
import { EMPTY_STREAM, feedStream } from './stream-framing-codec.ts';
import { KEEP_ALIVE_AFTER_MS, STREAM_LIMITS } from './stream-limits.ts';
import type { StreamLimits } from './stream-limits.ts';
import { speaksFor } from './tls-identity-policy.ts';

export interface TlsServerSettings {
  /** PEM. */
  key: string | Buffer;
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
  key?: Buffer | undefined;
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
  /** False for what is no SIP: a stream out of step never finds it again, and is closed. */
  onMessage(text: string, flow: Flow): boolean;
  onClosed(flow: Flow): void;
  /** Told of each message that leaves. */
  onSent?: ((text: string, transport: 'tcp' | 'tls') => void) | undefined;
  /** STREAM_LIMITS where undefined. */
  limits?: StreamLimits | undefined;
}

export interface StreamTransport {
  /** Where others reach us; undefined where nothing listens. */
  readonly port: number | undefined;
  /** An open connection to the peer, an old one or a new. Rejects when none can be had. */
  open(remote: Endpoint, tls: TlsClientSettings | undefined): Promise<Flow>;
  connectionCount(): number;
  close(): void;
}

export async function openStreamTransport(options: StreamTransportOptions): Promise<StreamTransport> {
  const { kind, log, clock, limits = STREAM_LIMITS } = options;
  const connections = new Map<Socket, Flow>();
  /** How many connections each address has made to us. */
  const taken = new Map<string, number>();
  const reusable = new Map<string, Promise<Flow>>();

  const adopt = (socket: Socket, reuseKey: string, listeningPort: number | undefined): Flow => {
    const remote: Endpoint = { address: plainAddress(socket.remoteAddress ?? ''), port: socket.remotePort ?? 0 };
    let framing = EMPTY_STREAM;
    let failureCode: string | undefined;
    let slowness: Timer | undefined;
    let unused: Timer | undefined = clock.after(limits.unusedTimeoutMs, () => socket.destroy());
    const flow: Flow = {
      transport: kind,
      isReliable: true,
      remote,
      // Where nothing listens, the connection itself is the only way back to us.
      local: { host: options.advertisedHost(remote.address), port: listeningPort ?? socket.localPort ?? 0 },
      isOpen: () => connections.has(socket) && socket.writable,
      failure: () => failureCode,
      towards: () => flow,
      send(text, onError) {
        if (!connections.has(socket) || !socket.writable) return onError();
        if (socket.writableLength > limits.unsentBytes) {
          socket.destroy();
          return onError();
        }
        unused?.cancel();
        unused = undefined;
        options.onSent?.(text, kind);
        socket.write(text, 'latin1', (error) => {
          if (error !== null && error !== undefined) onError();
        });
      },
    };
    connections.set(socket, flow);
    reusable.set(reuseKey, Promise.resolve(flow));
    socket.setNoDelay(true);
    socket.setKeepAlive(true, KEEP_ALIVE_AFTER_MS);
    socket.setEncoding('latin1');
    socket.on('data', (chunk) => {
      const step = feedStream(framing, String(chunk));
      framing = step.state;
      // One answer tells as much as a hundred; who asks a hundred times at once may not read any.
      if (step.pings > 0 && socket.writableLength < limits.unsentBytes) socket.write('\r\n', 'latin1');
      let failure: string | undefined = step.failure;
      for (const message of step.messages) {
        if (socket.destroyed) return;
        if (!options.onMessage(message, flow)) failure = 'not-sip';
        else {
          unused?.cancel();
          unused = undefined;
        }
      }
      if (failure !== undefined) {
        log.warn('sip-stream-unreadable', { transport: kind, reason: failure });
        socket.destroy();
        return;
      }
      if (step.messages.length > 0 || framing.buffered === '') {
        slowness?.cancel();
        slowness = undefined;
      }
      if (framing.buffered !== '' && slowness === undefined) slowness = clock.after(limits.messageTimeoutMs, () => socket.destroy());
    });
    socket.on('error', (error: Error & { code?: string }) => {
      failureCode ??= error.code;
      socket.destroy();
    });
    socket.on('close', () => {
      slowness?.cancel();
      unused?.cancel();
      connections.delete(socket);
      reusable.delete(reuseKey);
      options.onClosed(flow);
    });
    return flow;
  };

  const onConnection = (socket: Socket): void => {
    const address = plainAddress(socket.remoteAddress ?? '');
    const before = taken.get(address) ?? 0;
    if (!options.acceptsSource(address) || connections.size >= limits.connections || before >= limits.connectionsPerSource) {
      socket.destroy();
      return;
    }
    taken.set(address, before + 1);
    socket.on('close', () => {
      const left = (taken.get(address) ?? 1) - 1;
      if (left > 0) taken.set(address, left);
      else taken.delete(address);
    });
    adopt(socket, keyOf({ address, port: socket.remotePort ?? 0 }, undefined), port);
  };

  const server = options.port === undefined ? undefined : createListener(options, limits, onConnection);
  if (server !== undefined) await listen(server, options.host, options.port ?? 0);
  const bound = server?.address();
  const port = bound !== undefined && bound !== null && typeof bound === 'object' ? bound.port : undefined;

  const connectTo = (remote: Endpoint, tls: TlsClientSettings | undefined, reuseKey: string): Promise<Flow> =>
    new Promise((resolve, reject) => {
      const socket = kind === 'tcp' ? connectTcp({ host: remote.address, port: remote.port }) : connectSecure(remote, tls);
      const deadline = clock.after(limits.connectTimeoutMs, () => fail(Object.assign(new Error('connect timed out'), { code: socket.connecting ? 'ERR_SIP_CONNECT_TIMEOUT' : 'ERR_SIP_HANDSHAKE_TIMEOUT' })));
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

function createListener(options: StreamTransportOptions, limits: StreamLimits, onConnection: (socket: Socket) => void): Server {
  if (options.kind === 'tcp') return createTcpServer({ noDelay: true }, onConnection);
  const tls = options.tls;
  if (tls === undefined) throw new Error('a TLS listener needs a key and a certificate');
  const server = createTlsServer({
    key: tls.key,
    cert: tls.cert,
    minVersion: 'TLSv1.2',
    handshakeTimeout: limits.connectTimeoutMs,
    ...(tls.clientCa === undefined ? {} : { ca: tls.clientCa, requestCert: true, rejectUnauthorized: true }),
  });
  // Handshakes that never end count as well.
  server.maxConnections = limits.connections;
  // Strangers are cut off before a handshake is paid for.
  server.on('connection', (socket: Socket) => {
    if (!options.acceptsSource(plainAddress(socket.remoteAddress ?? ''))) socket.destroy();
  });
  server.on('secureConnection', onConnection);
  // Node leaves the socket of a failed or late handshake open to whoever listens here.
  server.on('tlsClientError', (error: Error & { code?: string }, socket) => {
    options.log.debug('tls-handshake-failed', { code: error.code });
    socket.destroy();
  });
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
