/** Tries each way there is from this browser to the server, and counts what comes through. Needs no microphone: what it sends is silence. Judges nothing. */
import type { AudioPath } from '#contract/call-audio.ts';
import type { Relay } from '#contract/relays.ts';
import type { ClientMessage, ServerMessage } from '#contract/signalling.ts';
import { readCounters, type Counters } from './connection-stats.ts';
import { lostShare } from './quality-policy.ts';
import type { NetworkCheckFailure, NetworkFindings, PathFigures, Trial } from './network-check-policy.ts';

export interface NetworkCheck {
  readonly findings: NetworkFindings;
  readonly failure: NetworkCheckFailure | null;
  readonly isRunning: boolean;
}

export interface NetworkChecker {
  /** Resolves when all is known; `onChange` hears each step. */
  run(onChange: (check: NetworkCheck) => void): Promise<void>;
  hear(message: ServerMessage): void;
}

export interface NetworkCheckerOptions {
  readonly send: (message: ClientMessage) => void;
  readonly isLinked: () => boolean;
  readonly relays: () => Promise<readonly Relay[]>;
}

/** A way that has not opened by then is closed: a relay over TLS takes some four round trips. */
const openWithinMs = 6_000;
const answerWithinMs = 4_000;
/** A page that has just loaded is still opening its socket. */
const linkWithinMs = 5_000;
const countForMs = 2_500;

type Answer = Extract<ServerMessage, { type: 'check-answer' | 'check-refused' }> | 'no-answer';

/** The relays' addresses, by the path they make. */
export function relaysByPath(relays: readonly Relay[]): ReadonlyMap<AudioPath, RTCIceServer> {
  const found = new Map<AudioPath, RTCIceServer>();
  for (const { urls, username, credential } of relays)
    for (const url of urls) {
      const path: AudioPath = url.startsWith('turns:') ? 'relay-tls' : url.endsWith('transport=tcp') ? 'relay-tcp' : 'relay-udp';
      const known = found.get(path);
      found.set(path, { urls: [...(known === undefined ? [] : [known.urls].flat()), url], username, credential });
    }
  return found;
}

/** A relay reaches the server by UDP, as a browser does; by TCP only a browser itself goes. */
export const withCandidatesOf = (answer: string, transport: 'udp' | 'tcp'): string =>
  answer.replace(/^a=candidate:\S+ \d+ (\S+) .*\r\n/gim, (line: string, of: string) => (of.toLowerCase() === transport ? line : ''));

const isOffered = (answer: string): boolean => /^a=candidate:/m.test(answer);

export function createNetworkChecker({ send, isLinked, relays }: NetworkCheckerOptions): NetworkChecker {
  const waiting = new Map<string, (answer: Answer) => void>();

  const ask = (requestId: string, offer: string): Promise<Answer> =>
    new Promise((resolve) => {
      const settle = (answer: Answer): void => {
        clearTimeout(timer);
        waiting.delete(requestId);
        resolve(answer);
      };
      const timer = setTimeout(() => settle('no-answer'), answerWithinMs);
      waiting.set(requestId, settle);
      send({ type: 'check-network', requestId, offer });
    });

  const isLinkedSoon = async (): Promise<boolean> => {
    for (const untilMs = performance.now() + linkWithinMs; !isLinked() && performance.now() < untilMs; ) await new Promise((resolve) => setTimeout(resolve, 100));
    return isLinked();
  };

  return {
    hear(message) {
      if (message.type === 'check-answer' || message.type === 'check-refused') waiting.get(message.requestId)?.(message);
    },
    async run(onChange) {
      const trials = new Map<AudioPath, Trial>([['udp', 'trying'], ['tcp', 'trying']]);
      const figures = new Map<AudioPath, PathFigures>();
      let failure: NetworkCheckFailure | null = null;
      const tell = (isRunning: boolean): void => onChange({ findings: { trials: new Map(trials), figures: new Map(figures) }, failure, isRunning });
      tell(true);
      if (!(await isLinkedSoon())) {
        failure = 'server-out-of-reach';
        return tell(false);
      }
      const ways = new Map<AudioPath, RTCIceServer | null>([['udp', null], ['tcp', null], ...relaysByPath(await relays())]);
      for (const path of ways.keys()) trials.set(path, 'trying');
      const silence = new AudioContext();
      const { stream } = silence.createMediaStreamDestination();
      const [track] = stream.getAudioTracks();
      const attempt = async (path: AudioPath, relay: RTCIceServer | null): Promise<void> => {
        const peer = new RTCPeerConnection({ iceServers: relay === null ? [] : [relay], iceTransportPolicy: relay === null ? 'all' : 'relay', bundlePolicy: 'max-bundle' });
        const requestId = crypto.randomUUID();
        try {
          peer.addTransceiver(track ?? 'audio', { direction: 'sendrecv', streams: [stream] });
          await peer.setLocalDescription();
          const answer = await ask(requestId, peer.localDescription?.sdp ?? '');
          if (answer === 'no-answer') failure ??= 'server-out-of-reach';
          else if (answer.type === 'check-refused') failure ??= answer.refusal === 'server-busy' ? 'server-busy' : 'browser-cannot';
          if (answer === 'no-answer' || answer.type === 'check-refused') return void trials.set(path, 'blocked');
          const sdp = withCandidatesOf(answer.answer, path === 'tcp' ? 'tcp' : 'udp');
          if (!isOffered(sdp)) return void trials.delete(path);
          await peer.setRemoteDescription({ type: 'answer', sdp });
          const isOpen = await isConnected(peer);
          trials.set(path, isOpen ? 'open' : 'blocked');
          tell(true);
          if (!isOpen) return;
          const before = await readCounters(peer, performance.now());
          await new Promise((resolve) => setTimeout(resolve, countForMs));
          figures.set(path, figuresOf(before, await readCounters(peer, performance.now())));
        } catch {
          failure ??= 'browser-cannot';
          trials.set(path, 'blocked');
        } finally {
          peer.close();
          if (isLinked()) send({ type: 'end-check', requestId });
          tell(true);
        }
      };
      await Promise.all([...ways].map(([path, relay]) => attempt(path, relay)));
      await silence.close();
      tell(false);
    },
  };
}

const isConnected = (peer: RTCPeerConnection): Promise<boolean> =>
  new Promise((resolve) => {
    const settle = (isOpen: boolean): void => {
      clearTimeout(timer);
      peer.removeEventListener('connectionstatechange', look);
      resolve(isOpen);
    };
    const look = (): void => {
      if (peer.connectionState === 'connected') settle(true);
      if (peer.connectionState === 'failed' || peer.connectionState === 'closed') settle(false);
    };
    const timer = setTimeout(() => settle(peer.connectionState === 'connected'), openWithinMs);
    peer.addEventListener('connectionstatechange', look);
    look();
  });

const figuresOf = (before: Counters, after: Counters): PathFigures => ({
  lostUp: after.uplinkLost ?? 0,
  lostDown: lostShare(before, after) ?? 0,
  jitterMs: Math.round(after.jitterSeconds * 1_000),
  roundTripMs: after.roundTripMs,
});
