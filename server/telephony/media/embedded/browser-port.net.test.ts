import dgram from 'node:dgram';
import { createHmac, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { afterEach, expect, test } from 'vitest';
import { readStun, writeBindingRequest, writeBindingSuccess, type HmacSha1 } from '../ice/stun-codec.ts';
import { openBrowserPort, type BrowserPath, type BrowserPeer, type BrowserPort } from './browser-port.ts';

const hmacSha1: HmacSha1 = (key, data) => createHmac('sha1', key).update(data).digest();
const KEY = Buffer.from('a password of twenty-two');

const closing: (() => Promise<unknown>)[] = [];
afterEach(() => Promise.all(closing.splice(0).map((close) => close())));

async function open(port = 0): Promise<BrowserPort> {
  const opened = await openBrowserPort(['127.0.0.1'], port);
  closing.push(() => opened.close());
  return opened;
}

async function openBrowser(): Promise<dgram.Socket> {
  const socket = dgram.createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  closing.push(async () => {
    socket.close();
    await once(socket, 'close');
  });
  return socket;
}

/** A peer that believes every check, and sends back what media comes. */
const echo = (): BrowserPeer => ({
  takeCheck(_packet, message, from, reply) {
    reply(writeBindingSuccess(message.transactionId, from, KEY, hmacSha1));
    return true;
  },
  pathProven: () => {},
  takeDtls: () => {},
  takeRtp: (packet: Buffer, path: BrowserPath) => path.send(packet, packet.length),
  takeRtcp: () => {},
  failed(cause) {
    throw cause;
  },
});

test('browsers that the kernel shares out among its sockets are each known by their own way, and answered from the one port', async () => {
  const port = await open();
  const browsers = await Promise.all(Array.from({ length: 40 }, openBrowser));
  for (const [index, browser] of browsers.entries()) {
    port.register(`peer${index}`, echo());
    const answered = once(browser, 'message') as Promise<[Buffer, dgram.RemoteInfo]>;
    browser.send(writeBindingRequest(randomBytes(12), `peer${index}:browser`, true, KEY, hmacSha1), port.port, '127.0.0.1');
    const [answer, from] = await answered;
    expect(readStun(answer)?.type).toBe(0x0101);
    expect(from.port).toBe(port.port);
  }
  const heard = browsers.map(async (browser, index) => {
    const spoken = Buffer.concat([Buffer.from([0x80, 0]), Buffer.alloc(170, index)]);
    const answered = once(browser, 'message') as Promise<[Buffer, dgram.RemoteInfo]>;
    browser.send(spoken, port.port, '127.0.0.1');
    const [packet, from] = await answered;
    expect(from.port).toBe(port.port);
    expect(packet.equals(spoken)).toBe(true);
  });
  await Promise.all(heard);
});

test('a port in use is refused, also where whoever has it would share: a second server of ours must not take the first one’s calls', async () => {
  const { port } = await open();
  await expect(openBrowserPort(['127.0.0.1'], port)).rejects.toMatchObject({ code: 'EADDRINUSE' });
  const stranger = await openBrowser();
  await expect(openBrowserPort(['127.0.0.1'], stranger.address().port)).rejects.toMatchObject({ code: 'EADDRINUSE' });
});
