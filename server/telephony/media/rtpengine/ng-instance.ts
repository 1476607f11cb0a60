/** One rtpengine, as asked over UDP: repeats what got no answer, and knows from its pongs whether it is there. Knows no call. */
import { createSocket } from 'node:dgram';
import type { Clock, Timer } from '#server/platform/clock/clock.ts';
import type { RandomSource } from '#server/platform/clock/random.ts';
import type { Log } from '#server/platform/logging/log.ts';
import { readNg, textAt, writeNg, type NgDictionary } from './ng-codec.ts';

export interface NgAddress {
  readonly host: string;
  readonly port: number;
  readonly weight: number;
}

export interface NgInstance {
  readonly address: NgAddress;
  isUp(): boolean;
  /** Undefined where it did not answer in time; an answer may still say no. */
  ask(content: NgDictionary): Promise<NgDictionary | undefined>;
  /** Called each time it is found gone. */
  onDown(listener: () => void): void;
  close(): void;
}

export interface NgInstanceOptions {
  readonly address: NgAddress;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly log: Log;
}

/** On one machine or one wire: an answer takes a millisecond. rtpengine knows a repeated cookie and repeats its answer. */
const REPEAT_AFTER_MS = 250;
const MOST_TRIES = 8;
const PING_EVERY_MS = 2_000;

/** Resolves once it is known whether the instance is there. */
export async function openNgInstance({ address, clock, random, log }: NgInstanceOptions): Promise<NgInstance> {
  const socket = createSocket(address.host.includes(':') ? 'udp6' : 'udp4');
  const waiting = new Map<string, (answer: NgDictionary) => void>();
  const downListeners: (() => void)[] = [];
  const prefix = Buffer.from(random.bytes(6)).toString('base64url');
  let asked = 0;
  let isUp = false;
  let isClosed = false;
  let timer: Timer | undefined;

  socket.on('message', (datagram) => {
    const message = readNg(datagram.toString('latin1'));
    if (message === undefined) return;
    waiting.get(message.cookie)?.(message.content);
  });
  // An instance that is away answers with ICMP: the same as no answer.
  socket.on('error', () => {});
  await new Promise<void>((resolve) => socket.connect(address.port, address.host, () => resolve()));

  const ask = (content: NgDictionary): Promise<NgDictionary | undefined> =>
    new Promise((resolve) => {
      const cookie = `${prefix}${(asked += 1)}`;
      const datagram = Buffer.from(writeNg({ cookie, content }), 'latin1');
      let tries = 0;
      let repeat: Timer | undefined;
      const settle = (answer: NgDictionary | undefined): void => {
        repeat?.cancel();
        waiting.delete(cookie);
        resolve(answer);
      };
      const send = (): void => {
        if (isClosed || tries === MOST_TRIES) return settle(undefined);
        tries += 1;
        socket.send(datagram, () => {});
        repeat = clock.after(REPEAT_AFTER_MS, send);
      };
      waiting.set(cookie, settle);
      send();
    });

  const ping = async (): Promise<void> => {
    const answer = await ask({ command: 'ping' });
    if (isClosed) return;
    const wasUp = isUp;
    // Two seconds of silence to eight tries are no accident of the network.
    isUp = answer !== undefined && textAt(answer, 'result') === 'pong';
    if (wasUp !== isUp) log.info('rtpengine-health', { host: address.host, port: address.port, state: isUp ? 'up' : 'down' });
    if (wasUp && !isUp) for (const listener of downListeners) listener();
    timer = clock.after(PING_EVERY_MS, () => void ping());
  };
  await ping();

  return {
    address,
    isUp: () => isUp,
    ask,
    onDown: (listener) => void downListeners.push(listener),
    close() {
      if (isClosed) return;
      isClosed = true;
      timer?.cancel();
      for (const [, settle] of waiting) settle({});
      socket.close();
    },
  };
}
