/** All transports of one user agent under one roof: opens flows to targets, parses what arrives, drops what is no SIP. Knows no transaction. */
import { createSocket } from 'node:dgram';
import type { Clock } from '#server/platform/clock/clock.ts';
import type { Log } from '#server/platform/logging/log.ts';
import { topViaOf } from '../messages/message-parts.ts';
import type { SipMessage } from '../messages/message.ts';
import { parseMessage } from '../messages/parse-message-codec.ts';
import type { Endpoint, Flow, TransportKind } from './flow.ts';
import type { StreamLimits } from './stream-limits.ts';
import { openStreamTransport } from './stream-transport.ts';
import type { StreamTransport, TlsClientSettings, TlsServerSettings } from './stream-transport.ts';
import { openUdpTransport } from './udp-transport.ts';

export interface ListenSettings {
  /** An address of this machine, or 0.0.0.0 or :: for all of them. */
  host: string;
  /** What Via and Contact say instead, where a NAT stands between. Found by the routing table where undefined. */
  advertisedHost?: string | undefined;
  /** 0 picks a free port; undefined leaves the transport out. Outgoing TCP and TLS need no port. */
  udpPort?: number | undefined;
  tcpPort?: number | undefined;
  tlsPort?: number | undefined;
  tls?: TlsServerSettings | undefined;
  streamLimits?: StreamLimits | undefined;
}

export interface Target extends Endpoint {
  transport: TransportKind;
  tls?: TlsClientSettings | undefined;
}

export interface TransportLayerOptions {
  listen: ListenSettings;
  clock: Clock;
  log: Log;
  acceptsSource(address: string, transport: TransportKind): boolean;
  onMessage(message: SipMessage, flow: Flow): void;
  onFlowClosed(flow: Flow): void;
  /** Sees each message as it passes, for whoever looks for a fault. Undefined costs nothing. */
  tap?: MessageTap | undefined;
}

export type MessageTap = (direction: 'to-trunk' | 'from-trunk', transport: TransportKind, text: string) => void;

export interface TransportLayer {
  /** Rejects when the target cannot be reached; UDP never does here. */
  open(target: Target): Promise<Flow>;
  /** Where others reach us; undefined for a transport that does not listen. */
  port(transport: TransportKind): number | undefined;
  counts(): TransportCounts;
  close(): void;
}

export interface TransportCounts {
  received: number;
  /** From allowed sources, but no SIP. */
  unreadable: number;
}

const LARGEST_DATAGRAM = 65_535;

export async function openTransportLayer(options: TransportLayerOptions): Promise<TransportLayer> {
  const { listen, clock, log } = options;
  const isWildcard = listen.host === '0.0.0.0' || listen.host === '::';
  const routed = new Map<string, string>();
  const counts: TransportCounts = { received: 0, unreadable: 0 };
  const advertisedHost = (remote: string): string => listen.advertisedHost ?? (isWildcard ? (routed.get(remote) ?? listen.host) : listen.host);

  const { tap } = options;
  const onSent = tap === undefined ? undefined : (text: string, transport: TransportKind): void => tap('to-trunk', transport, text);
  const receive = (text: string, flow: Flow): boolean => {
    counts.received++;
    tap?.('from-trunk', flow.transport, text);
    const message = text.length > LARGEST_DATAGRAM * 2 ? undefined : parseMessage(text);
    // Words that happen to have three parts are no message: without a Via there is nobody to answer, and a stream is out of step.
    if (message === undefined || message.kind === 'malformed' || topViaOf(message) === undefined) {
      counts.unreadable++;
      return false;
    }
    try {
      options.onMessage(message, flow);
    } catch (error) {
      // A bug, or an attack on one, ends this message and not the process.
      log.error('sip-message-failed', error);
    }
    return true;
  };

  const udp =
    listen.udpPort === undefined
      ? undefined
      : await openUdpTransport({
          host: listen.host, port: listen.udpPort, log, advertisedHost, onSent,
          acceptsSource: (address) => options.acceptsSource(address, 'udp'),
          onDatagram(text, flow) {
            // An answer leaves at once, so the address it names must be known: a stranger to the routing table gets it from there first.
            if (isWildcard && listen.advertisedHost === undefined && !routed.has(flow.remote.address)) {
              void learnRoute(flow.remote).then(() => receive(text, flow.towards(flow.remote.port)));
            } else receive(text, flow);
          },
        });
  const streams = new Map<TransportKind, StreamTransport>();
  const openStream = async (kind: 'tcp' | 'tls', port: number | undefined): Promise<void> => {
    const stream = await openStreamTransport({
      kind, host: listen.host, port, tls: listen.tls, clock, log, advertisedHost, onSent, limits: listen.streamLimits,
      acceptsSource: (address) => options.acceptsSource(address, kind),
      onMessage: receive,
      onClosed: (flow) => options.onFlowClosed(flow),
    });
    streams.set(kind, stream);
  };
  try {
    await openStream('tcp', listen.tcpPort);
    await openStream('tls', listen.tlsPort);
  } catch (error) {
    udp?.close();
    for (const stream of streams.values()) stream.close();
    throw error;
  }

  const learnRoute = async (remote: Endpoint): Promise<void> => {
    if (!isWildcard || listen.advertisedHost !== undefined || routed.has(remote.address)) return;
    routed.set(remote.address, await localAddressTowards(remote));
  };

  return {
    async open(target) {
      await learnRoute(target);
      if (target.transport === 'udp') {
        if (udp === undefined) throw new Error('no UDP socket is open');
        return udp.flowTo({ address: target.address, port: target.port });
      }
      return streams.get(target.transport)!.open({ address: target.address, port: target.port }, target.tls);
    },
    port: (transport) => (transport === 'udp' ? udp?.port : streams.get(transport)?.port),
    counts: () => ({ ...counts }),
    close() {
      udp?.close();
      for (const stream of streams.values()) stream.close();
    },
  };
}

/** Asks the routing table by connecting a datagram socket, which sends nothing. */
function localAddressTowards(remote: Endpoint): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = createSocket(remote.address.includes(':') ? 'udp6' : 'udp4');
    socket.once('error', (error) => {
      socket.close();
      reject(error);
    });
    socket.connect(remote.port === 0 ? 5060 : remote.port, remote.address, () => {
      const { address } = socket.address();
      socket.close();
      resolve(address);
    });
  });
}
