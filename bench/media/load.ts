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
/** What a relay begins a packet of its own with, made to fill a pause: it is not credited with it. Those sent here begin with an instant. */
const SILENCE = 0xff;
const FRAME_MS = 20;
/** Both ways. */
const PACKETS_A_CALL_SECOND = 2 * (1000 / FRAME_MS);
/** By the clock and not by the count: that the generator was held up by a busy machine is no jitter of a network, which ours would mend. */
const rtpTimeNow = (): number => Math.round(performance.now() * 8) >>> 0;
/** Calls are spread over the 20 ms, as people who dial are. */
const SLOTS = 20;
/** What is compiled as it runs is compiled by then: that costs a process once, and is no call's price. */
const WARM_UP_SECONDS = 3;
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

  await sendFrames(calls, WARM_UP_SECONDS, counts);
  await sleep(200);
  latencies.length = 0;
  counts.sent = 0;
  counts.received = 0;
  const cpuAtStart = cpuMsOf(relay.pid);
  await sendFrames(calls, seconds, counts);
  await sleep(200);
  const cpuMs = cpuMsOf(relay.pid) - cpuAtStart;
  const kbACall = (residentKbOf(relay.pid) - idleKb) / callCount;
  for (const call of calls) call.close();

  latencies.sort((a, b) => a - b);
  const percentile = (share: number): number => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? Number.NaN;
  return {
    cpuMsACallSecond: cpuMs / (counts.sent / PACKETS_A_CALL_SECOND),
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
  const payload = Buffer.alloc(PAYLOAD_OCTETS, SILENCE);
  const slotMs = FRAME_MS / SLOTS;
  let startedAt = performance.now();
  for (let slot = 0; slot < (seconds * 1000) / slotMs; slot += 1) {
    const waitMs = startedAt + slot * slotMs - performance.now();
    if (waitMs > 0.2) await sleep(waitMs);
    else {
      // Held up by a busy machine, it goes on from now: made good at once, the delay would be a burst that no calls make.
      if (waitMs < -FRAME_MS) startedAt -= waitMs;
      // What arrived meanwhile is read before more is sent.
      await new Promise(setImmediate);
    }
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
    if (packet.length === 12 + PAYLOAD_OCTETS && packet[12] !== SILENCE) noteArrival(packet, 12);
  });
  let sequence = 0;
  let spoken = 0;
  const plainPacket = (payload: Uint8Array): Buffer => {
    const packet = Buffer.alloc(12 + PAYLOAD_OCTETS);
    packet[0] = 0x80;
    packet.writeUInt16BE(sequence & 0xffff, 2);
    packet.writeUInt32BE(rtpTimeNow(), 4);
    packet.writeUInt32BE(0x1234_5678, 8);
    sequence += 1;
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
    if (header.payloadLength === PAYLOAD_OCTETS && packet[header.payloadOffset] !== SILENCE) noteArrival(packet, header.payloadOffset);
  });
  const isConnected = await Promise.race([browser.connect(made.browserAnswer).then(() => true, () => false), sleep(CONNECT_WITHIN_MS).then(() => false)]);
  if (!isConnected) {
    await hangUp();
    return undefined;
  }
  return {
    sendFromBrowser(payload) {
      browser.socket.send(browser.protect(spoken, rtpTimeNow(), payload, 0), browser.server().port, browser.server().address);
      spoken += 1;
    },
    sendFromPhone: (payload) => phone.send(plainPacket(payload), made.phonePort, '127.0.0.1'),
    close,
    hangUp,
  };
}
