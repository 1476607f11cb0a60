/** Tells a screen reader who comes to a call of several and who leaves it, each once. */
import { useEffect, useRef } from 'react';
import type { PartyView } from '#contract/calls.ts';
import { words } from '../../messages/messages.ts';
import { say } from './announcer.ts';
import { useEngine } from './engine-context.tsx';
import { callHere } from './page-calls.ts';
import { usePartyNames } from './party-names.ts';
import { isCompany, leftByUs } from './party-words-policy.ts';

export function usePartyAnnouncements(isLocked: boolean): void {
  const { calls } = useEngine();
  const names = usePartyNames();
  const here = callHere(calls);
  const before = useRef<{ readonly callId: string | null; readonly parties: readonly PartyView[] }>({ callId: null, parties: [] });
  useEffect(() => {
    const last = before.current;
    before.current = { callId: here?.id ?? null, parties: here?.parties ?? [] };
    if (here === null || last.callId !== here.id || !isCompany(here)) return;
    const text = words.callParties.announce;
    for (const party of here.parties) {
      const was = last.parties.find((each) => each.party === party.party);
      const who = isLocked ? words.announce.unnamed : names.short(party);
      if (party.state !== was?.state) {
        if (party.state === 'ringing') say(text.ringing(who));
        else if (party.state === 'answered') say(text.joined(who));
        else if (party.state === 'gone') say(was?.state === 'answered' || leftByUs(party) || party.endReason === null ? text.left(who) : text.failed(who, words.endShort[party.endReason]));
      } else if (party.state === 'answered' && (party.heldAt === null) !== (was.heldAt === null)) say(party.heldAt === null ? text.back(who) : text.held(who));
    }
  }, [here, names, isLocked]);
}
