/** A UDP relay that loses and delays packets, the same ones for the same seed: the network between a browser and the server, at its worst. */
import dgram from 'node:dgram';

export interface NetworkTrouble {
  /** Of each direction, 0..1. */
  lossShare: number;
  /** Packets a loss takes on average; 1 is loss at random, more is Gilbert's model. */
  burstPackets?: number;
  /** Each packet is delayed by up to this much; order is kept, as most networks keep it. */
  jitterMs?: number;
}

export interface LossyRelay {
  readonly port: number;
  /** From now on. */
  change(trouble: NetworkTrouble): void;
  close(): void;
}

interface RelayOptions {
  /** Where the browser reaches it. */
  address?: string;
}

/** The same losses for the same seed; each direction draws for itself. */
export function createLosses(seed: number): (trouble: NetworkTrouble) => boolean {
  let state = seed;
  let isBad = false;
  const draw = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  return ({ lossShare, burstPackets = 1 }) => {
    if (lossShare >= 1 || burstPackets <= 1) return draw() < lossShare;
    const leave = 1 / burstPackets;
    isBad = isBad ? draw() >= leave : draw() < (leave * lossShare) / (1 - lossShare);
    return isBad;
  };
}

/** A number for `trouble` is a share lost at random. */
export async function startLossyRelay(serverPort: number, trouble: NetworkTrouble | number, seed: number, { address = '127.0.0.1' }: RelayOptions = {}): Promise<LossyRelay> {
  let present = typeof trouble === 'number' ? { lossShare: trouble } : trouble;
  const timers = new Set<NodeJS.Timeout>();
  const createWay = (waySeed: number): ((pass: () => void) => void) => {
    const isLost = createLosses(waySeed);
    let lastDueMs = 0;
    return (pass) => {
      if (isLost(present)) return;
      const { jitterMs = 0 } = present;
      if (jitterMs === 0) {
        pass();
        return;
      }
      const nowMs = performance.now();
      lastDueMs = Math.max(lastDueMs, nowMs + Math.random() * jitterMs);
      const timer = setTimeout(() => {
        timers.delete(timer);
        pass();
      }, lastDueMs - nowMs);
      timers.add(timer);
    };
  };
  const up = createWay(seed);
  const down = createWay(seed + 1);
  const outside = dgram.createSocket('udp4');
  const inside = new Map<string, dgram.Socket>();
  let isClosed = false;
  outside.on('message', (packet, from) => {
    const key = `${from.address}:${from.port}`;
    let through = inside.get(key);
    if (through === undefined) {
      through = dgram.createSocket('udp4');
      through.on('message', (answer) => down(() => isClosed || outside.send(answer, from.port, from.address)));
      inside.set(key, through);
    }
    const to = through;
    up(() => isClosed || to.send(packet, serverPort, '127.0.0.1'));
  });
  await new Promise<void>((resolve) => void outside.bind(0, address, resolve));
  return {
    port: outside.address().port,
    change(next) {
      present = next;
    },
    close() {
      isClosed = true;
      for (const timer of timers) clearTimeout(timer);
      outside.close();
      for (const socket of inside.values()) socket.close();
    },
  };
}
