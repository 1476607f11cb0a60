/** One leg as an rtpengine before us has it: its two tags, the descriptions of either end, and what those have to look like. Talks to nobody. */
import { ok, type Result } from '#contract/result.ts';
import type { LegId, MediaDirection, MediaRefusal, Sdp, SdesPolicy } from '../media-port.ts';
import { chooseSecurity, readPartyDescription } from '../sdp/party-negotiation-policy.ts';
import type { NgEnd } from './ng-call.ts';

export interface BridgedLeg {
  readonly id: LegId;
  readonly kind: 'device' | 'party';
  /** rtpengine's names for the far end and for ours. A new PeerConnection is a new far end. */
  tag: string;
  ownTag: string;
  connection: string | undefined;
  /** The tags of the connection before, which is heard until this one is. */
  tagsBefore: readonly string[];
  /** Of the last exchange. */
  offeredBy: 'us' | 'them';
  sdes: SdesPolicy;
  /** The last descriptions of either end, and what the far end was told. */
  farSdp: Sdp | undefined;
  ownSdp: Sdp | undefined;
  toldSdp: Sdp | undefined;
  isConnected: boolean;
  /** How many of its packets had come here when it stood still elsewhere; until another comes it is not joined again. */
  receivedWhenQuiet: number | undefined;
  isMuted: boolean;
  isHeld: boolean;
  playCount: number;
  isListenedTo: boolean;
  isRecorded: boolean;
}

/** One that nothing was agreed on yet, under tags of its own. */
export const newBridgedLeg = (id: LegId, kind: BridgedLeg['kind'], tags: Pick<BridgedLeg, 'tag' | 'ownTag'>): BridgedLeg => ({
  id, kind, ...tags, connection: undefined, tagsBefore: [], offeredBy: 'them', sdes: 'off', farSdp: undefined, ownSdp: undefined, toldSdp: undefined, isConnected: false, receivedWhenQuiet: undefined, isMuted: false, isHeld: false, playCount: 0, isListenedTo: false, isRecorded: false,
});

export const farEnd = ({ tag, kind, sdes }: BridgedLeg): NgEnd => ({ tag, side: kind === 'device' ? 'device' : { sdes } });
export const ownEnd = ({ ownTag }: BridgedLeg): NgEnd => ({ tag: ownTag, side: 'us' });

/** What was said of protection, and whether there is any. */
export function checkSecurity(sdes: SdesPolicy, description: Sdp): Result<boolean, MediaRefusal> {
  const read = readPartyDescription(description);
  if (!read.ok) return read;
  const key = chooseSecurity(sdes, read.value);
  return key.ok ? ok(key.value !== undefined) : key;
}

export const directionOf = (description: Sdp | undefined): MediaDirection => (/^a=(sendrecv|sendonly|recvonly|inactive)\r?$/m.exec(description ?? '')?.[1] as MediaDirection | undefined) ?? 'sendrecv';
export const portOf = (description: Sdp | undefined): string | undefined => /^m=audio (\d+)/m.exec(description ?? '')?.[1];

/** rtpengine takes every BUNDLE apart, one of a single section too; a browser that offered one insists on it (RFC 9143 7.3). */
export function bundled(answer: Sdp): Sdp {
  const mid = /^a=mid:(\S+)/m.exec(answer)?.[1];
  return mid === undefined || answer.includes('a=group:BUNDLE') ? answer : answer.replace(/^m=/m, `a=group:BUNDLE ${mid}\r\nm=`);
}

/** A browser's description with another's address and port in it, or with none that means anything. ICE finds the true ones. */
export function addressedAs(device: Sdp, other: Sdp | undefined): Sdp {
  const connection = /^c=(IN IP[46] \S+)/m.exec(other ?? '')?.[1] ?? 'IN IP4 192.0.2.1';
  return device.replaceAll(/^c=IN IP[46] \S+/gm, `c=${connection}`).replace(/^m=audio \d+/m, `m=audio ${portOf(other) ?? '9'}`);
}
