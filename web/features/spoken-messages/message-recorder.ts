/** Records the microphone and gives 16-bit samples as a telephone carries them; plays such samples. Keeps nothing. */
import { spokenMessageSampleRate } from '#contract/spoken-messages.ts';

export interface MessageRecorder {
  /** The whole of it, once. The microphone is let go. */
  stop(): Promise<Int16Array>;
  cancel(): void;
}

/** Rejects as getUserMedia does. */
export async function startRecording(): Promise<MessageRecorder> {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: false, noiseSuppression: true, autoGainControl: true, channelCount: 1 } });
  const chunks: Blob[] = [];
  const recorder = new MediaRecorder(stream);
  recorder.addEventListener('dataavailable', ({ data }) => chunks.push(data));
  const stopped = new Promise((resolve) => recorder.addEventListener('stop', resolve, { once: true }));
  recorder.start();
  const release = (): void => {
    for (const track of stream.getTracks()) track.stop();
  };
  return {
    async stop() {
      recorder.stop();
      await stopped;
      release();
      return toTelephoneSamples(await new Blob(chunks, { type: recorder.mimeType }).arrayBuffer());
    },
    cancel() {
      if (recorder.state !== 'inactive') recorder.stop();
      release();
    },
  };
}

async function toTelephoneSamples(encoded: ArrayBuffer): Promise<Int16Array> {
  // Decoding resamples to the context's own rate, with the browser's filter.
  const decoded = await new OfflineAudioContext(1, 1, spokenMessageSampleRate).decodeAudioData(encoded);
  return Int16Array.from(decoded.getChannelData(0), (sample) => Math.max(-32_768, Math.min(32_767, Math.round(sample * 32_767))));
}

export function encodeSamples(samples: Int16Array): string {
  const octets = new Uint8Array(samples.length * 2);
  const view = new DataView(octets.buffer);
  for (const [index, sample] of samples.entries()) view.setInt16(2 * index, sample, true);
  let text = '';
  for (let start = 0; start < octets.length; start += 0x8000) text += String.fromCharCode(...octets.subarray(start, start + 0x8000));
  return btoa(text);
}

export function decodeSamples(base64: string): Int16Array {
  const text = atob(base64);
  const view = new DataView(Uint8Array.from(text, (character) => character.charCodeAt(0)).buffer);
  return Int16Array.from({ length: text.length >> 1 }, (_, index) => view.getInt16(2 * index, true));
}

export interface Playback {
  stop(): void;
}

export function playSamples(samples: Int16Array, onEnd: () => void): Playback {
  const context = new AudioContext();
  const buffer = context.createBuffer(1, Math.max(1, samples.length), spokenMessageSampleRate);
  buffer.copyToChannel(Float32Array.from(samples, (sample) => sample / 32_768), 0);
  const source = context.createBufferSource();
  source.buffer = buffer;
  source.connect(context.destination);
  let isOver = false;
  const end = (): void => {
    if (isOver) return;
    isOver = true;
    void context.close();
    onEnd();
  };
  source.addEventListener('ended', end);
  source.start();
  return { stop: end };
}
