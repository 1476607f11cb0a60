/**
 * A browser's media side without a browser: checks as a controlling ICE agent, DTLS as client, SRTP. For tests and load
 * generators, which must be able to misbehave in ways that no browser can be made to.
 */
import { createHash, createHmac, randomBytes, X509Certificate } from 'node:crypto';
import dgram from 'node:dgram';
import { CipherContext, DtlsClient, HashAlgorithm, NamedCurveAlgorithm, SignatureAlgorithm } from 'werift';
import { BINDING_REQUEST, readStun, writeBindingRequest, writeBindingSuccess, type HmacSha1 } from '../ice/stun-codec.ts';
import { emptyRtpHeader, readRtp, writeRtpHeader, type RtpHeader } from '../rtp/rtp-codec.ts';
import { writeSdp } from '../sdp/sdp-codec.ts';
import { createSrtpReceiver, createSrtpSender, SRTP_HEADROOM, type SrtpReceiver, type SrtpSender } from '../srtp/srtp-transform.ts';

export interface SimulatedBrowser {
  /** What the server is offered. */
  readonly offer: string;
  readonly socket: dgram.Socket;
  readonly ufrag: string;
  /** Reads the answer, checks, shakes hands; resolves once packets may be sent. */
  connect(answer: string): Promise<void>;
  /** Where the answer's first candidate is. */
  server(): { address: string; port: number };
  credentials(): { username: string; password: Buffer };
  /** A check from any socket; with the right credentials unless others are given. */
  check(through?: dgram.Socket, nominate?: boolean): void;
  /** One protected packet of 20 ms; returned as it went over the wire, to be repeated or mutilated. */
  sendAudio(payload: Uint8Array, payloadType?: number, through?: dgram.Socket): Buffer;
  /** One without a number of its own: `sequence` and `timestamp` as given. */
  protect(sequence: number, timestamp: number, payload: Uint8Array, payloadType: number): Buffer;
  onAudio(listener: (header: RtpHeader, packet: Buffer) => void): void;
  onRtcp(listener: (packet: Buffer) => void): void;
  /** Master key and salt of each way and its stream, once connected: for who goes on in its place. */
  keys(): { ssrc: number; send: Buffer; receive: Buffer };
  close(): void;
}

const SIGNATURE = { hash: HashAlgorithm.sha256_4, signature: SignatureAlgorithm.ecdsa_3 } as const;
const hmacSha1: HmacSha1 = (key, data) => createHmac('sha1', key).update(data).digest();

/** One certificate serves every browser of a process: making one costs more than a call. */
let sharedCertificate: ReturnType<typeof CipherContext.createSelfSignedCertificateWithKey> | undefined;

export interface SimulatedBrowserOptions {
  /** Where its socket is; loopback if not said. */
  address?: string;
  /** Names another certificate than the one it has. */
  lieAboutFingerprint?: boolean;
  /** Shows a certificate whose key it does not have, as whoever overheard it on the wire could. */
  stealCertificate?: boolean;
  /** Passes each datagram of its handshake on, changed, repeated or not at all. */
  onOutgoingDtls?: (datagram: Buffer, send: (datagram: Buffer) => void) => void;
}

export async function openSimulatedBrowser(options: SimulatedBrowserOptions = {}): Promise<SimulatedBrowser> {
  sharedCertificate ??= CipherContext.createSelfSignedCertificateWithKey(SIGNATURE, NamedCurveAlgorithm.secp256r1_23);
  const { certPem, keyPem } = await sharedCertificate;
  const socket = dgram.createSocket('udp4');
  await new Promise<void>((resolve) => void socket.bind(0, options.address ?? '127.0.0.1', resolve));
  const fingerprint = createHash('sha256').update(options.lieAboutFingerprint ? 'another' : new X509Certificate(certPem).raw).digest('hex').toUpperCase().replace(/(..)(?=.)/g, '$1:');
  const ownPassword = randomBytes(18).toString('base64');
  const ufrag = randomBytes(6).toString('base64');
  const ssrc = randomBytes(4).readUInt32BE(0);
  const header = emptyRtpHeader();
  const audioListeners: ((header: RtpHeader, packet: Buffer) => void)[] = [];
  const rtcpListeners: ((packet: Buffer) => void)[] = [];
  let target = { address: '', port: 0 };
  let username = '';
  let password: Buffer = Buffer.alloc(0);
  let sender: SrtpSender | undefined;
  let receiver: SrtpReceiver | undefined;
  let sequence = 0;
  let timestamp = 0;
  let onChecked: () => void = () => {};
  let checkTimer: NodeJS.Timeout | undefined;
  let isClosed = false;
  let client: DtlsClient | undefined;
  const keys = { ssrc, send: Buffer.alloc(0), receive: Buffer.alloc(0) };

  const transport = {
    type: 'udp',
    address: {} as never,
    closed: false,
    onData: (_data: Buffer): void => {},
    async send(datagram: Buffer): Promise<void> {
      if (isClosed) return;
      const send = (data: Buffer): void => socket.send(data, target.port, target.address);
      if (options.onOutgoingDtls === undefined) send(datagram);
      else options.onOutgoingDtls(datagram, send);
    },
    close: async () => {},
  };

  socket.on('message', (packet, from) => {
    const first = packet[0] ?? 0;
    if (first < 4) {
      const message = readStun(packet);
      if (message?.type === 0x0101) onChecked();
      // A full agent checks back; ours never does.
      else if (message?.type === BINDING_REQUEST) socket.send(writeBindingSuccess(message.transactionId, from, Buffer.from(ownPassword), hmacSha1), from.port, from.address);
    } else if (first < 64) transport.onData(packet);
    else if (receiver !== undefined && packet[1]! >= 192 && packet[1]! <= 223) {
      const length = receiver.unprotectRtcp(packet, packet.length);
      if (length >= 0) for (const listener of rtcpListeners) listener(packet.subarray(0, length));
    } else if (receiver !== undefined && readRtp(packet, packet.length, header)) {
      const length = receiver.unprotectRtp(packet, packet.length, header.payloadOffset);
      if (length < 0 || !readRtp(packet, length, header)) return;
      for (const listener of audioListeners) listener(header, packet);
    }
  });

  const check = (through = socket, nominate = true): void => {
    through.send(writeBindingRequest(randomBytes(12), username, nominate, password, hmacSha1), target.port, target.address);
  };

  const protect = (number: number, time: number, payload: Uint8Array, payloadType: number): Buffer => {
    const packet = Buffer.alloc(12 + payload.length + SRTP_HEADROOM);
    writeRtpHeader(packet, 0, payloadType, false, number & 0xffff, time >>> 0, ssrc);
    packet.set(payload, 12);
    return packet.subarray(0, sender!.protectRtp(packet, 12 + payload.length, 12));
  };

  return {
    socket,
    ufrag,
    offer: writeSdp([
      'v=0',
      `o=- ${randomBytes(6).readUIntBE(0, 6)} 2 IN IP4 127.0.0.1`,
      's=-',
      't=0 0',
      'a=group:BUNDLE 0',
      'm=audio 9 UDP/TLS/RTP/SAVPF 0 8 111 63 126',
      'c=IN IP4 0.0.0.0',
      `a=ice-ufrag:${ufrag}`,
      `a=ice-pwd:${ownPassword}`,
      `a=fingerprint:sha-256 ${fingerprint}`,
      'a=setup:actpass',
      'a=mid:0',
      'a=sendrecv',
      'a=rtcp-mux',
      'a=rtpmap:111 opus/48000/2',
      'a=rtpmap:63 red/48000/2',
      'a=fmtp:63 111/111',
      'a=rtpmap:126 telephone-event/8000',
      `a=ssrc:${ssrc} cname:simulated`,
    ]),
    async connect(answer) {
      const value = (name: string): string => new RegExp(`^a=${name}:(.*)$`, 'm').exec(answer)![1]!.trim();
      const [, , , , address, port] = value('candidate').split(' ');
      target = { address: address!, port: Number(port) };
      username = `${value('ice-ufrag')}:${ufrag}`;
      password = Buffer.from(value('ice-pwd'));
      await new Promise<void>((resolve) => {
        onChecked = resolve;
        check();
        checkTimer = setInterval(check, 50);
      });
      const key = options.stealCertificate ? (await CipherContext.createSelfSignedCertificateWithKey(SIGNATURE, NamedCurveAlgorithm.secp256r1_23)).keyPem : keyPem;
      const shaking = new DtlsClient({ cert: certPem, key, signatureHash: SIGNATURE, transport, srtpProfiles: [0x0001], extendedMasterSecret: true });
      client = shaking;
      await new Promise<void>((resolve, reject) => {
        shaking.onConnect.subscribe(() => resolve());
        shaking.onError.subscribe(reject);
        shaking.connect().catch(reject);
      });
      clearInterval(checkTimer);
      const { localKey, localSalt, remoteKey, remoteSalt } = shaking.extractSessionKeys(16, 14);
      keys.send = Buffer.concat([localKey, localSalt]);
      keys.receive = Buffer.concat([remoteKey, remoteSalt]);
      sender = createSrtpSender('AES_CM_128_HMAC_SHA1_80', keys.send);
      receiver = createSrtpReceiver('AES_CM_128_HMAC_SHA1_80', keys.receive);
    },
    server: () => target,
    credentials: () => ({ username, password }),
    check,
    sendAudio(payload, payloadType = 0, through = socket) {
      const packet = protect(sequence, timestamp, payload, payloadType);
      sequence += 1;
      timestamp += payload.length;
      through.send(packet, target.port, target.address);
      return packet;
    },
    protect,
    onAudio: (listener) => void audioListeners.push(listener),
    onRtcp: (listener) => void rtcpListeners.push(listener),
    keys: () => keys,
    close() {
      isClosed = true;
      clearInterval(checkTimer);
      // A handshake that hangs would be repeated for half a minute: to the library it is now beyond its last flight.
      if (client !== undefined) client.dtls.flight = Number.MAX_SAFE_INTEGER;
      socket.close();
    },
  };
}
