/** A peer the trunk's address range lets in turns on us over TCP and TLS: each way of holding a stream open or out of step ends with that stream, and calls over other streams go on. */
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect as connectTcp } from 'node:net';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '#server/platform/clock/clock.ts';
import { systemRandom } from '#server/platform/clock/random.ts';
import { silentLog } from '#server/platform/logging/log.ts';
import { checkTrunkSettings, createSipCarrier } from '#server/telephony/index.ts';
import type { SipCarrier } from '#server/telephony/index.ts';
import { STREAM_LIMITS } from '#server/telephony/sip/transport/stream-limits.ts';
import { startSipp } from './peers/sipp-peer.ts';
import { makeCertificate } from './peers/test-certificate.ts';

const cleanups: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const SDP = 'v=0\r\no=- 5 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n';
const SOURCE = '127.0.0.2';
/** The times are shortened, the counts are the real ones. */
const limits = { ...STREAM_LIMITS, messageTimeoutMs: 800, unusedTimeoutMs: 1_500, connectTimeoutMs: 1_000 };
const options = (n: number, length = '0'): string =>
  `OPTIONS sip:quietline@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/TCP ${SOURCE}:5060;branch=z9hG4bKabuse${n};rport\r\nMax-Forwards: 70\r\nFrom: <sip:a@h>;tag=${n}\r\nTo: <sip:b@h>\r\nCall-ID: abuse${n}\r\nCSeq: 1 OPTIONS\r\nContent-Length: ${length}\r\n\r\n`;

type Kind = 'tcp' | 'tls';

async function openServer(): Promise<{ carrier: SipCarrier; open(kind: Kind): Promise<Socket>; raw(kind: Kind): Promise<Socket>; call(): Promise<string> }> {
  const directory = await mkdtemp(join(tmpdir(), 'quietline-abuse-'));
  cleanups.push(() => rm(directory, { recursive: true, force: true }));
  const { ca, cert, key } = await makeCertificate(directory);
  const sipp = await startSipp({ scenario: 'uas-patient', transport: 'tcp', calls: 1_000, timeoutSec: 55 });
  cleanups.push(() => sipp.stop());
  const checked = checkTrunkSettings({ name: 'sipp', host: '127.0.0.1', port: sipp.port, transport: 'tcp', optionsIntervalSec: 0, acceptFrom: [SOURCE] });
  if (!checked.ok) throw new Error(checked.refusal.join(' '));
  const carrier = await createSipCarrier({
    trunks: [checked.value], listen: { host: '127.0.0.1', udpPort: 0, tcpPort: 0, tlsPort: 0, tls: { key, cert }, streamLimits: limits }, clock: systemClock, random: systemRandom, log: silentLog,
  });
  cleanups.push(() => carrier.close(300));
  const track = (socket: Socket): Socket => {
    cleanups.push(() => void socket.destroy());
    return socket.on('error', () => {});
  };
  const raw = async (kind: Kind): Promise<Socket> => {
    const socket = track(connectTcp({ host: '127.0.0.1', port: carrier.port(kind)!, localAddress: SOURCE }));
    await once(socket, 'connect');
    return socket;
  };
  return {
    carrier,
    raw,
    async open(kind) {
      if (kind === 'tcp') return raw(kind);
      const socket = track(connectTls({ socket: await raw('tls'), servername: 'localhost', ca }));
      await once(socket, 'secureConnect');
      return socket;
    },
    /** How a call of ours ended, over another connection. */
    call: () =>
      new Promise((resolve) => {
        const placed = carrier.place({ callId: 'c', to: '+15550100100', from: '+15550199199', displayName: undefined, offer: SDP, trunks: ['sipp'], ringTimeoutMs: 10_000 }, (event) => {
          if (event.type === 'answered' && placed.ok) placed.value.hangUp();
          if (event.type === 'ended') resolve(event.end.cause);
        });
      }),
  };
}

/** A reset is an end like another. */
const closed = (socket: Socket): Promise<void> =>
  new Promise((resolve) => {
    if (socket.closed) return resolve();
    socket.resume().on('close', () => resolve());
  });
const answersOn = async (socket: Socket, count: number): Promise<string> => {
  let text = '';
  while ((text.match(/^SIP\/2\.0 200 /gm) ?? []).length < count) text += String((await once(socket, 'data'))[0]);
  return text;
};

describe.each(['tcp', 'tls'] as const)('over %s', (kind) => {
  it('a slowloris is cut off after its time, and calls go on meanwhile', async () => {
    const server = await openServer();
    const slow = await Promise.all(Array.from({ length: 30 }, () => server.open(kind)));
    const drips = setInterval(() => slow.forEach((socket) => socket.writable && socket.write('X-A: b\r\n')), 50);
    cleanups.push(() => clearInterval(drips));
    for (const socket of slow) socket.write('INVITE sip:a@b SIP/2.0\r\n');
    const ends = await Promise.all([server.call(), server.call(), server.call()]);
    expect(ends).toEqual(['hung-up', 'hung-up', 'hung-up']);
    await Promise.all(slow.map(closed));
  });

  it('a message that comes octet by octet within its time is answered', async () => {
    const server = await openServer();
    const socket = await server.open(kind);
    socket.setNoDelay(true);
    for (const octet of options(1)) await new Promise<void>((resolve) => socket.write(octet, () => resolve()));
    expect(await answersOn(socket, 1)).toContain('Call-ID: abuse1\r\n');
  });

  it('headers without end are cut off once they are too long', async () => {
    const server = await openServer();
    const socket = await server.open(kind);
    socket.write(`OPTIONS sip:a@b SIP/2.0\r\nX: ${'a'.repeat(40_000)}`);
    await closed(socket);
    expect(await server.call()).toBe('hung-up');
  });

  it.each([['no number', 'x'], ['negative', '-1'], ['beyond all bodies', '99999999']])('a Content-Length that is %s ends the stream', async (_words, length) => {
    const server = await openServer();
    const socket = await server.open(kind);
    socket.write(options(1, length));
    await closed(socket);
  });

  it('a Content-Length too small puts the stream out of step, which ends it; one too large waits no longer than a message may', async () => {
    const server = await openServer();
    const short = await server.open(kind);
    short.write(`${options(1, '2')}this was the body\r\n\r\n${options(2)}`);
    const long = await server.open(kind);
    long.write(`${options(3, '5000')}and no more`);
    await Promise.all([closed(short), closed(long)]);
    expect(await server.call()).toBe('hung-up');
  });

  it('a hundred pipelined requests are each answered, in one write or torn anywhere', async () => {
    const server = await openServer();
    const socket = await server.open(kind);
    const text = Array.from({ length: 100 }, (_, n) => options(n)).join('');
    for (let at = 0; at < text.length; at += 1_333) socket.write(text.slice(at, at + 1_333));
    const answers = await answersOn(socket, 100);
    expect(new Set(answers.match(/Call-ID: abuse[0-9]+/g)).size).toBe(100);
  });

  it('a connection that says nothing is closed, one that was used is kept', async () => {
    const server = await openServer();
    const used = await server.open(kind);
    used.write(options(1));
    await answersOn(used, 1);
    const silent = await server.open(kind);
    await closed(silent);
    used.write(options(2));
    expect(await answersOn(used, 1)).toContain('abuse2');
  });

  it('one address gets so many connections and no more, and leaves room for the trunk', async () => {
    const server = await openServer();
    const many = await Promise.all(Array.from({ length: limits.connectionsPerSource + 40 }, () => server.open(kind).catch(() => undefined)));
    let alive = 0;
    for (const socket of many) if (socket !== undefined) socket.on('data', () => alive++).write(options(1));
    // Past the limit they are closed at once; the others are answered.
    const settled = (socket: Socket): Promise<void> =>
      new Promise((resolve) => {
        if (socket.closed) return resolve();
        socket.on('close', () => resolve()).on('data', () => resolve());
      });
    await Promise.all(many.filter((socket) => socket !== undefined).map(settled));
    expect(alive).toBeLessThanOrEqual(limits.connectionsPerSource);
    expect(alive).toBeGreaterThan(0);
    expect(await server.call()).toBe('hung-up');
  });

  it('a peer that asks and never reads costs it the connection, and us no memory', async () => {
    const server = await openServer();
    const socket = await server.open(kind);
    socket.pause();
    let n = 0;
    const before = process.memoryUsage().rss;
    // Until our side has closed it: each request is answered with some 350 octets that nobody takes.
    const pump = (): void => {
      while (!socket.destroyed && socket.write(Array.from({ length: 200 }, () => options(n++)).join('')));
      if (!socket.destroyed) socket.once('drain', pump);
    };
    pump();
    await new Promise<void>((resolve) => socket.on('close', () => resolve()));
    expect(process.memoryUsage().rss - before).toBeLessThan(400 * 1024 * 1024);
    expect(await server.call()).toBe('hung-up');
  });
});

describe('a TLS handshake', () => {
  it('that never begins, or is no TLS, holds its connection no longer than its time', async () => {
    const server = await openServer();
    const mute = await server.raw('tls');
    const plain = await server.raw('tls');
    plain.write(options(1));
    await Promise.all([closed(mute), closed(plain)]);
    expect(await server.call()).toBe('hung-up');
  });
});
