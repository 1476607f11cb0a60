/** Parts that several states of the stage share: whom one calls, what they see, End. */
import { PhoneOff } from 'lucide-react';
import type { CallView } from '#contract/calls.ts';
import { words } from '../../messages/messages.ts';
import { useShown } from '../at-hand/use-shown.ts';
import { PlateText } from './line-choice.tsx';
import styles from './stage-parts.module.css';

export interface PartyProps {
  readonly number: string;
  readonly partyName: string | null;
  readonly line: CallView['line'] | null;
  /** One sentence about this state; null where the state's word says it all. */
  readonly text: string | null;
  /** Who else is there, in place of the number. */
  readonly company?: string | null;
  /** A panel is open: the name makes room. */
  readonly isSmall?: boolean;
}

export function Party({ number, partyName, line, text, company = null, isSmall = false }: PartyProps) {
  const shown = useShown();
  const written = shown.number(number);
  return (
    <div className={`${styles['party']} ${isSmall ? styles['small'] : ''}`}>
      <h1 className={partyName === null ? 'nowrap' : undefined}>{shown.who({ partyName, number })}</h1>
      {company !== null ? <p className={styles['company']}>{company}</p> : partyName === null ? null : <p className={`nowrap ${styles['digits']}`}>{written}</p>}
      {text === null ? null : <p className={styles['text']}>{text}</p>}
      {line === null || isSmall ? null : (
        <div className={`plate ${styles['plate']}`}>
          <PlateText line={line} lead={words.call.patientSees} />
        </div>
      )}
    </div>
  );
}

export function EndButton({ label, onEnd, isEnding = false }: { readonly label: string; readonly onEnd: () => void; readonly isEnding?: boolean }) {
  return (
    <button type="button" className={styles['end']} onClick={onEnd} disabled={isEnding}>
      <PhoneOff className="large" />
      {label}
    </button>
  );
}
