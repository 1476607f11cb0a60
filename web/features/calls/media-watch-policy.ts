/** Whether an audio connection really carries audio, judged from its counters: "connected" alone proves nothing. Pure; replaces nothing itself. */

export interface MediaSample {
  readonly atMs: number;
  readonly connectionState: 'new' | 'connecting' | 'connected' | 'disconnected' | 'failed' | 'closed';
  readonly packetsReceived: number;
  readonly packetsSent: number;
  /** Answers to our ICE checks: the path to the server lives, whoever is silent. */
  readonly iceResponses: number;
}

/** What the call itself says of its audio. */
export interface CallSaid {
  /** It is in a state in which the server sends audio. */
  readonly isAudioDue: boolean;
  /** The server hears nothing of this page, though it should. */
  readonly isUnheard: boolean;
}

export type MediaVerdict = 'setting-up' | 'flowing' | 'quiet' | 'lost';

/** What has been seen of one connection since its answer was applied. */
export interface MediaWatch {
  readonly answeredAtMs: number;
  readonly connectedAtMs: number | null;
  readonly disconnectedSinceMs: number | null;
  readonly unheardSinceMs: number | null;
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

/** A short outage is over by then, and the server hears the page again by itself. Longer, and it may never: a media server that does not follow a browser onto another network goes on answering its checks. */
export const unheardForMs = 3_000;

export const startMediaWatch = (nowMs: number): MediaWatch => ({
  answeredAtMs: nowMs,
  connectedAtMs: null,
  disconnectedSinceMs: null,
  unheardSinceMs: null,
  receivedAtMs: null,
  answeredCheckAtMs: null,
  last: null,
});

function observe(watch: MediaWatch, sample: MediaSample, { isUnheard }: CallSaid): MediaWatch {
  const isConnected = sample.connectionState === 'connected';
  return {
    answeredAtMs: watch.answeredAtMs,
    connectedAtMs: watch.connectedAtMs ?? (isConnected ? sample.atMs : null),
    disconnectedSinceMs: sample.connectionState === 'disconnected' ? (watch.disconnectedSinceMs ?? sample.atMs) : null,
    unheardSinceMs: isUnheard && isConnected ? (watch.unheardSinceMs ?? sample.atMs) : null,
    receivedAtMs: sample.packetsReceived > (watch.last?.packetsReceived ?? 0) ? sample.atMs : watch.receivedAtMs,
    answeredCheckAtMs: sample.iceResponses > (watch.last?.iceResponses ?? 0) ? sample.atMs : watch.answeredCheckAtMs,
    last: sample,
  };
}

function judge(watch: MediaWatch, sample: MediaSample, { isAudioDue }: CallSaid): MediaVerdict {
  if (sample.connectionState === 'failed' || sample.connectionState === 'closed') return 'lost';
  if (watch.connectedAtMs === null) return sample.atMs - watch.answeredAtMs > connectWithinMs ? 'lost' : 'setting-up';
  if (watch.disconnectedSinceMs !== null) return sample.atMs - watch.disconnectedSinceMs > disconnectedForMs ? 'lost' : 'quiet';
  if (watch.unheardSinceMs !== null && sample.atMs - watch.unheardSinceMs >= unheardForMs) return 'lost';
  if (watch.receivedAtMs === null) return isAudioDue && sample.atMs - watch.connectedAtMs > firstPacketWithinMs ? 'lost' : 'setting-up';
  if (sample.atMs - watch.receivedAtMs < 1_500) return 'flowing';
  const aliveAtMs = Math.max(watch.receivedAtMs, watch.answeredCheckAtMs ?? 0);
  return isAudioDue && sample.atMs - aliveAtMs > silentPathMs ? 'lost' : 'quiet';
}

export function watchMedia(watch: MediaWatch, sample: MediaSample, said: CallSaid): { readonly watch: MediaWatch; readonly verdict: MediaVerdict } {
  const next = observe(watch, sample, said);
  return { watch: next, verdict: judge(next, sample, said) };
}
