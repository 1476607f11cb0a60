/** What a network check found, as the one thing a physician wants to know: will a call go through, by which way, and how will it sound. Pure. */
import type { AudioPath } from '#contract/call-audio.ts';
import { GAPS_FROM } from '#contract/call-audio-word.ts';

export type Trial = 'trying' | 'open' | 'blocked';

/** Why nothing could be learned. */
export type NetworkCheckFailure = 'server-out-of-reach' | 'server-busy' | 'browser-cannot';

/** What was counted over the best path, for some seconds. Shares of packets lost on the way. */
export interface PathFigures {
  readonly lostUp: number;
  readonly lostDown: number;
  readonly jitterMs: number;
  readonly roundTripMs: number | null;
}

export interface NetworkFindings {
  /** Every path that was tried, and no other. */
  readonly trials: ReadonlyMap<AudioPath, Trial>;
  readonly figures: ReadonlyMap<AudioPath, PathFigures>;
}

/** As a browser's candidates are preferred (RFC 8445 5.1.2.2): straight before relayed, then UDP before TCP. */
export const pathsInOrder: readonly AudioPath[] = ['udp', 'tcp', 'relay-udp', 'relay-tcp', 'relay-tls'];

export type NetworkWay =
  /** Straight, over UDP. */
  | 'direct'
  | 'direct-tcp'
  | 'relayed'
  /** Through the relay, over what looks like web traffic. */
  | 'relayed-web'
  | 'no-way'
  /** Nothing comes through, and this installation has no relay to try. */
  | 'no-way-no-relay';

export type NetworkSound =
  | 'good'
  /** Lost packets are restored and filled in; some may be heard. */
  | 'lossy'
  /** So much is lost that words go. */
  | 'bad'
  /** One talks over the other. */
  | 'late'
  | 'unsteady';

export interface NetworkVerdict {
  readonly way: NetworkWay;
  /** The path that a call would take. */
  readonly path: AudioPath | null;
  /** Null where nothing came through, or nothing could be counted. */
  readonly sound: NetworkSound | null;
  readonly figures: PathFigures | null;
}

/** Opus with its repeats carries a fifth lost; beyond, words go. */
const BAD_FROM = 0.25;
/** ITU-T G.114: from 400 ms one way a conversation stumbles; a network's part of it is the round trip's half. */
const LATE_ROUND_TRIP_MS = 500;
const UNSTEADY_JITTER_MS = 60;

const wayOf: Record<AudioPath, NetworkWay> = { udp: 'direct', tcp: 'direct-tcp', 'relay-udp': 'relayed', 'relay-tcp': 'relayed-web', 'relay-tls': 'relayed-web' };

/** Null while a better path may yet turn out to be open. */
export function judgeNetwork({ trials, figures }: NetworkFindings): NetworkVerdict | null {
  for (const path of pathsInOrder) {
    const trial = trials.get(path);
    if (trial === 'trying') return null;
    if (trial === 'open') {
      const counted = figures.get(path) ?? null;
      return { way: wayOf[path], path, sound: counted === null ? null : soundOf(counted), figures: counted };
    }
  }
  const hasRelays = [...trials.keys()].some((path) => path.startsWith('relay'));
  return { way: hasRelays ? 'no-way' : 'no-way-no-relay', path: null, sound: null, figures: null };
}

function soundOf({ lostUp, lostDown, jitterMs, roundTripMs }: PathFigures): NetworkSound {
  const lost = Math.max(lostUp, lostDown);
  if (lost >= BAD_FROM) return 'bad';
  if ((roundTripMs ?? 0) >= LATE_ROUND_TRIP_MS) return 'late';
  if (lost >= GAPS_FROM) return 'lossy';
  return jitterMs >= UNSTEADY_JITTER_MS ? 'unsteady' : 'good';
}
