/**
 * Everything that goes out to one leg, as one RTP stream: what others say, what is played, keypresses, and silence so
 * that the stream never dies. Owns their precedence; knows neither sockets nor keys.
 */
import type { RandomSource } from '#server/platform/clock/random.ts';
import { fillKeyTone } from '../audio/dtmf-tones-policy.ts';
import { crossG711, encodeG711, SILENCE_OCTET, type G711Law } from '../audio/g711-codec.ts';
import { FRAME_SAMPLES, SAMPLE_RATE, type SampleSource } from '../audio/sample-source.ts';
import type { DtmfDigit } from '../media-port.ts';
import { DTMF_VOLUME, startDtmf, stepDtmf, type DtmfSender } from '../rtp/dtmf-sender-machine.ts';
import { countSent, createOutgoingStream, stampEvent, stampGenerated, stampRelayed, type OutgoingStream } from '../rtp/outgoing-stream.ts';
import { RTP_HEADER_LENGTH, writeRtpHeader, type RtpHeader } from '../rtp/rtp-codec.ts';
import { TELEPHONE_EVENT_LENGTH, writeTelephoneEvent } from '../rtp/telephone-event-codec.ts';
import type { CodecChoice, EventChoice } from '../sdp/party-negotiation-policy.ts';
import { SRTP_HEADROOM } from '../srtp/srtp-transform.ts';

export interface LegSender {
  readonly stream: OutgoingStream;
  /** What the peer takes, its first codec first. `takesAny`: every one of them may be sent at any moment, as a browser allows. */
  negotiate(codecs: readonly CodecChoice[], event: EventChoice | undefined, takesAny: boolean): void;
  /** Whether the peer may be sent anything just now. */
  setOpen(isOpen: boolean): void;
  codec(): CodecChoice | undefined;
  /** Whether the peer takes keypresses as telephone events, and so sends them. */
  takesKeys(): boolean;
  /** Passes on a packet of another leg; with `isSilenced` its audio is replaced and its rhythm kept. */
  relayAudio(sourceKey: number, header: RtpHeader, packet: Uint8Array, law: G711Law, isSilenced: boolean, nowMs: number): void;
  relayEvent(sourceKey: number, header: RtpHeader, packet: Uint8Array, nowMs: number): void;
  /** One frame of ours: a mix. */
  sendFrame(samples: Int16Array, nowMs: number): void;
  /** Plays instead of relaying; `onEnd` is called if the source ends by itself. */
  play(source: SampleSource, onEnd: () => void): void;
  stopPlaying(): void;
  /** Whether nothing is made here, and would not be for the next moments: neither sound nor keys nor silence. */
  isAtRest(): boolean;
  /** False if they are to be telephone events and the peer takes none. `onDone` is called once the last end packet is out, or with false if it never will be. */
  sendDtmf(digits: readonly DtmfDigit[], as: 'events' | 'tones', onDone: (isSent: boolean) => void): boolean;
  /** Every 20 ms. */
  tick(nowMs: number): void;
  close(): void;
}

const LONGEST_PAYLOAD = 1400;
/**
 * Before the payload there is room for a header as long as a source's may be, so that its packet is copied in one piece to where its
 * payload belongs and our header is written over its own; behind it, for what a packet may carry there.
 */
const PAYLOAD_AT = 96;
const LONGEST_COPIED = 2048;
/** Shorter pauses are the network's: a burst that arrives late finds its place still free. */
const FILL_AFTER_MS = 500;

/** `transmit` gets a buffer that is valid until it returns, with SRTP_HEADROOM behind `length`; false if nothing could be sent. */
export function createLegSender(random: RandomSource, transmit: (packet: Uint8Array, length: number, payloadOffset: number) => boolean): LegSender {
  const stream = createOutgoingStream(random);
  const room = new Uint8Array(PAYLOAD_AT + LONGEST_COPIED + SRTP_HEADROOM);
  const packet = room.subarray(PAYLOAD_AT - RTP_HEADER_LENGTH);
  const frame = new Int16Array(FRAME_SAMPLES);
  let codecs: readonly CodecChoice[] = [];
  let event: EventChoice | undefined;
  let takesAnyCodec = false;
  let isOpen = false;
  let openedAtMs: number | undefined;
  let playing: { source: SampleSource; onEnd: () => void } | undefined;
  let dtmf: { sender: DtmfSender; as: 'events' | 'tones'; onDone: (isSent: boolean) => void } | undefined;
  let wasFed = false;

  const send = (payloadType: number, payloadLength: number): void => {
    writeRtpHeader(packet, 0, payloadType, stream.marker, stream.sequence, stream.timestamp, stream.ssrc);
    if (transmit(packet, RTP_HEADER_LENGTH + payloadLength, RTP_HEADER_LENGTH)) countSent(stream, payloadLength);
  };

  const copyPayload = (source: Uint8Array, { payloadOffset, payloadLength }: RtpHeader): void => {
    if (payloadOffset <= PAYLOAD_AT && source.length - payloadOffset <= LONGEST_COPIED) room.set(source, PAYLOAD_AT - payloadOffset);
    else packet.set(source.subarray(payloadOffset, payloadOffset + payloadLength), RTP_HEADER_LENGTH);
  };

  const codecFor = (law: G711Law): CodecChoice | undefined => {
    if (takesAnyCodec) for (const codec of codecs) if (codec.law === law) return codec;
    return codecs[0];
  };

  const sendFrame = (samples: Int16Array, nowMs: number): void => {
    const codec = codecs[0];
    if (codec === undefined || !isOpen) return;
    stampGenerated(stream, nowMs);
    encodeG711(codec.law, samples, samples.length, packet, RTP_HEADER_LENGTH);
    send(codec.payloadType, samples.length);
  };

  const sendKey = (sending: NonNullable<typeof dtmf>, choice: EventChoice | undefined, nowMs: number): void => {
    const { sender, step } = stepDtmf(sending.sender, choice?.clockRate ?? SAMPLE_RATE);
    sending.sender = sender;
    if (step.type === 'done') {
      dtmf = undefined;
      sending.onDone(true);
      return;
    }
    if (choice === undefined) {
      if (step.type === 'gap') frame.fill(0);
      else fillKeyTone(step.digit, step.durationTicks - FRAME_SAMPLES, frame);
      return sendFrame(frame, nowMs);
    }
    if (step.type === 'gap') return;
    for (let copy = 0; copy < step.copies; copy += 1) {
      stampEvent(stream, step.first, nowMs);
      writeTelephoneEvent(packet, RTP_HEADER_LENGTH, { digit: step.digit, end: step.end, volume: DTMF_VOLUME, duration: step.durationTicks });
      send(choice.payloadType, TELEPHONE_EVENT_LENGTH);
    }
  };

  const giveUpKeys = (): void => {
    const unsent = dtmf;
    dtmf = undefined;
    unsent?.onDone(false);
  };

  const isBusy = (): boolean => !isOpen || dtmf !== undefined || playing !== undefined;

  return {
    stream,
    negotiate(nextCodecs, nextEvent, takesAny) {
      codecs = nextCodecs;
      event = nextEvent;
      takesAnyCodec = takesAny;
    },
    setOpen(next) {
      if (next && !isOpen) openedAtMs = undefined;
      isOpen = next;
      if (!isOpen) giveUpKeys();
    },
    codec: () => codecs[0],
    takesKeys: () => event !== undefined,
    relayAudio(sourceKey, header, source, law, isSilenced, nowMs) {
      const codec = codecFor(law);
      const length = header.payloadLength;
      if (codec === undefined || isBusy() || length > LONGEST_PAYLOAD || length === 0) return;
      if (!stampRelayed(stream, sourceKey, header.sequence, header.timestamp, header.marker, nowMs)) return;
      if (isSilenced) packet.fill(SILENCE_OCTET[codec.law], RTP_HEADER_LENGTH, RTP_HEADER_LENGTH + length);
      else {
        copyPayload(source, header);
        if (codec.law !== law) crossG711(law, packet, RTP_HEADER_LENGTH, length);
      }
      send(codec.payloadType, length);
    },
    relayEvent(sourceKey, header, source, nowMs) {
      if (event === undefined || isBusy() || header.payloadLength < TELEPHONE_EVENT_LENGTH) return;
      if (!stampRelayed(stream, sourceKey, header.sequence, header.timestamp, header.marker, nowMs)) return;
      copyPayload(source, header);
      send(event.payloadType, TELEPHONE_EVENT_LENGTH);
    },
    sendFrame(samples, nowMs) {
      if (isBusy()) return;
      wasFed = true;
      sendFrame(samples, nowMs);
    },
    play(source, onEnd) {
      playing = { source, onEnd };
    },
    stopPlaying() {
      playing = undefined;
    },
    isAtRest: () => !isOpen || (playing === undefined && dtmf === undefined && (stream.sourceKey !== undefined || stream.lastSentAtMs === undefined)),
    sendDtmf(digits, as, onDone) {
      if (as === 'events' && event === undefined) return false;
      if (!isOpen) {
        onDone(false);
        return true;
      }
      const before = dtmf;
      dtmf =
        before === undefined
          ? { sender: startDtmf(digits), as, onDone }
          : {
              as: before.as,
              sender: { ...before.sender, digits: [...before.sender.digits, ...digits] },
              onDone(isSent) {
                before.onDone(isSent);
                onDone(isSent);
              },
            };
      return true;
    },
    tick(nowMs) {
      if (!isOpen) return;
      openedAtMs ??= nowMs;
      const isFed = wasFed;
      wasFed = false;
      if (dtmf !== undefined && (dtmf.as === 'tones' || event !== undefined)) {
        sendKey(dtmf, dtmf.as === 'tones' ? undefined : event, nowMs);
        return;
      }
      if (playing !== undefined) {
        if (playing.source.fill(frame)) {
          sendFrame(frame, nowMs);
          return;
        }
        const { onEnd } = playing;
        playing = undefined;
        onEnd();
      }
      // A far end that hears nothing at all takes the call for dead; silence of ours is relayed on by the last frame's pace.
      const quietSinceMs = Math.max(stream.lastSentAtMs ?? openedAtMs, openedAtMs);
      const isFilling = stream.sourceKey === undefined && stream.lastSentAtMs !== undefined;
      if (isFed) return;
      if (isFilling || nowMs - quietSinceMs >= FILL_AFTER_MS) {
        frame.fill(0);
        sendFrame(frame, nowMs);
      }
    },
    close() {
      isOpen = false;
      playing = undefined;
      giveUpKeys();
    },
  };
}
