/** A call from a trunk, as the port shows it: who was called, what is said of the caller, and the leg that answers. */
import type { IncomingInvite } from '../agent/incoming-leg.ts';
import type { SipLegEvent } from '../agent/leg.ts';
import type { IncomingCall, IncomingLeg, PartyLegEvent } from '../call-port.ts';
import { paramOf, parseNameAddress, splitAll } from '../messages/header-values-codec.ts';
import { numberInUri } from '../messages/uri-codec.ts';
import { readNumber } from './caller-identity-policy.ts';
import { pressByInfo } from './key-by-info.ts';
import { endOf, partyEvent } from './placed-call.ts';
import type { TrunkSettings } from './trunk-settings.ts';

/** Undefined where the called number cannot be read: the caller gets 404. */
export function receiveCall(invite: IncomingInvite, trunk: TrunkSettings, legs: { add(hangUp: () => void): () => void }): IncomingCall | undefined {
  const toUri = invite.address('to')?.uri;
  const called = readNumber(invite.called, trunk.countryCallingCode) ?? readNumber(toUri === undefined ? undefined : numberInUri(toUri), trunk.countryCallingCode);
  if (called === undefined) return undefined;
  return {
    called,
    caller: callerOf(invite, trunk),
    divertedFrom: divertedFrom(invite, trunk),
    callerVerified: verdictOf(invite),
    trunk: trunk.name,
    offer: invite.offer,
    accept(onEvent) {
      let forget = (): void => {};
      const leg = invite.take((event: SipLegEvent) => {
        if (event.type === 'ended') {
          forget();
          onEvent({ type: 'ended', end: { ...endOf(event.end), trunksTried: [trunk.name] } });
          return;
        }
        const told: PartyLegEvent | undefined = partyEvent(event);
        if (told !== undefined) onEvent(told);
      });
      forget = legs.add(() => leg.hangUp());
      const party: IncomingLeg = {
        ring: (answer) => leg.progress(answer === undefined ? 180 : 183, answer),
        answer: (answer) => leg.answer(answer),
        reject: (status) => leg.reject(status),
        reoffer: (offer) => leg.reoffer(offer),
        sendDtmfByInfo: (digit, durationMs) => pressByInfo(leg, digit, durationMs),
        hangUp: (cause) => leg.hangUp(cause),
      };
      return party;
    },
  };
}

/** RFC 3323 and 3325: what is marked private is not shown to anyone, us included. */
function callerOf(invite: IncomingInvite, trunk: TrunkSettings): string | undefined {
  if (/(?:^|[;,\s])(?:id|user|header|full)(?:$|[;,\s])/i.test(invite.header('privacy') ?? '')) return undefined;
  for (const header of ['p-asserted-identity', 'remote-party-id', 'from']) {
    const uri = invite.address(header)?.uri;
    const number = readNumber(uri === undefined ? undefined : numberInUri(uri), trunk.countryCallingCode);
    if (number !== undefined) return number;
  }
  return undefined;
}

/** RFC 5806: the topmost Diversion is the latest. RFC 7044: a History-Info entry whose URI carries a cause says who sent the call on; the last such counts. */
function divertedFrom(invite: IncomingInvite, trunk: TrunkSettings): string | undefined {
  const numberOf = (uri: string | undefined): string | undefined => readNumber(uri === undefined ? undefined : numberInUri(uri), trunk.countryCallingCode);
  const diversion = numberOf(invite.address('diversion')?.uri);
  if (diversion !== undefined) return diversion;
  const entries = splitAll(invite.headers('history-info')).map(parseNameAddress).filter((entry) => entry !== undefined);
  const at = entries.findLastIndex((entry) => /;cause=[0-9]{3}|[?&]Reason=/i.test(entry.uri));
  // The cause stands on the new target: the entry before it was given up.
  return at < 1 ? undefined : numberOf(entries[at - 1]!.uri.split('?')[0]);
}

/** The carrier's STIR/SHAKEN verdict: `verstat` (TS 24.229) in P-Asserted-Identity or From, as a URI or header parameter. */
function verdictOf(invite: IncomingInvite): 'passed' | 'failed' | 'unknown' {
  for (const header of ['p-asserted-identity', 'from']) {
    const address = invite.address(header);
    if (address === undefined) continue;
    const verstat = paramOf(address.params, 'verstat') ?? /;verstat=([A-Za-z-]+)/i.exec(address.uri)?.[1];
    if (verstat !== undefined) return /passed/i.test(verstat) ? 'passed' : /failed/i.test(verstat) ? 'failed' : 'unknown';
  }
  return 'unknown';
}
