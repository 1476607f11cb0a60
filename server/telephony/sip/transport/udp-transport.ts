/** One UDP socket for every peer: datagrams in, datagrams out. Drops strangers before a byte of theirs is looked at. */
import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import type { Log } from '#server/platform/logging/log.ts';
import type { Endpoint, Flow } from './flow.ts';

export interface UdpTransportOptions {
  host: string;
  /** 0 picks a free port. */
  port: number;
  log: Log;
  /** What our Via says towards this peer. */
  advertisedHost(remoteAddress: string): string;
  acceptsSource(address: string): boolean;
  onDatagram(text: string, flow: Flow): void;
  /** Told of each datagram that leaves. */
  onSent?: ((text: string, transport: 'udp') => void) | undefined;
}

export interface UdpTransport {
  readonly port: number;
  flowTo(remote: Endpoint): Flow;
  close(): void;
}

/** A burst of a second at full load waits in the kernel rather than being lost; the kernel caps what it grants. */
const RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024;

export async function openUdpTransport(options: UdpTransportOptions): Promise<UdpTransport> {
  const isV6 = options.host.includes(':');
  // Only literal addresses come here: the resolver is bypassed, which saves a turn of the loop for each datagram.
  const socket = createSocket({ type: isV6 ? 'udp6' : 'udp4', lookup: (host, _options, done) => done(null, host, isV6 ? 6 : 4) });
  await bind(socket, options.host, options.port);
  try {
    socket.setRecvBufferSize(RECEIVE_BUFFER_BYTES);
    // Linux counts its own bookkeeping, and says twice what was asked for.
    const granted = socket.getRecvBufferSize() / 2;
    if (granted < RECEIVE_BUFFER_BYTES) options.log.info('udp-receive-buffer-small', { bytes: granted, wanted: RECEIVE_BUFFER_BYTES });
  } catch {
    options.log.debug('udp-receive-buffer-kept');
  }
  const port = socket.address().port;
  let isClosed = false;
  socket.on('error', (error) => options.log.error('udp-socket-failed', error));

  const flowTo = (remote: Endpoint): Flow => ({
    transport: 'udp',
    isReliable: false,
    remote,
    local: { host: options.advertisedHost(remote.address), port },
    isOpen: () => !isClosed,
    towards: (otherPort) => (otherPort === remote.port ? flowTo(remote) : flowTo({ address: remote.address, port: otherPort })),
    send(text, onError) {
      if (isClosed) return onError();
      options.onSent?.(text, 'udp');
      socket.send(Buffer.from(text, 'latin1'), remote.port, remote.address, (error) => {
        if (error !== null) onError();
      });
    },
  });

  socket.on('message', (data, from) => {
    if (!options.acceptsSource(from.address)) return;
    // RFC 5626 3.5.1 answers CRLF pings on streams only; over UDP blank datagrams merely keep a NAT's door open.
    if (data.length < 16) return;
    options.onDatagram(data.toString('latin1'), flowTo({ address: from.address, port: from.port }));
  });

  return {
    port,
    flowTo,
    close() {
      if (isClosed) return;
      isClosed = true;
      socket.close();
    },
  };
}

function bind(socket: Socket, address: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.bind({ address, port }, () => {
      socket.off('error', reject);
      resolve();
    });
  });
}
