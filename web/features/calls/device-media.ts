/** The browser's end of a call's audio: one RTCPeerConnection at a time, watched and given up when it carries nothing. Knows no call state and decides no retry. */
import { ok, type Result } from '#contract/result.ts';
import type { CallAudio, DeviceReport } from '#contract/call-audio.ts';
import { readCounters } from './connection-stats.ts';
import { type CallSaid, type MediaVerdict, type MediaWatch, startMediaWatch, watchMedia } from './media-watch-policy.ts';
import { createMicrophone, loudness, type Microphone } from './microphone.ts';
import type { MicrophoneFailure } from './page-calls.ts';
import type { Relay } from '#contract/relays.ts';
import { createSpeechCodecSwitch, offerSpeechCodecs, offerToServer, type SpeechCodecSwitch } from './speech-codec.ts';
import { type Quality, type QualitySample, judgeQuality, lostShare } from './quality-policy.ts';

/** What the screens show of the audio. */
export interface MediaFacts {
  readonly verdict: MediaVerdict;
  readonly quality: Quality | null;
  /** Of the last seconds; null before there is enough to tell. */
  readonly lostShare: number | null;
  readonly roundTripMs: number | null;
  /** Both legs as the server saw them in the last seconds; null where it says nothing. */
  readonly server: CallAudio | null;
  /** What the server cannot see; null before anything was played. */
  readonly report: DeviceReport | null;
  /** The browser wants a tap before it plays sound. */
  readonly isPlaybackBlocked: boolean;
}

export interface DeviceMedia {
  readonly microphone: Microphone;
  makeOffer(requestId: string, muted: boolean): Promise<Result<string, MicrophoneFailure>>;
  applyAnswer(requestId: string, answer: string): Promise<void>;
  close(requestId: string): void;
  setMuted(muted: boolean): void;
  /** What the call says of its audio now: silence where there should be none is a fault. */
  setCallSaid(said: CallSaid): void;
  /** What the server says of both legs. */
  setServerView(audio: CallAudio): void;
  /** Loudness from 0 to 1. */
  levels(): { readonly you: number; readonly party: number };
  facts(): MediaFacts;
  /** Plays after a tap, where the browser asked for one. */
  resumePlayback(): Promise<void>;
  chooseSpeaker(deviceId: string): Promise<void>;
  speakerId(): string | null;
}

export interface DeviceMediaOptions {
  readonly onLost: (requestId: string) => void;
  readonly onFacts: () => void;
  readonly relays: () => readonly Relay[];
}

interface Connection {
  readonly requestId: string;
  readonly peer: RTCPeerConnection;
  watch: MediaWatch | null;
  samples: QualitySample[];
  codec: SpeechCodecSwitch | null;
  partyLevel: number;
  serverView: { readonly audio: CallAudio; readonly untilMs: number } | null;
  timer: ReturnType<typeof setInterval> | undefined;
}

const sampleEveryMs = 1_000;
const levelEveryMs = 100;
const qualityOverSamples = 6;
/** A replaced connection keeps the microphone; an ended call lets it go soon, so that the browser's red dot goes out. */
const microphoneLingersMs = 1_000;
/** The server says its view at each change and every ten seconds; after this it has none. */
const serverViewLastsMs = 15_000;
const speakerKey = 'quietline.speaker';

const nothing: MediaFacts = { verdict: 'setting-up', quality: null, lostShare: null, roundTripMs: null, server: null, report: null, isPlaybackBlocked: false };

export function createDeviceMedia(options: DeviceMediaOptions): DeviceMedia {
  let current: Connection | null = null;
  let facts = nothing;
  let said: CallSaid = { isAudioDue: false, isUnheard: false };
  let lingering: ReturnType<typeof setTimeout> | undefined;
  let speakerId = localStorage.getItem(speakerKey);
  const speaker = new Audio();
  speaker.autoplay = true;
  const microphone = createMicrophone((track) => {
    for (const sender of current?.peer.getSenders() ?? []) void sender.replaceTrack(track);
  });

  const setFacts = (next: Partial<MediaFacts>): void => {
    facts = { ...facts, ...next };
    options.onFacts();
  };

  const play = async (): Promise<void> => {
    try {
      await speaker.play();
      setFacts({ isPlaybackBlocked: false });
    } catch (error) {
      // An AbortError only says that a newer stream took over.
      if (error instanceof Error && error.name === 'NotAllowedError') setFacts({ isPlaybackBlocked: true });
    }
  };

  const applySpeaker = async (): Promise<void> => {
    if (speakerId === null || !('setSinkId' in speaker)) return;
    try {
      await speaker.setSinkId(speakerId);
    } catch {
      // The speaker chosen last time is gone: the system's own is used.
      await speaker.setSinkId('');
    }
  };

  const teardown = (connection: Connection): void => {
    clearInterval(connection.timer);
    connection.codec?.close();
    connection.peer.close();
    if (current === connection) current = null;
  };

  const lose = (connection: Connection): void => {
    if (current !== connection) return;
    setFacts({ verdict: 'lost' });
    options.onLost(connection.requestId);
  };

  const sample = async (connection: Connection): Promise<void> => {
    const { peer } = connection;
    const counters = await readCounters(peer, performance.now());
    if (current !== connection || connection.watch === null) return;
    const { watch, verdict } = watchMedia(connection.watch, counters, said);
    connection.watch = watch;
    connection.codec?.heed(counters.uplinkReport);
    connection.samples = [...connection.samples, counters].slice(-qualityOverSamples);
    const [oldest] = connection.samples;
    const server = connection.serverView !== null && connection.serverView.untilMs > counters.atMs ? connection.serverView.audio : null;
    setFacts({
      verdict,
      roundTripMs: counters.roundTripMs,
      server,
      report: counters.samplesPlayed === 0 ? null : { path: counters.path, concealedShare: Math.max(0, Math.min(1, counters.samplesConcealed / counters.samplesPlayed)) },
      ...(oldest === undefined || connection.samples.length < 3 ? {} : { quality: judgeQuality(oldest, counters, server), lostShare: lostShare(oldest, counters) }),
    });
    if (verdict === 'lost') lose(connection);
  };

  const readPartyLevel = async (connection: Connection): Promise<void> => {
    const receiver = connection.peer.getReceivers()[0];
    if (receiver === undefined) return;
    for (const report of (await receiver.getStats()).values())
      if (report.type === 'inbound-rtp' && typeof report.audioLevel === 'number') connection.partyLevel = loudness(new Float32Array([report.audioLevel]));
  };

  const begin = (connection: Connection): void => {
    connection.watch = startMediaWatch(performance.now());
    let ticks = 0;
    connection.timer = setInterval(() => {
      ticks += 1;
      void readPartyLevel(connection);
      if (ticks % (sampleEveryMs / levelEveryMs) === 0) void sample(connection);
    }, levelEveryMs);
    connection.peer.addEventListener('connectionstatechange', () => void sample(connection));
  };

  return {
    microphone,
    async makeOffer(requestId, muted) {
      clearTimeout(lingering);
      microphone.setMuted(muted);
      const opened = await microphone.open();
      if (!opened.ok) return opened;
      if (current !== null) teardown(current);
      // No STUN: the server is ICE-lite at an address of its own, and learns ours from our checks. A relay is one more address to
      // check from, tried beside the direct ones and preferred to none of them (RFC 8445 5.1.2.2).
      const peer = new RTCPeerConnection({ iceServers: options.relays().map(({ urls, username, credential }) => ({ urls, username, credential })), bundlePolicy: 'max-bundle' });
      current = { requestId, peer, watch: null, samples: [], codec: null, partyLevel: 0, serverView: null, timer: undefined };
      facts = nothing;
      peer.addEventListener('track', ({ track }) => {
        speaker.srcObject = new MediaStream([track]);
        void applySpeaker();
        void play();
      });
      offerSpeechCodecs(peer.addTransceiver(opened.value, { direction: 'sendrecv' }));
      await peer.setLocalDescription();
      return ok(offerToServer(peer.localDescription?.sdp ?? ''));
    },
    async applyAnswer(requestId, answer) {
      const connection = current;
      if (connection?.requestId !== requestId) return;
      try {
        await connection.peer.setRemoteDescription({ type: 'answer', sdp: answer });
        connection.codec = createSpeechCodecSwitch(connection.peer, answer);
        begin(connection);
      } catch {
        // An answer the browser cannot use is a connection that will never carry anything.
        lose(connection);
      }
    },
    close(requestId) {
      if (current?.requestId !== requestId) return;
      teardown(current);
      speaker.srcObject = null;
      facts = nothing;
      clearTimeout(lingering);
      lingering = setTimeout(() => {
        if (current === null) microphone.close();
      }, microphoneLingersMs);
    },
    setMuted: (muted) => microphone.setMuted(muted),
    setCallSaid(now) {
      said = now;
    },
    setServerView(audio) {
      if (current !== null) current.serverView = { audio, untilMs: performance.now() + serverViewLastsMs };
    },
    levels: () => ({ you: current === null ? 0 : microphone.level(), party: current?.partyLevel ?? 0 }),
    facts: () => facts,
    resumePlayback: play,
    async chooseSpeaker(deviceId) {
      speakerId = deviceId;
      localStorage.setItem(speakerKey, deviceId);
      await applySpeaker();
    },
    speakerId: () => speakerId,
  };
}
