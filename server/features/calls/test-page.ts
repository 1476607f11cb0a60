/** For tests: what a page does, without a browser. Signs in by link, opens the signalling socket with a ticket, and speaks WebRTC by another's library. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { RTCPeerConnection, RTCRtpCodecParameters, MediaStreamTrack, RtpHeader, RtpPacket } from 'werift';
import WebSocket from 'ws';
import type { CallView } from '#contract/calls.ts';
import { serverMessageSchema, signallingPath } from '#contract/signalling.ts';
import type { ClientMessage, ServerMessage } from '#contract/signalling.ts';

export interface PageAccess {
  /** http://127.0.0.1:port */
  readonly origin: string;
  readonly cookie: string;
}

export async function signIn(origin: string, link: string): Promise<PageAccess> {
  const response = await post(origin, '/api/sign-in/link', { token: link });
  const cookie = response.headers.get('set-cookie')?.split(';')[0];
  if (response.status !== 200 || cookie === undefined) throw new Error(`The link was refused: ${response.status}`);
  return { origin, cookie };
}

export async function createTicket({ origin, cookie }: PageAccess): Promise<string> {
  const response = await post(origin, '/api/socket-tickets', {}, cookie);
  return ((await response.json()) as { ticket: string }).ticket;
}

export const post = (origin: string, path: string, body: object, cookie = ''): Promise<Response> =>
  fetch(`${origin}${path}`, { method: 'POST', headers: { 'content-type': 'application/json', origin, cookie }, body: JSON.stringify(body) });

export interface TestPage {
  readonly deviceId: string;
  readonly messages: ServerMessage[];
  send(message: ClientMessage | string): void;
  /** The first message so far or to come that fits. */
  next<Type extends ServerMessage['type']>(type: Type, fits?: (message: Extract<ServerMessage, { type: Type }>) => boolean): Promise<Extract<ServerMessage, { type: Type }>>;
  /** The first snapshot that fits, of those that come from now on or were the last. */
  call(fits: (call: CallView) => boolean): Promise<CallView>;
  closed(): Promise<{ code: number; reason: string }>;
  /** As a closed tab does: at once, without a word. */
  vanish(): void;
}

export async function openPage(access: PageAccess, deviceId: string = crypto.randomUUID(), { ticket, origin }: { ticket?: string; origin?: string } = {}): Promise<TestPage> {
  const socket = new WebSocket(`${access.origin.replace('http', 'ws')}${signallingPath}`, ['quietline.v1', `ticket.${ticket ?? (await createTicket(access))}`], { headers: { origin: origin ?? access.origin } });
  const messages: ServerMessage[] = [];
  const waiters = new Set<() => void>();
  const closed = new Promise<{ code: number; reason: string }>((resolve) => socket.once('close', (code, reason) => resolve({ code, reason: String(reason) })));
  socket.on('message', (data) => {
    messages.push(serverMessageSchema.parse(JSON.parse((data as Buffer).toString('utf8'))));
    for (const waiter of waiters) waiter();
  });
  await new Promise<void>((resolve, reject) => socket.once('open', resolve).once('error', reject));

  const find = <Value>(read: () => Value | undefined): Promise<Value> =>
    new Promise((resolve) => {
      const look = (): void => {
        const value = read();
        if (value === undefined) return;
        waiters.delete(look);
        resolve(value);
      };
      waiters.add(look);
      look();
    });

  return {
    deviceId,
    messages,
    send: (message) => socket.send(typeof message === 'string' ? message : JSON.stringify(message)),
    next: (type, fits = () => true) => find(() => messages.find((message): message is Extract<ServerMessage, { type: typeof type }> => message.type === type && fits(message as never))),
    call: (fits) =>
      find(() => {
        const last = messages.filter((message) => message.type === 'call').at(-1)?.call;
        return last !== undefined && fits(last) ? last : undefined;
      }),
    closed: () => closed,
    vanish: () => socket.terminate(),
  };
}

export interface TestAudio {
  readonly offer: string;
  accept(answer: string): Promise<void>;
  /** Sends this loud a tone until it is changed; 0 is silence, undefined sends nothing at all. */
  speak(amplitude: number | undefined): void;
  /** Packets that came so far. */
  packetsHeard(): number;
  close(): Promise<void>;
}

const PCMU = new RTCRtpCodecParameters({ mimeType: 'audio/PCMU', clockRate: 8000, channels: 1, payloadType: 0 });

/** G.711 mu-law of a sample, by the book (ITU-T G.711): for 160 bytes a packet, speed is no matter. */
function toMuLaw(sample: number): number {
  const sign = sample < 0 ? 0x80 : 0;
  const magnitude = Math.min(32_635, Math.abs(sample)) + 132;
  const exponent = Math.floor(Math.log2(magnitude)) - 7;
  return ~(sign | (exponent << 4) | ((magnitude >> (exponent + 3)) & 0x0f)) & 0xff;
}

/** Tells who asks where they are (RFC 8489 14.2). The library asks a public server unless it is given one, and keeps a timer for an answer that does not come. */
async function openStunServer() {
  const socket = createSocket('udp4');
  socket.on('message', (request, { address, port }) => {
    const answer = Buffer.alloc(32);
    answer.writeUInt32BE(0x0101_000c, 0);
    request.copy(answer, 4, 4, 20);
    answer.writeUInt32BE(0x0020_0008, 20);
    answer.writeUInt32BE(0x0001_0000 | (port ^ 0x2112), 24);
    answer.writeUInt32BE((Buffer.from(address.split('.').map(Number)).readUInt32BE(0) ^ 0x2112_a442) >>> 0, 28);
    socket.send(answer, port, address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return socket;
}

export async function openTestAudio(): Promise<TestAudio> {
  const stun = await openStunServer();
  const connection = new RTCPeerConnection({ codecs: { audio: [PCMU], video: [] }, iceServers: [{ urls: `stun:127.0.0.1:${stun.address().port}` }], iceAdditionalHostAddresses: ['127.0.0.1'], iceUseIpv6: false });
  const track = new MediaStreamTrack({ kind: 'audio' });
  const transceiver = connection.addTransceiver(track, { direction: 'sendrecv' });
  let heard = 0;
  transceiver.onTrack.subscribe((remote) => void remote.onReceiveRtp.subscribe(() => (heard += 1)));
  const description = await connection.createOffer();
  const offer = description.sdp.replaceAll(/^a=(candidate|end-of-candidates).*\r\n/gm, '');
  await connection.setLocalDescription(description);

  let amplitude: number | undefined = 0;
  let sequence = 1;
  const timer = setInterval(() => {
    if (amplitude === undefined) return;
    const payload = Buffer.alloc(160);
    for (let index = 0; index < 160; index++) payload[index] = toMuLaw(Math.round(amplitude * Math.sin((2 * Math.PI * 440 * (sequence * 160 + index)) / 8000)));
    sequence += 1;
    track.writeRtp(new RtpPacket(new RtpHeader({ payloadType: 0, sequenceNumber: sequence & 0xffff, timestamp: (sequence * 160) >>> 0, ssrc: 4242 }), payload));
  }, 20);

  return {
    offer,
    accept: (answer) => connection.setRemoteDescription({ type: 'answer', sdp: answer }),
    speak: (next) => (amplitude = next),
    packetsHeard: () => heard,
    async close() {
      clearInterval(timer);
      await connection.close();
      stun.close();
    },
  };
}
