/** The one microphone of this page: opened once, kept through a replaced connection, metered, exchanged in mid-call. Knows no call and no server. */
import type { Result } from '#contract/result.ts';
import { ok, refused } from '#contract/result.ts';
import type { MicrophoneFailure } from './page-calls.ts';

export interface Microphone {
  /** Opens the chosen microphone, or returns the open one. Asks the person the first time. */
  open(): Promise<Result<MediaStreamTrack, MicrophoneFailure>>;
  /** Another device from now on; the track given to the listener replaces the old one. */
  choose(deviceId: string): Promise<Result<MediaStreamTrack, MicrophoneFailure>>;
  setMuted(muted: boolean): void;
  /** Loudness from 0 to 1 of what the microphone hears, muted or not. */
  level(): number;
  /** What the microphone hears, unmuted, for a test recording; null while closed. */
  listen(): MediaStream | null;
  chosenId(): string | null;
  close(): void;
}

const storageKey = 'quietline.microphone';

/** The browser's error name, as the reason a person can act on (Media Capture and Streams 10.2). */
export function microphoneFailureFrom(error: unknown): MicrophoneFailure {
  switch (error instanceof Error ? error.name : '') {
    case 'NotAllowedError':
    case 'SecurityError':
      return 'denied';
    case 'NotFoundError':
    case 'OverconstrainedError':
      return 'none-found';
    case 'NotReadableError':
    case 'AbortError':
      return 'busy';
    default:
      return 'failed';
  }
}

/** RMS of samples in -1..1, on a scale where quiet speech already shows: speech sits near -30 dBFS. */
export function loudness(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  const rms = Math.sqrt(sum / Math.max(1, samples.length));
  return Math.min(1, Math.max(0, (20 * Math.log10(rms + 1e-6) + 55) / 50));
}

interface Open {
  readonly track: MediaStreamTrack;
  /** Never muted: it tells someone who speaks into a muted microphone. */
  readonly ear: MediaStreamTrack;
  readonly context: AudioContext;
  readonly analyser: AnalyserNode;
}

export function createMicrophone(onReplaced: (track: MediaStreamTrack) => void): Microphone {
  let open: Open | null = null;
  let opening: Promise<Result<MediaStreamTrack, MicrophoneFailure>> | null = null;
  let isMuted = false;
  let deviceId = localStorage.getItem(storageKey);
  const samples = new Float32Array(1024);

  const release = (): void => {
    open?.track.stop();
    open?.ear.stop();
    void open?.context.close();
    open = null;
  };

  const capture = async (): Promise<MediaStreamTrack> => {
    const audio: MediaTrackConstraints = { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1 };
    // 'ideal' and not 'exact': a headset left at home must not stop a call.
    const stream = await navigator.mediaDevices.getUserMedia({ audio: deviceId === null ? audio : { ...audio, deviceId: { ideal: deviceId } } });
    const [track] = stream.getAudioTracks();
    if (track === undefined) throw new DOMException('The browser gave no audio track.', 'NotFoundError');
    return track;
  };

  const adopt = (track: MediaStreamTrack): MediaStreamTrack => {
    const previous = open;
    const context = new AudioContext();
    const analyser = context.createAnalyser();
    analyser.fftSize = 1024;
    const ear = track.clone();
    context.createMediaStreamSource(new MediaStream([ear])).connect(analyser);
    track.enabled = !isMuted;
    open = { track, ear, context, analyser };
    track.addEventListener('ended', () => {
      // Unplugged in mid-call: whatever microphone is left takes over.
      if (open?.track === track) void reopen();
    });
    if (previous !== null) {
      onReplaced(track);
      previous.track.stop();
      previous.ear.stop();
      void previous.context.close();
    }
    return track;
  };

  const reopen = async (): Promise<Result<MediaStreamTrack, MicrophoneFailure>> => {
    if (!('mediaDevices' in navigator)) return refused('insecure-page');
    try {
      return ok(adopt(await capture()));
    } catch (error) {
      return refused(microphoneFailureFrom(error));
    }
  };

  return {
    open() {
      if (open?.track.readyState === 'live') {
        void open.context.resume();
        return Promise.resolve(ok(open.track));
      }
      opening ??= reopen().finally(() => {
        opening = null;
      });
      return opening;
    },
    async choose(id) {
      const before = deviceId;
      deviceId = id;
      const result = await reopen();
      if (result.ok) localStorage.setItem(storageKey, id);
      else deviceId = before;
      return result;
    },
    setMuted(muted) {
      isMuted = muted;
      if (open !== null) open.track.enabled = !muted;
    },
    level() {
      if (open === null || open.context.state !== 'running') return 0;
      open.analyser.getFloatTimeDomainData(samples);
      return loudness(samples);
    },
    listen: () => (open === null ? null : new MediaStream([open.ear])),
    chosenId: () => open?.track.getSettings().deviceId ?? deviceId,
    close: release,
  };
}
