/** Makes the browser send the codec that the network asks for, among those that were agreed on, in mid-call and without the server. Decides nothing: the policies do. */
import { REPEATS_ATTRIBUTE } from '#contract/red-codec.ts';
import { decideSpeechCodec, repeatsAgainst, speechBegins, type SpeechCodec, type SpeechCodecState } from '#contract/speech-codec-policy.ts';
import { announce, formatOf, preferFormats } from './description-text-policy.ts';
import type { RepeatsRequest } from './speech-repeats-worker.ts';

/** G.711 goes through to the phone network untouched; Opus and RED repair losses; telephone-event must stay beside them or DTMF is lost. */
const offered = ['audio/pcmu', 'audio/pcma', 'audio/opus', 'audio/red', 'audio/telephone-event'];
/** RED before the Opus it repeats, or it goes unused; it has one repeat, and ours have as many as the network needs. */
const sentFirst = { g711: ['pcmu', 'pcma'], opus: ['red', 'opus'], 'opus with our repeats': ['opus'] } as const;

/** Before the offer is made. */
export function offerSpeechCodecs(transceiver: RTCRtpTransceiver): void {
  const rank = (codec: RTCRtpCodec): number => offered.indexOf(codec.mimeType.toLowerCase());
  const codecs = (RTCRtpReceiver.getCapabilities('audio')?.codecs ?? [])
    .filter((codec) => rank(codec) >= 0 && !(codec.mimeType.toLowerCase() === 'audio/telephone-event' && codec.clockRate !== 8_000))
    .sort((a, b) => rank(a) - rank(b));
  if (codecs.length > 0) transceiver.setCodecPreferences(codecs);
}

/** The offer as the server is told it: whether our Opus carries repeats of its own. */
export const offerToServer = (offer: string): string => ('RTCRtpScriptTransform' in globalThis ? announce(offer, REPEATS_ATTRIBUTE) : offer);

/** What the server reported of our packets, and when. */
export interface UplinkReport {
  readonly lostShare: number;
  /** On the browser's own clock of reports: a new one has a new instant. */
  readonly atMs: number;
}

export interface SpeechCodecSwitch {
  /** Each second; most of the time there is no new report and nothing to do. */
  heed(report: UplinkReport | null): void;
  close(): void;
}

/** `answer` is the server's, as it was applied. */
export function createSpeechCodecSwitch(peer: RTCPeerConnection, answer: string): SpeechCodecSwitch {
  const opusPayloadType = formatOf(answer, 'opus');
  const takesRepeats = new RegExp(`^a=${REPEATS_ATTRIBUTE}\\r?$`, 'm').test(answer) && 'RTCRtpScriptTransform' in globalThis;
  let state: SpeechCodecState = speechBegins;
  let heededAtMs = -1;
  let worker: Worker | null = null;
  let repeats: readonly number[] = [];

  const askForRepeats = (wanted: readonly number[]): void => {
    if (opusPayloadType === undefined || wanted.length === repeats.length || !takesRepeats) return;
    repeats = wanted;
    if (worker === null) {
      worker = new Worker(new URL('./speech-repeats-worker.ts', import.meta.url), { type: 'module' });
      // From the first loss on, and not before: on a good network nothing stands between the encoder and its packets.
      for (const sender of peer.getSenders()) sender.transform = new RTCRtpScriptTransform(worker, {});
    }
    worker.postMessage({ opusPayloadType, repeats } satisfies RepeatsRequest);
  };

  /**
   * An offerer sends the first format of the answer it took (RFC 8829 5.11). The server takes all of them at any moment, so the
   * same answer, put in another order, is applied once more, and nobody need be asked. (setParameters' `codec` would do as much,
   * but Chromium refuses it for every Opus whose parameters are not word for word its own.)
   */
  const send = async (codec: SpeechCodec): Promise<void> => {
    try {
      await peer.setLocalDescription();
      await peer.setRemoteDescription({ type: 'answer', sdp: preferFormats(answer, sentFirst[codec === 'opus' && takesRepeats ? 'opus with our repeats' : codec]) });
    } catch {
      // The connection was closed meanwhile.
    }
  };

  return {
    heed(report) {
      if (report === null || report.atMs === heededAtMs || opusPayloadType === undefined) return;
      heededAtMs = report.atMs;
      const before = state.codec;
      state = decideSpeechCodec(state, report.lostShare, report.atMs);
      // Within one spell repeats are added and not taken away: what was as bad once will be again.
      const wanted = repeatsAgainst(report.lostShare);
      if (state.codec === 'opus') askForRepeats(before === 'opus' && repeats.length > wanted.length ? repeats : wanted);
      if (state.codec !== before) void send(state.codec);
    },
    close: () => worker?.terminate(),
  };
}
