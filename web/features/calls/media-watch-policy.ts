/** Whether an audio connection really carries audio, judged from its counters: "connected" alone proves nothing. Pure; replaces nothing itself. */

export interface MediaSample {
  readonly atMs: number;
  readonly connectionState: 'new' | 'connecting' | 'connected' | 'disconnected' | 'failed' | 'closed';
  readonly packetsReceived: number;
  readonly packetsSent: number;
  /** Answers to our ICE checks: the path to the server lives, whoever is silent. */
  readonly iceResponses: number;
}

export type MediaVerdict = 'setting-up' | 'flowing' | 'quiet' | 'lost';

/** What has been seen of one connection since its answer was applied. */
export interface MediaWatch {
  readonly answeredAtMs: number;
  readonly connectedAtMs: number | null;
  readonly disconnectedSinceMs: number | null;
  readonly receivedAtMs: number | null;
  readonly answeredCheckAtMs: number | null;
  readonly last: MediaSample | null;
}

/** ICE and DTLS took 0.7 to 3 s on a loaded machine; on a poor mobile network three times that. */
export const connectWithinMs = 10_000;
/** Browsers call a path disconnected after some 3 to 5 s without answers; a short outage mends itself. */
export const disconnectedForMs = 2_500;
/** The server sends ringback, speech or silence from the first second: nothing at all means a half-open DTLS. */
export const firstPacketWithinMs = 6_000;
/** A party on hold or with silence suppression sends nothing for long; only a dead path answers no checks either. Browsers check every 2.5 s or so. */
export const silentPathMs = 9_000;

export const startMediaWatch = (nowMs: number): MediaWatch => ({
  answeredAtMs: nowMs,
  connectedAtMs: null,
  disconnectedSinceMs: null,
  receivedAtMs: null,
  answeredCheckAtMs: null,
  last: null,
});

function observe(watch: MediaWatch, sample: MediaSample): MediaWatch {
  const isConnected = sample.connectionState === 'connected';
  return {
    answeredAtMs: watch.answeredAtMs,
    connectedAtMs: watch.connectedAtMs ?? (isConnected ? sample.atMs : null),
    disconnectedSinceMs: sample.connectionState === 'disconnected' ? (watch.disconnectedSinceMs ?? sample.atMs) : null,
    receivedAtMs: sample.packetsReceived > (watch.last?.packetsReceived ?? 0) ? sample.atMs : watch.receivedAtMs,
    answeredCheckAtMs: sample.iceResponses > (watch.last?.iceResponses ?? 0) ? sample.atMs : watch.answeredCheckAtMs,
    last: sample,
  };
}

function judge(watch: MediaWatch, sample: MediaSample, isAudioDue: boolean): MediaVerdict {
  if (sample.connectionState === 'failed' || sample.connectionState === 'closed') return 'lost';
  if (watch.connectedAtMs === null) return sample.atMs - watch.answeredAtMs > connectWithinMs ? 'lost' : 'setting-up';
  if (watch.disconnectedSinceMs !== null) return sample.atMs - watch.disconnectedSinceMs > disconnectedForMs ? 'lost' : 'quiet';
  if (watch.receivedAtMs === null) return isAudioDue && sample.atMs - watch.connectedAtMs > firstPacketWithinMs ? 'lost' : 'setting-up';
  if (sample.atMs - watch.receivedAtMs < 1_500) return 'flowing';
  const aliveAtMs = Math.max(watch.receivedAtMs, watch.answeredCheckAtMs ?? 0);
  return isAudioDue && sample.atMs - aliveAtMs > silentPathMs ? 'lost' : 'quiet';
}

/** `isAudioDue`: the call is in a state in which the server sends audio. */
export function watchMedia(watch: MediaWatch, sample: MediaSample, isAudioDue: boolean): { readonly watch: MediaWatch; readonly verdict: MediaVerdict } {
  const next = observe(watch, sample);
  return { watch: next, verdict: judge(next, sample, isAudioDue) };
}
