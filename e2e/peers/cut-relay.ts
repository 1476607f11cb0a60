/** A TCP relay between two peers whose connections can be cut as a firewall does that has forgotten them. Reads nothing of what passes but the octets themselves. */
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

export interface CutRelay {
  readonly port: number;
  /** What came back from the far side, of all connections together. */
  heard(): string;
  /** Ends every connection that is there now; new ones are taken. */
  cut(): void;
  close(): Promise<void>;
}

export async function startCutRelay(farPort: number): Promise<CutRelay> {
  const sockets = new Set<Socket>();
  let heard = '';
  const server = createServer((near) => {
    const far = connect(farPort, '127.0.0.1');
    for (const [socket, other] of [[near, far], [far, near]] as const) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
      socket.pipe(other);
    }
    far.on('data', (octets: Buffer) => {
      heard += octets.toString('latin1');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    heard: () => heard,
    cut,
    async close() {
      server.close();
      cut();
      await once(server, 'close');
    },
  };
}
