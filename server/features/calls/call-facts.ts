/** What is known of one call, what may happen to it, and what is then to be done: the words of call-machine.ts and of the policies beside it. Decides nothing. */
import type { CallHint, EndReason, PartyRef, PartyRole } from '#contract/calls.ts';
import type { CallId, DeviceId, E164, InterpreterServiceId, LineId, MemberId, PartyId, PartyNumber, PracticeId } from '#contract/ids.ts';
import type { HeardSign, PartyEndCause } from './call-meaning-policy.ts';
import type { CallTimer, Sound } from './call-output-policy.ts';
import type { OwnPhone, OwnPhoneEffect, OwnPhoneEvent } from './own-phone-machine.ts';

/** How long a call may be in each of its waits, ms. */
export interface CallLimits {
  /** From the INVITE until nobody answered. */
  ringTimeoutMs: number;
  /** How long the party is kept while no device is there. */
  reconnectWindowMs: number;
  /** From a device's offer until its audio must have come through. */
  deviceConnectMs: number;
  /** From the answer. */
  longestCallMs: number;
}

export const defaultCallLimits: CallLimits = {
  ringTimeoutMs: 55_000,
  reconnectWindowMs: 60_000,
  deviceConnectMs: 10_000,
  longestCallMs: 4 * 3_600_000,
};

/** Everything known of one call. Instants are wall time in ms; null is "not yet" or "not now". */
export interface Call {
  readonly id: CallId;
  readonly version: number;
  readonly practiceId: PracticeId;
  readonly memberId: MemberId;
  /** The physician in whose name the member calls; null: in their own. */
  readonly onBehalfOf: MemberId | null;
  readonly number: PartyNumber;
  readonly partyName: string | null;
  readonly line: { readonly id: LineId; readonly name: string; readonly number: E164 };
  readonly trunks: readonly string[];
  readonly sandbox: boolean;
  readonly limits: CallLimits;
  readonly startedAt: number;
  /** The first party. calling: the INVITE is out. gone: no leg is left, or none was made. */
  readonly party: 'calling' | 'ringing' | 'answered' | 'gone';
  readonly ringingAt: number | null;
  readonly answeredAt: number | null;
  readonly hasEarlyMedia: boolean;
  readonly isHeldByParty: boolean;
  readonly isPartyMuted: boolean;
  /** The first party has gone, and the call goes on with those who were added. */
  readonly partyEnd: { readonly at: number; readonly reason: EndReason } | null;
  /** In the order in which they were added; those who have gone, until the member has seen it. */
  readonly added: readonly AddedParty[];
  readonly device: {
    readonly id: DeviceId;
    /** Whether its socket is open. */
    readonly signal: 'here' | 'away';
    /** silent: nothing of it is heard where something was due. released: it let go for the member's own phone, and has no leg. */
    readonly media: 'connecting' | 'flowing' | 'silent' | 'released';
    /** When its last offer was taken. */
    readonly offeredAt: number;
    /** The device that goes on carrying the call until this one is heard; null where nobody waits to let go. */
    readonly takesFrom: DeviceId | null;
  };
  /** The member's own phone, where it was rung for this call. */
  readonly phone: OwnPhone | null;
  readonly reconnectingSince: number | null;
  /** Nobody came back in time: the party is being told so, and then the call ends. */
  readonly farewellSince: number | null;
  /** Since when the first party is held. */
  readonly heldAt: number | null;
  readonly isMuted: boolean;
  readonly digitsSent: string;
  /** What the sound suggests; cleared with `isListening`. */
  readonly hint: { readonly kind: CallHint; readonly at: number } | null;
  /** From the answer on, for as long as a machine may still betray itself. */
  readonly isListening: boolean;
  /** A message that is left without the member: the device has been let go. */
  readonly message: { readonly phase: 'awaiting-beep' | 'playing' | 'left'; readonly since: number } | null;
  readonly end: { readonly at: number; readonly reason: EndReason } | null;
}

/** One who was added to a standing call: an interpreter, family. The first party's facts stand in the call itself. */
export interface AddedParty {
  readonly id: PartyId;
  readonly role: PartyRole;
  readonly name: string | null;
  readonly number: PartyNumber;
  readonly serviceId: InterpreterServiceId | null;
  /** Keys are pressed for it once it has answered; which ones, only the leg knows. */
  readonly hasCode: boolean;
  readonly startedAt: number;
  readonly state: Call['party'];
  readonly ringingAt: number | null;
  readonly answeredAt: number | null;
  readonly hasEarlyMedia: boolean;
  readonly isHeldByParty: boolean;
  readonly heldAt: number | null;
  readonly isMuted: boolean;
  readonly end: { readonly at: number; readonly reason: EndReason } | null;
}

export type NewParty = Pick<AddedParty, 'id' | 'role' | 'name' | 'number' | 'serviceId' | 'hasCode'>;

export type CallEvent =
  /** A device of the member wants to carry the call; its offer is not yet negotiated. */
  | { type: 'device-offered'; deviceId: DeviceId; requestId: string; offer: string }
  | { type: 'device-negotiated'; deviceId: DeviceId; requestId: string; answer: string }
  | { type: 'device-refused'; deviceId: DeviceId; requestId: string }
  /** The device said hello again. */
  | { type: 'device-returned'; deviceId: DeviceId }
  /** The device's last socket closed. */
  | { type: 'device-left'; deviceId: DeviceId }
  | { type: 'device-connected' }
  | { type: 'device-silent' }
  | { type: 'hang-up' }
  | { type: 'hold'; held: boolean }
  | { type: 'mute'; muted: boolean }
  | { type: 'dtmf'; digits: string }
  | { type: 'leave-message'; when: 'after-beep' | 'now' }
  /** What was played to the party once is at its end: a message, or the farewell. */
  | { type: 'party-heard-all' }
  | { type: 'sign-heard'; sign: HeardSign }
  | PartyEvent
  | OwnPhoneEvent
  | { type: 'media-failed' }
  | { type: 'timer'; timer: CallTimer }
  /** Its row is written. `isApart`: the first party waits, held, until it is brought together with them. */
  | { type: 'add-party'; party: NewParty; isApart: boolean }
  /** Lets one of them go: cancels what rings, forgets one who has gone. */
  | { type: 'drop-party'; party: PartyRef }
  | { type: 'mute-party'; party: PartyRef; muted: boolean }
  | { type: 'hold-party'; party: PartyRef; held: boolean }
  | { type: 'of-added'; partyId: PartyId; event: PartyEvent }
  | { type: 'server-stopping' }
  /** A bug in carrying out an effect; contained to this call. */
  | { type: 'bug' };

/** What a party's leg says: of the first in a call as it stands, of an added one within `of-added`. */
export type PartyEvent =
  | { type: 'party-not-placed'; refusal: 'no-trunk' | 'bad-number' }
  | { type: 'party-progress'; ringing: boolean; answer: string | undefined }
  | { type: 'party-answered'; answer: string }
  /** `exchange` names the responder that waits. */
  | { type: 'party-offered'; exchange: number; offer: string | undefined }
  | { type: 'party-reanswered'; answer: string }
  /** What the party's last description, once accepted, says of hearing us. */
  | { type: 'party-hold'; held: boolean }
  | { type: 'party-reoffer-refused' }
  | { type: 'party-media-accepted'; stage: PartyAnswerStage }
  | { type: 'party-media-refused'; stage: PartyAnswerStage }
  | { type: 'party-media-lost' }
  /** `saysWhy`: by a Reason, a Q.850 cause or a status that means one thing. */
  | { type: 'party-ended'; cause: PartyEndCause; by: 'us' | 'peer' | 'network'; saysWhy: boolean };

/** early: in a 18x. final: in the 200. again: in a later exchange, where the session as it was still stands if it fails. */
export type PartyAnswerStage = 'early' | 'final' | 'again';

/** What is asked of a party's leg. */
export type PartyEffect =
  | { type: 'place-party' }
  /** Goes on with the leg that a killed process left. */
  | { type: 'resume-party' }
  | { type: 'hang-up-party'; cause: 'connection-lost' | 'no-answer' | 'media-refused' | undefined }
  | { type: 'accept-party-answer'; stage: PartyAnswerStage; answer: string }
  | { type: 'answer-party-offer'; exchange: number; offer: string | undefined; direction: 'sendrecv' | 'sendonly' }
  | { type: 'reoffer-party'; direction: 'sendrecv' | 'sendonly' }
  | { type: 'send-dtmf'; digits: string }
  /** The keys its service asks for after the answer. */
  | { type: 'press-code' }
  /** Its leg is over while the call goes on: its audio ends. */
  | { type: 'release-party' };

/** A leg of the call's audio. */
export type LegRef = 'device' | 'party' | 'phone' | PartyId;

export type CallEffect =
  | PartyEffect
  | OwnPhoneEffect
  | { type: 'to-added'; partyId: PartyId; effect: PartyEffect }
  /** One that was added is over, or was never placed: the plan is told what it came to. */
  | { type: 'record-party-end'; partyId: PartyId; answeredAt: number | null }
  | { type: 'negotiate-device'; deviceId: DeviceId; requestId: string; offer: string }
  | { type: 'answer-device'; deviceId: DeviceId; requestId: string; answer: string }
  | { type: 'refuse-device'; deviceId: DeviceId; requestId: string; refusal: 'call-ended' | 'media-unavailable' }
  | { type: 'tell-replaced'; deviceId: DeviceId }
  /** Ends the device's leg; the party's goes on. */
  | { type: 'release-device' }
  /** What the first party's side is listened to for; undefined ends it. */
  | { type: 'listen'; stage: 'early' | 'answered' | undefined }
  | { type: 'set-held'; leg: LegRef; held: boolean }
  | { type: 'set-muted'; leg: LegRef; muted: boolean }
  /** What a leg hears instead of the others; undefined ends it. */
  | { type: 'play'; leg: LegRef; sound: Sound | undefined }
  /** Whether the page is told how loud each of several parties is. */
  | { type: 'meter'; isOn: boolean }
  | { type: 'start-timer'; timer: CallTimer; delayMs: number }
  | { type: 'cancel-timer'; timer: CallTimer }
  | { type: 'close-media' }
  /** The row and one line of its history. */
  | { type: 'store'; event: CallEvent['type'] | 'dialled' | 'resumed' }
  /** A snapshot to every device of the member. */
  | { type: 'tell' };

export interface CallStep {
  readonly call: Call;
  readonly effects: readonly CallEffect[];
}
