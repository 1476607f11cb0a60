/**
 * A trunk that answers every call and keeps every byte it is sent: SIP on one socket, RTP and RTCP on two others. It speaks
 * just enough SIP by plain text for that, so that what it records passed through nothing of ours.
 */
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';

export interface RecordingTrunk {
  readonly port: number;
  readonly address: string;
  /** Every datagram so far, by where it came in. */
  readonly sip: readonly Buffer[];
  readonly rtp: readonly Buffer[];
  readonly rtcp: readonly Buffer[];
  /** Resolves with the first datagram of this kind that begins so, those before the question included. */
  nextSip(beginning: string, timeoutMs?: number): Promise<string>;
  /** Ends the call that is up, with a BYE. */
  hangUp(): void;
  /** A dead trunk from here on; a second time does nothing. */
  close(): void;
}

const HOST = '127.0.0.1';
const TAG = 'recording-trunk';
const FRAME_MS = 20;
const FRAME_OCTETS = 160;
const MU_LAW_SILENCE = 0xff;

async function bound(port: number): Promise<Socket> {
  const socket = createSocket('udp4');
  socket.bind(port, HOST);
  await once(socket, 'listening');
  return socket;
}

/** RTP on an even port, RTCP on the next. */
async function boundPair(): Promise<{ rtp: Socket; rtcp: Socket }> {
  for (;;) {
    const rtp = await bound(0);
    const { port } = rtp.address();
    if (port % 2 === 0) {
      const rtcp = await bound(port + 1).catch(() => undefined);
      if (rtcp !== undefined) return { rtp, rtcp };
    }
    rtp.close();
  }
}

const headerLines = (message: string, name: string): string[] => message.split('\r\n').filter((line) => line.toLowerCase().startsWith(`${name.toLowerCase()}:`));

export async function startRecordingTrunk(): Promise<RecordingTrunk> {
  const signalling = await bound(0);
  const { port } = signalling.address();
  const media = await boundPair();
  const record = { sip: [] as Buffer[], rtp: [] as Buffer[], rtcp: [] as Buffer[] };
  const waiters: { beginning: string; resolve: (message: string) => void }[] = [];
  let invite: { text: string; from: RemoteInfo } | undefined;
  let byeCount = 0;
  let sequence = 0;
  let isClosed = false;

  const description = [
    'v=0', `o=trunk 1 1 IN IP4 ${HOST}`, 's=-', `c=IN IP4 ${HOST}`, 't=0 0', `m=audio ${media.rtp.address().port} RTP/AVP 0 101`,
    'a=rtpmap:0 PCMU/8000', 'a=rtpmap:101 telephone-event/8000', 'a=fmtp:101 0-15', 'a=sendrecv', '',
  ].join('\r\n');

  const send = (text: string, to: RemoteInfo): void => signalling.send(text, to.port, to.address);

  const respond = (request: string, to: RemoteInfo, status: string, body = ''): void => {
    const toLine = headerLines(request, 'To')[0] ?? '';
    const lines = [
      `SIP/2.0 ${status}`, ...headerLines(request, 'Via'), ...headerLines(request, 'From'), toLine.includes(';tag=') ? toLine : `${toLine};tag=${TAG}`,
      ...headerLines(request, 'Call-ID'), ...headerLines(request, 'CSeq'), `Contact: <sip:trunk@${HOST}:${port}>`,
      ...(body === '' ? [] : ['Content-Type: application/sdp']), `Content-Length: ${Buffer.byteLength(body)}`, '', body,
    ];
    send(lines.join('\r\n'), to);
  };

  signalling.on('message', (datagram, from) => {
    record.sip.push(Buffer.from(datagram));
    const text = datagram.toString('latin1');
    for (const waiter of waiters.filter(({ beginning }) => text.startsWith(beginning))) {
      waiters.splice(waiters.indexOf(waiter), 1);
      waiter.resolve(text);
    }
    const method = text.split(' ')[0];
    if (method === 'INVITE') {
      invite ??= { text, from };
      respond(text, from, '180 Ringing');
      respond(text, from, '200 OK', description);
    } else if (method === 'BYE' || method === 'OPTIONS' || method === 'INFO' || method === 'CANCEL') {
      respond(text, from, '200 OK');
    }
  });
  media.rtp.on('message', (datagram) => record.rtp.push(Buffer.from(datagram)));
  media.rtcp.on('message', (datagram) => record.rtcp.push(Buffer.from(datagram)));

  // Silence goes out towards the port of the offer, so that the server sees a living peer and reports on it by RTCP.
  const pacer = setInterval(() => {
    const destination = Number(/\r\nm=audio (\d+)/.exec(invite?.text ?? '')?.[1] ?? 0);
    if (destination === 0) return;
    const packet = Buffer.alloc(12 + FRAME_OCTETS, MU_LAW_SILENCE);
    packet.writeUInt16BE(0x8000, 0);
    packet.writeUInt16BE(sequence & 0xffff, 2);
    packet.writeUInt32BE((sequence * FRAME_OCTETS) >>> 0, 4);
    packet.writeUInt32BE(0x7ec02d, 8);
    sequence += 1;
    media.rtp.send(packet, destination, HOST);
  }, FRAME_MS);

  return {
    port,
    address: `${HOST}:${port}`,
    ...record,
    nextSip(beginning, timeoutMs = 15_000) {
      const known = record.sip.map((datagram) => datagram.toString('latin1')).find((text) => text.startsWith(beginning));
      if (known !== undefined) return Promise.resolve(known);
      return new Promise((resolve, reject) => {
        const deadline = setTimeout(() => reject(new Error(`The trunk saw no ${beginning} within ${timeoutMs} ms.`)), timeoutMs);
        waiters.push({ beginning, resolve: (message) => (clearTimeout(deadline), resolve(message)) });
      });
    },
    hangUp() {
      if (invite === undefined) return;
      byeCount += 1;
      const value = (name: string): string => (headerLines(invite!.text, name)[0] ?? '').replace(/^[^:]+:\s*/, '');
      const target = /<([^>]+)>/.exec(value('Contact'))?.[1] ?? '';
      send(
        [
          `BYE ${target} SIP/2.0`, `Via: SIP/2.0/UDP ${HOST}:${port};branch=z9hG4bK-bye-${byeCount}`, `From: ${value('To')};tag=${TAG}`, `To: ${value('From')}`,
          `Call-ID: ${value('Call-ID')}`, `CSeq: ${byeCount} BYE`, 'Max-Forwards: 70', 'Content-Length: 0', '', '',
        ].join('\r\n'),
        invite.from,
      );
    },
    close() {
      if (isClosed) return;
      isClosed = true;
      clearInterval(pacer);
      for (const socket of [signalling, media.rtp, media.rtcp]) socket.close();
    },
  };
}
