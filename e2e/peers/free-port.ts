/**
 * Ports nobody uses, below those that the system gives out by itself: one of its own choosing may be an outgoing connection's by the time a
 * peer binds it (once in some two hundred starts of sipp on a busy machine). Drawn, then tried; peers still fail loudly where two drew the same.
 */
import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';

const HOST = '127.0.0.1';
/** Below Linux' ephemeral ports (32768) and the RTP of tests' telephones (from 15000), above what services are known by, 10080 the last that browsers refuse. */
const RANGE = { from: 10_100, to: 14_999 };
const TRIES = 50;

export const freeUdpPort = (): Promise<number> => firstFree((port) =>
  new Promise((resolve) => {
    const socket = createSocket('udp4');
    socket.once('error', () => {
      socket.close();
      resolve(false);
    });
    socket.bind({ port, address: HOST, exclusive: true }, () => socket.close(() => resolve(true)));
  }));

export const freeTcpPort = (): Promise<number> => firstFree(async (port) => {
  // A connection that ended a minute ago keeps its port from whoever binds without SO_REUSEADDR, as sipp does and Node does not.
  const table = await readFile('/proc/net/tcp', 'utf8');
  if (table.includes(`:${port.toString(16).toUpperCase().padStart(4, '0')} `)) return false;
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: HOST, exclusive: true }, () => server.close(() => resolve(true)));
  });
});

async function firstFree(isFree: (port: number) => Promise<boolean>): Promise<number> {
  for (let tries = 0; tries < TRIES; tries++) {
    const port = randomInt(RANGE.from, RANGE.to + 1);
    if (await isFree(port)) return port;
  }
  throw new Error(`none of ${TRIES} ports between ${RANGE.from} and ${RANGE.to} is free`);
}
