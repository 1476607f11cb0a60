/**
 * Has each packet of Opus repeat the speech before it, so that what the network loses comes again in time. Runs beside the page,
 * between the browser's encoder and its packets; touches no other codec, and sees encoded speech only.
 */
import { fitsRed, LONGEST_RED_OFFSET, MOST_RED_BLOCKS, writeRedBefore, type RedundantPayload } from '#contract/red-codec.ts';

export interface RepeatsRequest {
  readonly opusPayloadType: number;
  /** How many frames back each lies, the nearest first; none leaves packets as they are. */
  readonly repeats: readonly number[];
}

/** As both browsers have it (WebRTC Encoded Transform); TypeScript knows them only in a worker's library. */
interface EncodedFrame {
  data: ArrayBuffer;
  readonly timestamp?: number;
  getMetadata(): { readonly payloadType?: number; readonly rtpTimestamp?: number };
}
interface TransformEvent extends Event {
  readonly transformer: { readonly readable: ReadableStream<EncodedFrame>; readonly writable: WritableStream<EncodedFrame> };
}

/** What fits beside everything else into one packet of any network. */
const longestPacket = 1_100;

let request: RepeatsRequest = { opusPayloadType: -1, repeats: [] };
let sent: { readonly octets: Uint8Array; readonly timestamp: number }[] = [];

function wrap(frame: EncodedFrame): void {
  const { payloadType, rtpTimestamp } = frame.getMetadata();
  const timestamp = rtpTimestamp ?? frame.timestamp;
  if (payloadType !== request.opusPayloadType || timestamp === undefined || request.repeats.length === 0) {
    sent = [];
    return;
  }
  const speech = new Uint8Array(frame.data);
  const redundant: RedundantPayload[] = [];
  let room = longestPacket - speech.length;
  for (const framesBack of request.repeats) {
    const earlier = sent.at(-framesBack);
    if (earlier === undefined) break;
    const { octets, timestamp: sentAt } = earlier;
    const timestampOffset = (timestamp - sentAt) >>> 0;
    room -= octets.length + 4;
    if (room < 0 || timestampOffset > LONGEST_RED_OFFSET || !fitsRed(octets.length, timestampOffset)) break;
    redundant.unshift({ octets, length: octets.length, timestampOffset });
  }
  const packet = new Uint8Array(longestPacket + speech.length);
  const at = writeRedBefore(packet, 0, request.opusPayloadType, redundant);
  packet.set(speech, at);
  frame.data = packet.buffer.slice(0, at + speech.length);
  sent = [...sent.slice(1 - MOST_RED_BLOCKS), { octets: speech.slice(), timestamp }];
}

self.addEventListener('message', (event: MessageEvent<RepeatsRequest>) => {
  request = event.data;
});
self.addEventListener('rtctransform', (event) => {
  const { readable, writable } = (event as TransformEvent).transformer;
  void readable.pipeThrough(new TransformStream<EncodedFrame, EncodedFrame>({
    transform(frame, controller) {
      wrap(frame);
      controller.enqueue(frame);
    },
  })).pipeTo(writable).catch(() => {
    // The connection is gone.
  });
});
