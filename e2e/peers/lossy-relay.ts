/** A UDP relay that loses packets, the same ones for the same seed: the network between a browser and the server, at its worst. */
import dgram from 'node:dgram';

export interface LossyRelay {
  readonly port: number;
  close(): void;
}

/** `lossShare` is of each direction. */
export async function startLossyRelay(serverPort: number, lossShare: number, seed: number): Promise<LossyRelay> {
  let state = seed;
  const isLost = (): boolean => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32 < lossShare;
  };
  const outside = dgram.createSocket('udp4');
  const inside = new Map<number, dgram.Socket>();
  outside.on('message', (packet, from) => {
    let through = inside.get(from.port);
    if (through === undefined) {
      through = dgram.createSocket('udp4');
      through.on('message', (answer) => {
        if (!isLost()) outside.send(answer, from.port, from.address);
      });
      inside.set(from.port, through);
    }
    if (!isLost()) through.send(packet, serverPort, '127.0.0.1');
  });
  await new Promise<void>((resolve) => void outside.bind(0, '127.0.0.1', resolve));
  return {
    port: outside.address().port,
    close() {
      outside.close();
      for (const socket of inside.values()) socket.close();
    },
  };
}
