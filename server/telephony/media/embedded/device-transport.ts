/**
 * The way to one browser PeerConnection: its ICE credentials, its DTLS handshake, its SRTP keys and the path that was
 * nominated. Owns protection; knows no codec and no call.
 */
import { createHmac } from 'node:crypto';
import type { Clock } from '#server/platform/clock/clock.ts';
import type { RandomSource } from '#server/platform/clock/random.ts';
import { openDtlsServer, type DtlsCertificate, type DtlsEndpoint } from '../dtls/dtls-server.ts';
import { answerCheck, shouldRebind, type IceCredentials } from '../ice/ice-lite-policy.ts';
import type { HmacSha1 } from '../ice/stun-codec.ts';
import { emptyRtpHeader, readRtp, type RtpHeader } from '../rtp/rtp-codec.ts';
import { createSizedViews } from '../rtp/sized-views.ts';
import { createSrtpReceiver, createSrtpSender, type SrtpReceiver, type SrtpSender } from '../srtp/srtp-transform.ts';
import type { BrowserPath, BrowserPeer, BrowserPort } from './browser-port.ts';

export interface DeviceTransportOptions {
  port: BrowserPort;
  certificate: DtlsCertificate;
  /** From the browser's offer. */
  remoteUfrag: string;
  peerFingerprints: readonly string[];
  clock: Clock;
  random: RandomSource;
  /** Keys are there: packets may be sent. */
  onReady: () => void;
  /** `packet` is valid until it returns. */
  onRtp: (header: RtpHeader, packet: Uint8Array, nowMs: number) => void;
  onRtcp: (packet: Buffer, length: number) => void;
  onFailed: (reason: string) => void;
  /** A bug of ours, met while a packet of this peer was handled. */
  onBug: (cause: unknown) => void;
}

export interface DeviceTransport {
  readonly ufrag: () => string;
  readonly password: () => string;
  /** New credentials for an ICE restart (RFC 8445 2.4); the old ones serve until the new are used. */
  restart(remoteUfrag: string): void;
  isReady(): boolean;
  /** Protects and sends `length` octets of `packet` in place; it needs SRTP_HEADROOM behind them. False if there is no way yet. */
  sendRtp(packet: Uint8Array, length: number, payloadOffset: number): boolean;
  sendRtcp(packet: Uint8Array, length: number): void;
  /** Packets that were forged, replayed or malformed. */
  refusedCount(): number;
  close(): void;
}

/**
 * Where packets of all browsers are opened, one after the other: memory that stays the same is worked on by words, without a view
 * for every packet.
 */
const LONGEST_PACKET = 2048;
const opened = createSizedViews(new Uint8Array(LONGEST_PACKET));

const hmacSha1: HmacSha1 = (key, data) => createHmac('sha1', key).update(data).digest();

interface Generation extends IceCredentials {
  password: string;
}

export function openDeviceTransport(options: DeviceTransportOptions): DeviceTransport {
  const { port, clock, random } = options;
  const header = emptyRtpHeader();
  let current = newGeneration(random, options.remoteUfrag);
  let previous: Generation | undefined;
  let selected: BrowserPath | undefined;
  let sender: SrtpSender | undefined;
  let receiver: SrtpReceiver | undefined;
  let refusedPackets = 0;
  let isClosed = false;

  let dtls: DtlsEndpoint | undefined = openDtlsServer({
    certificate: options.certificate,
    peerFingerprints: options.peerFingerprints,
    send: (datagram) => selected?.send(datagram, datagram.length),
    onKeys(keys) {
      sender = createSrtpSender(keys.profile, keys.local);
      receiver = createSrtpReceiver(keys.profile, keys.remote);
      options.onReady();
    },
    onFailed: options.onFailed,
  });

  const noteMedia = (path: BrowserPath, nowMs: number): void => {
    path.heardAtMs = nowMs;
    if (path !== selected && shouldRebind(selected?.heardAtMs, nowMs)) selected = path;
  };

  const peer: BrowserPeer = {
    takeCheck(packet, message, from, reply) {
      const generation = previous !== undefined && message.username?.startsWith(`${previous.localUfrag}:`) ? previous : current;
      const outcome = answerCheck(generation, packet, message, from, hmacSha1);
      if (outcome.reply !== undefined) reply(outcome.reply);
      if (outcome.isProven && generation === current && previous !== undefined) {
        port.unregister(previous.localUfrag);
        previous = undefined;
      }
      return outcome.isProven;
    },
    pathProven(path, message) {
      if (selected === undefined || message.useCandidate) selected = path;
    },
    takeDtls(datagram) {
      dtls?.receive(datagram);
    },
    takeRtp(sealed, path) {
      if (receiver === undefined) return;
      if (sealed.length > LONGEST_PACKET || !readRtp(sealed, sealed.length, header)) {
        refusedPackets += 1;
        return;
      }
      const packet = opened(sealed.length);
      packet.set(sealed);
      const length = receiver.unprotectRtp(packet, packet.length, header.payloadOffset);
      // Padding is inside the encryption: the header is read again once it is plain.
      if (length < 0 || !readRtp(packet, length, header)) {
        refusedPackets += 1;
        return;
      }
      // Media under its keys: the peer has our last flight and will not ask for it again.
      if (dtls !== undefined) {
        dtls.settle();
        dtls = undefined;
      }
      const nowMs = clock.monotonic();
      noteMedia(path, nowMs);
      options.onRtp(header, packet, nowMs);
    },
    takeRtcp(packet, path) {
      if (receiver === undefined) return;
      const length = receiver.unprotectRtcp(packet, packet.length);
      if (length < 0) {
        refusedPackets += 1;
        return;
      }
      noteMedia(path, clock.monotonic());
      options.onRtcp(packet, length);
    },
    failed: options.onBug,
  };
  port.register(current.localUfrag, peer);

  return {
    ufrag: () => current.localUfrag,
    password: () => current.password,
    restart(remoteUfrag) {
      if (previous !== undefined) port.unregister(previous.localUfrag);
      previous = current;
      current = newGeneration(random, remoteUfrag);
      port.register(current.localUfrag, peer);
    },
    isReady: () => sender !== undefined,
    sendRtp(packet, length, payloadOffset) {
      if (sender === undefined || selected === undefined || isClosed) return false;
      selected.send(packet, sender.protectRtp(packet, length, payloadOffset));
      return true;
    },
    sendRtcp(packet, length) {
      if (sender === undefined || selected === undefined || isClosed) return;
      selected.send(packet, sender.protectRtcp(packet, length));
    },
    refusedCount: () => refusedPackets,
    close() {
      if (isClosed) return;
      isClosed = true;
      dtls?.close();
      dtls = undefined;
      port.unregister(current.localUfrag);
      if (previous !== undefined) port.unregister(previous.localUfrag);
      port.forget(peer);
    },
  };
}

/** RFC 8445 5.3: 24 bits of ufrag and 128 of password at least; these are 48 and 144. */
function newGeneration(random: RandomSource, remoteUfrag: string): Generation {
  const localUfrag = iceText(random, 6);
  const password = iceText(random, 18);
  return { localUfrag, password, localPassword: Buffer.from(password), remoteUfrag };
}

/** Base64 uses just the characters that ICE allows; lengths divisible by three need no padding. */
const iceText = (random: RandomSource, octets: number): string => Buffer.from(random.bytes(octets)).toString('base64');
