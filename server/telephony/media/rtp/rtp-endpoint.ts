/**
 * One plain RTP end of a telephone call, as a user agent outside the server's own calls needs it: it offers and answers
 * G.711, sends and receives frames of 20 ms and keypresses. It relays nothing and speaks no SIP.
 */
import { ok, refused, type Result } from '#contract/result.ts';
import type { Clock } from '#server/platform/clock/clock.ts';
import type { RandomSource } from '#server/platform/clock/random.ts';
import { decodeG711, encodeG711, type G711Law } from '../audio/g711-codec.ts';
import { startFramePacer } from '../audio/frame-pacer.ts';
import { createSampleSource, FRAME_SAMPLES, type SampleSource } from '../audio/sample-source.ts';
import type { DtmfDigit, MediaDirection, PlaySource, Sdp } from '../media-port.ts';
import {
  answerDirection,
  mayReceive,
  maySend,
  offeredCodecs,
  OFFERED_EVENT,
  readPartyDescription,
  sectionsAround,
  writePartyDescription,
  type CodecChoice,
  type EventChoice,
  type PartyDescription,
  type PartyRefusal,
} from '../sdp/party-negotiation-policy.ts';
import { idleDtmfReceiver, receiveTelephoneEvent, releaseStaleKey } from './dtmf-receiver-machine.ts';
import { DTMF_VOLUME, startDtmf, stepDtmf, type DtmfSender } from './dtmf-sender-machine.ts';
import { countSent, createOutgoingStream, stampEvent, stampGenerated } from './outgoing-stream.ts';
import { emptyRtpHeader, readRtp, RTP_HEADER_LENGTH, writeRtpHeader } from './rtp-codec.ts';
import { openRtpSocketPair, type PortRange } from './rtp-socket-pair.ts';
import { readTelephoneEvent, TELEPHONE_EVENT_LENGTH, writeTelephoneEvent } from './telephone-event-codec.ts';

export interface RtpEndpointOptions {
  address: string;
  portRange: PortRange;
  clock: Clock;
  random: RandomSource;
  /** The law that is offered first. */
  preferredLaw?: G711Law;
}

export interface RtpEndpoint {
  readonly port: number;
  /** Our offer; a later call raises its version. */
  createOffer(direction?: MediaDirection): Sdp;
  acceptAnswer(answer: Sdp): Result<void, PartyRefusal>;
  /** Answers the peer's offer; `wanted` is what we would like: 'sendonly' holds the peer. */
  acceptOffer(offer: Sdp, wanted?: MediaDirection): Result<Sdp, PartyRefusal>;
  /** Plays until the source's end, or until another takes its place; true if it came to its end. */
  play(source: PlaySource): Promise<boolean>;
  /** Nothing more is played: packets stop, as from a phone that is muted by hanging still. */
  stopPlaying(): void;
  /** Sends one frame of up to 20 ms now, outside of any playback. */
  sendFrame(samples: Int16Array): void;
  /** Resolves when the last end packet is out. */
  sendDtmf(digits: readonly DtmfDigit[]): Promise<void>;
  /** Each frame as it arrives, decoded; the array is used again for the next. */
  onFrame(listener: (samples: Int16Array) => void): void;
  onDtmf(listener: (digit: DtmfDigit, durationMs: number) => void): void;
  /** What the peer last said of itself; undefined before it said anything. */
  peerDirection(): MediaDirection | undefined;
  statistics(): { packetsSent: number; packetsReceived: number };
  close(): void;
}

/** Undefined if the range has no free pair of ports. */
export async function openRtpEndpoint(options: RtpEndpointOptions): Promise<RtpEndpoint | undefined> {
  const { clock, random, address } = options;
  const sockets = await openRtpSocketPair(address, options.portRange, random);
  if (sockets === undefined) return undefined;

  const stream = createOutgoingStream(random);
  const sessionId = String(stream.ssrc);
  const packet = new Uint8Array(RTP_HEADER_LENGTH + FRAME_SAMPLES);
  const frame = new Int16Array(FRAME_SAMPLES);
  const header = emptyRtpHeader();
  const decoded = new Int16Array(2048);
  const frameListeners: ((samples: Int16Array) => void)[] = [];
  const dtmfListeners: ((digit: DtmfDigit, durationMs: number) => void)[] = [];

  let version = 0;
  let codecs: readonly CodecChoice[] = offeredCodecs(options.preferredLaw ?? 'PCMU');
  let event: EventChoice | undefined = OFFERED_EVENT;
  let direction: MediaDirection = 'sendrecv';
  let peer: PartyDescription | undefined;
  let destination: { address: string; port: number } | undefined;
  let playing: { source: SampleSource; done: (isEnd: boolean) => void } | undefined;
  let dtmf: { sender: DtmfSender; done: () => void } | undefined;
  let receiver = idleDtmfReceiver;
  let packetsReceived = 0;
  let isClosed = false;

  const describe = (before: Parameters<typeof writePartyDescription>[0]['refusedBefore'], after: Parameters<typeof writePartyDescription>[0]['refusedAfter']): Sdp => {
    version += 1;
    return writePartyDescription({
      sessionId, version, address, port: sockets.port, codecs, event, direction, cryptoLines: [], isSecure: false, rtcpMux: false, refusedBefore: before, refusedAfter: after,
    });
  };

  const takePeer = (description: PartyDescription): void => {
    peer = description;
    destination = { address: description.address, port: description.port };
    event = description.event;
  };

  const canSend = (): boolean => peer !== undefined && mayReceive(peer.direction) && maySend(direction);

  const transmit = (payloadLength: number, payloadType: number): void => {
    if (destination === undefined || isClosed) return;
    writeRtpHeader(packet, 0, payloadType, stream.marker, stream.sequence, stream.timestamp, stream.ssrc);
    sockets.rtp.send(packet, 0, RTP_HEADER_LENGTH + payloadLength, destination.port, destination.address);
    countSent(stream, payloadLength);
  };

  const sendAudio = (samples: Int16Array): void => {
    const codec = peer?.codecs[0];
    if (codec === undefined || !canSend()) return;
    stampGenerated(stream, clock.monotonic());
    encodeG711(codec.law, samples, samples.length, packet, RTP_HEADER_LENGTH);
    transmit(samples.length, codec.payloadType);
  };

  const sendDtmfStep = (nowMs: number, sending: NonNullable<typeof dtmf>, choice: EventChoice): void => {
    const { sender, step } = stepDtmf(sending.sender, choice.clockRate);
    sending.sender = sender;
    if (step.type === 'done') {
      dtmf = undefined;
      sending.done();
      return;
    }
    if (step.type === 'gap') return;
    for (let copy = 0; copy < step.copies; copy += 1) {
      stampEvent(stream, step.first, nowMs);
      writeTelephoneEvent(packet, RTP_HEADER_LENGTH, { digit: step.digit, end: step.end, volume: DTMF_VOLUME, duration: step.durationTicks });
      transmit(TELEPHONE_EVENT_LENGTH, choice.payloadType);
    }
  };

  const pacer = startFramePacer(clock, (nowMs) => {
    const released = releaseStaleKey(receiver, event?.clockRate ?? 8000, nowMs);
    receiver = released.receiver;
    for (const heard of released.heard) for (const listener of dtmfListeners) listener(heard.digit, heard.durationMs);
    if (dtmf !== undefined && event !== undefined) {
      sendDtmfStep(nowMs, dtmf, event);
      return;
    }
    if (playing === undefined) return;
    if (playing.source.fill(frame)) {
      sendAudio(frame);
      return;
    }
    const { done } = playing;
    playing = undefined;
    done(true);
  });

  sockets.rtp.on('message', (message, from) => {
    if (!readRtp(message, message.length, header)) return;
    packetsReceived += 1;
    // Symmetric RTP: whoever sends to us is whom we answer, as telephones behind a NAT need it.
    destination = { address: from.address, port: from.port };
    if (header.payloadType === event?.payloadType) {
      const key = readTelephoneEvent(message, header.payloadOffset, header.payloadLength);
      if (key === undefined) return;
      const result = receiveTelephoneEvent(receiver, key, header.timestamp, event.clockRate, clock.monotonic());
      receiver = result.receiver;
      for (const heard of result.heard) for (const listener of dtmfListeners) listener(heard.digit, heard.durationMs);
      return;
    }
    const codec = codecs.find((choice) => choice.payloadType === header.payloadType);
    if (codec === undefined || header.payloadLength > decoded.length) return;
    decodeG711(codec.law, message, header.payloadOffset, header.payloadLength, decoded);
    const samples = decoded.subarray(0, header.payloadLength);
    for (const listener of frameListeners) listener(samples);
  });

  const stopPlaying = (): void => {
    const previous = playing;
    playing = undefined;
    previous?.done(false);
  };

  return {
    port: sockets.port,
    createOffer(wanted = 'sendrecv') {
      direction = wanted;
      codecs = offeredCodecs(options.preferredLaw ?? 'PCMU');
      event = OFFERED_EVENT;
      return describe([], []);
    },
    acceptAnswer(answer) {
      const read = readPartyDescription(answer);
      if (!read.ok) return read;
      if (read.value.isSecure) return refused('insecure-description');
      takePeer(read.value);
      return ok(undefined);
    },
    acceptOffer(offer, wanted = 'sendrecv') {
      const read = readPartyDescription(offer);
      if (!read.ok) return read;
      if (read.value.isSecure) return refused('insecure-description');
      takePeer(read.value);
      codecs = read.value.codecs;
      direction = answerDirection(read.value.direction, wanted);
      const around = sectionsAround(offer);
      return ok(describe(around.before, around.after));
    },
    play(source) {
      stopPlaying();
      return new Promise((done) => {
        playing = { source: createSampleSource(source), done };
      });
    },
    stopPlaying,
    sendFrame: (samples) => sendAudio(samples.length > FRAME_SAMPLES ? samples.subarray(0, FRAME_SAMPLES) : samples),
    sendDtmf(digits) {
      if (event === undefined || isClosed) return Promise.resolve();
      const before = dtmf;
      return new Promise((done) => {
        dtmf = {
          sender: before === undefined ? startDtmf(digits) : { ...before.sender, digits: [...before.sender.digits, ...digits] },
          done() {
            before?.done();
            done();
          },
        };
      });
    },
    onFrame: (listener) => void frameListeners.push(listener),
    onDtmf: (listener) => void dtmfListeners.push(listener),
    peerDirection: () => peer?.direction,
    statistics: () => ({ packetsSent: stream.packetsSent, packetsReceived }),
    close() {
      if (isClosed) return;
      isClosed = true;
      pacer.stop();
      sockets.close();
      stopPlaying();
      dtmf?.done();
    },
  };
}
