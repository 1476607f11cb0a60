/** What a party of a call is called on the screen: a patient and family discreetly where that is asked for, an interpreter service by its name. */
import { useMemo } from 'react';
import type { PartyView } from '#contract/calls.ts';
import { words } from '../../messages/messages.ts';
import { useShown } from '../at-hand/use-shown.ts';

export interface PartyNames {
  /** "Rosalind"; an interpreter service by its own name. */
  readonly short: (party: PartyView) => string;
  readonly withRole: (party: PartyView) => string;
  /** "Petra and Ingrid". */
  readonly all: (parties: readonly PartyView[]) => string;
}

export function usePartyNames(): PartyNames {
  const { shortWho } = useShown();
  return useMemo(() => {
    const short = ({ role, name, number }: PartyView): string => (role === 'interpreter' && name !== null ? name : shortWho({ partyName: name, number }));
    const withRole = (party: PartyView): string => (party.role === null || party.role === 'other' || party.serviceId !== null ? short(party) : `${short(party)}, ${words.callParties.roleWords[party.role]}`);
    return { short, withRole, all: (parties) => new Intl.ListFormat(words.language).format(parties.map(short)) };
  }, [shortWho]);
}
