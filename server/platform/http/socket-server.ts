/** WebSockets: who may open one, and the limits each lives under. What is said on them is the feature's that admits them. */
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Log } from '../logging/log.ts';
import { bareAnswer } from './security-headers.ts';

export interface SocketRoute {
  /** The one path; anything else is refused. */
  readonly path: string;
  /** The sub-protocol we speak; the client must offer it. */
  readonly protocol: string;
  /**
   * Decides by the other sub-protocols offered (a browser can send a ticket nowhere else). Resolves to what serves the socket, or to undefined
   * to refuse. `serve` is called in the same turn as the handshake's end: listeners it sets miss no message.
   */
  admit(offered: readonly string[]): Promise<((socket: WebSocket) => void) | undefined>;
}

/** A session description is at most 32 kB, doubled by JSON's escapes. */
const LARGEST_MESSAGE_BYTES = 72 * 1024;

export function serveSockets(server: Server, route: SocketRoute, { log, isOriginAllowed }: { log: Log; isOriginAllowed: (request: IncomingMessage) => boolean }): { close(): void } {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: LARGEST_MESSAGE_BYTES, perMessageDeflate: false, clientTracking: true, handleProtocols: () => route.protocol });
  let isClosing = false;

  const upgrade = async (request: IncomingMessage, stream: Duplex, head: Buffer): Promise<void> => {
    if (isClosing) return refuse(stream, 503);
    if (request.url?.split('?')[0] !== route.path) return refuse(stream, 404);
    if (!isOriginAllowed(request)) return refuse(stream, 403);
    const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((word) => word.trim());
    if (!offered.includes(route.protocol)) return refuse(stream, 400);
    const serve = await route.admit(offered.filter((word) => word !== route.protocol));
    if (serve === undefined) return refuse(stream, 401);
    if (isClosing || stream.destroyed) return refuse(stream, 503);
    sockets.handleUpgrade(request, stream, head, (socket) => {
      // A broken frame or a reset ends this socket; unheard, the event would end the process.
      socket.on('error', () => socket.terminate());
      serve(socket);
    });
  };

  server.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    stream.on('error', () => stream.destroy());
    upgrade(request, stream, head).catch((cause: unknown) => {
      log.error('socket-upgrade-failed', cause);
      refuse(stream, 500);
    });
  });

  return {
    close() {
      isClosing = true;
      for (const socket of sockets.clients) socket.close(1001);
      // A peer that does not close in its turn would hold the server open.
      setTimeout(() => sockets.clients.forEach((socket) => socket.terminate()), 1_000).unref();
      sockets.close();
    },
  };
}

const REASONS = { 400: 'Bad Request', 401: 'Unauthorized', 403: 'Forbidden', 404: 'Not Found', 500: 'Internal Server Error', 503: 'Service Unavailable' } as const;

function refuse(stream: Duplex, status: keyof typeof REASONS): void {
  if (stream.destroyed) return;
  stream.end(bareAnswer(`${status} ${REASONS[status]}`));
}
