/**
 * One TLS port for two protocols: pages, and a TURN server that stands behind us, for networks that let nothing out but TCP 443. Tells them
 * apart by the first decrypted octet and passes bytes on; understands neither.
 */
import { connect } from 'node:net';
import type { Server } from 'node:https';
import type { TLSSocket } from 'node:tls';

export interface TurnBackend {
  readonly host: string;
  readonly port: number;
}

/** A connection that has not said a word by then is nobody's. */
const FIRST_WORD_WITHIN_MS = 10_000;
/** RFC 8489 5: the two highest bits of a STUN message are zero. A method of HTTP begins with a letter, which is 0x41 and above. */
const HIGHEST_STUN_OCTET = 0x3f;

/** Call before the server listens. What is not TURN goes on to the server as if nobody had looked. */
export function shareWithTurn(server: Server, backend: TurnBackend): void {
  const listeners = server.listeners('secureConnection') as ((socket: TLSSocket) => void)[];
  server.removeAllListeners('secureConnection');
  server.on('secureConnection', (socket: TLSSocket) => {
    const giveUp = (): void => void socket.destroy();
    const deadline = setTimeout(giveUp, FIRST_WORD_WITHIN_MS);
    const settle = (): void => {
      clearTimeout(deadline);
      socket.off('error', giveUp);
      socket.off('close', settle);
    };
    socket.on('error', giveUp);
    socket.on('close', settle);
    socket.once('readable', () => {
      const first = socket.read() as Buffer | null;
      settle();
      if (first === null) return void socket.destroy();
      socket.unshift(first);
      if (first[0]! > HIGHEST_STUN_OCTET) for (const listener of listeners) listener.call(server, socket);
      else pass(socket, backend);
    });
  });
}

/** Half a connection is none for TURN: when either side goes, both do. */
function pass(socket: TLSSocket, { host, port }: TurnBackend): void {
  const behind = connect({ host, port, noDelay: true });
  socket.setNoDelay(true);
  const end = (): void => {
    socket.destroy();
    behind.destroy();
  };
  for (const side of [socket, behind]) side.on('error', end).on('close', end);
  socket.pipe(behind);
  behind.pipe(socket);
}
