/** The one door by which a patient's name or number comes onto a screen, a title or a spoken word: whole, or discreetly. The practice's own lines are nobody's secret and go by `formatOpenly`. */
import { useMemo } from 'react';
import { words } from '../../messages/messages.ts';
import { usePhoneNumbers } from '../calls/use-phone-numbers.tsx';
import { useDiscreet } from './discreet.ts';
import { endingOf, firstNameOf, initialsOf } from './discreet-policy.ts';

export interface Shown {
  /** Purposes, notes, tags, what else is known of a patient: not shown while it is true. */
  readonly isDiscreet: boolean;
  /** "Rosalind Achterberg"; "R. A.". */
  readonly name: (name: string) => string;
  /** "Rosalind"; "R. A.". */
  readonly shortName: (name: string) => string;
  /** "(480) 555-0167"; "ending 67". */
  readonly number: (number: string) => string;
  /** The name, or the number where there is none. */
  readonly who: (party: Party) => string;
  /** The same, short. */
  readonly shortWho: (party: Party) => string;
}

interface Party {
  readonly partyName: string | null;
  /** Null where the caller withheld it. */
  readonly number: string | null;
}

export function useShown(): Shown {
  const isDiscreet = useDiscreet();
  const { formatOpenly } = usePhoneNumbers();
  return useMemo(() => {
    const name = (whole: string): string => (isDiscreet ? initialsOf(whole) : whole);
    const shortName = (whole: string): string => (isDiscreet ? initialsOf(whole) : firstNameOf(whole));
    const number = (e164: string): string => (isDiscreet ? words.discreet.ending(endingOf(e164)) : formatOpenly(e164));
    return {
      isDiscreet,
      name,
      shortName,
      number,
      who: (party) => (party.partyName !== null ? name(party.partyName) : party.number === null ? words.voicemail.withheld : number(party.number)),
      shortWho: (party) => (party.partyName !== null ? shortName(party.partyName) : party.number === null ? words.voicemail.withheld : number(party.number)),
    };
  }, [isDiscreet, formatOpenly]);
}
