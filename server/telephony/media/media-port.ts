/**
 * The media port: what the call side may ask of whatever carries audio. Two engines fulfil it: the embedded one
 * (this process) and rtpengine. It owns no signalling: session descriptions come in and go out as text.
 *
 * One session is one call's audio. It has legs; every leg hears all other legs that are not held. With two legs the
 * packets are relayed untouched; with more they are mixed. A leg that is played to hears the playback instead.
 */
import type { Result } from '#contract/result.ts';

/** A session description (RFC 8866), complete, with CRLF line ends. */
export type Sdp = string;

/** Names a leg inside one session: 'device', 'party', 'party-2'. Chosen by the caller. */
export type LegId = string;

export type MediaRefusal =
  /** The engine carries as many calls as it may; nothing was set up. */
  | 'overloaded'
  /** The description could not be read, or breaks RFC 8866 where it matters. */
  | 'bad-description'
  /** No codec, or no security, that both sides can use. */
  | 'no-common-codec'
  | 'insecure-description'
  /** The leg does not exist, or is not in a state in which this makes sense. */
  | 'wrong-state'
  /** The engine has gone or did not answer. */
  | 'engine-unavailable';

export type MediaResult<Value> = Result<Value, MediaRefusal>;

/** RFC 4568 keys on the party leg: refused, offered if the peer will, or demanded. */
export type SdesPolicy = 'off' | 'optional' | 'required';

export type MediaDirection = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';

export interface PartyMediaOptions {
  sdes: SdesPolicy;
  /** What the peer may send and receive as the next description says it. Hold is 'sendonly', resume 'sendrecv'. */
  direction: MediaDirection;
}

/** Tones are generated for the practice's country (ITU-T E.180 supplement 2); ISO 3166-1 alpha-2. */
export interface ToneSource {
  kind: 'tone';
  tone: 'ringback' | 'busy' | 'reorder' | 'call-waiting' | 'comfort';
  country: string;
}

/** Linear samples, 16 bit, 8 kHz, one channel. */
export interface ClipSource {
  kind: 'clip';
  samples: Int16Array;
  /** How often it is played; Infinity for music on hold. */
  times: number;
}

export type PlaySource = ToneSource | ClipSource | { kind: 'silence' };

export type MediaEvent =
  /** A device leg's ICE and DTLS are up and a packet came through each way; or a party leg's source was learned. */
  | { type: 'leg-connected'; leg: LegId }
  /** Nothing was received for `silentMs` where something was due (a leg that is held or muted owes nothing). */
  | { type: 'leg-silent'; leg: LegId; silentMs: number }
  /** Packets came again after `leg-silent`. */
  | { type: 'leg-restored'; leg: LegId }
  /** The media time-out: nothing for so long that the peer must be taken for gone. Said once. */
  | { type: 'leg-lost'; leg: LegId }
  /** One keypress received, by RFC 4733. `durationMs` as the sender counted it. */
  | { type: 'dtmf'; leg: LegId; digit: DtmfDigit; durationMs: number }
  /** The party's description says that it holds us, or no longer does (RFC 3264 8.4). Said at each change only. */
  | { type: 'held-by-peer'; leg: LegId; held: boolean }
  /** What a network or a machine said without words, on a leg that is listened to. A hint, never a proof. */
  | { type: 'sign-heard'; leg: LegId; sign: AudioSign }
  /** A finite playback came to its end by itself. */
  | { type: 'playback-ended'; leg: LegId }
  /** The engine lost the session (a crash, a bug contained to this call). No more events follow. */
  | { type: 'session-failed' };

/** Heard by tones or by rhythm, in no language. */
export type AudioSign =
  /** Special information tones (E.180, SR-2275), by what the announcement after them says. */
  | 'not-in-service-tones'
  | 'network-busy-tones'
  | 'announcement-tones'
  | 'busy-tone'
  | 'reorder-tone'
  /** A tone of one even pitch has just ended: what is said now is recorded. */
  | 'beep'
  /** Nobody spoke in the first 2.5 s. */
  | 'initial-silence'
  /** It spoke for more than 1.5 s before it let anyone else. */
  | 'long-greeting'
  /** After a long greeting it waits, and did not beep. */
  | 'greeting-waits';

/** early: a network's own sounds, before an answer. answered: also what an answering machine does. */
export type ListenStage = 'early' | 'answered';

export type DtmfDigit = '0' | '1' | '2' | '3' | '4' | '5' | '6' | '7' | '8' | '9' | '*' | '#' | 'A' | 'B' | 'C' | 'D';

/** Counts since the leg was made; no addresses, no names. */
export interface LegStatistics {
  leg: LegId;
  codec: string | undefined;
  packetsReceived: number;
  packetsSent: number;
  /** Packets that never came, by sequence number. */
  packetsLost: number;
  /** RFC 3550 6.4.1 interarrival jitter, ms. */
  jitterMs: number;
  /** What the peer reported of our packets: share lost 0..1 in its last report, and the round trip, ms. */
  remoteFractionLost: number | undefined;
  roundTripMs: number | undefined;
  /** Packets dropped because they came from elsewhere than the locked source, were replayed or failed authentication. */
  packetsRefused: number;
  /** Of the speech that was not passed on as it came, in frames of 20 ms: what was restored from later packets, and what was made up. Undefined where nothing is ever mended. */
  mended?: { frames: number; restored: number; concealed: number };
  /** Whether packets are protected on this leg. */
  protection: 'dtls-srtp' | 'sdes-srtp' | 'none';
}

export interface MediaSession {
  /**
   * Negotiates a device leg from a browser's offer and returns the answer. The first offer makes the leg. A later one for
   * the same leg is a re-offer (new direction), an ICE restart (new ufrag), or a whole new PeerConnection (new
   * fingerprint): the last replaces the transport while the other legs notice nothing but a gap.
   */
  acceptDeviceOffer(leg: LegId, offer: Sdp): Promise<MediaResult<Sdp>>;
  /** Makes the offer for an outgoing party leg, or a new offer (its o= version raised) for one that exists. */
  createPartyOffer(leg: LegId, options: PartyMediaOptions): Promise<MediaResult<Sdp>>;
  /** Takes the peer's answer: of a 183, of the 200 after it (evaluated again), of a re-INVITE. */
  acceptPartyAnswer(leg: LegId, answer: Sdp): Promise<MediaResult<void>>;
  /** Takes the peer's offer (an incoming call, or its re-INVITE: hold, resume, moved media) and returns our answer. */
  acceptPartyOffer(leg: LegId, offer: Sdp, options: Pick<PartyMediaOptions, 'sdes'>): Promise<MediaResult<Sdp>>;
  /** Ends a leg and frees its port. A no-op for a leg that is gone. */
  removeLeg(leg: LegId): void;
  /** A muted leg is not heard: the others receive silence, whatever it sends. */
  setMuted(leg: LegId, muted: boolean): void;
  /** A held leg neither hears the others nor is heard; it may be played to. */
  setHeld(leg: LegId, held: boolean): void;
  /** Plays to one leg until stopped, replaced or at its end. */
  play(leg: LegId, source: PlaySource): void;
  stopPlaying(leg: LegId): void;
  /** Sends keypresses, one after the other, by RFC 4733 unless as tones in the audio is asked for; resolves when the last is out. 'no-common-codec': the peer takes no telephone events. */
  sendDtmf(leg: LegId, digits: readonly DtmfDigit[], as?: 'events' | 'tones'): Promise<MediaResult<void>>;
  /** Listens to what comes from this leg for signs, of tones as `country` has them; undefined ends it. Costs half a ms of CPU a second. */
  listen(leg: LegId, to: { stage: ListenStage; country: string } | undefined): void;
  /** Gives what this leg says to `onFrame`, 20 ms at a time (16 bit, 8 kHz; the array is used again for the next), in order and half a second late, whether or not anyone hears it; undefined gives out the rest during the call, and ends it. Nothing is kept here. */
  record(leg: LegId, onFrame: ((frame: Int16Array) => void) | undefined): void;
  statistics(): readonly LegStatistics[];
  /** How loud each leg has just been, 0 to 1 of full scale, while three and more are mixed; empty where packets are passed on unheard. */
  levels(): readonly { leg: LegId; level: number }[];
  /** Ends every leg. No event follows. */
  close(): void;
}

export interface MediaLoad {
  /** Milliseconds of one core, a second, that the legs are reckoned to take. */
  readonly workMs: number;
  /** Share of the last seconds in which the process was not idle; undefined while nothing was measured. */
  readonly busyShare: number | undefined;
  /** Calls refused as overloaded since the start, by why. */
  readonly refused: Readonly<Record<OverloadReason, number>>;
}
export type OverloadReason = 'too-many-calls' | 'too-much-work' | 'too-busy';

export interface MediaEngine {
  readonly name: 'embedded' | 'rtpengine';
  /**
   * Opens the audio of one call. `callId` is ours and is written to the log only. `onEvent` is called in order, never during a call into the
   * session. `survives`: after a kill another process goes on with this call, under the same id, or (again) this one does.
   */
  open(options: { callId: string; survives?: 'first' | 'again'; onEvent: (event: MediaEvent) => void }): MediaResult<MediaSession>;
  /** How many sessions are open. */
  sessionCount(): number;
  load(): MediaLoad;
  /** Ends every session and frees every port. */
  close(): Promise<void>;
}
