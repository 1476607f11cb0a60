/** The one way by which screens start a call: a call for help is stopped here, before any microphone or network. */
import { useNavigate } from '@tanstack/react-router';
import { useCallback } from 'react';
import { findEmergencyNumber } from '#contract/emergency-numbers.ts';
import { useSession } from '../sign-in/use-session.ts';
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
  const navigate = useNavigate();
  return useCallback(
    ({ to, partyName }) => {
      const emergency = findEmergencyNumber(to, practice.country);
      if (emergency !== null) {
        setKeypad({ stopped: { typed: to, emergency }, isRaised: true });
        return;
      }
      setKeypad({ number: wholeNumber(to) });
      ask({ type: 'dial-asked', request: { to, lineId: keypadState().lineId, partyName } });
      void navigate({ to: '/call' });
    },
    [ask, navigate, practice.country],
  );
}
