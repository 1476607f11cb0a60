/** In whose name a member of the staff calls: asked above the line that the patient will see, and kept for the next call. Nothing where there is nobody to call for. */
import { useId } from 'react';
import type { MemberId } from '#contract/ids.ts';
import { words } from '../../messages/messages.ts';
import styles from './for-whom.module.css';
import { setKeypad } from './keypad-store.ts';
import { useActingFor } from './use-acting-for.ts';

export function ForWhom() {
  const { choices, chosen } = useActingFor();
  const id = useId();
  if (choices.length === 0) return null;
  return (
    <div className={styles['for']}>
      <label htmlFor={id}>{words.callLog.callingFor}</label>
      <select id={id} value={chosen ?? ''} onChange={(event) => setKeypad({ onBehalfOf: event.target.value === '' ? null : (event.target.value as MemberId) })}>
        {choices.map(({ id: physicianId, name }) => (
          <option key={physicianId} value={physicianId}>
            {name}
          </option>
        ))}
        <option value="">{words.callLog.forYourself}</option>
      </select>
    </div>
  );
}
