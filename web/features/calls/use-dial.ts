/** The one way by which screens start a call: a call for help is stopped here, before any microphone or network. */
import { useCallback } from 'react';
import { findEmergencyNumber } from '#contract/emergency-numbers.ts';
import { go } from '../../router/address.ts';
import { useSession } from '../sign-in/use-session.ts';
import { useActingFor } from './use-acting-for.ts';
import { useEngine } from './engine-context.tsx';
import { keypadState, setKeypad } from './keypad-store.ts';
import { wholeNumber } from './number-typing-policy.ts';

export interface DialTarget {
  readonly to: string;
  readonly partyName: string | null;
}

export function useDial(): (target: DialTarget) => void {
  const { ask } = useEngine();
  const { practice } = useSession();
  const { chosen: onBehalfOf } = useActingFor();
  return useCallback(
    ({ to, partyName }) => {
      const emergency = findEmergencyNumber(to, practice.country);
      if (emergency !== null) {
        setKeypad({ stopped: { typed: to, emergency }, isRaised: true });
        return;
      }
      const number = wholeNumber(to);
      // A line chosen by hand was chosen for the number that stood there.
      setKeypad(number.dialable === keypadState().number.dialable ? { number } : { number, lineId: null });
      ask({ type: 'dial-asked', request: { to, lineId: keypadState().lineId, onBehalfOf, partyName } });
      void go('/call');
    },
    [ask, onBehalfOf, practice.country],
  );
}
