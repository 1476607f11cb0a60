/** A network without sockets for two or more agents: it loses, doubles, delays and so reorders datagrams by a seeded draw, on a clock that tests own. */
import type { Clock } from '#server/platform/clock/clock.ts';
import { parseMessage } from '../messages/parse-message-codec.ts';
import type { Flow } from '../transport/flow.ts';
import type { TransportLayer, TransportLayerOptions } from '../transport/transport-layer.ts';

export interface NetworkFaults {
  lossShare: number;
  doubleShare: number;
  /** Each datagram takes 1 ms and up to this much more. */
  delaySpreadMs: number;
  /** 0 <= n < 1. */
  draw(): number;
}

export interface SimulatedNetwork {
  /** For `UserAgentOptions.openTransports`. */
  open(options: TransportLayerOptions): Promise<TransportLayer>;
  /** From now on. */
  setFaults(faults: NetworkFaults): void;
}

export function createSimulatedNetwork(clock: Clock, initial: NetworkFaults): SimulatedNetwork {
  const receivers = new Map<number, (text: string, fromPort: number) => void>();
  let faults = initial;
  let nextPort = 10_000;

  const carry = (text: string, fromPort: number, toPort: number): void => {
    const copies = faults.draw() < faults.lossShare ? 0 : faults.draw() < faults.doubleShare ? 2 : 1;
    for (let i = 0; i < copies; i++) clock.after(1 + Math.floor(faults.draw() * faults.delaySpreadMs), () => receivers.get(toPort)?.(text, fromPort));
  };

  return {
    setFaults(next) {
      faults = next;
    },
    async open(options) {
      const port = nextPort++;
      const counts = { received: 0, unreadable: 0 };
      const flowTo = (remotePort: number): Flow => ({
        transport: 'udp', isReliable: false, remote: { address: '192.0.2.1', port: remotePort }, local: { host: '192.0.2.1', port },
        isOpen: () => true,
        send: (text) => carry(text, port, remotePort),
        towards: (otherPort) => flowTo(otherPort),
      });
      receivers.set(port, (text, fromPort) => {
        counts.received++;
        const message = parseMessage(text);
        if (message.kind !== 'malformed') options.onMessage(message, flowTo(fromPort));
      });
      return {
        open: async (target) => flowTo(target.port),
        port: () => port,
        counts: () => counts,
        close: () => void receivers.delete(port),
      };
    },
  };
}
