/** Calls' worth of packets through a relay: a browser and a telephone a call, 50 packets a second each way, and how long each took. Its own CPU is nobody's figure. */
import dgram from 'node:dgram';
import { openSimulatedBrowser, type SimulatedBrowser } from '#server/telephony/media/testing/simulated-browser.ts';
import { cpuMsOf, residentKbOf, type Relay } from './relay.ts';

export interface LoadResult {
  cpuMsACallSecond: number;
  /** What holds where the machine is too busy for all packets to come: what was not delivered cost nothing. */
  cpuUsAPacket: number;
  /** Share of packets that did not arrive, both ways. */
  lossShare: number;
  /** From the generator through the relay and back into it, its own scheduling included; us. */
  latencyP50Us: number;
  latencyP99Us: number;
  latencyP999Us: number;
  kbACall: number;
  setUpCpuMs: number;
}

export interface LoadedCall {
  sendFromBrowser(payload: Uint8Array): void;
  sendFromPhone(packet: Buffer): void;
  /** Lets both ends go without a word to the relay. */
  close(): void;
  hangUp(): Promise<void>;
}

const PAYLOAD_OCTETS = 160;
const FRAME_MS = 20;
/** Calls are spread over the 20 ms, as people who dial are. */
const SLOTS = 20;
/** Set up side by side: as many as a busy minute has. */
const SET_UP_AT_ONCE = 8;

export async function measureLoad(relay: Relay, callCount: number, seconds: number): Promise<LoadResult> {
  const idleKb = residentKbOf(relay.pid);
  const cpuBefore = cpuMsOf(relay.pid);
  const latencies: number[] = [];
  const counts = { sent: 0, received: 0 };
  const noteArrival = (packet: Buffer, payloadOffset: number): void => {
    counts.received += 1;
    latencies.push((performance.now() - packet.readDoubleBE(payloadOffset)) * 1000);
  };
  const calls: LoadedCall[] = [];
  for (let index = 0; index < callCount; index += SET_UP_AT_ONCE) {
    calls.push(...(await Promise.all(Array.from({ length: Math.min(SET_UP_AT_ONCE, callCount - index) }, () => openLoadedCall(relay, noteArrival)))));
  }
  await sleep(300);
  const setUpCpuMs = (cpuMsOf(relay.pid) - cpuBefore) / callCount;

  await sendFrames(calls, 1, counts);
  latencies.length = 0;
  counts.sent = 0;
  counts.received = 0;
  const cpuAtStart = cpuMsOf(relay.pid);
  const startedAt = performance.now();
  await sendFrames(calls, seconds, counts);
  await sleep(200);
  const lastedS = (performance.now() - startedAt) / 1000;
  const cpuMs = cpuMsOf(relay.pid) - cpuAtStart;
  const kbACall = (residentKbOf(relay.pid) - idleKb) / callCount;
  for (const call of calls) call.close();

  latencies.sort((a, b) => a - b);
  const percentile = (share: number): number => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? Number.NaN;
  return {
    cpuMsACallSecond: cpuMs / callCount / lastedS,
    cpuUsAPacket: (cpuMs * 1000) / counts.received,
    lossShare: 1 - counts.received / counts.sent,
    latencyP50Us: percentile(0.5),
    latencyP99Us: percentile(0.99),
    latencyP999Us: percentile(0.999),
    kbACall,
    setUpCpuMs,
  };
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export async function sendFrames(calls: readonly LoadedCall[], seconds: number, counts: { sent: number }): Promise<void> {
  const payload = Buffer.alloc(PAYLOAD_OCTETS, 0xff);
  const slotMs = FRAME_MS / SLOTS;
  const startedAt = performance.now();
  for (let slot = 0; slot < (seconds * 1000) / slotMs; slot += 1) {
    const waitMs = startedAt + slot * slotMs - performance.now();
    if (waitMs > 0.2) await sleep(waitMs);
    for (let index = slot % SLOTS; index < calls.length; index += SLOTS) {
      const call = calls[index]!;
      payload.writeDoubleBE(performance.now(), 0);
      call.sendFromBrowser(payload);
      call.sendFromPhone(payload);
      counts.sent += 2;
    }
  }
}

/**
 * The generator's DTLS client, a library's, is refused by OpenSSL once in ten times: such a call is set up again. On a machine busy with other things
 * eight handshakes side by side take seconds, and one that is given up costs the relay as much as one that succeeds.
 */
const CONNECT_WITHIN_MS = 5000;

export async function openLoadedCall(relay: Relay, noteArrival: (packet: Buffer, payloadOffset: number) => void): Promise<LoadedCall> {
  for (;;) {
    const call = await tryLoadedCall(relay, noteArrival);
    if (call !== undefined) return call;
  }
}

async function tryLoadedCall(relay: Relay, noteArrival: (packet: Buffer, payloadOffset: number) => void): Promise<LoadedCall | undefined> {
  const phone = dgram.createSocket('udp4');
  await new Promise<void>((resolve) => void phone.bind(0, '127.0.0.1', resolve));
  const browser: SimulatedBrowser = await openSimulatedBrowser(relay.browserAddress === undefined ? {} : { address: relay.browserAddress });
  const made = await relay.setUp(browser.offer, phone.address().port);
  phone.on('message', (packet) => {
    if (packet.length === 12 + PAYLOAD_OCTETS) noteArrival(packet, 12);
  });
  let sequence = 0;
  const nextHeader = (): Buffer => {
    const packet = Buffer.alloc(12 + PAYLOAD_OCTETS);
    packet[0] = 0x80;
    packet.writeUInt16BE(sequence & 0xffff, 2);
    packet.writeUInt32BE((sequence * PAYLOAD_OCTETS) >>> 0, 4);
    packet.writeUInt32BE(0x1234_5678, 8);
    sequence += 1;
    return packet;
  };
  const plainPacket = (payload: Uint8Array): Buffer => {
    const packet = nextHeader();
    packet.set(payload, 12);
    return packet;
  };
  const close = (): void => {
    phone.close();
    browser.close();
  };
  const hangUp = async (): Promise<void> => {
    close();
    if ('browserAnswer' in made) await made.hangUp?.();
  };
  if ('plainPort' in made) {
    browser.socket.on('message', (packet) => {
      if (packet.length === 12 + PAYLOAD_OCTETS) noteArrival(packet, 12);
    });
    return {
      sendFromBrowser: (payload) => browser.socket.send(plainPacket(payload), made.plainPort, '127.0.0.1'),
      sendFromPhone: (payload) => phone.send(plainPacket(payload), made.phonePort, '127.0.0.1'),
      close,
      hangUp,
    };
  }
  browser.onAudio((header, packet) => {
    // Relays that fill pauses or send comfort noise of their own are not credited with it.
    if (header.payloadLength === PAYLOAD_OCTETS && packet[header.payloadOffset] !== 0xff) noteArrival(packet, header.payloadOffset);
  });
  const isConnected = await Promise.race([browser.connect(made.browserAnswer).then(() => true, () => false), sleep(CONNECT_WITHIN_MS).then(() => false)]);
  if (!isConnected) {
    await hangUp();
    return undefined;
  }
  return {
    sendFromBrowser: (payload) => void browser.sendAudio(payload),
    sendFromPhone: (payload) => phone.send(plainPacket(payload), made.phonePort, '127.0.0.1'),
    close,
    hangUp,
  };
}
