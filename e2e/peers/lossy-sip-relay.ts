/** A UDP relay between two peers which loses, doubles and reorders datagrams by a seed: the same seed loses the same ones. */
import { createSocket } from 'node:dgram';
import type { RemoteInfo } from 'node:dgram';

export interface LossyRelay {
  readonly port: number;
  /** Towards whom: 127.0.0.1 and this port. Until then everything is lost. */
  aimAt(port: number): void;
  counts(): { passed: number; lost: number };
  close(): void;
}

export interface LossyRelayOptions {
  /** 0..1, each way. */
  lossShare: number;
  /** 0..1 of datagrams are held back for up to 30 ms, so that later ones pass them. */
  reorderShare?: number;
  seed: number;
}

/** Each client gets a socket of its own towards the target, so that answers find their way back. */
export async function startLossyRelay(options: LossyRelayOptions): Promise<LossyRelay> {
  const draw = seeded(options.seed);
  const counted = { passed: 0, lost: 0 };
  const timers = new Set<NodeJS.Timeout>();
  const pass = (send: () => void): void => {
    if (draw() < options.lossShare) {
      counted.lost++;
      return;
    }
    counted.passed++;
    if (draw() >= (options.reorderShare ?? 0)) return send();
    const timer = setTimeout(() => {
      timers.delete(timer);
      send();
    }, 1 + draw() * 29);
    timers.add(timer);
  };
  const front = createSocket('udp4');
  const backs = new Map<string, ReturnType<typeof createSocket>>();
  let isClosed = false;
  let targetPort = 0;
  const backFor = (client: RemoteInfo): ReturnType<typeof createSocket> => {
    const key = `${client.address}:${client.port}`;
    const known = backs.get(key);
    if (known !== undefined) return known;
    const back = createSocket('udp4');
    back.on('message', (data) => pass(() => !isClosed && front.send(data, client.port, client.address)));
    back.bind(0, '127.0.0.1');
    backs.set(key, back);
    return back;
  };
  front.on('message', (data, client) => {
    const back = backFor(client);
    pass(() => !isClosed && targetPort > 0 && back.send(data, targetPort, '127.0.0.1'));
  });
  await new Promise<void>((resolve) => front.bind(0, '127.0.0.1', resolve));
  return {
    port: front.address().port,
    aimAt(port) {
      targetPort = port;
    },
    counts: () => ({ ...counted }),
    close() {
      isClosed = true;
      for (const timer of timers) clearTimeout(timer);
      front.close();
      for (const back of backs.values()) back.close();
    },
  };
}

/** mulberry32: small, seeded, good enough to lose packets by. */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
